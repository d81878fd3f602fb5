"""Runs as jobs, with real children: warm ones, stop, partial work, memory, the queue, the end of the engine.

Their steps are operations of a package that stands in for what takes long: it waits for a file ``gate`` in
the recipe's folder, holds memory, or does not come back from native code.
"""

import json
import os
import subprocess
import sys
import time

import psutil
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pz_tsm.engine import local
from pz_tsm.engine.jobs import manager
from tests.processkit import add_operation, gone, wait_for

PACKAGE = """
import os, subprocess, time
from pathlib import Path
from pz_tsm.ops.base import Amount, Operation, Params, Report, Result

class Known(Params):
    what: str = "wait"

def run(table, params, ctx):
    report = Report("act", table.num_rows, table.num_rows)
    kept = ctx.job.folder / "part-0"
    report.details = {"pid": os.getpid(), "memory": ctx.job.memory, "resumed": kept.exists(),
                      "server": os.environ.get("PZ_TSM_PZSERVER_URL"), "cwd": os.getcwd()}
    print("printed by", params.what)
    if params.what == "native":
        begun(ctx)
        sum(range(10**13))  # holds the interpreter's lock, and looks at no signal
    if params.what == "memory":
        held = bytearray(b"x") * 300_000_000
    if params.what == "start":
        subprocess.Popen(["sleep", "600"])
        begun(ctx)
    kept.write_text("done")
    while params.what != "act" and not (ctx.base / "gate").exists():
        ctx.step(0.5, "waiting", Amount(1, 2, rows=7, seconds_left=3.5))
        time.sleep(0.02)
    return Result(table, report)

def begun(ctx):
    (ctx.base / "begun").write_text("")

ACT = Operation("act", "Act", "", Known, run, main="what")
"""

RECIPE = """
format: tsm-recipe/1
name: mock_train
inputs:
  mock: {from: {file: mock.csv}, survey: MOCK}
steps:
  - act: WHAT
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """The operation, as children find it."""
    monkeypatch.setenv("PYTHONPATH", add_operation(tmp_path / "packages", PACKAGE))


@pytest.fixture
def acting(package, tmp_path):
    """The request for a run whose step does what is asked."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "mock.csv").write_text("id,ra,dec,z\n" + "".join(f"s{i},{i},0,0.5\n" for i in range(1, 9)))
    return lambda what, **more: {"text": RECIPE.replace("WHAT", what), "base": str(folder), **more}


def submit(client, request):
    answer = client.post("/local/runs", json=request)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def until(client, id, condition):
    """The run once the condition holds of it; one that waits for ever is ended by pytest's time limit."""
    while not condition(run := client.get(f"/local/runs/{id}").json()):
        assert run["state"] != "failed", run["error"]
        time.sleep(0.02)
    return run


def ended(client, id):
    return until_ended(client, id, "done")


def until_ended(client, id, state):
    while (run := client.get(f"/local/runs/{id}").json())["state"] not in ("done", "failed", "stopped"):
        time.sleep(0.02)
    log = client.get(f"/local/runs/{id}/log").text
    assert run["state"] == state, (run["error"], log)
    return run


def acts(run):
    return next(step["report"]["details"] for step in run["steps"] if step["op"] == "act")


def at_work(run):
    return any(step["op"] == "act" and step["message"] == "waiting" for step in run["steps"])


def test_the_second_run_is_done_by_the_process_of_the_first_with_surroundings_of_its_own(client, acting):
    first = ended(client, submit(client, acting("act", server="http://127.0.0.1:9/api")))
    second = ended(client, submit(client, acting("act")))
    one, other = acts(first), acts(second)
    assert one["pid"] == other["pid"]
    assert one["server"] == "http://127.0.0.1:9/api" and other["server"] is None
    assert one["cwd"] == other["cwd"] == acting("")["base"]
    for run in (first, second):
        assert client.get(f"/local/runs/{run['id']}/log").text.count("printed by act") == 1
    assert not other["resumed"] and first["kind"] == "recipe" and first["position"] is None


def test_a_run_says_how_far_it_is_and_forgets_its_partial_work_when_done(client, acting, state):
    id = submit(client, acting("wait"))
    run = until(client, id, at_work)
    step = next(step for step in run["steps"] if step["op"] == "act")
    assert step["amount"] == {"done": 1, "total": 2, "unit": "partitions", "rows": 7, "seconds_left": 3.5}
    assert run["seconds_left"] == 3.5 and run["where"] and not run["told"]
    assert client.post(f"/local/runs/{id}/told").json()["told"] is False  # there is nothing to tell yet
    open(os.path.join(acting("")["base"], "gate"), "w").close()
    run = ended(client, id)
    assert run["seconds_left"] is None and not (state.data / "runs" / id / "work").exists()
    assert client.post(f"/local/runs/{id}/told").json()["told"] is True
    assert client.post(f"/local/runs/{id}/retry").status_code == 409


