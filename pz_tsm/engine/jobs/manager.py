"""Runs of recipes: a queue, children in process groups of their own, and what to do after a restart."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from pz_tsm.engine.jobs.folder import ENDED, Folder, now
from pz_tsm.errors import TsmError

AT_ONCE = int(os.environ.get("PZ_TSM_RUNS", "2"))
GRACE = 5.0  # seconds a child has to clean up before it is killed
ATTEMPTS = 3  # a run that was cut off so often is not tried again


class UnknownRun(TsmError):
    """There is no such run (404)."""


class NotNow(TsmError):
    """The run's state does not allow it (409)."""


class Jobs:
    """All runs of one engine, below ``root``. Its coroutines belong to one event loop."""

    def __init__(self, root: Path, at_once: int = AT_ONCE) -> None:
        self._root = root
        self._at_once = at_once
        self._folders: dict[str, Folder] = {}
        self._children: dict[str, asyncio.subprocess.Process] = {}
        self._tasks: dict[str, asyncio.Task] = {}
        self._closing = False

    async def start(self) -> None:
        """Take up what an ended engine left: a run that was going on starts again from its inputs."""
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._closing = False
        for path in sorted(self._root.iterdir()):
            if (path / "job.json").exists():
                folder = self._folders[path.name] = Folder(path)
                await asyncio.to_thread(self._recover, folder)
        self._pump()

    async def close(self) -> None:
        """End the children; their runs start again with the next engine."""
        self._closing = True
        for child in list(self._children.values()):
            _signal_group(child.pid, signal.SIGKILL)
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def busy(self) -> bool:
        return bool(self._tasks)

    async def submit(
        self,
        text: str,
        base: Path,
        *,
        path: str | None = None,
        out: Path | None = None,
        server: str | None = None,
    ) -> dict[str, Any]:
        """Queue a run; TsmError if the recipe's text can't be read or the folder is taken."""
        folder = await asyncio.to_thread(self._create, text, base, path, out, server)
        self._folders[folder.id] = folder
        self._pump()
        return await asyncio.to_thread(folder.run)

    def list(self) -> list[dict[str, Any]]:
        """All runs, newest first."""
        return [self._folders[id].run() for id in sorted(self._folders, reverse=True)]

    def get(self, id: str) -> dict[str, Any]:
        return self._folder(id).run()

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
            folder.update(state="stopped", ended=now())
        elif state == "running":
            folder.update(state="stopping")
            child = self._children.get(id)
            if child is not None:
                _signal_group(child.pid, signal.SIGTERM)
                asyncio.get_running_loop().call_later(GRACE, _kill_if_alive, child)
        return await asyncio.to_thread(folder.run)

    async def delete(self, id: str) -> None:
        """Forget an ended run. Its bundle stays."""
        folder = self._folder(id)
        if folder.job["state"] not in ENDED:
            raise NotNow("This run has not ended.", remedy="Stop it first.", where=id)
        del self._folders[id]
        await asyncio.to_thread(shutil.rmtree, folder.path, ignore_errors=True)

    def _folder(self, id: str) -> Folder:
        if not Folder.is_id(id) or id not in self._folders:
            raise UnknownRun("There is no such run.", remedy="It may have been deleted.", where=id)
        return self._folders[id]

    def _create(
        self, text: str, base: Path, path: str | None, out: Path | None, server: str | None
    ) -> Folder:
        from pz_tsm.recipe import Recipe

        name = Recipe.parse(text, recipe_name(path)).name
        if not base.is_dir():
            raise TsmError(f"There is no folder {base}.", remedy="Save the recipe first.", where="base")
        taken = {Path(folder.job["out"]) for folder in self._folders.values() if not folder.job["ended"]}
        if out is None:
            out = next_free(base / "bundles" / (re.sub(r"[^\w.-]+", "_", name).strip(".") or "bundle"), taken)
        elif out.exists() or out in taken:
            raise NotNow(f"The folder {out} is there already.", remedy="Choose another one.", where="out")
        return Folder.create(
            self._root, text, recipe=name, path=path, base=str(base), out=str(out), server=server
        )

    def _pump(self) -> None:
        """Start what waits, in order, as far as there is room."""
        for id in sorted(self._folders):
            if len(self._tasks) >= self._at_once or self._closing:
                break
            if id not in self._tasks and self._folders[id].job["state"] == "pending":
                self._tasks[id] = asyncio.create_task(self._run(self._folders[id]))

    async def _run(self, folder: Folder) -> None:
        try:
            if folder.job["state"] != "pending":  # stopped before its turn came
                return
            job = folder.update(
                state="running", started=now(), attempts=folder.job["attempts"] + 1, error=None
            )
            with (folder.path / "log.txt").open("ab") as log:
                child = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "pz_tsm.engine.jobs.child",
                    str(folder.path),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=job["base"],
                    env=os.environ | ({"PZ_TSM_PZSERVER_URL": job["server"]} if job["server"] else {}),
                    start_new_session=True,
                )
            self._children[folder.id] = child
            folder.update(pid=child.pid, pid_started=_started(child.pid))
            if folder.job["state"] == "stopping":  # asked for while the process was being made
                _signal_group(child.pid, signal.SIGTERM)
                asyncio.get_running_loop().call_later(GRACE, _kill_if_alive, child)
            code = await child.wait()
            _signal_group(child.pid, signal.SIGKILL)  # what it may have left running
            if not (self._closing and folder.last_event() is None):
                await asyncio.to_thread(self._settle, folder, code)
        except Exception as error:
            folder.update(
                state="failed", ended=now(), error=_trouble(f"The run could not be started: {error}")
            )
        finally:
            self._children.pop(folder.id, None)
            self._tasks.pop(folder.id, None)
            self._pump()

    def _settle(self, folder: Folder, code: int | None) -> None:
        """Give an ended run its last state."""
        event = folder.last_event() or {}
        stopping = folder.job["state"] == "stopping"
        folder.remove_partial()
        if event.get("event") == "done":
            folder.update(state="done", ended=now(), pid=None)
        elif stopping or event.get("event") == "cancelled":
            folder.update(state="stopped", ended=now(), pid=None)
        elif event.get("event") == "error":
            error = {key: event.get(key) for key in ("message", "remedy", "where")}
            folder.update(state="failed", ended=now(), pid=None, error=error)
        else:
            folder.update(
                state="failed", ended=now(), pid=None, error=_trouble(_died(code), "Its log has the details.")
            )

    def _recover(self, folder: Folder) -> None:
        job = folder.job
        if job["state"] not in ("running", "stopping"):
            return
        if job["pid"] is not None and _started(job["pid"]) == job["pid_started"]:
            _signal_group(job["pid"], signal.SIGKILL)
        event = folder.last_event()
        if event is not None or job["state"] == "stopping":
            self._settle(folder, None)
        elif job["attempts"] >= ATTEMPTS:
            folder.remove_partial()
            error = _trouble(
                f"This run was cut off {job['attempts']} times together with the engine.",
                "It may need more memory than there is: try it with fewer rows.",
            )
            folder.update(state="failed", ended=now(), pid=None, error=error)
        else:
            folder.restart()
            folder.update(state="pending", pid=None)


def recipe_name(path: str | None) -> str | None:
    """What a recipe is called that does not say it: its file's name without the endings."""
    name = Path(path).name if path else ""
    for ending in (".yaml", ".yml", ".tsm"):
        name = name.removesuffix(ending)
    return name or None


def next_free(path: Path, taken: set[Path]) -> Path:
    """``path``, or with the first number from 2 on that makes a folder that is not there."""
    number, found = 1, path
    while found.exists() or found.with_name(found.name + ".partial").exists() or found in taken:
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found


def _started(pid: int) -> float | None:
    """When the process of that number started: tells it from another one that got the number later."""
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def _kill_if_alive(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        _signal_group(child.pid, signal.SIGKILL)


def _trouble(message: str, remedy: str | None = None) -> dict[str, str | None]:
    return {"message": message, "remedy": remedy, "where": None}


def _died(code: int | None) -> str:
    if code == -signal.SIGKILL:
        return "The run was ended by the system, probably for lack of memory."
    return f"The run's process ended unexpectedly (code {code})."
