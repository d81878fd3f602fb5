"""Runs of one engine: their turn, their process, and what becomes of them when something ends too early."""

from __future__ import annotations

import asyncio
import functools
import itertools
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.jobs import create, memory, settle
from pz_tsm.engine.jobs.children import GRACE, LOOK, Child, Children, end_group
from pz_tsm.engine.jobs.folder import ENDED, Folder, now
from pz_tsm.engine.jobs.turns import LOCAL, Key, TooMany, Turns
from pz_tsm.errors import TsmError
from pz_tsm.points import reach

if TYPE_CHECKING:
    from pz_tsm.engine.state import EngineState

ATTEMPTS = 3  # a run that was cut off so often is not tried again
AGAIN = 2  # attempts of a run whose process was killed from outside

__all__ = ["Jobs", "NotNow", "TooMany", "UnknownRun"]


class UnknownRun(TsmError):
    """There is no such run (404)."""


class NotNow(TsmError):
    """The run's state does not allow it (409)."""


class Jobs:
    """All runs of one engine, below ``root``. Its coroutines belong to one event loop.

    ``state``: the engine's, where done runs are registered and whose queue is shared; a queue of its own and
    no registration without.
    """

    def __init__(self, root: Path, state: EngineState | None = None, turns: Turns | None = None) -> None:
        self._root = root
        self._state = state
        self._turns = turns or getattr(state, "turns", None) or Turns()
        self._memory = memory.allowed(self._turns.at_once)
        self._pool = Children(keep=self._turns.at_once)
        self._folders: dict[str, Folder] = {}
        self._running: dict[str, Child] = {}
        self._tasks: dict[Key, asyncio.Task] = {}
        self._waiting: dict[str, Key] = {}
        self._asked = itertools.count()
        self._closing = False

    async def start(self) -> None:
        """Take up what an ended engine left: a run that was going on goes on from what is kept of it."""
        self._loop = asyncio.get_running_loop()
        self._making = asyncio.Lock()
        self._closing = False
        await asyncio.to_thread(create.prepare, self._root)
        for path in sorted(self._root.iterdir()):
            folder = self._folders[path.name] = Folder(path)
            await asyncio.to_thread(self._recover, folder)
            if folder.job["state"] == "pending":
                self._queue(folder.id)

    async def close(self) -> None:
        """End the children; their runs go on with the next engine."""
        self._closing = True
        for key in self._waiting.values():
            self._turns.drop(key)
        self._waiting.clear()
        for child in list(self._running.values()):
            child.kill()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._pool.close()

    def busy(self) -> bool:
        return bool(self._tasks or self._waiting)

    async def submit(self, text: str, base: Path, **said: Any) -> dict[str, Any]:
        """Queue a recipe's run (``path``, ``out``, ``server``: see ``create.recipe``); TsmError if the text
        can't be read, the folder is taken, or too many wait."""
        self._turns.room(LOCAL)
        async with self._making:
            folder = await asyncio.to_thread(create.recipe, self._root, text, base, self._taken(), **said)
            return await self._accept(folder)

    async def submit_step(self, said: dict[str, Any]) -> dict[str, Any]:
        """Queue a step that is handed over (as ``models.NewStep``). One that was stopped or failed before,
        with the same parameters and tables, goes on from what it had done."""
        self._turns.room(LOCAL)
        folder = await asyncio.to_thread(create.step, self._root, said)
        for old in list(self._folders.values()):
            job = old.job
            same = job["kind"] == "step" and job["step"].get("key") == folder.job["step"]["key"]
            if same and job["state"] in ("stopped", "failed") and old.has_work():
                await asyncio.to_thread(shutil.rmtree, folder.path, ignore_errors=True)
                return await self.retry(old.id)
        return await self._accept(folder)

    async def _accept(self, folder: Folder) -> dict[str, Any]:
        reach("accepted")
        self._folders[folder.id] = folder
        self._queue(folder.id)
        return await asyncio.to_thread(self.get, folder.id)

    def list(self) -> list[dict[str, Any]]:
        """All runs, newest first, without what their steps report: they are asked for each second."""
        positions = self._turns.positions()
        folders = [folder for _, folder in sorted(self._folders.items(), reverse=True)]
        return [folder.run(positions.get(self._waiting.get(folder.id)), brief=True) for folder in folders]

    def get(self, id: str) -> dict[str, Any]:
        folder = self._folder(id)
        key = self._waiting.get(id)
        return folder.run(None if key is None else self._turns.position(key))

    def log(self, id: str) -> str:
        """The last MiB of what the run's process printed."""
        path = self._folder(id).path / "log.txt"
        if not path.exists():
            return ""
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 2**20))
            return file.read().decode("utf-8", "replace")

    async def stop(self, id: str) -> dict[str, Any]:
        """Ask a run to end; its process group is killed if it does not. An ended run stays as it is."""
        folder = self._folder(id)
        state = folder.job["state"]
        if state == "pending":
            key = self._waiting.pop(id, None)
            if key is not None:
                self._turns.drop(key)
            folder.update(state="stopped", ended=now())
        elif state == "running":
            folder.update(state="stopping")
            if id in self._running:
                self._end_softly(self._running[id])
        return await asyncio.to_thread(self.get, id)

    async def retry(self, id: str) -> dict[str, Any]:
        """Queue a stopped or failed run again; it goes on from the partial work that is kept."""
        async with self._making:  # asked for twice at once, it is tried again once
            folder = self._folder(id)
            if folder.job["state"] not in ("stopped", "failed"):
                raise NotNow(
                    "Only a run that was stopped or has failed can be tried again.",
                    remedy="Run its recipe again for another bundle.",
                    where=id,
                )
            self._turns.room(LOCAL)
            await asyncio.to_thread(create.again, folder, self._taken())
            self._queue(id)
        return await asyncio.to_thread(self.get, id)

    async def told(self, id: str) -> dict[str, Any]:
        """The user has been told how the run ended."""
        folder = self._folder(id)
        if folder.job["state"] in ENDED:
            await asyncio.to_thread(folder.update, told=True)
        return await asyncio.to_thread(self.get, id)

    async def delete(self, id: str) -> None:
        """Forget an ended run, and its partial work. Its bundle stays."""
        async with self._making:  # it may be about to be tried again
            folder = self._folder(id)
            if folder.job["state"] not in ENDED:
                raise NotNow("This run has not ended.", remedy="Stop it first.", where=id)
            del self._folders[id]
        await asyncio.to_thread(shutil.rmtree, folder.path, ignore_errors=True)

    def _folder(self, id: str) -> Folder:
        if not Folder.is_id(id) or id not in self._folders:
            raise UnknownRun("There is no such run.", remedy="It may have been deleted.", where=id)
        return self._folders[id]

    def _taken(self) -> set[str]:
        """Folders that runs which have not ended will write."""
        jobs = [folder.job for folder in self._folders.values()]
        return {job["out"] for job in jobs if job["out"] and not job["ended"]}

    def _queue(self, id: str) -> None:
        """Ask for a turn; whether there is room was looked at when the run came."""
        key = self._waiting[id] = ("run", id, next(self._asked))
        start = functools.partial(self._start, id, key)
        # turns are given by whoever makes room, in any thread
        self._turns.ask(key, LOCAL, lambda: self._loop.call_soon_threadsafe(start), again=True)

    def _start(self, id: str, key: Key) -> None:
        if self._waiting.get(id) != key:  # stopped meanwhile
            self._turns.done(key)
            return
        self._tasks[key] = asyncio.create_task(self._run(self._folders[id], key))

    async def _run(self, folder: Folder, key: Key) -> None:
        again = False
        try:
            again = await self._work(folder, key)
        except Exception as error:
            said = error.to_dict() if isinstance(error, TsmError) else settle.unforeseen(error)
            folder.update(state="failed", ended=now(), pid=None, error=said)
        finally:
            if self._waiting.get(folder.id) == key:
                del self._waiting[folder.id]
            pending = folder.job["state"] == "pending" and folder.id not in self._waiting
            if again and pending and not self._closing:  # nobody stopped it, or tried it again, meanwhile
                self._queue(folder.id)
            self._tasks.pop(key, None)
            self._turns.done(key)

    async def _work(self, folder: Folder, key: Key) -> bool:
        """The run in a child; whether it is to be tried again."""
        place = await asyncio.to_thread(create.place, self._state)
        if self._waiting.get(folder.id) != key:  # stopped meanwhile, or the engine ends
            return False
        del self._waiting[folder.id]
        job = folder.update(
            state="running",
            started=now(),
            attempts=folder.job["attempts"] + 1,
            error=None,
            where=place["where"],
        )
        if not Path(job["base"]).is_dir():
            raise TsmError(f"There is no folder {job['base']} any more.")
        request = {"folder": str(folder.path), "memory": self._memory, "executor": place["executor"]}
        child = self._running[folder.id] = await self._pool.take()
        retire = True
        try:
            folder.update(pid=child.pid, pid_started=started(child.pid))
            if self._closing:
                child.kill()
            elif folder.job["state"] == "stopping":  # asked for while the process was being made
                self._end_softly(child)
            answer, excess = await self._watched(child, request)
            if self._closing and folder.last_event() is None:
                return False
            del self._running[folder.id]
            retire = answer is None or answer["retire"] or folder.job["state"] == "stopping"
            if retire:
                child.kill()
                await child.process.wait()
            return await asyncio.to_thread(self._settle, folder, child.process.returncode, excess)
        finally:
            if self._running.get(folder.id) is child:
                del self._running[folder.id]
            await self._pool.give(child, retire=retire)

    async def _watched(self, child: Child, request: dict[str, Any]) -> tuple[dict[str, Any] | None, int]:
        """The child's answer, and what it took if that was more than is allowed (it is ended then)."""
        asked = asyncio.ensure_future(child.run(request))
        excess = 0
        while not (await asyncio.wait({asked}, timeout=LOOK))[0]:
            taken = await asyncio.to_thread(memory.taken, child.pid)
            if taken > self._memory and not asked.done():
                excess = taken
                child.kill()
            elif not child.alive:  # what it started may hold its pipe
                child.kill()
        return asked.result(), excess

    def _end_softly(self, child: Child) -> None:
        child.signal(signal.SIGTERM)
        self._loop.call_later(GRACE, self._kill_if_running, child)

    def _kill_if_running(self, child: Child) -> None:
        if child in self._running.values():
            child.kill()

    def _settle(self, folder: Folder, code: int | None, excess: int = 0) -> bool:
        """Give a run that ended its last state; True if it is to be tried again instead."""
        job = folder.job
        event = folder.last_event() or {}
        if not event and job["state"] != "stopping" and not excess and job["attempts"] < AGAIN:
            folder.restart()
            folder.note("its process was killed; it goes on in another one")
            folder.update(state="pending", pid=None)
            return True
        settle.settle(self._state, folder, code, settle.too_much(excess, self._memory) if excess else None)
        return False

    def _recover(self, folder: Folder) -> None:
        folder.sweep()
        job = folder.job
        if job["state"] not in ("running", "stopping"):
            return
        if job["pid"] is not None and started(job["pid"]) == job["pid_started"]:
            end_group(job["pid"], job["pid"])
        if folder.last_event() is not None or job["state"] == "stopping":
            settle.settle(self._state, folder, None, None)
        elif job["attempts"] >= ATTEMPTS:
            settle.settle(self._state, folder, None, settle.cut_off(job["attempts"]))
        else:
            folder.restart()
            folder.update(state="pending", pid=None)


def started(pid: int) -> float | None:
    """When the process of that number started: tells it from another one that got the number later."""
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None
