"""At random, by hash: a row's part depends on its key, the seed and the proportions, and on nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.ops.base import Params
from pz_tsm.splits import SplitMethod

if TYPE_CHECKING:
    import pyarrow as pa


def assign(keys: np.ndarray, parts: list[float], seed: int, rows: pa.Table, options: Params) -> np.ndarray:
    """The first part whose cumulative proportion exceeds u, the key's hash in [0, 1)."""
    from pz_tsm.ids import split_u

    edges = np.cumsum(parts)
    edges[-1] = 1.0  # the proportions are known to sum to 1, up to rounding
    return np.searchsorted(edges, split_u(keys, seed), side="right").astype(np.int64)


METHOD = SplitMethod(
    "random", "Random", "By the hash of each row's key; the counts vary a little.", assign, by_key=True
)
