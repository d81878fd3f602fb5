"""Conversions that a recipe asks for: right by hand, recorded, and offered where they are missing."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pz_tsm
from pz_tsm.errors import TsmError
from pz_tsm.sources import convert, load

# 3C 273 and Cygnus A in both equinoxes, as printed (B1950: VLA calibrators; ICRS: NED)
B1950 = [("12 26 33.248", "+02 19 43.29"), ("19 57 44.44", "+40 35 46.0")]
ICRS = [(187.2779154, 2.0523883), (299.8681524, 40.7339156)]
ROWS = 2


def put(folder, **columns):
    made = {"name": ["3C273", "CygA"], "RA": [187.0, 299.0], "DEC": [2.0, 40.0], "z": [0.158, 0.056]}
    made |= columns
    made = {key: value for key, value in made.items() if value is not None}
    pq.write_table(pa.table(made), folder / "c.parquet")
    return {"from": {"file": "c.parquet"}}


def apart(table):
    """Arcsec from the printed ICRS positions."""
    ra, dec = (np.radians(np.asarray(table[one])) for one in ("ra", "dec"))
    wanted = np.radians(np.array(ICRS)).T
    east = (ra - wanted[0]) * np.cos(dec)
    return np.degrees(np.hypot(east, dec - wanted[1])) * 3600


def test_sexagesimal_b1950_positions_become_icrs(tmp_path):
    spec = put(tmp_path, RA=[ra for ra, _ in B1950], DEC=[dec for _, dec in B1950])
    loaded = load({**spec, "convert": {"positions": ["sexagesimal", "b1950"]}}, tmp_path)
    assert apart(loaded.table).max() < 0.5  # the second is printed to 0.01 s only
    assert apart(loaded.table)[0] < 0.2  # FK4 turns by 0.005 arcsec a year until the epoch of observation
    assert loaded.origin["convert"] == {"positions": ["sexagesimal", "b1950"]}
    assert loaded.report.details["convert"] == loaded.origin["convert"]
    assert any("B1950" in finding.message for finding in loaded.report.findings)
    assert loaded.table["RA"].to_pylist() == [ra for ra, _ in B1950], "the text stays beside the degrees"


@pytest.mark.parametrize(
    ("text", "degrees"),
    [("12:34:56.7", 12.582416667), ("-00 30 00", -0.5), ("+41h16m09s", 41.269166667), ("−5d30m", -5.5)],
)
def test_sexagesimal_text(text, degrees):
    assert convert.sexagesimal(pa.chunked_array([[text]]), "x", "t")[0] == pytest.approx(degrees, abs=1e-8)


def test_what_is_no_sexagesimal_is_named_with_its_row():
    column = pa.chunked_array([["12:34:56", "", "12:75:00", None]])
    with pytest.raises(TsmError, match="row 3: '12:75:00'"):
        convert.sexagesimal(column, "x", "t")
    column = pa.chunked_array([["12:34:56", "", "--", None]])
    assert np.isnan(convert.sexagesimal(column, "x", "t")).tolist() == [False, True, True, True]


def test_hours_minutes_and_seconds_in_columns_of_their_own(tmp_path):
    parts = {
        "RAh": [12, 19], "RAm": [29, 59], "RAs": [6.6997, 28.3566],
        "DE-": ["+", "-"], "DEd": [2, 0], "DEm": [3, 44], "DEs": [8.598, 2.1],
    }  # fmt: skip
    spec = put(tmp_path, RA=None, DEC=None, **parts)
    with pytest.raises(TsmError) as error:
        load(spec, tmp_path)
    spec = edited({"a": spec}, error.value.fixes[0], "input")
    table = load(spec, tmp_path).table
    assert table["ra"][0].as_py() == pytest.approx(ICRS[0][0], abs=1e-5)
    assert table["dec"].to_pylist() == pytest.approx([ICRS[0][1], -(44 / 60 + 2.1 / 3600)], abs=1e-5)


@pytest.mark.parametrize(
    ("how", "ra", "wanted"),
    [
        ("hours", [12.5, 1.0], [187.5, 15.0]),
        ("radians", [math.pi, 0.5], [180.0, 28.64788976]),
        ("signed", [-172.5, 10.0], [187.5, 10.0]),
    ],
)
def test_right_ascensions(how, ra, wanted, tmp_path):
    dec = [0.1, 0.2]
    loaded = load({**put(tmp_path, RA=ra, DEC=dec), "convert": {"positions": how}}, tmp_path)
    assert loaded.table["ra"].to_pylist() == pytest.approx(wanted)
    scale = 180 / math.pi if how == "radians" else 1
    assert loaded.table["dec"].to_pylist() == pytest.approx([one * scale for one in dec])


def test_velocities_become_redshifts_and_their_sentinels_null(tmp_path):
    spec = put(tmp_path, z=None, cz=[29979.2458, -9999.0], e_cz=[29.9792458, -1.0])
    spec |= {"columns": {"z": "cz", "z_err": "e_cz"}}
    asked = {"z": "velocity_km_s", "z_err": "velocity_km_s"}
    loaded = load({**spec, "convert": asked}, tmp_path)
    assert loaded.table["redshift"].to_pylist() == [pytest.approx(0.1), None]
    assert loaded.table["redshift_err"].to_pylist() == [pytest.approx(1e-4), None]
    assert loaded.report.details["sentinels"] == {"cz": 1, "e_cz": 1}


def edited(inputs, fix, name):
    """The input after a fix: what the editor's button does to the recipe."""
    spec = dict(next(iter(inputs.values())))
    for edit in fix.edits:
        assert edit["op"] == "set" and edit["path"][:2] == ["inputs", name]
        *way, last = edit["path"][2:]
        place = spec
        for key in way:
            place = place.setdefault(key, {})
        place[last] = edit["value"]
    return spec


