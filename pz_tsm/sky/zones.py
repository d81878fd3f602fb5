"""Neighbours in numpy: no compiled code of our own, and no import that takes longer than the search.

The sky is cut into zones of declination, at least as high as a search reaches, and the positions of a zone
stand in order of right ascension: what is near a position stands in three short runs, found by bisection
(Gray, Nieto-Santisteban & Szalay 2006, "The Zones Algorithm", MSR-TR-2006-52). Of a list that is much longer
than the other a bitmap of cells leaves out most rows before.

They return candidates, a few more than lie within the radius: the caller decides with the exact separation.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from pz_tsm.sky.cells import SLACK
from pz_tsm.sky.sphere import ARCSEC, usable

if TYPE_CHECKING:
    import numpy as np

    Pairs = tuple[np.ndarray, np.ndarray]

LOWEST = 1.0  # arcsec, of a zone: lower ones make no run shorter
BITS = 40  # of a right ascension in a key: steps of a microarcsecond; 20 more are enough for the zones
CIRCLE = 1 << BITS
MUCH_LONGER = 3  # times the rows of the short list from which the bitmap pays
AT_ONCE = 1 << 22  # candidates looked at together
BLOCK = 1 << 16  # rows whose cells are looked up together: they stay in the processor's cache


class _Sorted(NamedTuple):
    """Positions on the sky in order of ``key``: the zone in the high bits, right ascension in the low ones.

    ``row``: their rows in the list; ``half``: how far to either side in right ascension, in steps of
    ``CIRCLE``, a search about them reaches; ``dec`` in degrees.
    """

    row: np.ndarray
    key: np.ndarray
    half: np.ndarray
    dec: np.ndarray


def self_candidates(ra: np.ndarray, dec: np.ndarray, radius_arcsec: float) -> Pairs:
    """Candidates i < j of one list, sorted by (i, j)."""
    import numpy as np

    reach = _reach(radius_arcsec)
    mine = _sorted(ra, dec, np.flatnonzero(usable(ra, dec)), reach)
    places = np.arange(len(mine.key))
    found = [_checked(mine, mine, places, places + 1, _ends(mine, mine.key + mine.half), reach)]
    over = np.flatnonzero((mine.key & (CIRCLE - 1)) + mine.half >= CIRCLE)  # and go on at right ascension 0
    rest = mine.key[over] + mine.half[over] - CIRCLE
    start = np.searchsorted(mine.key, mine.key[over] & -CIRCLE)
    found.append(_checked(mine, mine, over, start, np.searchsorted(mine.key, rest, side="right"), reach))
    found += _in_zone(mine, mine, 1, reach)
    one, other = (np.concatenate(part) for part in zip(*found, strict=True))
    return in_order(np.minimum(one, other), np.maximum(one, other), len(ra))


def cross_candidates(
    ra1: np.ndarray, dec1: np.ndarray, ra2: np.ndarray, dec2: np.ndarray, radius_arcsec: float
) -> Pairs:
    """Candidates (i, j) of a short and a long list, sorted by (i, j)."""
    import numpy as np

    reach = _reach(radius_arcsec)
    rows = np.flatnonzero(usable(ra1, dec1))
    if len(rows) and len(ra2) > MUCH_LONGER * len(rows):
        near = _near(ra1[rows], dec1[rows], ra2, dec2, radius_arcsec)
    else:
        near = np.flatnonzero(usable(ra2, dec2))
    short, long = _sorted(ra1, dec1, rows, reach), _sorted(ra2, dec2, near, reach)
    found = [part for up in (-1, 0, 1) for part in _in_zone(short, long, up, reach)]
    i, j = (np.concatenate(part) for part in zip(*found, strict=True))
    return in_order(i, j, len(ra2))


def in_order(i: np.ndarray, j: np.ndarray, n: int) -> Pairs:
    """The pairs (i, j) sorted by both, each once, with j below n."""
    import numpy as np

    both = np.asarray(i, dtype=np.int64) * n + j  # fits: a product of two numbers of rows is below 2**63
    both.sort()
    again = both[1:] == both[:-1]
    if again.any():
        both = both[np.append(True, ~again)]
    return np.divmod(both, max(n, 1))


def components(n: int, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """The smallest index of each point's group, for points joined by pairs.

    Roots that a pair joins are put under the smallest they are joined to, until no pair joins two.
    """
    import numpy as np

    root = np.arange(n, dtype=np.int64)
    while True:
        a, b = root[i], root[j]
        apart = a != b
        if not apart.any():
            return root
        i, j = a[apart], b[apart]
        np.minimum.at(root, np.maximum(i, j), np.minimum(i, j))
        while (root[root] != root).any():
            root = root[root]


def _reach(radius_arcsec: float) -> float:
    """Degrees to search within: a little more than the radius."""
    return min((radius_arcsec * (1 + 1e-9) + SLACK) / ARCSEC, 180.0)


def _sorted(ra: np.ndarray, dec: np.ndarray, rows: np.ndarray, reach: float) -> _Sorted:
    import numpy as np

    ra, dec = ra[rows], dec[rows]
    zone = ((dec + 90) / max(reach, LOWEST / ARCSEC)).astype(np.int64)
    key = (zone << BITS) | np.minimum((ra % 360 * (CIRCLE / 360)).astype(np.int64), CIRCLE - 1)
    order = np.argsort(key)
    dec = dec[order]
    half = np.full(len(dec), CIRCLE // 2)
    # on a circle of radius r about declination d right ascension differs by at most asin(sin r / cos d)
    clear = np.abs(dec) + reach < 90 - 1e-6  # of the poles
    sine = np.sin(np.radians(reach)) / np.cos(np.radians(dec[clear]))
    half[clear] = np.minimum(np.arcsin(sine) * (CIRCLE / (2 * np.pi)) + 2, CIRCLE // 2)  # 2: both are cut off
    return _Sorted(rows[order], key[order], half, dec)


def _ends(mine: _Sorted, last: np.ndarray) -> np.ndarray:
    """Where the run up to a key ends, that begins in the key's own zone."""
    import numpy as np

    return np.searchsorted(mine.key, np.minimum(last, mine.key | (CIRCLE - 1)), side="right")


