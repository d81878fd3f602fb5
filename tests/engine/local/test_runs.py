"""Plans, runs and verification over HTTP, with real children."""

import json
import os
import time

import psutil
import pyarrow.parquet as pq
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pz_tsm.engine import local
from pz_tsm.engine.jobs import manager

RECIPE = """
format: tsm-recipe/1
name: mock_train
seed: 7
inputs:
  mock: {from: {file: FILE}, survey: MOCK}
steps:
  - filter: "redshift > 0.2"
  - split: {method: random, parts: {train: 0.5, test: 0.5}}
write:
  - {format: parquet}
"""


@pytest.fixture
def recipe(tmp_path):
    """A recipe's text and its folder; 40 mock redshifts, 32 of them pass."""
    folder = tmp_path / "work"
    folder.mkdir()
    rows = "".join(f"s{i},{10 + i / 100},{-5 - i / 100},{i / 40}\n" for i in range(1, 41))
    (folder / "mock.csv").write_text("id,ra,dec,z\n" + rows)
    return {
        "text": RECIPE.replace("FILE", "mock.csv"),
        "base": str(folder),
        "path": "work/mock_train.tsm.yaml",
    }


@pytest.fixture
def endless(recipe):
    """A recipe that reads from a pipe to which nobody writes."""
    os.mkfifo(os.path.join(recipe["base"], "pipe.csv"))
    return recipe | {"text": RECIPE.replace("FILE", "pipe.csv")}


def until(client, id, *states):
    """The run once it is in one of the states; a test that waits for ever is ended by pytest's time limit."""
    while (run := client.get(f"/local/runs/{id}").json())["state"] not in states:
        assert "state" in run, run
        time.sleep(0.05)
    return run


def test_a_plan_says_what_would_happen(client, recipe):
    plan = client.post("/local/plan", json=recipe).json()
    assert plan["ok"] and plan["inputs"][0]["rows"] == 40
    assert [step["op"] for step in plan["steps"]] == ["filter", "split"]
    wrong = client.post(
        "/local/plan", json=recipe | {"text": recipe["text"].replace("redshift >", "redshif >")}
    ).json()
    assert not wrong["ok"] and "redshif" in json.dumps(wrong)


def test_a_run_makes_a_bundle_beside_the_recipe(client, recipe, tmp_path):
    started = client.post("/local/runs", json=recipe).json()
    assert started["state"] in ("pending", "running") and started["recipe"] == "mock_train"
    run = until(client, started["id"], "done", "failed")
    assert run["state"] == "done", (run["error"], client.get(f"/local/runs/{run['id']}/log").text)
    assert (
        run["fraction"] == 1 and run["path"] == "work/mock_train.tsm.yaml" and run["started"] <= run["ended"]
    )
    bundle = tmp_path / "work" / "bundles" / "mock_train"
    assert run["bundle"] == str(bundle) and bundle.is_dir()
    result = run["result"]
    assert sum(part["rows"] for part in result["parts"]) == 32
    assert [part["name"] for part in result["parts"]] == ["train", "test"]
    assert all(pq.read_metadata(table["path"]).num_rows for table in result["tables"]) and result["tables"]
    assert {step["op"] for step in run["steps"]} >= {"filter", "split"}
    assert all(step["state"] == "done" for step in run["steps"])
    assert [report["op"] for report in result["accounting"]][-2:] == ["filter", "split"]
    assert all(len(file["sha256"]) == 64 and (bundle / file["path"]).is_file() for file in result["files"])

    checked = client.post("/local/verify", json={"path": run["bundle"]}).json()
    assert checked["ok"], checked
    again = until(client, client.post("/local/runs", json=recipe).json()["id"], "done", "failed")
    assert again["bundle"] == str(bundle) + "-2"
    listed = client.get("/local/runs").json()["runs"]
    assert [run["id"] for run in listed] == [again["id"], run["id"]]
    steps = [step | {"report": None} for step in run["steps"]]  # all runs' reports would be megabytes
    assert listed[1] == run | {"steps": steps, "result": result | {"accounting": []}}

    assert client.delete(f"/local/runs/{run['id']}").status_code == 204
    assert client.get(f"/local/runs/{run['id']}").status_code == 404 and bundle.is_dir()


