"""A run's folder: ``job.json`` (state), its recipe, ``progress.jsonl``, ``result.json``, ``log.txt``."""

from __future__ import annotations

import json
import os
import re
import secrets
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ENDED = ("stopped", "done", "failed")


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


class Folder:
    """Reads and changes one run's state. Progress is parsed as it grows, each line once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = path.name
        self._lock = threading.Lock()
        self._forget()

    @classmethod
    def create(cls, root: Path, text: str, **job: Any) -> Folder:
        path = root / new_id()
        path.mkdir(parents=True, mode=0o700)
        (path / "recipe.tsm.yaml").write_text(text, encoding="utf-8")
        folder = cls(path)
        folder._write(
            {
                "id": path.name,
                "state": "pending",
                "created": now(),
                "started": None,
                "ended": None,
                "error": None,
            }
            | {"attempts": 0, "pid": None, "pid_started": None}
            | job
        )
        return folder

    @staticmethod
    def is_id(text: str) -> bool:
        return re.fullmatch(r"[0-9a-f]{10,40}", text) is not None

    @property
    def job(self) -> dict[str, Any]:
        return json.loads((self.path / "job.json").read_text(encoding="utf-8"))

    def update(self, **changes: Any) -> dict[str, Any]:
        with self._lock:
            job = self.job | changes
            self._write(job)
            return job

    def _write(self, job: dict[str, Any]) -> None:
        write_json(self.path / "job.json", job)

    def restart(self) -> None:
        """Forget what an earlier attempt said and left."""
        with self._lock:
            self._forget()
            for name in ("progress.jsonl", "result.json"):
                (self.path / name).unlink(missing_ok=True)
        self.remove_partial()

    def remove_partial(self) -> None:
        """Remove what a killed run was writing; never a folder of that name that is somebody else's."""
        from pz_tsm.recipe import output

        output.remove_abandoned(Path(self.job["out"]))

    def last_event(self) -> dict[str, Any] | None:
        """The event that ended the run, if the child wrote one."""
        with self._lock:
            self._read()
            return self._end

    def run(self) -> dict[str, Any]:
        """``IRun`` as it is now."""
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
        result = None
        if state == "done":
            fraction, stage = 1.0, "done"
            result = self._result()
        return {
            "id": job["id"],
            "recipe": job["recipe"],
            "path": job["path"],
            "state": state,
            "created": job["created"],
            "started": job["started"],
            "ended": job["ended"],
            "fraction": round(fraction, 4),
            "stage": "waiting for its turn" if state == "pending" else stage,
            "steps": steps,
            "bundle": job["out"] if state == "done" else None,
            "error": job["error"],
            "result": result,
        }

    def _result(self) -> dict[str, Any] | None:
        try:
            return json.loads((self.path / "result.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _forget(self) -> None:
        self._offset = 0
        self._steps: dict[tuple, dict[str, Any]] = {}
        self._total = 0
        self._stage = "starting"
        self._end: dict[str, Any] | None = None

    def _read(self) -> None:
        try:
            with (self.path / "progress.jsonl").open("rb") as file:
                file.seek(self._offset)
                for line in file:
                    if not line.endswith(b"\n"):  # still being written
                        break
                    self._offset += len(line)
                    self._take(json.loads(line))
        except FileNotFoundError:
            pass

    def _take(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "start":
            self._total = event["total"]
        elif kind == "step":
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
            }
            self._steps[(step["index"], step["op"], step["input"])] = step
            name = f"{step['op']} {step['input']}" if step["input"] else step["op"]
            self._stage = f"{name}: {step['message']}" if step["message"] else name
        elif kind in ("done", "error", "cancelled"):
            self._end = event
