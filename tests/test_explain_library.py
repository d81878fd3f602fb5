"""why, conflicts, objects and best of a table in a notebook."""

from __future__ import annotations

import pyarrow as pa
import pytest

import pz_tsm
from pz_tsm.errors import TsmError


@pytest.fixture
def combined():
    catalogue = pa.table(
        {
            "id": ["a", "b", "c", "d", "e"],
            "ra": [10.0, 10 + 0.2 / 3600, 11.0, 11 + 0.2 / 3600, 12.0],
            "dec": [0.0] * 5,
            "z": [0.5, 0.5001, 0.3, 0.9, 0.2],
            "z_flag": [23, 4, 4, 3, 4],
        }
    )
    table = pz_tsm.homogenize(pz_tsm.read(catalogue, survey="VVDS", id="vvds"))
    return pz_tsm.combine([table])


def row_of(table, source):
    rows = table.arrow.filter(pa.compute.equal(table.arrow["source_row_id"], source))
    return rows["row_id"][0].as_py()


def test_why_prints_the_object(combined):
    shown = combined.why(row_of(combined, "a"))
    assert "VVDS flag 23" in repr(shown) and "lost to VVDS b on z_flag_homogenized: 3 against 4" in repr(
        shown
    )
    assert shown.best == row_of(combined, "b")
    assert combined.why(str(row_of(combined, "a"))).data == shown.data


def test_a_row_is_named_by_its_id_or_by_its_place(combined):
    at = combined.arrow["row_id"].to_pylist().index(row_of(combined, "c"))
    assert combined.why(at=at).agreement == "conflict"
    assert combined.why(at=-1).data["row_id"] == str(combined.arrow["row_id"][4].as_py())
    for wrong in ({}, {"row": 1, "at": 1}):
        with pytest.raises(TsmError, match="one row"):
            combined.why(**wrong)
    with pytest.raises(TsmError, match="5 rows"):
        combined.why(at=5)
    with pytest.raises(TsmError, match="no row_id"):
        combined.why("first")
    with pytest.raises(TsmError, match="row_id 3"):
        combined.why(3)


def test_conflicts_objects_and_best(combined):
    conflicts = combined.conflicts()
    assert list(conflicts["redshifts"]) == ["0.3, 0.9"] and conflicts["group_id"].dtype == "int64"
    assert len(combined.objects()) == 3
    assert sorted(combined.best().arrow["source_row_id"].to_pylist()) == ["b", "e"]
    decided = pz_tsm.combine([combined], decisions=[{"prefer": row_of(combined, "c"), "reason": "two lines"}])
    assert decided.why(row_of(combined, "d")).best == row_of(combined, "c")


def test_decisions_go_into_the_recipe_as_they_are_written(tmp_path, combined):
    pq = pytest.importorskip("pyarrow.parquet")
    source = combined.arrow.select(["source_row_id", "ra", "dec", "redshift", "z_flag_orig"])
    pq.write_table(source.rename_columns(["id", "ra", "dec", "z", "z_flag"]), tmp_path / "v.parquet")
    table = pz_tsm.homogenize(pz_tsm.read(tmp_path / "v.parquet", survey="VVDS"))
    first = pz_tsm.combine([table])
    wanted = {"prefer": str(row_of(first, "c")), "reason": "two lines"}
    text = pz_tsm.combine([table], decisions=[wanted]).recipe.to_text()
    again = pz_tsm.run(text, base=tmp_path)
    best = again.table.filter(again.table["is_best"])
    assert row_of(first, "c") in best["row_id"].to_pylist() and "two lines" in text


def test_the_other_policy_is_compared_from_either_side(combined):
    ours = combined.against_default()
    theirs = pz_tsm.combine([combined], policy="pz-server").against_default()
    assert ours.counts == theirs.counts == {"conflict": 1}


def test_a_table_that_is_not_combined_says_so():
    bare = pz_tsm.read(pa.table({"ra": [1.0], "dec": [0.0], "z": [0.1]}), survey="VVDS", id="x")
    for call in (
        lambda: bare.why(1),
        lambda: bare.why(at=0),
        bare.conflicts,
        bare.objects,
        bare.against_default,
    ):
        with pytest.raises(TsmError, match="not combined"):
            call()
