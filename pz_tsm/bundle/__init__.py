"""A bundle: a folder with a training set, the recipe that made it, and all that is needed to check and
cite it."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pz_tsm.bundle.diff import diff
    from pz_tsm.bundle.verify import VerifyReport, verify
    from pz_tsm.bundle.write import check, write

FORMAT = "tsm-bundle/1.0"
RECIPE = "recipe.tsm.yaml"
LOCK = "recipe.tsm.lock"
CHECKSUMS = "checksums.sha256"
TABLE = "data/training_set.parquet"
MEASUREMENTS = "data/measurements.parquet"
EXCLUDED = "data/excluded.parquet"
PUBLIC = "data/specz_public.parquet"
UNUSED = "unused"

_WHERE = {"write": "write", "check": "write", "verify": "verify", "VerifyReport": "verify", "diff": "diff"}
__all__ = ["VerifyReport", "check", "diff", "verify", "write"]


class _Package(types.ModuleType):
    """``bundle.write`` is the function, also after the submodule of that name was imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _WHERE and isinstance(value, types.ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'pz_tsm.bundle' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"pz_tsm.bundle.{_WHERE[name]}"), name)
    globals()[name] = value  # over the submodule of that name
    return value
