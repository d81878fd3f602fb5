"""Redshifts and identifiers that are something else."""

from __future__ import annotations

import numpy as np
import pytest

from tests.traps.kit import LOOSE, ROWS, codes, columns, found, mended, planned


def redshifts(*first: float) -> np.ndarray:
    z = np.linspace(0.1, 1.2, ROWS)
    z[: len(first)] = first
    return z


@pytest.mark.parametrize(
    ("values", "count"),
    [((9.9994,), 1), ((12.5, 12.5, 12.5), 3), ((-0.5,) * 4, 4), ((0.0,) * 25, 25), ((99.7,), 1)],
)
def test_sentinels_that_loading_does_not_know(tmp_path, values, count):
    recipe, made = planned(tmp_path, {"a": columns(Z=redshifts(*values))}, LOOSE)
    finding = found(made, "sentinels-in-redshift")["a"]
    assert (finding.level, finding.count) == ("warning", count)
    assert f"{values[0]:g}" in finding.message
    (fix,) = finding.fixes
    after = mended(recipe, fix, tmp_path)
    assert after.ok and found(after, finding.code) == {}
    assert after.steps[0]["rows_out"] == ROWS - count


@pytest.mark.parametrize("values", [(9.2, 8.7, 10.6), (0.0, 0.0, 0.0), (-0.001, -0.001, -0.001), (0.5,) * 20])
def test_far_quasars_stars_and_clusters_are_no_sentinels(tmp_path, values):
    _, made = planned(tmp_path, {"a": columns(Z=redshifts(*values))})
    assert found(made, "sentinels-in-redshift") == {}


def test_what_loading_made_null_is_counted_at_the_input(tmp_path):
    _, made = planned(tmp_path, {"a": columns(Z=redshifts(-99.0, 9.9999, -9.999))})
    assert found(made, "sentinels")["a"].count == 3


def test_stars_at_zero_are_not_taken_with_the_zeros_that_mean_none(tmp_path):
    flag = np.array([1] * 20 + [6] * 5 + [4] * (ROWS - 25))
    _, made = planned(tmp_path, {"a": columns(Z=redshifts(*[0.0] * 25), ZFLAG=flag, SURVEY=["OZDES"] * ROWS)})
    finding = found(made, "sentinels-in-redshift")["a"]
    assert finding.count == 20 and not finding.fixes and finding.remedy


def test_velocities_among_redshifts(tmp_path):
    data = columns(Z=redshifts(15000.0, 30000.0))
    recipe, made = planned(tmp_path, {"a": data})
    finding = found(made, "velocities-for-redshifts")["a"]
    assert finding.count == 2 and "30,000" in finding.message
    (fix,) = finding.fixes
    after = mended(recipe, fix, tmp_path)
    assert after.ok and after.steps[0]["rows_out"] == ROWS - 2


def test_a_column_that_holds_the_same_as_redshifts_is_offered(tmp_path):
    z = redshifts()
    data = columns(Z=redshifts(*(z[:3] * 299792.458)), z_best=z)
    recipe, made = planned(tmp_path, {"a": {**data}}, [])
    assert not made.ok  # two candidates for z: say which
    inputs = {"a": {**recipe["inputs"]["a"], "columns": {"redshift": "Z"}}}
    recipe, made = planned(tmp_path, inputs)
    fix = found(made, "velocities-for-redshifts")["a"].fixes[0]
    assert fix.edits == [{"op": "set", "path": ["inputs", "a", "columns", "redshift"], "value": "z_best"}]
    after = mended(recipe, fix, tmp_path)
    assert after.ok and codes(after) == set()


BIG = 39627_966220_603_924


@pytest.mark.parametrize(
    "ids",
    [
        [float(BIG + 977 * i) for i in range(ROWS)],
        [int(float(BIG + 977 * i)) for i in range(ROWS)],
        [f"{float(BIG + 977 * i):.6e}" for i in range(ROWS)],
        [(BIG // 10**5 + 977 * i) * 10**5 for i in range(ROWS)],
    ],
    ids=["float column", "integers made from floats", "text of floats", "spreadsheet"],
)
def test_ids_that_went_through_float(tmp_path, ids):
    recipe, made = planned(tmp_path, {"a": columns(ID=ids)})
    finding = found(made, "ids-through-float")["a"]
    assert finding.level == "warning" and finding.count == ROWS
    assert all(isinstance(row["source_row_id"], str) for row in finding.examples)
    (fix,) = finding.fixes
    after = mended(recipe, fix, tmp_path)
    assert after.ok, [one.message for one in after.all_findings if one.level == "error"]


@pytest.mark.parametrize(
    "ids",
    [
        [BIG + 977 * i for i in range(ROWS)],
        [299489952322840576 + 1024 * i for i in range(ROWS)],
        list(range(ROWS)),
        [float(i) for i in range(ROWS)],
        [f"CDFS{i:06d}" for i in range(ROWS)],
    ],
    ids=["DESI", "SDSS ends in ten zero bits", "small", "small floats", "names"],
)
def test_sound_ids_are_no_trap(tmp_path, ids):
    _, made = planned(tmp_path, {"a": columns(ID=ids)})
    assert found(made, "ids-through-float") == {}


def test_a_column_of_ids_that_is_not_the_key_is_told_too(tmp_path):
    _, made = planned(tmp_path, {"a": columns(parentId=[float(BIG + 977 * i) for i in range(ROWS)])})
    finding = found(made, "ids-through-float")["a"]
    assert finding.level == "note" and "'parentId'" in finding.message
