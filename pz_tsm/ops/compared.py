"""What weight, resample and coverage have in common: the features of a table beside those of a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Params
from pz_tsm.ops.cells import features as values_of

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.som import Map
    from pz_tsm.target import Target


class Compared(Params):
    """Parameters of a step that compares a part with a target."""

    target: str = Field(title="Target", description="A target sample: the file that `pz-tsm target` makes.")
    features: list[str] = Field(
        title="Features",
        description="Columns, or expressions of columns: [i_gaap1p0Mag, g_gaap1p0Mag - r_gaap1p0Mag].",
        min_length=1,
    )


@dataclass(frozen=True)
class Comparison:
    """``mine`` [row, feature] of all rows of the table, and which are ``good``: have every feature.
    ``theirs`` [object, feature] of the target's good objects, and which those are: ``there``."""

    target: Target
    features: list[str]
    mine: np.ndarray
    good: np.ndarray
    theirs: np.ndarray
    there: np.ndarray

    def map(self, side: int, seed: int) -> Map:
        """The map of side * side cells that the target teaches: see ``learned_map``."""
        return learned_map(self.target, self.features, self.theirs, side, seed)


def learned_map(target: Target, features: list[str], theirs: np.ndarray, side: int, seed: int) -> Map:
    """The map of side * side cells that ``theirs`` teach; of a plan made again, the one of before.

    TsmError where the target is too small for it.
    """
    from pz_tsm import som
    from pz_tsm.recipe.memo import current

    if len(theirs) < side**2:
        raise TsmError(
            f"The target has {len(theirs)} objects with all features: too few for a map of {side**2} cells.",
            remedy="Take a larger target, or a smaller 'side'.",
            where="side",
        )
    memo = current()
    if memo is None:
        return som.learn(theirs, side, seed)
    parts = ("map", target.key, features, side, seed)
    return memo.remember(parts, lambda: som.learn(theirs, side, seed))


def compare(table: pa.Table, target: Target, features: Sequence[str], step: str) -> Comparison:
    """The features of both sides; ``step`` names who asks. TsmError where they aren't the same quantities."""
    names = list(features)
    target.check(table, names)
    mine, good = values_of(table, names, f"{step}, features")
    theirs, there = values_of(target.table, names, "target, features")
    return Comparison(target, names, mine, good, theirs[there], there)
