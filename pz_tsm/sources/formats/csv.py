"""Delimited text: CSV, TSV, semicolons, bars or blanks; ``#`` comments; gzip; ECSV's units. By pyarrow's
reader.

Nothing goes through a float that is not one: whole numbers beyond int64, dates and columns asked for as text
stay text.
"""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.sources.files import refuse_repeated
from pz_tsm.sources.formats import ecsv
from pz_tsm.sources.formats.common import known_access, only

NULLS = ["", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "Null", "None", "none", "--", "<NA>"]
SAMPLE = 1 << 16
BLOCK = 1 << 20  # bytes that are parsed at a time
READ = 1 << 20  # bytes looked through at a time: they stay in the processor's cache
LONGEST = 1 << 24  # bytes of comments before the first row
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def read(path: Path, *, columns: Sequence[str] | None = None, text: Sequence[str] = (), **_: Any) -> Any:
    with _open(path) as file:
        header = ecsv.read_header(file)
    if header.ours:
        import pyarrow as pa

        with suppress(pa.ArrowInvalid, pa.ArrowKeyError), _open(path) as file:  # unless it was changed since
            return ecsv.read(path, file, header, columns, text)
    head, skip = _head(path)
    delimiter = _delimiter(head[0][1])
    names = _names(head, delimiter, path)
    refuse_repeated(names, path.name)
    said = _said(header)
    names_kept = only(names, columns, path.name)
    kinds = {name: "text" for name in text if name in names}
    kinds |= {name: info["kind"] for name, info in said.items() if name in names and "kind" in info}
    table = _parse(path, names, names_kept, delimiter, kinds, head)
    table = _with_metadata(table, said)
    return table.replace_schema_metadata(header.access or _access(path) or table.schema.metadata)


def _access(path: Path) -> dict[str, str] | None:
    """Who may see the rows, as the file beside an export of ours says."""
    try:
        said = json.loads(path.with_name(f"{path.name}-metadata.json").read_text(encoding="utf-8"))
        return known_access({"tsm:access": said.get("tsm:access")})
    except (OSError, ValueError, AttributeError):
        return None


def names(path: Path) -> list[str]:
    """The column names."""
    with _open(path) as file:
        header = ecsv.read_header(file)
    if header.ours:
        return ecsv.names(header)
    head, _ = _head(path)
    return _names(head, _delimiter(head[0][1]), path)


def _open(path: Path) -> Any:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")


def _head(path: Path) -> tuple[list[tuple[int, str]], int]:
    """The first lines that are no comments, as (line number, text), and how many lines came before them."""
    with _open(path) as file:
        raw, whole = b"", False
        while not whole and len(raw) < LONGEST and not _past_comments(raw):
            more = file.read(max(SAMPLE, len(raw)))
            raw, whole = raw + more, len(more) < SAMPLE
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TsmError(f"'{path.name}' is text in UTF-16.", remedy="Save it as UTF-8.", where=path.name)
    text = raw.decode("utf-8-sig", "replace")
    lines = text.splitlines()
    if not whole and len(lines) > 1:
        lines.pop()  # cut in the middle
    found = [(i, line) for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    if not found:
        raise TsmError(f"'{path.name}' holds no rows, only comments or blank lines.", where=path.name)
    first = found[0][0]
    commented = [line for line in lines[:first] if line.startswith("#")]
    if _all_numbers(found[0][1], _delimiter(found[0][1])) and commented:
        names = commented[-1].lstrip("# ")  # "# ra dec z": the last comment names the columns
        width = len(_split(found[0][1], _delimiter(found[0][1])))
        for delimiter in (_delimiter(found[0][1]), " ", ","):
            if len(_split(names, delimiter)) == width:
                found.insert(0, (-1, (_delimiter(found[0][1])).join(_split(names, delimiter))))
                break
    return found, first


def _past_comments(raw: bytes) -> bool:
    """Whether a whole line that is no comment has been read: a wide table's header may be long."""
    return bool(re.search(rb"^[ \t]*[^#\s][^\n]*\n", raw, re.M))


def _delimiter(line: str) -> str:
    for delimiter in ("\t", ",", ";", "|"):
        if delimiter in line:
            return delimiter
    return " " if " " in line.strip() else ","


def _split(line: str, delimiter: str) -> list[str]:
    import csv

    if delimiter == " ":
        return line.split()
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]


