"""Routes of what is asked of a recipe beside its plan: its code, and what it covers of a target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from pz_tsm.engine.local import models

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from pz_tsm.engine.local.preview import PreviewSplit
    from pz_tsm.engine.local.service import Service


class CodeOf(models.Recipe):
    """``start``: the folder where the Python will run, from the recipe's own."""

    start: str | None = None


class Code(BaseModel):
    """``cells``: Python, one a step; ``python``: all of it; ``command``: for a shell."""

    cells: list[str]
    python: str
    command: str


class MeasureCoverage(models.Recipe):
    """Of which step; ``table``: a run's training set, for when the plan has no rows (a large match)."""

    step: int = Field(ge=0)
    table: str | None = None


class Measured(BaseModel):
    """``coverage``: as in qa/coverage.json; null where ``source`` is none: nobody has rows to measure."""

    source: Literal["plan", "run", "none"]
    coverage: dict[str, Any] | None


def routes(router: APIRouter, service: Service) -> None:
    """``POST /local/code`` and ``POST /local/coverage``."""
    from pz_tsm.engine.jobs.create import recipe_name
    from pz_tsm.engine.local.service import absolute, while_connected

    @router.post("/code", responses={200: {"model": Code}})
    async def code(what: CodeOf) -> Response:
        base = absolute(what.base, "base")
        file = base / what.path.rpartition("/")[2] if what.path else None
        said = {"text": what.text, "base": str(base), "name": recipe_name(what.path)}
        start = str(base / what.start) if what.start else None
        made = await service.workers.call("code", **said, start=start, path=str(file) if file else None)
        return JSONResponse(made)

    @router.post("/coverage", responses={200: {"model": Measured}})
    async def coverage(request: Request, what: MeasureCoverage) -> Response:
        return JSONResponse(await while_connected(request, of_step(service, "coverage", what)))


def of_step(
    service: Service, method: str, what: MeasureCoverage | PreviewSplit, **more: Any
) -> Awaitable[dict[str, Any]]:
    """A planning child's answer about one step of a recipe, or about the rows of its last run."""
    from pz_tsm.engine.jobs.create import recipe_name
    from pz_tsm.engine.local.service import absolute

    base = absolute(what.base, "base")
    said = {
        "text": what.text,
        "base": str(base),
        "name": recipe_name(what.path),
        "server": what.server,
        "step": what.step,
        "table": str(absolute(what.table, "table")) if what.table else None,
    }
    return service.workers.plan(f"{base} {what.path}", method=method, **said, **more)
