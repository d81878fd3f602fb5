"""The header of ECSV, in comments: columns with types, units and meanings, and what is known of the table.

What we export as CSV carries one (``header_text``), and is read back by it to the last bit (``read``): types
as written, null apart from NaN and from empty text.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pz_tsm.sources.formats.common import known_access, only

if TYPE_CHECKING:
    import pyarrow as pa

FIRST = b"# %ECSV"
OURS = "tsm:software"  # stands in the header of what we wrote
DATATYPES = {"double": "float64", "float": "float32"}  # as ECSV calls them
LINES = 200_000  # a header that is longer is no header


@dataclass(frozen=True)
class Header:
    """``columns``: what is said of each, by name; ``meta``: of the table; ``lines``: how many it takes."""

    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)
    lines: int = 0

    @property
    def ours(self) -> bool:
        return OURS in self.meta

    @property
    def access(self) -> dict[str, str] | None:
        return known_access({"tsm:access": self.meta["tsm:access"]}) if "tsm:access" in self.meta else None


def read_header(file: BinaryIO) -> Header:
    """The header that a file begins with; an empty one if it begins otherwise. Reads on to the first row."""
    if not file.readline().startswith(FIRST):
        return Header()
    lines: list[str] = []
    for line in file:
        if not line.startswith(b"#") or len(lines) > LINES:
            break
        lines.append(line[2:].decode("utf-8", "replace"))
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        said = YAML(typ="safe", pure=True).load("".join(lines))
    except YAMLError:
        return Header()
    if not isinstance(said, dict):
        return Header()
    columns = {str(item.get("name")): item for item in said.get("datatype") or [] if isinstance(item, dict)}
    meta = said.get("meta")
    known = {str(key): str(text) for key, text in meta.items()} if isinstance(meta, dict) else {}
    return Header(columns, known, 1 + len(lines))


def field_metadata(said: dict[str, Any]) -> dict[str, str]:
    """Unit, description and, of what we wrote, UCD and photometric state of a column."""
    more = said.get("meta") if isinstance(said.get("meta"), dict) else {}
    plain = {key: said[key] for key in ("unit", "description") if key in said}
    return {key: str(text) for key, text in {**more, **plain}.items() if text}


def header_text(schema: pa.Schema, meta: dict[str, str]) -> str:
    """The header, and the line of names below it."""
    lines = ["%ECSV 1.0", "---", "delimiter: ','", "datatype:"]
    for item in schema:
        known = {key.decode(): text.decode() for key, text in (item.metadata or {}).items()}
        kind = str(item.type)
        said: dict[str, Any] = {"name": item.name, "datatype": DATATYPES.get(kind, kind)}
        said |= {key: known[key] for key in ("unit", "description") if key in known}
        more = {key: text for key, text in known.items() if key not in ("unit", "description")}
        if more:
            said["meta"] = more
        lines.append(f"- {_yaml(said)}")
    lines.append("meta:")
    lines += [f"  {_yaml(key)}: {_yaml(text)}" for key, text in meta.items()]
    lines.append("schema: astropy-2.0")
    names = io.StringIO()
    # quoted where one could be taken for a comment
    quoting = csv.QUOTE_ALL if schema.names[0].lstrip().startswith("#") else csv.QUOTE_MINIMAL
    csv.writer(names, lineterminator="\n", quoting=quoting).writerow(schema.names)
    return "".join(f"# {line}\n" for line in lines) + names.getvalue()


def _yaml(value: Any) -> str:
    """JSON, which is YAML too, but for three characters that end a line there."""
    text = json.dumps(value, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]", lambda m: f"\\u{ord(m.group()):04x}", text)


def names(header: Header) -> list[str]:
    return list(header.columns)


def read(
    path: Path, file: BinaryIO, header: Header, columns: Sequence[str] | None, text: Iterable[str]
) -> Any:
    """A table that we wrote; ``file`` stands at its start. ArrowInvalid if the header no longer fits it."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    for _ in range(header.lines):
        file.readline()
    line = file.readline().decode("utf-8", "replace")
    if next(csv.reader([line]), []) != names(header):
        raise pa.ArrowInvalid("the line of names is not the header's")
    kept = only(names(header), columns, path.name)
    types = {name: pa.type_for_alias(str(said.get("datatype"))) for name, said in header.columns.items()}
    types |= {name: pa.string() for name in text if name in types and not pa.types.is_integer(types[name])}
    if not file.peek(1):
        table = pa.schema([(name, types[name]) for name in kept]).empty_table()
    else:
        table = arrow.read_csv(
            file,
            read_options=arrow.ReadOptions(column_names=names(header), block_size=8 << 20),
            parse_options=arrow.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=arrow.ConvertOptions(
                column_types=types,
                include_columns=kept,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    fields = [item.with_metadata(field_metadata(header.columns[item.name]) or None) for item in table.schema]
    meta = {key: said for key, said in header.meta.items() if key.startswith("tsm:")}
    if header.access is None:
        meta.pop("tsm:access", None)
    return table.cast(pa.schema(fields, metadata=meta))
