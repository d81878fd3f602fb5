"""The match as a job of an engine, from HATS on disk to the written result, against LSDB called directly."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import jobs_lsdb
from benchmarks.measure import at_most

SIZES = ((100_000, 2_000_000),)  # positions, objects
ROUNDS, STOPS = 3, 5
BAR_WARM = (2.0, 1.05)  # seconds, or times, more than LSDB; the larger of both
BAR_FIRST, BAR_SECOND, BAR_STARTS, BAR_STOP = 1.5, 0.2, 1.0, 2.0
LEAN = "lsdb in a warm process, without the left side's margin and map"
COLD = "a script of LSDB with its defaults, the process included"
PATIENCE = 600.0
HOME = Path(__file__).resolve().parent.parent
RECIPE = """
format: tsm-recipe/1
name: jobs
inputs:
  specz:
    from: {{file: {table}}}
    survey: MOCK
    columns: {{id: id, ra: ra, dec: dec, z: redshift}}
steps:
  - match:
      release: {{hats: {release}, profile: mock}}
      radius_arcsec: {radius}
      rows: all
      run: engine
      columns: {columns}
write:
  - {{format: parquet}}
"""

Taken = dict[str, Any]  # wall and cpu (s), rows, of one match; and what else was seen


def run() -> Iterator[dict[str, Any]]:
    for size in SIZES:
        yield from measured(*size)


def measured(positions: int, objects: int) -> Iterator[dict[str, Any]]:
    """The five lines for one size."""
    with tempfile.TemporaryDirectory(prefix="pz-tsm-bench-") as folder:
        work = Work(Path(folder), positions, objects)
        first, second, cold = [], [], []
        for number in range(ROUNDS):
            ways: list[Callable[[], None]] = [
                lambda: _two(work, first, second),
                lambda: cold.append(work.cold()),
            ]
            for way in ways if number % 2 == 0 else ways[::-1]:
                way()
        warm, peer = _warm(work)
        stops = _stops(work)
    yield from _lines(warm, peer, first, second, cold, stops)


def _two(work: Work, first: list[Taken], second: list[Taken]) -> None:
    with Engine(work) as engine:
        first.append(engine.job())
        second.append(engine.job())


def _warm(work: Work) -> tuple[list[Taken], list[Taken]]:
    """Ours and LSDB's, each in its warm process, in turn."""
    ours, peer = [], []
    with Engine(work) as engine, work.serving() as lsdb:
        engine.job(), lsdb()
        for number in range(ROUNDS + 1):
            for way, taken in ((engine.job, ours), (lsdb, peer))[:: 1 if number % 2 == 0 else -1]:
                taken.append(way())
    same = (ours[0]["rows"], peer[0]["rows"])
    assert 0 <= same[0] - same[1] <= 0.001 * same[0], f"not the same pairs, but for margins: {same}"
    return ours[1:], peer[1:]


def _stops(work: Work) -> list[float]:
    """Seconds from the wish to the end of the job and its processes, once its match has found something."""
    with Engine(work) as engine:
        return [engine.stop() for _ in range(STOPS)]


def _lines(warm, peer, first, second, cold, stops) -> Iterator[dict[str, Any]]:  # noqa: ANN001
    def middle(taken: list[Taken], key: str = "wall") -> float:
        return statistics.median(one[key] for one in taken)

    def cpu(**of: list[Taken]) -> dict[str, float]:
        return {f"{name}_cpu_s": round(middle(taken, "cpu"), 3) for name, taken in of.items()}

    seconds, times = BAR_WARM
    ours, theirs, script = middle(warm), middle(peer), middle(cold)
    yield at_most(
        *("jobs/warm", ours, round(max(theirs + seconds, theirs * times), 4), "s", len(warm)),
        f"from submitting a recipe until its bundle is written and registered; bar: {LEAN}, "
        "and the larger of 2 s and 5 %",
        theirs,
        **cpu(ours=warm, peer=peer),
        rows=warm[0]["rows"],
    )
    for name, taken, bar in (("first", first, BAR_FIRST), ("second", second, BAR_SECOND)):
        yield at_most(
            *(f"jobs/{name}", middle(taken) / script, bar, "times", len(taken)),
            f"the {name} job of an engine over {COLD}",
            ours_wall_s=round(middle(taken), 3),
            peer_wall_s=round(script, 3),
            **cpu(ours=taken, peer=cold),
        )
    starts = [one["starts"] for one in (*second, *warm)]
    yield at_most(
        *("jobs/starts", max(starts), BAR_STARTS, "s", len(starts)),
        "from submitting a job to a warm worker until its match begins, the largest",
    )
    if not stops:  # small matches are over before they can be stopped
        return
    yield at_most(
        *("jobs/stop", max(stops), BAR_STOP, "s", len(stops)),
        "from the wish to stop, in the middle of the match, to the end of its processes, the largest",
        median_s=round(statistics.median(stops), 3),
    )


