"""coverage: how well a part occupies the magnitudes and colours of a target. No row changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from pz_tsm import target as targets
from pz_tsm.ops import parts
from pz_tsm.ops.base import Context, Finding, Operation, Report, Result
from pz_tsm.ops.compared import Compared

if TYPE_CHECKING:
    import pyarrow as pa

POOR = 0.05  # share of the target in empty cells, from which it is a warning


class CoverageParams(Compared):
    features: list[str] | None = Field(
        None,
        title="Features",
        description="A magnitude, then colours: [i_gaap1p0Mag, g_gaap1p0Mag - r_gaap1p0Mag]. Empty: the "
        "magnitude in i and the colours of neighbouring bands.",
        min_length=2,
    )
    part: str | None = Field(
        None, title="Part", description="Rows of this part. Empty: train, or all best rows before a split."
    )
    side: int = Field(16, ge=2, le=100, title="Cells a side", description="Of the self-organising map.")
    seed: int | None = Field(None, ge=0, lt=2**32, title="Seed", description="Empty: the recipe's seed.")


def run(table: pa.Table, params: CoverageParams, ctx: Context) -> Result:
    """The same table; the report's details hold ``coverage``, which the bundle writes as qa/coverage.json."""
    from pz_tsm import coverage
    from pz_tsm.coverage.meter import default_features

    sample = targets.read(params.target, ctx.base)
    report = Report("coverage", table.num_rows, table.num_rows)
    seed = ctx.seed if params.seed is None else params.seed
    features = params.features or default_features(table, sample)
    if ctx.planning and not table.num_rows:
        sample.check(table, features)
        report.details["estimated"] = True
        report.findings.append(
            Finding("note", "What is covered is known once the match has run.", where="target")
        )
        return Result(table, report.close())
    rows = rows_of(table, params.part)
    ctx.step(0.1, "the target's cells")
    prepared = coverage.prepare(table, sample, features, side=params.side, seed=seed)
    ctx.step(0.6, "counting")
    found = prepared.of(rows)
    found["part"] = params.part or ("train" if "split" in table.column_names else None)
    report.details.update(coverage=found, seed=seed)
    _tell(found, report)
    return Result(table, report.close())


def rows_of(table: pa.Table, part: str | None) -> np.ndarray:
    """Which rows are measured: those of the part, else of train, else the best ones, else all."""
    if part is not None or "split" in table.column_names:
        rows = np.zeros(table.num_rows, dtype=bool)
        rows[parts.rows_of(table, part or "train", "coverage")] = True
        return rows
    if "is_best" in table.column_names:
        return table["is_best"].fill_null(False).to_numpy()
    return np.ones(table.num_rows, dtype=bool)


def _tell(found: dict[str, Any], report: Report) -> None:
    empty, limit = found["frac_target_in_empty_cells"], found["mag_limit_90"]
    to = f"; 90 % of it is supported to {limit:.1f} mag" if limit is not None else ""
    report.findings.append(
        Finding(
            "warning" if empty > POOR else "note",
            f"{100 * empty:.1f} % of the target lie in cells without a training row, "
            f"{100 * found['frac_target_in_sparse_cells']:.1f} % in sparse ones{to}.",
            remedy="Add redshifts there, or say in the paper to which magnitude the set is good."
            if empty > POOR
            else None,
            where="target",
            code="coverage",
        )
    )
    if found["rows_without_features"]:
        report.findings.append(
            Finding(
                "note",
                f"{found['rows_without_features']} rows lack a feature and count nowhere.",
                where="features",
                count=found["rows_without_features"],
            )
        )


OPERATION = Operation(
    name="coverage",
    title="Coverage",
    summary="How well a part occupies the magnitudes and colours of a target.",
    params=CoverageParams,
    run=run,
    main="target",
)