def _all_numbers(line: str, delimiter: str) -> bool:
    cells = [cell for cell in _split(line, delimiter) if cell]
    return bool(cells) and all(NUMBER.fullmatch(cell) for cell in cells)


def _names(head: list[tuple[int, str]], delimiter: str, path: Path) -> list[str]:
    names = _split(head[0][1], delimiter)
    if _all_numbers(head[0][1], delimiter):
        raise TsmError(
            f"'{path.name}' has no line of column names: it begins with numbers.",
            remedy="Write the names in a first line, separated as the columns are.",
            where=path.name,
        )
    if any(not name for name in names):
        place = names.index("") + 1
        raise TsmError(
            f"Column {place} of '{path.name}' has no name.",
            remedy="Name it in the first line.",
            where=path.name,
        )
    printable = sum(char.isprintable() or char == "\t" for char in head[0][1])
    if printable < 0.9 * len(head[0][1]):
        raise TsmError(
            f"'{path.name}' is no table of text.", remedy="Readable: Parquet, FITS, CSV, HDF5, VOTable."
        )
    if len(names) < 2:
        raise TsmError(
            f"'{path.name}' has a single column, '{names[0][:60]}': no delimiter was found.",
            remedy="Columns are separated by commas, tabs, semicolons, bars or blanks.",
            where=path.name,
        )
    return names


def _parse(
    path: Path,
    names: list[str],
    kept: list[str],
    delimiter: str,
    kinds: dict[str, str],
    head: list[tuple[int, str]],
) -> Any:
    """Read, and read again with wider types for the columns whose first guess did not hold."""
    import pyarrow as pa
    from pyarrow import csv

    arrow = {"text": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_()}
    types = {name: arrow[kind] for name, kind in kinds.items()}
    skip = head[0][0] + 1 if head[0][0] >= 0 else head[1][0]
    comments, encoding = _looked_through(path, skip)
    for _attempt in range(2 * len(names) + 2):
        stream = _stream(path, delimiter, skip, comments)
        try:
            table = csv.read_csv(
                stream,
                read_options=csv.ReadOptions(
                    column_names=names, skip_rows=0, encoding=encoding, block_size=BLOCK
                ),
                parse_options=csv.ParseOptions(delimiter="\t" if delimiter == " " else delimiter),
                convert_options=csv.ConvertOptions(
                    column_types=types, include_columns=kept, null_values=NULLS, strings_can_be_null=True
                ),
            )
        except pa.ArrowInvalid as error:
            wider = _wider(str(error), names, types)
            if wider is None:
                raise _explained(error, path) from None
            types.update(wider)
            continue
        again = {name: pa.string() for name in _inexact(table) if name not in types}
        if not again:
            return table
        types.update(again)
    raise TsmError(f"The columns of '{path.name}' can't be told apart.", where=path.name)


def _stream(path: Path, delimiter: str, skip: int, comments: bool) -> Any:
    """The rows alone: no header, no comment lines, blanks as tabs. Without comments nothing is copied."""
    import pyarrow as pa

    file = _open(path)
    for _ in range(skip):
        file.readline()
    if delimiter != " " and not comments:
        if isinstance(file, gzip.GzipFile):
            return file
        with file:  # Arrow's own file takes no turn with Python for each block
            rows = pa.OSFile(str(path))
            rows.seek(file.tell())
            return rows
    with file:
        lines = (line for line in file if not line.lstrip().startswith(b"#"))
        if delimiter == " ":
            lines = (re.sub(rb"[ \t]+", b"\t", line.strip(b" \t\r\n")) + b"\n" for line in lines)
        return io.BytesIO(b"".join(lines))


