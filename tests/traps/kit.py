"""Catalogues with one thing wrong, plans of them, and remedies applied as the editor does."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pz_tsm.ops.base import Finding, Fix
from pz_tsm.recipe.planner import Plan, plan

ROWS = 60
STEPS = [{"homogenize": {}}, {"combine": {"radius_arcsec": 0.75}}]
LOOSE = [{"homogenize": {}}, {"combine": {"eligible": "z_flag_homogenized >= 3"}}]


def columns(rows: int = ROWS, seed: int = 1, **more) -> dict:
    """A sound catalogue of VVDS; ``more`` replaces or (None) takes away columns."""
    rng = np.random.default_rng(seed)
    made = {
        "ID": [f"g{i}" for i in range(rows)],
        "RA": 150 + rng.uniform(0, 1, rows),
        "DEC": 2 + rng.uniform(0, 1, rows),
        "Z": rng.uniform(0.1, 1.2, rows),
        "ZFLAG": np.full(rows, 4),
        "SURVEY": ["VVDS"] * rows,
    }
    made |= more
    return {name: values for name, values in made.items() if values is not None}


def write(folder: Path, name: str, data: dict) -> dict:
    """The input of a recipe that reads these columns."""
    pq.write_table(pa.table(data), folder / f"{name}.parquet")
    return {"from": {"file": f"{name}.parquet"}}


def planned(folder: Path, inputs: dict, steps: list | None = None) -> tuple[dict, Plan]:
    """(recipe, its plan); tables given as columns are written first."""
    made = {name: given if "from" in given else write(folder, name, given) for name, given in inputs.items()}
    recipe = {
        "format": "tsm-recipe/1",
        "name": "t",
        "inputs": made,
        "steps": STEPS if steps is None else steps,
    }
    return recipe, plan(json.dumps(recipe), folder)


def found(made: Plan, code: str) -> dict[str, Finding]:
    """Findings of one kind by input."""
    return {
        entry["name"]: finding
        for entry in made.inputs
        for finding in entry["findings"]
        if finding.code == code
    }


def codes(made: Plan) -> set[tuple[str, str]]:
    """(input, code) of all traps that fired; what loading tells of sentinels is none."""
    return {
        (entry["name"], finding.code)
        for entry in made.inputs
        for finding in entry["findings"]
        if finding.code not in (None, "sentinels")
    }


def mended(recipe: dict, fix: Fix, folder: Path) -> Plan:
    """The plan of the recipe with a fix applied."""
    return plan(json.dumps(applied(recipe, fix)), folder)


def applied(recipe: dict, fix: Fix) -> dict:
    """The recipe after a fix's edits, as src/recipe/fixes.ts makes them."""
    recipe = copy.deepcopy(recipe)
    for edit in fix.edits:
        *way, last = edit["path"]
        place = recipe
        for key, following in zip(way, edit["path"][1:], strict=True):
            if isinstance(place, dict) and place.get(key) is None:
                place[key] = [] if edit["op"] == "insert" and following == last else {}
            place = place[key]
        if edit["op"] == "remove":
            del place[last]
        elif edit["op"] == "insert":
            place.insert(last, edit["value"])
        else:
            place[last] = edit["value"]
    return recipe
