"""Neighbours and groups on the sphere. Positions in degrees (ICRS), radii and separations in arcseconds.

Positions that are not finite match nothing.

Of the longer of two lists most rows are left out by a bitmap of cells; a k-d tree on unit vectors finds
candidates within a slightly larger chord; the haversine formula decides. Right at the poles, across RA 0/360
and to a micro-arcsecond.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

ARCSEC = 3600.0
SLACK = 1e-9  # radians of chord added to the search (0.0002"): the exact separation decides afterwards


def unit_vectors(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """Points on the unit sphere, shape (n, 3)."""
    import numpy as np

    ra, dec = np.radians(np.asarray(ra, dtype=np.float64)), np.radians(np.asarray(dec, dtype=np.float64))
    out = np.empty((len(ra), 3))
    cos_dec = np.cos(dec)
    np.multiply(cos_dec, np.cos(ra), out=out[:, 0])
    np.multiply(cos_dec, np.sin(ra), out=out[:, 1])
    np.sin(dec, out=out[:, 2])
    return out


def separation(ra1: np.ndarray, dec1: np.ndarray, ra2: np.ndarray, dec2: np.ndarray) -> np.ndarray:
    """Great-circle separation in arcsec, element by element (haversine)."""
    import numpy as np

    ra1, dec1, ra2, dec2 = (np.radians(np.asarray(a, dtype=np.float64)) for a in (ra1, dec1, ra2, dec2))
    h = np.sin((dec2 - dec1) / 2) ** 2 + np.cos(dec1) * np.cos(dec2) * np.sin((ra2 - ra1) / 2) ** 2
    return np.degrees(2 * np.arcsin(np.sqrt(np.clip(h, 0, 1)))) * ARCSEC


def _tree(vectors: np.ndarray):  # noqa: ANN202 - scipy's class
    from scipy.spatial import cKDTree

    return cKDTree(vectors, balanced_tree=False, compact_nodes=False)


def _chord(radius_arcsec: float) -> float:
    import numpy as np

    return 2 * np.sin(np.radians(min(radius_arcsec / ARCSEC, 180.0)) / 2) + SLACK


def self_pairs(
    ra: np.ndarray, dec: np.ndarray, radius_arcsec: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All pairs of one list within the radius (inclusive): i < j and separations, sorted by (i, j)."""
    import numpy as np

    ra, dec = np.asarray(ra, dtype=np.float64), np.asarray(dec, dtype=np.float64)
    usable = np.flatnonzero(np.isfinite(ra) & np.isfinite(dec))
    if len(usable) < 2:
        return _none()
    vectors = unit_vectors(ra[usable], dec[usable])
    pairs = usable[_tree(vectors).query_pairs(_chord(radius_arcsec), output_type="ndarray")]
    return _decided(ra, dec, ra, dec, pairs[:, 0], pairs[:, 1], radius_arcsec)


