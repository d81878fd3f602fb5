"""k-fold: as many equal parts as asked for, each to be left out once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from pz_tsm.ops.base import Params
from pz_tsm.splits import Parts, SplitMethod
from pz_tsm.splits.random import by_hash

if TYPE_CHECKING:
    import pyarrow as pa


class Options(Params):
    folds: int = Field(5, ge=2, le=99, title="Folds", description="How many equal parts.")


def parts(options: Options) -> Parts:
    """fold_1 to fold_k, of equal proportions."""
    return {f"fold_{number + 1}": 1 / options.folds for number in range(options.folds)}


def assign(keys: np.ndarray, parts: Parts, seed: int, rows: pa.Table, options: Options) -> np.ndarray:
    """As random."""
    return by_hash(keys, list(parts.values()), seed)


METHOD = SplitMethod(
    "kfold",
    "k-fold",
    "Equal parts fold_1 to fold_k at random, and their number in the column 'fold'.",
    assign,
    options=Options,
    by_key=True,
    own_parts=parts,
)
