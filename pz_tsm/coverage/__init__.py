"""Does a training set occupy the magnitudes and colours of its target?

    covered = pz_tsm.coverage(train, "target.parquet")     # the step; shown, it says what is covered
    meter = pz_tsm.coverage.meter(train, "target.parquet")
    meter("i_snr >= 20")                                   # of another cut, at once

Training rows and target are counted in cells: of the first feature (a magnitude) against the second (a
colour), and of a self-organising map of all features, learned from the target. A cell of the target with no
training row is empty, with fewer than SPARSE it is sparse.
"""

from __future__ import annotations

import sys
import types
from typing import Any

from pz_tsm.coverage.measure import BLIND, FORMAT, SPARSE, STATES, Coverage, prepare
from pz_tsm.coverage.meter import Meter, Shown, meter

__all__ = ["BLIND", "FORMAT", "SPARSE", "STATES", "Coverage", "Meter", "Shown", "meter", "prepare"]


class _Callable(types.ModuleType):
    """``pz_tsm.coverage(table, target)`` is the step, as ``pz_tsm.split(table)`` is."""

    def __call__(self, *args: Any, **params: Any) -> Any:
        from pz_tsm.library import function

        return function("coverage")(*args, **params)


sys.modules[__name__].__class__ = _Callable
