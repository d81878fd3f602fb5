"""How a run that has ended is told: its last state, its result as a product, what went wrong in words."""

from __future__ import annotations

import logging
import signal
from typing import TYPE_CHECKING

from pz_tsm.engine.jobs import memory
from pz_tsm.engine.jobs.folder import Folder, now
from pz_tsm.points import reach

if TYPE_CHECKING:
    from pz_tsm.engine.state import EngineState

log = logging.getLogger("pz_tsm.engine")


def settle(
    state: EngineState | None, folder: Folder, code: int | None, error: dict[str, str | None] | None
) -> None:
    """Give a run whose process is gone its last state. ``code``: how the process ended; ``error``: why we
    ended it. A run that is done is registered first; doing this twice is as doing it once."""
    from pz_tsm.engine.jobs.register import register

    event = folder.last_event() or {}
    job = folder.job
    if event.get("event") == "done":
        reach("ended")
        product = register(state, folder) if job["kind"] == "recipe" else None
        folder.remove_partial()
        folder.remove_work()
        folder.update(state="done", ended=now(), pid=None, product=product)
        return
    folder.remove_partial()
    if job["state"] == "stopping" or event.get("event") == "cancelled":
        folder.update(state="stopped", ended=now(), pid=None)
        return
    if error is None and event.get("event") == "error":
        error = {key: event.get(key) for key in ("message", "remedy", "where")}
    error = error or trouble(died(code), "Its log has the details.")
    if not event:
        folder.note(f"failed: {error['message']} {error['remedy'] or ''}".rstrip())
    folder.update(state="failed", ended=now(), pid=None, error=error)


def trouble(message: str, remedy: str | None = None) -> dict[str, str | None]:
    return {"message": message, "remedy": remedy, "where": None}


def unforeseen(error: Exception) -> dict[str, str | None]:
    """A run that could not be started, or taken in."""
    log.error("a run failed in the engine", exc_info=error)
    return trouble(
        f"The engine could not run this: {type(error).__name__}: {error}.",
        "Its log (engine.log in its data folder) has the details.",
    )


def too_much(taken: int, allowed: int) -> dict[str, str | None]:
    """A run that was ended for its memory."""
    return trouble(
        f"The run took {memory.told(taken)} of memory; {memory.told(allowed)} are allowed: it was ended.",
        "Match fewer columns or a smaller part of the sky at once, or allow more: start the engine with "
        f"{memory.VARIABLE} set (such as '8 GB'), or with fewer runs at once (PZ_TSM_RUNS=1).",
    )


def cut_off(attempts: int) -> dict[str, str | None]:
    return trouble(
        f"This run was cut off {attempts} times together with the engine.",
        "It may need more memory than there is: try it with fewer rows.",
    )


def died(code: int | None) -> str:
    if code == -signal.SIGKILL:
        return "The run was ended by the system, probably for lack of memory."
    return f"The run's process ended unexpectedly (code {code})."
