"""Small read-only collections: users, product types, releases, pipelines."""

from __future__ import annotations

import json
from typing import Any

from pz_tsm.engine.pzserver import listing as ls
from pz_tsm.engine.pzserver.db import Database

USERS = ls.Listing(
    name="User List",
    select="SELECT id, username, first_name, last_name, display_name FROM users",
    id="id",
    order={"username": "username"},
    default_order="username",
)

PRODUCT_TYPES = ls.Listing(
    name="Product Type List",
    select='SELECT id, name, display_name, "order", description, created_at FROM product_types',
    id="id",
    filters={"id": ls.number("id"), "name": ls.exact("name")},
    search={"display_name": "display_name", "description": "description"},
    order={
        "id": "id",
        "order": '"order"',
        "name": "name",
        "display_name": "display_name",
        "created_at": "created_at",
    },
    plain_filters=True,
)

RELEASES = ls.Listing(
    name="Release List",
    select="SELECT * FROM releases r",
    id="r.id",
    filters={"id": ls.number("r.id"), "name": ls.exact("r.name")},
    search={"display_name": "r.display_name", "description": "r.description"},
    order={"id": "r.id", "name": "r.name", "display_name": "r.display_name", "created_at": "r.created_at"},
    default_order="-created_at",
    plain_filters=True,
)

PIPELINES = ls.Listing(
    name="Pipeline List",
    select="SELECT * FROM pipelines",
    id="id",
    filters={"id": ls.number("id"), "name": ls.exact("name")},
    search={"display_name": "display_name", "description": "description"},
    order={"id": "id", "name": "name", "display_name": "display_name", "created_at": "created_at"},
    default_order="-id",
    plain_filters=True,
)


def user_json(row: Any) -> dict[str, Any]:
    return {key: row[key] for key in ("username", "first_name", "last_name", "display_name")}


def type_json(row: Any) -> dict[str, Any]:
    return {key: row[key] for key in ("id", "name", "display_name", "order", "description", "created_at")}


def release_json(db: Database, row: Any) -> dict[str, Any]:
    body = {
        key: row[key]
        for key in ("id", "name", "display_name", "description", "created_at", "indexing_column")
    }
    body["has_mag_hats"] = bool(row["has_mag_hats"])
    body["has_flux_hats"] = bool(row["has_flux_hats"])
    for key in ("dereddening", "fluxes"):
        body[key] = json.loads(row[key]) if row[key] else None
    body["is_public"] = bool(row["is_public"])
    groups = db.all("SELECT group_id FROM release_groups WHERE release_id = ? ORDER BY group_id", row["id"])
    body["access_groups"] = [group[0] for group in groups]
    return body


def pipeline_json(row: Any) -> dict[str, Any]:
    body = {key: row[key] for key in ("id", "name", "display_name", "version", "description", "created_at")}
    body["system_config"] = json.loads(row["system_config"])
    body["output_product_type"] = row["output_product_type"]
    body["product_types_accepted"] = json.loads(row["product_types_accepted"])
    return body
