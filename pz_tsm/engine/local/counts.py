"""Counts of a table's plots with all rows, kept beside its decoded columns for the next time it is opened.

The page makes them and says what they answer; here they are only kept, in the table's folder of the cache:
they go when it goes, and what they are of is the table's id.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, JsonValue, ValidationError

from pz_tsm import private
from pz_tsm.engine.local import cache, models
from pz_tsm.engine.local.tables import UnknownTable
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from pathlib import Path

    from pz_tsm.engine.local.service import Service

FILE = "counts.json"
LIMIT = 2**20  # bytes of a table's counts
VIEWS = 24


class KeptView(BaseModel, extra="forbid"):
    """``request``: what was to be counted, as JSON; ``result``: the counts, as the page has them."""

    request: str = Field(max_length=4000)
    result: dict[str, JsonValue]


class KeptCounts(BaseModel, extra="forbid"):
    """``made``: the way of counting; ``rows``: of the table. No views: nothing is kept."""

    made: str = Field(max_length=80)
    rows: int = Field(ge=0)
    views: list[KeptView] = Field(max_length=VIEWS)


NOTHING = KeptCounts(made="", rows=0, views=[]).model_dump_json()


def routes(router: APIRouter, service: Service) -> None:
    body: dict[str, Any] = {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/KeptCounts"}}},
        }
    }

    @router.get("/tables/{id}/counts", responses={200: {"model": KeptCounts}})
    async def kept(id: str) -> Response:
        await service.tables.get(id)
        said = await asyncio.to_thread(_read, service.tables.file(id).parent)
        return Response(said, media_type="application/json", headers={"Cache-Control": "no-store"})

    @router.post(
        "/tables/{id}/counts",
        status_code=204,
        response_class=Response,
        responses={413: {"model": models.TroubleAnswer}},
        openapi_extra=body,
    )
    async def keep(request: Request, id: str) -> Response:
        from pz_tsm.engine.local.routes import trouble

        view = await service.tables.get(id)
        given = bytearray()
        async for piece in request.stream():
            given += piece
            if len(given) > LIMIT:
                return trouble(413, f"The counts of a table may have {LIMIT:,} bytes, these have more.")
        counts = _parsed(bytes(given))
        rows = (await asyncio.to_thread(view.info))["rows"]
        if counts.rows != rows:
            raise TsmError(f"These counts are of {counts.rows} rows, the table has {rows}.", where="rows")
        await asyncio.to_thread(_keep, service.tables.file(id).parent, counts.model_dump_json())
        return Response(status_code=204)


def _parsed(given: bytes) -> KeptCounts:
    try:
        return KeptCounts.model_validate_json(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise TsmError(f"These are no counts of plots: {where}: {first['msg']}.", where=where) from None


def _read(folder: Path) -> str:
    try:
        return (folder / FILE).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return NOTHING


def _keep(folder: Path, text: str) -> None:
    # an opened table may be read on after its folder was deleted: nothing is begun there anew
    if not (folder / cache.INFO).exists():
        raise UnknownTable("This table is no longer in the engine's cache.", where=folder.name)
    private.write(folder / FILE, text)
