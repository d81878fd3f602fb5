"""Positions in hours, of B1950, in single precision, exchanged; copies of catalogues; survey names."""

from __future__ import annotations

import numpy as np
import pytest

from tests.traps.kit import ROWS, codes, columns, found, mended, planned


def fk4(ra, dec):
    """J2000 positions as catalogues of B1950 give them."""
    from astropy.coordinates import FK4, FK5, SkyCoord

    there = SkyCoord(ra, dec, unit="deg", frame=FK5(equinox="J2000")).transform_to(FK4(equinox="B1950"))
    return there.ra.deg, there.dec.deg


def test_precession_agrees_with_astropy_to_an_arcsecond():
    from pz_tsm import sky
    from pz_tsm.traps.neighbours import precessed

    rng = np.random.default_rng(5)
    ra, dec = rng.uniform(0, 360, 500), np.degrees(np.arcsin(rng.uniform(-1, 1, 500)))
    apart = sky.separation(*precessed(*fk4(ra, dec)), ra, dec)
    assert apart.max() < 1.0


def test_hours_beside_another_catalogue(tmp_path):
    sound = columns()
    hours = {**sound, "RA": sound["RA"] / 15, "SURVEY": ["VUDS"] * ROWS}
    _, made = planned(tmp_path, {"sound": sound, "hours": hours})
    assert set(found(made, "coordinates-in-hours")) == {"hours"}


def test_hours_beside_a_column_of_degrees_are_mended_by_one_edit(tmp_path):
    data = columns()
    data |= {"RA": data["RA"] / 15, "alt": data["RA"]}
    recipe, made = planned(tmp_path, {"a": data})
    finding = found(made, "coordinates-in-hours")["a"]
    after = mended(recipe, finding.fixes[0], tmp_path)
    assert after.ok and codes(after) == set()


def test_ra_around_the_whole_circle_is_told_once(tmp_path):
    _, made = planned(tmp_path, {"a": columns(RA=np.linspace(0.1, 23.9, ROWS))})
    about = [one for entry in made.inputs for one in entry["findings"] if "hours" in one.message]
    assert len(about) == 1 and about[0].code == "coordinates-in-hours" and about[0].examples


def test_a_field_at_small_ra_is_no_hours(tmp_path):
    _, made = planned(tmp_path, {"a": columns(RA=np.linspace(9, 11, ROWS))})
    assert found(made, "coordinates-in-hours") == {}


def test_b1950_by_name_with_j2000_beside_it(tmp_path):
    data = columns()
    ra, dec = fk4(data["RA"], data["DEC"])
    data = {**data, "RAB1950": ra, "DEB1950": dec, "RAJ2000": data.pop("RA"), "DEJ2000": data.pop("DEC")}
    recipe, _ = planned(tmp_path, {"a": data})
    inputs = {"a": {**recipe["inputs"]["a"], "columns": {"ra": "RAB1950", "dec": "DEB1950"}}}
    recipe, made = planned(tmp_path, inputs)
    finding = found(made, "coordinates-b1950")["a"]
    assert finding.count == ROWS
    after = mended(recipe, finding.fixes[0], tmp_path)
    assert after.ok and codes(after) == set()


def test_b1950_by_its_place_beside_another_catalogue(tmp_path):
    sound = columns()
    ra, dec = fk4(sound["RA"], sound["DEC"])
    old = {**sound, "RA": ra, "DEC": dec, "SURVEY": ["VUDS"] * ROWS}
    _, made = planned(tmp_path, {"old": old, "sound": sound})
    assert set(found(made, "coordinates-b1950")) == {"old"}


def test_an_equinox_column_says_b1950(tmp_path):
    _, made = planned(tmp_path, {"a": columns(Equinox=["B1950"] * ROWS)})
    assert "Equinox" in found(made, "coordinates-b1950")["a"].message
    _, made = planned(tmp_path, {"a": columns(Equinox=["J2000"] * ROWS)})
    assert found(made, "coordinates-b1950") == {}


def test_single_precision_even_when_the_file_says_double(tmp_path):
    data = columns()
    single = {k: np.float64(np.float32(data[k])) for k in ("RA", "DEC")}
    recipe, made = planned(tmp_path, {"a": {**data, **single, "x": data["RA"], "y": data["DEC"]}})
    finding = found(made, "coordinates-float32")["a"]
    assert "0.05 arcsec" in finding.message
    after = mended(recipe, finding.fixes[0], tmp_path)
    assert after.ok and codes(after) == set()


def test_a_float32_column_is_told_once_and_round_positions_are_no_trap(tmp_path):
    data = columns()
    data |= {k: np.float32(data[k]) for k in ("RA", "DEC")}
    _, made = planned(tmp_path, {"a": data})
    told = [one for entry in made.inputs for one in entry["findings"] if "single precision" in one.message]
    assert len(told) == 1 and told[0].examples
    _, made = planned(tmp_path, {"a": columns(RA=np.arange(ROWS) + 0.5, DEC=np.arange(ROWS) * 0.25)})
    assert found(made, "coordinates-float32") == {}


