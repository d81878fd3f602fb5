"""The mock release is a HATS collection to LSDB too, and LSDB's match is ours."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pz_tsm import mock
from pz_tsm.ops.base import Context
from pz_tsm.ops.match import OPERATION as MATCH
from pz_tsm.sources import load

pytestmark = pytest.mark.full
RADIUS = 0.75


@pytest.fixture(scope="module")
def sky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sky")
    mock.make(out, rows=12_000, objects=45_000, seed=2)
    return out


@pytest.fixture(scope="module")
def release(sky: Path):
    lsdb = pytest.importorskip("lsdb")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # LSDB warns of what it misses in a catalogue
        return lsdb.open_catalog(str(sky / "mock_release"))


def measurements(sky: Path) -> pa.Table:
    spec = {
        "from": {"file": "mock_wide.fits"},
        "survey": "MOCK-WIDE",
        "columns": {"id": "TARGETID", "ra": "TARGET_RA", "dec": "TARGET_DEC", "z": "Z", "z_flag": "ZWARN"},
    }
    return load(spec, sky, Context(base=sky), name="wide").table


def test_lsdb_opens_it_as_a_collection_with_its_margin(sky: Path, release) -> None:
    truth = pq.read_table(sky / "truth.parquet")
    assert release.npartitions >= 3 and len(release) == 45_000
    assert release.margin is not None and len(release.margin) > 0
    assert release.margin.hc_structure.catalog_info.margin_threshold == 5.0
    table = release.compute()
    assert str(table["objectId"].dtype) in ("int64", "int64[pyarrow]")
    assert set(pc.drop_null(truth["objectId"]).to_pylist()) <= set(table["objectId"].tolist())
    assert table["u_gaap1p0Flux"].isna().any() and not table["i_gaap1p0Flux"].isna().any()


def test_crossmatch_gives_the_same_pairs_as_our_match(sky: Path, release) -> None:
    import lsdb

    table = measurements(sky)
    frame = table.select(["row_id", "ra", "dec"]).to_pandas()
    left = lsdb.from_dataframe(
        frame, ra_column="ra", dec_column="dec", margin_threshold=None, should_generate_moc=False
    )
    primary = release.query("detect_isPrimary")
    theirs = left.crossmatch(
        primary, n_neighbors=1, radius_arcsec=RADIUS, suffixes=("", "_o"), suffix_method="overlapping_columns"
    ).compute()
    parameters = MATCH.parse(
        {
            "release": {"hats": "mock_release", "profile": "mock"},
            "radius_arcsec": RADIUS,
            "rows": "all",
            "blends": "keep",
        }
    )
    ours = MATCH.run(table, parameters, Context(base=sky)).table
    pairs = dict(zip(theirs["row_id"].tolist(), theirs["objectId"].tolist(), strict=True))
    mine = dict(zip(ours["row_id"].to_pylist(), ours["objectId"].to_pylist(), strict=True))
    assert len(pairs) > 3000
    assert mine == pairs
    apart = dict(zip(theirs["row_id"].tolist(), theirs["_dist_arcsec"].tolist(), strict=True))
    far = [abs(apart[row] - dist) for row, dist in zip(mine, ours["match_dist"].to_pylist(), strict=True)]
    assert np.max(far) < 1e-4
