"""Catalogues that contain each other: a compilation beside its source, an early release beside a late one."""

from __future__ import annotations

from collections.abc import Iterator

from pz_tsm.ops.base import Finding
from pz_tsm.traps.neighbours import READINGS, SAME_Z, Neighbours
from pz_tsm.traps.remedies import without
from pz_tsm.traps.sight import Sight, examples

CODE = "catalogues-contain-each-other"
SHARE = 0.9
LEAST = 20  # rows looked at
NEAR = 1.0  # arcsec


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """Inputs of which 90 % of the rows looked at stand in another one: position and redshift."""
    if len(sight.tables) < 2:
        return
    found = sight.neighbours
    told = set()
    for mine, other, rows, of in pairs(found):
        if (other, mine) in told:
            continue
        told.add((mine, other))
        table, bigger = sight.tables[mine], sight.tables[other]
        share = len(rows) / of
        both = any((a, b) == (other, mine) for a, b, _, _ in pairs(found))
        looked = "" if of == table.num_rows else f" ({of:,} rows looked at)"
        message = (
            f"'{mine}' and '{other}' are nearly the same catalogue"
            if both
            else f"'{mine}' is contained in '{other}'"
        )
        fixes = [without(mine, f"Leave out '{mine}'")]
        if both:
            fixes.append(without(other, f"Leave out '{other}'"))
        yield (
            mine,
            Finding(
                "warning",
                f"{message}: {100 * share:.0f} % of its {table.num_rows:,} rows{looked} are there too, with "
                f"the same redshift ('{other}' has {bigger.num_rows:,}).",
                "One measurement then counts twice, in n_meas and where criteria are equal. Leave one out, "
                "unless its flags or columns are wanted.",
                mine,
                round(share * table.num_rows),
                CODE,
                examples(table, rows, ("ra", "dec", "redshift")),
                fixes,
            ),
        )


def pairs(found: Neighbours) -> Iterator[tuple[str, str, list[int], int]]:
    """(contained input, containing input, sampled rows found there, rows looked at)."""
    import numpy as np

    same = (
        (found.reading == READINGS.index("as it is"))
        & (found.sep <= NEAR)
        & (found.dz <= SAME_Z)
        & (found.a != found.b)
    )
    for mine, name in enumerate(found.names):
        of = found.sampled.get(("as it is", name), 0)
        if of < LEAST:
            continue
        for other in np.unique(found.b[same & (found.a == mine)]):
            rows = np.unique(found.row_a[same & (found.a == mine) & (found.b == other)])
            if len(rows) >= SHARE * of:
                yield name, found.names[other], rows.tolist(), of
