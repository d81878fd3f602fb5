"""What the OpenAPI document says of request bodies and of parameters of lists, made from what checks them."""

from __future__ import annotations

from typing import Any

from pz_tsm.engine.pzserver.fields import Field
from pz_tsm.engine.pzserver.listing import MAX_PAGE_SIZE, Listing

KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "key": {"type": "integer"},
    "choice": {"type": "integer"},
}
JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"


def property_of(field: Field) -> dict[str, Any]:
    found = dict(KINDS[field.kind])
    if field.max_length:
        found["maxLength"] = field.max_length
    if field.choices:
        found["enum"] = list(field.choices)
    return {"anyOf": [found, {"type": "null"}]} if field.nullable else found


def takes(
    fields: dict[str, Field],
    *,
    partial: bool = False,
    files: tuple[str, ...] = (),
    required_files: tuple[str, ...] = (),
    more: dict[str, Any] | None = None,
    required: tuple[str, ...] = (),
) -> dict[str, Any]:
    """``openapi_extra=`` of a route that reads these fields; with ``files`` as multipart too, with
    ``required_files`` as multipart only. ``more``: schemas of further fields."""
    needed = [name for name, field in fields.items() if field.required and not partial]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: property_of(field) for name, field in fields.items()} | (more or {}),
    }
    if needed or required:
        schema["required"] = [*needed, *required]
    content = {kind: {"schema": schema} for kind in (JSON, FORM)}
    if files or required_files:
        binary = {"type": "string", "format": "binary"}
        whole = {**schema["properties"], **{name: binary for name in (*files, *required_files)}}
        multipart = {**schema, "properties": whole}
        if required_files:
            content = {}
            multipart["required"] = [*schema.get("required", []), *required_files]
        content[MULTIPART] = {"schema": multipart}
    return {"requestBody": {"content": content, "required": bool(needed or required)}}


def lists(listing: Listing) -> dict[str, Any]:
    """``openapi_extra=`` of a list: its filters, pages, order and search."""
    size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE}
    known: dict[str, dict[str, Any]] = {name: {"type": "string"} for name in listing.filters}
    known |= {"page": {"type": "string"}, "page_size": size, "ordering": {"type": "string"}}
    if listing.search:
        known["search"] = {"type": "string"}
    return {"parameters": [{"name": name, "in": "query", "schema": one} for name, one in known.items()]}
