"""How much memory a job may take, and how much it takes."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pz_tsm.errors import TsmError

VARIABLE = "PZ_TSM_JOB_MEMORY"
SHARE = 0.8  # of the machine's memory, for all jobs together
GIVES_BACK = {  # glibc and Arrow give what a partition took back to the system: a job's memory stays flat
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_MMAP_THRESHOLD_": "4000000",
    "MALLOC_TRIM_THRESHOLD_": "1000000",
}
UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def allowed(at_once: int) -> int:
    """Bytes that one job may take: ``PZ_TSM_JOB_MEMORY``, else its part of what the machine (or the
    container) has. TsmError if the variable is no size."""
    text = os.environ.get(VARIABLE, "").strip()
    return size(text) if text else int(SHARE * machine() / at_once)


def environment() -> dict[str, str]:
    """Of a process that works on jobs: ours, and how it gives memory back unless ours says that."""
    return {**GIVES_BACK, **os.environ}


def size(text: str) -> int:
    """Bytes from ``4000000000``, ``4 GB`` or ``4GiB``."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", text.strip().lower())
    if found is None or float(found[1]) <= 0:
        raise TsmError(
            f"{VARIABLE} is '{text}', which is no size.", remedy="Give bytes, or a number with MB or GB."
        )
    unit = UNITS[found[2]]
    if found[3]:
        unit = 1024 ** list(UNITS).index(found[2])
    return int(float(found[1]) * unit)


def machine(cgroups: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> int:
    """Bytes that the machine has, or that the container or batch job that we are in may take."""
    import psutil

    limits = [psutil.virtual_memory().total]
    try:
        entries = [line.strip().split(":", 2) for line in own.read_text().splitlines()]
    except OSError:
        entries = []
    for _, kind, path in entries:
        if kind == "":
            folder, name = cgroups, "memory.max"
        elif "memory" in kind.split(","):
            folder, name = cgroups / "memory", "memory.limit_in_bytes"
        else:
            continue
        inner = Path(path.lstrip("/"))
        for place in (inner, *inner.parents):
            try:
                limits.append(int((folder / place / name).read_text()))
            except (OSError, ValueError):  # "max", or not seen from inside the container
                continue
    return min(limits)


def taken(leader: int) -> int:
    """Bytes that a session of processes holds, by its leader's number. What they share (mapped files) is not
    counted."""
    import psutil

    total = 0
    for pid in psutil.pids():
        try:
            if os.getsid(pid) != leader:
                continue
            info = psutil.Process(pid).memory_info()
        except (OSError, psutil.Error):
            continue
        total += info.rss - getattr(info, "shared", 0)
    return total


def told(number: float) -> str:
    """A size for people."""
    return f"{number / 1e9:.1f} GB" if number >= 0.95e9 else f"{number / 1e6:.0f} MB"
