"""The step match as a job of the engine, against 2 and 20 million objects on disk: its memory and its time.

``python -m benchmarks.match_scale cost`` prints the measurements behind the cost model of docs/idac.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import at_most

SIZES = ((300_000, 2_000_000), (300_000, 20_000_000))  # positions, objects
RADIUS = 1.0
WORKER = 2_000_000_000  # bytes that the job may take
BAR_MEMORY, BAR_FLAT = WORKER / 1e6, 1.2
THREADS = 2
COST = (  # (positions, objects, order of the partitions, threads, run)
    (300_000, 2_000_000, 5, 2, "engine"),
    (300_000, 20_000_000, 5, 1, "engine"),
    (300_000, 20_000_000, 5, 2, "engine"),
    (300_000, 20_000_000, 7, 2, "engine"),
    (30_000, 20_000_000, 5, 2, "engine"),
    (300_000, 20_000_000, 5, 1, "memory"),
)


def run() -> Iterator[dict[str, Any]]:
    found = [job(*size) for size in SIZES]
    small, large = found[0], found[-1]
    about = {key: large[key] for key in ("positions", "objects", "partitions", "matched")}
    yield at_most(
        "match_scale/memory",
        large["peak"] / 1e6,
        BAR_MEMORY,
        "MB",
        1,
        "the peak of a job's process at the larger size",
        **about,
    )
    yield at_most(
        "match_scale/flat",
        large["peak"] / small["peak"],
        BAR_FLAT,
        "times",
        1,
        f"that peak over the one with {small['objects']:,} objects",
        smaller_mb=round(small["peak"] / 1e6, 1),
    )
    yield {
        **at_most("match_scale/partition", large["wall"] / large["partitions"], 0, "s", 1, "no bar"),
        "bar": None,
        "ok": None,
        "means": "wall seconds of the whole step over its partitions",
        **{f"{key}_s": round(large[key], 2) for key in ("wall", "cpu")},
        "threads": THREADS,
    }


def job(
    positions: int, objects: int, order: int | None = None, threads: int = THREADS, run: str = "engine"
) -> dict[str, Any]:
    """The step in a process of its own, after one small match in it, as in a warm worker."""
    from benchmarks import release
    from pz_tsm.engine.jobs.memory import environment

    order = order or release.ORDER
    release.release(objects, order)
    release.release(10_000)
    asked = json.dumps([positions, objects, order, threads, run])
    command = [sys.executable, "-m", "benchmarks.match_scale", "job", asked]
    folder = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, cwd=folder, env=environment()
    )
    return json.loads(done.stdout)


def measured(positions: int, objects: int, order: int, threads: int, run: str) -> dict[str, Any]:
    """Peak memory of this process (bytes), and seconds of the step; Linux only."""
    import time

    from benchmarks.match import _status
    from benchmarks.measure import cpu_seconds

    with tempfile.TemporaryDirectory(prefix="pz-tsm-bench-") as folder:
        _step(Path(folder) / "first", 1000, 10_000, None, threads, run)
        start, used = time.perf_counter(), cpu_seconds()
        result = _step(Path(folder) / "job", positions, objects, order, threads, run)
        wall, cpu = time.perf_counter() - start, cpu_seconds() - used
    details = result.report.details
    return {
        "run": run,
        "positions": positions,
        "objects": objects,
        "order": order,
        "threads": threads,
        "partitions": _partitions(objects, order),
        "columns": len(details["columns"]),
        "matched": details["matched"],
        "wall": wall,
        "cpu": cpu,
        "peak": _status("VmHWM"),
    }


def _step(folder: Path, positions: int, objects: int, order: int | None, threads: int, run: str) -> Any:
    import numpy as np
    import pyarrow as pa

    from benchmarks import release
    from pz_tsm.ops import get
    from pz_tsm.ops.base import Context, JobPlace

    ra, dec = release.positions(objects, positions, order or release.ORDER)
    table = pa.table(
        {
            "row_id": np.arange(positions),
            "ra": ra,
            "dec": dec,
            "redshift": np.random.default_rng(5).uniform(0.01, 3, positions),
            "survey": pa.array(["MOCK"] * positions),
            "z_flag_homogenized": np.full(positions, 4, np.float32),
            "instrument_type": pa.array(["s"] * positions),
        }
    )
    operation = get("match")
    where = {"hats": str(release.release(objects, order or release.ORDER)), "profile": "mock"}
    params = operation.parse({"release": where, "radius_arcsec": RADIUS, "run": run, "blends": "keep"})
    folder.mkdir()
    place = JobPlace(folder, WORKER, {"kind": "threads", "threads": threads})
    return operation.run(table, params, Context(job=place))


def _partitions(objects: int, order: int) -> int:
    from benchmarks.release import pixels

    return len(pixels(objects, order))


def cost() -> None:
    """One JSON line for each of COST."""
    for case in COST:
        print(json.dumps(job(*case)), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "cost":
        cost()
    else:
        print(json.dumps(measured(*json.loads(sys.argv[2]))))
