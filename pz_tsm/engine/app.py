"""The engine as an ASGI app: the PZ Server contract under /api, our own front end's services under /local."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pz_tsm.engine.pzserver.answers import Json
from pz_tsm.engine.pzserver.errors import ApiError
from pz_tsm.engine.pzserver.routes import router as pzserver_router
from pz_tsm.engine.state import EngineState
from pz_tsm.errors import TsmError

log = logging.getLogger("pz_tsm.engine")


class PathRules:
    """Collapses repeated slashes (the official client sends ``/api//products/``) and answers HEAD as GET."""

    def __init__(self, app: ASGIApp, state: EngineState) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self.state.last_used = time.monotonic()
        scope = dict(scope)
        if "//" in scope["path"]:
            scope["path"] = re.sub(r"/{2,}", "/", scope["path"])
            scope["raw_path"] = re.sub(rb"/{2,}", b"/", scope.get("raw_path") or b"")
        if scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def no_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, no_body)


def create_app(data: Path, token: str | None) -> FastAPI:
    """The app over a data directory. ``token`` is the runtime token of the admin ``local`` (None: only
    users' tokens)."""
    state = EngineState(Path(data), token)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        state.startup()
        try:
            yield
        finally:
            state.shutdown()

    app = FastAPI(
        title="pz-tsm engine",
        description="A PZ Server of one's own under /api, our own front end's services under /local.",
        version="1",
        openapi_url="/api/schema/",
        docs_url="/api/swagger/",
        redoc_url="/api/redoc/",
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.engine = state
    app.include_router(pzserver_router(state))
    try:
        from pz_tsm.engine.local import router as local_router
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("pz_tsm.engine.local"):
            raise
    else:
        app.include_router(local_router(state))
    _handle_errors(app)
    app.add_middleware(PathRules, state=state)
    return app


def _handle_errors(app: FastAPI) -> None:
    """Every error is JSON: {"detail"} or fields for the contract, {"error": {...}} for our own services."""

    def body(request: Request, message: str, **more: Any) -> dict[str, Any]:
        if request.url.path.startswith("/local/"):
            return {"error": {"message": message, "remedy": None, "where": None, **more}}
        return {"detail": message}

    @app.exception_handler(ApiError)
    async def api_error(request: Request, error: ApiError) -> Response:
        content = error.body
        if request.url.path.startswith("/local/"):
            text = content.get("detail") if isinstance(content, dict) else None
            content = body(request, str(text or content))
        return Json(content, error.status, error.headers)

    @app.exception_handler(TsmError)
    async def tsm_error(request: Request, error: TsmError) -> JSONResponse:
        if request.url.path.startswith("/local/"):
            return JSONResponse({"error": error.to_dict()}, 400)
        return JSONResponse({"error": str(error)}, 400)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        text = str(error.detail)
        if error.status_code == 405:
            text = f'Method "{request.method}" not allowed.'
        elif error.status_code == 404 and text == "Not Found":
            text = "Not found."
        return JSONResponse(body(request, text), error.status_code, error.headers)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        text = "The engine met an unexpected error; its log has the details."
        if request.url.path.startswith("/local/"):
            return JSONResponse(body(request, text), 500)
        return JSONResponse({"error": text}, 500)
