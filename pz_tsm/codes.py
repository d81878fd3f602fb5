"""Text that many rows share, as codes into its different values: a byte or two a row on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

MOST = 2**16 - 1  # different values
LOOKED_AT = 20_000  # rows that tell whether it is worth the while


def coded(column: pa.Array) -> pa.DictionaryArray | None:
    """A column of text by its different values, in the order in which they come; null stays null.

    None where that is no smaller: of other types, and where most values are different (identifiers).
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return None
    first = column.slice(0, LOOKED_AT)
    if not len(column) or pc.count_distinct(first).as_py() > len(first) // 2:
        return None
    made = column.dictionary_encode()
    if len(made.dictionary) > min(MOST, len(column) // 2):
        return None
    return pa.DictionaryArray.from_arrays(
        made.indices.cast(_smallest(len(made.dictionary))), made.dictionary.cast(pa.string())
    )


def _smallest(values: int) -> pa.DataType:
    import pyarrow as pa

    return pa.int8() if values <= 2**7 else pa.int16() if values <= 2**15 else pa.int32()
