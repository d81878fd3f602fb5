"""At random, by hash: a row's part depends on its key, the seed and the proportions, and on nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.ops.base import Params
from pz_tsm.splits import Parts, SplitMethod

if TYPE_CHECKING:
    import pyarrow as pa


def by_hash(keys: np.ndarray, shares: list[float], seed: int) -> np.ndarray:
    """The first part whose cumulative share exceeds u, the key's hash in [0, 1)."""
    from pz_tsm.ids import split_u

    edges = np.cumsum(shares)
    edges[-1] = 1.0  # the shares are known to sum to 1, up to rounding
    return np.searchsorted(edges, split_u(keys, seed), side="right").astype(np.int64)


def assign(keys: np.ndarray, parts: Parts, seed: int, rows: pa.Table, options: Params) -> np.ndarray:
    return by_hash(keys, list(parts.values()), seed)


METHOD = SplitMethod(
    "random", "Random", "By the hash of each row's key; the counts vary a little.", assign, by_key=True
)
