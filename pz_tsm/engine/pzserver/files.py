"""Files of products: stored aside, synced, renamed into place, and only then registered."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.datastructures import UploadFile

from pz_tsm.engine.pzserver import listing as ls
from pz_tsm.engine.pzserver import products
from pz_tsm.engine.pzserver.body import Body
from pz_tsm.engine.pzserver.db import now
from pz_tsm.engine.pzserver.errors import ApiError, forbidden, invalid
from pz_tsm.engine.pzserver.fields import Field, clean
from pz_tsm.engine.pzserver.registry import extension
from pz_tsm.engine.pzserver.tables import PREVIEW
from pz_tsm.engine.pzserver.users import User
from pz_tsm.engine.state import EngineState
from pz_tsm.points import reach

ROLES = ("Main", "Description", "Auxiliary")
RESERVED = {PREVIEW, "product_metadata.yaml", "config.yml", "process.yml", "process_info"}

SELECT = """
SELECT f.*, p.path AS folder, p.user_id FROM product_files f JOIN products p ON p.id = f.product_id"""

LISTING = ls.Listing(
    name="Product File List",
    select=SELECT,
    id="f.id",
    filters={"id": ls.number("f.id"), "product_id": ls.number("f.product_id")},
    order={"id": "f.id", "role": "f.role"},
    plain_filters=True,
    shows_order=True,
)

FIELDS = {
    "product": Field("int", required=True),
    "role": Field("choice", choices=(0, 1, 2)),
    "type": Field("text", nullable=True, max_length=128),
}


def to_json(row: Any, user: User, base: str) -> dict[str, Any]:
    return {
        "id": row["id"],
        "product": row["product_id"],
        "file": f"{base}/archive/data/{quote(row['folder'])}/{quote(row['stored'])}",
        "can_delete": row["user_id"] == user.id or user.is_admin,
        "role_name": ROLES[row["role"]],
        "role": row["role"],
        "name": row["name"],
        "type": row["type"],
        "n_rows": row["n_rows"],
        "size": row["size"],
        "extension": row["extension"],
        "is_directory": bool(row["is_directory"]),
        "created": row["created"],
        "updated": row["updated"],
        "checksum": row["checksum"],
    }


def stored_name(name: str) -> str:
    """A name fit for a file: no folders, blanks as underscores, letters, digits and ``._-`` only, at most
    200 bytes."""
    base = re.sub(r"\s", "_", name.replace("\\", "/").rsplit("/", 1)[-1].strip())
    base = "".join(c for c in base if c.isalnum() or c in "._-").lstrip(".") or "file"
    if len(base.encode()) > 200:
        end = extension(base)[:20]
        base = base.encode()[: 200 - len(end.encode())].decode(errors="ignore") + end
    return base


def upload(state: EngineState, user: User, body: Body) -> Any:
    """What POST /product-files/ does; returns the new row."""
    if not isinstance(body.files.get("file"), UploadFile):
        known = clean(state.db, FIELDS, body, partial=True)
        raise ApiError(400, {**({} if "product" in known else {"product": ["This field is required."]}),
                             "file": ["No file was submitted."]})  # fmt: skip
    file = body.files["file"]
    values = clean(state.db, FIELDS, body)
    name = Path((file.filename or "file").replace("\\", "/")).name or "file"
    if not file.size:
        raise invalid("file", "The submitted file is empty.")
    if len(name) > 256:
        raise invalid("file", f"Ensure this filename has at most 256 characters (it has {len(name)}).")
    product = products.find(state.db, user, values["product"])
    if product["user_id"] != user.id:
        raise forbidden()
    if product["status"] in (products.DELETED, products.PROCESSING):
        raise invalid(
            "product", f"Product {product['internal_name']} is '{products.LABELS[product['status']]}'."
        )
    folder = products.folder(state, product)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".part-{secrets.token_hex(8)}"
    try:
        digest = write_synced(file, part)
        with state.db.write() as db:
            target = unused(folder, stored_name(name))
            row = {
                "product_id": product["id"],
                "role": values.get("role", 0),
                "name": name,
                "stored": target.name,
                "type": values.get("type") or None,
                "size": part.stat().st_size,
                "extension": extension(name),
                "checksum": digest,
                "created": now(),
                "updated": now(),
            }
            reach("before-rename")
            os.replace(part, target)
            sync_folder(folder)
            reach("after-rename")
            key = db.insert("product_files", row)
            products.touch(db, product["id"])
    finally:
        part.unlink(missing_ok=True)
    return state.db.one(f"{SELECT} WHERE f.id = ?", key)


def write_synced(file: UploadFile, path: Path) -> str:
    """Write an uploaded file, so that it lasts over a power cut. Returns its SHA-256."""
    digest = hashlib.sha256()
    with open(path, "xb") as out:
        file.file.seek(0)
        while chunk := file.file.read(1 << 20):
            out.write(chunk)
            digest.update(chunk)
            reach("writing-upload")
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder last over a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unused(folder: Path, name: str) -> Path:
    """``name`` in the folder, with a random suffix when it is taken or ours."""
    path = folder / name
    while path.exists() or path.name in RESERVED:
        end = extension(name)
        stem = name[: len(name) - len(end)] if end else name
        path = folder / f"{stem}_{secrets.token_hex(4)}{end}"
    return path


def find(state: EngineState, user: User, key: int) -> Any:
    from pz_tsm.engine.pzserver.errors import not_found

    sql, values = products.visible(user)
    row = state.db.one(f"{SELECT} WHERE f.id = ? AND {sql}", key, *values)
    if row is None:
        raise not_found("ProductFile")
    return row


def delete(state: EngineState, user: User, key: int) -> None:
    row = find(state, user, key)
    product = products.find_writable(state.db, user, row["product_id"], deleted_too=True)
    with state.db.write() as db:
        db.run("DELETE FROM product_files WHERE id = ?", key)
        products.touch(db, product["id"])
    path = products.folder(state, product) / row["stored"]
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
