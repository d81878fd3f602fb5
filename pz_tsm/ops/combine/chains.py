"""Groups wider than their radius: how wide, which, and their split by redshift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pz_tsm.ops.combine.groups import smallest_of
from pz_tsm.redshifts import agree
from pz_tsm.sky import separation

if TYPE_CHECKING:
    import numpy as np

    from pz_tsm.ops.combine.pairing import Found

MANY = 64  # members from which only the corners of a group are compared with each other


def diameters(labels: np.ndarray, found: Found) -> np.ndarray:
    """The largest separation of two members of each row's group, arcsec; 0 for a row alone.

    ``labels``: smallest row of each group. Of groups of two the pair found says it; of the others all members
    are compared, of large ones the corners of the convex hull.
    """
    import numpy as np

    n = len(labels)
    size = np.bincount(labels, minlength=n)
    widest = np.zeros(n)
    two = (labels[found.i] == labels[found.j]) & (size[labels[found.i]] == 2)
    widest[labels[found.i[two]]] = found.sep[two]
    rows, start, length = members(labels, np.flatnonzero(size > 2))
    for many in np.unique(length):
        first = start[length == many]
        if many <= MANY:
            table = rows[first[:, None] + np.arange(many)]
            ra, dec = found.ra[table], found.dec[table]
            top = np.zeros(len(first))
            for step in range(1, many):
                sep = separation(ra[:, step:], dec[:, step:], ra[:, :-step], dec[:, :-step])
                np.maximum(top, sep.max(axis=1), out=top)
            widest[labels[table[:, 0]]] = top
        else:
            for begin in first:
                mine = rows[begin : begin + many]
                widest[labels[mine[0]]] = _width(found.ra[mine], found.dec[mine])
    return widest[labels]


def members(labels: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of the wanted groups, one group after the other, ascending; where each starts, and its length."""
    import numpy as np

    chosen = np.zeros(len(labels), dtype=bool)
    chosen[wanted] = True
    rows = np.flatnonzero(chosen[labels])
    rows = rows[np.argsort(labels[rows], kind="stable")]
    own = labels[rows]
    start = np.flatnonzero(np.r_[True, own[1:] != own[:-1]]) if len(own) else np.zeros(0, dtype=np.int64)
    return rows, start, np.diff(np.r_[start, len(own)])


