"""The routes of runs: recipes, and steps that are handed over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from pz_tsm.engine.local import run_models as models

if TYPE_CHECKING:
    from pz_tsm.engine.local.service import Service


def routes(router: APIRouter, service: Service) -> None:
    """Submit, look at, stop, retry and delete runs."""
    from pz_tsm.engine.local.service import absolute

    jobs = service.jobs

    @router.post("/runs", responses={200: {"model": models.Run}})
    async def run(recipe: models.NewRun) -> Response:
        base = absolute(recipe.base, "base")
        out = absolute(recipe.out, "out") if recipe.out else None
        bundle = absolute(recipe.bundle, "bundle") if recipe.bundle else None
        said = {"path": recipe.path, "out": out, "server": recipe.server, "register": recipe.register_}
        return JSONResponse(await jobs.submit(recipe.text, base, bundle=bundle, **said))

    @router.post("/steps", responses={200: {"model": models.Run}})
    async def step(step: models.NewStep) -> Response:
        absolute(step.base, "base")
        return JSONResponse(await jobs.submit_step(step.model_dump()))

    @router.get("/runs", responses={200: {"model": models.Runs}})
    async def runs() -> Response:
        return JSONResponse({"runs": await asyncio.to_thread(jobs.list)})

    @router.get("/runs/{id}", responses={200: {"model": models.Run}})
    async def one_run(id: str) -> Response:
        return JSONResponse(await asyncio.to_thread(jobs.get, id))

    @router.get("/runs/{id}/log", response_class=PlainTextResponse)
    async def log(id: str) -> Response:
        return PlainTextResponse(await asyncio.to_thread(jobs.log, id))

    @router.post("/runs/{id}/stop", responses={200: {"model": models.Run}})
    async def stop(id: str) -> Response:
        return JSONResponse(await jobs.stop(id))

    @router.post("/runs/{id}/retry", responses={200: {"model": models.Run}})
    async def retry(id: str) -> Response:
        return JSONResponse(await jobs.retry(id))

    @router.post("/runs/{id}/told", responses={200: {"model": models.Run}})
    async def told(id: str) -> Response:
        return JSONResponse(await jobs.told(id))

    @router.delete("/runs/{id}", status_code=204, response_class=Response)
    async def delete(id: str) -> Response:
        await jobs.delete(id)
        return Response(status_code=204)
