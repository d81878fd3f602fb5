"""Groups within 0.75 arcsec among 1,000,000 rows of which 20 % are measured again.

Against astropy, against STILTS; the first use of a process; many catalogues against one. And whole
measurements of eight surveys, homogenized, combined and explained, from 30,000 to 3,000,000 rows.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import at_most, cpu_seconds, in_turn, line
from benchmarks.measurements import ROOT
from benchmarks.skies import field, scattered

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ROWS, RADIUS = 1_000_000, 0.75
CATALOGUES = 20
BAR_ASTROPY, BAR_STILTS, BAR_FIRST, BAR_CATALOGUES = 10.0, 40.0, 1.0, 1.3
BAR_WHOLE, BAR_PEAK, BAR_GROWTH, BAR_ALL10 = 60.0, 3.0, 1.5, 1.0
BYTECODE = ROOT / ".cache" / "bench" / "bytecode"


def run() -> Iterator[dict[str, Any]]:
    from pz_tsm import sky

    sky.load()  # as in a process that has searched some millions of rows; how one begins is ``first_use``
    ra, dec = positions()
    yield against_astropy(ra, dec)
    yield against_stilts(ra, dec)
    yield first_use()
    yield many_catalogues(ra, dec)
    yield from whole()


def positions() -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    rng = np.random.default_rng(1)
    ra, dec = field(rng, ROWS * 8 // 10)
    again = rng.choice(len(ra), ROWS - len(ra), replace=False)
    ra2, dec2 = scattered(rng, ra[again], dec[again], 0.15)
    return np.concatenate([ra, ra2]), np.concatenate([dec, dec2])


def groups(ra: np.ndarray, dec: np.ndarray) -> int:
    """How many groups there are, rows alone included."""
    import numpy as np

    from pz_tsm import sky

    i, j, _ = sky.self_pairs(ra, dec, RADIUS)
    labels = sky.components(len(ra), i, j)  # each the smallest index of its group
    return int(np.count_nonzero(labels == np.arange(len(ra))))


def against_astropy(ra: np.ndarray, dec: np.ndarray) -> dict[str, Any]:
    import numpy as np
    from astropy import units
    from astropy.coordinates import SkyCoord, search_around_sky
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    def peer() -> int:
        places = SkyCoord(ra, dec, unit="deg")  # a new one each time: astropy keeps the tree with it
        i, j, _, _ = search_around_sky(places, places, RADIUS * units.arcsec)
        graph = coo_matrix((np.ones(len(i), np.int8), (i, j)), shape=(len(ra), len(ra)))
        return connected_components(graph, directed=False)[0]

    return _same_groups(
        "combine/groups", ra, dec, peer, "astropy search_around_sky + scipy connected_components", BAR_ASTROPY
    )


def against_stilts(ra: np.ndarray, dec: np.ndarray) -> dict[str, Any]:
    """STILTS starts its Java machine, reads a FITS file and writes one: what its user waits for."""
    program = shutil.which("stilts")
    name = "STILTS tmatch1, with start, reading and writing FITS"
    if program is None:
        used = cpu_seconds()
        groups(ra, dec)
        used = cpu_seconds() - used
        return {
            **at_most("combine/groups-stilts", used, BAR_STILTS, "CPU s", 1, "ratio at least"),
            **{"peer_name": name, "ok": None},
        }
    from astropy.table import Table

    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "in.fits", Path(folder) / "out.fits"
        Table({"ra": ra, "dec": dec}).write(given)

        def peer() -> None:
            command = [
                program,
                "tmatch1",
                "matcher=sky",
                "values=ra dec",
                f"params={RADIUS}",
                "action=identify",
            ]
            command += [f"in={given}", f"out={made}", "progress=none"]
            subprocess.run(command, check=True, capture_output=True)

        def count() -> int:
            peer()
            table = Table.read(made)
            inside = table["GroupID"] > 0
            return len(table) - int(inside.sum()) + len(set(table["GroupID"][inside].tolist()))

        assert groups(ra, dec) == count(), "both must find the same number of groups"
        timed = in_turn(lambda: groups(ra, dec), peer, 3)
    return line("combine/groups-stilts", name, timed, BAR_STILTS)


def _same_groups(bench: str, ra, dec, peer: Callable[[], int], name: str, bar: float):  # noqa: ANN001, ANN202
    assert groups(ra, dec) == peer(), "both must find the same number of groups"
    return line(bench, name, in_turn(lambda: groups(ra, dec), peer), bar)


CHILD = """
import json, time
from benchmarks import combine
combine.ROWS = {rows}
ra, dec = combine.positions()
import pz_tsm.sky
said = []
for _ in range(7):
    used, start = time.process_time(), time.perf_counter()
    combine.groups(ra, dec)
    said.append([time.process_time() - used, time.perf_counter() - start])
