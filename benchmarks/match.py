"""The nearest object within 1 arcsec of each position, at two sizes: time, and memory beyond the lists."""

from __future__ import annotations

import ctypes
import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import in_turn, line
from benchmarks.skies import field, scattered

if TYPE_CHECKING:
    import numpy as np

SIZES = ((100_000, 2_000_000), (300_000, 5_000_000))
RADIUS = 1.0
BAR, BAR_MEMORY = 8.0, 5.0
PEER = "astropy match_to_catalog_sky"
MB = 1e6

Way = Callable[[], "np.ndarray"]


def run() -> Iterator[dict[str, Any]]:
    import numpy as np

    from pz_tsm import sky

    sky.load()  # warm: as in a process that has searched before
    for rows, objects in SIZES:
        ours, peer = ways(rows, objects)
        assert np.array_equal(ours(), peer()), "both must find the same objects"
        name = f"match/{rows // 1000}k-{objects // 1000}k"
        yield line(name, PEER, in_turn(ours, peer), BAR)
        yield memory(f"{name}-memory", rows, objects)


def ways(rows: int, objects: int) -> tuple[Way, Way]:
    """Ours and the peer's: for each position the index of its object, -1 for none."""
    import numpy as np

    rng = np.random.default_rng(2)
    ra2, dec2 = field(rng, objects)
    known = rng.choice(objects, rows * 6 // 10, replace=False)
    ra1, dec1 = scattered(rng, ra2[known], dec2[known], 0.1)
    other = field(rng, rows - len(known))
    ra1, dec1 = np.concatenate([ra1, other[0]]), np.concatenate([dec1, other[1]])

    def ours() -> np.ndarray:
        from pz_tsm import sky

        return sky.nearest(ra1, dec1, ra2, dec2, RADIUS)[0]

    def peer() -> np.ndarray:
        from astropy.coordinates import SkyCoord

        places, there = SkyCoord(ra1, dec1, unit="deg"), SkyCoord(ra2, dec2, unit="deg")
        index, apart, _ = places.match_to_catalog_sky(there)
        return np.where(apart.arcsec <= RADIUS, index, -1)

    return ours, peer


def memory(name: str, rows: int, objects: int) -> dict[str, Any]:
    """The highest use of memory during the call less that before it, each in a process of its own."""
    found = {}
    for way in ("ours", "peer"):
        command = [sys.executable, "-m", "benchmarks.match", way, str(rows), str(objects)]
        folder = Path(__file__).resolve().parent.parent
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
        found[way] = float(done.stdout) / MB
    said = line(name, PEER, {**found, "ours_wall": 0.0, "peer_wall": 0.0, "n": 1}, BAR_MEMORY)
    said = {key: value for key, value in said.items() if not key.endswith("_wall_s")}
    return {**said, "unit": "MB"}


def peak_of(way: str, rows: int, objects: int) -> int:
    """Bytes; Linux with glibc only. What is imported and compiled is there before."""
    from pz_tsm import sky

    sky.load()
    place = ("ours", "peer").index(way)
    ways(1000, 400_000)[place]()
    call = ways(rows, objects)[place]
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what was freed goes back, so that it is not used again unseen
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts again from here
    before = _status("VmRSS")
    call()
    return _status("VmHWM") - before


def _status(name: str) -> int:
    for row in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if row.startswith(f"{name}:"):
            return int(row.split()[1]) * 1024
    raise KeyError(name)


if __name__ == "__main__":
    print(peak_of(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
