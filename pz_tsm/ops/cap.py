"""cap: at most so many rows of a survey in each cell of magnitude and redshift.

One wide survey would otherwise fill the bright end alone: the photo-z team's training set of DP2 (RTN-124)
takes at most 100 rows of DESI DR1 from each cell of 0.1 mag by 0.1 in redshift.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field, field_validator

from pz_tsm.errors import TsmError
from pz_tsm.ops import parts
from pz_tsm.ops.base import Context, Finding, Operation, Params, Report, Result
from pz_tsm.ops.cells import cells_of
from pz_tsm.splits.ranks import by_rank

if TYPE_CHECKING:
    import pyarrow as pa


class Cap(Params):
    cells: dict[str, float | None] = Field(
        title="Cells",
        description="Columns, or expressions of columns, and how wide their cells are: "
        "{i_gaap1p0Mag: 0.1, redshift: 0.1}.",
        min_length=1,
    )
    surveys: dict[str, int] = Field(
        {}, title="Caps by survey", description="Rows of the survey in a cell, at most: {DESI: 100}."
    )
    others: int | None = Field(
        None,
        ge=0,
        title="Cap of the others",
        description="For each survey that has no cap of its own. Empty: they are not capped.",
    )
    part: str = Field("train", title="Part", description="Rows of this part; the surplus is unused.")
    seed: int | None = Field(None, ge=0, lt=2**32, title="Seed", description="Empty: the recipe's seed.")

    @field_validator("surveys")
    @classmethod
    def _counts(cls, surveys: dict[str, int]) -> dict[str, int]:
        for name, count in surveys.items():
            if count < 0:
                raise ValueError(f"the cap of '{name}' is below 0")
        return surveys


def run(table: pa.Table, params: Cap, ctx: Context) -> Result:
    """The same rows; the surplus of a cell is in the part 'unused'. Which rows stay is drawn by the hash of
    their keys, without replacement."""
    import pyarrow as pa

    if not params.surveys and params.others is None:
        raise TsmError(
            "cap: there is no cap.", remedy="Give 'surveys', or 'others' for all.", where="surveys"
        )
    report = Report("cap", table.num_rows, table.num_rows)
    rows = parts.rows_of(table, params.part, "cap")
    some = table.take(pa.array(rows))
    cell = cells_of(some, params.cells, "cap, cells")
    survey, caps, names = _caps(some, params, report)
    keys = parts.keys_of(table, rows)
    seed = ctx.seed if params.seed is None else params.seed
    own, place = np.unique(cell * len(names) + survey, return_inverse=True)  # the cells of each survey
    seats = caps[own % max(len(names), 1)]
    surplus = by_rank(keys, place.reshape(-1), seats[:, None], parts.stream(seed, "cap")) < 0
    report.set_aside = {
        f"above the cap of {name}": int((surplus & (survey == number)).sum())
        for number, name in enumerate(names)
        if (surplus & (survey == number)).any()
    }
    report.details.update(
        part=params.part,
        kept=int((~surplus).sum()),
        cells=int(cell.max()) + 1 if len(cell) else 0,
        by_survey={
            name: {"rows": int((survey == number).sum()), "kept": int((~surplus & (survey == number)).sum())}
            for number, name in enumerate(names)
        },
        seed=seed,
    )
    return Result(parts.without(table, rows[surplus]), report.close())


def _caps(some: pa.Table, params: Cap, report: Report) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """The number of each row's survey, the cap of each survey, and their names."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from pz_tsm.ops.combine.columns import codes

    if "survey" not in some.column_names:
        raise TsmError("cap: the table has no column 'survey'.", where="survey")
    texts = pc.fill_null(some["survey"].cast(pa.string()), "")
    names, number = codes(pa.table({"survey": texts}), "survey")
    asked = {name.upper(): count for name, count in params.surveys.items()}
    free = np.iinfo(np.int64).max if params.others is None else params.others
    caps = np.array([asked.get(name.upper(), free) for name in names], dtype=np.int64)
    there = {name.upper() for name in names}
    for name in params.surveys:
        if name.upper() not in there and some.num_rows:
            report.findings.append(
                Finding(
                    "warning",
                    f"No row of the part '{params.part}' is of the survey '{name}'.",
                    remedy=f"There are rows of: {', '.join(name for name in names if name)}.",
                    where=name,
                )
            )
    return number, caps, [name or "no survey" for name in names]


OPERATION = Operation(
    name="cap",
    title="Cap",
    summary="At most so many rows of a survey in each cell of magnitude and redshift.",
    params=Cap,
    run=run,
)
