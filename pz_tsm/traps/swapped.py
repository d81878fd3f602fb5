"""Right ascension and declination exchanged, where both happen to be in range."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pz_tsm.ops.base import Finding
from pz_tsm.traps.remedies import set_columns
from pz_tsm.traps.sight import Sight, examples, source_column

CODE = "coordinates-swapped"
RA, DEC = re.compile(r"^_?(ra|alpha|right)", re.I), re.compile(r"^_?(de|delta)", re.I)


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """Inputs whose columns' names, or whose place beside other inputs, say that ra is dec."""
    for name, table in sight.tables.items():
        ra, dec = (source_column(table, one) for one in ("ra", "dec"))
        rows = sight.meant("swapped", name)
        if DEC.match(ra) and RA.match(dec):
            why = f"ra is mapped to '{ra}' and dec to '{dec}'"
        elif len(rows):
            why = (
                f"exchanged, its positions are those of other inputs ({len(rows):,} of the rows looked at), "
                "unless it is the other way round"
            )
        else:
            continue
        fixes = [set_columns(sight.recipe, name, {"ra": dec, "dec": ra}, "Exchange them")]
        yield (
            name,
            Finding(
                "warning",
                f"'{name}': right ascension and declination seem to be exchanged: {why}.",
                "Map ra and dec the other way round.",
                name,
                table.num_rows,
                CODE,
                examples(table, rows if len(rows) else range(min(5, table.num_rows)), ("ra", "dec")),
                fixes if ra and dec else [],
            ),
        )
