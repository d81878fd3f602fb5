"""Stratified: every cell of magnitude, redshift, survey, ... is divided in the same proportions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field, field_validator

from pz_tsm.ids import split_u
from pz_tsm.ops.base import Params
from pz_tsm.ops.cells import cells_of
from pz_tsm.splits import Parts, SplitMethod
from pz_tsm.splits.ranks import SEATS, by_rank, seats_by_cell, unique_keys

if TYPE_CHECKING:
    import pyarrow as pa


class Options(Params):
    cells: dict[str, float | None] = Field(
        {"redshift": 0.1},
        title="Cells",
        description="Columns, or expressions of columns, and how wide their cells are; for texts, such as "
        "survey, no width.",
        min_length=1,
    )

    @field_validator("cells")
    @classmethod
    def _widths(cls, cells: dict[str, float | None]) -> dict[str, float | None]:
        for name, width in cells.items():
            if width is not None and not width > 0:
                raise ValueError(f"the width of '{name}' must be above 0")
        return cells


def assign(keys: np.ndarray, parts: Parts, seed: int, rows: pa.Table, options: Options) -> np.ndarray:
    """In each cell the objects are ranked by hash; no count is farther than one from its share.

    A null or NaN is a cell of its own. An object with several rows lies in the cell of its first row_id.
    """
    import pyarrow as pa

    known, standing, place = unique_keys(keys, rows)
    cell = cells_of(rows.take(pa.array(standing)), options.cells, "options, cells")
    counts = np.bincount(cell) if len(cell) else np.zeros(0, dtype=np.int64)
    smallest = np.full(len(counts), np.iinfo(np.int64).max)
    np.minimum.at(smallest, cell, known)
    start = split_u(smallest, (seed + SEATS) % 2**32)
    seats = seats_by_cell(counts, np.array(list(parts.values())), start)
    return by_rank(known, cell, seats, seed)[place]


METHOD = SplitMethod(
    "stratified",
    "Stratified",
    "Every cell of redshift, magnitude, survey, ... is divided in the same proportions.",
    assign,
    options=Options,
)
