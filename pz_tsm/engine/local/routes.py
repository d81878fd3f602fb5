"""The routes of ``/local``. Heavy work is never done here: children read, threads slice mapped memory."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from pz_tsm.engine.jobs.create import recipe_name
from pz_tsm.engine.jobs.manager import NotNow, TooMany, UnknownRun
from pz_tsm.engine.local import (
    asides,
    compilations,
    counts,
    explain,
    models,
    other_release,
    preview,
    propose,
    registry,
    runs,
)
from pz_tsm.engine.local.arrow import arrow_response
from pz_tsm.engine.local.registry_downloads import UnknownDownload
from pz_tsm.engine.local.service import Service, absolute, in_thread, while_connected
from pz_tsm.engine.local.tables import UnknownTable
from pz_tsm.engine.local.workers import WorkerError
from pz_tsm.errors import TsmError
from pz_tsm.version import version
from pz_tsm.view import Cancelled

ARROW = {
    "content": {"application/vnd.apache.arrow.stream": {}},
    "description": "Arrow IPC stream of one batch",
}
TROUBLE = {status: {"model": models.TroubleAnswer} for status in (400, 401, 404, 409, 429, 500)}


def make_router(service: Service) -> APIRouter:
    """All routes; every request must carry the runtime token."""

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        await service.start()
        try:
            yield
        finally:
            await service.stop()

    router = APIRouter(
        prefix="/local",
        tags=["local"],
        route_class=_route(service.state.token),
        lifespan=lifespan,
        responses=TROUBLE,
    )
    _table_routes(router, service)
    counts.routes(router, service)
    explain.routes(router, service)
    propose.routes(router, service)
    _recipe_routes(router, service)
    compilations.routes(router, service)
    registry.routes(router, service)
    preview.routes(router, service)
    asides.routes(router, service)
    other_release.routes(router, service)
    runs.routes(router, service)

    @router.get("/health", response_model=models.Health)
    async def health() -> dict[str, Any]:
        return {
            "name": "pz-tsm engine",
            "version": version(),
            "pid": os.getpid(),
            "data": str(service.state.data),
            "busy": service.state.busy() or service.busy(),
        }

    @router.api_route(
        "/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False
    )
    async def nothing(path: str) -> Response:
        return trouble(404, f"The engine offers nothing at /local/{path}.")

    return router


def _table_routes(router: APIRouter, service: Service) -> None:
    @router.post("/tables", responses={200: {"model": models.TableInfo}})
    async def open_table(what: models.OpenTable) -> Response:
        if what.file is not None:
            view = await service.tables.open(absolute(what.file, "file"))
        elif what.product is not None:
            view = await service.open_product(what.product, what.server)
        else:
            raise TsmError("Say which table: 'file' (an absolute path) or 'product' (an id).")
        return JSONResponse(await asyncio.to_thread(view.info))

    @router.get("/tables/{id}", responses={200: {"model": models.TableInfo}})
    async def table(id: str) -> Response:
        view = await service.tables.get(id)
        return JSONResponse(await asyncio.to_thread(view.info))

    @router.get("/tables/{id}/window", response_class=Response, responses={200: ARROW})
    async def window(
        request: Request,
        id: str,
        start: int = Query(0, ge=0),
        count: int = Query(200, ge=0),
        columns: str | None = None,
        sort: str | None = None,
        desc: bool = False,
        where: str | None = None,
        search: str | None = None,
    ) -> Response:
        view = await service.tables.get(id)
        names = column_names(columns) if columns is not None else None
        try:
            part = await in_thread(
                request, view.window, start, count, names, sort or None, desc, where, search
            )
        except Cancelled:
            return Response(status_code=499)
        headers = {
            "X-TSM-Total": str(part.total),
            "X-TSM-Start": str(part.start),
            "Cache-Control": "no-store",
        }
        return Response(part.ipc, media_type="application/vnd.apache.arrow.stream", headers=headers)

    @router.get("/tables/{id}/columns", response_class=Response, responses={200: ARROW})
    async def whole_columns(request: Request, id: str, names: str) -> Response:
        view = await service.tables.get(id)
        wanted = column_names(names)
        etag = '"' + hashlib.sha256("\x1f".join((id, *wanted)).encode()).hexdigest()[:32] + '"'
        return await arrow_response(request, etag, lambda: view.stream(wanted))

    @router.post("/tables/{id}/export", responses={200: {"model": models.Exported}})
    async def export_rows(request: Request, id: str, what: models.ExportTable) -> Response:
        return JSONResponse(await service.export(id, what, request))


def _recipe_routes(router: APIRouter, service: Service) -> None:
    @router.get("/ops", responses={200: {"model": models.Operations}})
    async def ops() -> Response:
        return JSONResponse(await service.operations())

    @router.post("/plan", responses={200: {"model": models.Plan}})
    async def plan(request: Request, recipe: models.Recipe) -> Response:
        base = absolute(recipe.base, "base")
        name = recipe_name(recipe.path)
        said = {"text": recipe.text, "base": str(base), "name": name, "server": recipe.server}
        work = service.workers.plan(f"{base} {recipe.path}", **said)
        return JSONResponse(await while_connected(request, work))

    @router.post("/verify", responses={200: {"model": models.Verification}})
    async def verify(bundle: models.BundlePath) -> Response:
        path = absolute(bundle.path, "path")
        return JSONResponse(await service.workers.call("verify", path=str(path)))


def column_names(text: str) -> list[str]:
    """Names from a comma list; a comma (and a percent sign) of a name itself is written ``%2C`` (``%25``)."""
    return [unquote(name) for name in text.split(",") if name]


def _route(token: str | None) -> type[APIRoute]:
    """A route that asks for the runtime token and answers every kind of trouble in words."""

    class LocalRoute(APIRoute):
        def get_route_handler(self) -> Callable:
            inner = super().get_route_handler()

            async def handler(request: Request) -> Response:
                given = request.headers.get("authorization", "").partition(" ")[2].strip()
                if not token or not secrets.compare_digest(given.encode(), token.encode()):
                    return trouble(
                        401, "The engine does not know this token.", "Its token is in runtime.json."
                    )
                try:
                    return await inner(request)
                except (UnknownTable, UnknownRun, UnknownDownload) as error:
                    return trouble(404, error.message, error.remedy, error.where)
                except NotNow as error:
                    return trouble(409, error.message, error.remedy, error.where)
                except TooMany as error:
                    return trouble(429, error.message, error.remedy, error.where)
                except TsmError as error:
                    return trouble(400, error.message, error.remedy, error.where)
                except WorkerError as error:
                    return JSONResponse({"error": error.error}, error.status)
                except RequestValidationError as error:
                    first = error.errors()[0]
                    where = ".".join(str(part) for part in first["loc"][1:])
                    return trouble(
                        400, f"The request is not as expected: {where}: {first['msg']}.", where=where
                    )

            return handler

    return LocalRoute


def trouble(status: int, message: str, remedy: str | None = None, where: str | None = None) -> JSONResponse:
    return JSONResponse({"error": {"message": message, "remedy": remedy, "where": where}}, status)
