"""What stands behind the ``/local`` routes: the reading children, the opened tables and the recipe runs."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.jobs.manager import Jobs
from pz_tsm.engine.local.registry_downloads import Downloads
from pz_tsm.engine.local.tables import Tables
from pz_tsm.engine.local.workers import Workers
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from fastapi import Request

    from pz_tsm.engine.local.models import ExportTable
    from pz_tsm.engine.state import EngineState
    from pz_tsm.view import View


class Service:
    """One per engine; started and stopped with the app."""

    def __init__(self, state: EngineState) -> None:
        self.state = state
        self.workers = Workers()
        cache = os.environ.get("PZ_TSM_CACHE") or Path(state.data) / "cache"
        self.tables = Tables(Path(cache) / "tables", self.workers)
        self.comparisons = Path(cache) / "comparisons"
        self.previews = Path(cache) / "previews"
        self.archive_previews = Path(cache) / "archive-previews"
        self.archives = Downloads()  # public catalogues on their way into files
        self.jobs = Jobs(Path(state.data) / "runs", state)

    async def start(self) -> None:
        await asyncio.to_thread(self.tables.clear)
        await self.jobs.start()
        self._warming = asyncio.create_task(self._warm())

    async def stop(self) -> None:
        await self._warming
        await self.archives.close()
        await self.tables.close()
        await self.jobs.close()
        await self.workers.close()

    async def _warm(self) -> None:
        """What the first request would wait for: a child, and what conditions import (pandas, by Arrow)."""
        await self.workers.warm()
        for name in ("pyarrow.compute", "pz_tsm.expr", "pandas"):
            await asyncio.to_thread(import_module, name)

    def busy(self) -> bool:
        """Whether a run or a download is going on or waits for its turn."""
        return self.jobs.busy() or self.archives.busy()

    async def open_product(self, id: int | str, server: str | None = None) -> View:
        """A product's main file with what it says of its columns; from ``server`` or this engine."""
        if server:
            found = await self.workers.call("fetch", product=id, server=server)
            path, said = Path(found["path"]), found["said"]
        else:
            from pz_tsm.engine.local.products import main_file

            path, said = await asyncio.to_thread(main_file, self.state, id)
        return await self.tables.open(path, said)

    async def export(self, id: str, what: ExportTable, request: Request) -> dict[str, Any]:
        """Save rows of an opened table, in a child; it ends, and nothing is left, if the asker goes away."""
        from pz_tsm.export import part_of

        await self.tables.get(id)
        path = absolute(what.path, "path")
        part = part_of(path)
        said = what.model_dump() | {"path": str(path), "part": str(part)}
        try:
            work = self.workers.call("export", table=str(self.tables.file(id)), **said)
            return await while_connected(request, work)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)  # the child may have been ended

    async def operations(self) -> dict[str, Any]:
        return await self.workers.call("operations")


async def while_connected(request: Request, work: Coroutine[Any, Any, Any]) -> Any:
    """The work's result; it is cancelled when nobody waits for the answer any more."""

    async def disconnected() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    task, gone = asyncio.ensure_future(work), asyncio.ensure_future(disconnected())
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
        return await task
    finally:
        task.cancel()
        gone.cancel()


async def in_thread(request: Request, call: Callable[..., Any], *args: Any) -> Any:
    """What the call gives, in a thread; it is told by ``cancelled`` when nobody waits for it any more."""
    gone = threading.Event()

    async def disconnected() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        gone.set()

    task = asyncio.ensure_future(asyncio.to_thread(call, *args, cancelled=gone.is_set))
    if not (await asyncio.wait({task}, timeout=0.05))[0]:
        watching = asyncio.ensure_future(disconnected())
        try:
            await asyncio.wait({task})
        finally:
            watching.cancel()
    return await task


def absolute(text: str, what: str) -> Path:
    """An absolute path from a request; TsmError for a relative one (the engine has no folder of its own)."""
    try:
        path = Path(text).expanduser()
        os.lstat(path)
    except FileNotFoundError:
        pass
    except (RuntimeError, ValueError, OSError) as error:  # no such user's home, NUL, too long, not allowed
        shown = text.encode("ascii", "backslashreplace").decode()[:200].replace("\0", "\\0")
        why = (error.strerror if isinstance(error, OSError) else None) or "it is no path of this machine"
        raise TsmError(
            f"The {what} '{shown}' can't be used: {why}.", remedy="Give an absolute path.", where=what
        ) from None
    if not path.is_absolute():
        raise TsmError(f"The {what} must be an absolute path, not '{text}'.", where=what)
    return path
