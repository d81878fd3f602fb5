"""Identities: ``row_id`` from xxh64, the split's ``u`` from murmur3, and a digest of a whole table.

All keys are signed int64. ``contract/vectors/ids.json`` and ``split.json`` hold values made with the
reference implementations (PyPI ``xxhash`` and ``mmh3``).
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

SEPARATOR = b"\x1f"
SMALL = 20_000  # rows below which threads gain nothing
BLOCK = 1 << 14  # floats rounded together: they stay in the processor's cache
LARGEST = 300  # power of ten
NULL_TEXT = "\x00null"  # how a null is written into row content; no catalogue's text looks like this


def row_ids(
    catalogue_id: str, key_columns: list[Any] | None, table: pa.Table
) -> tuple[np.ndarray, dict[str, Any]]:
    """A signed int64 for each row of a catalogue; the same when rows are reordered or the file is renamed.

    ``catalogue_id``: the registered id, or ``sha256:...`` of the content. ``key_columns``: Arrow arrays that
    together name a row (such as field and phot_id), or None. The id is xxh64(seed 0) of catalogue id, byte
    1f, key texts joined by 1f. Where a key is missing (a null in every key column) or repeated, those rows
    take the hash of their whole canonical content and an ordinal among identical rows instead.

    Returns the ids and a report {keys: declared or content, missing, repeated, identical, message or None}.
    Raises TsmError on a hash collision.
    """
    import numpy as np
    import pyarrow as pa
    import xxhash

    rows = table.num_rows
    head = catalogue_id.encode() + SEPARATOR
    ids = np.zeros(rows, dtype=np.int64)
    missing = np.zeros(rows, dtype=bool)
    repeated = np.zeros(rows, dtype=bool)
    if key_columns:
        texts, nulls = _key_texts(key_columns)
        missing = nulls
        repeated = ~missing & _repeats(texts)
        plain = ~(missing | repeated)
        xxh = xxhash.xxh64_intdigest
        some = texts if plain.all() else texts.filter(pa.array(plain))
        ids[plain] = _signed([xxh(head + one) for one in some.cast(pa.large_binary()).to_pylist()])
    by_content = (
        ~np.isin(np.arange(rows), np.flatnonzero(~(missing | repeated)))
        if key_columns
        else np.ones(rows, bool)
    )
    identical = 0
    if by_content.any():
        ids[by_content], identical = _content_ids(head, table.take(np.flatnonzero(by_content)))
    _no_collision(ids, catalogue_id)
    n_missing, n_repeated = int(missing.sum()), int(repeated.sum())
    return ids, {
        "keys": "declared" if key_columns else "content",
        "missing": n_missing,
        "repeated": n_repeated,
        "identical": identical,
        "message": _message(bool(key_columns), n_missing, n_repeated, identical),
    }


def _message(declared: bool, missing: int, repeated: int, identical: int) -> str | None:
    parts = []
    if missing or repeated:
        parts.append(
            f"The key column has {missing} missing and {repeated} repeated values: "
            "these rows are identified by their whole content."
        )
    elif not declared:
        parts.append("No key column is declared: rows are identified by their whole content.")
    if identical:
        parts.append(f"{identical} rows repeat another row exactly; they are told apart by an ordinal.")
    return " ".join(parts) or None


def _signed(values: list[int]) -> np.ndarray:
    import numpy as np

    return np.array(values, dtype=np.uint64).view(np.int64)


def _key_texts(key_columns: list[Any]) -> tuple[pa.LargeStringArray, np.ndarray]:
    """One text for each row, its key columns joined by 1f, and whether all of them are null."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [_arrow_texts(column) for column in key_columns]
    nulls = [column.is_null().to_numpy(zero_copy_only=False) for column in columns]
    filled = [pc.fill_null(column, "") for column in columns]
    joined = filled[0]
    if len(filled) > 1:
        joined = pc.binary_join_element_wise(*filled, pa.scalar("\x1f", pa.large_string()))
    return joined, np.logical_and.reduce(nulls)


