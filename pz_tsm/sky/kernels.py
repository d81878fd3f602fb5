"""Neighbours by a hashed grid, compiled by numba.

Compiled code is kept where numba keeps it: in NUMBA_CACHE_DIR if set, else beside this file, else in the
user's cache folder.

They return candidates, a few more than lie within the radius: the caller decides with the exact separation.
Positions that are not on the sky are passed over. See ``cells`` for the grid.
"""

from __future__ import annotations

import numpy as np
from numba import float64, int64, njit, types

_real = types.Array(float64, 1, "C", readonly=True)
_whole = types.Array(int64, 1, "C", readonly=True)
_index = types.Array(int64, 1, "C")
_ODD = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing: 2**64 over the golden ratio


@njit(inline="always")
def _longitude(ra):
    if ra < 0 or ra >= 360:
        ra = ra % 360
        if ra >= 360:
            ra = 0.0
    return ra


@njit(inline="always")
def _on_sky(ra, dec):
    return np.isfinite(ra) and dec >= -90 and dec <= 90


@njit(inline="always")
def _band(dec, per_degree, bands):
    return min(max(int((dec + 90) * per_degree), 0), bands - 1)


@njit(inline="always")
def _columns(ra, half, count):
    """The first column that a search may reach, and how many."""
    if half < 180:
        scale = count / 360
        first = int(np.floor((ra - half) * scale))
        many = int(np.floor((ra + half) * scale)) - first + 1
        if many < count:
            return first, many
    return 0, count


@njit(inline="always")
def _wrapped(column, count):
    if column < 0:
        return column + count
    return column - count if column >= count else column


@njit(inline="always")
def _key(band, column):
    return (band << 32) | column


@njit(inline="always")
def _spot(key, shift):
    return int64((np.uint64(key) * _ODD) >> shift)


@njit(inline="always")
def _near_in_ra(ra1, ra2, half):
    apart = abs(ra1 - ra2)
    return (apart if apart <= 180 else 360 - apart) <= half


@njit(inline="always")
def _grown(values):
    out = np.empty(2 * len(values), values.dtype)
    out[: len(values)] = values
    return out


@njit(inline="always")
def _by_first(first, second, total, n):
    """Both as int64, in order of the first; of equals the order stays."""
    place = np.zeros(n + 1, np.int32)
    for k in range(total):
        place[first[k] + 1] += 1
    for k in range(n):
        place[k + 1] += place[k]
    a, b = np.empty(total, np.int64), np.empty(total, np.int64)
    for k in range(total):
        at = place[first[k]]
        place[first[k]] += 1
        a[at], b[at] = first[k], second[k]
    return a, b


@njit(inline="always")
def _in_bands(ra, dec, per_degree, bands):
    """Rows on the sky, one band after the other, with longitude and latitude; where each band begins."""
    n = len(ra)
    band = np.empty(n, np.int32)
    start = np.zeros(bands + 2, np.int32)
    for i in range(n):
        band[i] = _band(dec[i], per_degree, bands) if _on_sky(ra[i], dec[i]) else bands  # last: left out
        start[band[i] + 1] += 1
    for b in range(bands + 1):
        start[b + 1] += start[b]
    at = start.copy()
    row, x, y = np.empty(n, np.int32), np.empty(n, np.float64), np.empty(n, np.float64)
    for i in range(n):
        k = at[band[i]]
        at[band[i]] += 1
        row[k], x[k], y[k] = i, ra[i], dec[i]
    for k in range(start[bands]):
        x[k] = _longitude(x[k])
    return row, x, y, start


