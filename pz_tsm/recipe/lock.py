"""What a run really used: inputs with hashes, rule packs, release, software, seed; and what came out."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.ops.base import Finding, Report
    from pz_tsm.recipe.model import Recipe

FORMAT = "tsm-lock/1"
NAME = "recipe.tsm.lock"
ENDINGS = (".tsm.yaml", ".tsm.yml")
SOFTWARE = ("numpy", "pyarrow", "scipy", "astropy", "h5py", "tables_io", "xxhash", "ruamel.yaml", "pydantic")


class Lock(dict[str, Any]):
    """A lock that was read. ``folder``: where it stands, and the copies of inputs that it names."""

    folder: Path | None = None


def make_lock(
    recipe: Recipe,
    origins: Mapping[str, Mapping[str, Any]],
    reports: Sequence[Report],
    table: pa.Table,
    base: Path,
) -> dict[str, Any]:
    """The lock of a finished run, as plain values."""
    from pz_tsm.digest import table_digest

    release = next((_release(report.details) for report in reports if report.details.get("release")), None)
    return {
        "format": FORMAT,
        "recipe": {"name": recipe.name, "id": recipe.id},
        "inputs": [_input(origin, base) for origin in origins.values()],
        "rule_packs": rule_packs(recipe, base),
        "release": release,
        "seed": recipe.seed,
        "software": _software(),
        "output": {"rows": table.num_rows, "columns": table.num_columns, "digest": table_digest(table)},
    }


def _input(origin: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """What the lock says of an input. Absolute paths are cut to the name: they mean nothing elsewhere."""
    said = {key: value for key, value in origin.items() if value is not None and key != "columns"}
    location = said.get("location")
    if (
        location
        and not str(location).startswith("pzserver:")
        and os.path.isabs(os.path.expanduser(str(location)))
    ):
        said["location"] = Path(str(location)).name
    said["columns"] = dict(origin.get("columns") or {})
    return said


def _release(details: Mapping[str, Any]) -> dict[str, Any]:
    """Name, profile and hashes of the release that a match used."""
    keys = ("profile", "profile_sha256", "sha256", "access", "rows")
    return {"name": details["release"], **{key: details[key] for key in keys if details.get(key) is not None}}


def rule_packs(recipe: Recipe, base: Path) -> list[dict[str, str]]:
    """Name, version and sha256 (of the canonical content) of every rule pack that the recipe's steps name."""
    from pz_tsm.ops.homogenize import packs
    from pz_tsm.recipe.canonical import canonical_json
    from pz_tsm.recipe.pipeline import prepare

    found: dict[str, dict[str, str]] = {}
    own = [step for item in recipe.inputs.values() for step in item.steps]
    for step in (*own, *recipe.steps):
        if step.op == "homogenize":
            params = prepare(step)[1]
            for pack in packs.select(params.rules, params.surveys, base):
                digest = sha256_text(canonical_json(pack.model_dump(mode="json", by_alias=True)))
                found[digest] = {"name": pack.name, "version": pack.version, "sha256": digest}
    return sorted(found.values(), key=lambda pack: (pack["name"], pack["sha256"]))


def _software() -> dict[str, str]:
    from pz_tsm.version import version

    said = {"pz-tsm": version(), "python": platform.python_version()}
    for name in SOFTWARE:
        try:
            said[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    for point in metadata.entry_points(group="pz_tsm.ops"):
        if point.dist is not None and point.dist.name not in ("pz-tsm", *said):
            said[point.dist.name] = point.dist.version
    image = os.environ.get("JUPYTER_IMAGE_SPEC")
    return {**said, "image": image} if image else said


def lock_text(lock: Mapping[str, Any]) -> str:
    return json.dumps(lock, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def read_lock(path: str | Path) -> dict[str, Any]:
    """A lock file, or that of a bundle; TsmError if it is none."""
    path = Path(path)
    if path.is_dir():
        path = path / NAME
    try:
        lock = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TsmError(
            f"There is no lock '{path}'.", remedy="Name a bundle or its recipe.tsm.lock."
        ) from None
    except (OSError, ValueError):
        raise TsmError(f"'{path}' is no lock.", where=str(path)) from None
    if not isinstance(lock, dict) or lock.get("format") != FORMAT:
        raise TsmError(f"'{path}' is no lock of the format {FORMAT}.", where=str(path))
    read = Lock(lock)
    read.folder = path.absolute().parent
    return read


def pinned(lock: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    """Input -> the snapshot that a lock names, of the inputs that came from archives; ``path``: its copy."""
    from pz_tsm.bundle.inputs import place

    items = (lock or {}).get("inputs") or []
    folder = getattr(lock, "folder", None)
    return {item["name"]: place(item["snapshot"], folder) for item in items if item.get("snapshot")}


def beside(recipe: str | Path) -> dict[str, Any] | None:
    """The lock that stands beside a recipe's file (NAME.tsm.yaml, NAME.tsm.lock), None if there is none."""
    path = Path(recipe)
    name = next((path.name.removesuffix(end) for end in ENDINGS if path.name.endswith(end)), None)
    lock = path.with_name(f"{name}.tsm.lock") if name else None
    return read_lock(lock) if lock is not None and lock.is_file() else None


def replayed(lock: Mapping[str, Any], now: Mapping[str, Any]) -> list[Finding]:
    """What a replay tells: what is not as the lock says, and whether the rows are the same.

    ``lock``: the one that stood beside the recipe; ``now``: that of the run.
    """
    from pz_tsm.ops.base import Finding

    told = changed_inputs(lock, {str(i): item for i, item in enumerate(now["inputs"])})
    if (lock.get("recipe") or {}).get("id") != now["recipe"]["id"]:
        told.append("the recipe is another one.")
    if lock.get("rule_packs") != now["rule_packs"]:
        told.append("the rule packs are other ones.")
    if lock.get("release") != now["release"]:
        told.append("the release, or its profile, is another one.")
    for name in ("pz-tsm", "pyarrow", "numpy"):
        was, used = (lock.get("software") or {}).get(name), now["software"].get(name)
        if was != used:
            told.append(f"{name} was {was}, and is {used}.")
    same = (lock.get("output") or {}).get("digest") == now["output"]["digest"]
    found = [
        Finding("note" if same else "warning", f"Not as in the lock: {line}", where="lock") for line in told
    ]
    if same:
        return [*found, Finding("note", "A replay: the rows are those that the lock names.", where="lock")]
    return [
        *found,
        Finding(
            "warning",
            "The rows are not those that the lock names: their digest differs.",
            remedy=None if told else "Inputs, rules, release and software are the same: please report this.",
            where="lock",
        ),
    ]


def changed_inputs(lock: Mapping[str, Any], origins: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """In words, which inputs are not what the lock says."""
    now = {origin["product"]: origin for origin in origins.values()}
    told = []
    for item in lock.get("inputs", []):
        found = now.get(item["product"])
        if found is None:
            told.append(
                f"'{item['name']}' ({item['product']}) is not among the inputs, or its rows have changed."
            )
        elif found.get("sha256") != item.get("sha256"):
            told.append(f"'{item['name']}': the file has changed (its rows may be the same).")
    return told


def sha256_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
