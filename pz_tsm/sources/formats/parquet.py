"""Parquet files."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pz_tsm.sources.files import refuse_repeated, refuse_truncated
from pz_tsm.sources.formats.common import only

SETTLED = 60.0  # seconds since the last change of a file that nobody is taken to write now
DICTIONARY = {"RLE_DICTIONARY", "PLAIN_DICTIONARY"}


def read(path: Path, *, columns: Sequence[str] | None = None, **_: Any) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _source(path) as source:
        file = pq.ParquetFile(source)
        names = _names(file)
        refuse_repeated(names, path.name)
        wanted = only(names, columns, path.name)
        repeating = [name for name in repeated_texts(file) if name in set(wanted)]
        if repeating:
            short = pq.ParquetFile(source, metadata=file.metadata, read_dictionary=repeating)
            try:
                return plain(short.read(columns=wanted).select(wanted))
            except pa.ArrowInvalid:  # more text than one piece of an array may hold, or damage
                pass
        return plain(file.read(columns=wanted).select(wanted))


def repeated_texts(file: Any) -> list[str]:
    """Columns of text that a file holds as a dictionary and short references to it.

    Reading them as what they are and expanding them at the end takes half of the time that Arrow needs to
    read text value by value.
    """
    import pyarrow.types as pt

    kinds = {field.name: field.type for field in file.schema_arrow}
    texts, others = set(), set()
    for group in map(file.metadata.row_group, range(file.metadata.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            name = column.path_in_schema
            if name in kinds and (pt.is_string(kinds[name]) or pt.is_large_string(kinds[name])):
                # a text that stands in full takes 4 bytes and itself; most references take less than 2
                small = column.total_uncompressed_size < 3 * column.num_values
                (texts if small and not DICTIONARY.isdisjoint(column.encodings) else others).add(name)
    return sorted(texts - others)


def names(path: Path) -> list[str]:
    import pyarrow.parquet as pq

    with _source(path) as source:
        return _names(pq.ParquetFile(source))


def _source(path: Path) -> Any:
    """The file, opened; mapped into memory, which saves a copy, unless somebody may be writing it now: a
    mapped file that becomes shorter ends the process that reads it."""
    import pyarrow as pa

    with path.open("rb") as file:
        state = os.fstat(file.fileno())
        file.seek(-min(4, state.st_size), os.SEEK_END)
        if file.read() != b"PAR1":
            raise refuse_truncated(path, "parquet", ": its closing part is missing")
    if abs(time.time() - state.st_mtime) > SETTLED:
        with suppress(OSError):  # not every file system can
            return pa.memory_map(str(path))
    return pa.OSFile(str(path))


def _names(file: Any) -> list[str]:
    return [name for name in file.schema_arrow.names if not name.startswith("__index_level_")]


def plain(table: Any) -> Any:
    """The same table with text as ``string`` (no dictionaries, no large strings), without pandas' notes."""
    import pyarrow as pa
    import pyarrow.types as pt

    for i, field in enumerate(table.schema):
        kind = field.type.value_type if pt.is_dictionary(field.type) else field.type
        if (
            pt.is_large_string(kind)
            or pt.is_string_view(kind)
            or pt.is_binary(kind)
            or pt.is_large_binary(kind)
        ):
            kind = pa.string()
        elif pt.is_float16(kind):
            kind = pa.float32()
        if kind != field.type:
            table = table.set_column(i, field.with_type(kind), table.column(i).cast(kind))
    kept = {key: value for key, value in (table.schema.metadata or {}).items() if key.startswith(b"tsm:")}
    return table.replace_schema_metadata(kept or None)
