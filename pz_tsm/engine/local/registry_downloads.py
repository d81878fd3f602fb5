"""Public catalogues on their way into files: each in a child of its own, with progress, stopped on demand."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from typing import Any

from pz_tsm.engine.jobs.folder import now
from pz_tsm.errors import TsmError

KEPT = 50  # downloads that are remembered
GRACE = 5.0  # seconds that a child may take to stop
LINE_LIMIT = 2**20
OVERLOAD = 2  # that go on at the same time; services dislike more


class UnknownDownload(TsmError):
    """No such download (404)."""


@dataclass
class Download:
    """See ``registry_models.ArchiveDownload``."""

    entry: str
    name: str
    id: str
    created: str
    ended: str | None = None
    state: str = "running"
    fraction: float | None = None
    message: str = ""
    rows: int | None = None
    bytes: int | None = None
    path: str | None = None
    trouble: dict[str, Any] | None = None


class Downloads:
    """They go on when the page that asked for them is closed, and end with the engine."""

    def __init__(self) -> None:
        self._all: dict[str, Download] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._children: dict[str, asyncio.subprocess.Process] = {}
        self._turns = asyncio.Semaphore(OVERLOAD)

    def busy(self) -> bool:
        return bool(self._tasks)

    def list(self) -> list[dict[str, Any]]:
        """Newest first."""
        return [asdict(one) for one in reversed(self._all.values())]

    def start(self, entry: str, name: str, request: dict[str, Any]) -> dict[str, Any]:
        """Begin one; ``request``: what the child gets."""
        one = Download(entry, name, os.urandom(6).hex(), now())
        self._all[one.id] = one
        ended = [old for old in self._all.values() if old.state != "running"]
        for old in ended[: max(0, len(self._all) - KEPT)]:
            del self._all[old.id]
        self._tasks[one.id] = asyncio.create_task(self._run(one, request))
        return asdict(one)

    async def stop(self, id: str) -> dict[str, Any]:
        """End one, and wait until it has ended."""
        one = self._all.get(id)
        if one is None:
            raise UnknownDownload("This download is not known.", remedy="Start it again.", where=id)
        task = self._tasks.get(id)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        return asdict(one)

    async def close(self) -> None:
        for id in list(self._tasks):
            await self.stop(id)

    async def _run(self, one: Download, request: dict[str, Any]) -> None:
        try:
            one.message = "waiting for another download"
            async with self._turns:
                one.message = "asking the service"
                await self._carry(one, request)
        except asyncio.CancelledError:
            one.state = "stopped"
        finally:
            one.ended = one.ended or now()
            self._tasks.pop(one.id, None)

    async def _carry(self, one: Download, request: dict[str, Any]) -> None:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pz_tsm.engine.local.registry_child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_LIMIT,
            start_new_session=True,
        )
        assert child.stdin is not None and child.stdout is not None
        try:
            child.stdin.write(json.dumps(request).encode() + b"\n")
            await child.stdin.drain()
            async for line in child.stdout:
                self._told(one, json.loads(line))
            code = await child.wait()
            if one.state == "running":
                one.state = "failed"
                one.trouble = {
                    "message": f"The process that fetched it ended unexpectedly (code {code}).",
                    "remedy": "Start it again: what has come is kept.",
                    "where": None,
                }
        finally:
            await _ended(child)

    def _told(self, one: Download, said: dict[str, Any]) -> None:
        for key in ("fraction", "message", "rows"):
            if said.get(key) is not None:
                setattr(one, key, said[key])
        if "done" in said:
            one.state, one.fraction = "done", 1.0
            for key, value in said["done"].items():
                setattr(one, key, value if value is not None else getattr(one, key))
        elif "stopped" in said:
            one.state = "stopped"
        elif "trouble" in said:
            one.state, one.trouble = "failed", said["trouble"]
        if one.state != "running":
            one.ended = now()


async def _ended(child: asyncio.subprocess.Process) -> None:
    """End a child with all that it started: asked first, killed then."""
    if child.returncode is not None:
        return
    try:
        os.killpg(child.pid, signal.SIGTERM)
        await asyncio.wait_for(asyncio.shield(child.wait()), GRACE)
    except (ProcessLookupError, TimeoutError):
        pass
    finally:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    await child.wait()
