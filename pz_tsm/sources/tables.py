"""A file as the explorer shows it: its own columns, in simple types, without values that stand for "none".

The values are judged by the functions that load a recipe's input, so that a condition means the same rows in
the explorer, in Python and in a recipe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import arrays, summary
from pz_tsm.errors import TsmError
from pz_tsm.sources import checks, columns, files

if TYPE_CHECKING:
    import pyarrow as pa

TOLD = 12  # different sentinels told of a column


def read_table(path: str | Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Any supported file as the explorer shows it: all its rows, -99, 9.99 and the like as null.

    ``columns``: only these. TsmError says what can't be read.
    """
    return read_counted(path, columns)[0]


def read_counted(
    path: str | Path, wanted: Sequence[str] | None = None
) -> tuple[pa.Table, dict[str, list[dict[str, Any]]]]:
    """``read_table``, and what became null: column -> [{value, count}]."""
    table = summary.simple(files.read_raw(path))
    roles = value_roles(table.schema)
    if wanted is not None:
        from pz_tsm.sources.formats.common import only

        table = table.select(only(table.column_names, wanted, Path(path).name))
    counted = {}
    for i, field in enumerate(table.schema):
        column, found = without_sentinels(field, summary.one_chunk(table.column(i)), roles)
        if found:
            table = table.set_column(i, field, column)
            counted[field.name] = found
    return table, counted


def value_roles(schema: pa.Schema) -> dict[str, str]:
    """Column -> its role in a recipe (``z``, ``ra``, ...), where it can be told from the columns alone."""
    return {names[0]: role for role, names in columns.guess(schema).items() if len(names) == 1}


def could_be(field: pa.Field) -> set[str]:
    """The roles that a column could have, by itself."""
    import pyarrow as pa

    return {role for role, names in columns.guess(pa.schema([field])).items() if names}


def without_sentinels(
    field: pa.Field, column: pa.Array, roles: Mapping[str, str]
) -> tuple[pa.Array, list[dict[str, Any]]]:
    """A column with null where a value stands for none, and [{value, count}] of these values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    mask = _mask(field, column, roles.get(field.name))
    if mask is None or not mask.any():
        return column, []
    nothing = arrays.mask(mask)
    return pc.if_else(nothing, pa.scalar(None, column.type), column), _counted(column.filter(nothing))


def _mask(field: pa.Field, column: pa.Array, role: str | None):
    """True where a value stands for none; null and NaN are not counted."""
    import numpy as np
    import pyarrow.compute as pc

    if role in ("z", "z_err"):
        if summary.column_type(field.type) not in ("float", "int") or checks.is_velocity(field):
            return None
        values = arrays.numbers(pc.fill_null(column.cast("float64", safe=False), float("nan")))
        try:
            none = checks.redshifts(values, field.name, "")[0] if role == "z" else checks.errors(values)[0]
        except TsmError:  # velocities: a recipe refuses them, here they are shown
            return None
        return none & ~np.isnan(values)
    return checks.photometry(field, column) if role is None else None


def _counted(values: pa.Array) -> list[dict[str, Any]]:
    counts = values.value_counts()
    pairs = zip(arrays.numbers(counts.field("values")), counts.field("counts").to_pylist(), strict=True)
    ordered = sorted(pairs, key=lambda pair: -pair[1])[:TOLD]
    return [{"value": _shown(value), "count": count} for value, count in ordered]


def _shown(value: Any) -> float | int | str:
    """As short as its type tells it (9.99, not 9.989999771118164); infinity as text."""
    if value.dtype.kind in "iu":
        return summary.exact(int(value))
    number = float(str(value))
    return number if abs(number) < 1e308 else str(value)
