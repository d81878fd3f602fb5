"""The engine's side of its reading children: warm processes, one request each at a time."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import Any

KEPT = 2  # children that wait for the next request
LINE_LIMIT = 256 * 2**20  # bytes of one answer
LANES = 16  # recipes whose child is remembered
GRACE = 5  # seconds that a plan may take to give up


class WorkerError(Exception):
    """What a worker answered instead of a result. ``error``: message, remedy, where; ``status``: HTTP."""

    def __init__(self, error: dict[str, Any], status: int) -> None:
        super().__init__(error["message"])
        self.error = error
        self.status = status


class _Lane:
    """Requests that go one after another to one child."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.child: asyncio.subprocess.Process | None = None


class Workers:
    """At most ``size`` children; a request that finds all busy waits. A cancelled request ends its child.

    There are more than files are decoded at the same time: a plan does not wait for them.
    """

    def __init__(self, size: int = 5) -> None:
        self._free: list[asyncio.subprocess.Process] = []
        self._busy: dict[asyncio.subprocess.Process, _Lane] = {}
        self._turn = asyncio.Semaphore(size)
        self._lanes: dict[str, _Lane] = {}

    async def warm(self) -> None:
        """Have one child ready, so that the first request does not wait for its imports."""
        if not self._free and not self._busy:
            self._free.append(await self._spawn())

    async def call(self, method: str, **args: Any) -> Any:
        """The method's result; WorkerError if it failed or its process died."""
        return await self._ask(_Lane(), method, args)

    async def plan(self, recipe: str, method: str = "plan", **args: Any) -> Any:
        """The plan of a recipe, or another ``method`` on it.

        Plans of one recipe go one after another to the same child, which remembers.

        A cancelled one is told to give up; its child lives on with what it has read.
        """
        lane = self._lanes.pop(recipe, None) or _Lane()
        self._lanes[recipe] = lane
        for name in list(self._lanes)[:-LANES]:
            if not self._lanes[name].lock.locked():
                del self._lanes[name]
        async with lane.lock:
            asked = asyncio.ensure_future(self._ask(lane, method, args))
            try:
                return await asyncio.shield(asked)
            except asyncio.CancelledError:
                await self._give_up(lane, asked)
                raise
            finally:
                if not asked.done():
                    asked.cancel()
                elif not asked.cancelled():
                    asked.exception()  # nobody asks for it any more

    async def _give_up(self, lane: _Lane, asked: asyncio.Future) -> None:
        """Tell the lane's child to give up, again and again: it forgets what came before its request did."""
        until = asyncio.get_running_loop().time() + GRACE
        while not asked.done() and asyncio.get_running_loop().time() < until:
            if lane.child is None or self._busy.get(lane.child) is not lane:
                return
            lane.child.send_signal(signal.SIGUSR1)
            await asyncio.wait({asked}, timeout=0.2)

    async def _ask(self, lane: _Lane, method: str, args: dict[str, Any]) -> Any:
        async with self._turn:
            child = lane.child = await self._take(lane.child)
            self._busy[child] = lane
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
                self._busy.pop(child, None)
        if not line.endswith(b"\n"):
            _end(child)
            raise WorkerError(_died(await child.wait()), 500)
        reply = json.loads(line)
        if reply.get("retire"):
            _end(child)
        else:
            self._free.append(child)
            for other in self._free[:-KEPT]:  # the longest idle: the others have read more of what is asked
                self._free.remove(other)
                _end(other)
        if "error" in reply:
            raise WorkerError(reply["error"], reply["status"])
        return reply["result"]

    async def close(self) -> None:
        for child in [*self._free, *self._busy]:
            _end(child)
        for child in [*self._free, *self._busy]:
            await child.wait()
        self._free.clear()

    async def _take(self, wanted: asyncio.subprocess.Process | None) -> asyncio.subprocess.Process:
        if wanted in self._free and wanted.returncode is None:
            self._free.remove(wanted)
            return wanted
        planning = {lane.child for lane in self._lanes.values()}  # they remember: better another one
        for child in sorted(self._free, key=lambda one: one in planning):
            self._free.remove(child)
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
