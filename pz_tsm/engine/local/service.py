"""What stands behind the ``/local`` routes: the reading children, the opened tables and the recipe runs."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.jobs.manager import Jobs
from pz_tsm.engine.local.tables import Tables
from pz_tsm.engine.local.workers import Workers
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from pz_tsm.engine.state import EngineState
    from pz_tsm.view import View


class Service:
    """One per engine; started and stopped with the app."""

    def __init__(self, state: EngineState) -> None:
        self.state = state
        self.workers = Workers()
        self.tables = Tables(Path(state.data) / "cache" / "tables", self.workers)
        self.jobs = Jobs(Path(state.data) / "runs")

    async def start(self) -> None:
        await asyncio.to_thread(self.tables.clear)
        await self.jobs.start()
        self._warming = asyncio.create_task(self.workers.warm())

    async def stop(self) -> None:
        await self._warming
        await self.jobs.close()
        await self.workers.close()

    def busy(self) -> bool:
        """Whether a run is going on or waits for its turn."""
        return self.jobs.busy()

    async def open_product(self, id: int | str, server: str | None = None) -> View:
        """A product's main file with what it says of its columns; from ``server`` or this engine."""
        if server:
            found = await self.workers.call("fetch", product=id, server=server)
            path, said = Path(found["path"]), found["said"]
        else:
            from pz_tsm.engine.local.products import main_file

            path, said = await asyncio.to_thread(main_file, self.state, id)
        return await self.tables.open(path, said)

    async def operations(self) -> dict[str, Any]:
        return await self.workers.call("operations")


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
