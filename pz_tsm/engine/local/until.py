"""A recipe taken to one of its steps in planning mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.ops.base import Context
    from pz_tsm.recipe.model import Recipe


@dataclass
class Taken:
    """``estimated``: the place of a match that was only estimated, after which there are no rows; ``before``:
    the tables that go into it."""

    pipeline: Any
    estimated: int | None = None
    before: dict[str, pa.Table] | None = None


def until(recipe: Recipe, step: int, ctx: Context) -> Taken:
    """Take the recipe to its shared step ``step``, not through it; TsmError where it can't be taken there.

    It stops at a match that is only estimated.
    """
    from pz_tsm.recipe.pipeline import Pipeline, prepare

    pipeline = Pipeline(recipe, ctx)
    for item in recipe.inputs.values():
        pipeline.load(item, ctx)
        for one in item.steps:
            operation, params, place = prepare(one)
            pipeline.call(operation, params, ctx, item.name, place=place)
    for index, one in enumerate(recipe.steps[:step]):
        operation, params, place = prepare(one)
        before = dict(pipeline.tables)
        for name in pipeline.calls(operation):
            report = pipeline.call(operation, params, ctx, name, place=place)
            if report.details.get("estimated") and not pipeline.table.num_rows:
                return Taken(pipeline, index, before)
    return Taken(pipeline)
