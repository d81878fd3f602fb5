"""Products: rows, who may see and change them, creation, publication, deletion. No HTTP here."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from pz_tsm.engine.pzserver import listing as ls
from pz_tsm.engine.pzserver.db import Database, now
from pz_tsm.engine.pzserver.errors import ApiError, forbidden, invalid, not_found
from pz_tsm.engine.pzserver.fields import Field
from pz_tsm.engine.pzserver.users import User
from pz_tsm.engine.state import EngineState

REGISTERING, PUBLISHED, DELETED, PROCESSING, FAILED = 0, 1, 2, 3, 9
STATUS = ((0, "Registering"), (1, "Published"), (2, "Deleted"), (3, "Processing"), (9, "Failed"))
LABELS = dict(STATUS)
REQUIRED_ALIASES = {
    "redshift_catalog": ("Dec", "RA", "z"),
    "object_catalog": ("Dec", "RA"),
    "training_set": ("z",),
}
NO_PZ_CODE = ("training_set", "training_results", "redshift_catalog")
ADMIN_ONLY = {"error": "Not allowed. Only users with admin permissions can create official products."}

FIELDS = {
    "release": Field("key", nullable=True, table="releases", column="release_id"),
    "product_type": Field("key", required=True, table="product_types", column="product_type_id"),
    "display_name": Field("text", required=True, blank=False, max_length=255),
    "official_product": Field("bool"),
    "pz_code": Field("text", nullable=True, max_length=55),
    "description": Field("text", nullable=True),
    "status": Field("choice", choices=tuple(LABELS)),
    "release_year": Field("int", nullable=True),
}

SELECT = """
SELECT p.id, p.release_id, r.display_name AS release_name, p.product_type_id, t.display_name AS type_title,
  t.name AS type_name, p.user_id, u.username, j.status AS process_status, j.id AS process_id,
  l.display_name AS pipeline_title, p.internal_name, p.display_name, p.official_product, p.pz_code,
  p.description,
  p.created_at, p.updated_at, p.status, p.release_year, p.path
FROM products p JOIN product_types t ON t.id = p.product_type_id JOIN users u ON u.id = p.user_id
  LEFT JOIN releases r ON r.id = p.release_id LEFT JOIN processes j ON j.upload_id = p.id
  LEFT JOIN pipelines l ON l.id = j.pipeline_id"""

UPLOADER = ("u.username", "u.first_name", "u.last_name")
TYPE = ("t.display_name", "t.name")
RELEASE = ("r.display_name", "r.name")

LISTING = ls.Listing(
    name="Product List",
    select=SELECT,
    id="p.id",
    filters={
        "internal_name": ls.exact("p.internal_name"),
        "internal_name__in": ls.exact_in("p.internal_name"),
        "display_name": ls.exact("p.display_name"),
        "display_name__in": ls.exact_in("p.display_name"),
        "release": ls.key("p.release_id", "releases"),
        "release__in": ls.key_in("p.release_id", "releases"),
        "product_type": ls.key("p.product_type_id", "product_types"),
        "product_type__in": ls.key_in("p.product_type_id", "product_types"),
        "official_product": ls.boolean("p.official_product = 1", "p.official_product = 0"),
        "official_product__in": ls.boolean_in("p.official_product"),
        "status": ls.choice("p.status", STATUS),
        "status__in": ls.number_in("p.status"),
        "user": ls.key("p.user_id", "users"),
        "user__in": ls.key_in("p.user_id", "users"),
        "release__isnull": ls.boolean("p.release_id IS NULL", "p.release_id IS NOT NULL"),
        "uploaded_by__or": ls.contains(*UPLOADER, any_part=True),
        "uploaded_by": ls.contains(*UPLOADER),
        "product_type_name__or": ls.contains(*TYPE, any_part=True),
        "product_type_name": ls.contains(*TYPE),
        "release_name__or": ls.contains(*RELEASE, any_part=True),
        "release_name": ls.contains(*RELEASE),
        "product_name__or": ls.contains("p.display_name", any_part=True),
        "product_name": ls.contains("p.display_name"),
    },
    search={
        "display_name": "p.display_name",
        "user__username": "u.username",
        "user__first_name": "u.first_name",
        "user__last_name": "u.last_name",
    },
    order={
        "id": "p.id",
        "display_name": "p.display_name COLLATE NOCASE",
        "product_type": "p.product_type_id",
        "created_at": "p.created_at",
    },
    default_order="-created_at",
    shows_order=True,
)


def visible_release(user: User, column: str = "p.release_id") -> ls.Condition:
    """SQL: the release in ``column`` is one that the user may see (no release counts as seen)."""
    if user.is_admin:
        return "1", []
    groups = sorted(user.groups)
    return (
        f"""({column} IS NULL OR EXISTS (SELECT 1 FROM releases x WHERE x.id = {column} AND (x.is_public
          OR NOT EXISTS (SELECT 1 FROM release_groups g WHERE g.release_id = x.id)
          OR EXISTS (SELECT 1 FROM release_groups g WHERE g.release_id = x.id
            AND g.group_id IN ({", ".join("?" * len(groups))})))))""",
        list(groups),
    )


def visible(user: User) -> ls.Condition:
    """SQL: products that the user may see. Others' drafts, failed and deleted products are hidden."""
    if user.is_admin:
        return "1", []
    sql, values = visible_release(user)
    return f"(p.user_id = ? OR (p.status IN ({PUBLISHED}, {PROCESSING}) AND {sql}))", [user.id, *values]


