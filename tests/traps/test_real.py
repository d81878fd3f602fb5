"""Which trap fires on which real catalogue, with its count; on the mock sky; and how long looking takes."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ruamel.yaml import YAML

from pz_tsm.recipe import Recipe
from pz_tsm.recipe.planner import plan
from tests.traps.kit import found, mended

STEPS = [
    {"homogenize": {"unmapped": "null"}},
    {"combine": {"eligible": "z_flag_homogenized >= 3"}},
]
# measured on these samples, as domain/public-specz-catalogs.md has them: 3D-HST 750 of 854 good rows photo-z,
# 2dFGRS 44 stars of 951, DESI 151 sky fibres (and 37 fibres without type or
# target), VIMOS 24 stars at z = 0 and one beside; Z of 2dFGRS and 6dFGS is as observed, DESI's heliocentric
EXPECTED = {
    "2dfgrs": {"stars-behind-good-flags": 44, "frames-of-redshifts": None},
    "2mrs": {"stars-behind-good-flags": 4, "coordinates-float32": 1000},
    "3dhst": {"photo-z-behind-good-flags": 750},
    "6dfgs": {"frames-of-redshifts": None},
    "desi_dr1": {"sky-fibres": 188},
    "ozdes_dr2": {"stars-behind-good-flags": 11},
    "vandels_dr4": {"stars-behind-good-flags": 2},
    "vimos_goods": {"stars-behind-good-flags": 25},
    "vvds": {"sentinels-in-redshift": 1},
    "ned": {"stars-behind-good-flags": 7},
    "elais_fbmc": {"photo-z-behind-good-flags": 556, "sentinels-in-redshift": 2456},
    "previous_product_slice": {
        "photo-z-behind-good-flags": 41,
        "stars-behind-good-flags": 8,
        "earlier-decisions": 29,
        "earlier-flags": 4,
    },
}


def recipe_of(shared, *names):
    listed = YAML(typ="safe", pure=True).load((shared / "data" / "catalogs.yaml").read_text())["catalogs"]
    inputs = {
        entry["path"].split("/")[1].removesuffix(".parquet"): {
            "from": {"file": entry["path"]},
            "columns": dict(entry["columns"]),
        }
        for entry in listed
    }
    chosen = {name: item for name, item in inputs.items() if not names or name in names}
    return {"format": "tsm-recipe/1", "name": "real", "inputs": chosen, "steps": STEPS}


@pytest.fixture(scope="module")
def all_of_them(shared):
    return plan(json.dumps(recipe_of(shared)), shared / "data")


@pytest.mark.parametrize("name", EXPECTED)
def test_what_fires_on_a_real_catalogue_among_all(all_of_them, name):
    (entry,) = [one for one in all_of_them.inputs if one["name"] == name]
    fired = {one.code: one.count for one in entry["findings"] if one.code not in (None, "sentinels")}
    assert fired == EXPECTED[name]


def test_the_plan_of_all_real_catalogues_stands(all_of_them):
    assert all_of_them.ok and {one["name"] for one in all_of_them.inputs} == set(EXPECTED)


def test_rows_of_the_earlier_product_say_which_flag_is_old(all_of_them):
    finding = found(all_of_them, "earlier-flags")["previous_product_slice"]
    assert "3D-HST 4 → 3 (4 rows)" in finding.message


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("3dhst", "photo-z-behind-good-flags"),
        ("2dfgrs", "stars-behind-good-flags"),
        ("desi_dr1", "sky-fibres"),
        ("vvds", "sentinels-in-redshift"),
    ],
)
def test_the_remedies_of_real_catalogues_work(shared, name, code):
    recipe = recipe_of(shared, name)
    finding = found(plan(json.dumps(recipe), shared / "data"), code)[name]
    assert finding.fixes
    for fix in finding.fixes:
        after = mended(recipe, fix, shared / "data")
        assert after.ok, fix.label
        left = found(after, code).get(name)
        assert left is None or left.level == "note", fix.label


def test_b1950_columns_of_2dfgrs_are_seen_and_mended(shared):
    recipe = recipe_of(shared, "2dfgrs")
    recipe["inputs"]["2dfgrs"]["columns"] |= {"ra": "ra_b1950_deg", "dec": "dec_b1950_deg"}
    finding = found(plan(json.dumps(recipe), shared / "data"), "coordinates-b1950")["2dfgrs"]
    assert finding.fixes[0].label == "Use 'ra_j2000_deg' and 'dec_j2000_deg'"
    after = mended(recipe, finding.fixes[0], shared / "data")
    assert after.ok and found(after, "coordinates-b1950") == {}


def test_a_real_catalogue_inside_a_compilation(shared, tmp_path):
    table = pq.read_table(
        shared / "data" / "specz" / "vvds.parquet", columns=["ALPHA", "DELTA", "Z", "ZFLAGS"]
    )
    label = pa.array(["vvds_final"] * table.num_rows)
    pq.write_table(table.append_column("survey", label), tmp_path / "compilation.parquet")
    recipe = recipe_of(shared, "vvds")
    recipe["inputs"]["compilation"] = {
        "from": {"file": str(tmp_path / "compilation.parquet")},
        "columns": {"ra": "ALPHA", "dec": "DELTA", "z": "Z", "z_flag": "ZFLAGS", "survey": "survey"},
    }
    recipe["steps"] = []
    made = plan(json.dumps(recipe), shared / "data")
    assert found(made, "catalogues-contain-each-other") and found(made, "surveys-labelled-differently")


def test_on_the_mock_sky_fires_what_was_put_into_it(small_sky):
    recipe = Recipe.read(small_sky / "mock.tsm.yaml")
    made = plan(recipe, small_sky)
    fired = {
        (entry["name"], one.code)
        for entry in made.inputs
        for one in entry["findings"]
        if one.code not in (None, "sentinels")
    }
    assert fired == {
        ("deep", "stars-behind-good-flags"),
        ("grism", "photo-z-behind-good-flags"),
        ("prob", "photo-z-behind-good-flags"),
    }
    told = [one for entry in made.inputs for one in entry["findings"] if (entry["name"], one.code) in fired]
    assert {one.level for one in told} == {"note"}, "the recipe of the mock sky lets none of them win"
