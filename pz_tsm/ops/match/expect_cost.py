"""How large the result of a match will be, how long it takes, and where it should run.

The constants are of this package's own search, on one core of the 2-core machine where it was made
(2026-11): CPU seconds of a second match in the same process, files in the system's cache, fitted to nine
matches of 2,000 to 100,000 positions with uniform releases of 0.2 to 2 million objects in 4 or 12 partitions
and 13 or 37 columns (the fit is within 6 % of each), without the null test, whose part was measured apart.
Another machine may be several times faster or slower, and so may its disks: the time is told as "about".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.sources.pzserver import LARGEST

if TYPE_CHECKING:
    from pz_tsm.sources.hats import Partition

PACKED = 0.74  # bytes of a zstd Parquet file for a byte in memory, measured on the mock's training set

START = 0.8  # seconds, once in a process: imports and compiled code
PARTITION = 8.2e-3  # seconds for each that is read
OBJECT = 1.5e-8  # seconds for each whose position is read and searched
VALUE = 4.9e-9  # seconds for each value of a wanted column in the partitions read
ROW = 3.5e-6  # seconds for each position
QUALITY = 1.15  # times as long, as the match measures its own quality

LONG = 60.0  # seconds from which a job is better: it goes on when JupyterLab is closed
MEMORY = 0.5  # of the machine's free memory that the result and a partition may take


def size(rows: float, bytes_per_row: float) -> dict[str, Any]:
    """Rows and bytes, in memory and as a file, against the PZ Server's limit."""
    packed = rows * bytes_per_row * PACKED
    return {
        "rows": round(rows),
        "bytes": round(rows * bytes_per_row),
        "file_bytes": round(packed),
        "limit_bytes": LARGEST,
        "over": packed > LARGEST,
    }


def seconds(partitions: int, objects: float, columns: int, positions: int) -> float:
    """About how long a match takes in memory."""
    warm = partitions * PARTITION + objects * (OBJECT + columns * VALUE) + positions * ROW
    return START + QUALITY * warm


def objects_in(parts: Sequence[Partition]) -> int:
    """Rows of those partitions, by their footers; each is opened once."""
    return sum(rows_of(part) for part in parts)


def rows_of(part: Partition) -> int:
    """Rows of a partition, by its footer."""
    try:
        state = part.path.stat()
        return _rows(part.path, state.st_size, state.st_mtime_ns)
    except Exception as error:
        raise TsmError(f"{part.path} can't be read as Parquet: {error}.", where=str(part.path)) from None


@lru_cache(100_000)
def _rows(path: Path, size: int, changed: int) -> int:
    import pyarrow.parquet as pq

    return pq.read_metadata(path).num_rows


def has_lsdb() -> bool:
    """True if LSDB can be imported."""
    from importlib.util import find_spec

    return find_spec("lsdb") is not None


def place(asked: str, time: float, memory: float, free: float | None = None) -> tuple[str, str]:
    """("memory" or "engine", why). ``free``: bytes of memory that there are; the machine's unless given."""
    import psutil

    if asked in ("memory", "engine"):
        return asked, "as the step asks"
    free = psutil.virtual_memory().available if free is None else free
    if memory > MEMORY * free:
        return (
            "engine",
            f"it needs about {memory / 1e9:.1f} GB of memory, of which {free / 1e9:.1f} GB are free",
        )
    if time > LONG:
        return "engine", "it takes longer than a minute; a job goes on when JupyterLab is closed"
    return "memory", "the part of the release that is read is small"
