"""How a table in memory was made, and the recipe that makes it again."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from pz_tsm import ops
from pz_tsm.errors import TsmError
from pz_tsm.recipe.model import Input, Recipe, Step


@dataclass(frozen=True)
class Node:
    """A table of the history: an input (``spec``), the result of a ``recipe``, or an operation (``op``) on
    other tables (``parents``)."""

    name: str
    spec: dict[str, Any] | None = None  # None in an input: it was given in memory
    op: str | None = None
    params: Any = None
    parents: tuple[Node, ...] = ()
    aliases: tuple[str, ...] = ()
    recipe: Recipe | None = None

    @property
    def step(self) -> Step:
        return Step(str(self.op), self.params if self.params else None)


def to_recipe(
    node: Node, name: str | None = None, write: tuple[dict[str, Any], ...] = (), seed: int = 0
) -> Recipe:
    """The recipe of a table; TsmError if its history has no such shape, or its input is in no file."""
    shared: list[Step] = []
    while node.op is not None and len(node.parents) == 1:
        shared.insert(0, node.step)
        node = node.parents[0]
    if node.recipe is not None:
        return _longer(node.recipe, shared, name, write)
    inputs: dict[str, Input] = {}
    if node.op is None:
        inputs[_free(node.name, inputs)] = _input(node, ())
    else:
        shared.insert(0, node.step)
        for parent, alias in zip(node.parents, node.aliases, strict=True):
            source, own = parent, []
            while source.op is not None and len(source.parents) == 1:
                own.insert(0, source.step)
                source = source.parents[0]
            if source.op is not None or source.recipe is not None:
                merged = source.op or f"the recipe {source.name}"
                raise TsmError(
                    f"This table was made by '{node.op}' of a table that '{merged}' had already merged: "
                    "a recipe merges once.",
                    remedy=f"Give all catalogues to one '{node.op}', or write the first one and read that.",
                )
            inputs[_free(alias, inputs)] = _input(source, tuple(own))
    named = {key: Input(key, item.spec, item.steps) for key, item in inputs.items()}
    return Recipe(
        name=name or (next(iter(named)) if len(named) == 1 else "recipe"),
        seed=seed,
        inputs=named,
        steps=tuple(shared),
        write=write,
    )


def _longer(recipe: Recipe, steps: list[Step], name: str | None, write: tuple[dict[str, Any], ...]) -> Recipe:
    """The recipe with more steps, which drew with their own seed and not with the recipe's."""
    if not steps and not write and name in (None, recipe.name):
        return recipe
    known = ops.names()
    more = []
    for step in steps:
        operation = ops.get(step.op) if step.op in known else None
        params = step.params
        if recipe.seed and operation is not None and "seed" in operation.params.model_fields:
            if not isinstance(params, dict):
                params = {} if params is None else {str(operation.main): params}
            params = {**params, "seed": params.get("seed") or 0}
        more.append(Step(step.op, params))
    return replace(
        recipe, name=name or recipe.name, steps=(*recipe.steps, *more), write=write, text=None, path=None
    )


def _input(node: Node, steps: tuple[Step, ...]) -> Input:
    if node.spec is None:
        raise TsmError(
            f"The table '{node.name}' was given in memory, so no recipe can make it again.",
            remedy="Save it as a file first (Parquet is best), and read that with pz_tsm.read.",
            where=node.name,
        )
    return Input(node.name, node.spec, steps)


def alias(text: str) -> str:
    """A plain name for an input: of a path, the file's name without its endings."""
    name = re.split(r"[/\\]", str(text))[-1].split(".")[0]
    name = re.sub(r"\W+", "_", name).strip("_") or "input"
    return name if not name[0].isdigit() else f"c{name}"


def _free(name: str, taken: dict[str, Any]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
