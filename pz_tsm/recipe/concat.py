"""Tables put under each other, with types that lose nothing, and the access that goes with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

ACCESS = ("public", "rubin-data-rights")  # from open to restricted


def access_of(*tables: pa.Table) -> str:
    """The most restrictive access of the tables; what is unknown counts as restricted."""
    said = [(table.schema.metadata or {}).get(b"tsm:access", b"public").decode() for table in tables]
    return max(said, key=lambda name: ACCESS.index(name) if name in ACCESS else len(ACCESS), default="public")


def with_access(table: pa.Table, access: str) -> pa.Table:
    metadata = {key.decode(): value for key, value in (table.schema.metadata or {}).items()}
    return table.replace_schema_metadata({**metadata, "tsm:access": access})


def concat(tables: Sequence[pa.Table]) -> pa.Table:
    """All rows of all tables; a column that one lacks is null there.

    Kinds of number meet in the wider one if that is exact; anything else meets as text.
    """
    import pyarrow as pa

    if len(tables) == 1:
        return tables[0]
    from pz_tsm.ops.combine.table import alike

    fields: dict[str, pa.Field] = {}
    for name in dict.fromkeys(name for table in tables for name in table.column_names):
        having = [table for table in tables if name in table.column_names]
        kind = _common([table.column(name) for table in having])
        metadata = alike([table.schema.field(name).metadata for table in having])
        fields[name] = pa.field(name, kind, metadata=metadata)
    schema = pa.schema(list(fields.values()), metadata=_metadata(tables))
    result = pa.concat_tables([_as(table, schema) for table in tables])
    return with_access(result, access_of(*tables))


def _metadata(tables: Sequence[pa.Table]) -> dict[bytes, bytes]:
    """What the tables that say it say alike, such as the release they are matched to, and all their rules."""
    from pz_tsm.ops.combine.table import rules_of

    said: dict[bytes, set[bytes]] = {}
    for table in tables:
        for key, value in (table.schema.metadata or {}).items():
            said.setdefault(key, set()).add(value)
    same = {key: values.pop() for key, values in said.items() if len(values) == 1 and key != b"tsm:source"}
    return rules_of([table.schema.metadata for table in tables], same) or {}


def _common(columns: list[Any]) -> pa.DataType:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    kinds = {column.type for column in columns if not pt.is_null(column.type)}
    if not kinds:
        return pa.null()
    if len(kinds) == 1:
        return kinds.pop()
    if all(pt.is_integer(kind) for kind in kinds):
        return pa.string() if pa.uint64() in kinds else pa.int64()
    if all(pt.is_floating(kind) for kind in kinds):
        return pa.float64()
    if all(pt.is_integer(kind) or pt.is_floating(kind) for kind in kinds):
        tops = [
            pc.max(pc.abs(column.cast(pa.float64(), safe=False))).as_py()
            for column in columns
            if pt.is_integer(column.type)
        ]
        return pa.float64() if all(top is None or top < 2**53 for top in tops) else pa.string()
    return pa.string()


def _as(table: pa.Table, schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    columns = []
    for item in schema:
        if item.name in table.column_names:
            column = table.column(item.name)
            columns.append(column if column.type == item.type else column.cast(item.type))
        else:
            columns.append(pa.chunked_array([pa.nulls(table.num_rows, item.type)]))
    return pa.Table.from_arrays(columns, schema=schema)


class Positions:
    """Row numbers in the files (``source_row``), kept beside the tables: only one policy of combine asks for
    them.

    They are no content: a shuffled copy of a catalogue is the same catalogue.
    """

    def __init__(self) -> None:
        self._known: list[tuple[Any, Any]] = []

    def take(self, table: pa.Table) -> pa.Table:
        """The table without its column ``source_row``, which is remembered."""
        if "source_row" not in table.column_names:
            return table
        self._known.append((table.column("row_id"), table.column("source_row")))
        return table.drop_columns(["source_row"])

    def give(self, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        """The tables with ``source_row`` again."""
        import numpy as np
        import pyarrow as pa

        if not self._known:
            return dict(tables)
        ids = np.concatenate([one.to_numpy() for one, _ in self._known])
        rows = np.concatenate([one.to_numpy() for _, one in self._known])
        order = np.argsort(ids)
        given = {}
        for name, table in tables.items():
            if "source_row" not in table.column_names and "row_id" in table.column_names and table.num_rows:
                wanted = table.column("row_id").to_numpy()
                at = order[np.clip(np.searchsorted(ids, wanted, sorter=order), 0, len(order) - 1)]
                table = table.append_column("source_row", pa.array(rows[at], mask=ids[at] != wanted))
            given[name] = table
        return given

    def merge(self, others: Sequence[Positions]) -> Positions:
        merged = Positions()
        merged._known = [item for one in (self, *others) for item in one._known]
        return merged
