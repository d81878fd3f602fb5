"""VizieR's answers (ASU): what ``astroquery.vizier`` posts to ``/viz-bin/votable``, and the VOTable that
comes back, with rows as text, INFO elements and its words for a cut answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import Table

COMPUTED = ("_RAJ2000", "_DEJ2000")
DEFAULT = 50  # rows, if the request doesn't say
KINDS = {
    "b1": "boolean",
    "u1": "unsignedByte",
    "i2": "short",
    "i4": "int",
    "i8": "long",
    "f4": "float",
    "f8": "double",
}


def asked(body: str) -> dict[str, str]:
    """The lines of a request."""
    made = {}
    for line in body.splitlines():
        key, _, value = line.partition("=")
        made[key.strip()] = value.strip()
    return made


def answer(wanted: Mapping[str, str], tables: Mapping[str, Table], limit: int | None = None) -> bytes:
    """The document for a request; ``limit``: rows that the service gives at most."""
    source = wanted.get("-source", "")
    names = [
        one
        for one in tables
        if one in source.split(",") or any(one.startswith(f"{s}/") for s in source.split(","))
    ]
    said = wanted.get("-out.max", str(DEFAULT))
    most = 10**9 if said == "unlimited" else int(said)
    most = min(most, limit or 10**9)
    parts = [_HEAD, f'<INFO ID="MaxTuples" name="-out.max" value="{escape(said)}"/>\n']
    for name in names:
        parts.append(_resource(name, tables[name], wanted, most, limit is not None and most == limit))
    return "".join([*parts, "</VOTABLE>\n"]).encode()


def _resource(name: str, table: Table, wanted: Mapping[str, str], most: int, told: bool) -> str:
    rows = _selected(table, wanted)
    total = len(rows)
    cut = total > most
    table = table[rows[:most]]
    columns, unknown = _columns(table, wanted)
    fields = "".join(_field(table[one], one) for one in columns)
    infos = f'<INFO name="matches" value="{min(total, most)}">matching records</INFO>\n'
    infos += "".join(
        f'<INFO name="Warning" value={quoteattr(f"Column {one!r} unknown in {name!r}")}/>\n'
        for one in unknown
    )
    if cut:
        said = f"truncated result (maxtup={most})"
        infos += f'<INFO name="Warning" value="{said}"/>\n'
        infos += f'<INFO name="QUERY_STATUS" value="OVERFLOW">{said}</INFO>\n'
    data = f"<DATA><TABLEDATA>\n{_rows(table, columns)}</TABLEDATA></DATA>\n" if len(table) else ""
    title = escape(table.meta.get("title", "A mock table"))
    identifier = re.sub(r"[^A-Za-z0-9]", "_", name)
    return (
        f'<RESOURCE ID="yCat_{abs(hash(name)) % 10**6}" name={quoteattr(name.rpartition("/")[0])}>\n'
        f"<DESCRIPTION>A mock catalogue</DESCRIPTION>\n<TABLE ID={quoteattr(identifier)} "
        f"name={quoteattr(name)}>\n<DESCRIPTION>{title}</DESCRIPTION>\n"
        f"{fields}{data}</TABLE>\n{infos}</RESOURCE>\n"
    )


def _columns(table: Table, wanted: Mapping[str, str]) -> tuple[list[str], list[str]]:
    added = [one for one in wanted.get("-out.add", "").split(",") if one]
    if "-out.all" in wanted:
        names = [one for one in table.colnames if one not in COMPUTED]
    else:
        names = [one for one in wanted.get("-out", "").split(",") if one and one != "*"]
        if not names or "*" in wanted.get("-out", "").split(","):
            names = [one for one in table.colnames if one not in (*COMPUTED, "recno")] + names
    every = list(dict.fromkeys((*names, *added)))
    return [one for one in every if one in table.colnames], [
        one for one in every if one not in table.colnames
    ]


def _selected(table: Table, wanted: Mapping[str, str]) -> np.ndarray:
    good = np.ones(len(table), bool)
    if "-c" in wanted:
        found = re.fullmatch(r"([0-9.]+)([+-][0-9.]+)", wanted["-c"])
        assert found is not None, wanted["-c"]
        centre = SkyCoord(float(found[1]), float(found[2]), unit="deg", frame="fk5").icrs
        there = SkyCoord(table[COMPUTED[0]], table[COMPUTED[1]], unit="deg")
        good &= there.separation(centre).deg <= float(wanted["-c.rd"])
    for name in set(wanted) & set(table.colnames):
        good &= _fits(np.asarray(table[name]), wanted[name])
    return np.flatnonzero(good)


def _fits(values: np.ndarray, said: str) -> np.ndarray:
    if ".." in said:
        low, high = map(float, said.split(".."))
        return (values >= low) & (values <= high)
    if said.startswith(">="):
        return values >= float(said[2:])
    return values == float(said)


def _field(column: object, name: str) -> str:
    kind = KINDS.get(column.dtype.str[1:])
    more = (
        f' datatype="{kind}"' if kind else f' datatype="char" arraysize="{column.dtype.itemsize // 4 or 1}*"'
    )
    if column.unit is not None:
        more += f" unit={quoteattr(str(column.unit))}"
    if column.meta.get("ucd"):
        more += f' ucd="{column.meta["ucd"]}"'
    said = f"<DESCRIPTION>{escape(column.description or '')}</DESCRIPTION>"
    return f"<FIELD name={quoteattr(name)}{more}>{said}</FIELD>\n"


def _rows(table: Table, names: list[str]) -> str:
    cells = [_cells(table[one], one) for one in names]
    return "".join(
        f"<TR>{''.join(f'<TD>{one}</TD>' for one in row)}</TR>\n" for row in zip(*cells, strict=True)
    )


def _cells(column: object, name: str) -> list[str]:
    mask = np.ma.getmaskarray(column) if hasattr(column, "mask") else np.zeros(len(column), bool)
    sign = "+" if name in ("DEJ2000", "_DEJ2000") and column.dtype.kind == "f" else ""
    made = []
    for value, masked in zip(np.asarray(column).tolist(), mask, strict=True):
        if masked:
            made.append("")
        elif isinstance(value, float):
            made.append(f"{value!r}" if not sign else f"{value:+.8f}")
        else:
            made.append(escape(str(value)))
    return made


_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">\n'
    "<DESCRIPTION>A mock of VizieR</DESCRIPTION>\n"
)
