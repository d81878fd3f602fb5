"""The kernel's side of the recipe editor, driven by the messages that the front end sends."""

from __future__ import annotations

import json
import threading

import pyarrow as pa
import pytest

import pz_tsm
from pz_tsm.errors import TsmError
from pz_tsm.recipe import Recipe

RECIPE = """format: tsm-recipe/1
name: edited
inputs:
  deep:  # mine
    from: {file: mock_deep.parquet}
    columns: {id: NUM, ra: ALPHA, dec: DELTA, z: Z, z_flag: ZFLAGS, survey: survey_name}
steps:
  - homogenize: {rules: mock}
  - combine: {radius_arcsec: 0.75}
  - split: {parts: {train: 0.8, test: 0.2}}
"""
CHANGED = RECIPE.replace("train: 0.8, test: 0.2", "train: 0.6, test: 0.4")


@pytest.fixture
def folder(small_sky, tmp_path):
    (tmp_path / "mock_deep.parquet").symlink_to(small_sky / "mock_deep.parquet")
    (tmp_path / "mine.tsm.yaml").write_text(RECIPE)
    return tmp_path


@pytest.fixture
def editor(folder):
    return opened(pz_tsm.edit(folder / "mine.tsm.yaml"))


def opened(found):
    found.sent = []
    found.send = lambda content, buffers=None: found.sent.append((content, buffers or []))
    return found


def ask(editor, method, question="q1", /, **args):
    editor.sent.clear()
    editor._handle_custom_msg({"id": question, "method": method, "args": args}, [])
    [(answer, buffers)] = [one for one in editor.sent if one[0].get("id") == question]
    json.dumps(answer, allow_nan=False)
    assert answer["ok"], answer
    result = answer["result"]
    return json.loads(bytes(buffers[0])) if result.get("in_body") else result


def test_the_object_follows_the_edits(editor):
    state = ask(editor, "state")
    assert state["text"] == RECIPE and state["path"].endswith("mine.tsm.yaml") and state["run"] is None
    ask(editor, "text", "page-1", text=CHANGED)
    assert editor.text == CHANGED
    assert editor.recipe.steps[-1].params == {"parts": {"train": 0.6, "test": 0.4}}
    assert ({"event": "text", "text": CHANGED, "by": "page-1"}, []) in editor.sent, "other pages are told"
    assert editor.plan().ok
    table = editor.run().table
    share = sum(part == "train" for part in table["split"].to_pylist()) / table.num_rows
    assert share < 0.7


def test_what_the_kernel_sets_is_shown(editor):
    editor.text = CHANGED
    assert editor.sent[-1][0] == {"event": "text", "text": CHANGED, "by": ""}
    editor.sent.clear()
    editor.text = CHANGED
    assert not editor.sent


def test_plan_run_and_result(editor, folder):
    names = {one["name"] for one in ask(editor, "operations")["ops"]}
    assert {"combine", "split", "coverage"} <= names
    plan = ask(editor, "plan", text=RECIPE)
    assert plan["ok"] and plan["inputs"][0]["rows"] > 100
    run = ask(editor, "run", text=RECIPE)
    assert run["state"] in ("running", "done")
    editor._runs.last.join(120)
    done = ask(editor, "status", id=run["id"])
    assert done["state"] == "done", done["error"]
    assert done["bundle"] == str(folder / "bundles" / "edited")
    assert {part["name"] for part in done["result"]["parts"]} >= {"train", "test"}
    assert [step["state"] for step in done["steps"]] == ["done"] * len(done["steps"])
    assert ask(editor, "verify", bundle=done["bundle"])["ok"]
    assert editor.result.table.num_rows == done["steps"][-1]["rows_out"]
    [path] = [one["path"] for one in done["result"]["tables"] if one["name"] == "training_set"]
    info = ask(editor, "table", path=path, method="info", args={})
    assert info["rows"] == editor.result.table.num_rows
    again = ask(editor, "run", text=RECIPE)
    editor._runs.last.join(120)
    assert ask(editor, "status", id=again["id"])["bundle"].endswith("edited-2"), "nothing is overwritten"


def test_only_the_last_runs_tables_are_read(editor, folder):
    said = {"path": str(folder / "mock_deep.parquet"), "method": "info"}
    editor._handle_custom_msg({"id": "t", "method": "table", "args": said}, [])
    assert "not of the editor's last run" in editor.sent[-1][0]["error"]["message"]


def test_a_run_is_stopped(editor, monkeypatch):
    from pz_tsm import recipe as recipes

    started, seen = threading.Event(), threading.Event()

    def slow(recipe, base, out, emit, cancelled):
        started.set()
        assert seen.wait(60)
        assert cancelled()
        raise recipes.runner.Cancelled()

    monkeypatch.setattr(recipes, "run", slow)
    run = ask(editor, "run", text=RECIPE)
    assert started.wait(60)
    editor._handle_custom_msg({"id": "r", "method": "run", "args": {"text": RECIPE}}, [])
    assert "is going on" in editor.sent[-1][0]["error"]["message"]
    assert ask(editor, "stop", id=run["id"])["state"] == "stopping"
    seen.set()
    editor._runs.last.join(60)
    assert ask(editor, "status", id=run["id"])["state"] == "stopped"


