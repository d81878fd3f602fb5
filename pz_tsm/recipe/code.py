"""A recipe as code: the library's functions one step after another, or the command that runs it."""

from __future__ import annotations

import keyword
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.recipe.model import Recipe, Step
from pz_tsm.recipe.pipeline import prepare
from pz_tsm.recipe.rebased import rebased

if TYPE_CHECKING:
    from pz_tsm.ops.base import Operation

WIDTH = 100  # characters, beyond which a call is written one argument a line
RESULT = "table"


@dataclass(frozen=True)
class Code:
    """``cells``: Python, one a step; ``python``: all of them; ``command``: for a shell."""

    cells: list[str]
    command: str

    @property
    def python(self) -> str:
        return "\n\n".join(self.cells) + "\n"

    def to_dict(self) -> dict[str, Any]:
        return {"cells": self.cells, "python": self.python, "command": self.command}


def code(
    recipe: Recipe | str,
    *,
    name: str | None = None,
    base: Path | str | None = None,
    start: Path | str | None = None,
    path: Path | str | None = None,
) -> Code:
    """The code of a recipe (or its text, called ``name`` if it doesn't say).

    ``base``: the folder from which its relative paths start; ``start``: the folder in which the Python will
    run, if it is another one. ``path``: the recipe's file, which the command runs; without one the command
    writes it first. TsmError where the recipe can't be read, or a step's parameters are wrong.
    """
    if not isinstance(recipe, Recipe):
        recipe = Recipe.parse(recipe, name)
    there = recipe if base is None or start is None else rebased(recipe, base, start)
    return Code(_cells(there), command(recipe, path))


def command(recipe: Recipe, path: Path | str | None = None) -> str:
    """The shell command that runs a recipe, of the file ``path``, or written here."""
    bundle = f"bundles/{_plain(recipe.name)}"
    if path is not None:
        file = Path(path)
        run = f"pz-tsm run {shlex.quote(file.name)} -o {shlex.quote(bundle)}"
        folder = str(file.parent)
        return f"{run}\n" if folder == "." else f"cd {shlex.quote(folder)} && {run}\n"
    file = f"{_plain(recipe.name)}.tsm.yaml"
    text = recipe.to_text().rstrip("\n")
    end = "RECIPE"
    while end in text.splitlines():
        end += "_"
    return f"cat > {file} <<'{end}'\n{text}\n{end}\npz-tsm run {file} -o {shlex.quote(bundle)}\n"


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name).strip("._") or "recipe"


def _cells(recipe: Recipe) -> list[str]:
    try:
        return _Writer(recipe).cells()
    except _NoSuchCode:
        text = recipe.to_text()
        whole = repr(text) if '"""' in text or "\\" in text else f'"""\\\n{text}"""'
        lines = [f"recipe = pz_tsm.Recipe.parse({whole})", f"{RESULT} = pz_tsm.run(recipe).table"]
        return ["import pz_tsm", "\n".join(lines), RESULT]


class _NoSuchCode(Exception):
    """The library's functions, called in turn, would not give what the recipe gives."""


