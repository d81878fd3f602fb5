"""What a trap looks at: the catalogues of a recipe side by side, before they become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.recipe.model import Recipe

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from pz_tsm.traps.neighbours import Neighbours

GOOD = (3, 4)  # flags that mean "secure" on the homogenized scale


@dataclass
class Sight:
    """``tables``: by input name, as they are before combine; ``recipe``: what will be done with them.

    ``base``: where relative paths of the recipe start. Nothing here is to be changed.
    """

    tables: Mapping[str, pa.Table]
    recipe: Recipe
    base: Path = field(default_factory=Path)

    @cached_property
    def neighbours(self) -> Neighbours:
        """A sample of every catalogue's rows and what lies beside them in all of them."""
        from pz_tsm.traps.neighbours import find

        return find(self.tables)

    def meant(self, reading: str, name: str) -> np.ndarray:
        """Rows looked at that fit other inputs if positions are so read, and not as they are; else none."""
        import numpy as np

        if len(self.tables) < 2:
            return np.zeros(0, dtype=np.int64)
        return self.neighbours.meant(reading, name)


def numbers(table: pa.Table, name: str) -> np.ndarray:
    """A column as float64, shape (rows,), NaN for null; all NaN where the table has no such numbers."""
    import numpy as np
    import pyarrow.types as pt

    from pz_tsm.ops.combine import columns

    kind = table.schema.field(name).type if name in table.column_names else None
    if kind is None or not (pt.is_floating(kind) or pt.is_integer(kind)):
        return np.full(table.num_rows, np.nan)
    return columns.numbers(table, name)


def equals(table: pa.Table, name: str, *texts: str) -> np.ndarray:
    """Rows whose text in a column is one of these, whatever their case, shape (rows,)."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if name not in table.column_names:
        return np.zeros(table.num_rows, dtype=bool)
    column = table.column(name).dictionary_encode().unify_dictionaries().combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0)
    try:
        upper = pc.utf8_upper(pc.utf8_trim_whitespace(column.dictionary.cast(pa.string())))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return np.zeros(table.num_rows, dtype=bool)
    chosen = pc.is_in(upper, value_set=pa.array([text.upper() for text in texts])).to_numpy(
        zero_copy_only=False
    )
    codes = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False)
    return np.append(chosen, False)[codes].astype(bool)


def good_flags(table: pa.Table) -> np.ndarray:
    """Rows with a secure homogenized flag, shape (rows,)."""
    import numpy as np

    return np.isin(numbers(table, "z_flag_homogenized"), GOOD)


def source_column(table: pa.Table, name: str) -> str:
    """The name that one of our columns has in the catalogue's file ("" if it is not known)."""
    if name not in table.column_names:
        return ""
    metadata: Mapping[bytes, bytes] = table.schema.field(name).metadata or {}
    return metadata.get(b"source_column", b"").decode("utf-8", "replace")


def described(table: pa.Table, name: str) -> str:
    """Source name, description and unit of a column in one text."""
    metadata: Mapping[bytes, bytes] = table.schema.field(name).metadata or {}
    parts = [metadata.get(key, b"") for key in (b"source_column", b"description", b"unit", b"ucd")]
    return " ".join(part.decode("utf-8", "replace") for part in parts)


def agreeing(table: pa.Table, values: np.ndarray, tolerance: float, *, skip: Any = ()) -> str | None:
    """The column of numbers that holds ``values`` (shape (rows,)) within the tolerance in most rows."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.types as pt

    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return None
    rows = known[np.unique(np.linspace(0, len(known) - 1, 200).astype(int))]
    best: tuple[float, str] | None = None
    for item in table.schema:
        if not pt.is_floating(item.type) or item.name in skip:
            continue
        column = numbers(table.select([item.name]).take(pa.array(rows)), item.name)
        apart = np.abs(column - values[rows])
        near = np.isfinite(apart) & (apart <= tolerance)
        if near.mean() >= 0.9:
            middle = float(np.median(apart[near]))
            if best is None or middle < best[0]:
                best = (middle, item.name)
    return best[1] if best else None


def examples(
    table: pa.Table, rows: Any, columns: tuple[str, ...] = (), limit: int = 5
) -> list[dict[str, Any]]:
    """The first of these rows as JSON: id, survey and the columns named, as far as there are any."""
    import pyarrow as pa

    names = ["source_row_id" if "source_row_id" in table.column_names else "row_id", "survey"]
    names = [n for n in dict.fromkeys([*names, *columns]) if n in table.column_names]
    part = table.select(names).take(pa.array([int(row) for row in list(rows[:limit])], pa.int64()))
    return [{name: plain(value) for name, value in row.items()} for row in part.to_pylist()]


def plain(value: Any) -> Any:
    """A value as JSON holds it: integers beyond 2**53 as text, no NaN, no bytes."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return str(value) if abs(value) >= 2**53 else value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    return value if isinstance(value, str) else str(value)
