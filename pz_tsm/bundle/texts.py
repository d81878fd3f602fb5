"""Columns of text as bytes of one length, as FITS and HDF5 tables keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 1 << 16  # rows set out together: they stay in the processor's cache


def fixed(column: pa.ChunkedArray, *, ascii_only: bool = False) -> np.ndarray:
    """UTF-8 of each text in a numpy array of bytes (at least one long), padded with zeros; null is empty.

    ``ascii_only``: other characters become question marks.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.fill_null(column.cast(pa.large_string()), "").combine_chunks()
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.chunk(0) if texts.num_chunks else pa.array([], pa.large_string())
    if ascii_only and not pc.all(pc.string_is_ascii(texts)).as_py():
        texts = pc.replace_substring_regex(texts, pattern=r"[^\x00-\x7f]", replacement="?")
    ends = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    lengths = np.diff(ends)
    width = max(1, int(lengths.max(initial=0)))
    made = np.zeros((len(texts), width), np.uint8)
    if len(texts) and ends[-1] > ends[0]:
        raw, place = np.frombuffer(texts.buffers()[2], np.uint8), np.arange(width)
        for start in range(0, len(texts), BLOCK):
            rows = slice(start, start + BLOCK)
            used = place < lengths[rows, None]
            made[rows][used] = raw[ends[start] : ends[min(start + BLOCK, len(texts))]]
    return made.reshape(-1).view(f"S{width}")
