"""Steps that a kernel or the command line hands over to the engine, with a real engine."""

import functools
import json
import os
import signal
import threading
import time

import psutil
import pyarrow as pa
import pytest

from pz_tsm import ops, recipe
from pz_tsm.engine import hand_over, runtime
from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.ops.base import Context
from pz_tsm.recipe import places
from tests.processkit import add_operation

RECIPE = """
format: tsm-recipe/1
name: handed
seed: 3
inputs:
  mock: {from: {file: mock.csv}, survey: MOCK, steps: [filter: {condition: "redshift < 0.9", run: RUN}]}
steps:
  - combine: {eligible: "redshift > 0", prefer: [survey_rank], run: RUN}
  - act: {what: WHAT, run: RUN}
  - split: {parts: {train: 0.5, test: 0.5}}
"""

PACKAGE = """
import os, time
from pathlib import Path
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Amount, Finding, Fix, Operation, Params, Report, Result

class Known(Params):
    what: str = "do"

def run(table, params, ctx):
    report = Report("act", table.num_rows, table.num_rows)
    report.details = {"seed": ctx.seed}
    fix = Fix("do", [{"op": "remove", "path": ["steps", 0]}])
    report.findings = [Finding("warning", "seen", fixes=[fix])]
    if params.what == "fail":
        raise TsmError("No act today.", remedy="Come tomorrow.", where="act")
    (ctx.base / "pids").open("a").write(f"{os.getpid()}\\n")
    if ctx.job:
        kept = ctx.job.folder / "kept"
        (ctx.base / "resumed").write_text(str(kept.exists()))
        kept.write_text("")
    while params.what == "wait" and not (ctx.base / "gate").exists():
        ctx.step(0.25, "acting", Amount(1, 4, rows=9))
        time.sleep(0.02)
    return Result(table, report)

ACT = Operation("act", "Act", "", Known, run, main="what")
"""


@pytest.fixture
def base(tmp_path, monkeypatch):
    """A folder with a catalogue, and an engine's data folder; an engine that is left there is ended."""
    folder = add_operation(tmp_path / "packages", PACKAGE)
    monkeypatch.setenv("PYTHONPATH", folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PZ_TSM_DATA", str(tmp_path / "engine"))
    for known in (ops.names, ops.get):
        known.cache_clear()
    work = tmp_path / "work"
    work.mkdir()
    rows = "".join(f"s{i},{i // 2},{(i % 2) / 7200},{0.1 + i // 2 / 50}\n" for i in range(1, 81))
    (work / "mock.csv").write_text("id,ra,dec,z\n" + rows)
    yield work
    said = runtime.read(tmp_path / "engine")
    if said is not None and psutil.pid_exists(said["pid"]):
        engine = psutil.Process(said["pid"])
        engine.terminate()
        engine.wait(30)
    for known in (ops.names, ops.get):
        known.cache_clear()


def text(where, what="do"):
    return RECIPE.replace("RUN", where).replace("WHAT", what)


def runs(data=None):
    import urllib.request

    engine = runtime.current(data)
    request = urllib.request.Request(engine.url + "/local/runs", headers=engine.headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)["runs"]


def test_the_rows_are_those_of_memory_and_nothing_is_left_in_the_engine(base, tmp_path):
    here = recipe.run(text("memory"), base)
    away = recipe.run(text("engine"), base, tmp_path / "bundle")
    assert away.digest == here.digest and away.table.equals(here.table)
    assert [one.to_dict() for one in away.reports] == [one.to_dict() for one in here.reports]
    pids = (base / "pids").read_text().split()
    assert pids[0] == str(os.getpid()) != pids[1] and len(pids) == 2
    assert runs() == [] and os.listdir(tmp_path / "engine" / "handed") == []
    assert os.listdir(tmp_path / "engine" / "runs") == []


def test_a_table_of_a_notebook_is_handed_over_in_the_same_way(base):
    table = pa.table({"row_id": pa.array([2**60, 5], pa.int64()), "z": [0.5, None]})
    table = table.replace_schema_metadata({"tsm:access": "public"})
    ctx = Context(seed=7, base=base)
    found = hand_over.run(ops.get("act"), ops.get("act").parse("do"), {"": table}, ctx)
    assert found.table.equals(table) and found.table.schema.metadata == table.schema.metadata
    assert found.report.details == {"seed": 7} and found.report.findings[0].fixes[0].label == "do"
    assert places.elsewhere("engine", ctx) is hand_over.run and places.elsewhere("auto", ctx) is None


def test_progress_comes_through_and_a_stop_goes_back_and_what_was_done_is_kept(base):
    events, enough = [], threading.Event()

    def tell(event):
        events.append(event)
        if event.get("amount"):
            enough.set()

    with pytest.raises(Cancelled):
        recipe.run(text("engine", "wait"), base, None, tell, enough.is_set)
    told = [event for event in events if event.get("amount")]
    assert told[0]["amount"] == {"done": 1, "total": 4, "unit": "partitions", "rows": 9, "seconds_left": None}
    assert told[0]["message"] == "acting" and told[0]["fraction"] == 0.25 and told[0]["op"] == "act"
    while (run := runs()[0])["state"] != "stopped":
        assert run["state"] == "stopping" and run["kind"] == "step"
        time.sleep(0.02)
    assert run["resumable"] and run["recipe"] == "Act"
    (base / "gate").write_text("")
    recipe.run(text("engine", "wait"), base)
    assert (base / "resumed").read_text() == "True" and runs() == []


def test_trouble_is_told_in_the_same_words(base):
    said = []
    for where in ("memory", "engine"):
        with pytest.raises(TsmError) as caught:
            recipe.run(text(where, "fail"), base)
        said.append((caught.value.message, caught.value.remedy, caught.value.where))
    assert said[0] == said[1] == ("No act today.", "Come tomorrow.", "act")


@pytest.mark.full
def test_the_job_goes_on_when_its_engine_was_killed(base):
    killed = threading.Event()

    def tell(event):
        if event.get("amount") and not killed.is_set():
            killed.set()
            os.kill(runtime.current().pid, signal.SIGKILL)
            (base / "gate").write_text("")

    away = recipe.run(text("engine", "wait"), base, None, tell)
    assert killed.is_set() and away.digest == recipe.run(text("memory", "wait"), base).digest


def test_a_plan_says_where_each_step_will_run(base):
    plan = recipe.plan(text("engine"), base)
    where = {step["op"]: step["where"] for step in plan.steps}
    assert where == {"filter": "engine", "combine": "engine", "act": "engine", "split": "memory"}
    assert plan.ok and runtime.current() is None
    wrong = recipe.plan(text("moon"), base)
    remedies = [finding.remedy or "" for finding in wrong.all_findings if finding.level == "error"]
    assert remedies and all("auto, memory, engine" in remedy for remedy in remedies)


def test_own_places_are_known_without_being_installed(monkeypatch):
    monkeypatch.setattr(places, "_points", functools.partial(dict))
    assert places.names() == ["engine"]
    assert places.elsewhere("engine", Context()) is hand_over.run
    assert places.elsewhere("engine", Context(planning=True)) is None
    assert places.elsewhere("tap", Context()) is None
