"""What is kept of a recipe's sources and what has changed there: the command ``pz-tsm sources``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("astroquery")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for the kits

from archivekit import Archives, around, vipers  # noqa: E402
from astropy.table import vstack  # noqa: E402

from pz_tsm.cli import main  # noqa: E402
from pz_tsm.sources import load  # noqa: E402
from pz_tsm.sources.archives import changes  # noqa: E402

TABLE = "J/A+A/609/A84/vipersw1"


@pytest.fixture
def here(monkeypatch, tmp_path):
    with around(Archives(vizier={TABLE: vipers()}), monkeypatch, tmp_path) as made:
        yield made


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "a.tsm.yaml"
    path.write_text(
        f"format: tsm-recipe/1\ninputs:\n  w1: {{from: {{vizier: {TABLE}}}, columns: {{id: Name}}}}\n"
        "  own: {from: {file: mine.csv}}\nsteps: []\n"
    )
    return path


def fetch():
    return load({"from": {"vizier": TABLE}, "columns": {"id": "Name"}})


def test_it_says_what_is_kept(here, recipe, capsys):
    assert main(["sources", str(recipe)]) == 0
    assert "not fetched yet" in capsys.readouterr().out
    fetch()
    assert main(["sources", str(recipe)]) == 0
    said = capsys.readouterr().out
    assert f"w1: vizier:{TABLE}" in said and "300 rows" in said and "a file that is not there" in said


def test_rows_added_removed_and_changed_are_counted_by_key(here, recipe, capsys):
    fetch()
    assert main(["sources", str(recipe), "--check"]) == 0
    assert "nothing has changed (300 rows)" in capsys.readouterr().out
    table = here.vizier[TABLE]
    new = vipers(7, 77, name="NEW")
    changed = table[10:].copy()
    changed["zflg"][:4] = np.float32(7.7)
    here.vizier[TABLE] = vstack([changed, new])
    assert main(["sources", str(recipe), "--check", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)[0]["changes"]
    assert (said["added"], said["removed"], said["changed"]) == (7, 10, 4) and said["by"] == ["Name"]
    before = fetch()
    assert before.origin["rows"] == 300, "a check alone changes nothing"
    assert main(["sources", str(recipe), "--update"]) == 0
    assert "7 rows added, 10 removed, 4 changed (by Name)" in capsys.readouterr().out
    assert fetch().origin["rows"] == 297
    pinned = {"sha256": before.origin["sha256"]}
    from pz_tsm.ops.base import Context

    old = load({"from": {"vizier": TABLE}, "columns": {"id": "Name"}}, ctx=Context(pins={"input": pinned}))
    assert old.origin["rows"] == 300, "a replay has its own"


def test_without_a_key_a_changed_row_is_one_gone_and_one_new(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"a": [1, 1, 2, 3], "b": ["x", "x", "y", "z"]}), tmp_path / "a.parquet")
    pq.write_table(
        pa.table({"c": [0.0] * 4, "b": ["z", "x", "y", "q"], "a": [3.0, 1.0, 2.0, 4.0]}),
        tmp_path / "b.parquet",
    )
    found = changes.compare(tmp_path / "a.parquet", tmp_path / "b.parquet")
    assert (found.added, found.removed, found.changed) == (1, 1, 0) and found.columns_added == ("c",)
    found = changes.compare(tmp_path / "a.parquet", tmp_path / "b.parquet", ["b"])
    assert (found.added, found.removed, found.changed) == (1, 1, 0)  # one x of two is gone
    same = changes.compare(tmp_path / "a.parquet", tmp_path / "a.parquet", ["a"])
    assert same.none


def test_only_the_columns_of_a_restricted_request_are_compared(here, tmp_path, capsys):
    path = tmp_path / "b.tsm.yaml"
    path.write_text(
        "format: tsm-recipe/1\ninputs:\n"
        f"  w1: {{from: {{vizier: {{table: {TABLE}, columns: [imag]}}}}}}\nsteps: []\n"
    )
    from pz_tsm.recipe import Recipe, run

    assert run(Recipe.read(path), tmp_path).table.column_names.count("imag") == 1
    here.vizier[TABLE]["classFlag"] = 5
    here.vizier[TABLE]["Name"] = [f"other {i}" for i in range(300)]
    main(["sources", str(path), "--check"])
    assert "columns gone" not in capsys.readouterr().out
