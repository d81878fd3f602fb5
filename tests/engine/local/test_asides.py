"""What is asked of a recipe beside its plan: its code, and coverage where the plan has no rows."""

from __future__ import annotations

import pytest

from pz_tsm import recipe as recipes
from pz_tsm import target

RECIPE = """format: tsm-recipe/1
name: aside
seed: 3
inputs:
  deep:
    from: {file: mock_deep.parquet}
    survey: MOCK-DEEP
    columns: {id: NUM, ra: ALPHA, dec: DELTA, z: Z, z_flag: ZFLAGS}
steps:
  - homogenize: {rules: mock}
  - combine: {radius_arcsec: 0.75}
  - match: {release: {hats: mock_release, profile: mock}}
  - photometry: {to: mag}
  - filter: i_snr >= 5
  - split: {parts: {train: 0.8, test: 0.2}}
  - coverage: {target: target.parquet, side: 5}
"""


@pytest.fixture(scope="module")
def folder(small_sky, tmp_path_factory):
    place = tmp_path_factory.mktemp("asides")
    for name in ("mock_deep.parquet", "mock_release"):
        (place / name).symlink_to(small_sky / name)
    release = {"hats": str(small_sky / "mock_release"), "profile": "mock"}
    target.draw(release, place / "target.parquet", objects=4000, where="i_snr >= 5", seed=1)
    recipes.run(RECIPE, place, place / "out")
    return place


def test_the_code_of_a_recipe_runs_where_it_is_asked_to(client, folder):
    said = {"text": RECIPE, "base": str(folder), "path": "some/where/a b.tsm.yaml", "start": "../other"}
    answer = client.post("/local/code", json=said)
    assert answer.status_code == 200, answer.text
    code = answer.json()
    assert f"../{folder.name}/mock_deep.parquet" in code["python"]
    assert code["command"] == f"cd {folder} && pz-tsm run 'a b.tsm.yaml' -o bundles/aside\n"
    assert code["cells"][0] == "import pz_tsm" and "pz_tsm.coverage(" in code["python"]


def test_a_recipe_that_cannot_be_read_has_no_code(client, folder):
    answer = client.post("/local/code", json={"text": "format: [", "base": str(folder)})
    assert answer.status_code == 400 and "line" in answer.json()["error"]["where"]


def ask(client, folder, text, **what):
    said = {"text": text, "base": str(folder), "step": 6, **what}
    answer = client.post("/local/coverage", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_coverage_is_that_of_the_plan_where_it_has_rows(client, folder):
    found = ask(client, folder, RECIPE)
    assert found["source"] == "plan" and found["coverage"]["part"] == "train"


def test_where_the_match_is_only_estimated_the_last_run_is_measured(folder, monkeypatch):
    from pz_tsm.engine.local import coverage_rows
    from pz_tsm.engine.local.until import Taken

    monkeypatch.setattr("pz_tsm.engine.local.until.until", lambda *_: Taken(None, 2, {}))
    last = str(folder / "out" / "data" / "training_set.parquet")

    def measured(text, table):
        return coverage_rows.measure(text, str(folder), "aside", 6, table, lambda: False)

    assert measured(RECIPE, None) == {"source": "none", "coverage": None}
    whole = measured(RECIPE, last)
    cut = measured(RECIPE.replace("i_snr >= 5", "i_snr >= 20"), last)
    assert whole["source"] == cut["source"] == "run"
    assert 0 < cut["coverage"]["rows"] < whole["coverage"]["rows"]
    assert cut["coverage"]["frac_target_in_empty_cells"] >= whole["coverage"]["frac_target_in_empty_cells"]


def test_a_step_that_measures_nothing_is_refused(client, folder):
    said = {"text": RECIPE, "base": str(folder), "step": 1}
    answer = client.post("/local/coverage", json=said)
    assert answer.status_code == 400 and "does not measure coverage" in answer.json()["error"]["message"]


def test_what_another_release_changes_is_told_and_nothing_is_written(client, folder):
    text = RECIPE.replace("photometry: {to: mag}", "photometry: {to: mag, deredden: sfd}")
    said = {"text": text, "base": str(folder), "path": "aside.tsm.yaml", "to": "dp1"}
    answer = client.post("/local/move", json=said)
    assert answer.status_code == 200, answer.text
    moved = answer.json()
    assert [moved[which]["name"] for which in ("old", "new")] == ["mock", "dp1"]
    assert moved["located"] is False and moved["missing"] == []
    changed = [one["message"] for one in moved["changed"]]
    assert any(one.startswith("Extinction A/E(B-V): u 4.78 becomes 4.81") for one in changed)
    assert "Who may see the rows: public becomes rubin-data-rights." in changed
    assert any(one.startswith("Footprint: seven fields") for one in changed)
    again = client.post("/local/move", json={**said, "to": "nowhere"})
    assert again.status_code == 400 and "nowhere" in again.json()["error"]["message"]
