"""Processes: their rows, and what becomes of a product when its process ends. Submission stands apart."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from pz_tsm.engine.pzserver import contents, files, products, registry, sweep
from pz_tsm.engine.pzserver import listing as ls
from pz_tsm.engine.pzserver.db import now
from pz_tsm.engine.pzserver.errors import forbidden, not_found
from pz_tsm.engine.pzserver.fields import Field
from pz_tsm.engine.pzserver.tables import describe, write_preview
from pz_tsm.engine.pzserver.users import User
from pz_tsm.engine.state import EngineState
from pz_tsm.points import reach

ENDED = ("Successful", "Failed", "Stopped")
ALIASES = {
    "ra": "RA",
    "dec": "Dec",
    "z": "z",
    "id": "ID",
    "z_flag": "z_flag",
    "z_err": "z_err",
    "survey": "survey",
}

SELECT = """
SELECT j.*, l.name AS pipeline_name, l.display_name AS pipeline_title, u.username, r.display_name AS
release_title
FROM processes j JOIN pipelines l ON l.id = j.pipeline_id JOIN users u ON u.id = j.user_id
  LEFT JOIN releases r ON r.id = j.release_id"""

PIPELINE = ("l.display_name", "l.name")

LISTING = ls.Listing(
    name="Process List",
    select=SELECT,
    id="j.id",
    filters={
        "pipeline": ls.contains(*PIPELINE),
        "status": ls.exact("j.status"),
        "release": ls.key("j.release_id", "releases"),
        "upload": ls.key("j.upload_id", "products"),
        "user": ls.key("j.user_id", "users"),
        "release__isnull": ls.boolean("j.release_id IS NULL", "j.release_id IS NOT NULL"),
        "pipeline__or": ls.contains(*PIPELINE, any_part=True),
        "release_name__or": ls.contains("r.display_name", any_part=True),
        "release_name": ls.contains("r.display_name"),
    },
    search={
        "pipeline_name": "l.name",
        "pipeline_display_name": "l.display_name",
        "upload": "j.display_name",
        "user__username": "u.username",
        "user__first_name": "u.first_name",
        "user__last_name": "u.last_name",
    },
    order={"id": "j.id", "created_at": "j.created_at"},
    default_order="-created_at",
    shows_order=True,
)

FIELDS = {
    "release": Field("key", nullable=True, table="releases", column="release_id"),
    "display_name": Field("text", required=True, blank=False, max_length=255),
    "pipeline": Field("key", required=True, table="pipelines", column="pipeline_id"),
    "description": Field("text", nullable=True),
    "output_format": Field("text", nullable=True),
    "pz_code": Field("text", nullable=True, max_length=55),
    "official_product": Field("bool"),
    "comment": Field("text", nullable=True),
}
SHOWN = {**FIELDS, "inputs": Field("key", required=True), "used_config": Field("text")}


def to_json(state: EngineState, row: Any, user: User) -> dict[str, Any]:
    """The process object. Inputs that the caller may not see are left out of ``provenance_inputs``."""
    checksums = dict(
        state.db.all("SELECT product_id, checksum FROM process_inputs WHERE process_id = ?", row["id"])
    )
    inputs = list(checksums)
    sql, values = products.visible(user)
    marks = ", ".join("?" * len(inputs))
    seen = state.db.all(
        f"{products.SELECT} WHERE p.id IN ({marks}) AND {sql} ORDER BY p.id", *inputs, *values
    )
    # The runner forgets a process a moment after its end is recorded: what is recorded holds then.
    live = None if row["status"] in ENDED else state.runner.progress(row["id"])
    progress, stage = live or (row["progress"], row["stage"])
    return {
        "id": row["id"],
        "release": row["release_id"],
        "release_name": row["release_title"],
        "pipeline_name": row["pipeline_name"],
        "pipeline_version": row["pipeline_version"],
        "owned_by": row["username"],
        "is_owner": row["user_id"] == user.id,
        "provenance_inputs": [products.to_json(product, user) for product in seen],
        "used_config": json.loads(row["used_config"]),
        "display_name": row["display_name"],
        "created_at": row["created_at"],
        "started_at": row["started_at"],
        "ended_at": row["ended_at"],
        "orchestration_process_id": row["id"],
        "status": row["status"],
        "path": row["path"],
        "comment": without_paths(state, row["comment"]),
        "pipeline": row["pipeline_id"],
        "upload": row["upload_id"],
        "inputs": inputs,
        "progress": progress,
        "stage": stage,
        "position": None if row["status"] in ENDED else state.runner.position(row["id"]),
        "warnings": [without_paths(state, text) for text in json.loads(row["warnings"])],
        "can_update": row["user_id"] == user.id or user.is_admin,
        "input_checksums": {str(key): checksum for key, checksum in checksums.items()},
        "software": json.loads(row["software"] or "{}"),
    }


def find(state: EngineState, key: int) -> Any:
    row = state.db.one(f"{SELECT} WHERE j.id = ?", key)
    if row is None:
        raise not_found("Process")
    return row


def find_writable(state: EngineState, user: User, key: int) -> Any:
    row = find(state, key)
    if row["user_id"] != user.id and not user.is_admin:
        raise forbidden()
    return row


def folder(state: EngineState, row: Any) -> Path:
    return state.processes / row["path"]


def finish(state: EngineState, key: int, status: str, comment: str | None = None) -> None:
    """A process that made nothing: Failed or Stopped, and its product Failed, with no file but its flags."""
    with state.db.write() as db:
        row = find(state, key)
        values: dict[str, Any] = {"status": status, "ended_at": now(), "stage": None}
        if comment:
            values["comment"] = comment
        db.update("processes", key, values)
        db.update("products", row["upload_id"], {"status": products.FAILED, "updated_at": now()})
    sweep.product(state, state.db.one(sweep.SELECT + " WHERE p.id = ?", row["upload_id"]))


def complete(state: EngineState, key: int, work: Path, result: dict[str, Any]) -> None:
    """Move a finished job's files into the product and publish it; files first, then one transaction."""
    row = find(state, key)
    product = state.db.one(f"{products.SELECT} WHERE p.id = ?", row["upload_id"])
    target = products.folder(state, product)
    target.mkdir(parents=True, exist_ok=True)
    log = folder(state, row) / "pipeline.log"
    (work / "process_info").mkdir(exist_ok=True)
    if log.is_file():
        shutil.copyfile(log, work / "process_info" / "pipeline.log")
    for path in sorted(work.iterdir()):
        if path.name == "result.json":
            continue
        place = target / path.name
        if place.is_dir():
            shutil.rmtree(place)
        os.replace(path, place)
    files.sync_folder(target)
    reach("moved")
    main = target / result["main"]
    facts = describe(main)
    write_preview(target, facts)
    form = result["main"].rsplit(".", 1)[-1]
    with state.db.write() as db:
        db.run("DELETE FROM product_files WHERE product_id = ?", product["id"])
        row_file = {
            "product_id": product["id"],
            "role": 0,
            "name": main.name,
            "stored": main.name,
            "type": None,
        }
        times = {"created": now(), "updated": now()}
        found = {
            **registry.measure(main),
            "extension": f".{form}",
            "n_rows": facts.n_rows,
            "details": facts.details,
        }
        db.insert("product_files", {**row_file, **found, **times})
        registry.set_columns(state, product["id"], facts.columns)
        associate(state, product["id"], result["columns_assoc"])
        db.update("products", product["id"], {"status": products.PUBLISHED, "updated_at": now()})
        warnings = json.loads(row["warnings"]) + result.get("warnings", [])
        done = {
            "status": "Successful",
            "ended_at": now(),
            "progress": 1.0,
            "stage": None,
            "warnings": warnings,
            "software": software(),
        }
        db.update("processes", key, done)