def test_a_run_that_fails_says_why(editor):
    run = ask(editor, "run", text=RECIPE.replace("rules: mock", "rules: nothing"))
    editor._runs.last.join(60)
    said = ask(editor, "status", id=run["id"])
    assert said["state"] == "failed" and "no rule pack" in said["error"]["message"]
    assert editor.result is None


def test_the_preview_of_a_split_comes_over_the_comm(editor):
    said = ask(editor, "previewSplit", text=RECIPE, step=2)
    assert said["labels"] == ["train", "test"] and said["rows"] > 100
    editor.sent.clear()
    editor._handle_custom_msg({"id": "c", "method": "previewColumns", "args": {"id": said["columns"]}}, [])
    parts = b"".join(bytes(buffers[0]) for _, buffers in editor.sent)
    assert pa.ipc.open_stream(parts).read_all().num_rows == said["rows"]
    assert all(len(buffers[0]) <= 2**20 for _, buffers in editor.sent)


def test_the_code_is_of_the_text_as_it_stands(editor, folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    code = ask(editor, "code", text=CHANGED)
    assert "'train': 0.6" in code["python"] or '"train": 0.6' in code["python"]
    assert f"{folder.name}/mock_deep.parquet" in code["python"], "it runs in the kernel's folder"
    assert "<<'RECIPE'" in code["command"], "the file has another text"
    assert code["python"] == "\n\n".join(code["cells"]) + "\n"
    assert ask(editor, "code", text=RECIPE)["command"].endswith("mine.tsm.yaml -o bundles/edited\n")


def test_another_release_is_looked_at_before_the_recipe_is_changed(editor):
    text = RECIPE.replace("  - combine", "  - match: {release: dp1, columns: [gaap1p5]}\n  - combine")
    moved = ask(editor, "move", text=text, to="dp2")
    assert (moved["old"]["name"], moved["new"]["name"], moved["located"]) == ("dp1", "dp2", False)
    assert [one["message"] for one in moved["missing"]] == ["dp2 has no flux family 'gaap1p5'."]
    assert any(one["message"].startswith("Footprint: ") for one in moved["changed"])
    assert editor.text == RECIPE


def test_it_is_saved_as_a_file(editor, folder):
    assert ask(editor, "save", text=CHANGED)["path"] == str(folder / "mine.tsm.yaml")
    assert (folder / "mine.tsm.yaml").read_text() == CHANGED
    other = opened(pz_tsm.edit(CHANGED, base=folder))
    assert other.save() == folder / "edited.tsm.yaml"


def test_the_notebook_keeps_the_text_and_no_rows(editor, folder, monkeypatch):
    shown, updates = [], []

    class Display:
        def update(self, data, raw):
            updates.append(data)

    def display(data, raw, display_id):
        shown.append(data)
        return Display()

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.chdir(folder)
    editor._ipython_display_()
    kept = shown[0]["application/vnd.pz-tsm.view+json"]
    assert kept == {
        "kind": "recipe",
        "name": "edited",
        "text": RECIPE,
        "inputs": ["deep"],
        "steps": ["homogenize", "combine", "split"],
    }
    assert RECIPE in shown[0]["text/plain"] and "run the cell" in shown[0]["text/plain"]
    ask(editor, "text", text=CHANGED)
    assert updates[-1]["application/vnd.pz-tsm.view+json"]["text"] == CHANGED
    ask(editor, "plan", text=CHANGED)
    ask(editor, "run", text=CHANGED)
    editor._runs.last.join(120)
    assert editor.result.table.num_rows
    state = json.dumps([shown, updates, {key: str(value) for key, value in editor.get_state().items()}])
    for name in ("redshift", "row_id", "ra"):
        values = [str(value) for value in editor.result.table[name].slice(0, 50).to_pylist()]
        assert not any(value in state for value in values if len(value) > 5)
    ask(editor, "text", text="format: [")
    assert updates[-1]["application/vnd.pz-tsm.view+json"]["text"] == "format: ["
    monkeypatch.chdir(folder.parent)
    editor.text = RECIPE
    again = updates[-1]["application/vnd.pz-tsm.view+json"]
    assert again["base"] == folder.name, "where its relative paths start, from the notebook's folder"


def test_what_can_be_edited(folder, monkeypatch):
    monkeypatch.chdir(folder)
    names = {"id": "NUM", "ra": "ALPHA", "dec": "DELTA", "z": "Z"}
    table = pz_tsm.split(pz_tsm.read("mock_deep.parquet", columns=names))
    assert "split" in pz_tsm.edit(table).text
    assert table.recipe.edit().plan().ok
    assert Recipe.read("mine.tsm.yaml").edit().path == folder / "mine.tsm.yaml"
    with pytest.raises(TsmError, match="no recipe"):
        pz_tsm.edit("nothing.tsm.yaml")
    with pytest.raises(TsmError, match="is no recipe"):
        pz_tsm.edit(3)
