"""The few shapes of ADQL that the kit answers, by regular expression, over astropy tables in memory.

A shape is a function ``(query, tables, uploads) -> Table | None``: None where it is not meant. ``Refused`` is
what the service says to a query that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord, search_around_sky
from astropy.table import Table

NUMBER = r"[-+0-9.eE]+"
COLUMN = r"[\w.\"]+"


class Refused(Exception):
    """The query is wrong; the text goes into the error document."""


def cone_join(query: str, tables: Mapping[str, Table], uploads: Mapping[str, Table]) -> Table | None:
    """``SELECT a.x [AS y], ... FROM table AS a, TAP_UPLOAD.name AS b WHERE CONTAINS(POINT('ICRS', a.ra,
    a.dec), CIRCLE('ICRS', b.ra, b.dec, r)) = 1 [AND a.flag = 1 ...]``."""
    found = re.fullmatch(
        rf"SELECT (?P<what>.+) FROM (?P<table>[\w.]+) AS (?P<a>\w+), TAP_UPLOAD\.(?P<up>\w+) AS (?P<b>\w+) "
        rf"WHERE CONTAINS\(POINT\('ICRS', (?P<ra>{COLUMN}), (?P<dec>{COLUMN})\), "
        rf"CIRCLE\('ICRS', (?P<ura>{COLUMN}), (?P<udec>{COLUMN}), (?P<r>{NUMBER})\)\) = 1"
        r"(?P<more>( AND [\w.]+ = 1)*)",
        query,
    )
    if found is None:
        return None
    sides = {found["a"]: _table(found["table"], tables), found["b"]: _table(found["up"], uploads)}
    left, right = sides[found["a"]], sides[found["b"]]
    ra, dec = (_column(found[name], sides) for name in ("ra", "dec"))
    to_ra, to_dec = (_column(found[name], sides) for name in ("ura", "udec"))
    good = np.ones(len(left), bool)
    for text in re.findall(r" AND ([\w.]+) = 1", found["more"]):
        good &= np.asarray(_column(text, sides), dtype=bool)
    there = np.flatnonzero(good)
    i, j, _, _ = search_around_sky(
        _coord(ra[there], dec[there]), _coord(to_ra, to_dec), float(found["r"]) * u.deg
    )
    i = there[i]
    rows = {found["a"]: (left, i), found["b"]: (right, j)}
    return _selected(found["what"], rows)


def in_circle(query: str, tables: Mapping[str, Table], uploads: Mapping[str, Table]) -> Table | None:
    """``SELECT [TOP n] x, ... FROM table WHERE CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', a, d, r)) =
    1``."""
    found = re.fullmatch(
        rf"SELECT (TOP (?P<top>\d+) )?(?P<what>.+) FROM (?P<table>[\w.]+) "
        rf"WHERE CONTAINS\(POINT\('ICRS', (?P<ra>\w+), (?P<dec>\w+)\), "
        rf"CIRCLE\('ICRS', (?P<a>{NUMBER}), (?P<d>{NUMBER}), (?P<r>{NUMBER})\)\) = 1",
        query,
    )
    if found is None:
        return None
    table = _table(found["table"], tables)
    sides = {"": table}
    centre = _coord(float(found["a"]), float(found["d"]))
    apart = _coord(_column(found["ra"], sides), _column(found["dec"], sides)).separation(centre).deg
    rows = np.flatnonzero(apart <= float(found["r"]))[: int(found["top"] or len(table))]
    return _selected(found["what"], {"": (table, rows)})


def described(query: str, tables: Mapping[str, Table], uploads: Mapping[str, Table]) -> Table | None:
    """Columns of one table, as ``tap_schema.columns`` has them: name, datatype, unit, ucd, description."""
    found = re.fullmatch(
        r"SELECT column_name, datatype, unit, ucd, description FROM tap_schema\.columns "
        r"WHERE table_name = '(?P<table>[\w.]+)'",
        query,
        re.IGNORECASE,
    )
    if found is None:
        return None
    table = tables.get(found["table"])
    rows = [] if table is None else [_said(table, name) for name in table.colnames]
    names = ("column_name", "datatype", "unit", "ucd", "description")
    return Table(rows=rows, names=names, dtype=["U64"] * 5)


SHAPES = (described, cone_join, in_circle)


def answered(query: str, tables: Mapping[str, Table], uploads: Mapping[str, Table]) -> Table:
    """The answer of the first shape that is meant; Refused for any other query."""
    plain = re.sub(r"\s+", " ", query).strip()
    for shape in SHAPES:
        found = shape(plain, tables, uploads)
        if found is not None:
            return found
    raise Refused(f"ADQL syntax error near: {plain[:60]}")


def _said(table: Table, name: str) -> tuple[str, ...]:
    kinds = {"b": "boolean", "i2": "short", "i4": "int", "i8": "long", "f4": "float", "f8": "double"}
    column = table[name]
    kind = column.dtype.kind if column.dtype.kind in "bSUO" else column.dtype.str[1:]
    return (
        name,
        kinds.get(kind, "char"),
        str(column.unit or ""),
        str(column.meta.get("ucd", "")),
        column.description or "",
    )


def _table(name: str, tables: Mapping[str, Table]) -> Table:
    if name not in tables:
        raise Refused(f"Table [{name}] is not found in TapSchema")
    return tables[name]


def _column(text: str, sides: Mapping[str, Table]) -> np.ndarray:
    alias, _, name = text.replace('"', "").rpartition(".")
    if alias not in sides or name not in sides[alias].colnames:
        raise Refused(f"Column [{text}] does not exist")
    return np.asarray(sides[alias][name])


def _selected(what: str, rows: Mapping[str, tuple[Table, np.ndarray]]) -> Table:
    made = Table()
    for item in what.split(", "):
        text, _, name = item.partition(" AS ")
        alias, _, column = text.replace('"', "").rpartition(".")
        if alias not in rows or column not in rows[alias][0].colnames:
            raise Refused(f"Column [{text}] does not exist")
        table, index = rows[alias]
        made[name or column] = table[column][index]
    return made


def _coord(ra: np.ndarray | float, dec: np.ndarray | float) -> SkyCoord:
    return SkyCoord(ra, dec, unit="deg")
