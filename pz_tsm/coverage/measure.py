"""The numbers of coverage: counts in cells of the rows of a table beside those of a target.

Cells are worked out once for all rows, so that the numbers of another cut cost a count; those of the target
once for all tables that one plan after the other brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm import som
from pz_tsm.errors import TsmError
from pz_tsm.ops.cells import features as values_of
from pz_tsm.ops.compared import learned_map
from pz_tsm.target import Target

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = "tsm-coverage/1"
SPARSE = 5  # training rows
STATES = ("filled", "sparse", "empty")
SUPPORTED = 0.9  # share of the target's objects at a magnitude that lie in filled or sparse cells
FEW = 20  # objects of the target in a bin of magnitude, below which it says nothing
BIN, SNR_BIN = 0.1, 0.5  # mag
BLIND = (
    "Cells of magnitude and colour can't show a success rate of spectroscopy that depends on the redshift "
    "inside a cell: a filled cell may still lack some of its redshifts."
)


@dataclass(frozen=True)
class Theirs:
    """The target's side: its objects with all features, their cells, and each feature sorted.

    ``values`` [object, feature]; ``there``: which objects of the target these are; ``grid``: the cells of
    magnitude and colour.
    """

    values: np.ndarray
    there: np.ndarray
    learned: som.Map
    som_cells: np.ndarray
    grid: Grid
    grid_cells: np.ndarray
    ranked: list[Ranked]
    key: str | None = None  # of the memo that it is kept in


@dataclass
class Coverage:
    """What is worked out once: the cells of every row and of the target. ``good``: rows with all features."""

    target: Target
    features: list[str]
    theirs: Theirs
    good: np.ndarray
    _mine: np.ndarray
    _cells: dict[str, np.ndarray]
    _facts: dict[str, Any]
    _snr: dict[str, tuple[np.ndarray, np.ndarray]]

    def of(self, rows: np.ndarray) -> dict[str, Any]:
        """Coverage by the rows of the table for which ``rows`` (boolean) is true, as JSON."""
        use = (rows & self.good)[self.good]
        there = self.theirs
        counts = {
            "som": _pair(there.som_cells, self._cells["som"][use], there.learned.size),
            "grid": _pair(there.grid_cells, self._cells["grid"][use], there.grid.size),
        }
        theirs, mine = counts["som"]
        state = _states(theirs, mine)
        where = there.som_cells
        populated = mine[where] > 0
        mag = there.values[:, 0]
        chosen = self._mine[:, use]
        return {
            "format": FORMAT,
            "target": self.target.about,
            "features": self.features,
            "rows": int(use.sum()),
            "rows_without_features": int((rows & ~self.good).sum()),
            "n_target": len(there.values),
            "frac_target_in_empty_cells": _share((mine[where] == 0).mean()),
            "frac_target_in_sparse_cells": _share(((mine[where] > 0) & (mine[where] < SPARSE)).mean()),
            "mag_limit_90": _limit(mag, populated),
            "cells": [
                {
                    "id": int(cell),
                    "n_target": int(theirs[cell]),
                    "n_train": int(mine[cell]),
                    "flag": state[cell],
                }
                for cell in np.flatnonzero(theirs)
            ],
            "som_side": there.learned.side,
            "states": {name: _count(*pair) for name, pair in counts.items()},
            "grid": there.grid.to_dict() | _grid_counts(*counts["grid"]),
            "ks": {
                text: _share(_ks(chosen[k], there.ranked[k])) if chosen.shape[1] else None
                for k, text in enumerate(self.features)
            },
            "snr": self._snr_at(use),
            "redshift": self._redshift(use),
            "by_survey": self._by_survey(use),
            "effective_sample_size": self._effective(use),
            "cannot_see": BLIND,
        }

    def _redshift(self, use: np.ndarray) -> dict[str, float] | None:
        z = self._facts["redshift"][use]
        z = z[np.isfinite(z)]
        if not len(z):
            return None
        low, median, high = np.quantile(z, [0.005, 0.5, 0.995])
        return {
            "low": _share(low),
            "median": _share(median),
            "high": _share(high),
            "quantiles": [0.005, 0.995],
        }

    def _by_survey(self, use: np.ndarray) -> list[dict[str, Any]]:
        """Rows of each survey, and its share of the rows in each bin of the magnitude."""
        survey, names = self._facts["survey"][use], self._facts["names"]
        mag = self.theirs.ranked[0].values
        edges = np.arange(np.floor(mag[0]), np.ceil(mag[-1]) + 1)
        place = np.clip((self._mine[0, use] - edges[0]).astype(np.int64), 0, len(edges) - 2)
        total = np.bincount(place, minlength=len(edges) - 1)
        found = []
        for number, name in enumerate(names):
            own = np.bincount(place[survey == number], minlength=len(edges) - 1)
            if own.sum():
                with np.errstate(invalid="ignore"):
                    shares = [None if not t else _share(o / t) for o, t in zip(own, total, strict=True)]
                found.append(
                    {"survey": name, "rows": int(own.sum()), "mag_from": float(edges[0]), "share": shares}
                )
        return sorted(found, key=lambda one: (-one["rows"], one["survey"]))

    def _effective(self, use: np.ndarray) -> float | None:
        """(sum w)^2 / sum w^2 of the column weight (Kish 1965); None without one. Of a plan, which weighs a
        sample, as for all."""
        if "weight" not in self._facts:
            return None
        weight = self._facts["weight"][use]
        weight = weight[np.isfinite(weight)]
        if not (weight > 0).any():
            return None
        return float(weight.sum() ** 2 / (weight**2).sum() / self._facts["sampled"])

    def _snr_at(self, use: np.ndarray) -> dict[str, Any] | None:
        """Median signal to noise in bins of the magnitude: training rows against the target."""
        if not self._snr:
            return None
        (name, (mine, theirs)), *_ = self._snr.items()
        mag = self.theirs.ranked[0].values
        low = np.floor(mag[0] / SNR_BIN) * SNR_BIN
        count = int(np.ceil((mag[-1] - low) / SNR_BIN)) or 1
        return {
            "column": name,
            "mag_from": float(low),
            "mag_bin": SNR_BIN,
            "train": _medians(self._mine[0, use], mine[use], low, count),
            "target": _medians(self.theirs.values[:, 0], theirs, low, count),
        }


def prepare(
    table: pa.Table,
    target: Target,
    features: Sequence[str],
    *,
    side: int = 16,
    mag_width: float = 0.5,
    colour_width: float = 0.25,
    seed: int = 0,
) -> Coverage:
    """Learn the map from the target and find every row's cells.

    ``features``: columns or expressions; the first a magnitude, the second a colour. ``side``: of the map,
    in cells; ``mag_width`` and ``colour_width`` in mag. TsmError where table and target can't be compared
    (another release, flux family or extinction), or the target is too small for the map.
    """
    names = list(features)
    if len(names) < 2:
        raise TsmError("Coverage needs a magnitude and a colour at least.", where="features")
    target.check(table, names)
    theirs = _known(target, names, side, mag_width, colour_width, seed)
    mine, good = values_of(table, names, "coverage, features")
    mine = mine if good.all() else mine[good]
    cells = {"som": _cells(table, theirs, mine, good), "grid": theirs.grid.cells(mine)}
    facts, snr = _facts(table, target, good, theirs.there)
    return Coverage(target, names, theirs, good, np.ascontiguousarray(mine.T), cells, facts, snr)


def _known(target: Target, names: list[str], *how: Any) -> Theirs:
    """The target's side; of a plan made again, that of before."""
    from pz_tsm.recipe.memo import address, current

    memo = current()
    if memo is None or target.key is None:
        return _theirs(target, names, *how)
    key = address("coverage", target.key, names, *how)
    found = memo.get(key)
    if found is None:
        found = replace(_theirs(target, names, *how), key=key)
        memo.put(key, found)
    return found


