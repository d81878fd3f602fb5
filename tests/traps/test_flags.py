"""What hides behind good flags: photo-z, stars, sky fibres; and what an earlier product says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.traps.kit import LOOSE, ROWS, STEPS, applied, codes, columns, found, mended, planned

TYPES = ["p"] * 7 + ["s"] * (ROWS - 7)


def test_a_sound_catalogue_sets_off_no_trap(tmp_path):
    _, made = planned(tmp_path, {"a": columns(), "b": columns(seed=2)}, LOOSE)
    assert made.ok and codes(made) == set()


def test_photo_z_behind_good_flags_are_counted_shown_and_left_out_by_one_edit(tmp_path):
    recipe, made = planned(tmp_path, {"a": columns(instrument_type_homogenized=TYPES)}, LOOSE)
    finding = found(made, "photo-z-behind-good-flags")["a"]
    assert (finding.level, finding.count) == ("warning", 7)
    assert f"7 of {ROWS} rows" in finding.message
    assert len(finding.examples) == 5 and {row["instrument_type"] for row in finding.examples} == {"p"}
    for fix in finding.fixes:
        after = mended(recipe, fix, tmp_path)
        assert after.ok, [one.message for one in after.all_findings if one.level == "error"]
        assert found(after, finding.code)["a"].level == "note", "none of them can win any more"


def test_photo_z_that_cannot_win_are_only_noted(tmp_path):
    _, made = planned(tmp_path, {"a": columns(instrument_type_homogenized=TYPES)}, STEPS)
    finding = found(made, "photo-z-behind-good-flags")["a"]
    assert finding.level == "note" and not finding.fixes and "none of them can win" in finding.message


@pytest.mark.parametrize(
    "steps",
    [
        [{"homogenize": {}}],
        ["homogenize", {"combine": {"policy": "pz-server", "radius_arcsec": 0.5}}],
    ],
)
def test_without_eligible_the_remedy_is_a_filter(tmp_path, steps):
    recipe, made = planned(tmp_path, {"1_a": columns(instrument_type_homogenized=TYPES)}, steps)
    finding = found(made, "photo-z-behind-good-flags")["1_a"]
    (fix,) = finding.fixes
    assert list(applied(recipe, fix)["steps"][-1]) == ["filter"]
    assert found(mended(recipe, fix, tmp_path), finding.code)["1_a"].level == "note"


def test_a_step_in_its_short_form_takes_the_remedy(tmp_path):
    data = columns(instrument_type_homogenized=TYPES)
    recipe, made = planned(tmp_path, {"a": data}, ["homogenize", "combine"])
    assert found(made, "photo-z-behind-good-flags")["a"].level == "note"
    from pz_tsm.recipe import Recipe
    from pz_tsm.traps.remedies import set_parameter

    fix = set_parameter(Recipe.parse(json.dumps(recipe)), 1, "radius_arcsec", 1.5, "wider")
    assert applied(recipe, fix)["steps"][1] == {"combine": {"radius_arcsec": 1.5}}
    assert mended(recipe, fix, tmp_path).ok


def test_stars_behind_good_flags(tmp_path):
    z = np.linspace(0.1, 1.0, ROWS)
    z[:4] = [0.0, 0.0005, -0.001, 0.0019]
    recipe, made = planned(tmp_path, {"a": columns(Z=z)}, LOOSE)
    finding = found(made, "stars-behind-good-flags")["a"]
    assert (finding.level, finding.count) == ("warning", 4)
    for fix in finding.fixes:
        assert found(mended(recipe, fix, tmp_path), finding.code)["a"].level == "note"


def test_one_galaxy_nearby_or_a_star_with_its_own_flag_is_no_trap(tmp_path):
    z, flag = np.linspace(0.1, 1.0, ROWS), np.full(ROWS, 4)
    z[:10] = 0.0001
    flag[:9] = 6
    data = columns(Z=z, ZFLAG=flag, SURVEY=["OZDES"] * ROWS)
    _, made = planned(tmp_path, {"a": data}, LOOSE)
    assert found(made, "stars-behind-good-flags") == {}


@pytest.mark.parametrize(
    "mark",
    [
        {"OBJTYPE": ["SKY"] * 6 + ["TGT"] * (ROWS - 6)},
        {"objtype": ["sky "] * 6 + [None] * (ROWS - 6)},
        {"TARGETID": [-i - 1 for i in range(6)] + [39627 * 10**12 + i for i in range(ROWS - 6)]},
    ],
)
def test_sky_fibres_are_left_out_by_one_edit(tmp_path, mark):
    recipe, made = planned(tmp_path, {"a": columns(**mark)})
    finding = found(made, "sky-fibres")["a"]
    assert finding.count == 6
    (fix,) = finding.fixes
    after = mended(recipe, fix, tmp_path)
    assert after.ok and found(after, "sky-fibres") == {}
    assert after.steps[0]["rows_out"] == ROWS - 6, "rows without a type stay"


def product(**more):
    data = columns(ID=None, SURVEY=["OZDES"] * ROWS, ZFLAG=None)
    return {
        "CRD_ID": [f"CRD1_{i}" for i in range(ROWS)],
        **data,
        "z_flag": np.full(ROWS, 3.0),
        "z_flag_homogenized": np.full(ROWS, 3.0),
        "instrument_type_homogenized": ["s"] * ROWS,
        "tie_result": np.array([0] * 5 + [2] * 2 + [1] * (ROWS - 7), dtype="int8"),
        **more,
    }


def test_an_earlier_product_says_what_is_stale(tmp_path):
    flags = np.full(ROWS, 3.0)
    flags[:3] = 4.0  # an older rule gave 4 where today's gives 3
    _, made = planned(tmp_path, {"a": product(z_flag_homogenized=flags)})
    assert made.ok, [one.message for one in made.all_findings if one.level == "error"]
    decisions, rules = found(made, "earlier-decisions")["a"], found(made, "earlier-flags")["a"]
    assert decisions.count == 7 and "tie_result" in decisions.message
    assert rules.count == 3 and "OZDES 4 → 3 (3 rows)" in rules.message


def test_an_earlier_product_with_today_s_flags_has_no_stale_ones(tmp_path):
    _, made = planned(tmp_path, {"a": product()})
    assert found(made, "earlier-decisions") and not found(made, "earlier-flags")


def test_a_filter_that_only_marks_rows_lets_them_through(tmp_path):
    data = columns(instrument_type_homogenized=TYPES)
    steps = ["homogenize", {"combine": {"policy": "pz-server", "radius_arcsec": 0.5}}]
    cut = {"filter": {"condition": "instrument_type = 's'"}}
    mark = {"filter": {"condition": "instrument_type = 's'", "flag": "spectrum"}}
    levels = {}
    for name, step in (("cut", cut), ("mark", mark)):
        _, made = planned(tmp_path, {"1_a": data}, [*steps, step])
        levels[name] = found(made, "photo-z-behind-good-flags")["1_a"].level
    assert levels == {"cut": "note", "mark": "warning"}