def widest_radius(labels: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """For each row the largest radius that holds for a row of its group."""
    import numpy as np

    if len(radius) and (radius == radius[0]).all():
        return radius
    largest = np.zeros(len(labels))
    np.maximum.at(largest, labels, radius)
    return largest[labels]


def _width(ra: np.ndarray, dec: np.ndarray) -> float:
    """The largest separation among many positions, arcsec: the two farthest are corners of the hull."""
    corners = _hull(ra, dec)
    ra, dec = ra[corners], dec[corners]
    return max(float(separation(ra[k], dec[k], ra[k:], dec[k:]).max()) for k in range(len(corners)))


def _hull(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """Corners of the convex hull, in a gnomonic projection, where great circles are straight.

    Andrew's monotone chain (1979, Information Processing Letters 9, 216).
    """
    import numpy as np

    from pz_tsm.sky import unit_vectors

    v = unit_vectors(ra, dec)
    axis = v.mean(axis=0)
    axis /= np.linalg.norm(axis)
    depth = v @ axis
    if depth.min() < 0.1:  # wider than half the sky, nearly: there is no such projection
        return np.arange(len(ra))
    east = np.cross([0, 0, 1] if abs(axis[2]) < 0.9 else [1, 0, 0], axis)
    east /= np.linalg.norm(east)
    x, y = v @ east / depth, v @ np.cross(axis, east) / depth
    order = np.lexsort((y, x))
    points = list(zip(x[order].tolist(), y[order].tolist(), order.tolist(), strict=True))
    return np.unique([p[2] for half in (points, points[::-1]) for p in _half(half)])


def _half(points: list[tuple[float, float, int]]) -> list[tuple[float, float, int]]:
    kept: list[tuple[float, float, int]] = []
    for p in points:
        while len(kept) > 1:
            (ax, ay, _), (bx, by, _) = kept[-2], kept[-1]
            if (bx - ax) * (p[1] - ay) - (by - ay) * (p[0] - ax) > 0:
                break
            kept.pop()
        kept.append(p)
    return kept


def split(
    labels: np.ndarray,
    is_chain: np.ndarray,
    z: np.ndarray,
    limit: np.ndarray,
    ra: np.ndarray,
    dec: np.ndarray,
) -> tuple[np.ndarray, int]:
    """Chains split by redshift: new labels, and the number of groups that were split.

    Single linkage: rows whose |dz|/(1+z) is within the larger of their limits stay together, z being the mean
    of both. A row without z (NaN) goes with the nearest row of its group that has one.
    """
    import numpy as np

    has_z = is_chain & (z > -1)
    rows = np.flatnonzero(has_z)
    if not len(rows):
        return labels, 0
    rows = rows[np.lexsort((z[rows], labels[rows]))]
    first = np.r_[True, labels[rows][1:] != labels[rows][:-1]]
    apart = first.copy()  # where a new part begins
    apart[1:] |= ~_tied(z[rows], limit[rows], first)
    part = np.cumsum(apart) - 1
    smallest = np.full(part[-1] + 1, len(labels), dtype=np.int64)
    np.minimum.at(smallest, part, rows)
    parts = np.bincount(labels[rows[apart]], minlength=len(labels))
    torn = parts > 1
    mine = torn[labels[rows]]
    out = labels.copy()
    out[rows[mine]] = smallest[part[mine]]
    _join_nearest(out, labels, np.flatnonzero(is_chain & ~has_z & torn[labels]), has_z, ra, dec)
    return smallest_of(out), int(np.count_nonzero(torn))


def _tied(z: np.ndarray, limit: np.ndarray, first: np.ndarray) -> np.ndarray:
    """For redshifts sorted within groups: whether each and the next are linked, if by a third.

    A row links all that lie within its own limit, an interval about it; so a gap is closed where the interval
    of some row covers it.
    """
    import numpy as np

    n = len(z)
    place = np.arange(n)
    start = np.maximum.accumulate(np.where(first, place, 0))
    starts = np.flatnonzero(first)
    ends = np.r_[starts[1:], n]
    end = np.repeat(ends - 1, ends - starts)

    def farthest(bound: np.ndarray, step: int) -> np.ndarray:
        """The place farthest towards ``bound`` that each row still links; all between are linked, too."""
        inside, outside = place, bound + step
        while (open_ := np.abs(outside - inside) > 1).any():
            middle = np.where(open_, (inside + outside) // 2, inside)
            near = agree(z[middle], z, limit)
            inside = np.where(open_ & near, middle, inside)
            outside = np.where(open_ & ~near, middle, outside)
        return inside

    depth = np.bincount(farthest(start, -1), minlength=n + 1) - np.bincount(farthest(end, 1), minlength=n + 1)
    return np.cumsum(depth)[: n - 1] > 0


def _join_nearest(
    out: np.ndarray, labels: np.ndarray, rows: np.ndarray, has_z: np.ndarray, ra: np.ndarray, dec: np.ndarray
) -> None:
    """Rows without redshift in groups that were torn: each takes the part of its nearest that has one."""
    import numpy as np

    mates, start, length = members(labels, np.unique(labels[rows]))
    names = labels[mates[start]].tolist()
    place = {name: (at, many) for name, at, many in zip(names, start.tolist(), length.tolist(), strict=True)}
    for row in rows.tolist():
        begin, many = place[int(labels[row])]
        near = mates[begin : begin + many]
        near = near[has_z[near]]
        out[row] = out[near[separation(ra[row], dec[row], ra[near], dec[near]).argmin()]]
