"""Right ascension in hours. By its unit or name it is refused when loaded; here, by its company."""

from __future__ import annotations

from collections.abc import Iterator

from pz_tsm.ops.base import Finding
from pz_tsm.traps.remedies import convert_positions, converts, set_columns
from pz_tsm.traps.sight import Sight, agreeing, examples, numbers, source_column

CODE = "coordinates-in-hours"


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """Inputs with ra within 0 to 24 of which another column, another input or the whole circle says hours."""
    import numpy as np

    for name, table in sight.tables.items():
        if converts(sight.recipe, name, "hours", "sexagesimal"):
            continue
        ra = numbers(table, "ra")
        known = ra[np.isfinite(ra)]
        if not len(known) or known.max() > 24.0001 or known.max() - known.min() < 1e-6:
            continue
        degrees = agreeing(table, ra * 15, 1e-2, skip=("ra", "dec"))
        rows = sight.meant("hours", name)
        around = known.min() < 1 and known.max() > 23
        if degrees:
            why = f"column '{degrees}' is 15 times as large"
        elif len(rows):
            why = f"times 15 its positions are those of other inputs ({len(rows):,} of the rows looked at)"
        elif around:
            why = f"it runs from {known.min():.3f} to {known.max():.3f}"
        else:
            continue
        column = source_column(table, "ra") or "ra"
        yield (
            name,
            Finding(
                "warning",
                f"'{name}': right ascension ('{column}') seems to be in hours: {why}.",
                "Map the column that holds degrees, or have it converted (convert: {positions: hours}).",
                name,
                len(known),
                CODE,
                examples(
                    table,
                    rows if len(rows) else range(min(5, table.num_rows)),
                    ("ra", *([degrees] if degrees else []), "dec", "redshift"),
                ),
                [
                    *([set_columns(sight.recipe, name, {"ra": degrees}, f"Use '{degrees}'")] * bool(degrees)),
                    convert_positions(sight.recipe, name, "hours", "It is in hours: convert it"),
                ],
            ),
        )