def associate(state: EngineState, key: int, columns: dict[str, str]) -> None:
    """Aliases and UCDs of standard columns (``ra``, ``dec``, ``z``, ``id``, ...) of a product."""
    for standard, column in columns.items():
        alias = ALIASES[standard]
        state.db.run(
            "UPDATE product_contents SET alias = ?, ucd = ? WHERE product_id = ? AND column_name = ?",
            alias, contents.UCDS[alias], key, column,
        )  # fmt: skip


def software() -> dict[str, str]:
    """Versions of what a process runs with, now."""
    import platform
    from importlib import metadata

    found = {"python": platform.python_version()}
    for name in ("pz-tsm", "numpy", "pyarrow", "lsdb"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            pass
    return found


def without_paths(state: EngineState, text: str | None) -> str | None:
    """The text without the engine's folders, those of releases and the user's home: others read it too."""
    if not text:
        return text
    releases = state.db.all("SELECT name, hats_path FROM releases WHERE hats_path IS NOT NULL")
    places = [(Path(row["hats_path"]), f"RELEASES/{row['name']}") for row in releases]
    for folder, name in (*places, (state.data, "DATA"), (Path.home(), "~")):
        if folder != Path(folder.anchor):
            text = text.replace(str(folder), name)
    return text


def logs(state: EngineState, row: Any) -> dict[str, Any]:
    """The job's log, and what its process wrote to the terminal."""
    place = folder(state, row)

    def first(*names: str) -> dict[str, Any]:
        path = next((p for name in names for p in sorted(place.glob(name)) if p.is_file()), None)
        text = path.read_text(errors="replace") if path else ""
        return {"filename": list(names), "content": without_paths(state, text)}

    return {"pipeline": first("pipeline.log", "*.log"), "slurm": first("run.out", "run.err")}
