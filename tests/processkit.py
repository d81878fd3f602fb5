"""Processes that tests start, watch and end, and packages that these find."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil


def wait_for(condition: Callable[[], Any], what: str = "", seconds: float = 240.0) -> Any:
    """What the condition gives as soon as that is something; ``what``: that it waits for, in words."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, f"waited too long for {what or 'something'}"
        time.sleep(0.02)
    return found


def gone(pid: int) -> bool:
    """Whether the process has ended, also where nobody has taken note of that yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def add_operation(folder: Path, code: str) -> str:
    """A package whose operation ``act`` is ``ACT`` of this code; returns its folder, for ``PYTHONPATH``."""
    info = folder / "acting-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "acting.py").write_text(code)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pz_tsm.ops]\nact = acting:ACT\n")
    return str(folder)
