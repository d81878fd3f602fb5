"""Cells of magnitude, redshift, survey, ...: what stratified splits, caps and coverage count in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa


NONE = np.iinfo(np.int64).min  # the bin of what is null or NaN


def values(table: pa.Table, text: str, what: str = "cells") -> np.ndarray:
    """A column, or an expression of columns such as ``g_mag - r_mag``, as float64 with NaN for nulls.

    TsmError names the column that isn't there, or holds no numbers; ``what`` names who asks.
    """
    import pyarrow as pa

    column = _evaluated(table, text, what)
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        raise TsmError(f"{what}: '{text}' holds no numbers.", where=what)
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=float)


def features(table: pa.Table, texts: list[str], what: str = "features") -> tuple[np.ndarray, np.ndarray]:
    """Values [row, feature], and which rows have all of them."""
    found = np.column_stack([values(table, text, what) for text in texts])
    return found, np.isfinite(found).all(axis=1)


def cells_of(table: pa.Table, cells: dict[str, float | None], what: str = "cells") -> np.ndarray:
    """The number of each row's cell, from 0, in the order of the cells' values.

    ``cells``: columns or expressions, and the width of their bins; None for texts, whose values are the
    bins. What is null or NaN is a bin of its own.
    """
    if not table.num_rows:
        for name, width in cells.items():
            codes(table, name, width, what)
        return np.zeros(0, dtype=np.int64)
    number = np.zeros(table.num_rows, dtype=np.int64)
    for name, width in cells.items():  # one after another, so that the numbers stay small
        code = _ranks(codes(table, name, width, what))
        number = _ranks(number * (code.max() + 1) + code)
    return number


def _ranks(values: np.ndarray) -> np.ndarray:
    """The place of each value among the different ones, from 0; by counting where they lie close together."""
    missing = values == NONE
    has_missing = missing.any()
    low = values[~missing].min() if has_missing and not missing.all() else values.min()
    offset = np.where(missing, -1, values - low) if has_missing else values - low
    span = int(offset.max()) + 1
    if span > 4 * len(values) + 1000:
        return np.unique(values, return_inverse=True)[1].reshape(-1)
    seen = np.zeros(span + 1, dtype=np.int64)
    seen[offset + 1] = 1
    return (np.cumsum(seen) - 1)[offset + 1]


def codes(table: pa.Table, name: str, width: float | None, what: str = "cells") -> np.ndarray:
    """The bin of each row, as whole numbers that sort as the values do."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = _evaluated(table, name, what)
    if width is not None:
        found = values(table, name, what)
        binned = np.full(len(found), NONE)
        finite = np.isfinite(found)
        binned[finite] = np.floor(found[finite] / width + 1e-9).astype(np.int64)
        return binned
    if pa.types.is_floating(column.type):
        raise TsmError(
            f"{what}: '{name}' holds numbers: say how wide its cells are.",
            remedy=f"For example {{{name}: 0.5}}.",
            where=what,
        )
    order = sorted(value for value in pc.unique(column).to_pylist() if value is not None)
    found = pc.index_in(column, pa.array(order, column.type))
    return pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)


def _evaluated(table: pa.Table, text: str, what: str) -> Any:
    import pyarrow as pa

    from pz_tsm import expr

    column: Any
    if text in table.column_names:
        column = table[text]
    else:
        try:
            expr.check(expr.parse(f"({text}) IS NOT NULL"), table.schema)
            column = expr.evaluate_value(text, table)
        except TsmError as error:
            raise TsmError(f"{what}: {error.message}", remedy=error.remedy, where=what) from None
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
