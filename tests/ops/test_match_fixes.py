"""What a plan offers to do about a match's findings: each fix, made, leaves a plan without that finding."""

from __future__ import annotations

import copy
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from matchkit import redshifts, write_hats

from pz_tsm.ops import get
from pz_tsm.ops import match as match_package
from pz_tsm.ops.base import Context
from pz_tsm.ops.match import expect_cost
from pz_tsm.recipe import plan

OBJECTS, ROWS = 20_000, 2_000


@pytest.fixture(scope="module")
def sky(tmp_path_factory):
    """A folder with a release of 20,000 objects in a square degree, and 2,000 redshifts of them in a survey
    whose positions are 0.3" off to the south; the first two are of one object and disagree."""
    folder = tmp_path_factory.mktemp("sky")
    rng = np.random.default_rng(1)
    scale = np.cos(np.radians(28))
    ra, dec = 53 + rng.uniform(-0.5, 0.5, OBJECTS) / scale, -28 + rng.uniform(-0.5, 0.5, OBJECTS)
    flux = np.full(OBJECTS, 1000, dtype=np.float32)
    columns = {"objectId": np.arange(OBJECTS) + 9 * 10**17, "coord_ra": ra, "coord_dec": dec}
    write_hats(folder / "objects", pa.table({**columns, "i_gaap1p0Flux": flux, "r_cModelFlux": flux}), 6)
    known = rng.choice(OBJECTS, ROWS, replace=False)
    known[1] = known[0]
    east, north = rng.normal(0, 0.1, (2, ROWS)) / 3600
    z = rng.uniform(0.1, 1.0, ROWS)
    z[:2] = 0.2, 0.8
    made = {
        "ID": [f"g{i}" for i in range(ROWS)],
        "RA": ra[known] + east / scale,
        "DEC": dec[known] + north - 0.3 / 3600,
        "Z": z,
        "ZFLAG": np.full(ROWS, 4),
    }
    pq.write_table(pa.table(made), folder / "deep.parquet")
    return folder


def recipe(given) -> dict:
    columns = {"id": "ID", "ra": "RA", "dec": "DEC", "z": "Z", "z_flag": "ZFLAG"}
    return {
        "format": "tsm-recipe/1",
        "name": "t",
        "inputs": {"deep": {"from": {"file": "deep.parquet"}, "survey": "DEEP", "columns": columns}},
        "steps": [{"match": given}],
    }


def release() -> dict:
    return {"hats": "objects", "profile": "mock"}


def told(made: dict, folder) -> dict:
    """The findings of its match, by code."""
    done = plan(json.dumps(made), folder)
    (step,) = done.to_dict()["steps"]
    assert step["report"]["findings"] == step["findings"]
    return {one.get("code"): one for one in step["findings"]}


def mended(made: dict, finding: dict) -> dict:
    """The recipe with the finding's first fix."""
    made = copy.deepcopy(made)
    for edit in finding["fixes"][0]["edits"]:
        assert edit["op"] == "set"
        *way, last = edit["path"]
        place = made
        for key in way:
            place = place.setdefault(key, {}) if isinstance(place, dict) else place[key]
        place[last] = edit["value"]
    return made


def match_of(made: dict) -> dict:
    return made["steps"][0]["match"]


def test_an_offset_is_shifted_away(sky):
    made = recipe({"release": release(), "radius_arcsec": 1.0})
    found = told(made, sky)["position-offset"]
    made = mended(made, found)
    assert match_of(made)["shift"]["DEEP"] == pytest.approx([0, 0.3], abs=0.02)
    assert match_of(made)["radius_arcsec"] == 1.0
    assert "position-offset" not in told(made, sky)


def test_a_shift_that_is_there_is_changed_under_its_own_name(sky):
    made = recipe({"release": release(), "radius_arcsec": 1.0, "shift": {"deep": [0, -0.4]}})
    made = mended(made, told(made, sky)["position-offset"])
    assert list(match_of(made)["shift"]) == ["deep"]
    assert match_of(made)["shift"]["deep"] == pytest.approx([0, 0.3], abs=0.02)


def test_a_small_radius_is_widened(sky):
    made = recipe({"release": release(), "radius_arcsec": 0.25})
    found = told(made, sky)["radius-far"]
    made = mended(made, found)
    assert f"{match_of(made)['radius_arcsec']:g}" in found["fixes"][0]["label"]
    assert match_of(made)["radius_arcsec"] > 0.25
    assert "radius-far" not in told(made, sky)


def test_blends_are_kept_or_set_aside(sky):
    made = recipe({"release": release(), "radius_arcsec": 1.0})
    found = told(made, sky)["blends"]
    assert found["examples"][0]["redshifts"] in ("0.2000, 0.8000", "0.8000, 0.2000")
    kept = mended(made, found)
    assert match_of(kept)["blends"] == "keep"
    again = mended(kept, told(kept, sky)["blends"])
    assert match_of(again)["blends"] == "set_aside"


def test_a_long_match_becomes_a_job(sky, monkeypatch):
    monkeypatch.setattr(match_package, "SMALL", 0)
    monkeypatch.setattr(expect_cost, "LONG", 0.0)
    made = recipe({"release": release(), "radius_arcsec": 1.0})
    made = mended(made, told(made, sky)["better-as-a-job"])
    assert match_of(made)["run"] == "engine"
    assert "better-as-a-job" not in told(made, sky)


def test_a_step_in_short_form_is_written_out(sky, monkeypatch):
    monkeypatch.setenv("PZ_TSM_RELEASES", json.dumps({"mock": str(sky / "objects")}))
    made = recipe("mock")
    made = mended(made, told(made, sky)["position-offset"])
    assert match_of(made)["release"] == "mock"
    assert match_of(made)["shift"]["DEEP"] == pytest.approx([0, 0.3], abs=0.02)


def test_a_plan_says_what_can_be_chosen(sky):
    (step,) = plan(json.dumps(recipe({"release": release()})), sky).to_dict()["steps"]
    offers = step["report"]["details"]["offers"]
    assert offers["fluxes"] == ["gaap1p0", "cModel"]
    assert "i_gaap1p0Flux" in offers["columns"]
    assert offers["presets"] == []  # they read columns that this release hasn't
    assert offers["several"]


def test_the_report_of_a_run_has_no_fixes(sky):
    table = pq.read_table(sky / "deep.parquet")
    rows = redshifts(table["RA"].to_numpy(), table["DEC"].to_numpy(), table["Z"].to_numpy())
    operation = get("match")
    params = operation.parse({"release": {"hats": str(sky / "objects"), "profile": "mock"}})
    report = operation.run(rows, params, Context()).report
    assert {one.code for one in report.findings} >= {"position-offset"}
    assert not any(one.fixes for one in report.findings)
    assert "offers" not in report.details
