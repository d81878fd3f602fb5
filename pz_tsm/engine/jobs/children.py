"""The engine's side of the processes that run jobs: they stay after a job, warm, for the next one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from typing import Any

from pz_tsm.engine.jobs import memory

IDLE = 600.0  # seconds after which a child that waits for a job ends
GRACE = 1.5  # seconds a job has to clean up before its process is killed
LOOK = 0.5  # seconds between looks at its memory


class Child:
    """One process, in a process group of its own; it ends with its group when our end of its pipe closes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.pid = process.pid
        self.expiry: asyncio.TimerHandle | None = None

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    async def run(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """Give it a job and wait for its answer (``code``, ``retire``); None if the process ended instead."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            await self.process.stdin.drain()
            line = await self.process.stdout.readline()
        except (ConnectionError, ValueError):
            line = b""
        if not line.endswith(b"\n"):
            self.kill()
            await self.process.wait()
            return None
        return json.loads(line)

    def signal(self, number: int) -> None:
        """To the process alone."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    def kill(self) -> None:
        """End it with all that it started."""
        if self.expiry is not None:
            self.expiry.cancel()
        end_group(self.pid if self.alive else None, self.pid)


class Children:
    """Children that wait for a job; at most ``keep`` of them."""

    def __init__(self, keep: int, idle: float = IDLE) -> None:
        self._keep = keep
        self._idle = idle
        self._free: list[Child] = []

    async def take(self) -> Child:
        """A warm child if there is one, the last used first; else a new one."""
        while self._free:
            child = self._free.pop()
            if child.expiry is not None:
                child.expiry.cancel()
            if child.alive:
                return child
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "pz_tsm.engine.jobs.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
            env=memory.environment(),
        )
        return Child(process)

    async def give(self, child: Child, *, retire: bool) -> None:
        """Take a child back after its job, or end it."""
        if retire or not child.alive:
            child.kill()
            await child.process.wait()
            return
        child.expiry = asyncio.get_running_loop().call_later(self._idle, self._expire, child)
        self._free.append(child)
        for old in self._free[: -self._keep]:
            self._expire(old)

    def _expire(self, child: Child) -> None:
        if child in self._free:
            self._free.remove(child)
        child.kill()

    async def close(self) -> None:
        waiting, self._free = self._free, []
        for child in waiting:
            child.kill()
        for child in waiting:
            await child.process.wait()


def end_group(parent: int | None, group: int) -> None:
    """Kill a process group, and what its first process started outside of it."""
    import psutil

    family: list[Any] = []
    if parent is not None:
        with contextlib.suppress(psutil.Error):
            family = psutil.Process(parent).children(recursive=True)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    for one in family:
        with contextlib.suppress(psutil.Error):
            one.kill()
