"""The operations by name: the built-in ones and those that other packages add through ``pz_tsm.ops``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Operation

BUILT_IN = (
    "homogenize",
    "combine",
    "match",
    "photometry",
    "filter",
    "split",
    "cap",
    "weight",
    "resample",
    "coverage",
)


@cache
def names() -> tuple[str, ...]:
    """Names of all operations, the built-in ones first, in the order in which a recipe usually has them."""
    added = sorted(point.name for point in entry_points(group="pz_tsm.ops"))
    return (*BUILT_IN, *(name for name in added if name not in BUILT_IN))


@cache
def get(name: str) -> Operation:
    """The operation of that name; TsmError lists the known ones if there is none."""
    if name in BUILT_IN:
        return import_module(f"pz_tsm.ops.{name}").OPERATION
    for point in entry_points(group="pz_tsm.ops"):
        if point.name == name:
            try:
                return point.load()
            except Exception as error:  # a broken package must not take the rest down
                raise TsmError(
                    f"Operation '{name}' of package '{point.value}' can't be loaded: {error}."
                ) from error
    raise TsmError(f"There is no operation '{name}'.", remedy=f"Known operations: {', '.join(names())}.")
