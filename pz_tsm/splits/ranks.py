"""Drawing by rank: keys in the order of their hashes, so many to each part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.ids import split_u

if TYPE_CHECKING:
    import pyarrow as pa

SEATS = 0x9E3779B9  # another stream of the same hash, so that a cell's spare seats don't follow its own ranks


def unique_keys(keys: np.ndarray, rows: pa.Table) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each key once (sorted), the row that stands for it, and every row's place among the keys.

    For a key with several rows the one of the smallest row_id stands: not the first, which would depend on
    the rows' order.
    """
    ids = rows["row_id"].to_numpy() if "row_id" in rows.column_names else np.arange(len(keys))
    order = np.lexsort((ids, keys))
    ordered = keys[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(keys) else np.zeros(0, bool)
    place = np.empty(len(keys), dtype=np.int64)
    place[order] = np.cumsum(first) - 1
    return ordered[first], order[first], place


def largest_remainders(total: int, shares: np.ndarray) -> np.ndarray:
    """Whole numbers that sum to ``total`` and are nearest to its shares (Hamilton's method; the first part
    wins a tie)."""
    exact = total * shares
    seats = np.floor(exact + 1e-9).astype(np.int64)
    left = total - int(seats.sum())
    order = np.argsort(-(exact - seats), kind="stable")
    seats[order[:left]] += 1
    return seats


def seats_by_cell(counts: np.ndarray, shares: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Whole numbers [cell, part]: each cell's count divided by the shares, rounded up or down so that no
    part is favoured.

    What rounding leaves over goes out by systematic sampling of the remainders (Madow 1949, Annals of
    Mathematical Statistics 20, 333) from ``start`` in [0, 1), one a cell: a part's chance of a seat is its
    remainder.
    """
    exact = counts[:, None] * shares
    seats = np.floor(exact + 1e-9).astype(np.int64)
    rest = np.clip(exact - seats, 0, 1)
    edges = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(rest, axis=1)], axis=1)
    edges[:, -1] = np.round(edges[:, -1])  # the remainders of a cell sum to a whole number
    passed = np.ceil(edges - start[:, None] - 1e-12)
    return seats + np.diff(passed, axis=1).astype(np.int64)


def by_rank(keys: np.ndarray, cell: np.ndarray, seats: np.ndarray, seed: int) -> np.ndarray:
    """The part of each key: in its cell the keys with the smallest hashes (ties by key) take the first part's
    seats, and so on; -1 for those beyond all seats. ``seats``: [cell, part]."""
    order = np.lexsort((keys, split_u(keys, seed), cell))
    sorted_cells = cell[order]
    starts = np.searchsorted(sorted_cells, np.arange(len(seats)))
    rank = np.arange(len(keys)) - starts[sorted_cells]
    edges = np.cumsum(seats, axis=1)[sorted_cells]
    number = (rank[:, None] >= edges).sum(axis=1)
    part = np.empty(len(keys), dtype=np.int64)
    part[order] = np.where(number < seats.shape[1], number, -1)
    return part
