"""The bundle of a finished run as a product of this engine's own PZ Server.

Files first, then one transaction: they are gathered in the run's own folder, renamed into the product's
folder inside the transaction that makes its rows, and the run's id stands with the main file. So a run that
is registered again, also after a kill at any point, gives the same product. A folder that a killed engine put
in place before its rows were there is removed when the next one starts (``pzserver.sweep``).
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import bundle
from pz_tsm.bundle import sending
from pz_tsm.errors import TsmError
from pz_tsm.points import reach

if TYPE_CHECKING:
    from pz_tsm.engine.jobs.folder import Folder
    from pz_tsm.engine.pzserver.users import User
    from pz_tsm.engine.state import EngineState

log = logging.getLogger("pz_tsm.engine")
DESCRIPTION, AUXILIARY = 1, 2
MEDIA = {".md": "text/markdown", ".yaml": "application/yaml", ".json": "application/json"}
MEDIA |= {".lock": "application/json", ".bib": "application/x-bibtex", ".cff": "application/yaml"}
MEDIA |= {".svg": "image/svg+xml", ".parquet": "application/vnd.apache.parquet"}

SMALL = 1 << 20  # files below are copied: one edits a README in place, and a link would change the product's
COLUMNS = {
    "id": ("tsm_id", "row_id"),
    "ra": ("ra",),
    "dec": ("dec",),
    "z": ("redshift",),
    "z_err": ("redshift_err",),
    "z_flag": ("z_flag_homogenized", "z_flag_orig"),
    "survey": ("survey",),
}


@dataclass(frozen=True)
class Made:
    """What a run made, as its bundle says it. ``ops``: names of the steps, in order."""

    run: str
    out: Path
    title: str
    about: str
    lock: dict[str, Any]
    access: str
    release: str | None
    reports: list[dict[str, Any]]
    parts: list[dict[str, Any]]
    citations: list[str]

    @property
    def ops(self) -> list[str]:
        return [report["op"] for report in self.reports]

    @property
    def kind(self) -> str:
        """Type of the product: matched or split it is a training set, else a catalogue of redshifts."""
        return "training_set" if {"match", "split"} & set(self.ops) else "redshift_catalog"


def register(state: EngineState | None, folder: Folder) -> dict[str, Any] | None:
    """Make the product of a run that is done, or find the one that was made before.

    Returns {id, name, url, access}: the display name, the address below the engine's, and how to read it
    (Markdown). None if the run asked for none, has no bundle, or could not be registered: then the run's
    ``product_trouble`` says why, in words, and so does its log. Never raises for it: the bundle is there.
    """
    job = folder.job
    if job.get("register") is False or not job.get("out") or getattr(state, "db", None) is None:
        return None
    if not (Path(job["out"]) / bundle.TABLE).is_file():
        return None
    try:
        return _register(state, folder, job)
    except Exception as error:
        log.warning("run %s could not be registered", folder.id, exc_info=error)
        found = trouble(error, Path(job["out"]))
        folder.update(product_trouble=found.to_dict())
        with suppress(OSError):
            folder.note(f"warning: {found}")
        return None


def _register(state: EngineState, folder: Folder, job: dict[str, Any]) -> dict[str, Any]:
    stage = folder.path / "product"
    shutil.rmtree(stage, ignore_errors=True)  # of an attempt that was cut off
    found = registered(state, folder.id)
    if found is None:
        made = read(folder, job)
        try:
            found = _publish(state, folder, made, _owner(state, job), stage)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    row = state.db.one("SELECT id, display_name, description FROM products WHERE id = ?", found)
    from pz_tsm.engine.jobs import product_text

    if job.get("product_trouble"):
        folder.update(product_trouble=None)  # of an attempt before
    return {
        "id": row["id"],
        "name": row["display_name"],
        "url": f"/api/products/{row['id']}/",
        "access": product_text.access_part(row["description"]),
    }


def registered(state: EngineState, run: str) -> int | None:
    """The id of the product that the run became."""
    return state.db.scalar(
        "SELECT product_id FROM product_files WHERE role = 0 AND json_valid(details)"
        " AND json_extract(details, '$.run') = ? ORDER BY id",
        run,
    )


def read(folder: Folder, job: dict[str, Any]) -> Made:
    """What the bundle and the run's result say."""
    import pyarrow.parquet as pq

    from pz_tsm.recipe import Recipe

    out = Path(job["out"])
    recipe = Recipe.parse((out / bundle.RECIPE).read_text(encoding="utf-8"), job["recipe"])
    result = json.loads((folder.path / "result.json").read_text(encoding="utf-8"))
    lock = json.loads((out / bundle.LOCK).read_text(encoding="utf-8"))
    meta = pq.read_schema(out / bundle.TABLE).metadata or {}
    return Made(
        run=folder.id,
        out=out,
        title=str(recipe.info.get("title") or out.name)[:255],
        about=str(recipe.info.get("description") or ""),
        lock=lock,
        # what does not say it is taken for the stricter
        access=meta.get(b"tsm:access", b"rubin-data-rights").decode(),
        release=(lock.get("release") or {}).get("name"),
        reports=result["accounting"],
        parts=result["parts"],
        citations=result["citations"],
    )


def _owner(state: EngineState, job: dict[str, Any]) -> User:
    from pz_tsm.engine.pzserver.users import LOCAL_USER, load_user

    user = load_user(state.db, "username", job.get("user") or LOCAL_USER)
    return user or load_user(state.db, "username", LOCAL_USER)  # type: ignore[return-value]


