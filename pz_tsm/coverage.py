"""Does a training set occupy the magnitudes and colours of its target?

Both are counted in cells: of the first feature (a magnitude) against the second (a colour), and of a
self-organising map of all features, learned from the target. A cell of the target with no training row is
empty, with fewer than SPARSE it is sparse. Cells are worked out once for all rows, so that the numbers of
another cut cost a count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm import som
from pz_tsm.errors import TsmError
from pz_tsm.ops.compared import compare
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


@dataclass
class Coverage:
    """What is worked out once: the cells of every row and of the target. ``good``: rows with all features."""

    target: Target
    features: list[str]
    learned: som.Map
    _theirs: np.ndarray
    _mine: np.ndarray
    good: np.ndarray
    _cells: dict[str, tuple[np.ndarray, np.ndarray, int]]
    _grid: dict[str, Any]
    _facts: dict[str, np.ndarray]
    _snr: dict[str, tuple[np.ndarray, np.ndarray]]

    def of(self, rows: np.ndarray) -> dict[str, Any]:
        """Coverage by the rows of the table for which ``rows`` (boolean) is true, as JSON."""
        use = (rows & self.good)[self.good]
        counts = {
            name: (np.bincount(theirs, minlength=size), np.bincount(mine[use], minlength=size))
            for name, (theirs, mine, size) in self._cells.items()
        }
        theirs, mine = counts["som"]
        state = _states(theirs, mine)
        where = self._cells["som"][0]
        populated = mine[where] > 0
        mag = self._theirs[:, 0]
        chosen = self._mine[use]
        return {
            "format": FORMAT,
            "target": self.target.about,
            "features": self.features,
            "rows": int(use.sum()),
            "rows_without_features": int((rows & ~self.good).sum()),
            "n_target": len(self._theirs),
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
            "som_side": self.learned.side,
            "states": {name: _count(*pair) for name, pair in counts.items()},
            "grid": self._grid | _grid_counts(*counts["grid"]),
            "ks": {
                text: _share(_ks(chosen[:, k], self._theirs[:, k])) if len(chosen) else None
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
        edges = np.arange(np.floor(self._theirs[:, 0].min()), np.ceil(self._theirs[:, 0].max()) + 1)
        place = np.clip(np.searchsorted(edges, self._mine[use, 0], side="right") - 1, 0, len(edges) - 2)
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
        """(sum w)^2 / sum w^2 of the column weight (Kish 1965); None without one."""
        if "weight" not in self._facts:
            return None
        weight = self._facts["weight"][use]
        weight = weight[np.isfinite(weight)]
        return float(weight.sum() ** 2 / (weight**2).sum()) if (weight > 0).any() else None

    def _snr_at(self, use: np.ndarray) -> dict[str, Any] | None:
        """Median signal to noise in bins of the magnitude: training rows against the target."""
        if not self._snr:
            return None
        (name, (mine, theirs)), *_ = self._snr.items()
        low = np.floor(self._theirs[:, 0].min() / SNR_BIN) * SNR_BIN
        count = int(np.ceil((self._theirs[:, 0].max() - low) / SNR_BIN)) or 1
        return {
            "column": name,
            "mag_from": float(low),
            "mag_bin": SNR_BIN,
            "train": _medians(self._mine[use, 0], mine[use], low, count),
            "target": _medians(self._theirs[:, 0], theirs, low, count),
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
    if len(features) < 2:
        raise TsmError("Coverage needs a magnitude and a colour at least.", where="features")
    both = compare(table, target, features, "coverage")
    theirs, good, there = both.theirs, both.good, both.there
    mine = both.mine[good]
    learned = both.map(side, seed)
    grid, cell_theirs, cell_mine, size = _grid(theirs, mine, mag_width, colour_width)
    cells = {
        "som": (learned.cells(theirs), learned.cells(mine), learned.size),
        "grid": (cell_theirs, cell_mine, size),
    }
    facts, snr = _facts(table, target, good, there)
    return Coverage(target, both.features, learned, theirs, mine, good, cells, grid, facts, snr)


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
    snr = {}
    for name in ("i_snr", "r_snr", "z_snr", "g_snr"):
        if name in table.column_names and name in target.table.column_names:
            snr[name] = (numbers(table, name)[good], numbers(target.table, name)[there])
            break
    return facts, snr


def _grid(theirs, mine, mag_width, colour_width):  # noqa: ANN001, ANN202
    """Magnitude against colour: the cells that span the inner 99.8 % of the target in colour, all of it in
    magnitude; the outer ones take what lies beyond."""
    low = np.floor(theirs[:, 0].min() / mag_width) * mag_width
    columns = max(1, int(np.ceil((theirs[:, 0].max() - low) / mag_width)))
    bottom, top = np.quantile(theirs[:, 1], [0.001, 0.999])
    bottom = np.floor(bottom / colour_width) * colour_width
    rows = max(1, int(np.ceil((top - bottom) / colour_width)))

    def cell(some: np.ndarray) -> np.ndarray:
        x = np.clip(((some[:, 0] - low) / mag_width).astype(np.int64), 0, columns - 1)
        y = np.clip(np.floor((some[:, 1] - bottom) / colour_width).astype(np.int64), 0, rows - 1)
        return x * rows + y

    grid = {
        "mag_from": float(low),
        "mag_bin": mag_width,
        "colour_from": float(bottom),
        "colour_bin": colour_width,
        "columns": columns,
        "rows": rows,
    }
    return grid, cell(theirs), cell(mine), columns * rows


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


def _ks(one: np.ndarray, other: np.ndarray) -> float:
    """The greatest difference of two cumulative distributions (Kolmogorov and Smirnov)."""
    one, other = np.sort(one), np.sort(other)
    at = np.concatenate([one, other])
    left = np.searchsorted(one, at, side="right") / len(one)
    right = np.searchsorted(other, at, side="right") / len(other)
    return float(np.abs(left - right).max())


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
