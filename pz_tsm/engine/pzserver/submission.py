"""Submission of a process: every check first, then its rows; nothing is written if anything is wrong."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile

from pz_tsm.engine.pzserver import files, params, products
from pz_tsm.engine.pzserver.body import Body
from pz_tsm.engine.pzserver.db import now
from pz_tsm.engine.pzserver.errors import ApiError, invalid, not_found
from pz_tsm.engine.pzserver.fields import Wrong, clean, integer
from pz_tsm.engine.pzserver.processes import ALIASES, FIELDS, software
from pz_tsm.engine.pzserver.users import User
from pz_tsm.engine.state import EngineState

FORMATS = ("csv", "fits", "fit", "parquet", "pq", "hdf5", "hf5", "h5", "hats")


def read_config(value: Any) -> dict[str, Any]:
    """``used_config``: an object, JSON text, or the text of a Python literal."""
    if value in (None, ""):
        return {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            try:
                value = ast.literal_eval(value)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                raise invalid("used_config", f"Invalid JSON format: {value[:200]}") from None
    if not isinstance(value, dict):
        raise invalid("used_config", "Invalid JSON format: an object is expected.")
    return value


def read_inputs(state: EngineState, user: User, given: Any, accepted: list[int]) -> list[Any]:
    """Rows of the input products: visible, published, of a type that the pipeline accepts; no repeats."""
    if given is None:
        raise Wrong("This field is required.")
    if not isinstance(given, list):
        raise Wrong(f'Expected a list of items but got type "{type(given).__name__}".')
    if not given:
        raise Wrong("This list may not be empty.")
    rows: dict[int, Any] = {}
    for item in given:
        try:
            row = products.find(state.db, user, integer(item))
        except Wrong:
            raise Wrong(f"Incorrect type. Expected pk value, received {type(item).__name__}.") from None
        except ApiError:
            raise Wrong(f'Invalid pk "{item}" - object does not exist.') from None
        if row["product_type_id"] not in accepted:
            raise Wrong(
                f"Product {row['internal_name']} is a {row['type_title']}, which this pipeline can't take."
            )
        if row["status"] != products.PUBLISHED:
            raise Wrong(
                f"Product {row['internal_name']} is not published ({products.LABELS[row['status']]})."
            )
        rows[row["id"]] = row
    return [rows[key] for key in sorted(rows)]


def input_config(state: EngineState, row: Any) -> tuple[dict[str, Any], Any]:
    """The entry of ``inputs.specz`` of a product, with its path below the engine's data, and its main file's
    row."""
    main = products.main_file(state.db, row["id"])
    path = None if main is None else products.folder(state, row) / main["stored"]
    if path is None or not path.exists():
        raise Wrong(f"Product {row['internal_name']} has no main file.")
    known = products.columns_of(state.db, row["id"])
    columns: dict[str, str | None] = {}
    for key, alias in ALIASES.items():
        named = [c["column_name"] for c in known if (c["alias"] or "").lower() == alias.lower()]
        if len(named) != 1:
            named = [c["column_name"] for c in known if key in ("ra", "dec", "z") and c["column_name"] == key]
        columns[key] = named[0] if named else None
    missing = [ALIASES[key] for key in ("ra", "dec", "z") if columns[key] is None]
    if missing:
        raise Wrong(
            f"Product {row['internal_name']} has no single column associated as {', '.join(missing)}."
        )
    form = "hats" if main["is_directory"] else (main["extension"] or "").lstrip(".") or "txt"
    relative = str(path.relative_to(state.products))
    return {"path": relative, "format": form, "columns": columns, "internal_name": row["internal_name"]}, main


@dataclass
class Plan:
    """A process that may be run. ``config`` lacks only the name of its output's folder."""

    pipeline: Any
    values: dict[str, Any]
    product: dict[str, Any]
    inputs: list[tuple[Any, Any]]  # the product, its main file
    config: dict[str, Any]
    warnings: list[str]
    flags: UploadFile | None


def check(state: EngineState, user: User, body: Body) -> Plan:
    """Everything that POST /processes/ looks at before it writes; ApiError names what is wrong."""
    db = state.db
    wrong: dict[str, Any] = {}
    try:
        values = clean(db, FIELDS, body)
    except ApiError as error:
        values, wrong = {}, dict(error.body)
    given = body.many("inputs")
    if "pipeline" not in wrong:
        pipeline = db.one(
            "SELECT * FROM pipelines WHERE id = ?", values.get("pipeline_id", body.values["pipeline"])
        )
    try:
        accepted = json.loads(pipeline["product_types_accepted"]) if "pipeline" not in wrong else None
        inputs = read_inputs(state, user, given, accepted or [1])
    except Wrong as error:
        wrong["inputs"] = [str(error)]
    if wrong:
        raise ApiError(400, wrong)
    config = read_config(body.values.get("used_config"))
    checked, warnings = params.check(pipeline["name"], config.get("param"))
    output_format = read_format(values.get("output_format"), config.get("output_format"))
    release = read_release(state, user, pipeline["name"], values.get("release_id"), checked)
    try:
        entries = [input_config(state, row) for row in inputs]
    except Wrong as error:
        raise invalid("inputs", str(error)) from None
    if pipeline["name"] == "training_set_maker" and len(inputs) > 1:
        raise invalid("inputs", "The Training Set Maker takes one redshift catalogue: combine them first.")
    flags = body.files.get("flags_translation_file")
    system = json.loads(pipeline["system_config"])
    full: dict[str, Any] = {
        "output_root_dir": ".",
        "output_dir": None,
        "output_format": output_format or system["output_format"],
        "output_name": system["output_name"],
        "executor": system["executor"],
        "inputs": {"specz": [entry for entry, _ in entries]},
        "param": checked,
    }
    if release is not None:
        full["inputs"]["dataset"] = {"path": release["name"], "columns": {"id": release["indexing_column"]}}
    product = {
        "display_name": values["display_name"],
        "product_type_id": pipeline["output_product_type"],
        "release_id": values.get("release_id") if release is not None else None,
        "description": values.get("description"),
        "pz_code": values.get("pz_code"),
        "official_product": values.get("official_product", 0),
    }
    products.check_rules(db, user, product)
    if flags is None and checked.get("flags_translation_file"):
        checked["flags_translation_file"] = system["param"]["flags_translation_file"]
    mains = [(row, main) for row, (_, main) in zip(inputs, entries, strict=True)]
    return Plan(pipeline, values, product, mains, full, warnings, flags)


