"""At random, with exact sizes: the keys in the order of their hashes, so many to each part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Params
from pz_tsm.splits import Parts, SplitMethod
from pz_tsm.splits.ranks import by_rank, largest_remainders, unique_keys

if TYPE_CHECKING:
    import pyarrow as pa


class Options(Params):
    sizes: dict[str, int] | None = Field(
        None,
        title="Sizes",
        description="Objects in each part; those left over are unused. Empty: the proportions of 'parts'.",
    )


def assign(keys: np.ndarray, parts: Parts, seed: int, rows: pa.Table, options: Options) -> np.ndarray:
    """A part has exactly its share (or size) of the objects. An object with several rows brings them all."""
    known, _, place = unique_keys(keys, rows)
    if options.sizes is None:
        seats = largest_remainders(len(known), np.array(list(parts.values())))
    else:
        seats = _sizes(options.sizes, parts, len(known))
    return by_rank(known, np.zeros(len(known), dtype=np.int64), seats[None, :], seed)[place]


def _sizes(sizes: dict[str, int], parts: Parts, there: int) -> np.ndarray:
    for name, size in sizes.items():
        if name not in parts:
            raise TsmError(
                f"'sizes' names the part '{name}', which the split hasn't.",
                remedy=f"Its parts are {', '.join(parts)}.",
                where="options",
            )
        if size < 0:
            raise TsmError(f"The size of part '{name}' is {size}.", where="options")
    total = sum(sizes.values())
    if total > there:
        raise TsmError(
            f"The sizes ask for {total:,} objects; there are {there:,}.",
            remedy="Ask for fewer, or leave 'sizes' away and give proportions.",
            where="options",
        )
    return np.array([sizes.get(name, 0) for name in parts], dtype=np.int64)


METHOD = SplitMethod(
    "exact",
    "Random, exact sizes",
    "By rank of the keys' hashes: the sizes are exact, and a row's part depends on which others there are.",
    assign,
    options=Options,
)
