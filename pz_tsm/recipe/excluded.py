"""The rows that left on the way: which step left each of them out, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pz_tsm.ops.base import Result

if TYPE_CHECKING:
    import pyarrow as pa

NUMBERS = ("redshift", "ra", "dec")  # of the redshift catalogue, not of the object
READ = {"row_id", "survey", *NUMBERS, *(f"specz_{name}" for name in NUMBERS)}
ABOUT = {
    "step": {
        "description": "The step that left the row out, an activity of provenance.json",
        "ucd": "meta.id",
    },
    "reason": {"description": "Why, as the row accounting says it", "ucd": "meta.note"},
}


def refused(rows: pa.Table) -> pa.Table:
    """Rows that an input refused; they have the column ``reason``."""
    return _listed(rows, rows["reason"])


def gone(table: pa.Table, result: Result) -> pa.Table | None:
    """The rows of ``table`` that a step left out, as they went in; None if it left out none.

    An operation that doesn't say why each row left (``Result.left``) is asked for the row_ids of its result;
    the reason is then known only where the report has one.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not sum(result.report.dropped.values()) or "row_id" not in table.column_names:
        return None
    table = table.select([name for name in table.column_names if name in READ])
    if result.left is not None:
        rows = pc.indices_nonzero(pc.is_valid(result.left))
        return _listed(table.take(rows), result.left.take(rows))
    if "row_id" not in result.table.column_names:
        return None
    stays = pc.is_in(table["row_id"], value_set=result.table["row_id"].combine_chunks())
    some = table.filter(pc.invert(stays))
    reasons = list(result.report.dropped)
    return _listed(
        some, pa.repeat(pa.scalar(reasons[0] if len(reasons) == 1 else None, pa.string()), len(some))
    )


def together(pieces: list[tuple[str, pa.Table]]) -> pa.Table | None:
    """One table of what left at each step: row_id, survey, step (as provenance.json names it), reason,
    redshift, ra, dec. None if no row left."""
    import pyarrow as pa
    import pyarrow.compute as pc

    tables = []
    for name, rows in pieces:
        step = pa.repeat(pa.scalar(name, pa.string()), len(rows)).dictionary_encode()
        field = pa.field("step", step.type, metadata=ABOUT["step"])
        tables.append(rows.add_column(2, field, step))
    if not tables:
        return None
    table = pa.concat_tables(tables).unify_dictionaries()
    keys = [(name, "ascending") for name in ("row_id", "step", "reason")]
    texts = [table[name].cast(pa.string()) for name in ("step", "reason")]
    plain = pa.table([table["row_id"], *texts], names=["row_id", "step", "reason"])
    return table.take(pc.sort_indices(plain, keys)).combine_chunks()


def _listed(rows: pa.Table, reason: pa.Array) -> pa.Table:
    import pyarrow as pa

    size = rows.num_rows
    text = pa.dictionary(pa.int32(), pa.string())
    if isinstance(reason, pa.ChunkedArray):
        reason = reason.combine_chunks()
    made: dict[str, pa.Array] = {"row_id": rows["row_id"].combine_chunks()}
    survey = rows["survey"].combine_chunks() if "survey" in rows.column_names else pa.nulls(size, pa.string())
    made["survey"] = _texts(survey)
    made["reason"] = _texts(reason)
    for name in NUMBERS:
        own = f"specz_{name}" if f"specz_{name}" in rows.column_names else name
        there = own in rows.column_names
        made[name] = rows[own].combine_chunks().cast(pa.float64()) if there else pa.nulls(size, pa.float64())
    fields = [
        pa.field(name, text if name in ("survey", "reason") else made[name].type, metadata=ABOUT.get(name))
        for name in made
    ]
    return pa.Table.from_arrays(list(made.values()), schema=pa.schema(fields))


def _texts(values: pa.Array) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return values.cast(pa.string()).dictionary_encode()
