"""A sample of each catalogue beside all of them: positions as they are, and as they might have been meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pz_tsm.redshifts import difference
from pz_tsm.traps.sight import numbers

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

RADIUS = 2.0  # arcsec
BUDGET = 12_000  # positions looked up in all
SAME_Z = 5e-4  # |dz|/(1+z) of one measurement that stands in two catalogues
READINGS = ("as it is", "hours", "B1950", "swapped")

# Positions of FK4 (B1950) in FK5 (J2000), without proper motions and E-terms (below 0.4"): the matrix of
# Aoki et al. 1983, A&A 128, 263.
PRECESSION = (
    (0.9999256782, -0.0111820611, -0.0048579477),
    (0.0111820610, 0.9999374784, -0.0000271765),
    (0.0048579479, -0.0000271474, 0.9999881997),
)


@dataclass(frozen=True)
class Neighbours:
    """Pairs of a sampled row with any row within 2 arcsec, all arrays of one length.

    ``a``, ``row_a``: input (its place in ``names``) and row of the sampled one; ``b``, ``row_b``: of the
    other; ``sep`` in arcsec; ``dz`` = |dz|/(1+z), NaN where a redshift is missing; ``reading``: how the
    sampled position was read (place in READINGS). ``sampled``: (reading, input) -> rows with a redshift.
    """

    names: list[str]
    a: np.ndarray
    row_a: np.ndarray
    b: np.ndarray
    row_b: np.ndarray
    sep: np.ndarray
    dz: np.ndarray
    reading: np.ndarray
    sampled: dict[tuple[str, str], int]

    def agreeing(self, reading: str, name: str) -> np.ndarray:
        """Sampled rows of an input, so read, that another input has with the same redshift."""
        import numpy as np

        mine = self.names.index(name)
        found = (self.reading == READINGS.index(reading)) & (self.a == mine) & (self.b != mine)
        return np.unique(self.row_a[found & (self.dz <= 4 * SAME_Z)])

    def meant(self, reading: str, name: str) -> np.ndarray:
        """Rows of an input that fit the others if they are so read, and do not as they are; else none."""
        so, plain = self.agreeing(reading, name), self.agreeing("as it is", name)
        return so if len(so) >= 5 and len(so) > 5 * len(plain) else so[:0]


def precessed(ra: np.ndarray, dec: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of equinox B1950 (FK4) in that of J2000, degrees; good to about an arcsecond."""
    import numpy as np

    from pz_tsm import sky

    x, y, z = (sky.unit_vectors(ra, dec) @ np.array(PRECESSION).T).T
    return np.degrees(np.arctan2(y, x)) % 360, np.degrees(np.arctan2(z, np.hypot(x, y)))


def find(tables: Mapping[str, pa.Table]) -> Neighbours:
    """Look up a sample of every table (evenly spaced rows) in all of them."""
    import numpy as np

    from pz_tsm import sky

    names = list(tables)
    columns = {
        name: tuple(numbers(table, one) for one in ("ra", "dec", "redshift"))
        for name, table in tables.items()
    }
    wanted = [
        (place, name, reading)
        for place, name in enumerate(names)
        for reading in _readings(*columns[name][:2], alone=len(names) < 2)
    ]
    each = int(np.clip(BUDGET // max(len(wanted), 1), 100, 2000))
    parts, sampled = [], {}
    for place, name, reading in wanted:
        ra, dec, z = columns[name]
        known = np.flatnonzero(np.isfinite(ra) & np.isfinite(dec) & np.isfinite(z))
        rows = known[np.unique(np.linspace(0, len(known) - 1, each).astype(int))] if len(known) else known
        sampled[reading, name] = len(rows)
        seen = _read(reading, ra[rows], dec[rows])
        code = READINGS.index(reading)
        parts.append((np.full(len(rows), place), rows, np.full(len(rows), code), *seen, z[rows]))
    place, row, reading, ra, dec, z = (np.concatenate(item) for item in zip(*parts, strict=True))
    all_ra, all_dec, all_z = (np.concatenate(item) for item in zip(*columns.values(), strict=True))
    sizes = [table.num_rows for table in tables.values()]
    start = np.concatenate([[0], np.cumsum(sizes)])
    i, j, sep = sky.pairs_within(ra, dec, all_ra, all_dec, RADIUS)
    b = np.searchsorted(start, j, side="right") - 1
    row_b = j - start[b]
    other = ~((place[i] == b) & (row[i] == row_b))
    i, j, sep, b, row_b = i[other], j[other], sep[other], b[other], row_b[other]
    with np.errstate(invalid="ignore"):
        dz = np.abs(difference(z[i], all_z[j]))
    return Neighbours(names, place[i], row[i], b, row_b, sep, dz, reading[i], sampled)


def _readings(ra: np.ndarray, dec: np.ndarray, *, alone: bool) -> list[str]:
    """How these positions could have been meant, if there is another catalogue to tell by."""
    import numpy as np

    known = np.isfinite(ra) & np.isfinite(dec)
    if alone or not known.any():
        return ["as it is"]
    return [
        "as it is",
        *(["hours"] if ra[known].max() <= 24.0001 else []),
        "B1950",
        *(["swapped"] if ra[known].max() <= 90 else []),
    ]


def _read(reading: str, ra: np.ndarray, dec: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if reading == "hours":
        return ra * 15 % 360, dec
    if reading == "B1950":
        return precessed(ra, dec)
    if reading == "swapped":
        return dec % 360, ra
    return ra, dec