@njit(types.UniTuple(_index, 2)(_real, _real, float64, float64, _whole, _real), cache=True, nogil=True)
def self_candidates(ra, dec, reach, per_degree, count, half):
    """Candidates i < j of one list, sorted by (i, j).

    Band after band, so that what is looked at stays in the processor's cache: each position looks at those
    before it in its own band and at the band below, which is as far as a search reaches.
    """
    n, bands = len(ra), len(count)
    row, x, y, start = _in_bands(ra, dec, per_degree, bands)
    widest = 1
    for band in range(bands):
        widest = max(widest, count[band])
    heads = np.full(
        (2, widest), -1, np.int32
    )  # the last position of each column, of this band and the one below
    after, own = np.empty(n, np.int32), np.empty(n, np.int32)
    first, second = np.empty(n // 2 + 64, np.int32), np.empty(n // 2 + 64, np.int32)
    total = 0
    for band in range(bands):
        wide = half[band]
        for k in range(start[band], start[band + 1]):
            for other in range(_band(y[k] - reach, per_degree, bands), band + 1):
                if start[other] == start[other + 1]:
                    continue
                left, many = _columns(x[k], wide, count[other])
                for column in range(left, left + many):
                    p = heads[other & 1, _wrapped(column, count[other])]
                    while p >= 0:
                        if abs(y[p] - y[k]) <= reach and _near_in_ra(x[p], x[k], wide):
                            if total == len(first):
                                first, second = _grown(first), _grown(second)
                            first[total], second[total] = min(row[p], row[k]), max(row[p], row[k])
                            total += 1
                        p = after[p]
            own[k] = min(int(x[k] * (count[band] / 360)), count[band] - 1)
            after[k] = heads[band & 1, own[k]]
            heads[band & 1, own[k]] = k
        if band:
            for k in range(start[band - 1], start[band]):
                heads[(band - 1) & 1, own[k]] = -1
    second_sorted, first_sorted = _by_first(second, first, total, n)
    return _by_first(first_sorted, second_sorted, total, n)


@njit(
    types.UniTuple(_index, 2)(_real, _real, _real, _real, float64, float64, _whole, _real, types.boolean),
    cache=True,
    nogil=True,
)
def cross_candidates(ra1, dec1, ra2, dec2, reach, per_degree, count, half, by_second):
    """Candidates (i, j) of a short and a long list, sorted by (i, j), or by (j, i).

    Each position of the short list is put into all cells that its search reaches; each of the long one looks
    into its own cell, behind a bitmap that turns most away.
    """
    n, bands = len(ra1), len(count)
    size = 2 * n + 64
    keys, owner = np.empty(size, np.int64), np.empty(size, np.int32)
    nodes = 0
    for i in range(n - 1, -1, -1):  # so that chains run upwards
        if not _on_sky(ra1[i], dec1[i]):
            continue
        x, y = _longitude(ra1[i]), dec1[i]
        wide = half[_band(y, per_degree, bands)]
        for band in range(_band(y - reach, per_degree, bands), _band(y + reach, per_degree, bands) + 1):
            start, many = _columns(x, wide, count[band])
            for column in range(start, start + many):
                if nodes == len(keys):
                    keys, owner = _grown(keys), _grown(owner)
                keys[nodes], owner[nodes] = _key(band, _wrapped(column, count[band])), i
                nodes += 1
    bits = 10
    while (1 << bits) < 2 * nodes:
        bits += 1
    shift = np.uint64(64 - bits)
    heads, after = np.full(1 << bits, -1, np.int32), np.empty(nodes, np.int32)
    map_bits = min(bits + 4, 27)
    map_shift = np.uint64(64 - map_bits)
    marked = np.zeros((1 << map_bits) // 8, np.uint8)
    for k in range(nodes):
        spot = _spot(keys[k], shift)
        after[k] = heads[spot]
        heads[spot] = k
        spot = _spot(keys[k], map_shift)
        marked[spot >> 3] |= np.uint8(1 << (spot & 7))
    first, second = np.empty(n + 64, np.int32), np.empty(n + 64, np.int32)
    total = 0
    for j in range(len(ra2)):
        if not _on_sky(ra2[j], dec2[j]):
            continue
        x, y = _longitude(ra2[j]), dec2[j]
        band = _band(y, per_degree, bands)
        key = _key(band, min(int(x * (count[band] / 360)), count[band] - 1))
        spot = _spot(key, map_shift)
        if not (marked[spot >> 3] >> (spot & 7)) & 1:
            continue
        k = heads[_spot(key, shift)]
        while k >= 0:
            i = owner[k]
            if keys[k] == key and abs(dec1[i] - y) <= reach:
                if _near_in_ra(_longitude(ra1[i]), x, half[_band(dec1[i], per_degree, bands)]):
                    if total == len(first):
                        first, second = _grown(first), _grown(second)
                    first[total], second[total] = i, j
                    total += 1
            k = after[k]
    if by_second:
        return first[:total].astype(np.int64), second[:total].astype(np.int64)
    return _by_first(first, second, total, n)


@njit(_index(int64, _whole, _whole), cache=True, nogil=True)
def components(n, i, j):
    """The smallest index of each point's group, for points joined by pairs: union-find."""
    root = np.arange(n)
    for k in range(len(i)):
        a, b = i[k], j[k]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        if a < b:
            root[b] = a
        else:
            root[a] = b
    for k in range(n):
        root[k] = root[root[k]]  # the smaller one is always the root, and so is done
    return root
