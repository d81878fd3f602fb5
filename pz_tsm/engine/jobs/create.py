"""Making the folder of a run, and what its steps are given."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.jobs import tables
from pz_tsm.engine.jobs.folder import ENDED, Folder
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from pz_tsm.engine.state import EngineState

HANDED = "handed"  # beside the runs: where kernels put tables of steps
WEEK = 7 * 86400.0


def prepare(root: Path) -> None:
    """Make the folder of runs; remove what a killed engine or kernel left unfinished there, and steps that
    nobody has asked for since a week."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in root.iterdir():
        if path.name.startswith(".") or not (path / "job.json").exists():
            shutil.rmtree(path, ignore_errors=True)
        elif old(path / "job.json"):
            job = Folder(path).job
            if job["kind"] == "step" and job["state"] in ENDED:
                shutil.rmtree(path, ignore_errors=True)
    handed = root.with_name(HANDED)
    for path in handed.iterdir() if handed.is_dir() else ():
        if old(path):
            shutil.rmtree(path, ignore_errors=True)


def old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > WEEK
    except OSError:
        return False


def recipe(
    root: Path,
    text: str,
    base: Path,
    taken: Collection[str],
    *,
    path: str | None = None,
    out: Path | None = None,
    server: str | None = None,
    register: bool = True,
    bundle: Path | None = None,
) -> Folder:
    """A recipe's run. ``out``: the bundle's folder, else one beside the recipe; ``taken``: by other runs;
    ``register``: make a product of the result; ``bundle``: is replayed, and the new one put beside it."""
    from pz_tsm.bundle.opened import FOLDER
    from pz_tsm.engine.jobs.manager import NotNow
    from pz_tsm.recipe import Recipe

    name = Recipe.parse(text, recipe_name(path)).name
    if not base.is_dir():
        raise TsmError(f"There is no folder {base}.", remedy="Save the recipe first.", where="base")
    if out is None:
        folder = base / FOLDER if bundle is None else bundle.parent
        out = next_free(folder / (re.sub(r"[^\w.-]+", "_", name).strip(".") or "bundle"), taken)
    elif out.exists() or str(out) in taken:
        raise NotNow(f"The folder {out} is there already.", remedy="Choose another one.", where="out")
    env = {"PZ_TSM_PZSERVER_URL": server} if server else {}
    said = {"recipe": name, "path": path, "base": str(base), "out": str(out), "env": env}
    said |= {"bundle": str(bundle)} if bundle else {}
    return Folder.create(root, text, **said, register=register)


def step(root: Path, said: dict[str, Any]) -> Folder:
    """A step's run, from ``models.NewStep``; it takes over the files. TsmError for what can't be run."""
    from pz_tsm import ops

    source = Path(said["folder"])
    if source.parent.resolve() != root.with_name(HANDED).resolve() or source.is_symlink():
        raise TsmError("The tables of a step lie in the engine's own folder.", where="folder")
    files = [tables.given(source, number) for number in range(len(said["tables"]))]
    missing = next((file for file in files if not file.is_file()), None)
    if missing is not None:
        raise TsmError(f"There is no table {missing.name} in the step's folder.", where="folder")
    if said["op"] not in ops.names():
        raise TsmError(
            f"The engine has no operation '{said['op']}'.",
            remedy="Start it from the environment in which the operation is installed.",
            where="op",
        )
    operation = ops.get(said["op"])
    operation.parse(said["params"])
    kept = {name: said[name] for name in ("op", "params", "seed", "tables")}
    digest = hashlib.sha256(json.dumps([kept, said["base"]], sort_keys=True, default=str).encode())
    for file in files:
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    kept["key"] = digest.hexdigest()
    names = {"PZ_TSM_PZSERVER_URL": said.get("server"), "PZ_TSM_RELEASES": said.get("releases")}
    env = {name: value for name, value in names.items() if value}
    folder = Folder.create(
        root,
        None,
        files,
        kind="step",
        recipe=operation.title,
        path=None,
        base=said["base"],
        out=None,
        env=env,
        step=kept,
    )
    shutil.rmtree(source, ignore_errors=True)
    return folder


def again(folder: Folder, taken: Collection[str]) -> None:
    """Make a stopped or failed run wait once more; its bundle gets another name where its own is taken."""
    folder.restart()
    job = folder.job
    out = job["out"] and str(next_free(Path(job["out"]), taken))
    folder.update(state="pending", started=None, ended=None, error=None, attempts=0, told=False, out=out)


def place(state: EngineState | None) -> dict[str, Any]:
    """Where jobs have their partitions worked on: ``executor`` for the job, ``where`` in words."""
    from pz_tsm import scale

    data = getattr(state, "data", None)
    executor = scale.configured(None if data is None else Path(data))
    return {"executor": executor.model_dump(mode="json"), "where": scale.told(executor)}


def recipe_name(path: str | None) -> str | None:
    """What a recipe is called that does not say it: its file's name without the endings."""
    name = Path(path).name if path else ""
    for ending in (".yaml", ".yml", ".tsm"):
        name = name.removesuffix(ending)
    return name or None


def next_free(path: Path, taken: Collection[str]) -> Path:
    """``path``, or with the first number from 2 on that makes a folder that is not there."""
    number, found = 1, path
    while found.exists() or found.with_name(found.name + ".partial").exists() or str(found) in taken:
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found