def to_json(row: Any, user: User) -> dict[str, Any]:
    owner = row["user_id"] == user.id
    return {
        "id": row["id"],
        "release": row["release_id"],
        "release_name": row["release_name"],
        "product_type": row["product_type_id"],
        "product_type_name": row["type_title"],
        "product_type_internal_name": row["type_name"],
        "uploaded_by": row["username"],
        "is_owner": owner,
        "origin": row["pipeline_title"] or "Upload",
        "process_status": row["process_status"],
        "process_id": row["process_id"],
        "product_status": LABELS[row["status"]],
        "can_delete": owner or user.is_admin,
        "can_update": owner or user.is_admin,
        "internal_name": row["internal_name"],
        "display_name": row["display_name"],
        "official_product": bool(row["official_product"]),
        "pz_code": row["pz_code"],
        "description": row["description"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "status": row["status"],
        "release_year": row["release_year"],
    }


def find(db: Database, user: User, key: int) -> Any:
    """The product's row; 404 if there is none or the user may not see it."""
    sql, values = visible(user)
    row = db.one(f"{SELECT} WHERE p.id = ? AND {sql}", key, *values)
    if row is None:
        raise not_found("Product")
    return row


def find_writable(db: Database, user: User, key: int, *, deleted_too: bool = False) -> Any:
    """The product's row for a change: 403 unless owner or admin, 400 when it is deleted."""
    row = find(db, user, key)
    if row["user_id"] != user.id and not user.is_admin:
        raise forbidden()
    if row["status"] == DELETED and not deleted_too:
        raise ApiError(
            400, {"non_field_errors": [f"Product {row['internal_name']} was deleted and can't be changed."]}
        )
    return row


def folder(state: EngineState, row: Any) -> Path:
    """Where the product's files lie."""
    return state.products / row["path"]


def internal_name(key: int, display_name: str) -> str:
    """``<id>_<slug>``: blanks to underscores, lower case, nothing but letters, digits and underscores."""
    slug = re.sub(r"\s", "_", display_name.strip()).lower()
    return f"{key}_" + "".join(c for c in slug if c.isalnum() or c == "_")


def check_rules(db: Database, user: User, values: dict[str, Any], old: Any = None) -> None:
    """Business rules on the values that a product would have."""

    def value(column: str) -> Any:
        return values[column] if column in values else (old[column] if old is not None else None)

    kind = db.one("SELECT name, display_name FROM product_types WHERE id = ?", value("product_type_id"))
    if kind["name"] == "redshift_catalog" and value("release_id") is not None:
        raise invalid("release", "Release must be null on Redshift Catalogs products.")
    if kind["name"] in NO_PZ_CODE and value("pz_code"):
        raise invalid(
            "pz_code", f"Pz Code must be null on {kind['display_name']} products. '{value('pz_code')}'"
        )
    if values.get("official_product") and not user.is_admin and not (old and old["official_product"]):
        raise ApiError(403, ADMIN_ONLY)
    if values.get("release_id") is not None:
        sql, more = visible_release(user, "r.id")
        if (
            db.one(f"SELECT r.id FROM releases r WHERE r.id = ? AND {sql}", values["release_id"], *more)
            is None
        ):
            raise not_found("Release")


def insert(state: EngineState, user: User, values: dict[str, Any]) -> int:
    """A new row and its folder."""
    with state.db.write() as db:
        row = {"official_product": 0, "status": REGISTERING, **values, "user_id": user.id}
        key = db.insert("products", {**row, "created_at": now(), "updated_at": now()})
        name = internal_name(key, values["display_name"])
        kind = db.scalar("SELECT name FROM product_types WHERE id = ?", values["product_type_id"])
        # Directory names are limited to 255 bytes; a display name is not.
        short = name.encode()[:200].decode(errors="ignore")
        db.update("products", key, {"internal_name": name, "path": f"{kind}/{short}"})
        (state.products / kind / short).mkdir(parents=True, exist_ok=True)
    return key


def create(state: EngineState, user: User, values: dict[str, Any]) -> int:
    """What POST /products/ does, after the field checks. Returns the id."""
    check_rules(state.db, user, values)
    status = values.get("status", REGISTERING)
    if status not in (REGISTERING, PUBLISHED):
        raise ApiError(400, {"status": f"A new product can't be '{LABELS[status]}'."})
    kind = state.db.scalar("SELECT name FROM product_types WHERE id = ?", values["product_type_id"])
    if status == PUBLISHED and REQUIRED_ALIASES.get(kind):
        raise missing_columns(REQUIRED_ALIASES[kind])
    return insert(state, user, values)


def missing_columns(names: tuple[str, ...] | list[str]) -> ApiError:
    return ApiError(406, f"The column(s) was not filled in: {','.join(names)}")


def check_publishable(db: Database, key: int, kind: str) -> None:
    """406 unless the columns that this kind of product needs are associated (aliases are case-sensitive)."""
    found = {row["alias"] for row in db.all("SELECT alias FROM product_contents WHERE product_id = ?", key)}
    missing = [name for name in REQUIRED_ALIASES.get(kind, ()) if name not in found]
    if missing:
        raise missing_columns(missing)


def update(state: EngineState, user: User, row: Any, values: dict[str, Any]) -> None:
    """What PATCH and PUT do, after the field checks: rules, publication check, write."""
    with state.db.write() as db:
        check_rules(db, user, values, row)
        status = values.get("status", row["status"])
        if status != row["status"]:
            if status not in (REGISTERING, PUBLISHED):
                raise invalid("status", f"A product can't be set to '{LABELS[status]}' by hand.")
            if row["status"] == PROCESSING:
                raise invalid("status", "The product's process has not ended.")
        kind = db.scalar(
            "SELECT name FROM product_types WHERE id = ?",
            values.get("product_type_id", row["product_type_id"]),
        )
        if status == PUBLISHED and ("status" in values or kind != row["type_name"]):
            check_publishable(db, row["id"], kind)
        db.update("products", row["id"], {**values, "updated_at": now()})


def delete(state: EngineState, row: Any) -> None:
    """Soft delete: the row stays with status 2, the files go."""
    from pz_tsm.engine.pzserver.downloads import forget_archives

    if row["status"] == PROCESSING and row["process_status"] in ("Pending", "Running", "Stopping"):
        raise ApiError(409, {"detail": "The product's process has not ended: stop it first."})
    with state.db.write() as db:
        db.update("products", row["id"], {"status": DELETED, "updated_at": now()})
        forget_archives(state, row["id"])
    shutil.rmtree(folder(state, row), ignore_errors=True)


def main_file(db: Database, key: int, *, strict: bool = True) -> Any:
    """The one main file's row; None if there is none, ApiError if there are several (or the last one)."""
    rows = db.all("SELECT * FROM product_files WHERE product_id = ? AND role = 0 ORDER BY id", key)
    if len(rows) > 1 and strict:
        raise ApiError(
            400, {"error": f"get() returned more than one ProductFile -- it returned {len(rows)}!"}
        )
    return rows[-1] if rows else None


def columns_of(db: Database, key: int) -> list[Any]:
    return db.all('SELECT * FROM product_contents WHERE product_id = ? ORDER BY "order", id', key)


def touch(db: Database, key: int) -> None:
    db.update("products", key, {"updated_at": now()})
