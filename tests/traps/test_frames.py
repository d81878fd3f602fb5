"""Redshifts of different frames side by side."""

from __future__ import annotations

import numpy as np
import pytest

from tests.traps.kit import ROWS, columns, found, mended, planned, write

CODE = "frames-of-redshifts"
Z = np.linspace(0.1, 1.2, ROWS)


def catalogue(name, survey="VVDS", **more):
    """A catalogue whose redshifts stand in a column of that name."""
    made = columns(SURVEY=[survey] * ROWS, seed=len(name), **more)
    del made["Z"]
    return {**made, name: Z}


def mapped(folder, data, z, survey=None):
    said = write(folder, f"f{z}{survey}", data)
    return {**said, "columns": {"z": z}, **({"survey": survey} if survey else {})}


def test_a_catalogue_in_the_frame_of_the_background_beside_a_heliocentric_one(tmp_path):
    inputs = {
        "a": mapped(tmp_path, catalogue("z_helio"), "z_helio"),
        "b": mapped(tmp_path, catalogue("zcmb"), "zcmb"),
    }
    recipe, made = planned(tmp_path, inputs)
    assert made.ok
    (told,) = found(made, CODE).items()
    name, finding = told
    assert (name, finding.level) == ("b", "warning")
    # 369.82 km/s over the speed of light
    after = mended(recipe, finding.fixes[0], tmp_path)
    assert after.ok and found(after, CODE) == {}
    assert "up to 1.2e-03" in finding.message and "'zcmb'" in finding.message and "'a'" in finding.message


def test_the_registry_knows_which_column_is_as_observed_and_the_other_one_is_offered(tmp_path):
    inputs = {
        "d": mapped(tmp_path, catalogue("Z", ZHELIO=Z + 5e-5), "Z", "DEEP2"),
        "h": mapped(tmp_path, catalogue("zhelio"), "zhelio"),
    }
    recipe, made = planned(tmp_path, inputs)
    finding = found(made, CODE)["d"]
    assert finding.level == "note" and "not corrected for the Earth's motion" in finding.message
    assert "registry: 'deep2_dr4'" in finding.message and "1.0e-04" in finding.message
    (fix,) = finding.fixes
    assert found(mended(recipe, fix, tmp_path), CODE) == {}


@pytest.mark.parametrize(
    ("first", "second"),
    [("z_helio", "z_bary"), ("Z", "ZBEST"), ("zcmb", "z_cmb"), ("Z", "z_helio"), ("z_obs", "z")],
)
def test_nothing_is_said_where_frames_agree_or_are_not_known(tmp_path, first, second):
    inputs = {
        "a": mapped(tmp_path, catalogue(first), first),
        "b": mapped(tmp_path, catalogue(second), second),
    }
    _, made = planned(tmp_path, inputs)
    assert found(made, CODE) == {}


def test_the_frame_of_the_background_is_told_beside_one_that_nobody_knows(tmp_path):
    inputs = {
        "a": mapped(tmp_path, catalogue("Z"), "Z"),
        "b": mapped(tmp_path, catalogue("zcmb"), "zcmb"),
    }
    _, made = planned(tmp_path, inputs)
    assert "the frame of 'a' is not known" in found(made, CODE)["b"].message
    assert found(planned(tmp_path, {"b": inputs["b"]})[1], CODE) == {}, "alone it is in one frame"
