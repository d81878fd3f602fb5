"""Verifying a bundle of 500 MB, the first time and again, against sha256 of its files."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import at_most, in_turn
from benchmarks.measurements import ROOT

ROWS, EXTRA = 1_500_000, 36
BAR = 1.2
RECIPE = """\
format: tsm-recipe/1
name: large
seed: 1
inputs:
  mock: {from: {file: large.parquet}, survey: VVDS, id: large, columns: {id: num, z: redshift}}
steps:
  - homogenize: {rules: pz-server}
  - split: {method: random, parts: {train: 0.8, test: 0.2}}
write:
  - {format: parquet}
"""


def run(rows: int = ROWS, rounds: int = 3) -> Iterator[dict[str, Any]]:
    bundle = made(rows)
    files = [path for path in bundle.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)

    def peer() -> None:
        for path in files:
            with path.open("rb") as file:
                hashlib.file_digest(file, "sha256").hexdigest()

    before = os.environ.get("PZ_TSM_CACHE")
    with tempfile.TemporaryDirectory(prefix="pz-tsm-bench-") as cache:
        os.environ["PZ_TSM_CACHE"] = cache
        try:
            for bench, way, means in (
                ("bundle/verify", first, "wall s of the first verify"),
                ("bundle/verify-again", again, "wall s of verify of bytes that were verified before"),
            ):
                timed = in_turn(lambda way=way: way(bundle), peer, rounds)
                more = {
                    f"{key}_s": round(timed[key], 3) for key in ("ours", "peer", "ours_wall", "peer_wall")
                }
                yield at_most(
                    *(bench, timed["ours_wall"] / timed["peer_wall"], BAR, "times", rounds),
                    f"{means} over sha256 of all files, one after the other, in the same process",
                    **more,
                    size_mb=round(size / 1e6, 1),
                )
        finally:
            del os.environ["PZ_TSM_CACHE"]
            if before is not None:
                os.environ["PZ_TSM_CACHE"] = before


def first(bundle: Path) -> None:
    """Everything is computed, and remembered."""
    from pz_tsm.bundle import verify

    report = verify(bundle, again=True)
    assert report.ok and report.remembered is None, report.problems


def again(bundle: Path) -> None:
    """As in a process of its own, which has to see first whether its rules are those of the record."""
    from pz_tsm.bundle import remembered, verify

    for known in (remembered._sources, remembered._libraries, remembered._others_rules):
        known.cache_clear()
    assert verify(bundle).remembered


def made(rows: int = ROWS) -> Path:
    """The bundle; written on first use."""
    folder = ROOT / ".cache" / "bench" / f"bundle-{rows}x{EXTRA}-v1"
    if not folder.is_dir():
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        from pz_tsm.recipe import run as run_recipe

        new = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        rng = np.random.default_rng(13)
        columns = {
            "num": np.arange(rows),
            "ra": rng.uniform(0, 360, rows),
            "dec": rng.uniform(-60, 60, rows),
            "redshift": rng.uniform(0.01, 3, rows),
            "z_flag": rng.integers(1, 5, rows),
            **{f"value{k}": rng.normal(20, 2, rows) for k in range(EXTRA)},
        }
        pq.write_table(pa.table(columns), new / "large.parquet", use_dictionary=False)
        run_recipe(RECIPE, new, new / "bundle")
        (new / "large.parquet").unlink()
        new.rename(folder)
    return folder / "bundle"


if __name__ == "__main__":
    from benchmarks.measure import show

    for said in run():
        show(said)
