"""The process that runs jobs, one after another: ``python -m pz_tsm.engine.jobs.child``.

Requests come as JSON lines on stdin: ``folder`` (of the job), ``memory`` and ``executor`` (of its
``JobPlace``); an answer goes out as one JSON line: ``code`` and ``retire``. Progress, result and log are
files of the job's folder. SIGTERM asks the job at hand to stop. When stdin ends, the engine is gone, and the
process ends at once with its whole group.
"""

from __future__ import annotations

import gc
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

RETIRE_BYTES = 1_500_000_000  # a process that has grown beyond this ends after its job
OWN = ("PZ_TSM_PZSERVER_URL", "PZ_TSM_RELEASES")  # variables that a job may have of its own

_stop = threading.Event()  # the job at hand is to end


@contextmanager
def surroundings(folder: Path, job: dict[str, Any]) -> Iterator[None]:
    """The job's log, working folder and variables while it runs; ours again afterwards."""
    kept = [os.dup(1), os.dup(2)]
    before = {name: os.environ.get(name) for name in OWN}
    log = os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ.update(job.get("env") or {})
        os.chdir(job["base"])
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.chdir("/")
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        for number, old in zip((1, 2), kept, strict=True):
            os.dup2(old, number)
            os.close(old)
        os.close(log)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Do one job; ``code``: 0 done, 1 failed, 2 stopped. One that was stopped or has grown retires."""
    from pz_tsm.engine.jobs import work

    folder = Path(request["folder"])
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    with surroundings(folder, job):
        code = work.do(folder, job, request, _stop.is_set)
    large = min(RETIRE_BYTES, request["memory"] / 2)  # of which the next job needs the most
    return {"code": code, "retire": _stop.is_set() or _held() > large}


def _held() -> int:
    """Bytes that stay with this process, once it has given back what it can."""
    import psutil
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    return psutil.Process().memory_info().rss


def _listen(pipe: int, requests: queue.SimpleQueue[bytes]) -> None:
    """Read requests; end the whole group when the engine is gone."""
    part = b""
    while data := os.read(pipe, 65536):
        *lines, part = (part + data).split(b"\n")
        for line in lines:
            requests.put(line)
    os.killpg(os.getpgid(0), signal.SIGKILL)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: _stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe, channel = os.dup(0), os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # what jobs start must not read our requests
    os.dup2(2, 1)  # what libraries print between jobs goes to the engine's log
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, requests), daemon=True).start()
    while True:
        reply = answer(json.loads(requests.get()))
        channel.write(json.dumps(reply) + "\n")
        channel.flush()


if __name__ == "__main__":
    main()
