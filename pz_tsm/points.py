"""Named points at which a test may have a process killed, to see what a crash there leaves behind."""

from __future__ import annotations

import os
import signal

KILL_AT = "PZ_TSM_KILL_AT"
KILL_ONCE = "PZ_TSM_KILL_ONCE"  # a file: only the process that makes it is killed


def reach(name: str) -> None:
    """Nothing, unless the environment asks that this process is killed here."""
    if os.environ.get(KILL_AT) != name:
        return
    once = os.environ.get(KILL_ONCE)
    if once:
        try:
            os.close(os.open(once, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
    os.kill(os.getpid(), signal.SIGKILL)
