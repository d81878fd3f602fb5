"""Reading 1,000,000 rows of 12 columns into Arrow, against the fastest reader of each format that we know.

``pz_tsm.sources.files.read_raw`` finds the format from the content, checks what a file is to be, and keeps
units; the peers are told the format and do nothing else. polars, where it can be had, is a peer and no
dependency.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import at_most, cpu_seconds, in_turn, line
from benchmarks.measurements import ROOT

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ROWS = 1_000_000
CACHE = ROOT / ".cache" / "bench"
POLARS = CACHE / "polars"
BAR, BAR_VOTABLE = 1.2, 10.0
FIELDS = ("COSMOS", "XMM-LSS", "ELAIS-S1", "ECDFS", "EDFS-a")


def run() -> Iterator[dict[str, Any]]:
    from pz_tsm.sources.files import read_raw

    files = write()
    for kind, readers in peers(files).items():
        path = files[kind]

        def ours(path: Path = path) -> pa.Table:
            return read_raw(path)

        name, peer = fastest(readers)
        assert ours().num_rows == peer().num_rows == ROWS
        timed = in_turn(ours, peer)
        yield at_most(
            *(f"sources/{kind}", timed["ours"] / timed["peer"], BAR, "times", timed["n"]),
            f"CPU s of ours over those of the fastest peer: {name}",
            ours_s=round(timed["ours"], 4),
            peer_s=round(timed["peer"], 4),
            ours_wall_s=round(timed["ours_wall"], 4),
            peer_wall_s=round(timed["peer_wall"], 4),
        )
    yield votable()


def votable() -> dict[str, Any]:
    """BINARY2 against one reading by astropy, each in a process of its own, after a small file of the same
    columns; of ours the median of five."""
    path = write_votable(ROWS)
    small = write_votable(ROWS // 1000)
    ours, peer = (
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)
        for command in (
            [sys.executable, "-m", "benchmarks.sources", "ours", "5", str(small), str(path)],
            [sys.executable, "-m", "benchmarks.sources", "astropy", "1", str(small), str(path)],
        )
    )
    assert ours["rows"] == peer["rows"] == ROWS
    timed = {
        **{"ours": ours["cpu"], "peer": peer["cpu"], "n": 1},
        **{"ours_wall": ours["wall"], "peer_wall": peer["wall"]},
    }
    more = {"rows": ROWS, "ours_peak_mb": ours["peak_mb"], "peer_peak_mb": peer["peak_mb"]}
    means = "one reading of the file by astropy over the median of five of ours"
    return {**line("sources/votable", "astropy", timed, BAR_VOTABLE), **more, "means": means}


def read_votable(reader: str, rounds: int, small: Path, path: Path) -> dict[str, Any]:
    """Medians of CPU and wall seconds, rows, and the peak of this process (MB), of a reading of ``path``."""
    import resource
    import time
    import warnings

    if reader == "astropy":
        from astropy.table import Table

        def read(path: Path) -> int:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return len(Table.read(path, format="votable"))
    else:
        from pz_tsm.sources.files import read_raw

        def read(path: Path) -> int:
            return read_raw(path).num_rows

    read(small)
    cpu, wall, rows = [], [], 0
    for _ in range(rounds):
        start, used = time.perf_counter(), cpu_seconds()
        rows = read(path)
        cpu.append(cpu_seconds() - used)
        wall.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"cpu": statistics.median(cpu), "wall": statistics.median(wall), "rows": rows, "peak_mb": peak}


def write_votable(rows: int) -> Path:
    path = folder() / f"t-{rows}.vot"
    if not path.exists():
        from astropy.io.votable import from_table, writeto
        from astropy.table import Table

        folder().mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        writeto(from_table(Table(arrays(rows))), str(part), tabledata_format="binary2")
        part.replace(path)
    return path


def fastest(readers: dict[str, Callable[[], Any]]) -> tuple[str, Callable[[], Any]]:
    """Of several peers the one that is fastest here, by its second call."""

    def seconds(read: Callable[[], Any]) -> float:
        read()
        used = cpu_seconds()
        read()
        return cpu_seconds() - used

    times = {name: seconds(read) for name, read in readers.items()}
    name = min(times, key=times.__getitem__)
    return name, readers[name]


def peers(files: dict[str, Path]) -> dict[str, dict[str, Callable[[], Any]]]:
    """Readers of each format, each giving an Arrow table."""
    import h5py
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import csv

    kinds = {name: values.dtype for name, values in arrays(10).items()}

    def memmap() -> pa.Table:
        """The layout being known, so that no header has to be read."""
        layout = np.dtype([(name, kind.newbyteorder(">")) for name, kind in kinds.items()])
        size = -(-ROWS * layout.itemsize // 2880) * 2880
        offset = files["fits"].stat().st_size - size
        rows = np.memmap(files["fits"], layout, "r", offset, (ROWS,))
        return pa.table({name: column(rows[name].astype(kind)) for name, kind in kinds.items()})

    def hdf5() -> pa.Table:
        with h5py.File(files["hdf5"], "r") as file:
            return pa.table({name: column(file[name][()]) for name in kinds})

    made: dict[str, dict[str, Callable[[], Any]]] = {
        "csv": {
            "pandas": lambda: pa.Table.from_pandas(pd.read_csv(files["csv"])),
            "pyarrow": lambda: csv.read_csv(files["csv"]),
        },
        "fits": {"numpy.memmap": memmap},
        "hdf5": {"h5py": hdf5},
        "parquet": {"pyarrow": lambda: pq.read_table(files["parquet"])},
    }
    pl = polars()
    if pl is not None:
        made["parquet"]["polars"] = lambda: pl.read_parquet(files["parquet"]).to_arrow()
        made["csv"]["polars"] = lambda: pl.read_csv(files["csv"]).to_arrow()
    return made


def column(values: np.ndarray) -> pa.Array:
    import pyarrow as pa

    return pa.array(values).cast(pa.string()) if values.dtype.kind == "S" else pa.array(values)


def polars() -> Any:
    """The module, installed below the cache on first use; None where that is not possible."""
    if not POLARS.is_dir():
        uv = Path(sys.executable).with_name("uv")
        try:
            command = [uv, "pip", "install", "--quiet", "--target", POLARS, "polars"]
            subprocess.run([str(part) for part in command], check=True, stdout=sys.stderr)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"bench: no polars: {error}", file=sys.stderr)
            return None
    sys.path.append(str(POLARS))
    try:
        import polars as found
    except ImportError:
        return None
    return found


def arrays(rows: int) -> dict[str, np.ndarray]:
    """88 bytes a row: ids, positions, redshifts, a flag, magnitudes, a text."""
    import numpy as np

    rng = np.random.default_rng(11)
    return {
        "id": rng.integers(1, 2**53, rows),
        "ra": rng.uniform(0, 360, rows),
        "dec": rng.uniform(-90, 90, rows),
        "z": np.round(rng.gamma(2, 0.35, rows), 5),
        "z_err": rng.uniform(1e-5, 1e-3, rows),
        "flag": rng.integers(0, 5, rows).astype(np.int32),
        **{f"mag_{band}": np.round(rng.uniform(16, 27, rows), 4) for band in "griz"},
        "exposure": rng.integers(100, 10_000, rows).astype(np.int32),
        "field": np.array(FIELDS, "S8")[rng.integers(0, len(FIELDS), rows)],
    }


def folder() -> Path:
    return CACHE / f"formats-{ROWS}-v1"


def write() -> dict[str, Path]:
    import h5py
    import pyarrow as pa
    import pyarrow.parquet as pq
    from astropy.table import Table
    from pyarrow import csv

    files = {kind: folder() / f"t.{kind}" for kind in ("csv", "fits", "hdf5", "parquet")}
    if not all(path.exists() for path in files.values()):
        folder().mkdir(parents=True, exist_ok=True)
        made = arrays(ROWS)
        table = pa.table({name: column(values) for name, values in made.items()})
        Table(made).write(files["fits"], overwrite=True)
        csv.write_csv(table, files["csv"])
        with h5py.File(files["hdf5"], "w") as file:
            for name, values in made.items():
                file[name] = values
        pq.write_table(table, files["parquet"])
    return files


if __name__ == "__main__":
    from benchmarks.measure import show

    if sys.argv[1:]:
        asked = read_votable(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
        print(json.dumps(asked))
    else:
        for said in run():
            show(said)
