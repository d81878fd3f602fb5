"""Traps: what is often wrong with catalogues of redshifts, looked for before a recipe runs.

A trap is one small file with one function, ``look(sight)``, that yields (input, finding) from the catalogues
as they are before they become one table. It changes nothing, reads no file, and is quick: it works on columns
or on a sample. Another package adds one through the entry point ``pz_tsm.traps``, which names such a
function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from pz_tsm.errors import Cancelled
from pz_tsm.ops.base import Finding
from pz_tsm.traps.sight import Sight

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.recipe.model import Recipe

Trap = Callable[[Sight], Iterable[tuple[str, Finding]]]

BUILT_IN = (
    "photoz",
    "stars",
    "sky_fibres",
    "sentinels",
    "velocities",
    "frames",
    "hours",
    "b1950",
    "single_precision",
    "swapped",
    "ids",
    "contained",
    "labels",
    "earlier",
)

__all__ = ["BUILT_IN", "Sight", "Trap", "look", "traps"]


@cache
def traps() -> dict[str, Trap]:
    """All traps by name, those of other packages last."""
    found: dict[str, Trap] = {name: import_module(f"pz_tsm.traps.{name}").look for name in BUILT_IN}
    for point in sorted(entry_points(group="pz_tsm.traps"), key=lambda one: one.name):
        found.setdefault(point.name, _Added(point.name, point))
    return found


def look(
    tables: Mapping[str, pa.Table],
    recipe: Recipe,
    base: Path | str = ".",
    *,
    only: Iterable[str] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, list[Finding]]:
    """What the traps find, by input; inputs without rows are not looked at.

    ``tables``: by input name, loaded and, where the recipe does so, homogenized; ``only``: names of traps.
    A trap that fails says so in a finding and stops nothing. Raises Cancelled when ``cancelled()`` says so.
    """
    given = {name: table for name, table in tables.items() if name in recipe.inputs and table.num_rows}
    result: dict[str, list[Finding]] = {name: [] for name in tables}
    if not given:
        return result
    sight = Sight(given, recipe, Path(base))
    for name, trap in traps().items():
        if only is not None and name not in only:
            continue
        if cancelled():
            raise Cancelled()
        try:
            for owner, finding in trap(sight):
                result.setdefault(owner, []).append(finding)
        except Cancelled:
            raise
        except Exception as error:  # what only warns must not keep a recipe from being planned
            first = next(iter(given))
            message = f"The trap '{name}' failed ({type(error).__name__}: {error}): it was not looked for."
            result[first].append(Finding("note", message, "Please report it.", code="trap-failed"))
    return result


class _Added:
    """A trap of another package, imported when it is first looked for."""

    def __init__(self, name: str, point) -> None:  # noqa: ANN001 - importlib's class
        self.name = name
        self.point = point

    def __call__(self, sight: Sight) -> Iterable[tuple[str, Finding]]:
        return self.point.load()(sight)
