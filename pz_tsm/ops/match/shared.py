"""Several groups on one object, and what a split must keep together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Shared:
    """What became of the rows that share an object; arrays have one entry a row."""

    loser: np.ndarray  # an agreeing row of the same object is better
    blend: np.ndarray  # the object's redshifts disagree
    winner: np.ndarray  # for losers: the row that won
    objects: list[dict] = field(default_factory=list)  # one entry a shared object, for the report


def resolve(
    object_id: np.ndarray,
    group: np.ndarray,
    row_id: np.ndarray,
    z: np.ndarray,
    flag: np.ndarray,
    kind: np.ndarray,
    best: np.ndarray,
    tolerance: dict[str, float],
    rank: np.ndarray,
) -> Shared:
    """Judge every object that best rows of several groups share.

    Redshifts agree as in combine: |dz| / (1 + z) within ``tolerance`` of their instrument types, of two types
    the larger one. Rows that assign no redshift (null, or flag 0) and photometric redshifts beside a spectrum
    have no say in that. Of those that agree the smallest ``rank`` is kept, a row with a redshift before one
    without. ``z`` and ``flag`` are NaN where null; ``kind`` is s, g, p or None (as s).
    """
    from pz_tsm.ops.combine import decide

    size = len(object_id)
    result = Shared(np.zeros(size, bool), np.zeros(size, bool), np.full(size, -1, dtype=np.int64))
    rows = np.flatnonzero(best)
    rows = rows[np.lexsort((row_id[rows], object_id[rows]))]
    if len(rows) < 2:
        return result
    starts = np.flatnonzero(np.concatenate([[True], np.diff(object_id[rows]) != 0]))
    counts = np.diff(np.append(starts, len(rows)))
    shared: list[list[int]] = []
    judge: list[int] = []
    number = np.zeros(size, dtype=np.int64)  # of the shared object, for the rows that have a say
    for first, count in zip(starts[counts > 1], counts[counts > 1], strict=True):
        members = rows[first : first + count]
        if len(set(group[members].tolist())) < 2:
            continue
        order = sorted(members, key=lambda r: (not (np.isfinite(z[r]) and flag[r] != 0), rank[r]))
        says = [r for r in order if np.isfinite(z[r]) and flag[r] != 0]
        says = [r for r in says if kind[r] != "p"] or says
        number[says] = len(shared)
        judge += says
        shared.append(order)
    code = np.select([kind == "p", kind == "g"], [2, 1], 0)
    discordant = decide.discordant(number, code, z, np.array(sorted(judge), dtype=np.int64), tolerance)
    blends = set(discordant.tolist())
    for place, order in enumerate(shared):
        if place in blends:
            result.blend[order] = True
        else:
            losers = np.array(order[1:])
            result.loser[losers], result.winner[losers] = True, order[0]
        result.objects.append(
            {
                "objectId": str(object_id[order[0]]),
                "verdict": "blend" if place in blends else "one kept",
                "rows": [str(row_id[r]) for r in order],
                "redshifts": [float(z[r]) if np.isfinite(z[r]) else None for r in order],
                "groups": [str(group[r]) for r in order],
            }
        )
    return result


def split_keys(group: np.ndarray, object_id: np.ndarray) -> np.ndarray:
    """Smallest group of the connected component of groups and objects, one entry a row (a row is an edge)."""
    from pz_tsm.sky import components

    if not len(group):
        return np.zeros(0, dtype=np.int64)
    groups, g = np.unique(group, return_inverse=True)
    objects, o = np.unique(object_id, return_inverse=True)
    label = np.asarray(components(len(groups) + len(objects), g, o + len(groups)))[: len(groups)]
    smallest = np.full(int(label.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(smallest, label, groups)
    return smallest[label][g]


def keys_of(groups: np.ndarray, tied: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Split keys of other rows of those groups: as ``keys`` says for ``tied``; a group unknown there is its
    own key."""
    known, first = np.unique(tied, return_index=True)
    place = np.searchsorted(known, groups)
    place[place == len(known)] = 0
    if not len(known):
        return groups
    return np.where(known[place] == groups, keys[first][place], groups)
