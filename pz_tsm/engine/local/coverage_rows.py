"""Coverage of a target where the plan has no rows to measure: by the rows of the last run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.ops.base import Context

# steps that are done again on the rows of the last run; their parameters may have changed since
AGAIN = ("filter", "split", "cap", "resample", "weight")


def measure(
    text: str, base: str, name: str | None, step: int, table: str | None, cancelled: Any
) -> dict[str, Any]:
    """What step ``step`` measures. ``source``: ``plan`` where the plan has rows, else ``run``: of the table
    of the last run, cut as the steps after the match say now; ``none`` where there is no such table."""
    from pz_tsm.engine.local.until import until
    from pz_tsm.ops.base import Context
    from pz_tsm.recipe.model import Recipe
    from pz_tsm.recipe.pipeline import prepare

    recipe = Recipe.parse(text, name)
    if step >= len(recipe.steps) or recipe.steps[step].op != "coverage":
        raise TsmError(f"Step {step + 1} of the recipe does not measure coverage.", where="step")
    ctx = Context(seed=recipe.seed, base=Path(base), planning=True, cancelled=cancelled)
    taken = until(recipe, step, ctx)
    operation, params, _ = prepare(recipe.steps[step])
    if taken.estimated is None:
        (one,) = taken.pipeline.calls(operation)
        report, source = taken.pipeline.call(operation, params, ctx, one), "plan"
    elif table is not None and os.path.exists(table):
        rows = _again(last_run(table), recipe.steps[taken.estimated + 1 : step], ctx)
        report, source = operation.run(rows, params, ctx).report, "run"
    else:
        return {"source": "none", "coverage": None}
    return {"source": source, "coverage": report.details.get("coverage")}


def _again(table: pa.Table, steps: Any, ctx: Context) -> pa.Table:
    from pz_tsm.recipe.pipeline import prepare

    for one in steps:
        if one.op in AGAIN:
            operation, params, _ = prepare(one)
            ctx.step(0.0)
            table = operation.run(table, params, ctx).table
    return table


def last_run(table: str) -> pa.Table:
    """The training set that a run wrote, from the memo if there is one; TsmError if it can't be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pz_tsm.recipe import memo as kept

    memo = kept.current()
    key = kept.address("last run", kept.identity(Path(table)))
    found = memo.get(key) if memo else None
    if found is None:
        try:
            found = pq.read_table(table)
        except (OSError, pa.ArrowInvalid) as error:
            raise TsmError(f"The last run's table can't be read: {error}.", where="table") from None
        if memo:
            memo.put(key, found, found)
    return found
