"""VOTables whose rows are text (TABLEDATA), without a Python object for each value: the rows become delimited
text, which Arrow parses. Whatever is unusual in one (arrays, markup in cells) is left to astropy.

Format: VOTable 1.4, IVOA Recommendation 2019-10-21, sections 4.1 and 5.1.
"""

from __future__ import annotations

import html
import mmap
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.sources.formats import common

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK = 16_000_000  # bytes of rows that are parsed at a time
SEPARATOR = b"\x1f"
TYPES = {
    "unsignedByte": "uint8",
    "short": "int16",
    "int": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "char": "string",
    "unicodeChar": "string",
    "boolean": "string",
    "bit": "string",
}
YES_NO = ("boolean", "bit")
TRUE, FALSE = ("t", "true", "1"), ("f", "false", "0")


class Unusual(Exception):
    """Not written as most are: for the reader that knows everything."""


@dataclass
class Named:
    """One TABLE of the document."""

    name: str
    table: pa.Table
    description: str = ""


@dataclass
class Document:
    """A VOTable. ``infos``: INFO elements as (name, value, text) wherever they stand."""

    tables: list[Named] = field(default_factory=list)
    infos: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def overflow(self) -> bool:
        """Whether the service says that there are more rows (DALI 1.1, section 4.4.1; VizieR in words)."""
        return any(
            (name.upper() == "QUERY_STATUS" and value.upper() == "OVERFLOW")
            or (name.lower() == "warning" and "truncated" in f"{value} {text}".lower())
            for name, value, text in self.infos
        )

    @property
    def error(self) -> str | None:
        """What the service says went wrong, None if nothing did."""
        for name, value, text in self.infos:
            if name.upper() == "QUERY_STATUS" and value.upper() == "ERROR":
                return text.strip() or "no reason given"
            if name.lower() == "error":
                return (value or text).strip() or "no reason given"
        return None


