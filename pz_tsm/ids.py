"""Identities: ``row_id`` from xxh64, and the split's ``u`` from murmur3.

All keys are signed int64. ``contract/vectors/ids.json`` and ``split.json`` hold values made with the
reference implementations (PyPI ``xxhash`` and ``mmh3``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pz_tsm.arrays import all_differ, integers, mask, numbers, truths
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

SEPARATOR = b"\x1f"
PLAIN = 1e-4, 1e9  # floats that Arrow and Python write alike: neither with a power of ten
ROWS = 1 << 16  # rows whose content is written out together
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

    rows = table.num_rows
    head = catalogue_id.encode() + SEPARATOR
    ids = np.zeros(rows, dtype=np.int64)
    missing = np.zeros(rows, dtype=bool)
    repeated = np.zeros(rows, dtype=bool)
    if key_columns:
        texts, missing = _key_texts(key_columns)
        ids = _hashes(head, texts)
        if not all_differ(ids if not missing.any() else ids[~missing]):
            repeated = ~missing & _repeats(texts)
    by_content = missing | repeated if key_columns else np.ones(rows, dtype=bool)
    identical = 0
    if by_content.any():
        ids[by_content], identical = _content_ids(
            head, table if by_content.all() else table.take(integers(np.flatnonzero(by_content)))
        )
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


def _hashes(head: bytes, texts: pa.LargeStringArray) -> np.ndarray:
    """xxh64 of ``head`` and each text."""
    import numpy as np
    import pyarrow as pa
    import xxhash

    xxh = xxhash.xxh64_intdigest
    hashed = (xxh(head + one) for one in texts.cast(pa.large_binary()).to_pylist())
    return np.fromiter(hashed, np.uint64, len(texts)).view(np.int64)


def _key_texts(key_columns: list[Any]) -> tuple[pa.LargeStringArray, np.ndarray]:
    """One text for each row, its key columns joined by 1f, and whether all of them are null."""
    import numpy as np
    import pyarrow.compute as pc

    columns = [_texts(column) for column in key_columns]
    nulls = [truths(column.is_null()) for column in columns]
    return _joined([pc.fill_null(column, "") for column in columns]), np.logical_and.reduce(nulls)


def _joined(columns: list[pa.LargeStringArray]) -> pa.LargeStringArray:
    """Texts without nulls, row by row, with 1f between."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if len(columns) == 1:
        return columns[0]
    return pc.binary_join_element_wise(*columns, pa.scalar("\x1f", pa.large_string()))


def _repeats(texts: pa.LargeStringArray) -> np.ndarray:
    """True where the same text stands in another row too."""
    import numpy as np

    places = numbers(texts.dictionary_encode().indices)
    return (np.bincount(places, minlength=1) > 1)[places] if len(places) else np.zeros(0, bool)


def _texts(column: Any) -> pa.LargeStringArray:
    """Canonical texts: whole numbers as such (also 12.0), floats by repr, null and NaN as null."""
    import pyarrow as pa
    import pyarrow.types as pt

    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pt.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pt.is_floating(kind):
        return _float_texts(column.cast(pa.float64()))
    if pt.is_integer(kind) or pt.is_boolean(kind) or pt.is_string(kind) or pt.is_large_string(kind):
        return column.cast(pa.large_string())
    return pa.array([None if v is None else str(v) for v in column.to_pylist()], pa.large_string())


def _float_texts(column: pa.DoubleArray) -> pa.LargeStringArray:
    """As Python writes them: Arrow writes the same digits, but powers of ten in its own way."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    values = numbers(pc.fill_null(column, float("nan")))
    with np.errstate(invalid="ignore"):
        size = np.abs(values)
        whole = (values == np.floor(values)) & (size < 2**53)
        alike = whole | ((size >= PLAIN[0]) & (size < PLAIN[1]))
    texts = pc.if_else(
        mask(whole),
        integers(np.where(whole, values, 0).astype(np.int64)).cast(pa.large_string()),
        column.cast(pa.large_string()),
    )
    own = ~alike & ~np.isnan(values)
    if own.any():
        written = pa.array([repr(one) for one in values[own].tolist()], pa.large_string())
        texts = pc.replace_with_mask(texts, mask(own), written)
    return pc.if_else(mask(np.isnan(values)), pa.scalar(None, pa.large_string()), texts)


def _content_ids(head: bytes, table: pa.Table) -> tuple[np.ndarray, int]:
    """xxh64 of each row's canonical content (columns by name) and its ordinal among identical rows.

    Only rows that share a hash are compared with each other.
    """
    import numpy as np
    import xxhash

    ids = np.zeros(table.num_rows, dtype=np.int64)
    for start in range(0, table.num_rows, ROWS):
        ids[start : start + ROWS] = _hashes(head, _contents(table.slice(start, ROWS)))
    alike = _twice(ids)
    if not len(alike):
        return ids, 0
    seen: dict[str, int] = {}
    identical = 0
    for row, content in zip(alike.tolist(), _contents(table.take(integers(alike))).to_pylist(), strict=True):
        ordinal = seen.get(content, 0)
        seen[content] = ordinal + 1
        if ordinal:
            identical += 1
            hashed = xxhash.xxh64_intdigest(head + content.encode() + b"\x1f#%d" % ordinal)
            ids[row] = np.uint64(hashed).view(np.int64)
    return ids, identical


def _contents(table: pa.Table) -> pa.LargeStringArray:
    import pyarrow.compute as pc

    return _joined(
        [pc.fill_null(_texts(table.column(name)), NULL_TEXT) for name in sorted(table.column_names)]
    )


def _twice(ids: np.ndarray) -> np.ndarray:
    """Rows whose id stands in another row too, in order."""
    import numpy as np

    order = np.argsort(ids, kind="stable")
    same = ids[order][1:] == ids[order][:-1]
    return np.sort(order[np.append(same, False) | np.append(False, same)])


def _no_collision(ids: np.ndarray, catalogue_id: str) -> None:
    if not all_differ(ids):
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