def _cells(table: pa.Table, theirs: Theirs, mine: np.ndarray, good: np.ndarray) -> np.ndarray:
    """The cell of the map of each good row. Rows that an earlier plan brought with the same features (another
    cut of the same table) are looked up."""
    import pyarrow as pa

    from pz_tsm.recipe.memo import address, current

    memo = current()
    if memo is None or theirs.key is None or "row_id" not in table.column_names:
        return theirs.learned.cells(mine)
    ids = table["row_id"].to_numpy()[good]
    if (np.diff(ids) <= 0).any():
        return theirs.learned.cells(mine)  # the same row twice, or in no order
    key = address("coverage, rows", theirs.key)
    known = memo.get(key)
    cells = np.full(len(ids), -1)
    if known is not None:
        at = np.minimum(np.searchsorted(known["id"], ids), len(known["id"]) - 1)
        same = (known["id"][at] == ids) & (known["features"][at] == mine).all(axis=1)
        cells[same] = known["cell"][at[same]]
    new = cells < 0
    if new.any():
        cells[new] = theirs.learned.cells(mine[new])
        kept = {"id": ids, "features": mine, "cell": cells}
        memo.put(key, kept, pa.table({"counted": pa.array(mine.reshape(-1))}))
    return cells


def _theirs(
    target: Target, names: list[str], side: int, mag_width: float, colour_width: float, seed: int
) -> Theirs:
    found, there = values_of(target.table, names, "target, features")
    values = found[there]
    learned = learned_map(target, names, values, side, seed)
    grid = Grid.of(values, mag_width, colour_width)
    ranked = [Ranked.of(column) for column in values.T]
    return Theirs(values, there, learned, learned.cells(values), grid, grid.cells(values), ranked)


def _facts(table, target, good, there):  # noqa: ANN001, ANN202
    """Columns of the good rows that the numbers are made of, and S/N of both sides."""
    from pz_tsm.ops.combine.columns import codes, numbers

    names, survey = codes(table, "survey")
    facts = {
        "survey": np.where(survey < 0, len(names), survey)[good],
        "names": [*(one or "unknown" for one in names), "unknown"],
        "redshift": numbers(table, "redshift")[good],
    }
    if "weight" in table.column_names:
        facts["weight"] = numbers(table, "weight")[good]
        said = table.schema.field("weight").metadata or {}
        facts["sampled"] = float(said.get(b"sampled", b"1"))
    snr = {}
    for name in ("i_snr", "r_snr", "z_snr", "g_snr"):
        if name in table.column_names and name in target.table.column_names:
            snr[name] = (numbers(table, name)[good], numbers(target.table, name)[there])
            break
    return facts, snr