OFFERED = {
    "velocities by their name": {"z": None, "cz": [47000.0, 16800.0]},
    "velocities by their values": {"z": [47000.0, 16800.0]},
    "sexagesimal": {"RA": ["12:29:06.7", "19:59:28.4"], "DEC": ["+02:03:08.6", "+40:44:02.1"]},
    "hours": {"RA": None, "RA_hours": [12.485, 19.991]},
    "from -180": {"RA": [-172.7, -60.1]},
    "exchanged": {"RA": [2.0, 40.0], "DEC": [187.0, 299.0]},
    "two redshifts": {"zspec": [0.158, 0.056], "z": None, "zbest": [0.15, 0.05]},
}


@pytest.mark.parametrize("case", OFFERED)
def test_the_plan_offers_what_one_click_mends(case, tmp_path):
    put(tmp_path, **OFFERED[case])
    text = "format: tsm-recipe/1\ninputs:\n  a: {from: {file: c.parquet}}\nsteps: []\n"
    (found,) = pz_tsm.plan(text, base=tmp_path).all_findings
    assert found.level == "error" and found.fixes, found
    spec = edited({"a": {"from": {"file": "c.parquet"}}}, found.fixes[0], "a")
    table = load(spec, tmp_path, name="a").table
    assert np.abs(np.asarray(table["ra"]) - [187.3, 299.9]).max() < 1.5
    assert np.abs(np.asarray(table["redshift"]) - [0.157, 0.056]).max() < 0.01


def test_redshifts_of_the_background_become_heliocentric(tmp_path):
    from astropy import units
    from astropy.coordinates import SkyCoord

    apex = SkyCoord(264.021, 48.253, unit="deg", frame="galactic").icrs  # Planck 2018
    across = apex.directional_offset_by(0 * units.deg, 90 * units.deg)
    ra = [apex.ra.deg, (apex.ra.deg + 180) % 360, across.ra.deg]
    data = {
        "name": ["a", "b", "c"],
        "z": None,
        "RA": ra,
        "DEC": [apex.dec.deg, -apex.dec.deg, across.dec.deg],
    }
    asked = {"from": {"file": "c.parquet"}, "columns": {"z": "zcmb"}, "convert": {"z": "cmb"}}
    put(tmp_path, **data, zcmb=[0.5, 0.5, -99.0])
    z = load(asked, tmp_path).table["redshift"].to_pylist()
    b = 369.82 / 299_792.458
    wanted = [1.5 * np.sqrt((1 - b) / (1 + b)) - 1, 1.5 * np.sqrt((1 + b) / (1 - b)) - 1]
    assert z[:2] == pytest.approx(wanted, abs=1e-9) and z[2] is None
    put(tmp_path, **data, zcmb=[0.0, 0.0, 0.0])
    z = load(asked, tmp_path).table["redshift"].to_pylist()
    assert z[0] == pytest.approx(-0.0012328, abs=1e-7)  # what comes nearer is bluer
    assert z[2] == pytest.approx(b * b / 2, abs=1e-8)
    put(tmp_path, **data, zcmb=[150_000.0, 150_000.0, 150_000.0])
    both = load({**asked, "convert": {"z": ["velocity_km_s", "cmb"]}}, tmp_path).table["redshift"]
    assert both[2].as_py() == pytest.approx(150_000 / 299_792.458 + 1.5 * b * b / 2, abs=1e-7)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"z": ["velocity_km_s", "velocity_m_s"]}, "but one"),
        ({"z_err": "cmb"}, "from 'cmb'"),
        ("hours", "must say what"),
        ({"position": "hours"}, "no key 'position'"),
        ({"positions": "parsecs"}, "from 'parsecs'"),
        ({"positions": ["hours", "sexagesimal"]}, "but one"),
    ],
)
def test_a_recipe_that_asks_for_nonsense_is_refused_with_its_line(asked, said, tmp_path):
    value = {"format": "tsm-recipe/1", "inputs": {"a": {**put(tmp_path), "convert": asked}}}
    import json

    with pytest.raises(TsmError, match=said) as error:
        pz_tsm.Recipe.parse(json.dumps(value))
    assert "Line 1" in error.value.message


def test_a_conversion_is_in_the_lock(tmp_path):
    put(tmp_path, RA=["12:29:06.7", "19:59:28.4"], DEC=["+02:03:08.6", "+40:44:02.1"])
    text = (
        "format: tsm-recipe/1\n"
        "inputs:\n  a: {from: {file: c.parquet}, convert: {positions: sexagesimal}}\n"
        "write: [{format: parquet}]\n"
    )
    pz_tsm.run(text, tmp_path / "out", base=tmp_path)
    from pz_tsm.recipe.lock import read_lock

    assert read_lock(tmp_path / "out")["inputs"][0]["convert"] == {"positions": ["sexagesimal"]}
    assert pz_tsm.verify(tmp_path / "out").ok
