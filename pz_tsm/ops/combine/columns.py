"""Columns of a table as numpy: for pairing, and for all that looks at measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


def numbers(table: pa.Table, name: str) -> np.ndarray:
    """A column as float64; NaN for null, and everywhere when the table has no such column."""
    import numpy as np
    import pyarrow as pa

    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    column = table.column(name)
    if not pa.types.is_float64(column.type):
        column = column.cast(pa.float64(), safe=False)  # ids beyond 2**53 lose digits, and that is all
    return column.to_numpy()


def codes(table: pa.Table, name: str) -> tuple[list[str], np.ndarray]:
    """The texts of a column in natural order, and for each row which one it is (-1: null, or no column)."""
    import numpy as np
    import pyarrow as pa

    if name not in table.column_names:
        return [], np.full(table.num_rows, -1, dtype=np.int32)
    column = table.column(name)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    column = pa.chunked_array(column).unify_dictionaries().combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks else pa.array([], column.type)
    names = [str(one) for one in column.dictionary.to_pylist()]
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names) + 1, dtype=np.int32)
    place[order] = np.arange(len(names))
    place[-1] = -1
    index = column.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
    return [names[k] for k in order], place[index]
