"""Numbers that stand for "no redshift" and look like one: those that loading does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pz_tsm.ops.base import Finding
from pz_tsm.traps.remedies import lets_through, own_filter
from pz_tsm.traps.sight import Sight, equals, examples, numbers

if TYPE_CHECKING:
    import numpy as np

CODE = "sentinels-in-redshift"
LOW, HIGH = -0.005, 7.5  # outside of it a value that comes again and again is no measurement
OFTEN = 3  # rows with exactly one value
ZERO_SHARE = 0.05  # of the rows: so many stars have no survey of galaxies, so 0 stands for "none"


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """Redshifts that repeat exactly where none should, 9.99 with other digits, and a share of zeros."""
    import numpy as np

    for name, table in sight.tables.items():
        z = numbers(table, "redshift")
        bad = _repeated(z) | _nines(z)
        zero = z == 0
        stars = zero & ((numbers(table, "z_flag_homogenized") == 6) | equals(table, "spec_class", "STAR"))
        if zero.sum() >= max(20, ZERO_SHARE * len(z)):
            bad |= zero & ~stars
        rows = np.flatnonzero(bad)
        if not len(rows):
            continue
        values, counts = np.unique(z[rows], return_counts=True)
        order = np.argsort(-counts, kind="stable")[:5]
        shown = ", ".join(f"{values[i]:g}" + f" ({counts[i]:,} times)" * int(counts[i] > 1) for i in order)
        through = lets_through(sight, name)[rows].any()
        what = (
            "1 redshift looks like a value that stands"
            if len(rows) == 1
            else f"{len(rows):,} redshifts look like values that stand"
        )
        apart = not (stars & np.isin(z, values)).any()  # a condition on redshift takes no star with it
        yield (
            name,
            Finding(
                "warning" if through else "note",
                f"'{name}': {what} for 'none': {shown}.",
                "If they do, leave these rows out, or make the values empty in the catalogue.",
                name,
                len(rows),
                CODE,
                examples(table, rows, ("redshift", "z_flag", "z_flag_homogenized", "ra", "dec")),
                [own_filter(name, _others(values), "Leave these rows out")] if apart else [],
            ),
        )


def _repeated(z: np.ndarray) -> np.ndarray:
    """Values outside the plausible range that several rows have to the last digit."""
    import numpy as np

    with np.errstate(invalid="ignore"):
        outside = np.isfinite(z) & ((z < LOW) | (z > HIGH)) & (z <= 100)  # beyond: velocities
    values, counts = np.unique(z[outside], return_counts=True)
    return outside & np.isin(z, values[counts >= OFTEN])


def _nines(z: np.ndarray) -> np.ndarray:
    """9.99 with other digits than loading knows (VVDS has 9.9994), and so with 99."""
    import numpy as np

    with np.errstate(invalid="ignore"):
        return (np.abs(z - 9.995) <= 0.005) | (np.abs(z - 99.5) <= 0.5)


def _others(values: np.ndarray) -> str:
    """The condition that keeps all rows but those with the values."""
    if len(values) <= 8:
        listed = ", ".join(repr(float(value)) for value in values)
        return f"redshift IS NULL OR redshift NOT IN ({listed})"
    return f"redshift IS NULL OR redshift BETWEEN {LOW} AND {HIGH}"
