"""Between Arrow and numpy without copies, and without pandas: Arrow's own ways import it (a second)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

LONG = 20_000  # rows from which threads pay


def numbers(array: pa.Array) -> np.ndarray:
    """The values of an array of numbers that has no nulls; not to be written to."""
    import numpy as np
    import pyarrow as pa

    kind = np.dtype(_names().get(str(array.type), str(array.type)))
    if isinstance(array, pa.ChunkedArray):
        parts = [numbers(chunk) for chunk in array.chunks]
        return parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else np.zeros(0, kind)
    if not len(array):
        return np.zeros(0, kind)
    return np.frombuffer(array.buffers()[1], kind, len(array), array.offset * kind.itemsize)


def truths(array: pa.Array) -> np.ndarray:
    """A boolean array as numpy; null is false."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(array, pa.ChunkedArray):
        return (
            np.concatenate([truths(chunk) for chunk in array.chunks])
            if array.num_chunks
            else np.zeros(0, bool)
        )
    if array.null_count:
        array = pc.coalesce(array, pa.scalar(False))
    if not len(array):
        return np.zeros(0, dtype=bool)
    bits = np.frombuffer(array.buffers()[1], np.uint8)
    return np.unpackbits(bits, count=array.offset + len(array), bitorder="little")[array.offset :].view(bool)


def mask(values: np.ndarray) -> pa.Array:
    """A boolean array of Arrow."""
    import numpy as np
    import pyarrow as pa

    bits = pa.py_buffer(np.packbits(values, bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, bits])


def integers(values: np.ndarray) -> pa.Array:
    """An array of Arrow over the memory of an array of integers."""
    import numpy as np
    import pyarrow as pa

    values = np.ascontiguousarray(values)
    kind = getattr(pa, values.dtype.name)()
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])


def all_differ(values: np.ndarray) -> bool:
    """Whether no value stands twice."""
    import numpy as np

    ordered = np.sort(values)
    return not (ordered[1:] == ordered[:-1]).any()


def distinct(values: np.ndarray) -> np.ndarray:
    """The different integers, ascending; ``numpy.unique`` hashes them, and takes 20 times as long."""
    import numpy as np

    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def beside(tables: Sequence[pa.Table]) -> pa.Table:
    """The columns of tables of equally many rows in one table."""
    import pyarrow as pa

    fields = [field for table in tables for field in table.schema]
    columns = [column for table in tables for column in table.columns]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=tables[0].schema.metadata))


def taken(table: pa.Table, places: pa.Array | np.ndarray) -> pa.Table:
    """``table.take(places)`` in one chunk, with threads for the columns of a long table."""
    import pyarrow as pa

    from pz_tsm.ahead import ahead

    places = places if isinstance(places, pa.Array) else integers(places)

    def one(column: pa.ChunkedArray) -> pa.Array:
        return column.combine_chunks().take(places)

    columns = ahead(one, table.columns) if len(places) >= LONG else map(one, table.columns)
    return pa.Table.from_arrays(list(columns), schema=table.schema)


def _names() -> dict[str, str]:
    return {"double": "float64", "float": "float32", "halffloat": "float16"}
