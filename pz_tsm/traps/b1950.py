"""Positions of equinox B1950 taken for J2000: off by some 0.6 degrees, they match nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pz_tsm.ops.base import Finding
from pz_tsm.traps.neighbours import precessed
from pz_tsm.traps.remedies import convert_positions, converts, set_columns
from pz_tsm.traps.sight import Sight, agreeing, described, equals, examples, numbers, source_column

if TYPE_CHECKING:
    import pyarrow as pa

CODE = "coordinates-b1950"
NAMED = re.compile(r"b?1950|fk4", re.I)
EQUINOXES = ("1950", "1950.0", "B1950", "B1950.0", "FK4")
NEAR = 5 / 3600  # degrees: precession without E-terms and the rounding of printed positions


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """Inputs whose names, descriptions, equinox column or place beside other inputs say B1950."""
    for name, table in sight.tables.items():
        if converts(sight.recipe, name, "b1950"):
            continue
        rows = sight.meant("B1950", name)
        why = _said(table)
        if not why and len(rows):
            why = (
                f"precessed to J2000 its positions are those of other inputs ({len(rows):,} of the rows "
                "looked at)"
            )
        if not why:
            continue
        ra, dec = precessed(numbers(table, "ra"), numbers(table, "dec"))
        better = {
            role: agreeing(table, values, NEAR, skip=("ra", "dec"))
            for role, values in (("ra", ra), ("dec", dec))
        }
        found = all(better.values())
        label = f"Use '{better['ra']}' and '{better['dec']}'"
        yield (
            name,
            Finding(
                "warning",
                f"'{name}': positions seem to be of equinox B1950: {why}. They are read as J2000 (ICRS), "
                "some 0.6 degrees away.",
                "Map columns of J2000 or ICRS, or have them converted (convert: {positions: b1950}).",
                name,
                table.num_rows,
                CODE,
                examples(
                    table,
                    rows if len(rows) else range(min(5, table.num_rows)),
                    ("ra", "dec", *(column for column in better.values() if column)),
                ),
                [
                    *([set_columns(sight.recipe, name, better, label)] if found else []),
                    convert_positions(sight.recipe, name, "b1950", "Bring them from B1950 to ICRS"),
                ],
            ),
        )


def _said(table: pa.Table) -> str:
    """Where the catalogue itself says B1950; "" if it does not."""
    for name in ("ra", "dec"):
        if NAMED.search(described(table, name)):
            return f"column '{source_column(table, name)}' says so"
    for item in table.column_names:
        if item.lower() in ("equinox", "equ", "coordsys", "coord_equinox"):
            if equals(table, item, *EQUINOXES).mean() > 0.5:
                return f"column '{item}' says so"
            values = numbers(table, item)
            if (values == 1950).mean() > 0.5:
                return f"column '{item}' says so"
    return ""
