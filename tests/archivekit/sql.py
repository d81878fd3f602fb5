"""Tables of a test in SQLite, so that any query is really answered: ADQL as far as SQLite knows it, with TOP,
CONTAINS of a point and a circle, and names with points."""

from __future__ import annotations

import math
import re
import sqlite3
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy.table import MaskedColumn, Table
from tapkit import Refused


class Database:
    """Tables by name; ``run`` answers a query with a table."""

    def __init__(self, tables: Mapping[str, Table], describe: str = "tap_schema.columns") -> None:
        self.tables = dict(tables)
        self.describe = describe
        self.lock = threading.Lock()
        self.base = sqlite3.connect(":memory:", check_same_thread=False)
        for name, count, work in (
            ("POINT", 3, lambda frame, ra, dec: None if ra is None or dec is None else f"{ra!r} {dec!r}"),
            ("CIRCLE", 4, lambda frame, ra, dec, radius: f"{ra!r} {dec!r} {radius!r}"),
            ("CONTAINS", 2, _contains),
            ("RADIANS", 1, lambda x: None if x is None else math.radians(x)),
        ):
            self.base.create_function(name, count, work, deterministic=True)
        for name, table in self.tables.items():
            self._put(name, table)
        self._describe()

    def _put(self, name: str, table: Table) -> None:
        columns = ", ".join(f'"{one}"' for one in table.colnames)
        self.base.execute(f'CREATE TABLE "{name}" ({columns})')
        rows = list(zip(*(_values(table[one]) for one in table.colnames), strict=True))
        marks = ", ".join("?" * len(table.colnames))
        self.base.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)

    def _describe(self) -> None:
        names = "tablename, name" if self.describe == "DBColumns" else "table_name, column_name"
        self.base.execute(f'CREATE TABLE "{self.describe}" ({names}, datatype, unit, ucd, description)')
        for name, table in self.tables.items():
            for one in table.colnames:
                column = table[one]
                said = (name, one, _kind(column), str(column.unit or ""), str(column.meta.get("ucd", "")))
                self.base.execute(
                    f'INSERT INTO "{self.describe}" VALUES (?, ?, ?, ?, ?, ?)',
                    (*said, column.description or ""),
                )

    def run(self, query: str) -> Table:
        """The answer; Refused for what SQLite does not understand."""
        text = re.sub(r"\s+", " ", query).strip()
        for name in sorted((*self.tables, self.describe), key=len, reverse=True):
            if "." in name:
                text = re.sub(rf'(?<!["\w\']){re.escape(name)}(?!["\w\'])', f'"{name}"', text, flags=re.I)
        top = re.match(r"SELECT TOP (\d+) ", text, re.I)
        if top:
            text = f"SELECT {text[top.end() :]} LIMIT {top[1]}"
        text = text.replace("COUNT_BIG(", "COUNT(")
        with self.lock:
            try:
                found = self.base.execute(text)
                rows = found.fetchall()
            except sqlite3.Error as error:
                raise Refused(str(error)) from None
        return self._table([one[0] for one in found.description], rows)

    def _table(self, names: list[str], rows: list[Any]) -> Table:
        made = Table()
        for i, name in enumerate(names):
            values = [row[i] for row in rows]
            like = next((table[name] for table in self.tables.values() if name in table.colnames), None)
            made[name] = _column(values, like)
        return made


def _contains(point: str | None, circle: str) -> int:
    if point is None:
        return 0
    ra, dec = map(math.radians, map(float, point.split()))
    ra0, dec0, radius = map(math.radians, map(float, circle.split()))
    half = math.sin((dec - dec0) / 2) ** 2 + math.cos(dec) * math.cos(dec0) * math.sin((ra - ra0) / 2) ** 2
    return int(2 * math.asin(min(1.0, math.sqrt(half))) <= radius)


def _values(column: Any) -> list[Any]:
    mask = np.ma.getmaskarray(column) if hasattr(column, "mask") else np.zeros(len(column), bool)
    values = zip(np.asarray(column).tolist(), mask, strict=True)
    return [None if m or v != v else str(v) if isinstance(v, int) and v >= 2**63 else v for v, m in values]


def _kind(column: Any) -> str:
    kinds = {"b1": "boolean", "i2": "short", "i4": "int", "i8": "long", "f4": "float", "f8": "double"}
    return kinds.get(column.dtype.str[1:], "char")


def _column(values: list[Any], like: Any) -> Any:
    mask = [one is None for one in values]
    if like is None or like.dtype.kind in "US":
        if like is None and values and all(isinstance(one, int) for one in values):
            return np.array(values, np.int64)
        made = MaskedColumn([one if one is not None else "" for one in values], mask=mask, dtype="U64")
    else:
        made = MaskedColumn([0 if one is None else one for one in values], mask=mask, dtype=like.dtype)
    if like is not None:
        made.unit, made.description, made.meta = like.unit, like.description, dict(like.meta)
    return made