def test_exchanged_positions(tmp_path):
    data = columns(RA=np.linspace(10, 11, ROWS))
    recipe, _ = planned(tmp_path, {"a": data})
    inputs = {"a": {**recipe["inputs"]["a"], "columns": {"ra": "DEC", "dec": "RA"}}}
    recipe, made = planned(tmp_path, inputs)
    finding = found(made, "coordinates-swapped")["a"]
    after = mended(recipe, finding.fixes[0], tmp_path)
    assert after.ok and codes(after) == set()


def test_exchanged_positions_beside_other_catalogues(tmp_path):
    data = columns(RA=np.linspace(10, 11, ROWS))
    other = {**data, "RA": data["DEC"], "DEC": data["RA"], "SURVEY": ["VUDS"] * ROWS}
    _, made = planned(tmp_path, {"a": data, "x": other})
    assert set(found(made, "coordinates-swapped")) == {"a", "x"}, "of two it may be either"
    third = {**data, "Z": np.round(data["Z"], 4), "SURVEY": ["DEIMOS_10K"] * ROWS}
    _, made = planned(tmp_path, {"a": data, "x": other, "third": third})
    assert set(found(made, "coordinates-swapped")) == {"x"}


def part(data, first, survey="VUDS", shift=0.05):
    """Some rows of a catalogue as another one has them: a little beside, redshifts rounded."""
    made = {name: list(values[:first]) for name, values in data.items()}
    return {
        **made,
        "DEC": np.array(made["DEC"]) + shift / 3600,
        "Z": np.round(made["Z"], 4),
        "SURVEY": [survey] * first,
        "ID": [f"x{i}" for i in range(first)],
    }


def test_a_catalogue_inside_another_is_told_at_the_smaller_one(tmp_path):
    big = columns(rows=200)
    recipe, made = planned(tmp_path, {"big": big, "small": part(big, 40)})
    finding = found(made, "catalogues-contain-each-other")
    assert set(finding) == {"small"} and finding["small"].count == 40
    assert "100 %" in finding["small"].message
    (fix,) = finding["small"].fixes
    after = mended(recipe, fix, tmp_path)
    assert after.ok and [entry["name"] for entry in after.inputs] == ["big"]


def test_two_releases_of_one_catalogue_are_told_once(tmp_path):
    big = columns(rows=100)
    _, made = planned(tmp_path, {"one": big, "two": part(big, 98)})
    (finding,) = found(made, "catalogues-contain-each-other").values()
    assert "nearly the same" in finding.message and len(finding.fixes) == 2


def test_the_same_objects_measured_again_are_no_copies(tmp_path):
    big = columns(rows=100)
    again = part(big, 60)
    again["Z"] = again["Z"] + np.random.default_rng(3).normal(0, 0.003, 60)
    _, made = planned(tmp_path, {"big": big, "again": again})
    assert codes(made) == set()


def test_half_a_catalogue_in_another_is_not_contained(tmp_path):
    big = columns(rows=200)
    half = part(big, 60)
    half["RA"] = np.array(half["RA"]) + np.where(np.arange(60) % 2, 0.01, 0)
    _, made = planned(tmp_path, {"big": big, "half": half})
    assert found(made, "catalogues-contain-each-other") == {}


@pytest.mark.parametrize("name", ["vvds", "VVDS ", "V-VDS"])
def test_names_that_differ_in_case_or_punctuation_get_one(tmp_path, name):
    recipe, _ = planned(tmp_path, {"a": columns(), "b": columns(seed=2, SURVEY=[name] * ROWS)})
    steps = [{"homogenize": {"surveys": {"V-VDS": {"flag": [{"when": "z_flag = 4", "is": 4}], "type": "s"}}}}]
    made = planned(tmp_path, recipe["inputs"], steps if name == "V-VDS" else None)[1]
    if name == "VVDS ":  # loading takes the blanks away
        assert found(made, "surveys-labelled-differently") == {}
        return
    finding = found(made, "surveys-labelled-differently")["b"]
    after = mended(recipe, finding.fixes[0], tmp_path)
    assert after.ok and found(after, finding.code) == {}


def test_releases_of_one_survey_are_told_by_rows_that_are_the_same(tmp_path):
    big = columns(rows=200)
    rows = part(big, 120, survey="vvds_final")
    rows["RA"] = np.where(np.arange(120) < 60, rows["RA"], np.array(rows["RA"]) + 5)
    recipe, made = planned(tmp_path, {"big": big, "more": rows}, [])
    finding = found(made, "surveys-labelled-differently")["more"]
    assert "'VVDS'" in finding.message and "same redshift" in finding.message
    assert finding.fixes[0].edits == [{"op": "set", "path": ["inputs", "more", "survey"], "value": "VVDS"}]
    assert mended(recipe, finding.fixes[0], tmp_path).ok


def test_parts_of_a_survey_with_names_of_their_own_are_no_trap(tmp_path):
    inputs = {"a": columns(SURVEY=["VVDS-DEEP"] * ROWS), "b": columns(seed=2, SURVEY=["VVDS-WIDE"] * ROWS)}
    _, made = planned(tmp_path, inputs, [])
    assert codes(made) == set()
