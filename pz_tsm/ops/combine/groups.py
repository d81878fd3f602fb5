"""Which rows measure one object: groups by position."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pz_tsm.errors import TsmError
from pz_tsm.sky import components, self_pairs

if TYPE_CHECKING:
    import numpy as np

CROWD = 2000  # rows at one and the same position: no sky looks like this


def pairs(ra: np.ndarray, dec: np.ndarray, radius_arcsec: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs i < j within the radius, separations in arcsec; TsmError where positions are not real."""
    import numpy as np

    usable = np.isfinite(ra) & np.isfinite(dec)
    in_order = np.sort(ra[usable])
    crowded = in_order[CROWD:][in_order[CROWD:] == in_order[:-CROWD]]  # many rows of the same ra: look closer
    spots, counts = np.unique((ra + 1j * dec)[usable & np.isin(ra, crowded)], return_counts=True)
    if len(counts) and counts.max() > CROWD:
        spot = spots[counts.argmax()]
        raise TsmError(
            f"{counts.max()} rows have the same position (ra {spot.real:g}, dec {spot.imag:g}).",
            remedy="It looks like a stand-in for 'no position': drop these rows, or map other columns.",
            where="ra",
        )
    return self_pairs(ra, dec, radius_arcsec)


def label(n: int, i: np.ndarray, j: np.ndarray, sep: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """Group of each row as the smallest index in it.

    Rows that are not photometric are grouped by connection. A photometric row joins the group of its nearest
    such neighbour, and so never links two groups. The photometric rows that are left gather around one of
    themselves, the smallest index first; they make no chains either.
    """
    import numpy as np

    solid = ~(photo[i] | photo[j])
    out = components(n, i[solid], j[solid])
    if not photo.any():
        return out
    left = photo.copy()
    mixed = photo[i] != photo[j]
    a, b, d = i[mixed], j[mixed], sep[mixed]
    p, s = np.where(photo[a], a, b), np.where(photo[a], b, a)
    order = np.lexsort((s, d, p))
    p, s = p[order], s[order]
    first = np.ones(len(p), dtype=bool)
    first[1:] = p[1:] != p[:-1]
    out[p[first]] = out[s[first]]
    left[p] = False
    both = left[i] & left[j]
    _gather(out, left, i[both], j[both], sep[both])
    return _smallest(out)


def _gather(out: np.ndarray, left: np.ndarray, i: np.ndarray, j: np.ndarray, sep: np.ndarray) -> None:
    """Photometric rows among themselves: one with no undecided smaller neighbour is a centre; others join."""
    import numpy as np

    undecided = left.copy()
    while len(i):
        is_centre = undecided.copy()
        is_centre[j] = False  # i < j: j has a smaller neighbour that is undecided
        hit = is_centre[i]
        c, m, d = i[hit], j[hit], sep[hit]
        order = np.lexsort((c, d, m))
        c, m = c[order], m[order]
        first = np.ones(len(m), dtype=bool)
        first[1:] = m[1:] != m[:-1]
        out[m[first]] = c[first]
        undecided[is_centre] = False
        undecided[m] = False
        keep = undecided[i] & undecided[j]
        i, j, sep = i[keep], j[keep], sep[keep]


def _smallest(labels: np.ndarray) -> np.ndarray:
    """The same groups, each named by the smallest index in it."""
    import numpy as np

    names, inverse = np.unique(labels, return_inverse=True)
    smallest = np.full(len(names), len(labels), dtype=np.int64)
    np.minimum.at(smallest, inverse, np.arange(len(labels)))
    return smallest[inverse]