print(json.dumps(said))
"""


def first_use(rounds: int = 3) -> dict[str, Any]:
    """The slowest of the first searches of a new process, of which one imports compiled code, against its
    last ones, with compiled code and bytecode on disk."""
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(BYTECODE)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", CHILD.format(rows=ROWS)]
    more = []
    for _ in range(rounds + 1):  # the first fills the caches
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
        said = json.loads(done.stdout)
        more.append([max(each[k] for each in said) - min(each[k] for each in said[-2:]) for k in (0, 1)])
    cpu, wall = (statistics.median(each[k] for each in more[1:]) for k in (0, 1))
    return at_most(
        *("combine/first-use", cpu, BAR_FIRST, "CPU s", rounds, "ours at most, more than a later use"),
        ours_wall_s=round(wall, 4),
    )


def many_catalogues(ra: np.ndarray, dec: np.ndarray) -> dict[str, Any]:
    """The step combine on 20 catalogues, each a survey of its own, against the same rows as one.

    No pairs are kept from earlier at the start of each round; those found are kept by pair of catalogues.
    """
    import pyarrow.compute as pc

    from pz_tsm.ops.base import Context
    from pz_tsm.ops.combine import OPERATION

    table = _table(ra, dec, CATALOGUES)
    number = table.column("survey").combine_chunks().dictionary_encode()
    many = {
        name: table.filter(pc.equal(number.indices, k))
        for k, name in enumerate(number.dictionary.to_pylist())
    }
    one = {"all": _table(ra, dec, 1)}
    params = OPERATION.parse({"radius_arcsec": RADIUS})

    def combine(tables: dict[str, pa.Table]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["PZ_TSM_CACHE"] = folder
            OPERATION.run(tables, params, Context())

    before = os.environ.get("PZ_TSM_CACHE")
    try:
        timed = in_turn(lambda: combine(many), lambda: combine(one))
    finally:
        os.environ.pop("PZ_TSM_CACHE", None)
        if before is not None:
            os.environ["PZ_TSM_CACHE"] = before
    return at_most(
        *("combine/catalogues", timed["ours"] / timed["peer"], BAR_CATALOGUES, "times", timed["n"]),
        f"ours at most: CPU s of {CATALOGUES} catalogues over that of one with as many rows",
        many_s=round(timed["ours"], 4),
        one_s=round(timed["peer"], 4),
    )


def whole(rounds: int = 3) -> Iterator[dict[str, Any]]:
    """Homogenize, combine and explain in new processes; the real catalogues where they are at hand."""

    def measured(asked: str, n: int) -> dict[str, Any]:
        command = [sys.executable, "-m", "benchmarks.measurements", asked]
        env = {**os.environ, "PYTHONPYCACHEPREFIX": str(BYTECODE)}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        found = []
        for _ in range(n):
            with tempfile.TemporaryDirectory() as folder:  # no pairs are kept from one to the next
                done = subprocess.run(
                    command, check=True, capture_output=True, text=True, env={**env, "PZ_TSM_CACHE": folder}
                )
            found.append(json.loads(done.stdout))
        return sorted(found, key=lambda one: one["wall_s"])[n // 2]

    runs = {rows: measured(str(rows), rounds) for rows in (30_000, 300_000, 3_000_000)}
    most = runs[3_000_000]
    steps = {key: round(most[key], 3) for key in ("homogenize_s", "combine_s", "explain_s", "cpu_s")}
    yield at_most("combine/whole-3m", most["wall_s"], BAR_WHOLE, "s", rounds, "ours at most", **steps)
    peak = most["peak_bytes"] / 1e9
    yield at_most("combine/whole-3m-memory", peak, BAR_PEAK, "GB", rounds, "peak of the process at most")
    each = {rows: found["cpu_s"] / rows * 1e6 for rows, found in runs.items()}
    yield at_most(
        *("combine/growth", each[3_000_000] / each[300_000], BAR_GROWTH, "times", rounds),
        "CPU s a row at 3M over that at 300k, at most",
        **{f"us_a_row_{rows}": round(value, 2) for rows, value in each.items()},
    )
    if (ROOT.parent / "shared" / "data").is_dir():
        real = measured("all10", rounds)
        yield at_most("combine/all10", real["wall_s"], BAR_ALL10, "s", rounds, "ours at most, imports apart")


def _table(ra: np.ndarray, dec: np.ndarray, count: int) -> pa.Table:
    """The positions in random order, spread over ``count`` surveys, with secure redshifts that agree."""
    import numpy as np
    import pyarrow as pa

    rng = np.random.default_rng(3)
    n = len(ra)
    order = rng.permutation(n)
    names = pa.array([f"mock {k}" for k in range(count)]).take(pa.array(rng.integers(0, count, n)))
    return pa.table(
        {
            "row_id": np.arange(n),
            "source_product": names,
            "survey": names,
            "ra": ra[order],
            "dec": dec[order],
            "redshift": np.full(n, 0.5),
            "z_flag_homogenized": np.full(n, 4, dtype=np.float32),
            "instrument_type": pa.array(["s"] * n),
            "spec_class": pa.array(["GALAXY"] * n),
        }
    )
