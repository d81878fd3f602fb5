"""What moving a recipe to another release changes, before it is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from pz_tsm.engine.local import models

if TYPE_CHECKING:
    from pz_tsm.engine.local.service import Service


class MoveTo(models.Recipe):
    """``to``: the release, as a match names it."""

    to: str | dict[str, Any]


class ReleaseNamed(BaseModel):
    name: str
    title: str


class MovedRecipe(BaseModel):
    """``missing``: what the recipe names and ``new`` has not; ``changed``: what is another thing there.
    ``located``: whether its catalogue is at hand, so that its columns could be looked at."""

    old: ReleaseNamed
    new: ReleaseNamed
    located: bool
    missing: list[models.Finding]
    changed: list[models.Finding]


def routes(router: APIRouter, service: Service) -> None:
    """``POST /local/move``: nothing is written."""
    from pz_tsm.engine.jobs.create import recipe_name
    from pz_tsm.engine.local.service import absolute

    @router.post("/move", responses={200: {"model": MovedRecipe}})
    async def move(what: MoveTo) -> Response:
        base = str(absolute(what.base, "base"))
        name = recipe_name(what.path)
        return JSONResponse(
            await service.workers.call("move", text=what.text, base=base, name=name, to=what.to)
        )
