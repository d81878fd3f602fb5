"""Neighbours and groups on the sphere. Positions in degrees (ICRS), radii and separations in arcseconds.

Positions that are not finite, or beyond a pole, match nothing. Right at the poles, across RA 0/360 and to a
micro-arcsecond: candidates are found generously, then the haversine formula decides. A process begins with
numpy (``zones``) and turns to compiled code (``kernels``, numba) when it has searched so much that the import
pays; where numba can't be used all is done by numpy. The results are the same to the last bit.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from pz_tsm.sky.sphere import ARCSEC, separation, unit_vectors, usable

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "ARCSEC",
    "components",
    "nearest",
    "pairs_within",
    "self_pairs",
    "separation",
    "unit_vectors",
    "usable",
]

LONG = 4_000_000  # rows searched by a process from which compiled code pays for its import (0.6 s of CPU)
LOADED = 20_000  # rows from which it pays once it is there
_searched = 0  # rows so far in this process; threads may miss some of each other's, which does no harm
_log = logging.getLogger(__name__)


@cache
def load() -> ModuleType | None:
    """The module of compiled functions; None, said once in the log, where it can't be had."""
    try:
        from numba import config

        return None if config.DISABLE_JIT else import_module("pz_tsm.sky.kernels")
    except Exception as error:  # no numba, a version that does not fit, nowhere to keep compiled code
        _log.warning("Compiled search is not available (%s); numpy is used, which is slower.", error)
        return None


def compiled(rows: int) -> ModuleType | None:
    """The compiled functions, where they pay for a search of so many rows after those so far."""
    global _searched
    _searched += rows
    if _searched >= LONG or load.cache_info().currsize:
        return load() if rows >= LOADED else None
    return None


def self_pairs(
    ra: np.ndarray, dec: np.ndarray, radius_arcsec: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All pairs of one list within the radius (inclusive): i < j and separations, sorted by (i, j)."""
    from pz_tsm.sky import zones

    ra, dec = _reals(ra, dec)
    if kernels := compiled(len(ra)):
        i, j = kernels.self_candidates(ra, dec, *_cells(radius_arcsec))
    else:
        i, j = zones.self_candidates(ra, dec, radius_arcsec)
    return _decided(ra, dec, ra, dec, i, j, radius_arcsec)


def pairs_within(
    ra1: np.ndarray, dec1: np.ndarray, ra2: np.ndarray, dec2: np.ndarray, radius_arcsec: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All pairs of two lists within the radius (inclusive): indices and separations, sorted by (i, j)."""
    from pz_tsm.sky import zones

    ra1, dec1, ra2, dec2 = _reals(ra1, dec1, ra2, dec2)
    kernels = compiled(len(ra1) + len(ra2))
    swapped = len(ra2) < len(ra1)
    short, long = ((ra2, dec2), (ra1, dec1)) if swapped else ((ra1, dec1), (ra2, dec2))
    if kernels:
        i, j = kernels.cross_candidates(*short, *long, *_cells(radius_arcsec), swapped)
    else:
        i, j = zones.cross_candidates(*short, *long, radius_arcsec)
    if swapped:
        i, j = (j, i) if kernels else zones.in_order(j, i, len(ra2))
    return _decided(ra1, dec1, ra2, dec2, i, j, radius_arcsec)


def nearest(
    ra1: np.ndarray, dec1: np.ndarray, ra2: np.ndarray, dec2: np.ndarray, radius_arcsec: float
) -> tuple[np.ndarray, np.ndarray]:
    """For each position of the first list the nearest of the second within the radius: index, separation.

    Of equally near ones the smallest index wins. Where there is none: -1 and NaN.
    """
    import numpy as np

    i, j, sep = pairs_within(ra1, dec1, ra2, dec2, radius_arcsec)
    best = np.full(len(ra1), -1, dtype=np.int64)
    distance = np.full(len(ra1), np.nan)
    order = np.lexsort((j, sep, i))
    first = np.ones(len(order), dtype=bool)
    first[1:] = i[order][1:] != i[order][:-1]
    chosen = order[first]
    best[i[chosen]], distance[i[chosen]] = j[chosen], sep[chosen]
    return best, distance


def components(n: int, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Connected components of n points joined by pairs (i, j): the smallest index of each point's group."""
    import numpy as np

    from pz_tsm.sky import zones

    i, j = (np.ascontiguousarray(one, dtype=np.int64) for one in (i, j))
    return (compiled(len(i)) or zones).components(n, i, j)


def _cells(radius_arcsec: float) -> tuple:
    from pz_tsm.sky.cells import cells

    return cells(radius_arcsec)


def _reals(*values: np.ndarray) -> list[np.ndarray]:
    import numpy as np

    return [np.ascontiguousarray(one, dtype=np.float64) for one in values]


def _decided(ra1, dec1, ra2, dec2, i, j, radius_arcsec):  # noqa: ANN001, ANN202
    sep = separation(ra1[i], dec1[i], ra2[j], dec2[j])
    keep = sep <= radius_arcsec
    return i[keep], j[keep], sep[keep]