def test_the_recipe_of_a_bundle_is_replayed_beside_it(client, recipe, tmp_path):
    made = until(client, client.post("/local/runs", json=recipe).json()["id"], "done", "failed")
    bundle = tmp_path / "work" / "bundles" / "mock_train"
    asked = recipe | {"text": (bundle / "recipe.tsm.yaml").read_text(), "bundle": str(bundle)}
    same = until(client, client.post("/local/runs", json=asked).json()["id"], "done", "failed")
    assert same["bundle"] == str(bundle) + "-2", same["error"]
    assert client.post("/local/verify", json={"path": made["bundle"]}).json()["ok"]
    assert "A replay" in same["result"]["replay"][-1]["message"]
    (tmp_path / "work" / "mock.csv").open("a").write("new,1,1,0.5\n")
    other = until(client, client.post("/local/runs", json=asked).json()["id"], "done", "failed")
    assert any("'mock'" in finding["message"] for finding in other["result"]["replay"])


def test_a_run_that_fails_says_why_and_leaves_nothing(client, recipe):
    text = recipe["text"].replace("redshift > 0.2", "redshift > 99")
    run = until(
        client, client.post("/local/runs", json=recipe | {"text": text}).json()["id"], "failed", "done"
    )
    assert run["state"] == "failed" and run["error"]["message"] and run["bundle"] is None
    assert not os.path.exists(os.path.join(recipe["base"], "bundles", "mock_train"))
    refused = client.post("/local/runs", json=recipe | {"text": "format: tsm-recipe/1\nstepz: []\n"})
    assert refused.status_code == 400 and "stepz" in refused.json()["error"]["message"]


def test_stop_ends_the_whole_process_group_and_leaves_no_bundle(client, endless, state, monkeypatch):
    monkeypatch.setattr(manager, "GRACE", 0.3)
    id = client.post("/local/runs", json=endless).json()["id"]
    pid = running_pid(state, id)
    assert client.delete(f"/local/runs/{id}").status_code == 409
    assert client.post(f"/local/runs/{id}/stop").json()["state"] in ("stopping", "stopped")
    run = until(client, id, "stopped", "done", "failed")
    assert run["state"] == "stopped" and run["bundle"] is None and run["error"] is None
    assert not psutil.pid_exists(pid)
    assert not os.path.exists(os.path.join(endless["base"], "bundles", "mock_train"))
    assert client.post(f"/local/runs/{id}/stop").json()["state"] == "stopped"


def test_a_run_that_the_engine_left_runs_again_after_a_restart(state, endless, recipe):
    def app():
        made = FastAPI()
        made.include_router(local.router(state))
        return TestClient(made, headers={"Authorization": "Token " + state.token})

    with app() as client:
        id = client.post("/local/runs", json=endless).json()["id"]
        first = running_pid(state, id)
    assert not psutil.pid_exists(first)
    job = state.data / "runs" / id / "job.json"
    assert json.loads(job.read_text())["state"] == "running"
    pipe = os.path.join(endless["base"], "pipe.csv")
    os.unlink(pipe)
    os.rename(os.path.join(endless["base"], "mock.csv"), pipe)
    with app() as client:
        run = until(client, id, "done", "failed")
        assert run["state"] == "done" and os.path.isdir(run["bundle"])


def running_pid(state, id):
    while True:
        job = json.loads((state.data / "runs" / id / "job.json").read_text())
        if job["pid"] is not None and job["state"] == "running":
            return job["pid"]
        assert job["state"] in ("pending", "running"), job
        time.sleep(0.02)


def test_operations_come_with_their_schemas(client):
    said = client.get("/local/ops").json()
    ops = {op["name"]: op for op in said["ops"]}
    assert list(ops)[:6] == ["homogenize", "combine", "match", "photometry", "filter", "split"]
    assert "radius_arcsec" in ops["combine"]["schema"]["properties"] and ops["filter"]["main"]
    assert "secure_galaxy" in said["presets"] and "pz-server" in said["rule_packs"] and said["surveys"]
    assert {"name", "title", "path", "fluxes"} <= said["releases"][0].keys()
