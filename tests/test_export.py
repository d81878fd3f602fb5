"""Rows saved as files: whole, never over another file, and with what is known of them."""

import errno
import json
import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm import export as module
from pz_tsm import sources
from pz_tsm.errors import TsmError
from pz_tsm.export import export
from pz_tsm.view import Cancelled, View

HARD = [0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0, float("nan"), float("inf"), None]
TEXTS = ["a", "", None, "NA", 'say "x", y', "two\nlines", "# no comment", "007"]


@pytest.fixture
def table():
    fields = [
        pa.field("id", pa.int64(), metadata={"ucd": "meta.id;meta.main"}),
        pa.field("ra", pa.float64(), metadata={"unit": "deg", "description": "Right ascension: ICRS, §2"}),
        pa.field("z", pa.float64()),
        pa.field("i_mag", pa.float32(), metadata={"unit": "mag", "state": '{"dereddened": true}'}),
        pa.field("field", pa.string()),
        pa.field("good", pa.bool_()),
        pa.field("n", pa.int16()),
    ]
    columns = [
        [2**63 - 1 - i for i in range(7)] + [None],
        [10.0 + i for i in range(8)],
        HARD,
        [0.1, 22.5, None, float("nan"), 1e-40, 3.4e38, 2, 1],
        TEXTS,
        [True, False, None, True, False, True, True, False],
        [-32768, 32767, None, 0, 1, 2, 3, 4],
    ]
    schema = pa.schema(fields, metadata={"tsm:access": "rubin-data-rights", "tsm:citation": "One\nTwo: 2"})
    arrays = [pa.array(c, f.type, from_pandas=False) for f, c in zip(fields, columns, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


@pytest.fixture
def view(table):
    return View(table, name="mock.fits", roles={"id": "id", "ra": "ra", "redshift": "z"})


def bits(column):
    """Values apart to the bit, null apart from NaN."""
    if pa.types.is_floating(column.type):
        return [None if v is None else np.float64(v).tobytes() for v in column.to_pylist()]
    return column.to_pylist()


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_every_value_and_what_is_known_of_it_come_back(tmp_path, view, table, format):
    path = tmp_path / f"sel.{format}"
    said = export(view, path, format)
    assert said == {
        "path": str(path),
        "rows": 8,
        "bytes": path.stat().st_size,
        "access": "rubin-data-rights",
    }
    back = sources.read_raw(path)
    assert back.schema.names == table.schema.names and [f.type for f in back.schema] == [
        f.type for f in table.schema
    ]
    for name in table.column_names:
        assert bits(back[name]) == bits(table[name]), name
    for item in table.schema:
        assert (item.metadata or {}).items() <= (back.schema.field(item.name).metadata or {}).items()
    again = View(back, name=path.name).info()
    assert again["access"] == "rubin-data-rights" and again["citation"] == "One\nTwo: 2"
    assert again["roles"] == {"id": "id", "ra": "ra", "redshift": "z"}
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_the_rows_are_those_that_pass_in_the_order_asked_for(tmp_path, view, format):
    path = tmp_path / "sel"
    where = "ra >= 12 AND ra < 16"
    said = export(view, path, format, where=where, sort="ra", descending=True, columns=["ra", "id"])
    back = sources.read_raw(path)
    assert said["rows"] == view.mask(where).sum() == 4
    assert back.column_names == ["ra", "id"] and back["ra"].to_pylist() == [15.0, 14.0, 13.0, 12.0]
    meta = {key.decode(): text.decode() for key, text in back.schema.metadata.items()}
    assert meta["tsm:condition"] == where and meta["tsm:rows"] == "4 of 8"
    assert meta["tsm:source"] == "mock.fits" and meta["tsm:sorted"] == "ra descending"
    assert json.loads(meta["tsm:roles"]) == {"id": "id", "ra": "ra"} and meta["tsm:software"].startswith(
        "pz-tsm "
    )
    assert str(tmp_path) not in str(meta)


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_no_row_and_a_single_column_are_saved_too(tmp_path, view, format):
    export(view, tmp_path / "none", format, where="ra > 1000")
    back = sources.read_raw(tmp_path / "none")
    assert back.num_rows == 0 and back.schema.field("id").type == pa.int64()
    export(view, tmp_path / "one", format, columns=["z"])
    assert bits(sources.read_raw(tmp_path / "one")["z"]) == bits(pa.array(HARD))


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_many_rows_are_written_in_turns(tmp_path, monkeypatch, format):
    monkeypatch.setattr(module, "BATCH", 100)
    numbers = np.random.default_rng(1).normal(size=1050)
    view = View(pa.table({"x": numbers, "n": np.arange(1050)}), name="mock")
    export(view, tmp_path / "all", format)
    export(view, tmp_path / "some", format, where="x > 0", sort="n", descending=True)
    assert sources.read_raw(tmp_path / "all")["x"].to_numpy().tobytes() == numbers.tobytes()
    kept = numbers[numbers > 0][::-1]
    assert sources.read_raw(tmp_path / "some")["x"].to_numpy().tobytes() == kept.tobytes()


def test_a_csv_is_read_by_pandas_and_astropy(tmp_path, view):
    import pandas as pd
    from astropy.table import Table

    path = tmp_path / "sel.csv"
    export(view, path, "csv", columns=["id", "ra", "good"], where="ra < 12")
    assert pd.read_csv(path, comment="#")["id"].tolist() == [2**63 - 1, 2**63 - 2]
    seen = Table.read(path, format="ascii.ecsv")
    assert str(seen["ra"].unit) == "deg" and seen["id"].tolist() == [2**63 - 1, 2**63 - 2]
    assert seen.meta["tsm:access"] == "rubin-data-rights" and seen["good"].tolist() == [True, False]


def test_a_csv_changed_by_hand_is_read_as_any_other_but_keeps_its_access(tmp_path, view):
    path = tmp_path / "sel.csv"
    export(view, path, "csv", columns=["id", "ra"])
    text = path.read_text().replace("\nid,ra\n", "\nname,ra\n").replace("10", "ten", 1)
    path.write_text(text)
    back = sources.read_raw(path)
    assert back.column_names == ["name", "ra"]
    assert View(back, name="x").info()["access"] == "rubin-data-rights"


def test_a_wide_table_with_a_long_header_comes_back(tmp_path):
    many = {f"column_{i}_of_a_wide_table": pa.array([i]) for i in range(1500)}
    view = View(pa.table(many), name="wide")
    export(view, tmp_path / "wide.csv", "csv")
    assert (tmp_path / "wide.csv").stat().st_size > 100_000
    assert sources.read_raw(tmp_path / "wide.csv")["column_1499_of_a_wide_table"].to_pylist() == [1499]


def test_what_a_bundle_says_of_all_its_rows_is_not_said_of_some(tmp_path, table):
    whole = {"tsm:recipe": "x", "tsm:lock": "y", "tsm:release": "{}", "pandas": "{}"}
    view = View(table.replace_schema_metadata(whole), name="train.parquet")
    export(view, tmp_path / "a.parquet")
    kept = pq.read_schema(tmp_path / "a.parquet").metadata
    assert b"tsm:recipe" not in kept and b"tsm:lock" not in kept and kept[b"tsm:release"] == b"{}"


def test_a_file_that_is_there_is_left_and_another_name_offered(tmp_path, view):
    path = tmp_path / "sel.parquet"
    path.write_text("mine")
    (tmp_path / "sel_2.parquet").write_text("mine too")
    with pytest.raises(TsmError, match="already") as caught:
        export(view, path)
    assert caught.value.where == "name" and "'sel_3.parquet'" in caught.value.remedy
    assert path.read_text() == "mine" and len(os.listdir(tmp_path)) == 2


def test_a_file_that_appears_meanwhile_is_left_too(tmp_path, view, monkeypatch):
    path = tmp_path / "sel.parquet"
    settle = module.settle

    def late(part, target):
        path.write_text("quicker")
        settle(part, target)

    monkeypatch.setattr(module, "settle", late)
    with pytest.raises(TsmError, match="already"):
        export(view, path)
    assert path.read_text() == "quicker" and os.listdir(tmp_path) == ["sel.parquet"]


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, monkeypatch, format):
    class Full:
        def __init__(self, file):
            self._file, self._room = file, 20_000

        def write(self, data):
            self._room -= len(data)
            if self._room < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return self._file.write(data)

        def __getattr__(self, name):
            return getattr(self._file, name)

        def __enter__(self):
            return self

        def __exit__(self, *args):
            self._file.close()

    first = module.open_new
    monkeypatch.setattr(module, "open_new", lambda path: Full(first(path)))
    view = View(pa.table({"x": np.random.default_rng(1).normal(size=20_000)}), name="mock")
    with pytest.raises(TsmError, match=r"The disk is full: 'sel' was not saved \(0\.0 MB") as caught:
        export(view, tmp_path / "sel", format)
    assert "Make room" in caught.value.remedy and os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"columns": ["ra", "zz"]}, "no column 'zz'"),
        ({"columns": []}, "No column was chosen"),
        ({"where": "zspec > 1"}, "zspec"),
        ({"where": "z >"}, "ends too early"),
        ({"sort": "nope"}, "no column 'nope'"),
        ({"format": "xlsx"}, "'xlsx'"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_written(tmp_path, view, asked, words):
    with pytest.raises(TsmError, match=words):
        export(view, tmp_path / "sel", **asked)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_what_is_stopped_leaves_nothing(tmp_path, view, monkeypatch, format):
    monkeypatch.setattr(module, "BATCH", 2)
    asked = []

    def second_time():
        asked.append(os.listdir(tmp_path))
        return len(asked) == 2

    with pytest.raises(Cancelled):
        export(view, tmp_path / "sel", format, cancelled=second_time)
    assert len(asked[0]) == 1 and os.listdir(tmp_path) == []


def test_a_folder_that_is_not_there_is_said(tmp_path, view):
    with pytest.raises(TsmError, match="no folder 'gone'"):
        export(view, tmp_path / "gone" / "sel.parquet")


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_columns_get_other_names(tmp_path, view, format):
    names = {"z": "redshift", "ra": "RA"}
    export(view, tmp_path / f"new.{format}", format, columns=["z", "ra", "n"], rename=names)
    found = sources.read_raw(tmp_path / f"new.{format}")
    assert found.column_names[:3] == ["redshift", "RA", "n"]
    assert found.column("RA").to_pylist() == [10.0 + i for i in range(8)]
    assert found.schema.field("RA").metadata[b"unit"] == b"deg"
    if format == "parquet":
        roles = json.loads(pq.read_schema(tmp_path / "new.parquet").metadata[b"tsm:roles"])
        assert roles["redshift"] == "redshift" and roles["ra"] == "RA"


@pytest.mark.parametrize("names", [{"zz": "redshift"}, {"z": "ra"}, {"z": " "}])
def test_a_name_that_can_not_be_given_leaves_nothing(tmp_path, view, names):
    with pytest.raises(TsmError) as caught:
        export(view, tmp_path / "new.parquet", rename=names)
    assert caught.value.where == "rename"
    assert list(tmp_path.iterdir()) == []
