"""Objects of a combined table as tables: all of them, or those in conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pz_tsm.explain.group import combined, in_conflict
from pz_tsm.ops.combine.columns import numbers

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Of = tuple["np.ndarray", "np.ndarray", "np.ndarray"]


def conflicts(table: pa.Table) -> pa.Table:
    """The objects whose secure redshifts disagree, by group_id.

    Columns: group_id, row_id (its first row), best (the row that a decision, or the criteria, named; else
    null), ra, dec (deg), n_meas, n_secure, z_spread, surveys and redshifts (as text, of the measurements in
    order of redshift). TsmError if the table is not combined.
    """
    import numpy as np

    combined(table)
    return _objects(table.take(np.flatnonzero(in_conflict(table))), redshifts=True)


def objects(table: pa.Table) -> pa.Table:
    """One row for each object of a combined table, by group_id.

    Columns: group_id, row_id (its first row), best (the row that won, null if none), ra, dec (deg; of the
    best row, else of the first), redshift, z_flag_homogenized and survey of the best row, n_meas, n_secure,
    z_spread, agreement, chain_arcsec (arcsec) and surveys (text, each once). TsmError if it is not combined.
    """
    return _objects(table, redshifts=False)


def _objects(table: pa.Table, redshifts: bool) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    from pz_tsm import arrays

    _, ids, groups = combined(table)
    names, first, group = _grouped(ids, groups)
    best = np.full(len(names), -1, dtype=np.int64)
    if "is_best" in table.column_names:
        rows = np.flatnonzero(arrays.truths(table.column("is_best")))[::-1]
        best[group[rows]] = rows
    none = best < 0
    shown = np.where(none, first, best)
    chosen = pa.array(best, mask=none)
    made: dict[str, Any] = {
        "group_id": pa.array(names),
        "row_id": pa.array(ids[first]),
        "best": pa.array(ids[best] if len(ids) else ids, mask=none),
        "ra": pa.array(numbers(table, "ra")[shown]),
        "dec": pa.array(numbers(table, "dec")[shown]),
    }

    def taken(name: str, rows: Any) -> None:
        if name in table.column_names:
            made[name] = table.column(name).take(rows)

    if not redshifts:
        for name in ("redshift", "z_flag_homogenized", "survey"):
            taken(name, chosen)
    for name in ("n_meas", "n_secure", "z_spread"):
        taken(name, pa.array(first))
    if redshifts:
        z = numbers(table, "redshift")
        order = np.lexsort((ids, z, group))
        if "survey" in table.column_names:
            made["surveys"] = _joined(table.column("survey"), order, group[order], len(names))
        text = pa.array(np.round(z, 6), mask=np.isnan(z)).cast(pa.string())
        made["redshifts"] = _joined(text, order, group[order], len(names))
    else:
        for name in ("agreement", "chain_arcsec"):
            taken(name, pa.array(first))
        if "survey" in table.column_names:
            made["surveys"] = _each_once(table.column("survey"), group, len(names))
    fields = {field.name: field for field in table.schema}
    schema = pa.schema(
        [
            pa.field(name, column.type, metadata=fields[name].metadata if name in fields else None)
            for name, column in made.items()
        ],
        metadata={key: value for key, value in (table.schema.metadata or {}).items() if key == b"tsm:access"},
    )
    return pa.Table.from_arrays(list(made.values()), schema=schema)


def _grouped(ids: np.ndarray, groups: np.ndarray) -> Of:
    """The groups in order, the first row of each, and for every row the number of its group."""
    import numpy as np

    if len(ids) and (ids[1:] > ids[:-1]).all():  # as combine leaves them: a group's first row has its name
        head = np.minimum(np.searchsorted(ids, groups), len(ids) - 1)
        if (ids[head] == groups).all():
            is_head = np.zeros(len(ids), dtype=bool)
            is_head[head] = True
            first = np.flatnonzero(is_head)
            return ids[first], first, (np.cumsum(is_head) - 1)[head]
    return np.unique(groups, return_index=True, return_inverse=True)


def _joined(texts: Any, order: np.ndarray, group: np.ndarray, count: int) -> pa.Array:
    """The texts of each group, in the order given, with ', ' between; 'none' for null."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    taken = pc.fill_null(texts.take(pa.array(order)).cast(pa.string()), "none")
    taken = taken.combine_chunks() if isinstance(taken, pa.ChunkedArray) else taken
    ends = np.r_[0, np.cumsum(np.bincount(group, minlength=count))].astype(np.int32)
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(ends), taken), ", ")


def _each_once(texts: pa.ChunkedArray, group: np.ndarray, count: int) -> pa.Array:
    """The different texts of each group in their natural order, with ', ' between."""
    import numpy as np
    import pyarrow as pa

    from pz_tsm.ops.combine.columns import codes

    names, code = codes(pa.table({"": texts}), "")
    known = code >= 0
    both = np.sort(group[known] * np.int64(max(len(names), 1)) + code[known])
    both = both[np.diff(both, prepend=-1) > 0]  # numpy's unique hashes, which takes far longer
    of_group, which = np.divmod(both, max(len(names), 1))
    return _joined(pa.array(names, pa.string()), which, of_group, count)