def pairs_within(
    ra1: np.ndarray, dec1: np.ndarray, ra2: np.ndarray, dec2: np.ndarray, radius_arcsec: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All pairs of two lists within the radius (inclusive): indices and separations, sorted by (i, j)."""
    import numpy as np

    ra1, dec1, ra2, dec2 = (np.asarray(a, dtype=np.float64) for a in (ra1, dec1, ra2, dec2))
    if len(ra2) < len(ra1):  # the longer list is the one to thin out
        j, i, sep = pairs_within(ra2, dec2, ra1, dec1, radius_arcsec)
        order = np.lexsort((j, i))
        return i[order], j[order], sep[order]
    first = np.flatnonzero(np.isfinite(ra1) & np.isfinite(dec1))
    if not len(first):
        return _none()
    near = _candidates(ra1[first], dec1[first], ra2, dec2, radius_arcsec)
    if not len(near):
        return _none()
    one, other = _tree(unit_vectors(ra1[first], dec1[first])), _tree(unit_vectors(ra2[near], dec2[near]))
    found = one.sparse_distance_matrix(other, _chord(radius_arcsec), output_type="ndarray")
    i, j = first[found["i"]], near[found["j"]]
    return _decided(ra1, dec1, ra2, dec2, i, j, radius_arcsec)


def _candidates(
    ra1: np.ndarray, dec1: np.ndarray, ra2: np.ndarray, dec2: np.ndarray, radius_arcsec: float
) -> np.ndarray:
    """Indices of the second list that may lie within the radius of a position of the first, and few others.

    The sky is cut into bands of declination and these into cells, at least twice the radius wide. A bitmap,
    reached by a hash of the cell, holds the cells around each position of the first list.
    """
    import numpy as np

    cell = max(2 * radius_arcsec, 2.0) / ARCSEC
    bands = int(np.ceil(180 / cell)) + 1
    edge = np.abs(np.arange(bands + 1) * cell - 90)
    farthest = np.minimum(np.maximum(edge[:-1], edge[1:]), 90)  # from the equator, in each band
    around = np.where(
        farthest > 90 - max(0.5, 20 * cell), 1, np.floor(360 * np.cos(np.radians(farthest)) / cell)
    )
    around = np.maximum(around, 1).astype(np.int64)
    bits = int(np.clip(np.ceil(np.log2(len(ra1) * 9 * 16)), 16, 27))
    shift, odd = np.uint64(64 - bits), np.uint64(0x9E3779B97F4A7C15)
    marked = np.zeros(1 << bits, dtype=bool)

    def places(band: np.ndarray, column: np.ndarray) -> np.ndarray:
        return ((band * 2**32 + column).astype(np.uint64) * odd) >> shift

    home = np.clip(((dec1 + 90) / cell).astype(np.int64), 0, bands - 1)
    for up in (-1, 0, 1):
        band = np.clip(home + up, 0, bands - 1)
        count = around[band]
        column = ((ra1 % 360) / 360 * count).astype(np.int64)
        for right in (-1, 0, 1):
            marked[places(band, (column + right) % count)] = True
    kept, block = [], 1 << 16
    for start in range(0, len(ra2), block):  # by blocks that stay in the cache
        ra, dec = ra2[start : start + block], dec2[start : start + block]
        usable = np.isfinite(ra) & (dec >= -90) & (dec <= 90)
        if not usable.all():
            ra, dec = np.where(usable, ra, 0.0), np.where(usable, dec, 0.0)
        band = np.minimum(((dec + 90) / cell).astype(np.int64), bands - 1)
        count = around[band]
        column = ((ra % 360) / 360 * count).astype(np.int64) % count
        kept.append(np.flatnonzero(marked[places(band, column)] & usable) + start)
    return np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64)


def _none() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    import numpy as np

    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)


def _decided(ra1, dec1, ra2, dec2, i, j, radius_arcsec):  # noqa: ANN001, ANN202
    import numpy as np

    sep = separation(ra1[i], dec1[i], ra2[j], dec2[j])
    keep = sep <= radius_arcsec
    i, j, sep = i[keep], j[keep], sep[keep]
    order = np.lexsort((j, i))
    return i[order], j[order], sep[order]


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
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if n == 0:
        return np.zeros(0, dtype=np.int64)
    i, j = np.asarray(i, dtype=np.int64), np.asarray(j, dtype=np.int64)
    if not len(i):
        return np.arange(n, dtype=np.int64)
    touched, inverse = np.unique(np.concatenate([i, j]), return_inverse=True)
    a, b = inverse[: len(i)], inverse[len(i) :]
    graph = coo_matrix((np.ones(len(i), dtype=np.int8), (a, b)), shape=(len(touched), len(touched)))
    _, labels = connected_components(graph, directed=False)
    smallest = np.full(labels.max() + 1, n, dtype=np.int64)
    np.minimum.at(smallest, labels, touched)
    out = np.arange(n, dtype=np.int64)
    out[touched] = smallest[labels]
    return out
