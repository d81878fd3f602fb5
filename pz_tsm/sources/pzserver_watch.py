"""A process of a PZ Server while it works: watched ever more rarely, stopped when we are; and its result."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.ops.base import Context
from pz_tsm.sources.pzserver import Refused, Server, Unreachable
from pz_tsm.sources.pzserver_products import PROCESSING, PUBLISHED
from pz_tsm.sources.waiting import Pauses

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0  # seconds between two looks
FORGIVEN = 8  # looks in a row without an answer, before the watch is given up
SETTLES = 180  # seconds that a server may take to register what a process made
ENDED = ("Successful", "Failed", "Stopped")


def watch(
    server: Server, process: Mapping[str, Any], ctx: Context, tell: Callable[[float, str], None]
) -> dict[str, Any]:
    """The process once it has ended well. A stop of ours is passed on to the server.

    ``tell(fraction, words)`` hears how far it is. TsmError with the server's reason where it failed.
    """
    try:
        ended = _ended(server, process, ctx, tell)
    except Cancelled:
        stop(server, process["id"])
        raise
    if ended["status"] != "Successful":
        raise _failed(server, ended)
    return ended


def _ended(
    server: Server, process: Mapping[str, Any], ctx: Context, tell: Callable[[float, str], None]
) -> dict[str, Any]:
    number, start, silent, now = process["id"], time.monotonic(), 0, dict(process)
    pauses = Pauses(FIRST_PAUSE, LONGEST_PAUSE, ctx.cancelled)
    while now.get("status") not in ENDED:
        _told(number, now, start, tell)
        pauses.wait()
        try:
            now, silent = server.call("GET", f"processes/{number}/"), 0
        except (Unreachable, Refused) as error:
            silent += 1
            if silent > FORGIVEN or (isinstance(error, Refused) and error.status < 500):
                raise TsmError(
                    f"{error.message} The process {number} goes on there.",
                    remedy="Run again: its result is taken when it is there.",
                    where=server.base,
                ) from None
    return now


def _told(number: Any, now: Mapping[str, Any], start: float, tell: Callable[[float, str], None]) -> None:
    share = now.get("progress")
    fraction = float(share) if isinstance(share, int | float) else 0.0
    stage = f", {now['stage']}" if now.get("stage") else ""
    took = time.monotonic() - start
    since = f" for {took / 60:.0f} min" if took >= 90 else ""
    tell(fraction, f"PZ Server, process {number}: {str(now.get('status')).lower()}{since}{stage}")


def stop(server: Server, number: Any) -> None:
    """End a process, whatever the server says to it. The service wants GET; others may insist on POST."""
    for method in ("GET", "POST"):
        try:
            server.call(method, f"processes/{number}/stop/", timeout=10)
            return
        except Refused as error:
            if error.status != 405:
                return
        except TsmError:
            return


def _failed(server: Server, process: Mapping[str, Any]) -> TsmError:
    number, status = process["id"], process["status"]
    if status == "Stopped":
        return TsmError(
            f"The process {number} was stopped on the PZ Server.", remedy="Run again.", where="run"
        )
    said = (process.get("comment") or "").strip() or _last_words(server, number)
    queued = not process.get("started_at")
    return TsmError(
        f"The process {number} failed on the PZ Server{f': {said}' if said else ', which gives no reason'}"
        f"{'' if said.endswith('.') else '.'}"
        + (" It was marked so before it started, as happens to what waits in its queue." if queued else ""),
        remedy="Run again; if it goes on, match here (run: engine), or tell those who run the server.",
        where="run",
    )


def _last_words(server: Server, number: Any) -> str:
    """The last line of the process's log that names an error, or its last line."""
    try:
        logs = server.call("GET", f"processes/{number}/logs/")
        text = str((logs.get("pipeline") or {}).get("content") or "")
    except (TsmError, AttributeError):
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = [line for line in lines if "error" in line.lower() or "exception" in line.lower()]
    return (named or lines or [""])[-1][-300:]


def result(server: Server, process: Mapping[str, Any], ctx: Context) -> tuple[dict[str, Any], Path]:
    """The product that a successful process made, once it is registered, and its main file."""
    number = process["upload"]
    pauses = Pauses(FIRST_PAUSE / 2, 1.0, ctx.cancelled, SETTLES)
    product = server.call("GET", f"products/{number}/")
    while product.get("status") == PROCESSING and not pauses.over:
        ctx.step(0.9, "the PZ Server registers the result")
        pauses.wait()
        product = server.call("GET", f"products/{number}/")
    if product.get("status") != PUBLISHED:
        raise TsmError(
            f"The process {process['id']} ended well, but its product {number} is "
            f"'{product.get('product_status') or product.get('status')}'.",
            remedy="Look at it on the PZ Server; run again to make it anew.",
            where="run",
        )
    name = product.get("internal_name") or str(number)
    archive = server.prepare(number, name, ctx)
    return product, server.download(archive, name, ctx)
