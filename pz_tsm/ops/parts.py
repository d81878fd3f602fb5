"""What cap, weight and resample have in common: they work on the rows of one part, and send others away from
it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

UNUSED = "unused"


def rows_of(table: pa.Table, part: str, step: str) -> np.ndarray:
    """Places of the rows of a part. TsmError where the table isn't split, or has no such part."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if "split" not in table.column_names:
        raise TsmError(
            f"Step '{step}' works on a part of a split, and the table has no column 'split'.",
            remedy=f"Put a split before it; one part is enough: split: {{parts: {{{part}: 1}}}}.",
            where="part",
        )
    names = table["split"].cast(pa.string())
    rows = np.flatnonzero(pc.fill_null(pc.equal(names, part), False).to_numpy())
    if not len(rows) and table.num_rows:
        there = sorted({str(name) for name in names.unique().to_pylist()} - {UNUSED})
        raise TsmError(
            f"No row is in the part '{part}'.", remedy=f"There are: {', '.join(there)}.", where="part"
        )
    return rows


def without(table: pa.Table, rows: np.ndarray) -> pa.Table:
    """The table with those rows in the part 'unused'. What says how the split was made says so, too."""
    import json

    import pyarrow as pa
    import pyarrow.compute as pc

    place = table.column_names.index("split")
    field = table.schema.field(place)
    gone = np.zeros(table.num_rows, dtype=bool)
    gone[rows] = True
    texts = table["split"].cast(pa.string())
    state = json.loads((field.metadata or {}).get(b"state", b"{}")) | {"by_key": False}
    changed = pa.field("split", pa.string(), metadata={**(field.metadata or {}), b"state": json.dumps(state)})
    return table.set_column(place, changed, pc.if_else(pa.array(gone), UNUSED, texts))


def keys_of(table: pa.Table, rows: np.ndarray) -> np.ndarray:
    """The key that the split went by, of those rows: draws by its hash depend on no order."""
    for name in ("split_key", "group_id", "row_id"):
        if name in table.column_names and not table[name].null_count:
            return table[name].to_numpy()[rows]
    raise TsmError("The table has no row_id.", where="row_id")


def stream(seed: int, step: str) -> int:
    """A seed of its own for a step, so that what it draws doesn't follow what the split drew."""
    return (seed + zlib.crc32(step.encode())) % 2**32
