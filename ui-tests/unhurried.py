"""An operation that goes on until it is stopped, or until a test says so: the tests of jobs run it."""

from __future__ import annotations

import threading
from itertools import count
from pathlib import Path

from pz_tsm.ops.base import Amount, Context, Operation, Params, Report, Result

PARTITIONS = 12


class Unhurried(Params):
    until: str | None = None  # it ends when there is this file


def same(table, params: Unhurried, ctx: Context) -> Result:
    return Result(table, Report("unhurried", table.num_rows, table.num_rows).close())


def run(table, params: Unhurried, ctx: Context) -> Result:
    never = threading.Event()
    for turn in count(1):
        if params.until and Path(params.until).exists():
            return same(table, params, ctx)
        done = min(turn // 10, PARTITIONS - 1)
        amount = Amount(done, PARTITIONS, rows=done * 850, seconds_left=6.0 * (PARTITIONS - done))
        ctx.step(1 - 1 / turn, f"turn {turn}", amount if params.until else None)
        never.wait(0.1)
    raise AssertionError("unreachable")


OPERATION = Operation(
    name="unhurried",
    title="Unhurried",
    summary="Goes on until it is stopped.",
    params=Unhurried,
    run=run,
    plan=same,
)
