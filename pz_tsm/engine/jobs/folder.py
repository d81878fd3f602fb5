"""A run's folder: ``job.json`` (state), its recipe or tables, ``progress.jsonl``, ``result.json``,
``log.txt``, and ``work``, which keeps what is done of a run that can be resumed."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ENDED = ("stopped", "done", "failed")
WORK = "work"
NEW = {
    "state": "pending",
    "kind": "recipe",
    "started": None,
    "ended": None,
    "error": None,
    "attempts": 0,
    "pid": None,
    "pid_started": None,
    "told": False,
    "where": "",
}


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_id() -> str:
    """Ids sort by time of creation."""
    return datetime.now(UTC).strftime("%Y%m%d%H%M%S%f") + secrets.token_hex(3)


def write_json(path: Path, value: Any) -> None:
    """Write a whole file or nothing: a reader never sees half of it, also after a crash."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with part.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, default=str)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _parsed(text: str | bytes) -> Any:
    """JSON with null for NaN and infinity, which answers can't hold."""
    return json.loads(text, parse_constant=lambda _: None)


class Folder:
    """Reads and changes one run's state. One process and one object see to a folder: what is read of it is
    kept, since all runs are asked for each second. Progress is parsed as it grows, each line once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = path.name
        self._lock = threading.RLock()
        self._job: dict[str, Any] | None = None
        self._forget()

    @classmethod
    def create(cls, root: Path, text: str | None, files: list[Path] | None = None, **job: Any) -> Folder:
        """A new one, whole or not there. ``text``: of the recipe; ``files``: moved into it."""
        path = root / new_id()
        part = root / f".{path.name}"
        part.mkdir(parents=True, mode=0o700)
        try:
            if text is not None:
                (part / "recipe.tsm.yaml").write_text(text, encoding="utf-8")
            for file in files or []:
                shutil.move(file, part / file.name)
            write_json(part / "job.json", {"id": path.name, "created": now()} | NEW | job)
            part.rename(path)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        return cls(path)

    @staticmethod
    def is_id(text: str) -> bool:
        return re.fullmatch(r"[0-9a-f]{10,40}", text) is not None

    @property
    def job(self) -> dict[str, Any]:
        """What ``job.json`` says, not to be changed; runs of an older engine lack what came later."""
        if self._job is None:
            said = json.loads((self.path / "job.json").read_text(encoding="utf-8"))
            with self._lock:
                if self._job is None:  # else it was changed while we read what it was before
                    self._job = NEW | {"told": said["state"] in ENDED} | said
        return self._job

    def update(self, **changes: Any) -> dict[str, Any]:
        with self._lock:
            job = self.job | changes
            write_json(self.path / "job.json", job)
            self._job = job
            return job

    def restart(self) -> None:
        """Forget what an earlier attempt said and left, but for its partial work."""
        with self._lock:
            self._forget()
            for name in ("progress.jsonl", "result.json", "result.arrow"):
                (self.path / name).unlink(missing_ok=True)
        self.remove_partial()

    def sweep(self) -> None:
        """Remove what an engine that was killed was writing here."""
        for part in self.path.glob(".*"):
            part.unlink(missing_ok=True)

    def remove_partial(self) -> None:
        """Remove what a killed run was writing, and a bundle that it had no time to tell of; never a folder
        of that name that is somebody else's."""
        from pz_tsm.recipe import output

        for part in self.path.glob(".[!j]*"):  # of its process; .job.json may be at work
            part.unlink(missing_ok=True)
        if self.job["out"] is None:
            return
        out = Path(self.job["out"])
        output.remove_abandoned(out)
        if not (self.path / "result.json").exists() and self._made(out):
            shutil.rmtree(out, ignore_errors=True)
        (self.path / "bundle.json").unlink(missing_ok=True)

    def _made(self, out: Path) -> bool:
        """Whether this folder is the one that this run's process named so."""
        try:
            said = json.loads((self.path / "bundle.json").read_text(encoding="utf-8"))
            found = out.stat()
        except (OSError, ValueError):
            return False
        return (said["device"], said["inode"]) == (found.st_dev, found.st_ino)

    def has_work(self) -> bool:
        """Whether partial work is kept."""
        try:
            return any((self.path / WORK).iterdir())
        except OSError:
            return False

    def remove_work(self) -> None:
        """Remove the partial work, and the tables of a step: a run that is done needs neither."""
        shutil.rmtree(self.path / WORK, ignore_errors=True)
        for table in self.path.glob("[0-9]*.arrow"):
            table.unlink(missing_ok=True)

    def note(self, text: str) -> None:
        """A line of the run's log."""
        with (self.path / "log.txt").open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC):%H:%M:%S} {text}\n")

    def last_event(self) -> dict[str, Any] | None:
        """The event that ended the run, if the child wrote one."""
        with self._lock:
            self._read()
            return self._end

    def run(self, position: int | None = None, *, brief: bool = False) -> dict[str, Any]:
        """``models.Run`` as it is now; ``position``: in the queue; ``brief``: without what steps report."""
        job = self.job
        with self._lock:
            self._read()
            done = sum(step["state"] == "done" for step in self._steps.values())
            partly = sum(step["fraction"] for step in self._steps.values() if step["state"] == "running")
            total = max(self._total, len(self._steps), 1)
            fraction = min(0.99, (done + partly) / total)
            steps = list(self._steps.values())
            stage = self._stage
        state = job["state"]
        running = [step for step in steps if step["state"] == "running"] if state == "running" else []
        left = [step["amount"]["seconds_left"] for step in running if step["amount"]]
        result = None
        if state == "done":
            fraction, stage = 1.0, "done"
            result = self._result()
        if brief:
            steps = [step | {"report": None} for step in steps]
            result = result and result | {"accounting": []}
        if state == "pending":
            stage = "waiting for its turn" if position is None else f"waiting for its turn, number {position}"
        return {
            "id": job["id"],
            "kind": job["kind"],
            "recipe": job["recipe"],
            "path": job["path"],
            "state": state,
            "created": job["created"],
            "started": job["started"],
            "ended": job["ended"],
            "fraction": round(fraction, 4),
            "stage": stage,
            "seconds_left": left[0] if left else None,
            "position": position if state == "pending" else None,
            "where": job["where"],
            "resumable": state in ("stopped", "failed") and self.has_work(),
            "told": job["told"],
            "steps": steps,
            "bundle": job["out"] if state == "done" else None,
            "product": job.get("product"),
            "product_trouble": job.get("product_trouble"),
            "error": job["error"],
            "result": result,
        }

    def _result(self) -> dict[str, Any] | None:
        if self._found is None:
            try:
                self._found = _parsed((self.path / "result.json").read_text(encoding="utf-8"))
            except (OSError, ValueError):
                return None
        return self._found

    def _forget(self) -> None:
        self._offset = 0
        self._steps: dict[tuple, dict[str, Any]] = {}
        self._total = 0
        self._stage = "starting"
        self._end: dict[str, Any] | None = None
        self._found: dict[str, Any] | None = None

    def _read(self) -> None:
        if self._end is not None:  # nothing comes after it
            return
        try:
            with (self.path / "progress.jsonl").open("rb") as file:
                file.seek(self._offset)
                for line in file:
                    if not line.endswith(b"\n"):  # still being written
                        break
                    self._offset += len(line)
                    self._take(_parsed(line))
        except FileNotFoundError:
            pass

    def _take(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "start":
            self._total = event["total"]
        elif kind == "step":
            key = (event["index"], event["op"], event.get("input"))
            before = self._steps.get(key)
            step = {
                "index": event["index"],
                "op": event["op"],
                "input": event.get("input"),
                "state": event["state"],
                "fraction": float(event.get("fraction") or (1.0 if event["state"] == "done" else 0.0)),
                "message": event.get("message") or "",
                "rows_in": event.get("rows_in"),
                "rows_out": event.get("rows_out"),
                "report": event.get("report"),
                "amount": event.get("amount") or (before["amount"] if before else None),
            }
            self._steps[key] = step
            name = f"{step['op']} {step['input']}" if step["input"] else step["op"]
            self._stage = f"{name}: {step['message']}" if step["message"] else name
        elif kind in ("done", "error", "cancelled"):
            self._end = event