class _Writer:
    """Follows the tables of a recipe as ``pipeline.Pipeline`` does, by the names of their variables."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.variables: dict[str, str] = {}
        self.merged = False

    def cells(self) -> list[str]:
        found = ["import pz_tsm"]
        for item in self.recipe.inputs.values():
            variable = self.variables[item.name] = _variable(item.name, set(self.variables.values()))
            found.append(_read(variable, item.name, item.spec))
            for step in item.steps:
                operation, _, _ = prepare(step)
                if operation.scope == "all":
                    raise _NoSuchCode
                found.append(f"{variable} = {self.call(step, variable)}")
        for step in self.recipe.steps:
            found.append(self.step(step))
        if not self.merged:
            if len(self.variables) > 1:
                raise _NoSuchCode  # put together at the end, which no function does
            (variable,) = self.variables.values()
            found.append(f"{RESULT} = {variable}")
        writes = [dict(item) for item in self.recipe.write] or [{"format": "parquet"}]
        said = [item["format"] if list(item) == ["format"] else item for item in writes]
        bundle, name = _literal(f"bundles/{_plain(self.recipe.name)}"), _literal(self.recipe.name)
        found.append(_line("", f"{RESULT}.write", [bundle, f"name={name}", f"write={_literal(said)}"]))
        return [*found, RESULT]

    def step(self, step: Step) -> str:
        operation, _, _ = prepare(step)
        if operation.scope == "each" and not self.merged:
            return "\n".join(f"{name} = {self.call(step, name)}" for name in self.variables.values())
        if operation.scope == "all":
            if self.merged:
                given = f"[{RESULT}]"
            else:
                pairs = (f"{_literal(name)}: {variable}" for name, variable in self.variables.items())
                given = "{" + ", ".join(pairs) + "}"
        elif self.merged:
            given = RESULT
        elif len(self.variables) == 1:
            (given,) = self.variables.values()
        else:
            raise _NoSuchCode
        self.merged = True
        return f"{RESULT} = {self.call(step, given)}"

    def call(self, step: Step, given: str) -> str:
        operation, _, _ = prepare(step)
        arguments = [given, *self.arguments(step, operation)]
        if not operation.name.isidentifier():
            raise _NoSuchCode
        return _line("", f"pz_tsm.{operation.name}", arguments)

    def arguments(self, step: Step, operation: Operation) -> list[str]:
        """The parameters as the recipe has them, and its seed for steps that would draw with another one."""
        fields = operation.params.model_fields
        params = step.params
        if params is not None and not isinstance(params, dict):
            found = [_literal(params)]
            params = {}
        else:
            found = []
        params = dict(params or {})
        if "run" in params and "run" not in fields:
            del params["run"]  # where it runs does not change the rows
        names = {item.alias or name: name for name, item in fields.items()}
        own = operation.run.__module__.startswith("pz_tsm.ops.")
        if self.recipe.seed and "seed" in fields and params.get("seed") is None:
            params["seed"] = self.recipe.seed
        elif self.recipe.seed and "seed" not in fields and not own:
            raise _NoSuchCode  # of another package: it may draw by the recipe's seed
        return [*found, *(f"{names.get(key, key)}={_literal(value)}" for key, value in params.items())]


def _read(variable: str, name: str, spec: dict[str, Any]) -> str:
    rest = {key: value for key, value in spec.items() if key != "from"}
    source = spec["from"]
    plain = isinstance(source, dict) and list(source) == ["file"]
    given = [_literal(source["file"] if plain else {"from": source})]
    given += [f"{key}={_literal(value)}" for key, value in rest.items()]
    return _line(f"{variable} = ", "pz_tsm.read", [*given, f"name={_literal(name)}"])


def _line(before: str, function: str, arguments: list[str]) -> str:
    line = f"{before}{function}({', '.join(arguments)})"
    if len(line) <= WIDTH:
        return line
    return f"{before}{function}(\n" + "".join(f"    {one},\n" for one in arguments) + ")"


def _variable(name: str, taken: set[str]) -> str:
    """A free Python name for an input."""
    text = re.sub(r"\W", "_", name) or "catalogue"
    text = text if text.isidentifier() else f"_{text}"
    text = f"{text}_" if keyword.iskeyword(text) else text
    taken = taken | {RESULT, "pz_tsm"}
    number, free = 2, text
    while free in taken:
        free, number = f"{text}_{number}", number + 1
    return free


_LITERALS: dict[type, Callable[[Any], str]] = {
    dict: lambda value: "{" + ", ".join(f"{_literal(k)}: {_literal(v)}" for k, v in value.items()) + "}",
    list: lambda value: "[" + ", ".join(map(_literal, value)) + "]",
}


def _literal(value: Any) -> str:
    if isinstance(value, str):
        single = repr(value)
        return f'"{value}"' if single == f"'{value}'" and '"' not in value else single
    if isinstance(value, float) and (value != value or value in (float("inf"), -float("inf"))):
        return f'float("{value}")'
    return _LITERALS.get(type(value), repr)(value)
