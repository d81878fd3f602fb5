"""The engine's side of its reading children: warm processes, one request each at a time."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import Any

KEPT = 2  # children that wait for the next request
LINE_LIMIT = 256 * 2**20  # bytes of one answer


class WorkerError(Exception):
    """What a worker answered instead of a result. ``error``: message, remedy, where; ``status``: HTTP."""

    def __init__(self, error: dict[str, Any], status: int) -> None:
        super().__init__(error["message"])
        self.error = error
        self.status = status


class Workers:
    """At most ``size`` children; a request that finds all busy waits. A cancelled request ends its child.

    There are more than files are decoded at the same time: a plan does not wait for them.
    """

    def __init__(self, size: int = 5) -> None:
        self._free: list[asyncio.subprocess.Process] = []
        self._busy: set[asyncio.subprocess.Process] = set()
        self._turn = asyncio.Semaphore(size)

    async def warm(self) -> None:
        """Have one child ready, so that the first request does not wait for its imports."""
        if not self._free and not self._busy:
            self._free.append(await self._spawn())

    async def call(self, method: str, **args: Any) -> Any:
        """The method's result; WorkerError if it failed or its process died."""
        async with self._turn:
            child = await self._take()
            self._busy.add(child)
            try:
                child.stdin.write(json.dumps({"method": method, "args": args}).encode() + b"\n")
                await child.stdin.drain()
                line = await child.stdout.readline()
            except (ConnectionError, ValueError):
                line = b""
            except asyncio.CancelledError:
                _end(child)
                raise
            finally:
                self._busy.discard(child)
        if not line.endswith(b"\n"):
            _end(child)
            raise WorkerError(_died(await child.wait()), 500)
        reply = json.loads(line)
        if reply.get("retire") or len(self._free) >= KEPT:
            _end(child)
        else:
            self._free.append(child)
        if "error" in reply:
            raise WorkerError(reply["error"], reply["status"])
        return reply["result"]

    async def close(self) -> None:
        for child in [*self._free, *self._busy]:
            _end(child)
        for child in [*self._free, *self._busy]:
            await child.wait()
        self._free.clear()

    async def _take(self) -> asyncio.subprocess.Process:
        while self._free:
            child = self._free.pop()
            if child.returncode is None:
                return child
        return await self._spawn()

    async def _spawn(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "pz_tsm.engine.local.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_LIMIT,
            start_new_session=True,
        )


def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        try:
            child.kill()
        except ProcessLookupError:
            pass


def _died(code: int) -> dict[str, Any]:
    if code == -signal.SIGKILL:
        return {
            "message": "The process at work on this was ended by the system, probably for lack of memory.",
            "remedy": "Close other notebooks, or use a smaller table.",
            "where": None,
        }
    return {
        "message": f"The process that was working on this ended unexpectedly (code {code}).",
        "remedy": "Try again; the engine's log has the details.",
        "where": None,
    }
