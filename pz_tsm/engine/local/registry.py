"""The routes of the registry of public catalogues: search, an entry, count, preview, download."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from pz_tsm.engine.local import registry_models as models
from pz_tsm.engine.local.kept import trim

if TYPE_CHECKING:
    from pz_tsm.engine.local.service import Service

KEPT = 20  # previews on disk


def routes(router: APIRouter, service: Service) -> None:
    """``/local/registry`` and what is below it."""
    from pz_tsm.engine.local.service import absolute, while_connected

    def work(request: Request, what: str, wanted: models.Wanted, **more: Any) -> Any:
        call = service.workers.call("registry", what=what, wanted=wanted.model_dump(), **more)
        return while_connected(request, call)

    @router.get("/registry", responses={200: {"model": models.Registry}})
    async def search(
        text: str | None = None,
        type: str | None = None,
        ra: float | None = None,
        dec: float | None = None,
        radius: float = Query(0, ge=0, le=180),
        zmin: float | None = None,
        zmax: float | None = None,
        rmin: float | None = None,
        rmax: float | None = None,
        release: str | None = None,
    ) -> Response:
        near = None if ra is None or dec is None else (ra % 360, dec, radius)
        said = {"type": type, "near": near, "release": release}
        said |= {"z": _range(zmin, zmax), "rows": _range(rmin, rmax)}
        return _answer(await asyncio.to_thread(found, text, **said))

    @router.get("/registry/downloads", responses={200: {"model": models.ArchiveDownloads}})
    async def downloads() -> Response:
        return JSONResponse({"downloads": service.archives.list()})

    @router.post("/registry/downloads", responses={200: {"model": models.ArchiveDownload}})
    async def download(wanted: models.WantedFile) -> Response:
        folder = absolute(wanted.folder, "folder")
        entry = await asyncio.to_thread(_entry, wanted.entry)
        await asyncio.to_thread(_check, entry, wanted, folder)
        request = {"wanted": wanted.model_dump(exclude={"folder"}), "folder": str(folder)}
        return JSONResponse(service.archives.start(entry.id, entry.name, request))

    @router.post("/registry/downloads/{id}/stop", responses={200: {"model": models.ArchiveDownload}})
    async def stop(id: str) -> Response:
        return JSONResponse(await service.archives.stop(id))

    @router.post("/registry/count", responses={200: {"model": models.Counted}})
    async def count(request: Request, wanted: models.Wanted) -> Response:
        return JSONResponse(await work(request, "count", wanted))

    @router.post("/registry/input", responses={200: {"model": models.RegistryInput}})
    async def input_(request: Request, wanted: models.Wanted) -> Response:
        return JSONResponse(await work(request, "input", wanted))

    @router.post("/registry/preview", responses={200: {"model": models.Previewed}})
    async def preview(request: Request, wanted: models.Wanted) -> Response:
        made = await work(request, "preview", wanted, folder=str(service.archive_previews))
        path = Path(made["path"])
        await asyncio.to_thread(trim, service.archive_previews, "*.parquet", KEPT, [path])
        view = await service.tables.open(path, made["said"])
        info = await asyncio.to_thread(view.info)
        return JSONResponse({"table": info, "changes": made["changes"]})

    @router.get("/registry/{id}", responses={200: {"model": models.Entry}})
    async def entry(id: str) -> Response:
        from pz_tsm.engine.local.registry_answers import full

        return _answer(await asyncio.to_thread(lambda: full(_entry(id))))


def found(text: str | None, **said: Any) -> models.Registry:
    """The entries that fit. A place of own entries that can't be read takes nothing else away: it is told."""
    from pz_tsm.engine.local.registry_answers import brief, releases
    from pz_tsm.sources import registry
    from pz_tsm.sources.registry.search import search

    entries, problems = registry.collected()
    fitting = search(entries, text, **said)
    return models.Registry(
        entries=[brief(one, fitting.unknown.get(one.id, ())) for one in fitting],
        of=len(entries),
        releases=releases(),
        problems=[problem.to_dict() for problem in problems],
    )


def _entry(id: str) -> Any:
    """The entry; TsmError naming near ids."""
    from pz_tsm.sources import registry

    for one in registry.collected()[0]:
        if one.id == id:
            return one
    return registry.entry(id)


def _check(entry: Any, wanted: models.Wanted, folder: Path) -> None:
    """TsmError where it can't be fetched this way, or there is no such folder."""
    from pz_tsm.errors import TsmError
    from pz_tsm.sources.registry import recipe_input

    recipe_input(entry, wanted.access)
    if not folder.is_dir():
        raise TsmError(
            f"There is no folder '{folder.name}'.", remedy="Choose another folder.", where="folder"
        )


def _range(low: float | None, high: float | None) -> tuple[float | None, float | None] | None:
    return None if low is None and high is None else (low, high)


def _answer(model: Any) -> Response:
    return Response(model.model_dump_json(by_alias=True), media_type="application/json")
