"""Remedies as edits of the recipe, and what the recipe already does about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pz_tsm import expr
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Fix

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from pz_tsm.recipe.model import Recipe
    from pz_tsm.traps.sight import Sight


def step_at(recipe: Recipe, op: str) -> tuple[int, Any] | None:
    """The first shared step of that operation, as (place, checked parameters)."""
    from pz_tsm.recipe.pipeline import prepare

    for index, step in enumerate(recipe.steps):
        if step.op == op:
            try:
                return index, prepare(step)[1]
            except TsmError:  # what is wrong with it is told where the step is planned
                return None
    return None


def lets_through(sight: Sight, name: str) -> np.ndarray:
    """Rows of an input that may become training rows: what ``eligible`` and the filters leave, (rows,)."""
    import numpy as np

    table, recipe = sight.tables[name], sight.recipe
    passing = np.ones(table.num_rows, dtype=bool)
    combine = step_at(recipe, "combine")
    if combine and combine[1].policy != "pz-server":
        passing &= _mask(combine[1].eligible, table)
    for step in recipe.steps:
        if step.op == "filter":
            given = step.params if isinstance(step.params, dict) else {"condition": step.params}
            if given.get("flag"):
                continue  # it marks rows, and cuts none
            condition = given.get("condition")
            passing &= _mask(condition, table)
    return passing


def _mask(condition: Any, table: pa.Table) -> np.ndarray:
    """Where the condition is true; everywhere if it can't be told from this table."""
    import numpy as np

    try:
        return expr.mask(condition, table)
    except (TsmError, TypeError, AttributeError):
        return np.ones(table.num_rows, dtype=bool)


def only(recipe: Recipe, condition: str, label: str) -> list[Fix]:
    """Fixes that let only rows win for which the condition is true: in combine, or as a filter."""
    combine = step_at(recipe, "combine")
    if combine and combine[1].policy != "pz-server":
        index, params = combine
        both = f"({params.eligible}) AND {condition}"
        return [
            set_parameter(
                recipe, index, "eligible", "secure_galaxy", "Only secure galaxies may win (secure_galaxy)"
            ),
            *([set_parameter(recipe, index, "eligible", both, label)] if len(params.eligible) < 200 else []),
        ]
    last = [index for index, step in enumerate(recipe.steps) if step.op in ("homogenize", "combine")]
    place = last[-1] + 1 if last else 0
    edit = {"op": "insert", "path": ["steps", place], "value": {"filter": condition}}
    return [Fix(f"{label}: a filter after step {place}" if place else f"{label}: a filter", [edit])]


def set_parameter(recipe: Recipe, index: int, key: str, value: Any, label: str) -> Fix:
    """Set a parameter of a shared step, in its short form too."""
    step = recipe.steps[index]
    if isinstance(step.params, Mapping):
        return Fix(label, [{"op": "set", "path": ["steps", index, step.op, key], "value": value}])
    return Fix(label, [{"op": "set", "path": ["steps", index], "value": {step.op: {key: value}}}])


def set_columns(recipe: Recipe, name: str, columns: Mapping[str, Any], label: str) -> Fix:
    """Map roles of an input to other columns."""
    from pz_tsm.sources.columns import SYNONYMS

    given = recipe.inputs[name].spec.get("columns") or {}
    keys = {SYNONYMS.get(key, key): key for key in given}
    return Fix(
        label,
        [
            {"op": "set", "path": ["inputs", name, "columns", keys.get(role, role)], "value": column}
            for role, column in columns.items()
        ],
    )


def converts(recipe: Recipe, name: str, *ways: str) -> bool:
    """Whether the recipe has the positions of an input converted in one of these ways."""
    asked = (recipe.inputs[name].spec.get("convert") or {}).get("positions") or []
    return bool(({asked} if isinstance(asked, str) else set(asked)) & set(ways))


def convert_positions(recipe: Recipe, name: str, way: str, label: str) -> Fix:
    """Have the positions of an input converted when it is loaded, beside what is converted already."""
    from pz_tsm.sources.convert import offer, placed

    return placed([offer("positions", way, label)], name, recipe.inputs[name].spec)[0]


def set_input(name: str, key: str, value: Any, label: str) -> Fix:
    """Set a key of an input, such as ``survey``."""
    return Fix(label, [{"op": "set", "path": ["inputs", name, key], "value": value}])


def own_filter(name: str, condition: str, label: str) -> Fix:
    """A filter as the first step of an input."""
    path = ["inputs", name, "steps", 0]
    return Fix(label, [{"op": "insert", "path": path, "value": {"filter": condition}}])


def without(name: str, label: str) -> Fix:
    """The recipe without an input."""
    return Fix(label, [{"op": "remove", "path": ["inputs", name]}])


def quoted(name: str) -> str:
    """A column's name as conditions write it."""
    return expr.name(name)
