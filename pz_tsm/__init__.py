"""Training sets for photometric redshifts, made from recipes.

    import pz_tsm

    vvds = pz_tsm.read("vvds.parquet", survey="VVDS")
    deep = pz_tsm.combine([pz_tsm.homogenize(vvds), pz_tsm.homogenize(vipers)], radius_arcsec=0.75)
    train = pz_tsm.split(pz_tsm.match(deep, release="dp1"), parts={"train": 0.8, "test": 0.2})
    train.write("my_training_set")          # a bundle: data, recipe, citations, checksums
    print(train.recipe.to_text())           # the recipe that makes this table again

Every operation is a function here, those of other packages too (``pz_tsm.operations()`` lists them). Nothing
heavy is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from pz_tsm.errors import TsmError

_HOMES = {
    "Table": "table",
    "read": "library",
    "propose": "library",
    "operations": "library",
    "run": "library",
    "plan": "library",
    "verify": "library",
    "diff": "library",
    "catalogues": "sources.registry",
    "compare": "compilations",
    "publish": "publishing",
    "pull": "pulling",
    "Recipe": "recipe.model",
    "Plan": "recipe.planner",
    "RunResult": "recipe.runner",
}
_BUILT_IN = ("homogenize", "combine", "match", "photometry", "filter", "split")

# without filter: `from pz_tsm import *` must not hide Python's own
__all__ = ["TsmError", "edit", "explore", "mock", *(name for name in _BUILT_IN if name != "filter"), *_HOMES]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(f"pz_tsm.{_HOMES[name]}"), name)
    elif name == "__version__":
        value = import_module("pz_tsm.version").version()
    elif name == "mock":
        return import_module("pz_tsm.mock")  # the module is callable: pz_tsm.mock("sky")
    elif name in ("explore", "edit"):
        return getattr(import_module("pz_tsm.widgets"), name)
    elif name.startswith("_"):
        raise AttributeError(f"module 'pz_tsm' has no attribute {name!r}")
    elif find_spec(f"pz_tsm.{name}") is not None:
        return import_module(f"pz_tsm.{name}")
    else:
        value = import_module("pz_tsm.library").function(name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *import_module("pz_tsm.ops").names()})
