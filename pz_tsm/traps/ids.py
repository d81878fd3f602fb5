"""Identifiers that went through a floating-point number and lost their last digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pz_tsm.arrays import distinct
from pz_tsm.ops.base import Finding
from pz_tsm.traps.remedies import set_columns
from pz_tsm.traps.sight import Sight, examples, numbers, source_column

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

CODE = "ids-through-float"
EXACT = 2**53  # above it a double holds only some integers
LEAST = 20  # ids: fewer may be round by chance
NAMED = re.compile(r"(^|_|[a-z])id($|_|[0-9])|ID($|_|[0-9])|objid|specid|targetid", re.I)
EXPONENT = r"^\s*[+-]?\d(\.\d+)?[eE]\+?\d+\s*$"


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """The mapped id and columns named like ids that hold such numbers, by input."""
    for name, table in sight.tables.items():
        for column in _candidates(table):
            found = _lost(table, column)
            if found is None:
                continue
            rows, why = found
            mapped = column == "source_row_id"
            shown = (source_column(table, column) or "the id") if mapped else column
            label = "Identify rows by their content instead"
            fixes = [set_columns(sight.recipe, name, {"id": None}, label)] if mapped else []
            yield (
                name,
                Finding(
                    "warning" if mapped else "note",
                    f"'{name}': identifiers in '{shown}' have lost their last digits ({why}): they went "
                    "through a floating-point number.",
                    "Take the file from a step before that, or read the column as text or 64-bit integers.",
                    name,
                    len(rows),
                    CODE,
                    examples(table, rows, (column, "ra", "dec")),
                    fixes,
                ),
            )
            if mapped:
                break


def _candidates(table: pa.Table) -> list[str]:
    named = [item for item in table.column_names if NAMED.search(item)]
    ours = ("row_id", "source_row_id", "group_id", "split_key")
    first = ["source_row_id"] if "source_row_id" in table.column_names else []
    return [*first, *(item for item in named if item not in ours)]


def _lost(table: pa.Table, column: str) -> tuple[np.ndarray, str] | None:
    """(rows, why) of ids that lost digits; None if none did."""
    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.types as pt

    kind = table.column(column).type
    if pt.is_string(kind) or pt.is_large_string(kind):
        values = table.column(column)
        head = values.slice(0, 50)
        if not pc.any(pc.match_substring_regex(head, r"^\s*[+-]?\d[\d.eE+]*\s*$")).as_py():
            return None  # names, not numbers
        written = pc.fill_null(pc.match_substring_regex(values, EXPONENT), False)
        rows = np.flatnonzero(written.to_numpy(zero_copy_only=False))
        if len(rows):
            return rows, f"'{values[int(rows[0])].as_py()}'"
        try:
            integers = pc.fill_null(values, "0").combine_chunks().cast("int64").to_numpy()
        except Exception:  # not all are integers
            return None
        return _round(integers)
    if pt.is_floating(kind):
        values = numbers(table, column)
        with np.errstate(invalid="ignore"):
            large = np.isfinite(values) & (np.abs(values) > EXACT) & (np.abs(values) < 2.0**64)
        rows = np.flatnonzero(large)
        return (rows, f"{str(kind)} beyond 2^53") if len(rows) >= LEAST else None
    if pt.is_int64(kind) or pt.is_uint64(kind):
        return _round(pc.fill_null(table.column(column), 0).to_numpy())
    return None


def _round(ids: np.ndarray) -> tuple[np.ndarray, str] | None:
    """Integers beyond 2^53 that are all such as a double, or 15 decimal digits, can hold."""
    import numpy as np

    large = np.flatnonzero((ids > EXACT) | (ids < -EXACT))
    if len(large) < LEAST:
        return None
    head = ids[large[:1000]]
    if not (_decimal(head) or _double(head)):
        return None
    values = ids[large]
    if _decimal(values):
        return large, "all end in 000"
    found = len(distinct(values))
    if _double(values) and (values % 1024 != 0).any():
        # packed ids such as SDSS's specObjID end in ten zero bits by design, and those are not meant
        extra = "" if found == len(values) else f", and {len(values) - found:,} repeat another"
        return large, f"all are multiples of a power of two{extra}"
    return None


def _decimal(values: np.ndarray) -> bool:
    return bool((values % 1000 == 0).all())


def _double(values: np.ndarray) -> bool:
    """Whether all are integers that a double holds, though few of that size are."""
    import numpy as np

    size = np.floor(np.log2(np.abs(values.astype(np.float64)))).astype(int) - 52
    step = np.left_shift(np.int64(1), np.maximum(size, 0).astype(np.int64))
    return bool((values.astype(np.int64) % step == 0).all()) and bool((step > 1).mean() > 0.9)
