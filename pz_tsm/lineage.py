"""How a table in memory was made, and the recipe that makes it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.recipe.model import Input, Recipe, Step


@dataclass(frozen=True)
class Node:
    """A table of the history: an input (``spec``), or an operation (``op``) on other tables (``parents``)."""

    name: str
    spec: dict[str, Any] | None = None  # None in an input: it was given in memory
    op: str | None = None
    params: Any = None
    parents: tuple[Node, ...] = ()
    aliases: tuple[str, ...] = ()

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
            if source.op is not None:
                raise TsmError(
                    f"This table was made by '{node.op}' of a table that '{source.op}' had already merged: "
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
