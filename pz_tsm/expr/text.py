"""A tree written back as text: parsing the result gives the same tree."""

from __future__ import annotations

import re

from pz_tsm.expr.syntax import (
    KEYWORDS,
    PRESETS,
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
)

LEVEL = {"OR": 1, "AND": 2, "+": 5, "-": 5, "*": 6, "/": 6}  # NOT is 3, comparisons are 4, unary minus is 7


def to_text(expr: Expr) -> str:
    """The expression with the fewest parentheses that keep its meaning."""
    return _write(expr)[0]


def quote(text: str) -> str:
    """A text literal."""
    return "'" + text.replace("'", "''") + "'"


def name(column: str) -> str:
    """A column as it has to be written in a condition."""
    plain = (
        re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", column)
        and column.upper() not in KEYWORDS
        and column not in PRESETS
    )
    return column if plain else '"' + column.replace('"', '""') + '"'


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return quote(value) if isinstance(value, str) else repr(value)


def _inside(expr: Expr, least: int) -> str:
    text, level = _write(expr)
    return text if level >= least else f"({text})"


def _write(expr: Expr) -> tuple[str, int]:
    """Text and level of the outermost operator (8 = needs no parentheses anywhere)."""
    if isinstance(expr, Literal):
        negative = (
            isinstance(expr.value, (int, float)) and not isinstance(expr.value, bool) and expr.value < 0
        )
        return _literal(expr.value), 7 if negative else 8
    if isinstance(expr, Column):
        return name(expr.name), 8
    if isinstance(expr, Preset):
        return expr.name, 8
    if isinstance(expr, Call):
        return f"{expr.name}({', '.join(_inside(arg, 5) for arg in expr.args)})", 8
    if isinstance(expr, Unary):
        if expr.op == "NOT":
            return f"NOT {_inside(expr.arg, 3)}", 3
        is_number = isinstance(expr.arg, Literal)  # "-3" would be read as one literal
        return f"-{'(' if is_number else ''}{_inside(expr.arg, 8)}{')' if is_number else ''}", 7
    if isinstance(expr, Binary):
        level = LEVEL.get(expr.op, 4)
        left = level if expr.op in LEVEL else 5  # comparisons do not chain
        return f"{_inside(expr.left, left)} {expr.op} {_inside(expr.right, level + 1)}", level
    no = "NOT " if getattr(expr, "negated", False) else ""
    if isinstance(expr, Between):
        return f"{_inside(expr.arg, 5)} {no}BETWEEN {_inside(expr.low, 5)} AND {_inside(expr.high, 5)}", 4
    if isinstance(expr, In):
        return f"{_inside(expr.arg, 5)} {no}IN ({', '.join(_inside(item, 5) for item in expr.items)})", 4
    if isinstance(expr, Like):
        return f"{_inside(expr.arg, 5)} {no}LIKE {quote(expr.pattern)}", 4
    if isinstance(expr, IsNull):
        return f"{_inside(expr.arg, 5)} IS {no}NULL", 4
    raise TypeError(f"not an expression: {expr!r}")