def read(path: Path, *, columns: Sequence[str] | None = None) -> Document:
    """All tables of a file. Unusual for one that must be read by astropy; ValueError for no VOTable, EOFError
    for one that ends too early. ``columns``: only these, where a table has them."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise EOFError("the answer is empty")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _document(data, columns)


def _document(data: Any, columns: Sequence[str] | None) -> Document:
    spans = _spans(data)
    skeleton = b"".join(data[a:b] for a, b in _outside(spans, len(data)))
    root = _parsed(skeleton)
    made = Document()
    for item in root.iter():
        if _tag(item) == "INFO":
            made.infos.append((item.get("name", ""), item.get("value", ""), item.text or ""))
    number = 0
    for item in root.iter():
        if _tag(item) != "TABLE":
            continue
        kinds = {_tag(one) for one in item.iter()}
        if kinds & {"BINARY", "BINARY2", "FITS"}:
            raise Unusual("binary rows")
        fields = [one for one in item if _tag(one) == "FIELD"]
        if not fields:
            continue
        place = (0, 0)
        if "TABLEDATA" in kinds:
            if number == len(spans):
                raise Unusual("a name space, or attributes")
            place, number = spans[number], number + 1
        made.tables.append(
            Named(item.get("name") or item.get("ID") or "", _table(data, place, fields, columns), _said(item))
        )
    return made


def _spans(data: Any) -> list[tuple[int, int]]:
    """Where the rows of each table stand."""
    spans, start = [], 0
    while (begin := data.find(b"<TABLEDATA>", start)) >= 0:
        end = data.find(b"</TABLEDATA>", begin)
        if end < 0:
            raise EOFError("the answer is cut off")
        spans.append((begin + len(b"<TABLEDATA>"), end))
        start = end
    return spans


def _outside(spans: list[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    ends = [0, *(end for _, end in spans)]
    begins = [*(begin for begin, _ in spans), size]
    return list(zip(ends, begins, strict=True))


def _parsed(skeleton: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in skeleton or b"<!ENTITY" in skeleton:
        raise ValueError("the answer defines entities, which no VOTable does")
    try:
        root = ElementTree.fromstring(skeleton)
    except ElementTree.ParseError as error:
        if "no element found" in str(error) or "unclosed" in str(error):
            raise EOFError("the answer is cut off") from None
        raise ValueError(f"the answer is no VOTable ({error})") from None
    if _tag(root) != "VOTABLE":
        raise ValueError(f"the answer is no VOTable but {_tag(root)}")
    return root


def _tag(item: ElementTree.Element) -> str:
    return item.tag.rpartition("}")[2] if isinstance(item.tag, str) else ""


def _said(item: ElementTree.Element) -> str:
    found = next((one.text for one in item if _tag(one) == "DESCRIPTION"), None)
    return re.sub(r"\s+", " ", found or "").strip()


def _table(
    data: Any, place: tuple[int, int], fields: list[ElementTree.Element], columns: Sequence[str] | None
) -> pa.Table:
    import pyarrow as pa

    names = [item.get("name") or item.get("ID") or "" for item in fields]
    if len(set(names)) != len(names):
        raise Unusual("repeated names")
    kinds = []
    for item in fields:
        kind = TYPES.get(item.get("datatype", ""))
        if kind is None or (kind != "string" or _is_boolean(item)) and _is_array(item):
            raise Unusual("arrays")
        kinds.append(kind)
    pieces, as_text = [], set()
    for begin, end in _chunks(data, place):
        pieces.append(_rows(data[begin:end], kinds, as_text))
    made = {}
    for i, (name, item, kind) in enumerate(zip(names, fields, kinds, strict=True)):
        if columns is not None and name not in columns:
            continue
        chunks = [_values(piece.column(i), item, kind) for piece in pieces]
        made[name] = pa.chunked_array(chunks, pa.bool_() if _is_boolean(item) else kind)
    schema = pa.schema(
        [
            common.field(
                name, made[name], unit=item.get("unit"), ucd=item.get("ucd"), description=_said(item)
            )
            for name, item in zip(names, fields, strict=True)
            if name in made
        ]
    )
    return pa.Table.from_arrays(list(made.values()), schema=schema)


def _is_boolean(item: ElementTree.Element) -> bool:
    return item.get("datatype") in YES_NO


def _is_array(item: ElementTree.Element) -> bool:
    return item.get("arraysize") not in (None, "1")


def _chunks(data: Any, place: tuple[int, int]) -> list[tuple[int, int]]:
    begin, end = place
    found = []
    while begin < end:
        to = end
        if end - begin > CHUNK:
            to = data.rfind(b"</TR>", begin, begin + CHUNK)
            if to < 0:
                raise Unusual("a very long row")
            to += len(b"</TR>")
        found.append((begin, to))
        begin = to
    return found


def _rows(body: bytes, kinds: list[str], as_text: set[int]) -> pa.Table:
    """The rows of one chunk; a column whose numbers Arrow does not take (+1.5) stays text, and is kept in
    ``as_text``."""
    import pyarrow as pa
    import pyarrow.csv

    if b"<!" in body or SEPARATOR in body:
        raise Unusual("comments or CDATA in rows")
    body = re.sub(rb">\s+<", b"><", body.strip())
    body = body.replace(b"<TD/>", b"<TD></TD>").replace(b"<TD />", b"<TD></TD>")
    body = body.replace(b"\r", b" ").replace(b"\n", b" ")
    body = body.replace(b"</TD><TD>", SEPARATOR).replace(b"</TD></TR>", b"\n").replace(b"<TR><TD>", b"")
    if b"<" in body:
        raise Unusual("markup in rows")
    names = [str(i) for i in range(len(kinds))]
    if not body:
        return pa.table({name: pa.array([], kind) for name, kind in zip(names, kinds, strict=True)})
    while True:
        types = {name: pa.string() if i in as_text else kinds[i] for i, name in enumerate(names)}
        try:
            return pyarrow.csv.read_csv(
                pa.BufferReader(body),
                read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=len(body) + 1),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=SEPARATOR.decode(),
                    quote_char=False,
                    double_quote=False,
                    escape_char=False,
                    ignore_empty_lines=False,
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=types, null_values=[""], strings_can_be_null=True, check_utf8=False
                ),
            )
        except pa.ArrowInvalid as error:
            found = re.search(r"CSV column #(\d+)", str(error))
            if found is None or int(found[1]) in as_text or kinds[int(found[1])] == "string":
                raise Unusual(str(error)) from None
            as_text.add(int(found[1]))


def _values(column: pa.ChunkedArray, item: ElementTree.Element, kind: str) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    array = column.combine_chunks()
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if kind == "string":
        array = _texts(array)
        return _booleans(array) if _is_boolean(item) else array
    if pt.is_string(array.type):
        plain = pc.utf8_ltrim(pc.utf8_trim_whitespace(array), characters="+")
        plain = pc.if_else(pc.equal(plain, ""), pa.scalar(None, pa.string()), plain)
        try:
            array = plain.cast(kind)
        except pa.ArrowInvalid as error:
            raise Unusual(str(error)) from None
    if pt.is_floating(array.type):
        return pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
    none = next((one.get("null") for one in item if _tag(one) == "VALUES" and one.get("null")), None)
    if none is not None:
        try:
            array = pc.if_else(
                pc.equal(array, pa.scalar(int(none), array.type)), pa.scalar(None, array.type), array
            )
        except (ValueError, OverflowError, pa.ArrowInvalid):
            raise Unusual(f"a null of '{none}'") from None
    return array


def _texts(array: pa.Array) -> pa.Array:
    """Without entities and padding; UTF-8, or Latin-1 where it isn't."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        raw = array.cast(pa.binary()).to_pylist()
        array = pa.array([None if one is None else one.decode("latin-1") for one in raw], pa.string())
    if pc.any(pc.match_substring(array, "&")).as_py():
        codes = array.dictionary_encode()
        plain = pa.array([html.unescape(one) for one in codes.dictionary.to_pylist()], pa.string())
        array = plain.take(codes.indices)
    return pc.utf8_rtrim_whitespace(array)


def _booleans(array: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    lower = pc.utf8_lower(array)
    yes, no = (pc.is_in(lower, value_set=pa.array(words)) for words in (TRUE, FALSE))
    return pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_()))
