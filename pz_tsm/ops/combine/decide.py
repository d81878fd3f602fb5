"""Our own policy: the best eligible row of a group by ordered criteria, unless secure redshifts disagree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pz_tsm.expr import mask
from pz_tsm.ops.combine import criteria
from pz_tsm.ops.combine.criteria import Key, rank
from pz_tsm.redshifts import agree

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

__all__ = ["Decision", "Facts", "decide", "discordant", "rank", "secure_rows"]

KINDS = ("s", "g", "p")
VERDICTS = ("single", "won", "lost", "conflict", "star", "photo-z", "ineligible", "excluded")
SINGLE, WON, LOST, CONFLICT, STAR, PHOTO, INELIGIBLE, EXCLUDED = range(8)
NONE = -1


@dataclass
class Facts:
    """What a decision is made from, one value a row (sorted by row_id).

    ``labels``: smallest index of the row's group; ``clash``: labels of groups whose secure redshifts
    disagree; ``preferred``: rows that win by decision, at most one a group; ``excluded``: rows that count in
    nothing.
    """

    labels: np.ndarray
    ra: np.ndarray
    dec: np.ndarray
    z: np.ndarray
    eligible: np.ndarray
    secure: np.ndarray
    photo: np.ndarray
    star: np.ndarray
    excluded: np.ndarray
    preferred: np.ndarray
    clash: np.ndarray


@dataclass
class Decision:
    """For each row: what became of it. ``rival`` is an index, -1 for none.

    ``verdict`` indexes VERDICTS; ``decided_by`` indexes ``names``, -1 where nothing had to be decided.
    """

    is_best: np.ndarray
    verdict: np.ndarray
    decided_by: np.ndarray
    names: list[str]
    rival: np.ndarray
    values: dict[int, tuple[np.ndarray, pa.Array]] = field(default_factory=dict)  # code -> rows, their texts
    rivals: dict[int, tuple[np.ndarray, pa.Array]] = field(default_factory=dict)


def secure_rows(table: pa.Table, eligible: np.ndarray, photo: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Rows whose redshift can contradict another: flag 3 or 4, not photometric.

    Without homogenized flags, and in groups, all eligible rows count.
    """
    import numpy as np

    if "z_flag_homogenized" not in table.column_names:
        return eligible & ~photo & np.isfinite(z)
    return mask("z_flag_homogenized IN (3, 4)", table) & ~photo & np.isfinite(z)


def discordant(
    labels: np.ndarray, kind: np.ndarray, z: np.ndarray, rows: np.ndarray, tolerance: dict[str, float]
) -> np.ndarray:
    """Labels of groups in which two of ``rows`` differ by more, in |dz|/(1+z), than their types allow.

    Of two types the larger tolerance counts. ``kind`` indexes KINDS. (a - b) / (1 + (a + b) / 2) grows with a
    and falls with b, so extremes are enough.
    """
    import numpy as np

    named = np.zeros(len(labels), dtype=bool)
    named[labels[rows]] = True
    names, inverse = np.flatnonzero(named), (np.cumsum(named) - 1)[labels[rows]]
    low = np.full((3, len(names)), np.inf)
    high = np.full((3, len(names)), -np.inf)
    for k in range(3):
        mine = kind[rows] == k
        np.minimum.at(low[k], inverse[mine], z[rows][mine])
        np.maximum.at(high[k], inverse[mine], z[rows][mine])
    bad = np.zeros(len(names), dtype=bool)
    for a in range(3):
        for b in range(3):
            there = np.isfinite(high[a]) & np.isfinite(low[b])
            top, bottom = np.where(there, high[a], 0), np.where(there, low[b], 0)
            limit = max(tolerance[KINDS[a]], tolerance[KINDS[b]])
            bad |= there & (top > bottom) & ~agree(top, bottom, limit)
    return names[bad]


