"""Checks of request fields, with the messages of the real server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pz_tsm.engine.pzserver.body import Body
from pz_tsm.engine.pzserver.db import Database
from pz_tsm.engine.pzserver.errors import ApiError

TRUE = {"true", "t", "1", "yes", "y", "on"}
FALSE = {"false", "f", "0", "no", "n", "off"}
MAX_INT = 2**63 - 1


@dataclass(frozen=True)
class Field:
    """One writable field. ``table`` is where a foreign key must exist; ``column`` its name in our table."""

    kind: Literal["text", "bool", "int", "key", "choice"]
    required: bool = False
    nullable: bool = False
    blank: bool = True
    max_length: int | None = None
    table: str | None = None
    choices: tuple[int, ...] = ()
    column: str | None = None


class Wrong(ValueError):
    """A field's value is refused; the text says why."""


def integer(value: Any) -> int:
    """A whole number from JSON or a form; Wrong if it is none, or too long for the database."""
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise Wrong("A valid integer is required.")
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        raise Wrong("A valid integer is required.") from None
    if abs(number) > MAX_INT:
        raise Wrong("A valid integer is required.")
    return number


def boolean(value: Any) -> bool:
    text = str(value).strip().lower()
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise Wrong("Must be a valid boolean.")


def foreign_key(db: Database, table: str, value: Any) -> int:
    """The id of an existing row of ``table``."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Wrong(f"Incorrect type. Expected pk value, received {type(value).__name__}.")
    try:
        key = integer(value)
    except Wrong:
        raise Wrong(f"Incorrect type. Expected pk value, received {type(value).__name__}.") from None
    if db.one(f"SELECT id FROM {table} WHERE id = ?", key) is None:
        raise Wrong(f'Invalid pk "{value}" - object does not exist.')
    return key


def clean_one(db: Database, field: Field, value: Any, form: bool) -> Any:
    if form and value == "" and field.nullable and field.kind != "text":
        value = None
    if value is None:
        if field.nullable:
            return None
        raise Wrong("This field may not be null.")
    if field.kind == "bool":
        return int(boolean(value))
    if field.kind == "int":
        return integer(value)
    if field.kind == "key":
        return foreign_key(db, str(field.table), value)
    if field.kind == "choice":
        try:
            number = integer(value)
        except Wrong:
            number = -1
        if number not in field.choices:
            raise Wrong(f'"{value}" is not a valid choice.')
        return number
    if isinstance(value, bool | dict | list):
        raise Wrong("Not a valid string.")
    text = str(value).replace("\x00", "").encode("utf-8", "replace").decode().strip()
    if not text and not field.blank:
        raise Wrong("This field may not be blank.")
    if field.max_length and len(text) > field.max_length:
        raise Wrong(f"Ensure this field has no more than {field.max_length} characters.")
    return text


def clean(
    db: Database, fields: dict[str, Field], body: Body, *, partial: bool = False, as_lists: bool = True
) -> dict[str, Any]:
    """The known fields of a body, checked, under their column names; ApiError 400 names every wrong field.

    ``partial``: fields may be missing (PATCH). ``as_lists=False``: bare strings (POST /products/).
    """
    values: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    for name, field in fields.items():
        try:
            if name in body.values:
                values[field.column or name] = clean_one(db, field, body.values[name], body.form)
            elif field.required and not partial:
                raise Wrong("This field is required.")
        except Wrong as error:
            wrong[name] = [str(error)] if as_lists else str(error)
    if wrong:
        raise ApiError(400, wrong)
    return values
