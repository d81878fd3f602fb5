"""The inputs of combine as one table: canonical columns in fixed types, rows sorted by row_id."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pz_tsm.arrays import taken
from pz_tsm.errors import TsmError
from pz_tsm.expr import nearest

if TYPE_CHECKING:
    import pyarrow as pa

RULES = b"tsm:rules"  # metadata: {label of a rule: {is, meaning, status}}
NEEDED = ("row_id", "ra", "dec", "redshift")
TYPES = {  # canonical columns in the order of the result
    "row_id": "int64",
    "source_product": "string",
    "source_row_id": "string",
    "source_row": "int64",
    "ra": "float64",
    "dec": "float64",
    "redshift": "float64",
    "redshift_err": "float64",
    "survey": "string",
    "z_flag_orig": "string",
    "z_flag_homogenized": "float32",
    "instrument_type": "string",
    "spec_class": "string",
    "is_secondary": "bool",
    "confidence": "float32",
    "flag_rule": "string",
}
OLD = "instrument_type_homogenized"  # what products of the existing pipeline call instrument_type


def joined(tables: dict[str, pa.Table], keep: list[str]) -> pa.Table:
    """All rows of all inputs with canonical columns and those in ``keep``, sorted by row_id.

    Raises TsmError where a needed column is missing, or where two rows share a row_id.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    _check_keep(tables, keep)
    parts = [_canonical(name, table, keep) for name, table in tables.items()]
    try:
        table = pa.concat_tables(parts, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        column = next((name for name in keep if name in str(error)), None)
        raise TsmError(
            f"Column '{column or keep}' has types that do not go together in the inputs: {error}.",
            remedy="Leave it out of 'keep:'.",
            where=column,
        ) from None
    table = table.cast(_common_schema(table.schema, parts))
    order = [name for name in dict.fromkeys((*TYPES, *keep)) if name in table.column_names]
    order += [name for name in table.column_names if name not in order]
    table = taken(table.select(order), pc.sort_indices(table.column("row_id")))
    _check_unique(table, tables)
    return table


def alike(said: Sequence[Mapping[bytes, bytes] | None]) -> dict[bytes, bytes] | None:
    """Of the metadata of several tables, or columns, what all of them say alike."""
    first, *rest = [one or {} for one in said]
    same = {key: value for key, value in first.items() if all(one.get(key) == value for one in rest)}
    return same or None


def _common_schema(schema: pa.Schema, parts: list[pa.Table]) -> pa.Schema:
    """The schema with the metadata that hold for every input: the order of the inputs must not show."""
    import pyarrow as pa

    fields = [
        one.with_metadata(
            alike([part.schema.field(one.name).metadata for part in parts if one.name in part.column_names])
        )
        for one in schema
    ]
    metadata = [part.schema.metadata for part in parts]
    return pa.schema(fields, metadata=rules_of(metadata, alike(metadata)))


def rules_of(
    said: Sequence[Mapping[bytes, bytes] | None], metadata: dict[bytes, bytes] | None
) -> dict[bytes, bytes] | None:
    """``metadata`` with the rules (``tsm:rules``) that fired in any of several tables.

    Where two tables say different things of one rule, the text that sorts first counts: the order of the
    tables must not show.
    """
    texts = sorted({one[RULES] for one in said if one and RULES in one}, reverse=True)
    rules: dict[str, Any] = {}
    for text in texts:
        rules |= json.loads(text)
    if not rules:
        return metadata
    return {**(metadata or {}), RULES: json.dumps(rules, sort_keys=True).encode()}


def _canonical(name: str, table: pa.Table, keep: list[str]) -> pa.Table:
    import pyarrow as pa

    for needed in NEEDED:
        if needed not in table.column_names:
            key = {"redshift": "z"}.get(needed, needed)
            raise TsmError(
                f"Input '{name}' has no column '{needed}'.",
                remedy="Load the catalogue with pz_tsm, which makes it."
                if needed == "row_id"
                else f"Map it: columns: {{{key}: ...}}.",
                where=needed,
            )
    if OLD in table.column_names and "instrument_type" not in table.column_names:
        table = table.append_column("instrument_type", table.column(OLD))
    arrays, fields = [], []
    for column, kind in TYPES.items():
        if column in table.column_names:
            wanted = pa.type_for_alias(kind)
            try:
                array = table.column(column).cast(wanted)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                raise TsmError(
                    f"Column '{column}' of input '{name}' is {table.schema.field(column).type}, not {kind}.",
                    where=column,
                ) from None
            arrays.append(array)
            fields.append(pa.field(column, wanted, metadata=table.schema.field(column).metadata))
    for column in (*keep, "CRD_ID"):
        if column in table.column_names and column not in TYPES and column not in [f.name for f in fields]:
            array = table.column(column)
            if pa.types.is_dictionary(array.type):
                array = array.cast(array.type.value_type)
            arrays.append(array)
            fields.append(pa.field(column, array.type, metadata=table.schema.field(column).metadata))
    return pa.table(arrays, schema=pa.schema(fields, metadata=table.schema.metadata))


def _check_keep(tables: dict[str, pa.Table], keep: list[str]) -> None:
    known = list(dict.fromkeys(name for table in tables.values() for name in table.column_names))
    for column in keep:
        if column not in known:
            close = nearest(column, known)
            raise TsmError(
                f"No input has the column '{column}' that 'keep' names.",
                remedy=f"Did you mean {' or '.join(close)}?" if close else "Take it out of 'keep'.",
                where=column,
            )


def _check_unique(table: pa.Table, tables: dict[str, pa.Table]) -> None:
    import numpy as np

    ids = table.column("row_id").to_numpy()
    if table.column("row_id").null_count:
        raise TsmError("Some rows have no row_id.", where="row_id")
    twice = np.flatnonzero(ids[1:] == ids[:-1])
    if not len(twice):
        return
    owners = [
        name for name, one in tables.items() if (one.column("row_id").to_numpy() == ids[twice[0]]).any()
    ]
    if len(owners) > 1:
        raise TsmError(
            f"Inputs {' and '.join(repr(name) for name in owners[:2])} share {len(twice)} row_ids: "
            "they are the same catalogue, or parts of it that overlap.",
            remedy="Take one of them out, or give them different product names if they really differ.",
            where=owners[1],
        )
    raise TsmError(
        f"Input '{owners[0]}' has {len(twice)} rows whose row_id is not unique ({ids[twice[0]]}).",
        remedy="Declare another key column (columns: {id: ...}), or none.",
        where=owners[0],
    )
