"""An operation that goes on until it is stopped: the tests of Stop run it."""

from __future__ import annotations

import threading
from itertools import count

from pz_tsm.ops.base import Context, Operation, Params, Report, Result


def same(table, params: Params, ctx: Context) -> Result:
    return Result(table, Report("unhurried", table.num_rows, table.num_rows).close())


def run(table, params: Params, ctx: Context) -> Result:
    never = threading.Event()
    for turn in count(1):
        ctx.step(1 - 1 / turn, f"turn {turn}")
        never.wait(0.1)
    raise AssertionError("unreachable")


OPERATION = Operation(
    name="unhurried",
    title="Unhurried",
    summary="Goes on until it is stopped.",
    params=Params,
    run=run,
    plan=same,
)