def test_a_stopped_run_goes_on_from_what_it_had_done(client, acting, state):
    id = submit(client, acting("wait"))
    until(client, id, at_work)
    client.post(f"/local/runs/{id}/stop")
    run = until_ended(client, id, "stopped")
    assert run["resumable"] and os.listdir(acting("")["base"]) == ["mock.csv"]
    open(os.path.join(acting("")["base"], "gate"), "w").close()
    again = client.post(f"/local/runs/{id}/retry").json()
    assert again["id"] == id and again["state"] in ("pending", "running") and not again["steps"]
    run = ended(client, id)
    assert acts(run)["resumed"] and os.path.isdir(run["bundle"])
    assert client.delete(f"/local/runs/{id}").status_code == 204
    assert os.listdir(state.data / "runs") == []


def test_native_code_that_does_not_come_back_is_stopped_too(client, acting, state):
    id = submit(client, acting("native"))
    wait_for(lambda: os.path.exists(os.path.join(acting("")["base"], "begun")))
    pid = json.loads((state.data / "runs" / id / "job.json").read_text())["pid"]
    client.post(f"/local/runs/{id}/stop")
    run = until_ended(client, id, "stopped")
    assert gone(pid) and not run["resumable"] and run["error"] is None
    after = ended(client, submit(client, acting("act")))
    assert acts(after)["pid"] != pid


def test_what_a_run_started_ends_with_it(client, acting, state):
    id = submit(client, acting("start"))
    until(client, id, at_work)
    pid = json.loads((state.data / "runs" / id / "job.json").read_text())["pid"]
    family = [one.pid for one in psutil.Process(pid).children(recursive=True)]
    assert family
    client.post(f"/local/runs/{id}/stop")
    until_ended(client, id, "stopped")
    wait_for(lambda: all(gone(one) for one in family))


def app(state):
    made = FastAPI()
    made.include_router(local.router(state))
    return TestClient(made, headers={"Authorization": "Token " + state.token})


def test_a_run_that_takes_too_much_memory_is_ended_in_words(state, acting, monkeypatch):
    monkeypatch.setenv("PZ_TSM_JOB_MEMORY", "350 MB")
    monkeypatch.setattr(manager, "LOOK", 0.05)
    with app(state) as client:
        first = ended(client, submit(client, acting("act")))
        assert acts(first)["memory"] == 350_000_000
        run = until_ended(client, submit(client, acting("memory")), "failed")
        assert "350 MB are allowed" in run["error"]["message"]
        assert "PZ_TSM_JOB_MEMORY" in run["error"]["remedy"]
        assert "350 MB are allowed" in client.get(f"/local/runs/{run['id']}/log").text
        assert not os.path.exists(os.path.join(acting("")["base"], "bundles", "mock_train-2"))


def test_what_waits_is_told_its_place_and_there_is_an_end_to_the_queue(state, acting):
    from pz_tsm.engine.jobs.turns import Turns

    state.turns = Turns(at_once=1, waiting=2)
    with app(state) as client:
        ids = [submit(client, acting("wait")) for _ in range(3)]
        until(client, ids[0], at_work)
        listed = {run["id"]: run for run in client.get("/local/runs").json()["runs"]}
        assert [listed[id]["position"] for id in ids] == [None, 1, 2]
        refused = client.post("/local/runs", json=acting("wait"))
        assert refused.status_code == 429 and "wait for their turn" in refused.json()["error"]["message"]
        client.post(f"/local/runs/{ids[1]}/stop")
        assert client.get(f"/local/runs/{ids[2]}").json()["position"] == 1
        open(os.path.join(acting("")["base"], "gate"), "w").close()
        assert ended(client, ids[2])["bundle"] != ended(client, ids[0])["bundle"]


def test_a_run_whose_process_was_killed_goes_on_once_and_then_fails_in_words(client, acting, state):
    id = submit(client, acting("wait"))
    for _ in range(2):
        until(client, id, at_work)
        pid = json.loads((state.data / "runs" / id / "job.json").read_text())["pid"]
        psutil.Process(pid).kill()
        wait_for(lambda pid=pid: gone(pid))
        wait_for(
            lambda pid=pid: json.loads((state.data / "runs" / id / "job.json").read_text())["pid"] != pid
        )
    run = until_ended(client, id, "failed")
    assert "ended by the system" in run["error"]["message"] and run["resumable"]
    open(os.path.join(acting("")["base"], "gate"), "w").close()
    assert client.post(f"/local/runs/{id}/retry").status_code == 200
    assert acts(ended(client, id))["resumed"]


@pytest.mark.usefixtures("package")
def test_when_the_engine_is_gone_its_children_end_with_all_they_started(acting, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    request = acting("start")
    (folder / "recipe.tsm.yaml").write_text(request["text"])
    job = {"kind": "recipe", "recipe": "x", "base": request["base"], "out": str(tmp_path / "out")}
    (folder / "job.json").write_text(json.dumps(job))
    child = subprocess.Popen(
        [sys.executable, "-m", "pz_tsm.engine.jobs.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with child:
        asked = {"folder": str(folder), "memory": 10**9, "executor": {}}
        child.stdin.write(json.dumps(asked).encode() + b"\n")
        child.stdin.flush()
        wait_for(lambda: os.path.exists(os.path.join(request["base"], "begun")))
        family = [one.pid for one in psutil.Process(child.pid).children(recursive=True)]
        child.stdin.close()
        assert child.wait() == -9 and family
    wait_for(lambda: all(gone(one) for one in family))
