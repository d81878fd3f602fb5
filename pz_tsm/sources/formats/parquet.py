"""Parquet files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pz_tsm.sources.files import refuse_repeated, refuse_truncated
from pz_tsm.sources.formats.common import only


def read(path: Path, *, columns: Sequence[str] | None = None, **_: Any) -> Any:
    file = _open(path)
    names = _names(file)
    refuse_repeated(names, path.name)
    return plain(file.read(columns=only(names, columns, path.name)).select(only(names, columns, path.name)))


def names(path: Path) -> list[str]:
    return _names(_open(path))


def _open(path: Path) -> Any:
    import pyarrow.parquet as pq

    with path.open("rb") as file:
        file.seek(-min(4, os.fstat(file.fileno()).st_size), os.SEEK_END)
        if file.read() != b"PAR1":
            raise refuse_truncated(path, "parquet", ": its closing part is missing")
    return pq.ParquetFile(path)


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
