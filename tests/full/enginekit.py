"""Engines in processes of their own, which tests may kill."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx

START = """
import os, sys, threading, time
from pathlib import Path
from pz_tsm.engine.serve import serve
data, armed = Path(sys.argv[1]), Path(sys.argv[2])
def arm():
    while not armed.exists():
        time.sleep(0.005)
    os.environ["PZ_TSM_KILL_AT"] = armed.read_text()
    armed.unlink()
threading.Thread(target=arm, daemon=True).start()
serve(data, ready=lambda url: print(url, flush=True))
"""


class Engine:
    """``pz-tsm engine start`` in a process of its own; started again over the same data after ``kill``."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.armed = data.with_name(f"{data.name}.armed")
        self.log = data.with_name(f"{data.name}.log")
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", START, str(self.data), str(self.armed)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, f"the engine did not start: {self.log.read_text()[-2000:]}"

    def kill_at(self, point: str) -> None:
        """From now on the engine is killed where it reaches this point (``pz_tsm.points``)."""
        part = self.armed.with_suffix(".part")
        part.write_text(point)
        part.replace(self.armed)
        while self.armed.exists():  # taken up by the engine in some milliseconds
            assert self.process.poll() is None

    def kill(self) -> None:
        """As a power cut would: no time to tidy up."""
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def user(self, name: str, **more) -> httpx.Client:
        """An HTTP client of a user, who is made if need be (with a new token)."""
        from pz_tsm.engine.pzserver.users import add_user

        headers = {"Authorization": f"Token {add_user(self.data, name, **more)}"}
        return httpx.Client(base_url=f"{self.url}/api", headers=headers, timeout=120)
