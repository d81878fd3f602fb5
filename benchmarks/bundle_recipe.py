"""A whole recipe, from three files to a bundle, against the script that one would write by hand for it.

Both in a process of their own, imports included: 3 catalogues of 100,000 rows (CSV, FITS, Parquet; a fifth of
the rows measured again), 2,000,000 objects, magnitudes, three parts, HDF5 for RAIL and Parquet.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import line
from benchmarks.measurements import ROOT

if TYPE_CHECKING:
    import pyarrow as pa

ROWS, OBJECTS, REPEATED = 100_000, 2_000_000, 0.2
BYTECODE = ROOT / ".cache" / "bench" / "bytecode"
BAR_TIME, BAR_MEMORY, SAME = 2.0, 2.0, 0.01
PEER = "benchmarks/by_hand.py: pandas, astropy, h5py"
FIELDS = ("F02", "F10", "F14", "F22", "COSMOS")
RECIPE = """\
format: tsm-recipe/1
name: bench
seed: 20261123
inputs:
  vvds: {{from: {{file: vvds.csv}}, survey: VVDS, id: VVDS, columns: {columns}}}
  vuds: {{from: {{file: vuds.fits}}, survey: VUDS, id: VUDS, columns: {columns}}}
  zcosmos: {{from: {{file: zcosmos.parquet}}, survey: ZCOSMOS, id: ZCOSMOS, columns: {columns}}}
steps:
  - homogenize: {{rules: pz-server}}
  - combine: {{radius_arcsec: 0.75}}
  - match: {{release: {{hats: {release}, profile: mock}}, radius_arcsec: 0.75, columns: [gaap1p0, cModel]}}
  - photometry: {{to: mag, deredden: sfd}}
  - split: {{method: random, parts: {{train: 0.7, validation: 0.15, test: 0.15}}}}
write:
  - {{format: parquet}}
  - {{format: rail-hdf5, catalog_tag: lsst_gaap_1p0}}
