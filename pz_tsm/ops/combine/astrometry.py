"""Offsets between the positions of surveys, measured from the rows they share, and their removal.

Catalogues tied to different reference stars differ by tenths of an arcsecond over a field. The offset of two
surveys is the median over mutual nearest pairs of both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

ENOUGH = 20  # mutual pairs: below, the median says little
ARCSEC = 3600.0


@dataclass
class Offset:
    """Survey b minus survey a (indices of surveys), in arcsec; east is dra * cos(dec).

    ``scatter``: standard deviation of an axis about the median, from the median absolute deviation of both.
    """

    a: int
    b: int
    pairs: int
    east: float
    north: float
    scatter: float
    applied: bool = False

    def to_dict(self, surveys: list[str]) -> dict[str, Any]:
        return {
            "a": surveys[self.a],
            "b": surveys[self.b],
            "pairs": self.pairs,
            "dra_arcsec": round(self.east, 6),
            "ddec_arcsec": round(self.north, 6),
            "scatter_arcsec": round(self.scatter, 6),
            "applied": self.applied,
        }


def measure(
    ra: np.ndarray,
    dec: np.ndarray,
    survey: np.ndarray,
    surveys: list[str],
    i: np.ndarray,
    j: np.ndarray,
    sep: np.ndarray,
) -> list[Offset]:
    """The offset of each two surveys that share at least ENOUGH mutual nearest pairs, in order of names.

    ``survey``: index into ``surveys`` by row, -1 for none. Of equally near neighbours the smallest row
    counts.
    """
    import numpy as np

    count = len(surveys)
    one, other = survey[i], survey[j]
    cross = (one != other) & (one >= 0) & (other >= 0)
    if np.count_nonzero(cross) < ENOUGH:
        return []
    i, j, sep, one, other = (values[cross] for values in (i, j, sep, one, other))
    turned = one > other  # a: the row of the survey that comes first by name
    a, b = np.where(turned, j, i), np.where(turned, i, j)
    both = np.minimum(one, other).astype(np.int64) * count + np.maximum(one, other)
    mutual = _mutual(a, b, survey, sep)
    a, b, both = a[mutual], b[mutual], both[mutual]
    order = np.argsort(both, kind="stable")
    a, b, both = a[order], b[order], both[order]
    east, north = between(ra[a], dec[a], ra[b], dec[b])
    keys, start, number = np.unique(both, return_index=True, return_counts=True)
    found = []
    for key, first, n in zip(keys.tolist(), start.tolist(), number.tolist(), strict=True):
        if n < ENOUGH:
            continue
        e, d = east[first : first + n], north[first : first + n]
        middle = _median(e), _median(d)
        scatter = 1.4826 * _median(np.abs(np.concatenate([e - middle[0], d - middle[1]])))
        found.append(Offset(key // count, key % count, n, *middle, scatter))
    return found


def _median(values: np.ndarray) -> float:
    import numpy as np

    ordered = np.sort(values)
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _mutual(a: np.ndarray, b: np.ndarray, survey: np.ndarray, sep: np.ndarray) -> np.ndarray:
    """Which pairs are, on both sides, of the nearest row that the other survey has."""
    import numpy as np

    number = np.bincount(a, minlength=len(survey)) + np.bincount(b, minlength=len(survey))
    busy = np.flatnonzero((number[a] > 1) | (number[b] > 1))  # the others have no choice
    out = np.ones(len(a), dtype=bool)
    c, d, apart = a[busy], b[busy], sep[busy]
    out[busy] = _nearest(c, survey[d], d, apart) & _nearest(d, survey[c], c, apart)
    return out


def _nearest(row: np.ndarray, other_survey: np.ndarray, other: np.ndarray, sep: np.ndarray) -> np.ndarray:
    """Which pairs hold the nearest ``other`` of its survey to ``row``."""
    import numpy as np

    order = np.lexsort((other, sep, other_survey, row))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (row[order][1:] != row[order][:-1]) | (other_survey[order][1:] != other_survey[order][:-1])
    out = np.zeros(len(order), dtype=bool)
    out[order[first]] = True
    return out


def between(
    ra1: np.ndarray, dec1: np.ndarray, ra2: np.ndarray, dec2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Second minus first position in arcsec, east and north on the sky: gnomonic, about the first."""
    import numpy as np

    turn, dec1, dec2 = np.radians(ra2 - ra1), np.radians(dec1), np.radians(dec2)
    # sin(dec2) cos(dec1) - cos(dec2) sin(dec1) cos(turn), written so that small differences keep their digits
    half = np.sin(turn / 2) ** 2
    north = np.sin(dec2 - dec1) + 2 * np.cos(dec2) * np.sin(dec1) * half
    east = np.cos(dec2) * np.sin(turn)
    depth = np.cos(dec2 - dec1) - 2 * np.cos(dec2) * np.cos(dec1) * half
    return np.degrees(east / depth) * ARCSEC, np.degrees(north / depth) * ARCSEC


def shifts(measured: list[Offset], surveys: list[str], rows: np.ndarray) -> np.ndarray:
    """What to add to each survey's positions, shape (surveys, 2), arcsec east and north.

    The survey with most rows keeps its positions. Others are tied to it one after the other, each time by
    the offset with most pairs between a survey that is tied and one that is not; surveys without such a tie
    gather about the largest of their own. Offsets that were used are marked ``applied``. Of equals the first
    by name is taken.
    """
    import numpy as np

    out = np.zeros((len(surveys), 2))
    tied: set[int] = set()
    linked = sorted({one.a for one in measured} | {one.b for one in measured})
    while len(tied) < len(linked):
        edges = [one for one in measured if (one.a in tied) != (one.b in tied)]
        if not edges:
            tied.add(max((k for k in linked if k not in tied), key=lambda k: (rows[k], -k)))
            continue
        best = max(edges, key=lambda one: (one.pairs, -one.a, -one.b))
        offset = np.array([best.east, best.north])
        if best.a in tied:
            out[best.b] = out[best.a] - offset
        else:
            out[best.a] = out[best.b] + offset
        tied |= {best.a, best.b}
        best.applied = True
    return out


def moved(
    ra: np.ndarray, dec: np.ndarray, survey: np.ndarray, shifts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Positions with the shift of each row's survey added, right at the poles too; degrees."""
    import numpy as np

    shifted = np.flatnonzero(shifts.any(axis=1))
    rows = np.flatnonzero(np.isin(survey, shifted))
    ra, dec = ra.copy(), dec.copy()
    if not len(rows):
        return ra, dec
    east, north = np.radians(shifts[survey[rows]] / ARCSEC).T
    d = np.radians(dec[rows])
    # the inverse of the gnomonic projection about each position
    level = np.cos(d) - north * np.sin(d)
    turn = np.arctan2(east, level)
    ra[rows] = (ra[rows] + np.degrees(turn)) % 360
    dec[rows] = np.degrees(np.arctan2(np.sin(d) + north * np.cos(d), np.hypot(east, level)))
    return ra, dec
