"""Measurements of eight surveys, homogenized, combined and explained, in a process of its own.

    python -m benchmarks.measurements ROWS|all10

prints one JSON line: seconds of each step, CPU seconds, the peak of the process in bytes. Time starts
after the imports and the making of the rows.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

SURVEYS = ("VVDS", "VUDS", "ZCOSMOS", "GAMA_DR4", "2DFGRS", "6DFGS", "OZDES", "2DFLENS")
REPEATED = 0.2  # of all rows
WRONG = 0.02
ROOT = Path(__file__).resolve().parent.parent


def tables(rows: int) -> dict[str, pa.Table]:
    """So many rows over all the sky, one catalogue a survey, a fifth of them repeats; flags 1 to 4."""
    import numpy as np
    import pyarrow as pa

    rng = np.random.default_rng(1)
    objects = int(rows * (1 - REPEATED))
    ra, dec = rng.uniform(0, 360, objects), np.degrees(np.arcsin(rng.uniform(-1, 1, objects)))
    true = rng.gamma(2, 0.35, objects)
    which = rng.permutation(np.concatenate([np.arange(objects), rng.integers(0, objects, rows - objects)]))
    ids = rng.permutation(np.arange(1, rows + 1, dtype=np.int64) * 7919)
    made = {}
    for name, part in zip(SURVEYS, np.array_split(np.arange(rows), len(SURVEYS)), strict=True):
        source, n = which[part], len(part)
        z = true[source] + rng.normal(0, 3e-4, n)
        wrong = rng.random(n) < WRONG
        z[wrong] = rng.gamma(2, 0.35, int(wrong.sum()))
        east = rng.normal(0, 0.1, n) / 3600 / np.maximum(np.cos(np.radians(dec[source])), 0.05)
        same = pa.array(np.zeros(n, dtype=np.int32))
        made[name] = pa.table(
            {
                "row_id": ids[part],
                "source_product": pa.DictionaryArray.from_arrays(same, pa.array([f"mock_{name}"])).cast(
                    pa.string()
                ),
                "source_row_id": pa.array(np.arange(n)).cast(pa.string()),
                "ra": (ra[source] + east) % 360,
                "dec": np.clip(dec[source] + rng.normal(0, 0.1, n) / 3600, -90, 90),
                "redshift": np.maximum(z, 0.003),
                "redshift_err": rng.uniform(1e-4, 1e-3, n),
                "survey": pa.DictionaryArray.from_arrays(same, pa.array([name])).cast(pa.string()),
                "z_flag": rng.integers(1, 5, n),
            }
        )
    return made


def all10() -> dict[str, pa.Table]:
    """The ten real catalogues of ../shared/data, of up to 1,000 rows each."""
    sys.path.insert(0, str(ROOT / "tests" / "ops"))
    import kit

    return kit.catalogues(ROOT.parent / "shared", kit.ALL10)


def measure(given: dict[str, pa.Table]) -> dict[str, Any]:
    """Homogenize, combine, explain; ``given`` is emptied on the way, as a recipe lets go of its inputs."""
    import numba  # noqa: F401
    import pyarrow.compute  # noqa: F401
    import scipy.sparse.csgraph  # noqa: F401
    import scipy.spatial  # noqa: F401

    from pz_tsm import explain
    from pz_tsm.ops import get
    from pz_tsm.ops.base import Context

    homogenize, combine, ctx = get("homogenize"), get("combine"), Context()
    said: dict[str, Any] = {"rows": sum(one.num_rows for one in given.values())}
    begin, used = time.perf_counter(), time.process_time()
    rules = homogenize.parse("pz-server")
    ready = {name: homogenize.run(given.pop(name), rules, ctx).table for name in list(given)}
    said["homogenize_s"] = time.perf_counter() - begin
    start = time.perf_counter()
    table = combine.run(ready, combine.parse({"survey_rank": list(SURVEYS)}), ctx).table
    del ready
    said["combine_s"] = time.perf_counter() - start
    start = time.perf_counter()
    listed = explain.conflicts(table)
    objects = explain.objects(table)
    for place in range(min(10, listed.num_rows)):
        explain.why(table, listed["row_id"][place].as_py())
    said["explain_s"] = time.perf_counter() - start
    said["wall_s"], said["cpu_s"] = time.perf_counter() - begin, time.process_time() - used
    said |= {"objects": objects.num_rows, "conflicts": listed.num_rows}
    said["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return said


if __name__ == "__main__":
    asked = sys.argv[1]
    print(json.dumps(measure(all10() if asked == "all10" else tables(int(float(asked))))))
