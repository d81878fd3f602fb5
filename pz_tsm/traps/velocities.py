"""Velocities (cz in km/s) among redshifts. A whole column of them is refused when it is loaded."""

from __future__ import annotations

from collections.abc import Iterator

from pz_tsm.ops.base import Finding
from pz_tsm.sources.convert import LIGHT
from pz_tsm.traps.remedies import own_filter, set_columns
from pz_tsm.traps.sight import Sight, agreeing, examples, numbers

CODE = "velocities-for-redshifts"
LEAST = 100.0  # no redshift is so large; the smallest velocities, below it, are told by their company


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """Rows whose redshift is above 100, by input."""
    import numpy as np

    for name, table in sight.tables.items():
        z = numbers(table, "redshift")
        with np.errstate(invalid="ignore"):
            fast = np.abs(z) > LEAST
        rows = np.flatnonzero(fast)
        if not len(rows):
            continue
        other = agreeing(table, np.where(fast, z / LIGHT, np.nan), 2e-4, skip=("redshift",))
        fixes = [set_columns(sight.recipe, name, {"z": other}, f"Use '{other}'")] if other else []
        fixes.append(own_filter(name, "redshift IS NULL OR ABS(redshift) < 20", "Leave these rows out"))
        yield (
            name,
            Finding(
                "warning",
                f"'{name}': {len(rows):,} redshifts are above 100 (up to {np.nanmax(np.abs(z)):,.0f}): these "
                "look like velocities in km/s.",
                "Map a column of redshifts to z, or divide by 299792.458 km/s in the catalogue.",
                name,
                len(rows),
                CODE,
                examples(table, rows, ("redshift", *([other] if other else []), "z_flag", "ra", "dec")),
                fixes,
            ),
        )
