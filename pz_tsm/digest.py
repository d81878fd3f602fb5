"""A digest of a whole table: the same for the same rows, however they are ordered, typed or kept in memory.

Its definition must not change: the locks of bundles hold digests for years.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

SMALL = 20_000  # rows below which threads gain nothing
BLOCK = 1 << 14  # floats rounded together: they and what is made of them stay in the processor's cache
LARGEST = 300  # power of ten
FEW = 0.1  # of the rows: from so few different texts on, each is written once


def table_digest(table: pa.Table) -> str:
    """sha256 of the table's content, whatever the order of its rows and columns.

    Rows are sorted by row_id, then objectId, where the table has them (else by all columns); columns by name.
    Floats count to 1e-9 relative; null and NaN differ; metadata and the width of a type do not count.
    """
    return digest_of(table.column_names, table.num_rows, table.column, order_of(table))


def digest_of(
    names: Sequence[str], rows: int, column: Callable[[str], pa.ChunkedArray], order: pa.UInt64Array | None
) -> str:
    """As ``table_digest``, of columns that need not be in memory together.

    ``column`` is asked for each of the ``names`` once, by threads; ``order``: see ``order_of``.
    """
    import pyarrow as pa

    from pz_tsm.ahead import ahead

    def canonical(name: str) -> list[tuple[str, bytes, list[Any]]]:
        found = column(name)
        if order is not None:
            return [_canonical(found.combine_chunks().take(order))]
        return [_canonical(piece) for piece in found.chunks or [pa.array([], found.type)]]

    names = sorted(names)
    each = ahead(canonical, names) if rows > SMALL else map(canonical, names)
    digest = hashlib.sha256(struct.pack("<q", rows))
    for name, pieces in zip(names, each, strict=True):
        digest.update(f"\n{name}:{pieces[0][0]}\n".encode())
        for _, valid, _ in pieces:
            digest.update(valid)
        for _, _, data in pieces:
            for part in data:
                digest.update(part)
    return digest.hexdigest()


def order_of(table: pa.Table) -> pa.UInt64Array | None:
    """The places of the rows in order of row_id, then objectId (else of all columns); None if they are so."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    names = table.column_names
    keys = [name for name in ("row_id", "objectId") if name in names] or sorted(names)
    if table.num_rows < 2 or not keys:
        return None
    first = table.column(keys[0])
    if keys[0] in ("row_id", "objectId") and not first.null_count:
        values = first.to_numpy()
        if (values[1:] > values[:-1]).all():
            return None
    columns = [table.column(name) for name in keys]  # references to texts can't be sorted
    some = [one.cast(one.type.value_type) if pt.is_dictionary(one.type) else one for one in columns]
    return pc.sort_indices(pa.table(some, keys), [(name, "ascending") for name in keys])


def _canonical(column: Any) -> tuple[str, bytes, list[Any]]:
    """Kind, validity bytes and value bytes of a column, or of a piece of one."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    if pt.is_dictionary(column.type) and not _is_text(column.type.value_type):
        column = column.cast(column.type.value_type)
    if column.null_count:
        valid = pc.is_valid(column).to_numpy(zero_copy_only=False).tobytes()
    else:
        valid = b"\x01" * len(column)
    if pt.is_dictionary(column.type):
        return "text", valid, [_repeated(column)]
    if pt.is_null(column.type):
        return "null", b"\x00" * len(column), []
    if pt.is_boolean(column.type):
        return "bool", valid, [_filled(column, False).to_numpy(zero_copy_only=False).tobytes()]
    if pt.is_integer(column.type):
        values = _filled(column, 0).to_numpy().astype(np.int64, copy=False)
        return "int", valid, [np.ascontiguousarray(values, "<i8")]
    if pt.is_floating(column.type):
        values = _filled(column.cast(pa.float64()), 0.0).to_numpy()
        return "float", valid, [_rounded(values).astype("<f8", copy=False)]
    if not _is_text(column.type):
        column = pa.array([None if v is None else str(v) for v in column.to_pylist()], pa.large_string())
    return "text", valid, [_text_bytes(_filled(column.cast(pa.large_string()), ""))]


def _is_text(kind: Any) -> bool:
    import pyarrow.types as pt

    return pt.is_string(kind) or pt.is_large_string(kind)


def _filled(column: pa.Array, value: Any) -> pa.Array:
    import pyarrow.compute as pc

    return pc.fill_null(column, value) if column.null_count else column


def _repeated(column: pa.DictionaryArray) -> Any:
    """As ``_text_bytes``, of texts that are references to a few: each of those is written once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = column.dictionary.cast(pa.large_string())
    if texts.null_count or len(texts) > FEW * len(column):
        return _text_bytes(_filled(column.cast(column.type.value_type).cast(pa.large_string()), ""))
    if not len(texts):
        return bytes(8 * len(column))
    found = _with_lengths(texts).take(column.indices)
    return _content(pc.fill_null(found, bytes(8)) if found.null_count else found)


def _text_bytes(texts: pa.LargeStringArray) -> Any:
    """Each text as its length (8 bytes, little-endian) and its UTF-8; no nulls."""
    return _content(_with_lengths(texts)) if len(texts) else b""


def _with_lengths(texts: pa.LargeStringArray) -> pa.LargeBinaryArray:
    """Each text as its length (8 bytes, little-endian) and its UTF-8; no nulls."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    offsets = np.frombuffer(texts.buffers()[1], "<i8")[texts.offset : texts.offset + len(texts) + 1]
    sizes = pa.py_buffer(np.diff(offsets).astype("<i8"))
    lengths = pa.Array.from_buffers(pa.binary(8), len(texts), [None, sizes]).cast(pa.large_binary())
    return pc.binary_join_element_wise(
        lengths, texts.cast(pa.large_binary()), pa.scalar(b"", pa.large_binary())
    )


def _content(joined: pa.LargeBinaryArray) -> memoryview:
    """The bytes of all values, one after the other."""
    import numpy as np

    ends = np.frombuffer(joined.buffers()[1], "<i8")[joined.offset : joined.offset + len(joined) + 1]
    return memoryview(joined.buffers()[2])[ends[0] : ends[-1]]


def _rounded(values: np.ndarray) -> np.ndarray:
    """Floats to 9 significant digits; -0 as 0, every NaN the same."""
    import numpy as np

    out = np.empty(len(values))
    tens = 10.0 ** np.arange(-LARGEST, LARGEST + 1, dtype=np.float64)
    room, places = np.empty(BLOCK), np.empty(BLOCK, dtype=np.int64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for start in range(0, len(values), BLOCK):
            x = values[start : start + BLOCK]
            made = out[start : start + len(x)]
            power, place = room[: len(x)], places[: len(x)]
            np.absolute(x, out=power)
            np.log10(power, out=power)
            np.floor(power, out=power)
            plain = 8 - LARGEST <= power.min() and power.max() <= 8 + LARGEST  # neither 0 nor inf nor NaN
            if not plain:
                np.clip(power, 8 - LARGEST, 8 + LARGEST, out=power)
                power[~np.isfinite(power)] = 8
            np.subtract(8 + LARGEST, power, out=power)
            np.copyto(place, power, casting="unsafe")
            ten = np.take(tens, place, out=power, mode="clip")
            np.multiply(x, ten, out=made)
            np.rint(made, out=made)
            made /= ten
            if not plain:
                some = np.isfinite(x) & (x != 0)
                made[~some] = x[~some]
                made[np.isnan(x)] = np.nan
            made += 0.0
    return out
