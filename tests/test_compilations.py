"""Two compilations compared: what a scientist would want to know before moving to the newer one."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm.compilations import CHANGES, compare
from pz_tsm.errors import TsmError

sys.path.insert(0, str(Path(__file__).parent / "ops"))


def compilation(*rows: tuple, **extra) -> pa.Table:
    """Rows (arcsec east of 150.1, z, flag, type, survey), all best unless said."""
    x, z, flag, kind, survey = zip(*rows, strict=True)
    return pa.table(
        {
            "ra": [150.1 + one / 3600 for one in x],
            "dec": [2.0] * len(x),
            "redshift": pa.array(z, pa.float64()),
            "z_flag_homogenized": pa.array(flag, pa.float32()),
            "instrument_type": pa.array(kind, pa.string()),
            "survey": pa.array(survey, pa.string()),
            **extra,
        }
    )


OLD = compilation(
    (0, 0.5, 4, "s", "VVDS"),
    (10, 0.5, 3, "s", "VVDS"),
    (20, 0.5, 3, "g", "PRIMUS"),
    (30, 0.5, 4, "s", "VVDS"),
    (40, 0.5, 4, "s", "VVDS"),
    (50, 0.5, 4, "s", "VVDS"),
)
NEW = compilation(
    (0.3, 0.50001, 4, "s", "VVDS"),  # the same: 2 km/s
    (10, 0.5, 4, "s", "VVDS"),  # a better flag
    (20, 0.5, 3, "s", "VVDS"),  # another type, another survey
    (30, 0.9, 4, "s", "VIPERS"),  # another redshift, another survey
    (40, 0.5, 4, "s", "VIPERS"),  # the same redshift from another survey
    (60, 0.7, 4, "s", "DESI"),
)


def told(result) -> dict[int, tuple]:
    """Change and all changes by place, in arcsec east."""
    east = [round((one - 150.1) * 3600) for one in result.table["ra"].to_pylist()]
    pairs = zip(result.table["change"].to_pylist(), result.table["changes"].to_pylist(), strict=True)
    return dict(zip(east, pairs, strict=True))


def test_every_object_is_told_by_its_gravest_change():
    result = compare(OLD, NEW, names=("June", "November"))
    assert told(result) == {
        0: ("same", None),
        10: ("flag", "flag"),
        20: ("type", "type, survey"),
        30: ("redshift", "redshift, survey"),
        40: ("survey", "survey"),
        50: ("lost", None),
        60: ("added", None),
    }
    assert sum(result.counts.values()) == result.table.num_rows == 7
    assert result.surveys[0] == {"from": "VVDS", "to": "VIPERS", "objects": 2}
    text = repr(result)
    assert "June -> November" in text and all(name in text for name in CHANGES)
    assert result.table.schema.field("separation").metadata == {b"unit": b"arcsec"}


def test_the_other_way_round_added_and_lost_change_places():
    there, back = compare(OLD, NEW).counts, compare(NEW, OLD).counts
    assert (there["added"], there["lost"]) == (back["lost"], back["added"]) == (1, 1)
    assert {k: v for k, v in there.items() if k not in ("added", "lost")} == {
        k: v for k, v in back.items() if k not in ("added", "lost")
    }


def test_an_object_that_became_a_conflict_is_set_aside_not_lost():
    new = compilation(
        (0, 0.5, 4, "s", "VVDS"),
        (0, 0.9, 4, "s", "DESI"),
        (10, 0.5, 3, "s", "VVDS"),
        is_best=[False, False, True],
    )
    old = compilation((0, 0.5, 4, "s", "VVDS"), (10, 0.5, 3, "s", "VVDS"))
    assert told(compare(old, new)) == {0: ("set aside", None), 10: ("same", None)}
    assert told(compare(new, old)) == {0: ("settled", None), 10: ("same", None)}


def test_a_new_object_beside_anothers_best_row_is_added():
    """0.5 arcsec from a best row, which belongs to another object: nothing of the first has measured it."""
    old = compilation((0, 0.5, 4, "s", "VVDS"), (10, 0.5, 4, "s", "VVDS"), is_best=[True, True])
    new = compilation((0, 0.5, 4, "s", "VVDS"), (0.5, 0.9, 4, "s", "DESI"), (10, 0.5, 4, "s", "VVDS"))
    assert compare(old, new).counts["added"] == 1 and compare(old, new).counts["settled"] == 0
    assert compare(new, old).counts["lost"] == 1 and compare(new, old).counts["set aside"] == 0


def test_the_same_row_is_the_same_object_however_far_it_was_moved():
    ids = {"row_id": pa.array([-5, 7], pa.int64())}
    old = compilation((0, 0.5, 4, "s", "VVDS"), (10, 0.5, 4, "s", "VVDS"), **ids)
    new = compilation((3, 0.5, 4, "s", "VVDS"), (10, 0.6, 4, "s", "VVDS"), **ids)
    assert told(compare(old, new)) == {3: ("same", None), 10: ("redshift", "redshift")}


def test_two_rows_near_one_object_are_not_both_the_same():
    old = compilation((0, 0.5, 4, "s", "VVDS"))
    new = compilation((0.1, 0.5, 4, "s", "VVDS"), (0.4, 0.5, 4, "s", "VVDS"))
    assert compare(old, new).counts["same"] == 1 and compare(old, new).counts["added"] == 1


def test_what_one_of_them_does_not_tell_is_no_change():
    result = compare(OLD.drop_columns(["z_flag_homogenized"]), NEW)
    assert result.counts["flag"] == 0 and "z_flag_homogenized_2" in result.table.column_names


def test_without_redshifts_it_says_so():
    with pytest.raises(TsmError, match="'June' has no column 'redshift'"):
        compare(OLD.drop_columns(["redshift"]), NEW, names=("June", "November"))


def test_the_stricter_access_stays_on_the_comparison():
    new = NEW.replace_schema_metadata({b"tsm:access": b"rubin-data-rights"})
    assert compare(OLD, new).table.schema.metadata[b"tsm:access"] == b"rubin-data-rights"
    assert compare(OLD, NEW).table.schema.metadata[b"tsm:access"] == b"public"


def test_an_older_product_against_what_its_sources_give_today(shared: Path):
    """The slice of an earlier product of the PZ Server and one of its sources, which is no compilation."""
    product = pq.read_table(shared / "data" / "specz" / "previous_product_slice.parquet")
    vandels = product.filter(pa.compute.equal(product["source"], "013_vandels_dr4"))
    winners = pa.compute.sum(pa.compute.equal(vandels["tie_result"], 1)).as_py()
    result = compare(product, vandels)
    assert result.counts["added"] == 0
    assert result.table.num_rows - result.counts["lost"] >= winners > 0


def test_files_of_combined_tables_are_compared_by_their_best_rows(tmp_path):
    """As ``pz-tsm compare june/data/measurements.parquet november/...``: reading a file as a catalogue sets
    such columns aside."""
    from combinekit import run, table

    rows = table((1, 0, 0.5, 4, "s"), (2, 0.1, 0.5, 3, "s"), (3, 30, 0.7, 4, "s"))
    paths = []
    for name, decisions in (("june", []), ("november", [{"prefer": 2, "reason": "newer"}])):
        made = run(rows, decisions=decisions).table.append_column("survey", pa.array(["VVDS"] * 3))
        paths.append(tmp_path / name / "measurements.parquet")
        paths[-1].parent.mkdir()
        pq.write_table(made, paths[-1])
    result = compare(*paths)
    assert result.table.num_rows == 2, "objects, not measurements"
    assert result.counts["flag"] == result.counts["same"] == 1
    assert "june" in result.first and "november" in result.second


def test_the_older_product_is_read_with_its_marks(shared: Path):
    path = shared / "data" / "specz" / "previous_product_slice.parquet"
    winners = pa.compute.sum(pa.compute.equal(pq.read_table(path)["tie_result"], 1)).as_py()
    assert 0 < compare(path, path).table.num_rows == winners < pq.read_table(path).num_rows


@pytest.mark.parametrize("wrong", [{"radius_arcsec": -1}, {"radius_arcsec": 0}, {"delta_z": float("nan")}])
def test_a_tolerance_that_means_nothing_is_refused(wrong):
    with pytest.raises(TsmError, match="means nothing"):
        compare(OLD, NEW, **wrong)
