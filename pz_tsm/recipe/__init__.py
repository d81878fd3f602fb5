"""The recipe: what it says (model), what it would do (plan), doing it (run), what a run used (lock)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Recipe": "model",
    "Input": "model",
    "Step": "model",
    "canonical_json": "canonical",
    "Plan": "planner",
    "plan": "planner",
    "RunResult": "runner",
    "run": "runner",
    "make_lock": "lock",
    "read_lock": "lock",
    "load_yaml": "yaml_core",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"pz_tsm.recipe.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'pz_tsm.recipe' has no attribute {name!r}")
