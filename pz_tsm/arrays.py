"""Between Arrow and numpy without copies, and without pandas: Arrow's own ways import it (a second)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


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


def _names() -> dict[str, str]:
    return {"double": "float64", "float": "float32", "halffloat": "float16"}