def create(state: EngineState, user: User, body: Body) -> int:
    """What POST /processes/ does; returns the new process's id. Nothing is written if anything is wrong."""
    plan = check(state, user, body)
    state.runner.room(user.username)
    with state.db.write() as db:
        products.check_rules(db, user, plan.product)
        upload = products.insert(state, user, {**plan.product, "status": products.PROCESSING})
        path = db.scalar("SELECT path FROM products WHERE id = ?", upload)
        plan.config["output_dir"] = path
        if plan.flags is not None and plan.pipeline["name"] == "combine_redshift_dedup":
            folder = state.products / path
            name = files.stored_name(plan.flags.filename or "flags_translation.yaml")
            target = files.unused(folder, name)
            files.write_synced(plan.flags, target)
            plan.config["param"]["flags_translation_file"] = str(target.relative_to(state.products))
        key = db.insert(
            "processes",
            {
                "pipeline_id": plan.pipeline["id"],
                "pipeline_version": plan.pipeline["version"],
                "user_id": user.id,
                "release_id": plan.product["release_id"],
                "upload_id": upload,
                "used_config": plan.config,
                "display_name": plan.values["display_name"],
                "created_at": now(),
                "status": "Pending",
                "comment": plan.values.get("comment"),
                "warnings": plan.warnings,
                "software": software(),
            },
        )
        db.update("processes", key, {"path": f"{plan.pipeline['name']}/{key:08d}"})
        for item, main in plan.inputs:
            db.insert(
                "process_inputs", {"process_id": key, "product_id": item["id"], "checksum": main["checksum"]}
            )
    state.runner.submit(key)
    return key


def read_format(top: Any, inside: Any) -> str | None:
    """Format of the output: the top-level field wins; "specz" and nothing mean the input's own."""
    for value in (top, inside):
        if value in (None, "", "specz"):
            continue
        if value not in FORMATS:
            raise invalid(
                "output_format", f'"{value}" is not a valid choice. Use one of {", ".join(FORMATS)}.'
            )
        return str(value)
    return None


def read_release(
    state: EngineState, user: User, pipeline: str, key: int | None, checked: dict[str, Any]
) -> Any:
    """The release of a Training Set Maker process, with its photometry choices checked; None for other
    pipelines."""
    if pipeline != "training_set_maker":
        return None
    if key is None:
        raise invalid("release", "This field is required.")
    sql, values = products.visible_release(user, "r.id")
    row = state.db.one(f"SELECT * FROM releases r WHERE r.id = ? AND {sql}", key, *values)
    if row is None:
        raise not_found("Release")
    if not row["hats_path"] or not Path(row["hats_path"]).is_dir():
        raise invalid("release", f"The object catalogue of release '{row['name']}' is not on this machine.")
    for name, param in (("fluxes", "flux_type"), ("dereddening", "dereddening")):
        choices = json.loads(row[name] or "[]")
        known = [c["name"] for c in choices if not c.get("disabled")]
        if checked[param] == "auto" and known:
            checked[param] = next((c["name"] for c in choices if c.get("selected")), known[0])
        elif known and checked[param] not in known:
            text = (
                f"param.{param}: release '{row['name']}' has no '{checked[param]}', but {', '.join(known)}."
            )
            raise invalid("used_config", text)
    return row


def job_config(state: EngineState, row: Any) -> dict[str, Any]:
    """What the worker gets: the process's config with absolute paths."""
    config = json.loads(row["used_config"])
    for entry in config["inputs"]["specz"]:
        entry["path"] = str(state.products / entry["path"])
    flags = config["param"].get("flags_translation_file")
    if flags and (state.products / flags).is_file():
        config["param"]["flags_translation_file"] = str(state.products / flags)
    elif flags:
        config["param"]["flags_translation_file"] = None
    job = {
        "pipeline": row["pipeline_name"],
        "display_name": row["display_name"],
        "config": config,
        "release": None,
    }
    if row["release_id"] is not None:
        release = state.db.one("SELECT * FROM releases WHERE id = ?", row["release_id"])
        job["release"] = {
            "name": release["name"],
            "hats": release["hats_path"],
            "profile": release["profile"],
        }
    return job
