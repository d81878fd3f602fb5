"""Which rows measure one object: groups from pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pz_tsm.errors import TsmError
from pz_tsm.sky import components

if TYPE_CHECKING:
    import numpy as np

CROWD = 2000  # rows at one and the same position: no sky looks like this


def check_crowd(ra: np.ndarray, dec: np.ndarray) -> None:
    """TsmError where more than CROWD rows share one position: positions are not real."""
    import numpy as np

    if len(ra) <= CROWD:
        return
    # counted by a hash of the position; only where many rows share one is it looked at
    bits = max(16, (len(ra) // 16).bit_length())
    odd, shift = np.uint64(0x9E3779B97F4A7C15), np.uint64(64 - bits)
    bins = (ra + 0.0).view(np.uint64) * odd  # + 0.0: -0.0 is 0.0
    bins ^= bins >> np.uint64(32)
    bins += (dec + 0.0).view(np.uint64)
    bins *= odd
    bins = (bins >> shift).astype(np.int64)
    many = np.bincount(bins, minlength=1 << bits) > CROWD
    if not many.any():
        return
    rows = np.flatnonzero(many[bins])
    rows = rows[np.isfinite(ra[rows]) & np.isfinite(dec[rows])]
    spots, counts = np.unique(ra[rows] + 1j * dec[rows], return_counts=True)
    if len(counts) and counts.max() > CROWD:
        spot = spots[counts.argmax()]
        raise TsmError(
            f"{counts.max()} rows have the same position (ra {spot.real:g}, dec {spot.imag:g}).",
            remedy="It looks like a stand-in for 'no position': drop these rows, or map other columns.",
            where="ra",
        )


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
    return smallest_of(out)


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


def smallest_of(labels: np.ndarray) -> np.ndarray:
    """The same groups, each named by the smallest index in it."""
    import numpy as np

    names, inverse = np.unique(labels, return_inverse=True)
    smallest = np.full(len(names), len(labels), dtype=np.int64)
    np.minimum.at(smallest, inverse, np.arange(len(labels)))
    return smallest[inverse]
