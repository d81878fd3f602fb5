"""The routes that explain a combined table: why a row has its redshift, and the conflicts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from pz_tsm.engine.local import explain_models as models
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from pz_tsm.engine.local.service import Service
    from pz_tsm.view import View

MOST = 1000  # conflicts in one answer


def routes(router: APIRouter, service: Service) -> None:
    """``why`` and ``conflicts`` of an opened table; 400 in words where it is not combined."""

    @router.get("/tables/{id}/why/{row_id}", responses={200: {"model": models.Why}})
    async def why(id: str, row_id: str) -> Response:
        view = await service.tables.get(id)
        return JSONResponse(await asyncio.to_thread(_why, view, row_id))

    @router.get("/tables/{id}/conflicts", responses={200: {"model": models.Conflicts}})
    async def conflicts(
        id: str, start: int = Query(0, ge=0), count: int = Query(100, ge=0, le=MOST)
    ) -> Response:
        view = await service.tables.get(id)
        return JSONResponse(await asyncio.to_thread(_conflicts, view, start, count))


def _why(view: View, row_id: str) -> dict[str, Any]:
    from pz_tsm.explain import why

    try:
        wanted = int(row_id)
    except ValueError:
        raise TsmError(f"'{row_id}' is no row_id.", remedy="It is a whole number.", where="row_id") from None
    return why(view.table, wanted)


def _conflicts(view: View, start: int, count: int) -> dict[str, Any]:
    from pz_tsm.explain import conflicts
    from pz_tsm.explain.group import records

    found = conflicts(view.table)
    listed = records(found.slice(start, count), tuple(models.Conflict.model_fields))
    return {"total": found.num_rows, "conflicts": listed}
