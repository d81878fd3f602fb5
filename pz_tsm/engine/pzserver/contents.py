"""Columns of products, with their UCDs and aliases ("column association")."""

from __future__ import annotations

from typing import Any

from pz_tsm.engine.pzserver import listing as ls
from pz_tsm.engine.pzserver import products
from pz_tsm.engine.pzserver.body import Body
from pz_tsm.engine.pzserver.errors import forbidden, not_found
from pz_tsm.engine.pzserver.fields import Field, clean
from pz_tsm.engine.pzserver.users import User
from pz_tsm.engine.state import EngineState

UCDS = {
    "ID": "meta.id;meta.main",
    "RA": "pos.eq.ra;meta.main",
    "Dec": "pos.eq.dec;meta.main",
    "z": "src.redshift",
    "z_err": "stat.error;src.redshift",
    "z_flag": "stat.rank",
    "survey": "meta.curation",
}

SELECT = "SELECT c.* FROM product_contents c JOIN products p ON p.id = c.product_id"

LISTING = ls.Listing(
    name="Product Content List",
    select=SELECT,
    id="c.id",
    filters={"id": ls.number("c.id"), "product": ls.key("c.product_id", "products")},
    order={"id": "c.id", "order": 'c."order"'},
    plain_filters=True,
    shows_order=True,
)

FIELDS = {
    "product": Field("key", required=True, table="products", column="product_id"),
    "column_name": Field("text", required=True, blank=False, max_length=256),
    "ucd": Field("text", nullable=True, max_length=128),
    "alias": Field("text", nullable=True, max_length=256),
    "order": Field("int", nullable=True, column='"order"'),
}


def to_json(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "product": row["product_id"],
        "column_name": row["column_name"],
        "ucd": row["ucd"],
        "order": row["order"],
        "alias": row["alias"],
    }


def checked(state: EngineState, body: Body, *, partial: bool) -> dict[str, Any]:
    """Fields of a request. An empty text clears UCD and alias, as null does (the client sends empty
    texts)."""
    values = clean(state.db, FIELDS, body, partial=partial)
    return {
        name: (None if value == "" and name in ("ucd", "alias") else value) for name, value in values.items()
    }


def find(state: EngineState, user: User, key: int) -> Any:
    sql, values = products.visible(user)
    row = state.db.one(f"{SELECT} WHERE c.id = ? AND {sql}", key, *values)
    if row is None:
        raise not_found("ProductContent")
    return row


def create(state: EngineState, user: User, body: Body) -> Any:
    values = checked(state, body, partial=False)
    products.find_writable(state.db, user, values["product_id"])
    with state.db.write() as db:
        key = db.insert("product_contents", {'"order"': 0, **values})
        products.touch(db, values["product_id"])
    return find(state, user, key)


def update(state: EngineState, user: User, key: int, body: Body, *, partial: bool) -> Any:
    """Owner or admin only; a column stays with its product."""
    row = find(state, user, key)
    product = products.find_writable(state.db, user, row["product_id"])
    values = checked(state, body, partial=partial)
    if values.pop("product_id", product["id"]) != product["id"]:
        raise forbidden("A column can't be moved to another product.")
    with state.db.write() as db:
        if values:
            db.update("product_contents", key, values)
        if product["status"] == products.PUBLISHED:
            products.check_publishable(db, product["id"], product["type_name"])
        products.touch(db, product["id"])
    return find(state, user, key)


def delete(state: EngineState, user: User, key: int) -> None:
    row = find(state, user, key)
    product = products.find_writable(state.db, user, row["product_id"])
    with state.db.write() as db:
        db.run("DELETE FROM product_contents WHERE id = ?", key)
        if product["status"] == products.PUBLISHED:
            products.check_publishable(db, product["id"], product["type_name"])
        products.touch(db, product["id"])
