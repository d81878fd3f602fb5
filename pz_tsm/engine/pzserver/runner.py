"""Runs processes: each in a child of its own process group; stop ends the group; unfinished ones run
again."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.jobs import create, memory, settle
from pz_tsm.engine.jobs.children import GRACE, LOOK, end_group
from pz_tsm.engine.jobs.turns import TooMany
from pz_tsm.engine.pzserver import processes, submission
from pz_tsm.engine.pzserver.db import now
from pz_tsm.engine.pzserver.errors import ApiError
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from pz_tsm.engine.state import EngineState

log = logging.getLogger("pz_tsm.engine")
KEPT = "kept"  # in the process's folder: partial work, for when the engine ends before the process does
COMMAND = [sys.executable, "-m", "pz_tsm.engine.pzserver.worker"]


class Runner:
    """Processes that wait for the engine's turns, and a thread for each that has one."""

    def __init__(self, state: EngineState, command: list[str] | None = None) -> None:
        self.state = state
        self.command = command or COMMAND
        self.memory = memory.allowed(state.turns.at_once)
        self._threads: dict[int, threading.Thread] = {}
        self._children: dict[int, subprocess.Popen[str]] = {}
        self._live: dict[int, tuple[float, str | None]] = {}
        self._waiting: set[int] = set()
        self._lock = threading.Lock()
        self._closing = False

    def busy(self) -> bool:
        return bool(self._threads or self._waiting)

    def progress(self, key: int) -> tuple[float, str | None] | None:
        """Fraction and stage of a running process."""
        return self._live.get(key)

    def position(self, key: int) -> int | None:
        """Where a process stands in the engine's queue; 1 comes next."""
        return self.state.turns.position(("process", key))

    def room(self, username: str) -> None:
        """ApiError 429 if too many processes of this user wait already."""
        try:
            self.state.turns.room(username)
        except TooMany as error:
            raise ApiError(429, {"detail": str(error)}) from None

    def recover(self) -> None:
        """What was running or waiting when the engine ended is run again; what was being stopped is
        stopped."""
        for row in self.state.db.all("SELECT id, status FROM processes ORDER BY id"):
            if row["status"] == "Stopping":
                processes.finish(self.state, row["id"], "Stopped")
            elif row["status"] not in processes.ENDED:
                self.state.db.update("processes", row["id"], {"status": "Pending", "started_at": None})
                self.submit(row["id"])

    def submit(self, key: int) -> None:
        """Ask for a turn; ``room`` says beforehand whether this user may."""
        user = processes.find(self.state, key)["username"]
        with self._lock:
            if self._closing:
                return
            self._waiting.add(key)
        self.state.turns.ask(("process", key), user, lambda: self._begin(key), again=True)

    def stop(self, key: int) -> None:
        """Stop a process that waits or runs; one that has ended is left as it is."""
        with self._lock:
            row = processes.find(self.state, key)
            if row["status"] in processes.ENDED:
                return
            child = self._children.get(key)
            if child is None:
                if self.state.turns.drop(("process", key)):
                    self._waiting.discard(key)
                processes.finish(self.state, key, "Stopped")
                return
            self.state.db.update("processes", key, {"status": "Stopping"})
        signal_group(child, signal.SIGTERM)
        timer = threading.Timer(GRACE, kill, (child,))
        timer.daemon = True
        timer.start()

    def shutdown(self) -> None:
        """End the children; the database still says Running, so that they run again."""
        with self._lock:
            self._closing = True
            children = list(self._children.values())
            threads = list(self._threads.values())
        for key in list(self._waiting):
            self.state.turns.drop(("process", key))
        for child in children:
            kill(child)
        for thread in threads:
            thread.join(timeout=10)

    def _begin(self, key: int) -> None:
        with self._lock:
            self._waiting.discard(key)
            if not self._closing:
                thread = threading.Thread(target=self._work, args=(key,), name="tsm-process", daemon=True)
                self._threads[key] = thread
                thread.start()
                return
        self.state.turns.done(("process", key))

    def _work(self, key: int) -> None:
        try:
            self._run(key)
        except TsmError as error:
            processes.finish(self.state, key, "Failed", str(error))
        except Exception:
            log.exception("process %d failed", key)
            if not self._closing:
                processes.finish(
                    self.state, key, "Failed", "The engine met an unexpected error; its log has the details."
                )
        finally:
            self._children.pop(key, None)
            self._live.pop(key, None)
            self._threads.pop(key, None)
            self.state.turns.done(("process", key))

    def _run(self, key: int) -> None:
        state = self.state
        row = processes.find(state, key)
        if row["status"] != "Pending":
            return
        place = processes.folder(state, row)
        for old in place.glob("work-*"):
            shutil.rmtree(old, ignore_errors=True)
        work = place / f"work-{uuid.uuid4().hex[:8]}"
        work.mkdir(parents=True)
        kept = place / KEPT
        kept.mkdir(exist_ok=True)
        given = {
            "folder": str(kept),
            "memory": self.memory,
            "executor": create.place(state)["executor"],
        }
        (place / "job.json").write_text(json.dumps({**submission.job_config(state, row), "place": given}))
        with self._lock:
            if self._closing or processes.find(state, key)["status"] != "Pending":
                return
            with open(place / "run.err", "w") as errors:
                child = subprocess.Popen(
                    [*self.command, str(place / "job.json"), str(work)],
                    stdin=subprocess.PIPE,  # its end tells the child that the engine is gone
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                    start_new_session=True,
                    env={**memory.environment(), "PYTHONUNBUFFERED": "1"},
                )
            self._children[key] = child
            state.db.update("processes", key, {"status": "Running", "started_at": now()})
        excess: list[int] = []
        watching = threading.Thread(target=self._watch, args=(child, excess), daemon=True)
        watching.start()
        for line in child.stdout or ():
            self._note(key, line)
        code = child.wait()
        if self._closing:
            return
        with self._lock:
            stopped = processes.find(state, key)["status"] == "Stopping"
            self._children.pop(key, None)
        if stopped:
            processes.finish(state, key, "Stopped")
        elif code == 0:
            self._complete(key, work)
        elif excess:
            trouble = settle.too_much(excess[0], self.memory)
            processes.finish(state, key, "Failed", f"{trouble['message']} {trouble['remedy']}")
        else:
            processes.finish(state, key, "Failed", failure(work, code))
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(kept, ignore_errors=True)

    def _watch(self, child: subprocess.Popen[str], excess: list[int]) -> None:
        """End a child that takes more memory than it may, and say how much that was; end what it leaves
        behind, which may hold its pipe."""
        while True:
            try:
                child.wait(LOOK)
                end_group(None, child.pid)
                return
            except subprocess.TimeoutExpired:
                taken = memory.taken(child.pid)
            if taken > self.memory:
                excess.append(taken)
                kill(child)
                return

    def _complete(self, key: int, work: Path) -> None:
        try:
            processes.complete(self.state, key, work, json.loads((work / "result.json").read_text()))
        except (TsmError, OSError, ValueError) as error:
            log.exception("the result of process %d could not be registered", key)
            processes.finish(self.state, key, "Failed", f"The result could not be registered: {error}")

    def _note(self, key: int, line: str) -> None:
        """A progress line of the child: JSON with ``fraction`` and ``stage``; other lines are ignored."""
        try:
            event: dict[str, Any] = json.loads(line)
            self._live[key] = (min(1.0, max(0.0, float(event["fraction"]))), str(event["stage"]))
        except (ValueError, KeyError, TypeError):
            return


def failure(work: Path, code: int) -> str:
    """Why a child failed, in words."""
    path = work / "error.json"
    if path.is_file():
        try:
            return str(json.loads(path.read_text())["message"])
        except (ValueError, KeyError):
            pass
    return f"{settle.died(code)} Its log has the details."


def signal_group(child: subprocess.Popen[str], number: signal.Signals) -> None:
    """Signal the child's whole process group, unless it has ended."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, number)
        except ProcessLookupError:
            pass


def kill(child: subprocess.Popen[str]) -> None:
    """End the child with all that it started, unless it has ended."""
    if child.poll() is None:
        end_group(child.pid, child.pid)
