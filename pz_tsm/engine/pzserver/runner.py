"""Runs processes: each in a child of its own process group; stop ends the group; unfinished ones run
again."""

from __future__ import annotations

import json
import logging
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.pzserver import processes, submission
from pz_tsm.engine.pzserver.db import now
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from pz_tsm.engine.state import EngineState

log = logging.getLogger("pz_tsm.engine")
PARALLEL = 2
GRACE_SECONDS = 5.0
COMMAND = [sys.executable, "-m", "pz_tsm.engine.pzserver.worker"]


class Runner:
    """A queue of process ids and the threads that see to them."""

    def __init__(self, state: EngineState, command: list[str] | None = None) -> None:
        self.state = state
        self.command = command or COMMAND
        self._queue: queue.Queue[int | None] = queue.Queue()
        self._threads: list[threading.Thread] = []
        self._children: dict[int, subprocess.Popen[str]] = {}
        self._live: dict[int, tuple[float, str | None]] = {}
        self._waiting: set[int] = set()
        self._lock = threading.Lock()
        self._closing = False

    def busy(self) -> bool:
        return bool(self._children or self._waiting)

    def progress(self, key: int) -> tuple[float, str | None] | None:
        """Fraction and stage of a running process."""
        return self._live.get(key)

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
        with self._lock:
            if self._closing:
                return
            self._waiting.add(key)
            if len(self._threads) < PARALLEL:
                thread = threading.Thread(target=self._work, name="tsm-process", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._queue.put(key)

    def stop(self, key: int) -> None:
        """Stop a process that waits or runs; one that has ended is left as it is."""
        with self._lock:
            row = processes.find(self.state, key)
            if row["status"] in processes.ENDED:
                return
            child = self._children.get(key)
            if child is None:
                processes.finish(self.state, key, "Stopped")
                return
            self.state.db.update("processes", key, {"status": "Stopping"})
        end_group(child, signal.SIGTERM)
        threading.Timer(GRACE_SECONDS, end_group, (child, signal.SIGKILL)).start()

    def shutdown(self) -> None:
        """End the children; the database still says Running, so that they run again."""
        with self._lock:
            self._closing = True
            children = list(self._children.values())
        for child in children:
            end_group(child, signal.SIGKILL)
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join(timeout=10)

    def _work(self) -> None:
        while (key := self._queue.get()) is not None and not self._closing:
            try:
                self._run(key)
            except Exception:
                log.exception("process %d failed", key)
                if not self._closing:
                    processes.finish(
                        self.state,
                        key,
                        "Failed",
                        "The engine met an unexpected error; its log has the details.",
                    )
            finally:
                self._waiting.discard(key)
                self._children.pop(key, None)
                self._live.pop(key, None)

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
        (place / "job.json").write_text(json.dumps(submission.job_config(state, row)))
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
                    env={**os.environ, "PYTHONUNBUFFERED": "1"},
                )
            self._children[key] = child
            state.db.update("processes", key, {"status": "Running", "started_at": now()})
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
        else:
            processes.finish(state, key, "Failed", failure(work, code))
        shutil.rmtree(work, ignore_errors=True)

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
    if code < 0:
        return f"The process was ended by signal {-code} (out of memory, or killed by hand)."
    return "The process ended unexpectedly; its log has the details."


def end_group(child: subprocess.Popen[str], number: signal.Signals) -> None:
    """Signal the child's whole process group, unless it has ended."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, number)
        except ProcessLookupError:
            pass
