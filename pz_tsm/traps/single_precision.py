"""Positions that went through single precision: good to 0.05 to 0.11 arcsec only."""

from __future__ import annotations

from collections.abc import Iterator

from pz_tsm.ops.base import Finding
from pz_tsm.traps.remedies import set_columns
from pz_tsm.traps.sight import Sight, agreeing, examples, numbers, source_column

CODE = "coordinates-float32"
LEAST = 20  # rows: fewer may be round numbers by chance


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """Inputs in which every right ascension is a number of single precision (and not all are round ones)."""
    import numpy as np

    for name, table in sight.tables.items():
        ra, dec = (values[np.isfinite(values)] for values in (numbers(table, "ra"), numbers(table, "dec")))
        if len(ra) < LEAST or not (_single(ra) and _single(dec)):
            continue
        step = float(np.spacing(np.float32(np.abs(ra).max()))) * 3600
        better = {
            role: agreeing(table, values, 1e-4, skip=("ra", "dec"))
            for role, values in (("ra", numbers(table, "ra")), ("dec", numbers(table, "dec")))
        }
        found = all(
            column and not _single(numbers(table, column)[np.isfinite(numbers(table, column))])
            for column in better.values()
        )
        label = f"Use '{better['ra']}' and '{better['dec']}'"
        yield (
            name,
            Finding(
                "note",
                f"'{name}': positions ('{source_column(table, 'ra') or 'ra'}') are in single precision: "
                f"right ascension is good to {step:.2f} arcsec only.",
                "Use columns of double precision, or no radius below 0.5 arcsec.",
                name,
                len(ra),
                CODE,
                examples(table, range(min(5, table.num_rows)), ("ra", "dec")),
                [set_columns(sight.recipe, name, better, label)] if found else [],
            ),
        )


def _single(values) -> bool:  # noqa: ANN001 - numpy array
    """Whether all values are exact in single precision, and most are no multiple of 1/1024 degree."""
    import numpy as np

    with np.errstate(over="ignore"):
        if not np.array_equal(values[:100].astype(np.float32), values[:100]):
            return False
        exact = np.array_equal(values.astype(np.float32), values)
    return bool(exact and (values * 1024 % 1 != 0).mean() > 0.5)
