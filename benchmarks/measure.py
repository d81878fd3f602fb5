"""Two ways of doing the same, timed in turn, and one JSON line about it."""

from __future__ import annotations

import gc
import json
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 5


def in_turn(ours: Callable[[], Any], peer: Callable[[], Any], rounds: int = ROUNDS) -> dict[str, Any]:
    """CPU and wall seconds of both: a round to warm up, then ``rounds`` of ours, peer, peer, ours, and so on.

    CPU seconds of all threads, and of children that have ended, rank the two on a machine that others use
    too; wall seconds are what one waits.
    """
    ways = {"ours": ours, "peer": peer}
    cpu: dict[str, list[float]] = {"ours": [], "peer": []}
    wall: dict[str, list[float]] = {"ours": [], "peer": []}
    for call in ways.values():
        call()
    for number in range(rounds):
        for name in ("ours", "peer") if number % 2 == 0 else ("peer", "ours"):
            gc.collect()
            start, used = time.perf_counter(), cpu_seconds()
            ways[name]()
            cpu[name].append(cpu_seconds() - used)
            wall[name].append(time.perf_counter() - start)
    return {
        "ours": statistics.median(cpu["ours"]),
        "peer": statistics.median(cpu["peer"]),
        "ours_wall": statistics.median(wall["ours"]),
        "peer_wall": statistics.median(wall["peer"]),
        "n": rounds,
    }


def cpu_seconds() -> float:
    """CPU seconds so far of this process, its threads, and its children that have ended."""
    who = (resource.getrusage(one) for one in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in who)


def at_most(
    bench: str,
    value: float,
    bar: float,
    unit: str,
    n: int,
    means: str,
    peer: float | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The JSON line of a value that must not exceed ``bar``; ``means`` says which."""
    return {
        "bench": bench,
        "ours": round(value, 4),
        "peer": None if peer is None else round(peer, 4),
        "peer_name": None,
        "unit": unit,
        "ratio": None,
        "bar": bar,
        "ok": value <= bar,
        "n": n,
        "means": means,
        **more,
    }


def line(bench: str, peer_name: str, timed: dict[str, Any], bar: float) -> dict[str, Any]:
    """The JSON line. ``ratio``: the peer's time over ours; ``ok``: it reaches ``bar``."""
    ratio = timed["peer"] / timed["ours"]
    return {
        "bench": bench,
        "ours": round(timed["ours"], 4),
        "peer": round(timed["peer"], 4),
        "peer_name": peer_name,
        "unit": "CPU s",
        "ratio": round(ratio, 2),
        "bar": bar,
        "ok": ratio >= bar,
        "n": timed["n"],
        "ours_wall_s": round(timed["ours_wall"], 4),
        "peer_wall_s": round(timed["peer_wall"], 4),
    }


def show(result: dict[str, Any]) -> None:
    print(json.dumps(result), flush=True)
