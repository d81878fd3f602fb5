"""Ways to divide keys among parts: one small file each; other packages add theirs through
``pz_tsm.split_methods``.

A method gets one int64 key a row (rows with the same key must stay together), and may look at the rows
themselves.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Params

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

BUILT_IN = ("random", "exact", "stratified", "sky", "survey", "kfold")
Parts = dict[str, float]  # names and proportions, in order


@dataclass(frozen=True)
class SplitMethod:
    """``assign(keys, parts, seed, rows, options)`` returns the number of the part for each row (-1: unused).

    ``parts`` are the names and proportions in order, ``rows`` the table's rows that get a part, ``options``
    an instance of the model. ``by_key`` says that a row's part depends on its key, the seed and the
    proportions only, so that a bundle can be checked by recomputing it. ``own_parts(options)`` is for
    methods that name their parts themselves.
    """

    name: str
    title: str
    summary: str
    assign: Callable[[np.ndarray, Parts, int, pa.Table, Any], np.ndarray]
    options: type[Params] = Params
    by_key: bool = False
    own_parts: Callable[[Any], Parts] | None = None

    def parse(self, options: dict[str, Any]) -> Params:
        try:
            return self.options.model_validate(options)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            raise TsmError(
                f"Split method '{self.name}', option '{name}': {first['msg']}.", where="options"
            ) from None


@cache
def names() -> tuple[str, ...]:
    """Names of all methods, the built-in ones first."""
    added = sorted(point.name for point in entry_points(group="pz_tsm.split_methods"))
    return (*BUILT_IN, *(name for name in added if name not in BUILT_IN))


@cache
def get(name: str) -> SplitMethod:
    """The method of that name; TsmError lists the known ones if there is none."""
    if name in BUILT_IN:
        return import_module(f"pz_tsm.splits.{name}").METHOD
    for point in entry_points(group="pz_tsm.split_methods"):
        if point.name == name:
            try:
                return point.load()
            except Exception as error:  # a broken package must not take the rest down
                raise TsmError(
                    f"Split method '{name}' of '{point.value}' can't be loaded: {error}."
                ) from error
    near = difflib.get_close_matches(name, names(), n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise TsmError(
        f"There is no split method '{name}'.{hint}",
        remedy=f"Known methods: {', '.join(names())}.",
        where="method",
    )
