"""The engine as the Jupyter server sees it: started in the background when first needed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import httpx

    from pz_tsm.engine.runtime import Runtime


class Engine:
    """``runtime()`` waits for it; ``state()`` says how it is without waiting."""

    def __init__(self, data: str | None, env: dict[str, str]) -> None:
        self._data = data
        self._env = env
        self._starting: asyncio.Task[Runtime] | None = None
        self._client: httpx.AsyncClient | None = None

    def begin(self) -> asyncio.Task[Runtime]:
        """Start or find the engine in the background."""
        if self._starting is None or (self._starting.done() and _failed(self._starting)):
            self._starting = asyncio.create_task(asyncio.to_thread(self._ensure))
        return self._starting

    async def runtime(self) -> Runtime:
        """Where the engine listens; TsmError if it can't be started."""
        return await asyncio.shield(self.begin())

    def lost(self, runtime: Runtime) -> None:
        """That engine does not answer: look for it, or start another, at the next need."""
        task = self._starting
        if task is not None and task.done() and not _failed(task) and task.result() == runtime:
            self._starting = None

    def state(self) -> dict[str, str]:
        task = self.begin() if self._starting is None else self._starting
        if not task.done():
            return {"state": "starting", "message": "The engine is starting."}
        error = task.exception() if not task.cancelled() else TsmError("Starting the engine was given up.")
        if error is None:
            return {"state": "running", "message": ""}
        self._starting = None  # the next question tries again
        return {"state": "failed", "message": str(error)}

    def client(self) -> httpx.AsyncClient:
        """One client for the engine and the PZ Server; it follows no redirect and keeps no cookie."""
        if self._client is None:
            import logging

            import httpx

            logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log download addresses
            self._client = httpx.AsyncClient(
                follow_redirects=False, limits=httpx.Limits(max_connections=32), trust_env=False
            )
        return self._client

    async def close(self) -> None:
        """The engine itself goes on: it serves other labs and ends when idle."""
        if self._client is not None:
            await self._client.aclose()

    def _ensure(self) -> Any:
        import httpx  # noqa: F401  for client(), here in a thread: its import would hold up the server

        from pz_tsm.engine.runtime import ensure

        return ensure(self._data, env=self._env)


def _failed(task: asyncio.Task) -> bool:
    return task.cancelled() or task.exception() is not None
