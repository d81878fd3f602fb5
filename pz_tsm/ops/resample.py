"""resample: draw from a part so that it lies in magnitudes and colours as a target does.

A self-organising map is learned from the target; from each of its cells so many rows are drawn, by the hash
of their keys and without replacement, that the part's occupation follows the target's. The photo-z team's
test set of DP2 (RTN-124) is made so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from pz_tsm import target as targets
from pz_tsm.ops import parts
from pz_tsm.ops.base import Context, Finding, Operation, Report, Result
from pz_tsm.ops.compared import Compared, compare
from pz_tsm.splits.ranks import by_rank

if TYPE_CHECKING:
    import pyarrow as pa

CELL = {"description": "Cell of the self-organising map", "ucd": "meta.id"}


class Resample(Compared):
    side: int = Field(16, ge=2, le=100, title="Cells a side", description="The map has its square of cells.")
    size: int | None = Field(
        None,
        ge=1,
        title="Size",
        description="Rows to draw. Empty: as many as follow the target within Poisson error in every cell.",
    )
    part: str = Field("test", title="Part", description="Rows of this part; the surplus is unused.")
    seed: int | None = Field(None, ge=0, lt=2**32, title="Seed", description="Empty: the recipe's seed.")


def run(table: pa.Table, params: Resample, ctx: Context) -> Result:
    """The same rows with the column ``som_cell``; those that are not drawn are in the part 'unused'.

    Cells of the target in which the part has no row can't be served: the report says which share of the
    target they hold.
    """
    import pyarrow as pa

    sample = targets.read(params.target, ctx.base)
    both = compare(table, sample, params.features, "resample")
    report = Report("resample", table.num_rows, table.num_rows)
    rows = parts.rows_of(table, params.part, "resample")
    good = both.good[rows]
    seed = ctx.seed if params.seed is None else params.seed
    ctx.step(0.1, "the map")
    learned = both.map(params.side, seed)
    ctx.step(0.7, "cells")
    share = np.bincount(learned.cells(both.theirs), minlength=learned.size) / len(both.theirs)
    cell = learned.cells(both.mine[rows[good]])
    available = np.bincount(cell, minlength=learned.size)
    size = most(share, available) if params.size is None else params.size
    seats = drawn(share, available, size)
    keys = parts.keys_of(table, rows[good])
    stays = by_rank(keys, cell, seats[:, None], parts.stream(seed, "resample")) == 0
    surplus = np.ones(len(rows), dtype=bool)
    surplus[np.flatnonzero(good)[stays]] = False
    lacking = int((~good).sum())
    report.set_aside = {
        reason: count
        for reason, count in (
            ("more in its cell than the target asks for", int(surplus.sum()) - lacking),
            ("lacks a feature", lacking),
        )
        if count
    }
    missing = share[available == 0].sum()
    report.details.update(
        part=params.part,
        drawn=int(stays.sum()),
        size=int(size),
        side=params.side,
        features=params.features,
        target=sample.about,
        cells_filled=int((available[share > 0] > 0).sum()),
        cells_of_target=int((share > 0).sum()),
        target_without_rows=float(missing),
        seed=seed,
    )
    if missing > 0.01:
        report.findings.append(
            Finding(
                "warning",
                f"{100 * missing:.1f} % of the target lie in cells in which the part '{params.part}' has no "
                "row: no resampling makes up for them.",
                remedy="Add redshifts there, or cut the target to what the training set can support.",
                where="target",
                code="target-without-rows",
            )
        )
    short = int((seats < np.floor(size * share)).sum() - ((available == 0) & (size * share >= 1)).sum())
    if params.size is not None and short > 0:
        report.findings.append(
            Finding(
                "warning",
                f"{short} cells have fewer rows than a part of {params.size} asks for; they give all.",
                remedy=f"With {most(share, available)} rows every cell follows the target.",
                where="size",
            )
        )
    number = np.full(table.num_rows, -1, dtype=np.int32)
    number[rows[good]] = cell
    table = parts.without(table, rows[surplus])
    column = pa.array(number, mask=number < 0)
    field = pa.field("som_cell", pa.int32(), metadata=CELL)
    if "som_cell" in table.column_names:
        table = table.set_column(table.column_names.index("som_cell"), field, column)
    else:
        table = table.append_column(field, column)
    return Result(table, report.close())


def most(share: np.ndarray, available: np.ndarray) -> int:
    """The largest size at which no cell that has rows falls short of ``size * share`` by more than the
    Poisson error of that number."""
    held = (share > 0) & (available > 0)
    if not held.any():
        return 0
    # x - sqrt(x) = a is solved by x = ((1 + sqrt(1 + 4 a)) / 2)^2: what a rows may stand for
    limit = ((1 + np.sqrt(1 + 4 * available[held])) / 2) ** 2
    return int(np.floor((limit / share[held]).min()))


def drawn(share: np.ndarray, available: np.ndarray, size: int) -> np.ndarray:
    """Rows to draw from each cell: its share of ``size``, rounded, as far as it has them."""
    return np.minimum(np.floor(size * share + 0.5).astype(np.int64), available)


OPERATION = Operation(
    name="resample",
    title="Resample",
    summary="Draw from a part so that it lies in magnitudes and colours as a target does.",
    params=Resample,
    run=run,
)
