"""Tables of a bundle as they are verified: every value looked at, repeating texts as references to a few.

The training set is read column by column, and of those that only its digest and the rules of numbers need
nothing stays: memory that is new costs more time than what is computed in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

MADE = "tsm_id"  # made of two other columns, and so not in a digest


@dataclass(frozen=True)
class Seen:
    """A table that was read: its digest, the ``table`` with the columns that were asked for, its ``schema``
    with all of them, and what was ``found`` in each column."""

    digest: str
    table: pa.Table
    schema: pa.Schema
    found: dict[str, Any]


def read(path: Path) -> pa.Table:
    """A Parquet file whose content is valid throughout; columns of texts that repeat come as dictionaries."""
    import pyarrow.parquet as pq

    file, short = _opened(path)
    table = pq.ParquetFile(path, metadata=file.metadata, read_dictionary=short).read()
    table.validate(full=True)
    return table


def by_column(
    path: Path, keep: Callable[[pa.Field], bool], look: Callable[[pa.Field, pa.ChunkedArray], Any]
) -> Seen:
    """The same of a training set, each column by itself, with ``look`` called for each: by threads, so that
    it may change nothing but what it returns. ``keep`` says which columns stay."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pz_tsm.digest import digest_of, order_of

    file, short = _opened(path)
    schema = file.schema_arrow
    kept: dict[str, pa.ChunkedArray] = {}
    found: dict[str, Any] = {}
    whole = None
    if len(set(schema.names)) < len(schema) or "row_id" not in schema.names:
        whole = read(path)  # all columns order the rows, or a name says nothing

    def column(name: str, dictionary: bool = True) -> pa.ChunkedArray:
        if whole is not None:
            return whole.column(name)
        one = pq.ParquetFile(path, metadata=file.metadata, read_dictionary=short if dictionary else None)
        return one.read(columns=[name], use_threads=False).column(name)

    def seen(name: str) -> pa.ChunkedArray:
        values, field = column(name), schema.field(name)
        values.validate(full=True)
        found[name] = look(field, values)
        if keep(field):
            try:
                kept[name] = values.cast(field.type)
            except pa.ArrowInvalid:  # more text than one piece of an array may hold
                kept[name] = column(name, dictionary=False)
        return values

    names = [name for name in schema.names if name != MADE]
    if MADE in schema.names:
        seen(MADE)
    keys = [name for name in ("row_id", "objectId") if name in schema.names]
    order = order_of(whole if whole is not None else pa.table({name: column(name) for name in keys}))
    digest = digest_of(names, file.metadata.num_rows, seen, order)
    fields = [field for field in schema if field.name in kept]
    table = pa.Table.from_arrays(
        [kept[field.name] for field in fields], schema=pa.schema(fields, metadata=schema.metadata)
    )
    return Seen(digest, table, schema, {name: found[name] for name in schema.names})


def _opened(path: Path) -> tuple[Any, list[str]]:
    """The file, and its columns of texts that repeat; FileNotFoundError if there is none."""
    import pyarrow.parquet as pq

    from pz_tsm.sources.formats.parquet import repeated_texts

    if not path.is_file():
        raise FileNotFoundError
    file = pq.ParquetFile(path)
    return file, repeated_texts(file)