def _looked_through(path: Path, skip: int) -> tuple[bool, str]:
    """Whether comments stand after the first ``skip`` lines, and the encoding: one pass over the file."""
    comments, encoding = False, "utf-8"
    with _open(path) as file:
        for _ in range(skip):
            encoding = _encoding(file.readline(), b"", encoding)[1]
        rest, tail = b"", b"\n"
        while block := file.read(READ):
            if not comments and b"#" in block:
                comments = re.search(rb"\n[ \t]*#", tail + block) is not None
            tail = block[-64:]
            if rest or not block.isascii():
                rest, encoding = _encoding(block, rest, encoding)
    return comments, encoding


def _encoding(block: bytes, rest: bytes, encoding: str) -> tuple[bytes, str]:
    """The bytes at the end that begin a character, and Latin-1 where the text was it or isn't UTF-8."""
    data = rest + block
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(data) - 4:
            return b"", "latin-1"
        return data[error.start :], encoding
    return b"", encoding


def _wider(message: str, names: list[str], types: dict[str, Any]) -> dict[str, Any] | None:
    """A wider type for the column that an error of pyarrow names; None if that is not what failed."""
    import pyarrow as pa

    match = re.search(r"In CSV column #(\d+):.*conversion error to ([\w\[\]]+)", message)
    if not match:
        return None
    name, kind = names[int(match.group(1))], match.group(2)
    if kind.startswith("int") and not pa.types.is_floating(types.get(name, pa.null())):
        bad = re.search(r"invalid value '(.*)'", message)
        if bad and NUMBER.fullmatch(bad.group(1)) and not re.fullmatch(r"[+-]?\d+", bad.group(1)):
            return {name: pa.float64()}
        return {name: pa.string()}
    if types.get(name) == pa.string():
        return None
    return {name: pa.string()}


def _inexact(table: Any) -> list[str]:
    """Columns whose guessed type loses something: dates, times, and whole numbers too large for int64."""
    import pyarrow.compute as pc
    import pyarrow.types as pt

    names = []
    for name in table.column_names:
        column = table.column(name)
        if pt.is_temporal(column.type):
            names.append(name)
        elif pt.is_floating(column.type):
            ends = [value for value in pc.min_max(column).as_py().values() if value is not None]
            top = max(map(abs, ends), default=None)
            if top is not None and 2**53 <= top < 1e25:
                large = pc.greater_equal(pc.abs(column), float(2**53))
                rest = pc.drop_null(column.filter(large))
                if (
                    pc.all(pc.equal(pc.floor(rest), rest)).as_py()
                    and pc.mean(large.cast("int8")).as_py() > 0.5
                ):
                    names.append(name)
    return names


def _explained(error: Exception, path: Path) -> TsmError:
    text = str(error).splitlines()[0]
    match = re.search(r"Expected (\d+) columns, got (\d+)(.*)", text)
    if match:
        row = re.search(r"Row #(\d+)", text)
        line = match.group(3).lstrip(": ")[:80]
        at = f"Row {int(row.group(1)):,}" if row else f"A row ('{line}')" if line else "A row"
        return TsmError(
            f"{at} of '{path.name}' has {match.group(2)} values, not {match.group(1)} as there are columns.",
            remedy="Mend that row (a delimiter inside a text needs quotes), or the file is cut off.",
            where=path.name,
        )
    if "Empty CSV" in text:
        return TsmError(f"'{path.name}' has column names but no rows.", where=path.name)
    return TsmError(f"'{path.name}' can't be read as text columns: {text.rstrip('.')}.", where=path.name)


def _said(header: ecsv.Header) -> dict[str, dict[str, str]]:
    """Units, descriptions and which columns are text, as an ECSV header states."""
    said = {}
    for name, item in header.columns.items():
        said[name] = {key: str(item[key]) for key in ("unit", "description") if item.get(key)}
        if str(item.get("datatype", "")) == "string":
            said[name]["kind"] = "text"
    return said


def _with_metadata(table: Any, said: dict[str, dict[str, str]]) -> Any:
    for i, field in enumerate(table.schema):
        info = {key: value for key, value in said.get(field.name, {}).items() if key != "kind"}
        if info:
            table = table.set_column(i, field.with_metadata(info), table.column(i))
    return table
