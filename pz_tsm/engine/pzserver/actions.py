"""What OPTIONS says about the writable fields of a collection."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from pz_tsm.engine.pzserver.fields import MAX_INT, Field

KINDS = {"text": "string", "bool": "boolean", "int": "integer", "key": "field", "choice": "choice"}


def contract_keys(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys of an answer that the contract has; ours, which are optional, are left out."""
    return tuple(name for name, field in model.model_fields.items() if field.is_required())


def describe(
    keys: tuple[str, ...], fields: dict[str, Field], choices: dict[str, Any] | None = None
) -> dict[str, Any]:
    """One entry for each key of the answer: type, whether it can be written, limits."""
    described = {}
    for name in keys:
        known = fields.get(name)
        entry: dict[str, Any] = {
            "type": KINDS[known.kind] if known else "field",
            "required": bool(known and known.required),
            "read_only": known is None,
            "label": "ID" if name == "id" else name.replace("_", " ").capitalize(),
        }
        if known and known.max_length:
            entry["max_length"] = known.max_length
        if known and known.kind == "int" and known.nullable:
            entry |= {"min_value": -MAX_INT - 1, "max_value": MAX_INT}
        if choices and name in choices:
            entry["choices"] = [{"value": value, "display_name": label} for value, label in choices[name]]
        described[name] = entry
    return described
