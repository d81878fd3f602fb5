"""A table to look at: its summary, windows of rows sorted and filtered over all rows, whole columns as Arrow.

The engine makes a ``View`` of a memory-mapped file, a notebook widget of a table in memory; both answer the
same questions with the same bytes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import summary
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

MAX_WINDOW = 10_000  # rows in one window
KEPT = 6  # sorted orders and selections remembered


@dataclass(frozen=True)
class Window:
    """Some consecutive rows of those that pass. ``total``: how many pass in all."""

    table: pa.Table
    start: int
    total: int

    @property
    def ipc(self) -> memoryview:
        return to_ipc(self.table)


class View:
    """Answers about one table. Safe to call from several threads; nothing here changes the table."""

    def __init__(self, table: pa.Table, info: dict[str, Any] | None = None, **said: Any) -> None:
        """``info``: a summary made before (``describe``), else made when first asked for, from ``said``."""
        self.table = summary.simple(table) if info is None else table
        self._info = info
        self._said = said
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple, np.ndarray] = OrderedDict()

    @classmethod
    def open(cls, path: Path, info: dict[str, Any]) -> View:
        """A view of an Arrow file written by ``write``; rows stay on disk until asked for."""
        import pyarrow as pa

        source = pa.memory_map(str(path))
        return cls(pa.ipc.open_file(source).read_all(), info)

    @property
    def rows(self) -> int:
        return self.table.num_rows

    def info(self) -> dict[str, Any]:
        """``ITableInfo`` as JSON values."""
        with self._lock:
            if self._info is None:
                self._info = describe(self.table, **self._said)
            return self._info

    def mask(self, where: str) -> np.ndarray:
        """Boolean array, one value a row: for which rows the condition is true (null counts as not)."""
        from pz_tsm import expr

        return expr.mask(where, self.table)

    def window(
        self,
        start: int = 0,
        count: int = 200,
        columns: list[str] | None = None,
        sort: str | None = None,
        descending: bool = False,
        where: str | None = None,
        search: str | None = None,
    ) -> Window:
        """Rows from ``start`` of those that pass ``where`` and hold ``search``, in sorted order.

        Nulls come last either way; equal rows keep the table's order. At most ``MAX_WINDOW`` rows.
        TsmError names an unknown column or what is wrong with the condition.
        """
        wanted = self.table.select(self._known(columns)) if columns is not None else self.table
        count = max(0, min(count, MAX_WINDOW))
        rows = self._rows(sort, descending, where or "", (search or "").strip())
        total = self.rows if rows is None else len(rows)
        start = max(0, min(start, total))
        part = wanted.slice(start, count) if rows is None else wanted.take(rows[start : start + count])
        return Window(part, start, total)

    def columns(self, names: list[str]) -> pa.Table:
        """Whole columns, in the order asked for."""
        return self.table.select(self._known(names))

    def _known(self, names: list[str]) -> list[str]:
        for name in names:
            if name not in self.table.column_names:
                raise unknown_column(name, self.table.column_names)
        return names

    def _rows(self, sort: str | None, descending: bool, where: str, search: str) -> np.ndarray | None:
        """Numbers of the rows that pass, in order; None stands for all rows in the table's own order."""
        import numpy as np

        if sort is None and not where.strip() and not search:
            return None
        return self._keep(
            ("rows", sort, descending, where, search),
            lambda: self._make_rows(np, sort, descending, where, search),
        )

    def _make_rows(self, np, sort: str | None, descending: bool, where: str, search: str):
        passing = None
        if where.strip():
            passing = self.mask(where)
        if search:
            found = self._keep(("search", search.lower()), lambda: self._search(search))
            passing = found if passing is None else passing & found
        if sort is None:
            return np.flatnonzero(passing).astype(np.int64)
        order = self._keep(("order", sort, descending), lambda: self._order(sort, descending))
        return order if passing is None else order[passing[order]]

    def _order(self, sort: str, descending: bool) -> np.ndarray:
        import numpy as np
        import pyarrow.compute as pc

        self._known([sort])
        direction = "descending" if descending else "ascending"
        order = pc.sort_indices(self.table.column(sort), sort_keys=[("", direction)])  # nulls last
        return np.asarray(order).astype(np.int64)

    def _search(self, text: str) -> np.ndarray:
        """Rows with the text in a text column (whatever the case) or in the digits of an integer one."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        found = np.zeros(self.rows, dtype=bool)
        digits = text.removeprefix("-").isdigit()
        for field in self.table.schema:
            kind = summary.column_type(field.type)
            if kind == "text" or (kind == "int" and digits):
                column = self.table.column(field.name)
                if kind == "int":
                    column = pc.cast(column, pa.string())
                hits = pc.match_substring(column, text, ignore_case=True)
                found |= np.asarray(pc.fill_null(hits, False))
        return found

    def _keep(self, key: tuple, make) -> np.ndarray:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made


def describe(
    table: pa.Table,
    *,
    id: str = "",
    name: str = "table",
    path: str | None = None,
    roles: dict[str, str] | None = None,
    access: str | None = None,
    citation: str | None = None,
    sampled: dict[str, int] | None = None,
) -> dict[str, Any]:
    """``ITableInfo`` of a table in simple types; what is not given is read from the table's own metadata."""
    said = (table.schema.metadata or {}).get(b"tsm:citation")
    return {
        "id": id,
        "name": name,
        "path": path,
        "rows": table.num_rows,
        "access": access or summary.access(table.schema),
        "roles": summary.roles(table.schema, roles),
        "citation": citation or (said.decode("utf-8", "replace") if said else None),
        "sampled": sampled,
        "columns": summary.columns(table),
    }


def to_ipc(table: pa.Table) -> memoryview:
    """The table as an Arrow IPC stream of one record batch, uncompressed."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_batch(one_batch(table))
    return memoryview(sink.getvalue())


def one_batch(table: pa.Table) -> pa.RecordBatch:
    import pyarrow as pa

    arrays = [summary.one_chunk(column) for column in table.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema)


def write(table: pa.Table, path: Path) -> None:
    """Write a table in simple types as an uncompressed Arrow file of one record batch, for ``View.open``."""
    import pyarrow as pa

    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_batch(one_batch(table))


def unknown_column(name: str, known: list[str]) -> TsmError:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1, 0.6)
    remedy = f"The nearest name is '{near[0]}'." if near else f"Its columns: {', '.join(known[:12])}."
    return TsmError(f"The table has no column '{name}'.", remedy=remedy, where=name)