def _arrow_texts(column: Any) -> pa.LargeStringArray:
    """As ``_texts``, without a Python object for each value where that can be."""
    import pyarrow as pa
    import pyarrow.types as pt

    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pt.is_integer(column.type) or pt.is_string(column.type) or pt.is_large_string(column.type):
        return column.cast(pa.large_string())
    return pa.array(_texts(column), pa.large_string())


def _repeats(texts: pa.LargeStringArray) -> np.ndarray:
    """True where the same text stands in another row too."""
    import numpy as np

    places = texts.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return (np.bincount(places, minlength=1) > 1)[places] if len(places) else np.zeros(0, bool)


def _texts(column: Any) -> list[str | None]:
    """Canonical texts: whole numbers as such (also 12.0), floats by repr, null and NaN as None."""
    import pyarrow as pa
    import pyarrow.types as pt

    kind = column.type.value_type if pt.is_dictionary(column.type) else column.type
    if pt.is_floating(kind):
        values = column.cast(pa.float64()).to_pylist()
        return [
            None if v is None or v != v else str(int(v)) if v == v // 1 and abs(v) < 2**53 else repr(v)
            for v in values
        ]
    if pt.is_boolean(kind):
        return [None if v is None else "true" if v else "false" for v in column.to_pylist()]
    if pt.is_integer(kind) or pt.is_string(kind) or pt.is_large_string(kind):
        return column.cast(pa.large_string()).to_pylist()
    return [None if v is None else str(v) for v in column.to_pylist()]


def _content_ids(head: bytes, table: pa.Table) -> tuple[np.ndarray, int]:
    """xxh64 of each row's canonical content (columns by name) and its ordinal among identical rows."""
    import numpy as np
    import xxhash

    columns = [
        [NULL_TEXT if t is None else t for t in _texts(table.column(name))]
        for name in sorted(table.column_names)
    ]
    xxh, seen, ids, identical = xxhash.xxh64_intdigest, {}, [], 0
    for row in zip(*columns, strict=True):
        content = "\x1f".join(row)
        ordinal = seen.get(content, 0)
        seen[content] = ordinal + 1
        identical += ordinal > 0
        ids.append(xxh(head + content.encode() + (b"\x1f#%d" % ordinal if ordinal else b"")))
    return _signed(ids) if ids else np.zeros(0, np.int64), identical


def _no_collision(ids: np.ndarray, catalogue_id: str) -> None:
    import numpy as np

    if len(np.unique(ids)) != len(ids):
        raise TsmError(
            f"Two rows of catalogue '{catalogue_id}' get the same row_id (a hash collision).",
            remedy="Declare another key column for it, so that its rows get other ids.",
            where=catalogue_id,
        )


def split_u(keys: np.ndarray, seed: int) -> np.ndarray:
    """u in [0, 1) of each int64 key: murmur3_x86_32 of its 8 little-endian bytes, over 2**32."""
    import numpy as np

    words = np.ascontiguousarray(keys, dtype="<i8").view("<u4").reshape(-1, 2)
    with np.errstate(over="ignore"):
        h = np.full(len(words), seed & 0xFFFFFFFF, dtype=np.uint32)
        for word in (words[:, 0], words[:, 1]):
            k = word.astype(np.uint32) * np.uint32(0xCC9E2D51)
            k = (k << np.uint32(15)) | (k >> np.uint32(17))
            h ^= k * np.uint32(0x1B873593)
            h = (h << np.uint32(13)) | (h >> np.uint32(19))
            h = h * np.uint32(5) + np.uint32(0xE6546B64)
        h ^= np.uint32(8)
        h ^= h >> np.uint32(16)
        h *= np.uint32(0x85EBCA6B)
        h ^= h >> np.uint32(13)
        h *= np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
    return h.astype(np.float64) / 2.0**32


