"""The name of a catalogue that no registry has named: a hash of what it holds, whatever the file.

Order of rows and columns, compression, format (Parquet, FITS, ...) and width of number types do not count, so
that a shuffled or converted copy is the same catalogue.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

NULL = 0x9E3779B97F4A7C15
WHOLE = re.compile(r"0|-?[1-9][0-9]{0,18}")


def content_name(table: pa.Table) -> str:
    """``sha256:`` and 16 hex digits of the multiset of rows."""
    content = Content()
    content.add(table)
    return content.name()


class Content:
    """The name of a content that comes table by table, all with the same columns."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.rows: list[np.ndarray] = []

    def add(self, table: pa.Table) -> None:
        self.names = sorted(table.column_names)
        self.rows.append(row_bits(table))

    def name(self, *, full: bool = False) -> str:
        """``sha256:`` and 16 hex digits of all rows; all 64 digits if ``full``."""
        import numpy as np

        rows = np.sort(np.concatenate(self.rows)) if self.rows else np.zeros(0, dtype=np.uint64)
        digest = hashlib.sha256("\x1f".join(self.names).encode())
        digest.update(rows.astype("<u8").tobytes())
        return f"sha256:{digest.hexdigest()[: 64 if full else 16]}"


def row_bits(table: pa.Table) -> np.ndarray:
    """64 bits for each row: equal for equal values under the same names, whatever their order and width."""
    import numpy as np
    import xxhash

    rows = np.zeros(table.num_rows, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for name in sorted(table.column_names):
            seed = np.uint64(xxhash.xxh64_intdigest(name.encode()))
            rows = _mix(rows * np.uint64(0x100000001B3) + _mix(_bits(table.column(name)) ^ seed))
    return rows


def _mix(x: np.ndarray) -> np.ndarray:
    """splitmix64's finaliser, vectorised."""
    import numpy as np

    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _bits(column: pa.ChunkedArray) -> np.ndarray:
    """64 bits for each value: equal for equal values, null and NaN alike."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    null = pc.is_null(column, nan_is_null=True).to_numpy(zero_copy_only=False)
    if pt.is_boolean(column.type):
        column = column.cast(pa.int8())
    if pt.is_integer(column.type):
        whole = pc.fill_null(column, 0).to_numpy()
        bits = (whole.astype(np.float64) + 0.0).view(np.uint64)
        large = np.abs(whole.astype(np.float64)) >= 2.0**53
        bits = np.where(large, whole.astype(np.uint64, casting="unsafe"), bits)
    elif pt.is_floating(column.type):
        bits = (pc.fill_null(column.cast(pa.float64()), 0.0).to_numpy() + 0.0).view(np.uint64).copy()
    elif pt.is_null(column.type):
        bits = np.zeros(len(column), np.uint64)
    else:  # text; whole numbers in it (ids from a text file) count as numbers
        codes = column.cast(pa.string()).combine_chunks().dictionary_encode()
        codes = codes.combine_chunks() if isinstance(codes, pa.ChunkedArray) else codes
        texts = np.array([_text_bits(t) for t in codes.dictionary.to_pylist()] or [0], np.uint64)
        bits = texts[pc.fill_null(codes.indices, 0).to_numpy(zero_copy_only=False)]
    return np.where(null, np.uint64(NULL), bits)


def _text_bits(text: str) -> int:
    import numpy as np
    import xxhash

    if WHOLE.fullmatch(text) and -(2**63) <= int(text) < 2**63:
        number = int(text)
        return number % 2**64 if abs(float(number)) >= 2.0**53 else int(np.float64(number).view(np.uint64))
    return xxhash.xxh64_intdigest(text.encode())
