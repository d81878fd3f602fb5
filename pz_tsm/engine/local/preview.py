"""The routes of a split's preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel, Field

from pz_tsm.engine.local import models
from pz_tsm.engine.local.preview_rows import UnknownPreview, kept

if TYPE_CHECKING:
    from pz_tsm.engine.local.service import Service


class PreviewSplit(models.Recipe):
    """Of which step; ``table``: a run's training set, for when the plan has no rows (a large match)."""

    step: int = Field(ge=0)
    magnitude: str | None = None
    table: str | None = None


class SplitPreview(BaseModel):
    """``columns`` and ``parts``: ids of Arrow streams, ``GET /local/previews/{id}``.

    ``source``: whose rows they are: those that the plan has, those before a match that has only been
    estimated, or those of the last run. ``parts`` (int8, -1: unused) is null where a browser works them out
    from key and seed. ``of``: rows in all, of which ``rows`` are shown.
    """

    source: Literal["plan", "before_match", "run"]
    rows: int
    of: int
    key: str
    seed: int
    method: str
    labels: list[str]
    magnitude: str | None
    magnitudes: list[str]
    columns: str
    parts: str | None
    report: models.Report


def routes(router: APIRouter, service: Service) -> None:
    """``POST /local/preview`` and ``GET /local/previews/{id}``."""

    @router.post("/preview", responses={200: {"model": SplitPreview}})
    async def preview(request: Request, what: PreviewSplit) -> Response:
        from pz_tsm.engine.local.asides import of_step
        from pz_tsm.engine.local.service import while_connected

        folder = str(service.previews)
        work = of_step(service, "preview", what, magnitude=what.magnitude, folder=folder)
        return JSONResponse(await while_connected(request, work))

    @router.get("/previews/{id}", response_class=Response)
    async def columns(id: str) -> Response:
        try:
            path = kept(service.previews, id)
        except UnknownPreview as error:
            from pz_tsm.engine.local.tables import UnknownTable

            raise UnknownTable(error.message, remedy=error.remedy) from None
        headers = {"Cache-Control": "private, max-age=31536000, immutable", "ETag": f'"{id}"'}
        return FileResponse(path, media_type="application/vnd.apache.arrow.stream", headers=headers)
