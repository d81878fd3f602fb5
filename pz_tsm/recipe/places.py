"""Where a step runs: here, or at a place that a package adds through the entry points ``pz_tsm.places``.

A place is a function ``run(operation, params, tables, ctx) -> Result`` that has the operation run elsewhere:
``tables`` by name, progress and cancellation by ``ctx``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from pz_tsm.ops.base import Context, Operation, Params, Result

if TYPE_CHECKING:
    import pyarrow as pa

Place = Callable[[Operation, Params, Mapping[str, "pa.Table"], Context], Result]
GROUP = "pz_tsm.places"
OWN = {"engine": "pz_tsm.engine.hand_over:run"}  # where the package's entry points are not installed
HERE = ("auto", "memory", None)


@cache
def _points() -> dict[str, Any]:
    return {point.name: point for point in entry_points(group=GROUP)}


def names() -> list[str]:
    """Names of the places that ``run`` of any step may give, beside auto and memory."""
    return sorted(OWN.keys() | _points().keys())


def elsewhere(asked: str | None, ctx: Context) -> Place | None:
    """The place that a step asks for; None if it runs here.

    In a plan nothing is handed over; in a job of the engine, ``engine`` is here; ``pz-server`` and ``tap``
    are ways of the match itself.
    """
    if asked in HERE or ctx.planning or (asked == "engine" and ctx.job is not None):
        return None
    if asked in _points():
        return _points()[asked].load()
    if asked not in OWN:
        return None
    module, _, name = OWN[asked].partition(":")
    return getattr(import_module(module), name)
