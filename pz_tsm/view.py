"""A table to look at: its summary, windows of rows sorted and filtered over all rows, whole columns as Arrow.

The engine makes a ``View`` of a memory-mapped file, a notebook widget of a table in memory; both answer the
same questions with the same bytes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pz_tsm import arrays, codes, summary
from pz_tsm.errors import TsmError
from pz_tsm.stream import Mapped, Stream

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

MAX_WINDOW = 10_000  # rows in one window
KEPT = 6  # sorted orders and selections remembered
SLICE = 500_000  # rows searched before it is asked whether anybody still waits


@dataclass(frozen=True)
class Window:
    """Some consecutive rows of those that pass. ``total``: how many pass in all."""

    table: pa.Table
    start: int
    total: int

    @property
    def ipc(self) -> bytes:
        return Stream(self.table).read()


class Cancelled(Exception):
    """Nobody waits for the answer any more."""


class View:
    """Answers about one table. Safe to call from several threads; nothing here changes the table."""

    def __init__(
        self,
        table: pa.Table,
        info: dict[str, Any] | None = None,
        mapped: Mapped | None = None,
        coded: Mapping[str, pa.Array] | None = None,
        **said: Any,
    ) -> None:
        """``info``: a whole summary made before, of a table in simple types that lies in the file ``mapped``,
        as do its text columns by their codes, ``coded`` (none of those that are not in it).
        Else all that is made when asked for; the summary from ``said`` (see ``describe``)."""
        self._given = table
        self._table = None if info is None else table
        self._info = info
        self._said = said
        self._mapped = mapped
        self._coded: dict[str, pa.Array | None] = dict(coded or {})
        self._all_coded = coded is not None
        self._lock = threading.Lock()
        self._converting, self._making = threading.Lock(), threading.Lock()
        self._kept: OrderedDict[tuple, np.ndarray] = OrderedDict()
        self.schema: pa.Schema = summary.simple(table.slice(0, 0)).schema if info is None else table.schema

    @property
    def table(self) -> pa.Table:
        """The whole table in simple types."""
        with self._converting:
            if self._table is None:
                self._table = summary.simple(self._given)
            return self._table

    @property
    def rows(self) -> int:
        return self._given.num_rows

    def info(self) -> dict[str, Any]:
        """``ITableInfo`` as JSON values, at once: ``pending`` as long as no summaries were made."""
        return self._info or describe(self.schema, self.rows, **self._said)

    def summaries(self) -> dict[str, Any]:
        """``ITableInfo`` with every column's range, counts and histogram."""
        with self._making:
            if self._info is None:
                table = self.table
                columns = summary.columns(table)
                self._info = describe(table.schema, self.rows, columns=columns, **self._said)
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
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Window:
        """Rows from ``start`` of those that pass ``where`` and hold ``search``, in sorted order.

        Nulls come last either way; equal rows keep the table's order. At most ``MAX_WINDOW`` rows.
        TsmError names an unknown column or what is wrong with the condition. Cancelled, as soon as it can be,
        when ``cancelled()`` turns true.
        """
        names = self._known(columns) if columns is not None else self.schema.names
        count = max(0, min(count, MAX_WINDOW))
        rows = self._rows(sort, descending, where or "", (search or "").strip(), cancelled)
        total = self.rows if rows is None else len(rows)
        start = max(0, min(start, total))
        if rows is not None:
            part = self.table.select(names).take(arrays.integers(rows[start : start + count]))
        elif self._table is not None:
            part = self._table.select(names).slice(start, count)
        else:  # a first look: the rest of the table is not touched
            part = summary.simple(self._given.slice(start, count)).select(names)
        return Window(part, start, total)

    def columns(self, names: list[str]) -> pa.Table:
        """Whole columns, in the order asked for."""
        return self.table.select(self._known(names))

    def stream(self, names: list[str]) -> Stream:
        """Whole columns as an Arrow IPC stream of one record batch; text of few values by its codes."""
        table = self.columns(names)
        for place, name in enumerate(names):
            coded = self._codes(name)
            if coded is not None:
                table = table.set_column(place, table.schema.field(place).with_type(coded.type), coded)
        return Stream(table, self._mapped)

    def passing(self, where: str, sort: str | None = None, descending: bool = False) -> np.ndarray | None:
        """Numbers of the rows for which the condition is true, in order; None: all, as they stand."""
        return self._rows(sort, descending, where, "")

    def _codes(self, name: str) -> pa.Array | None:
        """A text column by its codes, see ``codes.coded``."""
        if name not in self._coded and not self._all_coded:
            self._coded[name] = codes.coded(summary.one_chunk(self.table.column(name)))
        return self._coded.get(name)

    def _known(self, names: list[str]) -> list[str]:
        for name in names:
            if name not in self.schema.names:
                raise unknown_column(name, self.schema.names)
        return names

    def _rows(
        self,
        sort: str | None,
        descending: bool,
        where: str,
        search: str,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> np.ndarray | None:
        """Numbers of the rows that pass, in order; None stands for all rows in the table's own order."""
        if sort is None and not where.strip() and not search:
            return None
        if sort is not None:
            self._known([sort])

        def check() -> None:
            if cancelled():
                raise Cancelled

        return self._keep(
            ("rows", sort, descending, where, search),
            lambda: self._make_rows(sort, descending, where, search, check),
        )

    def _make_rows(self, sort: str | None, descending: bool, where: str, search: str, check):
        import numpy as np

        check()
        passing = None
        if where.strip():
            passing = self.mask(where)
            check()
        if search:
            found = self._keep(("search", search.lower()), lambda: self._search(search, check))
            passing = found if passing is None else passing & found
        if sort is None:
            return np.flatnonzero(passing).astype(_index_type(self.rows))
        check()
        order = self._keep(("order", sort, descending), lambda: self._order(sort, descending))
        check()
        return order if passing is None else order[passing[order]]

    def _order(self, sort: str, descending: bool) -> np.ndarray:
        import pyarrow.compute as pc

        direction = "descending" if descending else "ascending"
        column = summary.one_chunk(self.table.column(sort))
        if summary.column_type(column.type) == "text":
            column = _ranked(column)
        order = pc.sort_indices(column, sort_keys=[("", direction)])  # nulls last
        return arrays.numbers(order).astype(_index_type(self.rows))

    def _search(self, text: str, check: Callable[[], None]) -> np.ndarray:
        """Rows with the text in a text column (whatever the case) or in the digits of an integer one."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        found = np.zeros(self.rows, dtype=bool)
        digits = text.removeprefix("-").isdigit()
        for field in self.table.schema:
            kind = summary.column_type(field.type)
            if kind != "text" and not (kind == "int" and digits):
                continue
            for start in range(0, self.rows, SLICE):
                check()
                column = self.table.column(field.name).slice(start, SLICE)
                if kind == "int":
                    column = pc.cast(column, pa.string())
                hits = pc.match_substring(column, text, ignore_case=True)
                found[start : start + SLICE] |= arrays.truths(hits)
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
    schema: pa.Schema,
    rows: int,
    *,
    columns: list[dict[str, Any]] | None = None,
    id: str = "",
    name: str = "table",
    path: str | None = None,
    roles: dict[str, str] | None = None,
    access: str | None = None,
    citation: str | None = None,
    sampled: dict[str, int] | None = None,
    sentinels: dict[str, list[dict[str, Any]]] | None = None,
) -> dict[str, Any]:
    """``ITableInfo`` of a table in simple types; what is not given is read from the table's own metadata.

    ``columns``: their summaries; without them it is ``pending``. ``sentinels``: column -> values that became
    null when the table was read.
    """
    seen = columns if columns is not None else [summary.unknown(field) for field in schema]
    if sentinels:
        seen = [
            info | {"sentinels": sentinels[info["name"]]} if sentinels.get(info["name"]) else info
            for info in seen
        ]
    said = (schema.metadata or {}).get(b"tsm:citation")
    info: dict[str, Any] = {
        "id": id,
        "name": name,
        "path": path,
        "rows": rows,
        "access": access or summary.access(schema),
        "roles": summary.roles(schema, roles),
        "citation": citation or (said.decode("utf-8", "replace") if said else None),
        "sampled": sampled,
        "columns": seen,
    }
    return info if columns is not None else info | {"pending": True}


def _ranked(column):
    """Text of few different values as its place among them, which sorts in no time; else as it is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if len(pc.unique(column.slice(0, 20_000))) > 2_000:
        return column
    coded = column.dictionary_encode()
    if len(coded.dictionary) > 60_000:
        return column
    place = pc.rank(coded.dictionary, sort_keys="ascending", tiebreaker="dense").cast(pa.uint16())
    return place.take(coded.indices)


def _index_type(rows: int):
    import numpy as np

    return np.int32 if rows < 2**31 else np.int64


def unknown_column(name: str, known: list[str]) -> TsmError:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1, 0.6)
    remedy = f"The nearest name is '{near[0]}'." if near else f"Its columns: {', '.join(known[:12])}."
    return TsmError(f"The table has no column '{name}'.", remedy=remedy, where=name)
