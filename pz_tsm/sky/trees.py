"""Neighbours without compiled code of our own.

A bitmap of cells leaves out most rows of the longer list; a k-d tree on unit vectors (scipy) finds candidates
within a slightly larger chord.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pz_tsm.sky.sphere import ARCSEC, unit_vectors, usable

if TYPE_CHECKING:
    import numpy as np

SLACK = 1e-9  # radians of chord added to the search (0.0002"): the exact separation decides afterwards


def self_candidates(ra: np.ndarray, dec: np.ndarray, radius_arcsec: float) -> tuple[np.ndarray, np.ndarray]:
    """Candidates i < j of one list, sorted by (i, j)."""
    import numpy as np

    rows = np.flatnonzero(usable(ra, dec))
    if len(rows) < 2:
        return _none()
    pairs = _tree(unit_vectors(ra[rows], dec[rows])).query_pairs(_chord(radius_arcsec), output_type="ndarray")
    return in_order(rows[pairs[:, 0]], rows[pairs[:, 1]], len(ra))


def cross_candidates(
    ra1: np.ndarray, dec1: np.ndarray, ra2: np.ndarray, dec2: np.ndarray, radius_arcsec: float
) -> tuple[np.ndarray, np.ndarray]:
    """Candidates (i, j) of a short and a long list, sorted by (i, j)."""
    import numpy as np

    rows = np.flatnonzero(usable(ra1, dec1))
    if not len(rows):
        return _none()
    near = _near(ra1[rows], dec1[rows], ra2, dec2, radius_arcsec)
    if not len(near):
        return _none()
    one, other = _tree(unit_vectors(ra1[rows], dec1[rows])), _tree(unit_vectors(ra2[near], dec2[near]))
    found = one.sparse_distance_matrix(other, _chord(radius_arcsec), output_type="ndarray")
    return in_order(rows[found["i"]], near[found["j"]], len(ra2))


def in_order(i: np.ndarray, j: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The pairs (i, j) sorted by both, with j below n."""
    import numpy as np

    both = np.asarray(i, dtype=np.int64) * n + j  # fits: a product of two numbers of rows is below 2**63
    both.sort()
    return np.divmod(both, n) if n else _none()


def components(n: int, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """The smallest index of each point's group, for points joined by pairs (scipy)."""
    import numpy as np
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    touched, inverse = np.unique(np.concatenate([i, j]), return_inverse=True)
    a, b = inverse[: len(i)], inverse[len(i) :]
    graph = coo_matrix((np.ones(len(i), dtype=np.int8), (a, b)), shape=(len(touched), len(touched)))
    _, labels = connected_components(graph, directed=False)
    smallest = np.full(labels.max() + 1, n, dtype=np.int64)
    np.minimum.at(smallest, labels, touched)
    out = np.arange(n, dtype=np.int64)
    out[touched] = smallest[labels]
    return out


def _tree(vectors: np.ndarray):  # noqa: ANN202 - scipy's class
    from scipy.spatial import cKDTree

    return cKDTree(vectors, balanced_tree=False, compact_nodes=False)


def _chord(radius_arcsec: float) -> float:
    import numpy as np

    return 2 * np.sin(np.radians(min(radius_arcsec / ARCSEC, 180.0)) / 2) + SLACK


def _none() -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)


def _near(
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
        good = usable(ra, dec)
        if not good.all():
            ra, dec = np.where(good, ra, 0.0), np.where(good, dec, 0.0)
        band = np.minimum(((dec + 90) / cell).astype(np.int64), bands - 1)
        count = around[band]
        column = ((ra % 360) / 360 * count).astype(np.int64) % count
        kept.append(np.flatnonzero(marked[places(band, column)] & good) + start)
    return np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64)
