"""Columns out of rows of fixed length, as FITS and VOTable's BINARY keep them: big-endian, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

BLOCK = 1 << 20  # bytes of rows taken apart together: they stay in the processor's cache


@dataclass(frozen=True)
class Cell:
    """Where a column stands in a row, and how: ``dtype`` is numpy's, such as ``>i4`` or ``S8``; ``size``:
    entries of an array (1: a plain value)."""

    name: str
    offset: int
    dtype: str
    size: int = 1


def take(
    fill: Callable[[memoryview], int], rows: int, width: int, cells: Sequence[Cell]
) -> dict[str, np.ndarray]:
    """The columns of ``rows`` rows of ``width`` bytes, in this machine's byte order; arrays are of two
    dimensions.

    ``fill`` puts the next bytes into a buffer and says how many. EOFError if they end early.
    """
    import numpy as np

    shapes = [(cell.size,) if cell.size > 1 else () for cell in cells]
    layout = np.dtype(
        {
            "names": [cell.name for cell in cells],
            "formats": [(cell.dtype, shape) for cell, shape in zip(cells, shapes, strict=True)],
            "offsets": [cell.offset for cell in cells],
            "itemsize": width,
        }
    )
    made = {
        cell.name: np.empty((rows, *shape), np.dtype(cell.dtype).newbyteorder("="))
        for cell, shape in zip(cells, shapes, strict=True)
    }
    step = max(1, BLOCK // max(width, 1))
    buffer = bytearray(min(step, rows) * width)
    for start in range(0, rows, step):
        view = memoryview(buffer)[: min(step, rows - start) * width]
        if fill(view) != len(view):
            raise EOFError("it ends before its last row")
        block = np.frombuffer(view, layout)
        for name, values in made.items():
            values[start : start + len(block)] = block[name]
    return made
