"""Remedies of a step's own findings. An operation does not know where in a recipe it stands: the edits of its
fixes start at the step itself, and are placed when the step is planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pz_tsm.ops.base import Finding, Fix

HERE = "(this step)"  # first entry of a path that starts at the step


def set_here(keys: Sequence[str], value: Any, label: str) -> Fix:
    """Set a parameter of the step that found it; ``keys``: its name, and those of maps inside it."""
    return Fix(label, [{"op": "set", "path": [HERE, *keys], "value": value}])


def placed(
    findings: Iterable[Finding], path: Sequence[str | int], op: str, given: Any, main: str | None
) -> list[Finding]:
    """The findings with edits that name the step: ``path`` leads to it, such as ["steps", 2].

    ``given``: its parameters as the recipe writes them. A short form (``match: dp1``, ``main`` being the
    parameter that it stands for) is written out first, as nothing can be set in it.
    """
    return [
        replace(one, fixes=[_placed(fix, path, op, given, main) for fix in one.fixes]) if one.fixes else one
        for one in findings
    ]


def without(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without their fixes: those of a run are kept with its result, which no fix can change."""
    return [replace(one, fixes=[]) if one.fixes else one for one in findings]


def _placed(fix: Fix, path: Sequence[str | int], op: str, given: Any, main: str | None) -> Fix:
    if not any(edit["path"][0] == HERE for edit in fix.edits):
        return fix
    edits: list[dict[str, Any]] = []
    if not isinstance(given, Mapping):
        spelled = {} if given is None or main is None else {main: given}
        edits.append({"op": "set", "path": list(path), "value": {op: spelled}})
    for edit in fix.edits:
        own = edit["path"][0] == HERE
        edits.append({**edit, "path": [*path, op, *edit["path"][1:]]} if own else edit)
    return Fix(fix.label, edits)
