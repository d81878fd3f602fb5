"""A recipe in another folder: its relative paths, written so that they name the same files there."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pz_tsm.recipe.model import Recipe, Step

# parameters of steps that are paths, and those inside a parameter; a text that happens to be the name of a
# folder (rules: mock, beside a folder 'mock') is none
PATHS = {"target", "lock"}
INSIDE = {"release": "hats"}
MAIN = {"coverage": "target", "homogenize": "rules", "match": "release"}  # what a bare value stands for


def rebased(recipe: Recipe, base: Path | str, to: Path | str) -> Recipe:
    """The recipe for the folder ``to``, when its relative paths start at ``base``. In the same folder it is
    itself; elsewhere it is written anew, without comments, if it has such a path."""
    old, new = Path(os.path.abspath(base)), Path(os.path.abspath(to))
    if old == new:
        return recipe

    def change(path: str) -> str:
        expanded = os.path.expanduser(path)
        if os.path.isabs(expanded) or "://" in path:
            return path
        return Path(os.path.relpath(old / expanded, new)).as_posix()

    return _with_paths(recipe, change, old)


def without_folders(recipe: Recipe) -> Recipe:
    """The recipe for others: a path that starts at the root or at a home says no more than its last name."""

    def change(path: str) -> str:
        return Path(path).name if os.path.isabs(os.path.expanduser(path)) else path

    return _with_paths(recipe, change, Path.cwd())


def _with_paths(recipe: Recipe, change: Callable[[str], str], base: Path) -> Recipe:
    def moved(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(replace(step, params=_params(step.op, step.params, change, base)) for step in steps)

    inputs = {
        name: replace(item, spec=_input(item.spec, change), steps=moved(item.steps))
        for name, item in recipe.inputs.items()
    }
    found = replace(recipe, inputs=inputs, steps=moved(recipe.steps), text=None)
    return recipe if found.to_dict() == recipe.to_dict() else found


def _input(spec: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    source = spec.get("from")
    if isinstance(source, dict) and isinstance(source.get("file"), str):
        return {**spec, "from": {**source, "file": change(source["file"])}}
    return spec


def _params(op: str, params: Any, change: Callable[[str], str], base: Path) -> Any:
    if not isinstance(params, dict):
        key = MAIN.get(op)
        return params if key is None else _value(key, params, change, base)
    return {key: _value(key, value, change, base) for key, value in params.items()}


def _value(key: str, value: Any, change: Callable[[str], str], base: Path) -> Any:
    if isinstance(value, list) and key == "rules":
        return [_value(key, item, change, base) for item in value]
    inner = INSIDE.get(key)
    if isinstance(value, dict) and isinstance(value.get(inner), str):
        return {**value, inner: change(value[inner])}
    if not isinstance(value, str):
        return value
    if key == "rules":  # the name of a pack that is shipped, or a file
        is_path = value.endswith((".yaml", ".yml")) and (base / value).is_file()
    elif key == "release":  # a known one's name, a folder, or a profile's file
        is_path = not _known(value) and (base / value).exists()
    else:
        is_path = key in PATHS
    return change(value) if is_path else value


def _known(release: str) -> bool:
    from pz_tsm import releases

    return release.lower() in releases.names() or release in releases.locations()