def table_digest(table: pa.Table) -> str:
    """sha256 of the table's content, whatever the order of its rows and columns.

    Rows are sorted by row_id, then objectId, where the table has them (else by all columns); columns by name.
    Floats count to 1e-9 relative; null and NaN differ; metadata and the width of a type do not count.
    """
    from pz_tsm.ahead import ahead

    order = order_of(table)

    def canonical(name: str) -> tuple[str, bytes, list[Any]]:
        column = table.column(name).combine_chunks()
        return _canonical(column if order is None else column.take(order))

    names = sorted(table.column_names)
    each = ahead(canonical, names) if table.num_rows > SMALL else map(canonical, names)
    digest = hashlib.sha256(struct.pack("<q", table.num_rows))
    for name, (kind, valid, data) in zip(names, each, strict=True):
        digest.update(f"\n{name}:{kind}\n".encode())
        digest.update(valid)
        for piece in data:
            digest.update(piece)
    return digest.hexdigest()


def order_of(table: pa.Table) -> pa.UInt64Array | None:
    """The places of the rows in order of row_id, then objectId (else of all columns); None if they are so."""
    import pyarrow.compute as pc

    names = table.column_names
    keys = [name for name in ("row_id", "objectId") if name in names] or sorted(names)
    if table.num_rows < 2 or not keys:
        return None
    first = table.column(keys[0])
    if keys[0] in ("row_id", "objectId") and not first.null_count:
        values = first.to_numpy()
        if (values[1:] > values[:-1]).all():
            return None
    return pc.sort_indices(table.select(keys), [(name, "ascending") for name in keys])


def _canonical(column: Any) -> tuple[str, bytes, list[Any]]:
    """Kind, validity bytes and value bytes of a column."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    if pt.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if column.null_count:
        valid = pc.is_valid(column).to_numpy(zero_copy_only=False).tobytes()
    else:
        valid = b"\x01" * len(column)
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
    if not (pt.is_string(column.type) or pt.is_large_string(column.type)):
        column = pa.array([None if v is None else str(v) for v in column.to_pylist()], pa.large_string())
    return "text", valid, [_text_bytes(_filled(column.cast(pa.large_string()), ""))]


def _filled(column: pa.Array, value: Any) -> pa.Array:
    import pyarrow.compute as pc

    return pc.fill_null(column, value) if column.null_count else column


def _text_bytes(texts: pa.LargeStringArray) -> Any:
    """Each text as its length (8 bytes, little-endian) and its UTF-8; no nulls."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(texts):
        return b""
    offsets = np.frombuffer(texts.buffers()[1], "<i8")[texts.offset : texts.offset + len(texts) + 1]
    sizes = pa.py_buffer(np.diff(offsets).astype("<i8"))
    lengths = pa.Array.from_buffers(pa.binary(8), len(texts), [None, sizes]).cast(pa.large_binary())
    joined = pc.binary_join_element_wise(
        lengths, texts.cast(pa.large_binary()), pa.scalar(b"", pa.large_binary())
    )
    ends = np.frombuffer(joined.buffers()[1], "<i8")[joined.offset : joined.offset + len(texts) + 1]
    return memoryview(joined.buffers()[2])[ends[0] : ends[-1]]


def _rounded(values: np.ndarray) -> np.ndarray:
    """Floats to 9 significant digits; -0 as 0, every NaN the same."""
    import numpy as np

    out = np.empty(len(values))
    tens = 10.0 ** np.arange(-LARGEST, LARGEST + 1, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for start in range(0, len(values), BLOCK):
            x = values[start : start + BLOCK]
            power = np.floor(np.log10(np.abs(x)))
            np.clip(power, 8 - LARGEST, 8 + LARGEST, out=power)
            odd = ~np.isfinite(power)
            if odd.any():
                power[odd] = 8
            ten = tens[(8 + LARGEST - power).astype(np.int64)]
            made = out[start : start + BLOCK]
            np.multiply(x, ten, out=made)
            np.rint(made, out=made)
            made /= ten
            plain = np.isfinite(x) & (x != 0)
            if not plain.all():
                made[~plain] = x[~plain]
                made[np.isnan(x)] = np.nan
            made += 0.0
    return out
