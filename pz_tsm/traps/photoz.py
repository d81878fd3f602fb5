"""Photometric redshifts behind flags that mean "secure": the flag says how good, not of what kind."""

from __future__ import annotations

from collections.abc import Iterator

from pz_tsm.ops.base import Finding
from pz_tsm.traps.remedies import lets_through, only
from pz_tsm.traps.sight import Sight, equals, examples, good_flags

CODE = "photo-z-behind-good-flags"


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """Rows with flag 3 or 4 and instrument type p, by input."""
    import numpy as np

    for name, table in sight.tables.items():
        good = good_flags(table)
        rows = np.flatnonzero(good & equals(table, "instrument_type", "p"))
        if not len(rows):
            continue
        through = int(lets_through(sight, name)[rows].sum())
        message = (
            f"'{name}': {len(rows):,} of {int(good.sum()):,} rows with good flags (3 or 4) are photometric "
            "redshifts"
        )
        if through:
            message += "." if through == len(rows) else f"; {through:,} of them may become training rows."
            remedy = "Ask for the type as well as the flag."
        else:
            message += "; as the recipe stands none of them can win."
            remedy = None
        yield (
            name,
            Finding(
                "warning" if through else "note",
                message,
                remedy,
                name,
                len(rows),
                CODE,
                examples(table, rows, ("redshift", "z_flag_orig", "z_flag_homogenized", "instrument_type")),
                only(sight.recipe, "instrument_type IN ('s', 'g')", "Leave out photo-z") if through else [],
            ),
        )