def _publish(state: EngineState, folder: Folder, made: Made, user: User, stage: Path) -> int:
    """The product's rows and files; nothing of it is there if anything goes wrong."""
    from pz_tsm.engine.jobs import product_text
    from pz_tsm.engine.pzserver import files, processes, products, registry
    from pz_tsm.engine.pzserver.db import now
    from pz_tsm.engine.pzserver.tables import describe, write_preview

    rows = _gather(made.out, stage)
    facts = describe(stage / rows[0]["stored"])
    write_preview(stage, facts)
    files.sync_folder(stage)
    columns = {
        standard: next(name for name in names if name in facts.columns)
        for standard, names in COLUMNS.items()
        if any(name in facts.columns for name in names)
    }
    kind = made.kind if _fits(made.kind, columns) else "other"
    release = _release(state, user, made) if kind != "redshift_catalog" else None
    hidden = made.access != "public" and release is None and _shared(state)
    said = {"run": made.run, "bundle": str(made.out), "digest": made.lock["output"]["digest"]}
    rows[0] |= {"n_rows": facts.n_rows, "details": {**facts.details, **said}}
    target = None
    try:
        with state.db.write() as db:
            values = {
                "display_name": made.title,
                "product_type_id": db.scalar("SELECT id FROM product_types WHERE name = ?", kind),
                "release_id": release,
            }
            products.check_rules(db, user, values)
            key = products.insert(state, user, values)
            row = products.find(db, user, key)
            target = products.folder(state, row)
            text = product_text.describe(
                made, key, row["internal_name"], address(state), len(facts.columns), hidden
            )
            _take_place(stage, target)
            files.sync_folder(target.parent)
            reach("moved")
            times = {"created": now(), "updated": now()}
            for one in rows:
                db.insert("product_files", {"product_id": key, **one, **times})
            registry.set_columns(state, key, facts.columns)
            processes.associate(state, key, columns)
            status = products.REGISTERING if hidden else products.PUBLISHED
            if not hidden:
                products.check_publishable(db, key, kind)
            db.update("products", key, {"status": status, "description": text, "updated_at": now()})
    except BaseException:
        if target is not None:
            shutil.rmtree(target, ignore_errors=True)
        raise
    reach("registered")
    return key


def _fits(kind: str, columns: dict[str, str]) -> bool:
    from pz_tsm.engine.pzserver import processes, products

    have = {processes.ALIASES[standard] for standard in columns}
    return set(products.REQUIRED_ALIASES.get(kind, ())) <= have


def _release(state: EngineState, user: User, made: Made) -> int | None:
    """The release that the match used, if this engine has it and the user may see it."""
    from pz_tsm.engine.pzserver import products

    sql, values = products.visible_release(user, "r.id")
    return state.db.scalar(f"SELECT r.id FROM releases r WHERE r.name = ? AND {sql}", made.release, *values)


def _shared(state: EngineState) -> bool:
    """Whether others than the engine's own user can sign in."""
    return bool(state.db.scalar("SELECT count(*) FROM users WHERE is_active AND token_hash IS NOT NULL"))


def address(state: EngineState) -> str | None:
    """Where the engine listens now, as its runtime.json says; without its token."""
    from pz_tsm.engine import runtime

    return (runtime.read(state.data) or {}).get("url")


def _gather(out: Path, stage: Path) -> list[dict[str, Any]]:
    """The product's files in ``stage``, the main one first; rows of ``product_files`` without product and
    times."""
    from pz_tsm.engine.pzserver import files, registry

    stage.mkdir()
    table, readme = out / bundle.TABLE, out / sending.README
    wanted = [(table, table.name, 0), (readme, readme.name, DESCRIPTION)]
    wanted += [(path, name, AUXILIARY) for path, name in sending.beside(out)]
    rows = []
    for source, name, role in wanted:
        if not source.is_file():
            continue
        place = files.unused(stage, files.stored_name(name))
        _bring(source, place)
        row = {"role": role, "name": name, "stored": place.name, "type": MEDIA.get(source.suffix)}
        rows.append(row | registry.measure(place))
    return rows


def _bring(source: Path, place: Path) -> None:
    """A link to a large file where the file system can, else a copy that is on the disk."""
    if source.stat().st_size >= SMALL:
        with suppress(OSError):
            os.link(source, place)
            return
    with source.open("rb") as old, place.open("xb") as new:
        shutil.copyfileobj(old, new, 1 << 20)
        new.flush()
        os.fsync(new.fileno())


def _take_place(stage: Path, target: Path) -> None:
    """The stage becomes the product's folder, which was made empty; across disks it is moved file by file."""
    try:
        stage.rename(target)
    except OSError:
        for path in sorted(stage.iterdir()):
            shutil.move(path, target / path.name)


def trouble(error: Exception, out: Path) -> TsmError:
    """Why a run is no product, in words; its bundle is whole."""
    import errno

    why, remedy = str(error) or type(error).__name__, "Upload the bundle's table as a product yourself."
    if isinstance(error, TsmError):
        why = error.message
    elif isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        why, remedy = "the disk of the engine's data folder is full.", f"Make room. {remedy}"
    elif isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        why = "the engine may not write to its data folder."
        remedy = f"Give it the right to write. {remedy}"
    elif isinstance(error, sqlite3.Error):
        why = f"the engine's database could not be written ({error})."
    return TsmError(
        f"The result is not registered as a product: {why.rstrip('.')}. The bundle is whole.",
        remedy=remedy,
        where=str(out),
    )
