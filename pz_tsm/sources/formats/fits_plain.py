"""FITS binary tables whose columns are plain: numbers, texts and truth values, unscaled. Without astropy,
whose import alone takes longer than reading a catalogue; whatever is unusual is left to it.

Header cards and table formats as in the FITS Standard 4.0 (2018), sections 4 and 7.3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pz_tsm.sources.files import refuse_repeated
from pz_tsm.sources.formats.common import field, known_access, only, to_arrow
from pz_tsm.sources.formats.fixed_rows import Cell, take

CARD, UNIT = 80, 2880
LONGEST = 4000 * CARD  # a header that is longer is no header
WIDTHS = {"L": 1, "B": 1, "I": 2, "J": 4, "K": 8, "E": 4, "D": 8, "A": 1}
TYPES = {"L": "u1", "B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8"}
OTHER_SIGN = {"I": 1 << 15, "J": 1 << 31, "K": 1 << 63}  # TZERO of unsigned whole numbers
STRING = re.compile(r"'((?:[^']|'')*)'\s*(?:/(.*))?$")
PLAIN = re.compile(r"([^/]*)(?:/(.*))?$")


class Unusual(Exception):
    """Not for this reader."""


@dataclass(frozen=True)
class Header:
    """``values`` and ``comments`` of the cards by keyword; ``end``: where the data begin in the file."""

    values: dict[str, Any]
    comments: dict[str, str]
    end: int

    def whole(self, key: str, default: int | None = None) -> int:
        value = self.values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unusual(key)
        return value

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        return value if isinstance(value, str) else None


def read(path: Path, columns: Sequence[str] | None = None) -> Any:
    """The first table of the file, or None where it is for astropy."""
    import pyarrow as pa

    try:
        with path.open("rb") as file:
            header = first_table(file, path.stat().st_size)
            cells, names = _cells(header)
            refuse_repeated(names, path.name)
            wanted = only(names, columns, path.name)
            file.seek(header.end)
            rows, width = header.whole("NAXIS2"), header.whole("NAXIS1")
            raw = take(file.readinto, rows, width, [cells[name] for name in wanted])
    except Unusual:
        return None
    arrays, fields = [], []
    for name in wanted:
        number = names.index(name) + 1
        arrays.append(_column(raw.pop(name), number, header))
        fields.append(_field(name, arrays[-1], number, header))
    said = {"tsm:access": str(header.values["ACCESS"])} if "ACCESS" in header.values else None
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=known_access(said)))


def names(path: Path) -> list[str] | None:
    """The columns of the first table, or None where it is for astropy."""
    try:
        with path.open("rb") as file:
            return _cells(first_table(file, path.stat().st_size))[1]
    except Unusual:
        return None


def first_table(file: BinaryIO, size: int) -> Header:
    """The header of the first table, which lies whole in the ``size`` bytes of the file; Unusual if there is
    none for this reader."""
    start = 0
    while start < size:
        header = _header(file, start)
        kind = header.text("XTENSION") if start else "IMAGE"
        if start == 0 and header.values.get("SIMPLE") is not True:
            raise Unusual("SIMPLE")
        axes = [header.whole(f"NAXIS{k + 1}") for k in range(header.whole("NAXIS"))]
        points = 1 if axes else 0
        for one in axes:
            points *= one
        more = header.whole("PCOUNT", 0)
        data = abs(header.whole("BITPIX")) // 8 * header.whole("GCOUNT", 1) * (points + more)
        if kind == "BINTABLE":
            if "ZIMAGE" in header.values or "ZTABLE" in header.values or header.end + points > size:
                raise Unusual("packed or cut off")
            return header
        if kind != "IMAGE" or "GROUPS" in header.values:
            raise Unusual(str(kind))
        start = header.end + -(-data // UNIT) * UNIT
    raise Unusual("no table")


def _header(file: BinaryIO, start: int) -> Header:
    values: dict[str, Any] = {}
    comments: dict[str, str] = {}
    file.seek(start)
    at = start
    while at - start < LONGEST:
        raw = file.read(UNIT)
        at += UNIT
        if len(raw) != UNIT or not raw.isascii():
            raise Unusual("header")
        text = raw.decode("ascii")
        for place in range(0, UNIT, CARD):
            key = text[place : place + 8].rstrip()
            if key == "END":
                return Header(values, comments, at)
            if key == "CONTINUE":
                raise Unusual(key)
            if text[place + 8 : place + 10] == "= " and key not in values:
                values[key], comments[key] = _value(text[place + 10 : place + CARD].strip())
    raise Unusual("header")


def _value(text: str) -> tuple[Any, str]:
    """Value and comment of a card; None for a value that is not given."""
    match = STRING.match(text) or PLAIN.match(text)
    if match is None:
        raise Unusual(text)
    value, comment = match.group(1), (match.group(2) or "").strip()
    if text.startswith("'"):
        if match.re is not STRING:
            raise Unusual(text)
        return value.replace("''", "'").rstrip(), comment
    value = value.strip()
    if value in ("T", "F"):
        return value == "T", comment
    try:
        return int(value), comment
    except ValueError:
        pass
    try:
        return float(value.replace("D", "E")), comment
    except ValueError:
        return None, comment


def _cells(header: Header) -> tuple[dict[str, Cell], list[str]]:
    """The columns by name, and their names in order."""
    cells, names, offset = {}, [], 0
    for number in range(1, header.whole("TFIELDS") + 1):
        name, form = header.text(f"TTYPE{number}"), header.text(f"TFORM{number}")
        match = re.fullmatch(r"(\d*)([LBIJKAED])", (form or "").strip())
        if not name or not match or f"TDIM{number}" in header.values:
            raise Unusual(f"column {number}")
        size, kind = int(match.group(1) or 1), match.group(2)
        if size == 0 or header.values.get(f"TSCAL{number}", 1) != 1:
            raise Unusual(name)
        zero = header.values.get(f"TZERO{number}", 0)
        if zero != 0 and zero != OTHER_SIGN.get(kind):
            raise Unusual(name)
        null = header.values.get(f"TNULL{number}")
        if null is not None and (kind not in "BIJK" or type(null) is not int):
            raise Unusual(name)
        dtype = f"S{size}" if kind == "A" else TYPES[kind]
        count = 1 if kind == "A" else size
        cells[name] = Cell(name, offset, dtype, count)
        names.append(name)
        offset += size * WIDTHS[kind]
    if offset != header.whole("NAXIS1"):
        raise Unusual("row length")
    return cells, names


def _column(values: Any, number: int, header: Header) -> Any:
    import numpy as np

    null = header.values.get(f"TNULL{number}")
    none = values == null if null is not None and values.ndim == 1 else None
    if header.values.get(f"TZERO{number}", 0) != 0:
        unsigned = values.view(f"u{values.dtype.itemsize}")
        values = unsigned ^ unsigned.dtype.type(1 << (8 * values.dtype.itemsize - 1))
    elif header.values[f"TFORM{number}"].strip().endswith("L"):
        values = values == np.uint8(ord("T"))
    return to_arrow(values, none, nan_is_null=True)


def _field(name: str, array: Any, number: int, header: Header) -> Any:
    return field(
        name,
        array,
        unit=header.text(f"TUNIT{number}"),
        ucd=header.values.get(f"TUCD{number}"),
        description=header.values.get(f"TCOMM{number}") or header.comments.get(f"TTYPE{number}"),
    )