class Work:
    """What is matched: a table of redshifts in ``folder``, and a release that is kept for the next time."""

    def __init__(self, folder: Path, positions: int, objects: int) -> None:
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        from benchmarks import release
        from pz_tsm.mock.release import schema

        self.folder = folder
        self.release = release.release(objects)
        self.table = folder / "specz.parquet"
        ra, dec = release.positions(objects, positions)
        z = np.random.default_rng(5).uniform(0.01, 3, positions)
        pq.write_table(
            pa.table({"id": np.arange(positions), "ra": ra, "dec": dec, "redshift": z}), self.table
        )
        skip = (*release.SKIPPED, "objectId", "coord_ra", "coord_dec", "_healpix_29")
        columns = [name for name in schema().names if not any(word in name for word in skip)]
        self.recipe = RECIPE.format(
            table=self.table.name, release=self.release, radius=jobs_lsdb.RADIUS, columns=json.dumps(columns)
        )

    def cold(self) -> Taken:
        """LSDB with its defaults in a new process."""
        start = time.perf_counter()
        done = subprocess.run(self._lsdb("cold"), check=True, stdout=subprocess.PIPE, cwd=HOME)
        return {"wall": time.perf_counter() - start, **json.loads(done.stdout)}

    @contextlib.contextmanager
    def serving(self) -> Iterator[Callable[[], Taken]]:
        """A process in which LSDB matches each time it is asked."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(self._lsdb("serve"), cwd=HOME, **pipes) as process:

            def match() -> Taken:
                print(file=process.stdin, flush=True)
                return json.loads(process.stdout.readline())

            yield match
            process.stdin.close()

    def _lsdb(self, how: str) -> list[str]:
        out = self.folder / "lsdb.parquet"
        said = [str(path) for path in (self.release, self.table, out)]
        return [sys.executable, "-W", "ignore", "-m", "benchmarks.jobs_lsdb", how, *said]


class Engine:
    """An engine with a data folder of its own."""

    def __init__(self, work: Work) -> None:
        from pz_tsm.engine import runtime

        self._work = work
        self._folder = Path(tempfile.mkdtemp(dir=work.folder))
        self._engine = runtime.ensure(self._folder / "data")
        self._jobs = 0

    def __enter__(self) -> Engine:
        import httpx
        import psutil

        self._process = psutil.Process(self._engine.pid)
        said = {"base_url": self._engine.url, "headers": self._engine.headers}
        self._client = httpx.Client(**said, timeout=60, trust_env=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        os.kill(self._engine.pid, signal.SIGTERM)
        _until(lambda: not self._process.is_running() or self._process.status() == "zombie")

    def job(self) -> Taken:
        """One run of the recipe, from submitting it until it is done; ``starts``: until its match begins."""
        used, start = self._cpu(), time.perf_counter()
        id = self._submit()
        starts = None
        while (run := self._ask("GET", f"/local/runs/{id}"))["state"] in ("pending", "running"):
            if starts is None and _matching(run):
                starts = time.perf_counter() - start
            time.sleep(0.02 if starts is None else 0.1)  # asking costs the engine 5 ms
        wall = time.perf_counter() - start
        assert run["state"] == "done" and run["product"], run["error"] or run["product_trouble"]
        rows = next(step["rows_out"] for step in run["steps"] if step["op"] == "match")
        return {"wall": wall, "cpu": self._cpu() - used, "rows": rows, "starts": starts or wall}

    def stop(self) -> float:
        """Seconds from the wish to stop until the run is stopped and its processes are gone."""
        import psutil

        id = self._submit()
        _until(lambda: (run := self._ask("GET", f"/local/runs/{id}"))["state"] == "done" or _found(run))
        job = json.loads((self._folder / "data" / "runs" / id / "job.json").read_text(encoding="utf-8"))
        its = [psutil.Process(job["pid"])] if job["pid"] else []
        its += [one for process in its for one in process.children(recursive=True)]
        start = time.perf_counter()
        self._ask("POST", f"/local/runs/{id}/stop")
        _until(lambda: not any(one.is_running() and one.status() != "zombie" for one in its))
        _until(lambda: self._ask("GET", f"/local/runs/{id}")["state"] not in ("running", "stopping"))
        took = time.perf_counter() - start
        assert its and self._ask("GET", f"/local/runs/{id}")["state"] == "stopped", "it was too late to stop"
        return took

    def _submit(self) -> str:
        self._jobs += 1
        out = self._folder / f"bundle-{self._jobs}"
        said = {"text": self._work.recipe, "base": str(self._work.folder), "out": str(out)}
        return self._ask("POST", "/local/runs", json=said)["id"]

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        answer = self._client.request(method, path, **more)
        assert answer.status_code < 400, answer.text
        return answer.json()

    def _cpu(self) -> float:
        """CPU seconds so far of the engine and of the processes that it has now."""
        import psutil

        total = 0.0
        for process in (self._process, *self._process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                used = process.cpu_times()
                total += used.user + used.system
        return total


def _matching(run: dict[str, Any]) -> bool:
    return any(step["op"] == "match" for step in run["steps"])


def _found(run: dict[str, Any]) -> bool:
    amounts = [step["amount"] for step in run["steps"] if step["op"] == "match" and step["amount"]]
    return any(amount["done"] for amount in amounts)


def _until(condition: Callable[[], Any]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.01)