@dataclass(frozen=True)
class Grid:
    """Cells of magnitude and colour, numbered by magnitude, then colour."""

    mag_from: float
    mag_bin: float
    colour_from: float
    colour_bin: float
    columns: int
    rows: int

    @classmethod
    def of(cls, theirs: np.ndarray, mag_width: float, colour_width: float) -> Grid:
        """The cells that span the inner 99.8 % of the target in colour, all of it in magnitude; the outer
        ones take what lies beyond."""
        low = np.floor(theirs[:, 0].min() / mag_width) * mag_width
        columns = max(1, int(np.ceil((theirs[:, 0].max() - low) / mag_width)))
        bottom, top = np.quantile(theirs[:, 1], [0.001, 0.999])
        bottom = np.floor(bottom / colour_width) * colour_width
        rows = max(1, int(np.ceil((top - bottom) / colour_width)))
        return cls(float(low), mag_width, float(bottom), colour_width, columns, rows)

    @property
    def size(self) -> int:
        return self.columns * self.rows

    def cells(self, some: np.ndarray) -> np.ndarray:
        """The cell of each row of features [row, feature]."""
        x = ((some[:, 0] - self.mag_from) / self.mag_bin).astype(np.int32)
        y = np.floor((some[:, 1] - self.colour_from) / self.colour_bin).astype(np.int32)
        return np.clip(x, 0, self.columns - 1) * self.rows + np.clip(y, 0, self.rows - 1)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def _pair(theirs: np.ndarray, mine: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    return np.bincount(theirs, minlength=size), np.bincount(mine, minlength=size)


def _grid_counts(theirs: np.ndarray, mine: np.ndarray) -> dict[str, list[int]]:
    """Counts by magnitude, then colour."""
    return {"n_target": theirs.tolist(), "n_train": mine.tolist()}


def _states(theirs: np.ndarray, mine: np.ndarray) -> list[str | None]:
    return [
        None if not t else "empty" if not m else "sparse" if m < SPARSE else "filled"
        for t, m in zip(theirs, mine, strict=True)
    ]


def _count(theirs: np.ndarray, mine: np.ndarray) -> dict[str, int]:
    """How many of the target's cells are filled, sparse, empty; and training rows where the target has
    none."""
    held = theirs > 0
    return {
        "filled": int((held & (mine >= SPARSE)).sum()),
        "sparse": int((held & (mine > 0) & (mine < SPARSE)).sum()),
        "empty": int((held & (mine == 0)).sum()),
        "rows_outside": int(mine[~held].sum()),
    }


def _limit(mag: np.ndarray, populated: np.ndarray) -> float | None:
    """Magnitude to which, bin by bin from the bright end, SUPPORTED of the target lie in cells with rows."""
    low = np.floor(mag.min() / BIN) * BIN
    place = np.floor((mag - low) / BIN + 1e-9).astype(np.int64)
    total = np.bincount(place)
    held = np.bincount(place[populated], minlength=len(total))
    limit = None
    for number in np.flatnonzero(total >= FEW):
        if held[number] < SUPPORTED * total[number]:
            break
        limit = low + (number + 1) * BIN
    return None if limit is None else float(np.round(limit, 6))


@dataclass(frozen=True)
class Ranked:
    """Values in order, and how many lie below each, and up to it."""

    values: np.ndarray
    below: np.ndarray
    up_to: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> Ranked:
        ordered = np.sort(values)
        below, up_to = (np.searchsorted(ordered, ordered, side=side) for side in ("left", "right"))
        return cls(ordered, below, up_to)


def _ks(one: np.ndarray, other: Ranked) -> float:
    """The greatest difference of two cumulative distributions (Kolmogorov and Smirnov).

    Between two of the other's values its distribution is level while this one's rises: the difference is
    greatest at one of these values, or just before it.
    """
    one, size = np.sort(one), len(other.values)
    at = np.searchsorted(one, other.values, side="right") / len(one) - other.up_to / size
    before = np.searchsorted(one, other.values, side="left") / len(one) - other.below / size
    return float(max(np.abs(at).max(), np.abs(before).max()))


def _medians(mag: np.ndarray, snr: np.ndarray, low: float, count: int) -> list[float | None]:
    good = np.isfinite(snr)
    place = np.floor((mag[good] - low) / SNR_BIN + 1e-9).astype(np.int64)
    inside = (place >= 0) & (place < count)
    place, snr = place[inside], snr[good][inside]
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(count + 1))
    found = []
    for first, last in zip(starts[:-1], starts[1:], strict=True):
        found.append(_share(float(np.median(snr[order[first:last]]))) if last - first >= 5 else None)
    return found


def _share(value: float) -> float:
    return float(f"{float(value):.6g}")
