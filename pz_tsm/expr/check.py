"""Does an expression fit a table?

Kinds: int, float, text, bool, null (a bare NULL or a column without values).
"""

from __future__ import annotations

from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.expr.syntax import (
    Between,
    Binary,
    Call,
    Column,
    Expr,
    In,
    IsNull,
    Like,
    Literal,
    Preset,
    Unary,
    nearest,
)
from pz_tsm.expr.text import to_text

NUMBERS = ("int", "float")
WORDS = {
    "int": "a whole number",
    "float": "a number",
    "text": "text",
    "bool": "true or false",
    "null": "empty",
}


def kind_of_type(arrow_type: Any) -> str | None:
    """int, float, text, bool or null for an Arrow type; None for types that conditions do not know."""
    import pyarrow.types as pt

    if pt.is_dictionary(arrow_type):
        return kind_of_type(arrow_type.value_type)
    if pt.is_boolean(arrow_type):
        return "bool"
    if pt.is_integer(arrow_type):
        return "int"
    if pt.is_floating(arrow_type) or pt.is_decimal(arrow_type):
        return "float"
    if pt.is_string(arrow_type) or pt.is_large_string(arrow_type) or pt.is_string_view(arrow_type):
        return "text"
    return "null" if pt.is_null(arrow_type) else None


def check(expr: Expr, schema: Any) -> None:
    """Raise TsmError unless ``expr`` is a condition that fits the Arrow ``schema``.

    The error names the column, and the nearest existing name when there is no such column.
    """
    kind = kind_of(expr, schema)
    if kind not in ("bool", "null"):
        raise TsmError(
            f"'{to_text(expr)}' gives {WORDS[kind]}, not a condition.",
            remedy="Compare it with something, for example: "
            + to_text(expr)
            + (" = 'x'." if kind == "text" else " = 0."),
        )


def kind_of(expr: Expr, schema: Any) -> str:
    """Kind of the value of ``expr``; TsmError where columns are missing or kinds do not go together."""
    if isinstance(expr, Literal):
        return _literal_kind(expr.value)
    if isinstance(expr, Column):
        return _column_kind(expr.name, schema)
    if isinstance(expr, Preset):
        try:
            return kind_of(expr.body, schema)
        except TsmError as error:
            raise TsmError(
                f"Preset '{expr.name}': {error.message}", remedy=error.remedy, where=error.where
            ) from None
    if isinstance(expr, Unary):
        if expr.op == "NOT":
            return _logical(expr.arg, schema, "NOT")
        return _number(expr.arg, schema, "-")
    if isinstance(expr, Binary):
        return _binary(expr, schema)
    if isinstance(expr, Between):
        _comparable(expr.arg, expr.low, schema)
        _comparable(expr.arg, expr.high, schema)
    elif isinstance(expr, In):
        for item in expr.items:
            _comparable(expr.arg, item, schema)
    elif isinstance(expr, Like):
        _text(expr.arg, schema, "LIKE")
    elif isinstance(expr, IsNull):
        kind_of(expr.arg, schema)
    elif isinstance(expr, Call):
        return _call(expr, schema)
    return "bool"


def _literal_kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    return {int: "int", float: "float", str: "text"}[type(value)]


def _column_kind(name: str, schema: Any) -> str:
    places = schema.get_all_field_indices(name)
    if not places:
        close = nearest(name, schema.names)
        remedy = (
            f"Did you mean {' or '.join(repr(one) for one in close)}?"
            if close
            else "The columns are: "
            + ", ".join(schema.names[:30])
            + (", ..." if len(schema.names) > 30 else ".")
        )
        raise TsmError(f"There is no column '{name}'.", remedy=remedy, where=name)
    if len(places) > 1:
        raise TsmError(
            f"The table has {len(places)} columns named '{name}'.", remedy="Rename them.", where=name
        )
    kind = kind_of_type(schema.field(places[0]).type)
    if kind is None:
        raise TsmError(
            f"Column '{name}' has type {schema.field(places[0]).type}, which conditions can't use.",
            where=name,
        )
    return kind


def _binary(expr: Binary, schema: Any) -> str:
    if expr.op in ("AND", "OR"):
        _logical(expr.left, schema, expr.op)
        return _logical(expr.right, schema, expr.op)
    if expr.op in ("+", "-", "*", "/"):
        kinds = {_number(expr.left, schema, expr.op), _number(expr.right, schema, expr.op)}
        return "float" if expr.op == "/" or "float" in kinds else "int"
    _comparable(expr.left, expr.right, schema)
    return "bool"


def _call(expr: Call, schema: Any) -> str:
    if expr.name == "UPPER":
        return _text(expr.args[0], schema, "UPPER")
    if expr.name == "DIGIT":
        kind = kind_of(expr.args[0], schema)
        if kind == "bool":
            raise _misfit(expr.args[0], kind, "DIGIT", "a number or text")
        return "int"
    kinds = [_number(arg, schema, expr.name) for arg in expr.args]
    if expr.name == "LOG10":
        return "float"
    if expr.name == "ROUND":
        digits = expr.args[1] if len(expr.args) > 1 else Literal(0)
        if (
            not isinstance(digits, Literal)
            or not isinstance(digits.value, int)
            or not 0 <= digits.value <= 15
        ):
            raise TsmError(f"'{to_text(expr)}': the second argument of ROUND is a whole number from 0 to 15.")
    return "float" if "float" in kinds else "int"


def _logical(expr: Expr, schema: Any, used_by: str) -> str:
    kind = kind_of(expr, schema)
    if kind not in ("bool", "null"):
        raise _misfit(expr, kind, used_by, "a condition")
    return "bool"


def _number(expr: Expr, schema: Any, used_by: str) -> str:
    kind = kind_of(expr, schema)
    if kind == "null":
        return "int"
    if kind not in NUMBERS:
        raise _misfit(expr, kind, used_by, "a number")
    return kind


def _text(expr: Expr, schema: Any, used_by: str) -> str:
    kind = kind_of(expr, schema)
    if kind not in ("text", "null"):
        raise _misfit(expr, kind, used_by, "text")
    return "text"


def _comparable(left: Expr, right: Expr, schema: Any) -> None:
    """Numbers go with numbers and with true/false (1 and 0), text with text, null with everything."""
    kinds = kind_of(left, schema), kind_of(right, schema)
    if "null" in kinds or ("text" in kinds) == (kinds[0] == kinds[1] == "text"):
        return
    raise TsmError(
        f"'{to_text(left)}' is {WORDS[kinds[0]]} but '{to_text(right)}' is {WORDS[kinds[1]]}: "
        "they can't be compared.",
        remedy="Texts are written in single quotation marks, numbers without.",
        where=_where(left) or _where(right),
    )


def _misfit(expr: Expr, kind: str, used_by: str, wanted: str) -> TsmError:
    return TsmError(
        f"{used_by} takes {wanted}, but '{to_text(expr)}' is {WORDS[kind]}.",
        where=_where(expr),
    )


def _where(expr: Expr) -> str | None:
    return expr.name if isinstance(expr, Column) else None