def decide(
    table: pa.Table,
    facts: Facts,
    listed: list[dict[str, Any]],
    survey_rank: list[str],
    set_aside: bool,
) -> Decision:
    """Verdict of each row. ``listed``: ``criteria.effective``; ``set_aside``: a conflict has no best row.

    In a group the eligible rows are narrowed criterion by criterion: those stay whose value is within the
    tolerance of the best value among the rows that are left. So the result depends on no order. What is left
    after all criteria is decided by the smallest row_id.
    """
    import numpy as np

    n = len(facts.labels)
    size = np.bincount(facts.labels, minlength=n)[facts.labels] if n else np.zeros(0, dtype=np.int64)
    others = ("eligible", "delta_z", "position", "decision")
    code = {name: len(listed) + k for k, name in enumerate(others)}
    at = _Groups(np.flatnonzero(size > 1), facts.labels)
    criteria.check(table, listed)
    part = table.select(criteria.needed(listed, table.column_names)).take(at.rows)
    found = criteria.keys(part, listed, survey_rank, at.separation(facts.ra, facts.dec))

    can_win = facts.eligible.copy()
    can_win[facts.preferred] = True
    winner, stage, second = at.narrow(can_win[at.rows], facts.preferred, found, code["decision"])

    out = Decision(
        is_best=can_win.copy(),
        verdict=_verdicts(facts, can_win),
        decided_by=np.where(can_win, NONE, code["eligible"]).astype(np.int16),
        names=[*(one["by"] for one in listed), *others],
        rival=np.full(n, NONE, dtype=np.int64),
    )
    out.decided_by[facts.preferred] = code["decision"]
    out.decided_by[facts.excluded] = code["decision"]
    out.decided_by[~(np.isfinite(facts.ra) & np.isfinite(facts.dec)) & ~can_win] = code["position"]
    in_group = can_win[at.rows]
    leads = in_group & (winner == np.arange(len(winner)))
    lost = in_group & ~leads
    out.is_best[at.rows[lost]] = False
    out.verdict[at.rows[leads]] = WON
    out.verdict[at.rows[lost]] = LOST
    out.decided_by[at.rows[lost]] = stage[lost]
    out.decided_by[at.rows[leads]] = np.where(second[leads] >= 0, stage[second[leads]], code["eligible"])
    out.decided_by[facts.preferred] = code["decision"]
    rivals = np.where(leads, second, np.where(winner >= 0, winner, NONE))
    rivals[facts.excluded[at.rows]] = NONE
    out.rival[at.rows] = np.where(rivals >= 0, at.rows[rivals], NONE)
    if set_aside:
        _set_aside(out, facts, can_win, at, code["delta_z"])
    _compared(out, found, at, table, facts.z, code["delta_z"])
    return out


def _verdicts(facts: Facts, can_win: np.ndarray) -> np.ndarray:
    """Verdicts of rows by themselves: single, or why they may not win."""
    import numpy as np

    return np.select(
        [can_win, facts.excluded, facts.star, facts.photo], [SINGLE, EXCLUDED, STAR, PHOTO], INELIGIBLE
    ).astype(np.int8)


