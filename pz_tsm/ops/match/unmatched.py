"""Rows that found no object: why, how many, and how they look when they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.ops.match.rows import best_rows

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.ops.base import Report

REASONS = (
    NOT_BEST := "not the best measurement",
    NO_POSITION := "no position",
    OUTSIDE := "outside the footprint",
    NOTHING := "nothing within the radius",
    BEYOND := "nothing within the position errors",
    LOST := "lost to a closer one",
)
MATCHED = -1  # code of the rows that have an object; the others index REASONS
UNMATCHED = "unmatched"  # verdict of best rows without an object
OWN = {"ra": "ra", "dec": "dec", "specz_ra": "ra", "specz_dec": "dec"}  # where the redshift's position goes


def account(report: Report, code: np.ndarray, best: np.ndarray, keep: bool) -> None:
    """Count the reasons: rows that leave, or best rows that stay and are set aside."""
    into = report.set_aside if keep else report.dropped
    for number, reason in enumerate(REASONS):
        count = int(((code == number) & best).sum() if keep else (code == number).sum())
        if count:
            into[reason] = into.get(reason, 0) + count


def words(code: np.ndarray) -> pa.Array:
    """The reason of each row, null for those with an object."""
    import pyarrow as pa

    number = pa.array(code.astype(np.int8), mask=code == MATCHED)
    return pa.DictionaryArray.from_arrays(number, pa.array(REASONS))


def with_reason(schema: pa.Schema) -> pa.Schema:
    """The schema of the matched table with the column that says why a row has no object."""
    import pyarrow as pa

    for name in ("ra", "dec"):
        field = schema.field(name)
        said = field.metadata[b"description"].decode()
        words = f"{said}; of the redshift where no object was found"
        field = field.with_metadata({**field.metadata, b"description": words.encode()})
        schema = schema.set(schema.get_field_index(name), field)
    about = {"description": "Why the row has no object; null where it has one", "ucd": "meta.note"}
    return schema.append(pa.field("match_reason", pa.string(), metadata=about))


def rows_without(
    table: pa.Table, code: np.ndarray, schema: pa.Schema, keys: np.ndarray, rival: dict[int, int]
) -> pa.Table:
    """The rows of ``table``, all without an object, with the columns of ``schema``.

    Their own position stands for the object's, so that they can be drawn; what comes from the release is
    null. Best rows are best no more, by verdict ``unmatched``; the others keep what combine decided.
    ``code`` indexes REASONS, ``keys`` is the split key; ``rival``: place -> row_id of the row it lost to.
    """
    import pyarrow as pa

    from pz_tsm.ops.match.assemble import compared

    size = table.num_rows
    was = set(table.column_names)
    best = best_rows(table)
    none = pa.scalar(None, pa.string())
    made = {
        "split_key": pa.array(keys),
        "is_best": pa.array(np.zeros(size, bool)),
        "match_reason": pa.array(REASONS).take(pa.array(code)),
    }
    for name, text in (("verdict", UNMATCHED), ("decided_by", "match")):
        before = table[name].combine_chunks() if name in was else pa.nulls(size, pa.string())
        before = before.cast(pa.string())
        made[name] = pa.compute.if_else(pa.array(best), text, before)
    rivals = table["rival"].to_pylist() if "rival" in was else [None] * size
    rivals = [None if one else before for one, before in zip(best, rivals, strict=True)]
    for place, row_id in rival.items():
        if best[place]:
            rivals[place] = row_id
    made |= compared(table, best, np.full(size, -1))
    made["rival"] = pa.array(rivals, pa.int64())
    columns = []
    for field in schema:
        name = field.name
        if name in made:
            column = made[name]
        elif name in OWN:
            column = table[OWN[name]].cast(pa.float64())
        elif name.endswith("__specz") and name not in was:
            column = table[name.removesuffix("__specz")]
        elif name in was and f"{name}__specz" not in schema.names:
            column = table[name]
        else:
            column = none
        if isinstance(column, pa.Scalar):
            column = pa.nulls(size, field.type)
        columns.append(column if column.type == field.type else column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def together(matched: pa.Table, rows: np.ndarray, without: pa.Table, others: np.ndarray) -> pa.Table:
    """Both in the order of the input's rows, which ``rows`` and ``others`` number."""
    import pyarrow as pa

    order = np.argsort(np.concatenate([rows, others]), kind="stable")
    reason = pa.nulls(matched.num_rows, pa.string())
    matched = pa.Table.from_arrays([*matched.columns, reason], schema=without.schema)
    both = pa.concat_tables([matched, without])
    return both.take(pa.array(order)).combine_chunks()
