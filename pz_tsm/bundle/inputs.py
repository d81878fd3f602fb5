"""Copies of what came from archives, in the bundle's folder ``inputs``, so that it can be made again when an
archive has changed: of those whose terms allow it, and not too large."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import bundle

if TYPE_CHECKING:
    from pz_tsm.bundle.verify import VerifyReport

FOLDER = "inputs"
AT_MOST_MB = 100.0  # of all copies of a bundle
NAME = re.compile(rf"{FOLDER}/[^/\\]+")


def copy(
    out: Path, recipe: Any, lock: dict[str, Any], pins: Mapping[str, Mapping[str, Any]], at_most_mb: float
) -> dict[str, Any]:
    """The lock with, of every snapshot, the ``file`` of its copy and the ``terms`` that allow it, or
    ``not_copied``, the reason why there is none. Smaller ones are copied first."""
    items = [one for one in lock.get("inputs") or [] if one.get("snapshot") and one["name"] in recipe.inputs]
    if not items:
        return lock
    from pz_tsm.sources.archives import copies

    said: dict[str, dict[str, Any]] = {}
    fine: list[tuple[int, str, copies.Copy]] = []
    for one in items:
        spec = recipe.inputs[one["name"]].spec
        found = copies.found(spec, one, pins.get(one["name"]))
        if found.path is None:
            said[one["name"]] = {"not_copied": found.why}
        else:
            fine.append((found.path.stat().st_size, one["name"], found))
    left, done = at_most_mb * 1e6, set()
    for size, name, found in sorted(fine, key=lambda one: one[:2]):
        file = f"{FOLDER}/{found.name}"
        if file not in done and size > left:
            why = f"it has {size / 1e6:,.0f} MB; {at_most_mb:g} MB are copied in all"
            said[name] = {"not_copied": why if at_most_mb else "no copies were asked for"}
            continue
        if file not in done:
            (out / FOLDER).mkdir(exist_ok=True)
            shutil.copyfile(str(found.path), out / file)
            done.add(file)
            left -= size
        said[name] = {"file": file, "terms": found.terms}
    return {
        **lock,
        "inputs": [
            {**one, "snapshot": {**one["snapshot"], **said[one["name"]]}} if one["name"] in said else one
            for one in lock["inputs"]
        ],
    }


def place(snapshot: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
    """A snapshot of a lock that stands in ``folder``, with the ``path`` of its copy there."""
    file = snapshot.get("file")
    if folder is None or not isinstance(file, str) or not NAME.fullmatch(file):
        return dict(snapshot)
    return {**snapshot, "path": str(folder / file)}


def check(folder: Path, hashed: Mapping[str, str], report: VerifyReport) -> None:
    """I1: each copy is the one that the lock names; ``hashed``: sha256 of the files that are there."""
    try:
        items = json.loads((folder / bundle.LOCK).read_text(encoding="utf-8"))["inputs"]
        snapshots = [one["snapshot"] for one in items if one.get("snapshot")]
        named = [(str(one["file"]), one.get("sha256")) for one in snapshots if one.get("file")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return  # told where the lock is read
    for file, digest in named:
        if not NAME.fullmatch(file) or hashed.get(file) != digest:
            report.problem("I1", f"The copy of an input, {file}, is not the one that the lock names.", file)
    if named:
        report.checked.append(f"copies of inputs: {len(named)}")


def readme(inputs: list[dict[str, Any]]) -> str:
    """For the bundle's README: which inputs of archives are in it, and which are not and why."""
    lines = []
    for one in inputs:
        said = one.get("snapshot") or {}
        if said.get("file"):
            lines.append(f"- `{one['name']}`: `{said['file']}` ({said.get('terms')})")
        elif said.get("not_copied"):
            lines.append(f"- `{one['name']}`: no copy: {said['not_copied']}. {one.get('location')}")
    if not lines:
        return ""
    words = "Inputs from archives. A run takes the copies; of the others it needs the snapshot, or asks."
    return f"\n\n{words}\n\n" + "\n".join(lines)
