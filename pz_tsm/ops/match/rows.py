"""Small questions about rows that several parts of match ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.ops.combine.columns import codes

if TYPE_CHECKING:
    import pyarrow as pa


def firsts(row: np.ndarray) -> np.ndarray:
    """Places at which another row begins, in a list ordered by row."""
    if not len(row):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))


def texts(table: pa.Table, name: str) -> np.ndarray:
    """A column's texts as objects, None where it is null, and everywhere if the table hasn't the column."""
    names, code = codes(table, name)
    return np.array([*names, None], dtype=object)[code]


def best_rows(table: pa.Table) -> np.ndarray:
    """Boolean, one a row: it is the best of its group (all are, where nothing was combined)."""
    if "is_best" not in table.column_names:
        return np.ones(table.num_rows, dtype=bool)
    return table["is_best"].fill_null(False).to_numpy()