def _in_zone(one: _Sorted, other: _Sorted, up: int, reach: float) -> Iterator[Pairs]:
    """Candidates of each of ``one`` with those of ``other`` in the same zone, or so many zones further up."""
    import numpy as np

    zone = (one.key & -CIRCLE) + up * CIRCLE
    centre = one.key & (CIRCLE - 1)
    for turn in (-CIRCLE, 0, CIRCLE):  # what is beyond 0 or 360 degrees stands at the other end of the zone
        low, high = centre - one.half + turn, centre + one.half + turn
        there = np.flatnonzero((low < CIRCLE) & (high >= 0)) if turn else np.arange(len(zone))
        start = np.searchsorted(other.key, zone[there] + np.maximum(low[there], 0))
        last = zone[there] + np.minimum(high[there], CIRCLE - 1)
        yield _checked(one, other, there, start, np.searchsorted(other.key, last, side="right"), reach)


def _checked(
    one: _Sorted, other: _Sorted, places: np.ndarray, start: np.ndarray, end: np.ndarray, reach: float
) -> Pairs:
    """Rows of each place of ``one`` with those of the run of ``other``, where declinations are near."""
    import numpy as np

    many = np.maximum(end - start, 0)
    some = np.flatnonzero(many)
    places, start, many = places[some], start[some], many[some]
    until = np.cumsum(many)
    cuts = np.searchsorted(until, np.arange(AT_ONCE, many.sum(), AT_ONCE)).tolist()
    lefts, rights = [], []
    for begin, stop in pairwise([0, *cuts, len(many)]):
        count = many[begin:stop]
        left = np.repeat(places[begin:stop], count)
        first = start[begin:stop] - (np.cumsum(count) - count)
        right = np.arange(len(left)) + np.repeat(first, count)
        near = np.abs(one.dec[left] - other.dec[right]) <= reach
        lefts.append(one.row[left[near]])
        rights.append(other.row[right[near]])
    return np.concatenate(lefts), np.concatenate(rights)


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
    kept = []
    for start in range(0, len(ra2), BLOCK):
        ra, dec = ra2[start : start + BLOCK], dec2[start : start + BLOCK]
        good = usable(ra, dec)
        if not good.all():
            ra, dec = np.where(good, ra, 0.0), np.where(good, dec, 0.0)
        band = np.minimum(((dec + 90) / cell).astype(np.int64), bands - 1)
        count = around[band]
        column = ((ra % 360) / 360 * count).astype(np.int64) % count
        kept.append(np.flatnonzero(marked[places(band, column)] & good) + start)
    return np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64)
