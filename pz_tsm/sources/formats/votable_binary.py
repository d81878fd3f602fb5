"""VOTables whose rows are binary (BINARY, BINARY2) in base64 within the file, taken apart by numpy.

Whatever is unusual (arrays of bits, complex numbers, other tables before it, a stream elsewhere) is left to
astropy.
Format: VOTable 1.4, IVOA Recommendation 2019-10-21, sections 2.1, 5.3 and 5.4.
"""

from __future__ import annotations

import binascii
import io
import mmap
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from pz_tsm.sources.files import refuse_repeated
from pz_tsm.sources.formats import common
from pz_tsm.sources.formats.fixed_rows import Cell, take

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

DATA = re.compile(rb"<(?:\w+:)?(TABLEDATA|BINARY2|BINARY|FITS|PARQUET)\b")
STREAM = re.compile(rb"<(?:\w+:)?STREAM\b[^>]*>")
TYPES = {
    **{"boolean": "u1", "bit": "u1", "unsignedByte": "u1", "short": ">i2", "int": ">i4", "long": ">i8"},
    **{"float": ">f4", "double": ">f8", "char": "S1", "unicodeChar": ">u2"},
}
TEXTS = ("char", "unicodeChar")
BIT = 0x88  # the highest bit, as the standard has it, or where astropy writes it
NULLS = "\0nulls"  # no column's name


class Unusual(Exception):
    """Not for this reader."""


@dataclass
class Field:
    """A column of the table. ``count``: entries of a row; None where each row says how many."""

    name: str
    datatype: str
    count: int | None
    shape: int  # dimensions of an array; 0 for a plain value or a text
    null: int | None = None
    unit: str | None = None
    ucd: str | None = None
    description: str = ""

    @property
    def bytes(self) -> int:
        """Of one entry."""
        return int(TYPES[self.datatype][-1])


@dataclass
class Head:
    """What stands before the rows."""

    fields: list[Field] = field(default_factory=list)
    kind: str = ""
    stream: dict[str, str] = field(default_factory=dict)