"""
COLUMNS = "{id: NUM, ra: RAJ2000, dec: DEJ2000, z: ZSPEC, z_err: EZSPEC, z_flag: ZFLAG}"


def run(rows: int = ROWS, objects: int = OBJECTS, rounds: int = 3) -> Iterator[dict[str, Any]]:
    from benchmarks import release

    place = release.release(objects)
    with tempfile.TemporaryDirectory(prefix="pz-tsm-bench-") as kept:
        folder = Path(kept)
        write_catalogues(folder, rows, objects)
        recipe = folder / "bench.tsm.yaml"
        recipe.write_text(RECIPE.format(columns=COLUMNS, release=place), encoding="utf-8")
        ways = {
            "ours": [sys.executable, "-m", "pz_tsm.cli", "run", str(recipe), "-o"],
            "peer": [sys.executable, "-m", "benchmarks.by_hand", str(folder), str(place)],
        }
        found: dict[str, list[dict[str, float]]] = {"ours": [], "peer": []}
        for number in range(rounds + 1):
            for name in ("ours", "peer") if number % 2 == 0 else ("peer", "ours"):
                with tempfile.TemporaryDirectory(prefix="pz-tsm-bench-") as out:
                    found[name].append(measured([*ways[name], str(Path(out) / "out")], folder))
                    if number == 0:
                        found[name][0]["rows"] = rows_of(Path(out) / "out")
    made = {name: int(all_of[0]["rows"]) for name, all_of in found.items()}
    apart = abs(made["ours"] - made["peer"])
    assert apart <= max(2, SAME * made["peer"]), f"both must make the same training set: {made}"
    middle = {
        name: {key: statistics.median(one[key] for one in all_of[1:]) for key in ("cpu", "wall", "peak")}
        for name, all_of in found.items()
    }
    ours, peer = middle["ours"], middle["peer"]
    timed = {"ours": ours["wall"], "peer": peer["wall"], "ours_wall": ours["wall"], "n": rounds}
    said = line("bundle/recipe", PEER, {**timed, "peer_wall": peer["wall"]}, BAR_TIME)
    more = {"unit": "s", "ours_cpu_s": round(ours["cpu"], 3), "peer_cpu_s": round(peer["cpu"], 3)}
    yield {**said, **more, "cpu_ratio": round(peer["cpu"] / ours["cpu"], 2), "rows": made}
    kept_mb = {"ours": ours["peak"] / 1e6, "peer": peer["peak"] / 1e6, "n": rounds}
    said = line("bundle/recipe-memory", PEER, {**kept_mb, "ours_wall": 0, "peer_wall": 0}, BAR_MEMORY)
    yield {**{key: value for key, value in said.items() if not key.endswith("_wall_s")}, "unit": "MB"}


def rows_of(out: Path) -> int:
    """Rows that the parts hold."""
    import h5py

    total = 0
    for path in out.rglob("*.hdf5"):
        with h5py.File(path) as file:
            total += len(file["redshift"])
    return total


def measured(command: list[str], folder: Path) -> dict[str, float]:
    """CPU and wall seconds and peak resident bytes of a command."""
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(BYTECODE), "PYTHONPATH": str(ROOT)}
    env["PZ_TSM_CACHE"] = str(folder / "cache")
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, cwd=folder, env=env, stdout=said, stderr=said)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        if child.returncode:
            said.seek(0)
            raise RuntimeError(said.read().decode())
    return {"cpu": used.ru_utime + used.ru_stime, "wall": wall, "peak": used.ru_maxrss * 1024}


def write_catalogues(folder: Path, rows: int, objects: int) -> None:
    """vvds.csv, vuds.fits and zcosmos.parquet: 12 columns each."""
    import pyarrow.parquet as pq
    from astropy.table import Table
    from pyarrow import csv

    one, two, three = catalogues(rows, objects)
    csv.write_csv(one, folder / "vvds.csv")
    Table(
        {name: two[name].to_numpy() for name in two.column_names if name != "FIELD"}
        | {"FIELD": two["FIELD"].to_numpy().astype("S6")}
    ).write(folder / "vuds.fits")
    pq.write_table(three, folder / "zcosmos.parquet")


def catalogues(each: int, objects: int) -> list[pa.Table]:
    import numpy as np
    import pyarrow as pa

    from benchmarks import release
    from benchmarks.skies import scattered

    rng = np.random.default_rng(7)
    total = 3 * each
    once = int(total * (1 - REPEATED))
    ra, dec = release.positions(objects, once)
    true = rng.gamma(2, 0.35, once) + 0.01
    which = rng.permutation(np.concatenate([np.arange(once), rng.choice(once, total - once, replace=False)]))
    ra, dec = scattered(rng, ra[which], dec[which], 0.05)
    z = true[which] + rng.normal(0, 1e-4, total)
    made = []
    for rows in np.array_split(np.arange(total), 3):
        n = len(rows)
        columns = {
            "NUM": rng.permutation(n) + 100_000,
            "RAJ2000": ra[rows],
            "DEJ2000": dec[rows],
            "ZSPEC": np.round(np.maximum(z[rows], 0.003), 5),
            "EZSPEC": np.round(rng.uniform(1e-4, 1e-3, n), 6),
            "ZFLAG": rng.integers(1, 5, n),
            **{f"{b}mag": np.round(rng.uniform(18, 25, n), 3) for b in ("g", "r", "i", "z")},
            "EXPTIME": rng.integers(600, 3600, n),
            "FIELD": np.array(FIELDS)[rng.integers(0, len(FIELDS), n)],
        }
        made.append(pa.table(columns))
    return made


if __name__ == "__main__":
    import json

    for said in run(rounds=int(sys.argv[1]) if len(sys.argv) > 1 else 3):
        print(json.dumps(said))
