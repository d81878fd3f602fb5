"""What may go wrong with looking, and traps of other packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pyarrow as pa
import pytest

from pz_tsm import traps
from pz_tsm.errors import Cancelled
from pz_tsm.ops.base import Finding, Fix
from pz_tsm.recipe import Recipe
from tests.traps.kit import LOOSE, columns, planned


def recipe(*names):
    return Recipe.parse(
        json.dumps(
            {"format": "tsm-recipe/1", "inputs": {name: {"from": {"file": f"{name}.csv"}} for name in names}}
        )
    )


def table(rows=3):
    return pa.table({"ra": [1.0] * rows, "dec": [2.0] * rows, "redshift": [0.5] * rows})


def test_a_trap_that_fails_says_so_and_stops_nothing(monkeypatch):
    def broken(sight):
        raise ZeroDivisionError("by zero")
        yield

    def fine(sight):
        yield "a", Finding("note", "seen", code="fine")

    monkeypatch.setattr(traps, "traps", lambda: {"broken": broken, "fine": fine})
    told = traps.look({"a": table()}, recipe("a"))["a"]
    assert [one.code for one in told] == ["trap-failed", "fine"]
    assert "'broken'" in told[0].message and told[0].level == "note"


def test_looking_can_be_stopped():
    with pytest.raises(Cancelled):
        traps.look({"a": table()}, recipe("a"), cancelled=lambda: True)


def test_tables_without_rows_flags_or_redshifts_are_looked_at_in_peace():
    empty = table(0)
    bare = pa.table({"ra": [1.0, None], "dec": [2.0, 3.0], "redshift": pa.nulls(2, pa.float64())})
    assert traps.look({"a": empty, "b": bare}, recipe("a", "b")) == {"a": [], "b": []}


def test_a_finding_as_json_has_no_empty_parts_and_its_fixes_are_plain():
    assert "fixes" not in Finding("note", "x").to_dict()
    edit = {"op": "remove", "path": ["inputs", "a"]}
    told = Finding("note", "x", code="c", fixes=[Fix("Leave it out", [edit])]).to_dict()
    assert json.loads(json.dumps(told))["fixes"] == [{"label": "Leave it out", "edits": [edit]}]


def test_findings_of_traps_go_through_the_engine_s_model(tmp_path):
    from pz_tsm.engine.local.models import Finding as Model

    _, made = planned(tmp_path, {"a": columns(OBJTYPE=["SKY"] * 60)}, LOOSE)
    for entry in made.to_dict()["inputs"]:
        for one in entry["findings"]:
            kept = Model.model_validate(one).model_dump(mode="json")
            assert kept["examples"] == one.get("examples", []) and len(kept["fixes"]) == len(
                one.get("fixes", [])
            )


def test_another_package_adds_a_trap_through_an_entry_point(tmp_path):
    (tmp_path / "fainttrap.py").write_text(
        "from pz_tsm.ops.base import Finding\n"
        "def look(sight):\n"
        "    for name, table in sight.tables.items():\n"
        "        yield name, Finding('note', f'{table.num_rows} rows', code='elsewhere')\n"
    )
    info = tmp_path / "fainttrap-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fainttrap\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[pz_tsm.traps]\nfaint = fainttrap:look\n")
    code = """
import pyarrow as pa
from pz_tsm import traps
from pz_tsm.recipe import Recipe
recipe = Recipe.parse("format: tsm-recipe/1\\ninputs: {a: {from: {file: a.csv}}}\\n")
table = pa.table({"ra": [1.0, 2.0], "dec": [2.0, 3.0], "redshift": [0.5, 0.6]})
print([(one.code, one.message) for one in traps.look({"a": table}, recipe)["a"]])
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "[('elsewhere', '2 rows')]", done.stderr
