"""A small recipe run by a real engine, whose processes are killed: what tests and ``make soak`` share."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

from pz_tsm import mock, recipe
from pz_tsm.engine import runtime
from tests.processkit import gone, wait_for

RECIPE = """
format: tsm-recipe/1
name: small
seed: 5
inputs:
  wide:
    from: {file: mock_wide.fits}
    survey: MOCK-WIDE
    columns: {id: TARGETID, ra: TARGET_RA, dec: TARGET_DEC, z: Z, z_flag: ZWARN}
steps:
  - match: {release: {hats: mock_release, profile: mock}, rows: all, run: RUN}
  - split: {method: random, parts: {train: 0.7, test: 0.3}}
write:
  - {format: parquet}
"""
PATIENCE = 240.0  # seconds for one run, on a busy machine


class Ground:
    """A mock sky in ``folder``, an engine's data folder beside it, and what the recipe gives undisturbed."""

    def __init__(self, folder: Path, sky: Path | None = None) -> None:
        self.base = sky or folder / "sky"
        self.data = folder / "engine"
        if sky is None:
            self.make_sky(self.base)
        self.bundles = folder / "bundles"
        self.bundles.mkdir()
        self.digest = recipe.run(RECIPE.replace("RUN", "memory"), self.base).digest
        self.env: dict[str, str] = {}

    @staticmethod
    def make_sky(folder: Path) -> Path:
        mock.make(folder, rows=1500, objects=12_000, seed=4)
        return folder

    def engine(self) -> runtime.Runtime:
        return runtime.ensure(self.data, env=self.env)

    def ask(self, method: str, path: str, **more: Any) -> Any:
        engine = self.engine()
        with httpx.Client(base_url=engine.url, headers=engine.headers, timeout=60, trust_env=False) as client:
            answer = client.request(method, path, **more)
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else None

    def submit(self, name: str) -> str | None:
        """The run's id; None if the engine did not live to tell it."""
        body = {"text": RECIPE.replace("RUN", "engine"), "base": str(self.base)}
        with contextlib.suppress(httpx.TransportError):
            return self.ask("POST", "/local/runs", json={**body, "out": str(self.bundles / name)})["id"]
        return None

    def job(self, id: str) -> dict[str, Any]:
        return json.loads((self.data / "runs" / id / "job.json").read_text())

    def ended(self, id: str | None) -> dict[str, Any]:
        """The run once it has ended, with an engine that is started again where it was killed."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                if id is None:
                    id = self.ask("GET", "/local/runs")["runs"][0]["id"]
                run = self.ask("GET", f"/local/runs/{id}")
                if run["state"] in ("done", "failed", "stopped"):
                    assert run["state"] == "done", (run["error"], self.log(id))
                    return run
            time.sleep(0.05)
        raise AssertionError(f"the run did not end: {run}\n{self.log(id)}")

    def log(self, id: str | None) -> str:
        path = self.data / "runs" / str(id) / "log.txt"
        return path.read_text() if path.exists() else ""

    def kill(self, pid: int | None) -> bool:
        """kill -9 of a process of ours; False if it was gone already."""
        if pid is None or not psutil.pid_exists(pid):
            return False
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: gone(pid), "a killed process to be gone")
        return True

    def products(self) -> int:
        """How many products there are."""
        return self.ask("GET", "/api/products/")["count"]

    def check(self, run: dict[str, Any], products: int) -> None:
        """One bundle, whole and with the rows of an undisturbed run; one product of it, and so many in all;
        nothing else."""
        from pz_tsm import bundle

        out = Path(run["bundle"])
        lock = (out / "recipe.tsm.lock").read_text()
        assert self.digest in lock, "the rows differ from those of an undisturbed run"
        assert bundle.verify(out).ok
        left = [path.name for path in self.bundles.iterdir() if path.name.endswith((".partial", ".old"))]
        assert not left and not [path for path in self.bundles.iterdir() if path.name.startswith(".")], left
        files = sorted(path.name for path in (self.data / "runs" / run["id"]).iterdir())
        assert files == ["job.json", "log.txt", "progress.jsonl", "recipe.tsm.yaml", "result.json"], files
        assert not [path for path in (self.data / "runs").iterdir() if path.name.startswith(".")]
        assert run["product"] is not None, run["product_trouble"]
        made = self.ask("GET", "/api/products/?page_size=1000")["results"]
        mine = [product for product in made if str(product["id"]) == str(run["product"]["id"])]
        assert len(made) == products and len(mine) == 1, [product["display_name"] for product in made]
        folders = [path for path in (self.data / "products").glob("*/*")]
        assert len(folders) == products, [path.name for path in folders]

    def close(self) -> None:
        """End the engine."""
        said = runtime.read(self.data)
        if said is not None and psutil.pid_exists(said["pid"]):
            os.kill(said["pid"], signal.SIGTERM)
            wait_for(lambda: gone(said["pid"]), "the engine to end")
