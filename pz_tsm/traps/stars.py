"""Stars behind good flags of galaxy surveys: many have no flag for them, only a redshift near zero."""

from __future__ import annotations

from collections.abc import Iterator

from pz_tsm.ops.base import Finding
from pz_tsm.traps.remedies import lets_through, only
from pz_tsm.traps.sight import Sight, equals, examples, good_flags, numbers

CODE = "stars-behind-good-flags"
NEAR = 0.002  # redshift (600 km/s) below which the preset secure_galaxy takes nothing
LEAST = 2  # a single one is more likely a galaxy of the Local Volume


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """Rows with flag 3 or 4, no photo-z, and |z| < 0.002 or class STAR, by input."""
    import numpy as np

    for name, table in sight.tables.items():
        good = good_flags(table) & ~equals(table, "instrument_type", "p")
        with np.errstate(invalid="ignore"):
            near = np.abs(numbers(table, "redshift")) < NEAR
        rows = np.flatnonzero(good & (near | equals(table, "spec_class", "STAR")))
        if len(rows) < LEAST:
            continue
        through = int(lets_through(sight, name)[rows].sum())
        message = (
            f"'{name}': {len(rows):,} of {int(good.sum()):,} rows with good flags (3 or 4) have |z| < {NEAR} "
            "or class STAR: stars, or very near galaxies"
        )
        if through:
            message += "." if through == len(rows) else f"; {through:,} of them may become training rows."
        else:
            message += "; as the recipe stands none of them can win."
        yield (
            name,
            Finding(
                "warning" if through else "note",
                message,
                "Ask for redshift > 0.002 as well as the flag." if through else None,
                name,
                len(rows),
                CODE,
                examples(table, rows, ("redshift", "z_flag_orig", "z_flag_homogenized", "spec_class")),
                only(
                    sight.recipe,
                    f"redshift > {NEAR} AND (spec_class IS NULL OR spec_class <> 'STAR')",
                    "Leave out stars",
                )
                if through
                else [],
            ),
        )