class _Groups:
    """Rows of groups of two and more, those of a group beside each other, in the order of row_id."""

    def __init__(self, rows: np.ndarray, labels: np.ndarray) -> None:
        import numpy as np

        self.rows = rows[np.argsort(labels[rows], kind="stable")]
        self.labels = labels[self.rows]
        first = np.ones(len(self.rows), dtype=bool)
        first[1:] = self.labels[1:] != self.labels[:-1]
        self.starts = np.flatnonzero(first)
        self.group = np.cumsum(first) - 1

    def of_group(self, reduce: Any, values: np.ndarray) -> np.ndarray:
        """A ufunc over each group's values, for every row of the group."""
        return reduce.reduceat(values, self.starts)[self.group] if len(values) else values

    def separation(self, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
        """Of each row from the centre of its group (the mean direction of its rows), arcsec."""
        import numpy as np

        from pz_tsm.sky import ARCSEC, unit_vectors

        vectors = unit_vectors(ra[self.rows], dec[self.rows])
        apart = np.zeros(len(vectors))
        sums = [self.of_group(np.add, vectors[:, axis]) for axis in range(3)]
        length = np.sqrt(sum(one * one for one in sums))
        for axis in range(3):
            apart += (vectors[:, axis] - sums[axis] / length) ** 2
        return np.degrees(2 * np.arcsin(np.minimum(np.sqrt(apart) / 2, 1))) * ARCSEC

    def narrow(
        self, alive: np.ndarray, preferred: np.ndarray, keys: list[Key], by_decision: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Place of the winner of each row's group (-1: none), the criterion at which each row fell, and the
        place of the last that fell before the winner stood alone (-1: none)."""
        import numpy as np

        m = len(self.rows)
        places = np.arange(m)
        stage = np.full(m, -1, dtype=np.int16)
        when = np.full(m, -1, dtype=np.int16)  # larger: later
        started = alive.copy()
        alive = alive.copy()

        def fall(rows: np.ndarray, code: int, turn: int) -> None:
            stage[rows], when[rows] = code, turn
            alive[rows] = False

        if len(preferred):
            chosen = np.isin(self.rows, preferred)
            fall(alive & ~chosen & self.of_group(np.logical_or, chosen), by_decision, 0)
        for k, key in enumerate(keys):
            if not len(alive) or np.add.reduceat(alive, self.starts, dtype=np.int32).max() < 2:
                break
            best = self.of_group(np.minimum, np.where(alive, key.values, np.inf))
            fall(alive & ~(key.values <= best + key.tolerance * (1 + 1e-6)), k, k + 1)
        first = self.of_group(np.minimum, np.where(alive, places, m))
        fall(alive & (places != first), len(keys), len(keys) + 1)
        winner = np.where(first < m, first, NONE)
        last = started & (when == self.of_group(np.maximum, when)) & (when >= 0)
        for key in keys:
            best = self.of_group(np.minimum, np.where(last, key.values, np.inf))
            last &= key.values <= best
        second = self.of_group(np.minimum, np.where(last, places, m))
        return winner, stage, np.where(second < m, second, NONE)


def _set_aside(out: Decision, facts: Facts, can_win: np.ndarray, at: _Groups, code: int) -> None:
    """Groups whose secure redshifts disagree have no best row, unless a decision names it."""
    import numpy as np

    settled = facts.labels[facts.preferred]
    with_winner = facts.labels[can_win]
    open_ = facts.clash[np.isin(facts.clash, with_winner) & ~np.isin(facts.clash, settled)]
    if not len(open_):
        return
    part = at.rows[np.isin(at.labels, open_)]
    out.is_best[part] = False
    secure = facts.secure[part]
    clash = (secure | can_win[part]) & ~facts.excluded[part]
    rows = part[clash]
    out.rival[part] = NONE
    out.verdict[rows], out.decided_by[rows] = CONFLICT, code
    out.rival[rows] = _farthest(facts.labels[part], facts.z, part, secure)[clash]


def _farthest(labels: np.ndarray, z: np.ndarray, rows: np.ndarray, secure: np.ndarray) -> np.ndarray:
    """For each row the secure one of its group whose redshift is farthest from its own.

    ``labels`` and ``secure`` are of ``rows``, ``z`` of the table; the answer holds indices of the table.
    """
    import numpy as np

    places = rows[secure]
    inside = labels[secure]
    order = np.lexsort((places, z[places], inside))
    names, group = np.unique(inside[order], return_inverse=True)
    ordered = places[order]
    low = ordered[np.searchsorted(group, np.arange(len(names)), side="left")]
    high = ordered[np.searchsorted(group, np.arange(len(names)), side="right") - 1]
    mine = np.searchsorted(names, labels)
    low, high = low[mine], high[mine]
    with np.errstate(invalid="ignore"):
        to_high = np.abs(z[rows] - z[high]) > np.abs(z[rows] - z[low])
    return np.where(to_high, high, low)


def _compared(out: Decision, keys: list[Key], at: _Groups, table: pa.Table, z: np.ndarray, by_z: int) -> None:
    """Texts of the two values that were compared, for every row with a rival and a criterion."""
    import numpy as np
    import pyarrow as pa

    place = np.full(len(z), NONE, dtype=np.int64)
    place[at.rows] = np.arange(len(at.rows))
    decided = np.where(out.rival[at.rows] >= 0, out.decided_by[at.rows], NONE)

    def text(code: int, rows: np.ndarray) -> pa.Array:
        if code == by_z:
            return criteria.as_text(pa.array(np.round(z[rows], 6)))
        if code < len(keys):
            return keys[code].show(place[rows])
        return table.column("row_id").take(pa.array(rows)).cast(pa.string()).combine_chunks()

    for code in (*range(len(keys) + 1), by_z):
        rows = at.rows[decided == code]
        if len(rows):
            out.values[code] = rows, text(code, rows)
            out.rivals[code] = rows, text(code, out.rival[rows])
