"""weight: how many target objects each training row stands for.

The density ratio of k nearest neighbours (Lima et al. 2008, MNRAS 390, 118): around each row of the part the
ball that holds its k nearest rows of the part is filled with the target,

    w = N_target(ball) / k * N_part / N_target

so that a weight of 1 says that the row is as common here as there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from pz_tsm import target as targets
from pz_tsm.errors import TsmError
from pz_tsm.ids import split_u
from pz_tsm.ops import parts
from pz_tsm.ops.base import Context, Finding, Operation, Report, Result
from pz_tsm.ops.compared import Compared, compare

if TYPE_CHECKING:
    import pyarrow as pa

SAMPLE = 0x3B7  # a seed of its own: the sample must not follow a split
PLANNED = 20_000  # rows of the part that a plan weighs; the run weighs all
FIELD = {
    "ucd": "stat.weight",
    "description": "Density of the target over that of the part, by k nearest neighbours",
}


class Weight(Compared):
    k: int = Field(20, ge=2, le=1000, title="Neighbours", description="Rows of the part in a ball.")
    part: str = Field("train", title="Part", description="Its rows get a weight, the others none.")


def run(table: pa.Table, params: Weight, ctx: Context) -> Result:
    """The table with the column ``weight``: float32, null where a row is not in the part or lacks a feature.
    Features are scaled by their standard deviation in the target. A plan weighs a sample of a large part,
    drawn by the hash of its rows: their neighbours are further away, the weights smoother."""
    import pyarrow as pa
    from scipy.spatial import cKDTree

    sample = targets.read(params.target, ctx.base)
    both = compare(table, sample, params.features, "weight")
    report = Report("weight", table.num_rows, table.num_rows)
    rows = parts.rows_of(table, params.part, "weight")
    given = rows[both.good[rows]]
    all_given = len(given)
    if ctx.planning and all_given > PLANNED:
        u = split_u(table["row_id"].to_numpy(), SAMPLE)[given]
        given = np.sort(given[np.argsort(u, kind="stable")[:PLANNED]])
    count = len(given)
    weight = np.full(table.num_rows, np.nan)
    if not ctx.planning or count:
        if count <= params.k:
            raise TsmError(
                f"weight: {count} rows of the part '{params.part}' have all features; more than "
                f"{params.k} (k) are needed.",
                where="k",
            )
        scale = np.maximum(both.theirs.std(axis=0), 1e-9)
        here = both.mine[given] / scale
        ctx.step(0.1, "neighbours in the part")
        radius, _ = cKDTree(here).query(here, k=params.k + 1)  # the row itself is the first
        ctx.step(0.4, "neighbours in the target")
        around = cKDTree(both.theirs / scale).query_ball_point(here, radius[:, -1], return_length=True)
        weight[given] = around / params.k * count / len(both.theirs)
    some = weight[given]
    total = some.sum()
    report.details.update(
        part=params.part,
        weighted=all_given,
        k=params.k,
        features=params.features,
        target=sample.about,
        effective_sample_size=float(total**2 / (some**2).sum() * all_given / count) if total > 0 else 0.0,
        zero=int((some == 0).sum()),
    )
    metadata = FIELD
    if count < all_given:
        metadata = {**FIELD, "sampled": str(count / all_given)}
        report.findings.append(
            Finding(
                "note",
                f"The plan weighs {count:,} of the {all_given:,} rows; the run weighs all.",
                where="weight",
            )
        )
    if all_given < len(rows):
        report.findings.append(
            Finding(
                "warning",
                f"{len(rows) - all_given} rows of the part '{params.part}' lack a feature and get no weight.",
                remedy="Filter them out before the split, or use fewer features.",
                where="features",
                count=len(rows) - all_given,
            )
        )
    column = pa.array(weight.astype(np.float32), mask=np.isnan(weight))
    field = pa.field("weight", pa.float32(), metadata=metadata)
    if "weight" in table.column_names:
        table = table.set_column(table.column_names.index("weight"), field, column)
    else:
        table = table.append_column(field, column)
    return Result(table, report.close())


OPERATION = Operation(
    name="weight",
    title="Weight",
    summary="How many target objects each row stands for, by k nearest neighbours.",
    params=Weight,
    run=run,
)