def read(path: Path, columns: Sequence[str] | None = None) -> pa.Table | None:
    """The first table of the file, or None where it is for another reader."""
    import pyarrow as pa

    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            head, data = _opened(content)
        names = [one.name for one in head.fields]
        refuse_repeated(names, path.name)
        wanted = set(common.only(names, columns, path.name))
        bits = (len(names) + 7) // 8 if head.kind == "BINARY2" else 0
        fixed = all(one.count is not None for one in head.fields)
        made, nulls = (_fixed if fixed else _varying)(data, head.fields, bits, wanted)
    except (Unusual, expat.ExpatError, binascii.Error, EOFError, struct.error, ValueError):
        return None  # astropy says what is wrong with it
    arrays, fields = [], []
    for number, one in enumerate(head.fields):
        if one.name not in made:
            continue
        none = None if nulls is None else (nulls[:, number // 8] & (0x80 >> number % 8)) != 0
        array = _arrow(one, made.pop(one.name), none)
        if array is not None:
            arrays.append(array)
            about = {"unit": one.unit, "ucd": one.ucd, "description": " ".join(one.description.split())}
            fields.append(common.field(one.name, array, **about))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _opened(content: mmap.mmap) -> tuple[Head, bytes]:
    """What stands before the rows of the first table, and the rows."""
    first = DATA.search(content)
    if first is None or not first.group(1).startswith(b"BINARY"):
        raise Unusual("no binary rows")
    stream = STREAM.search(content, first.end())
    if stream is None or b"VOTABLE>" not in content[-4096:]:
        raise Unusual("no stream, or cut off")
    head = _head(content[: stream.end()])
    end = content.find(b"<", stream.end())
    if head.stream.get("encoding") != "base64" or "href" in head.stream or end < 0:
        raise Unusual("stream")
    with memoryview(content) as whole, whole[stream.end() : end] as text:
        return head, binascii.a2b_base64(text)


def _head(text: bytes) -> Head:
    """Parsed up to the start of the stream, which must be that of the first table."""
    head, open_, tables = Head(), [], [0]

    def start(tag: str, said: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        open_.append(tag)
        if tag == "TABLE":
            tables[0] += 1
        elif tag == "FIELD" and "TABLE" in open_:
            head.fields.append(_field(said))
        elif tag == "VALUES" and open_[-2] == "FIELD" and "null" in said:
            head.fields[-1].null = int(said["null"]) if _is_whole(head.fields[-1]) else None
        elif tag == "STREAM":
            head.kind, head.stream = open_[-2], said

    def words(said: str) -> None:
        if open_[-2:] == ["FIELD", "DESCRIPTION"]:
            head.fields[-1].description += said

    def doctype(*_: Any) -> None:
        raise Unusual("DOCTYPE")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.CharacterDataHandler = start, words
    parser.EndElementHandler = lambda tag: open_.pop()
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(text, False)
    if tables[0] != 1 or open_[-1] != "STREAM" or not head.fields:
        raise Unusual("tables")
    return head


def _is_whole(one: Field) -> bool:
    return one.datatype in ("unsignedByte", "short", "int", "long")


def _field(said: dict[str, str]) -> Field:
    name, datatype = said.get("name") or said.get("ID"), said.get("datatype")
    if not name or datatype not in TYPES:
        raise Unusual("field")
    size = said.get("arraysize", "").strip()
    sizes = size.split("x") if size else []
    if datatype == "bit" and size not in ("", "1"):
        raise Unusual("bits")
    if datatype in TEXTS and len(sizes) > 1:
        raise Unusual("texts of several dimensions")
    count: int | None = 1
    for one in sizes:
        count = None if one.endswith("*") or count is None else count * int(one)
    if count is None and len(sizes) > 1:
        raise Unusual("arrays of unknown length in several dimensions")
    dimensions = 0 if datatype in TEXTS or size in ("", "1") else len(sizes)
    unit, ucd = said.get("unit"), said.get("ucd")
    return Field(name, datatype, count, dimensions, unit=unit, ucd=ucd)


def _dtype(one: Field) -> tuple[str, int]:
    """numpy's type of a column's values, and entries of an array."""
    if one.datatype == "char":
        return f"S{one.count}", 1
    return TYPES[one.datatype], one.count or 1


def _fixed(
    data: bytes, fields: list[Field], bits: int, wanted: set[str]
) -> tuple[dict[str, Any], np.ndarray | None]:
    """Columns and bits of nulls, where all rows are equally long."""
    cells, offset = [Cell(NULLS, 0, "u1", bits)] if bits else [], bits
    for one in fields:
        dtype, size = _dtype(one)
        if one.name in wanted and one.count:
            cells.append(Cell(one.name, offset, dtype, size))
        offset += one.bytes * (one.count or 0)
    if not offset or len(data) % offset:
        raise Unusual("length")
    made: dict[str, Any] = take(io.BytesIO(data).readinto, len(data) // offset, offset, cells)
    nulls = made.pop(NULLS, None)
    return made, nulls if nulls is None else nulls.reshape(-1, bits)


def _varying(
    data: bytes, fields: list[Field], bits: int, wanted: set[str]
) -> tuple[dict[str, Any], np.ndarray | None]:
    """The same, where some values say how long they are: their places are found row by row."""
    import numpy as np

    runs: list[tuple[list[Cell], int]] = []  # columns between two such values, and their bytes
    cells, offset = [Cell(NULLS, 0, "u1", bits)] if bits else [], bits
    varying = []
    for one in fields:
        if one.count is None:
            runs.append((cells, offset))
            cells, offset = [], 0
            varying.append(one)
        else:
            dtype, size = _dtype(one)
            if one.name in wanted and one.count:
                cells.append(Cell(one.name, offset, dtype, size))
            offset += one.bytes * one.count
    starts, lengths = _places(data, [run[1] for run in runs], [one.bytes for one in varying], offset)
    runs.append((cells, offset))
    raw = np.frombuffer(data, np.uint8)
    made: dict[str, Any] = {}
    for number, (some, width) in enumerate(runs):
        if some:
            rows = raw[starts[number][:, None] + np.arange(width)]
            made |= take(io.BytesIO(rows.tobytes()).readinto, len(rows), width, some)
    for number, one in enumerate(varying):
        if one.name in wanted and one.datatype in TEXTS:
            begin = starts[number] + runs[number][1] + 4
            made[one.name] = _texts(data, begin, lengths[number], one.datatype)
    nulls = made.pop(NULLS, None)
    return made, nulls if nulls is None else nulls.reshape(-1, bits)


def _places(
    data: bytes, before: list[int], sizes: list[int], after: int
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Where each run of fixed values begins in each row, and the bytes of each varying value."""
    import numpy as np

    starts: list[list[int]] = [[] for _ in range(len(before) + 1)]
    lengths: list[list[int]] = [[] for _ in before]
    steps = [
        (width, size, starts[k].append, lengths[k].append)
        for k, (width, size) in enumerate(zip(before, sizes, strict=True))
    ]
    last, length_at, at, end = starts[-1].append, struct.Struct(">I").unpack_from, 0, len(data)
    while at < end:
        for width, size, start, length in steps:
            start(at)
            at += width
            taken = length_at(data, at)[0] * size
            length(taken)
            at += 4 + taken
        last(at)
        at += after
    if at != end:
        raise Unusual("length")
    return [np.array(one, np.int64) for one in starts], [np.array(one, np.int64) for one in lengths]


def _texts(data: bytes, begin: np.ndarray, length: np.ndarray, datatype: str) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    if datatype == "unicodeChar":
        places = zip(begin.tolist(), (begin + length).tolist(), strict=True)
        return pa.array([data[a:b].decode("utf-16-be", "replace") for a, b in places], pa.string())
    offsets = np.concatenate([[0], np.cumsum(length)])
    index = np.arange(offsets[-1]) + np.repeat(begin - offsets[:-1], length)
    joined = pa.py_buffer(np.frombuffer(data, np.uint8)[index])
    binary = pa.Array.from_buffers(
        pa.large_binary(), len(begin), [None, pa.py_buffer(offsets.astype(np.int64)), joined]
    )
    try:
        return binary.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([one.decode("latin-1") for one in binary.to_pylist()], pa.string())


def _arrow(one: Field, values: Any, none: np.ndarray | None) -> Any:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if one.shape > 1:
        return None
    if isinstance(values, pa.Array) or one.datatype in TEXTS:
        texts = values if isinstance(values, pa.Array) else _padded(one, values)
        texts = pc.ascii_rtrim(texts, characters=common.PADDING)
        if pc.any(pc.match_substring(texts, "\0")).as_py():
            texts = pc.replace_substring_regex(texts, pattern="(?s)\\x00.*", replacement="")
        return texts if none is None else pc.if_else(pa.array(none), pa.scalar(None, pa.string()), texts)
    if values.ndim > 1:
        return common.to_arrow(values)
    if one.datatype == "bit":
        return common.to_arrow((values & BIT) != 0, none)
    if one.datatype == "boolean":
        true, false = (np.isin(values, list(those)) for those in (b"Tt1", b"Ff0"))
        unknown = ~(true | false)
        return common.to_arrow(true, unknown if none is None else unknown | none)
    if one.null is not None:
        none = values == one.null if none is None else none | (values == one.null)
    return common.to_arrow(values, none, nan_is_null=True)


def _padded(one: Field, values: np.ndarray) -> pa.Array:
    """Texts of a fixed length."""
    import pyarrow as pa

    if one.datatype == "char":
        return common.text_array(values)
    rows = values.reshape(len(values), -1).astype(">u2")
    return pa.array([row.tobytes().decode("utf-16-be", "replace") for row in rows], pa.string())
