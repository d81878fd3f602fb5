"""Survey hold-out: whole surveys are kept for one part, the others are divided at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field, field_validator

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Params
from pz_tsm.splits import Parts, SplitMethod
from pz_tsm.splits.random import by_hash

if TYPE_CHECKING:
    import pyarrow as pa


class Options(Params):
    hold_out: dict[str, list[str]] = Field(
        title="Held out",
        description="For each part that gets whole surveys their names: {test: [DEEP2]}.",
        min_length=1,
    )

    @field_validator("hold_out")
    @classmethod
    def _once(cls, held: dict[str, list[str]]) -> dict[str, list[str]]:
        names = [name.upper() for surveys in held.values() for name in surveys]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"the survey '{min(twice)}' is held out for two parts")
        return held


def assign(keys: np.ndarray, parts: Parts, seed: int, rows: pa.Table, options: Options) -> np.ndarray:
    """Rows of the named surveys go to their part, with all rows of their keys; the others go by hash to the
    parts that hold no survey out, in the ratio of their proportions."""
    from pz_tsm.ops.combine.columns import codes

    labels = list(parts)
    for name in options.hold_out:
        if name not in parts:
            raise TsmError(
                f"Surveys are held out for the part '{name}', which the split hasn't.",
                remedy=f"Its parts are {', '.join(labels)}.",
                where="options",
            )
    if "survey" not in rows.column_names:
        raise TsmError("The table has no column 'survey'.", where="survey")
    names, survey = codes(rows, "survey")
    there = {int(number): names[number] for number in np.unique(survey[survey >= 0])}
    open_ = [name for name in labels if name not in options.hold_out and parts[name] > 0]
    total = sum(parts[name] for name in open_)
    if open_:
        number = by_hash(keys, [parts[name] / total for name in open_], seed)
        part = np.array([labels.index(name) for name in open_])[number]
    else:
        part = np.full(len(keys), -1, dtype=np.int64)
    for name, surveys in options.hold_out.items():
        known = {one.upper() for one in surveys}
        wanted = [number for number, one in there.items() if one.upper() in known]
        missing = known - {there[number].upper() for number in wanted}
        if missing and len(rows):
            listed = ", ".join([one for one in there.values() if one][:12])
            raise TsmError(
                f"No row is of the survey '{min(missing)}', which is held out for '{name}'.",
                remedy=f"There are rows of: {listed}.",
                where="options",
            )
        held = np.isin(keys, keys[np.isin(survey, wanted)])
        part[held] = labels.index(name)
    return part


METHOD = SplitMethod(
    "survey",
    "Survey hold-out",
    "Whole surveys are kept for one part, such as test; the others are divided at random.",
    assign,
    options=Options,
)
