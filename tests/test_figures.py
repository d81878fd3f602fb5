"""The Python that a view of the explorer is copied as: it runs, and counts what the view counts."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("matplotlib")


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """The table of ``src/explorer/__tests__/data.ts``, where the lines look for it."""
    rows = np.arange(600)
    table = pa.table(
        {
            "row_id": 9007199254740993 + rows,
            "ra": 53 + (rows % 20) / 100,
            "dec": -28 + (rows % 30) / 100,
            "redshift": rows / 200,
            "z_flag": pa.array(1 + rows % 4, pa.int32()),
            "survey": [["VVDS", "VIPERS", "DESI"][row % 3] for row in rows],
            "i_mag": 18 + (rows % 60) / 10,
        }
    )
    (tmp_path / "data").mkdir()
    pq.write_table(table, tmp_path / "data" / "vvds.parquet")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")


def vectors(contract):
    return json.loads((contract / "vectors" / "figures.json").read_text(encoding="utf-8"))


@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
def test_the_lines_run_and_count_the_same(contract, catalogue):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    seen = set()
    for vector in vectors(contract):
        found: dict = {}
        exec("\n".join(vector["code"]), found)
        drawn = pyplot.gcf().get_axes()
        assert drawn and drawn[0].has_data(), vector["kind"]
        assert np.asarray(found["counts"]).ravel().tolist() == vector["counts"], vector["kind"]
        assert 0 < sum(vector["counts"]) <= 600
        seen.add(vector["kind"])
        pyplot.close("all")
    assert {"nz", "lines", "stacked", "density", "colour", "categories", "field", "all"} <= seen
