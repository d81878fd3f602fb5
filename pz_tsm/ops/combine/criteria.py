"""The criteria by which combine prefers one row over another: their values, what is better, what is equal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.expr import columns, evaluate_value, kind_of, nearest, parse

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from pz_tsm.ops.combine.params import Criterion

TYPE_RANK = {"s": 3.0, "g": 2.0, "p": 1.0}
LOW_FIRST = ("redshift_err", "survey_rank", "separation")
SEPARATION = "separation"  # from the group's centre, arcsec; a column of that name is written "separation"
SAME_PLACE = 0.001  # arcsec: separations closer than this are equal, so that rounding decides nothing
COMBINE, ORDER = b"tsm:combine", b"tsm:order"  # metadata of the table; the second is of older tables


@dataclass
class Key:
    """One criterion over some rows: smaller ``values`` are better, infinite where not known.

    ``show`` gives the values as people read them, null where not known.
    """

    name: str
    values: np.ndarray
    tolerance: float
    source: Any  # array of numbers, texts or truths, as they are in the table

    def show(self, rows: np.ndarray) -> pa.Array:
        """Texts of these rows' values."""
        import pyarrow as pa
        import pyarrow.compute as pc

        taken = self.source.take(pa.array(rows))
        if isinstance(taken, pa.ChunkedArray):
            taken = taken.combine_chunks()
        if pa.types.is_dictionary(taken.type):
            return taken.cast(taken.type.value_type)
        if self.name == SEPARATION:
            return pc.binary_join_element_wise(pc.round(taken, 3).cast(pa.string()), '"', "")
        return as_text(taken)


def as_text(values: pa.Array) -> pa.Array:
    """Numbers as one writes them, to 9 significant digits; null for null and NaN."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(values.type):
        missing = pc.or_kleene(pc.is_null(values), pc.is_nan(values)).fill_null(True)
        if values.type == pa.float64():
            values = pa.array(_to_9_digits(values.to_numpy(zero_copy_only=False)))
        values = pc.if_else(missing, pa.scalar(None, values.type), values)
    return values.cast(pa.string())


def _to_9_digits(values: np.ndarray) -> np.ndarray:
    import numpy as np

    out = values.copy()
    usable = np.isfinite(values) & (values != 0)
    power = 10.0 ** np.clip(8 - np.floor(np.log10(np.abs(values[usable]))), -300, 300)
    out[usable] = np.rint(values[usable] * power) / power
    return out


def effective(prefer: Sequence[Criterion], survey_rank: Sequence[str]) -> list[dict[str, Any]]:
    """All criteria in order, the last ones that always hold included: {by, order, tolerance}.

    After the user's own: the survey's rank (if surveys are ranked), the separation from the centre of the
    group, the row_id in the natural order of numbers.
    """
    listed = [{"by": one.by, "order": one.order, "tolerance": one.tolerance} for one in prefer]
    names = {one["by"] for one in listed}
    if survey_rank and "survey_rank" not in names:
        listed.append({"by": "survey_rank", "order": None, "tolerance": None})
    if SEPARATION not in names:
        listed.append({"by": SEPARATION, "order": None, "tolerance": SAME_PLACE})
    for one in listed:
        one["order"] = one["order"] or ("ascending" if one["by"] in LOW_FIRST else "descending")
    return [*listed, {"by": "row_id", "order": "ascending", "tolerance": None}]


def needed(listed: Sequence[dict[str, Any]], known: Sequence[str]) -> list[str]:
    """The columns, of those known, that the criteria read."""
    names: set[str] = {"survey"}
    for by in {one["by"] for one in listed} - {SEPARATION}:
        names |= {by} if by in known else columns(_parsed(by))
    return [name for name in known if name in names]


def check(table: pa.Table, listed: Sequence[dict[str, Any]]) -> None:
    """Raise TsmError, with the columns that come close, where a criterion reads one that there isn't."""
    known = table.column_names
    for by in [one["by"] for one in listed]:
        if by in known or by in (SEPARATION, "survey_rank", "instrument_type"):
            continue
        for name in sorted(columns(_parsed(by)) - set(known)):
            close = nearest(name, [*known, "survey_rank", SEPARATION])
            remedy = f"Did you mean {' or '.join(close)}?" if close else None
            if name in ("z_flag_homogenized", "spec_class", "confidence", "is_secondary"):
                remedy = "Put the step 'homogenize' before 'combine': it makes this column."
            raise TsmError(
                f"Criterion '{by}' of combine: There is no column '{name}'.",
                remedy=remedy or f"The columns are: {', '.join(known)}.",
                where=by,
            )


def keys(
    table: pa.Table,
    listed: Sequence[dict[str, Any]],
    survey_rank: Sequence[str],
    separation: np.ndarray | None = None,
) -> list[Key]:
    """The keys of a table's rows by ``effective`` criteria, row_id left out; ``separation`` in arcsec."""
    made = []
    for one in listed[:-1]:
        key = _key(table, one["by"], one["order"], survey_rank, separation)
        key.tolerance = one["tolerance"] or 0.0
        made.append(key)
    return made


def rank(table: pa.Table) -> np.ndarray:
    """Place of each row in the order in which combine preferred them, the row_id last (0 is the best).

    Tolerances and the separation say something within a group only, and are left out. A table that no
    combine of ours has made goes by instrument type and flag.
    """
    import numpy as np

    metadata = table.schema.metadata or {}
    said = json.loads(metadata.get(COMBINE) or metadata.get(ORDER) or b"{}")
    found = (said.get("criteria") or [])[:-1] or said.get("prefer") or []
    listed = [(one["by"], one["order"]) for one in found]
    listed = [(by, order) for by, order in listed if by != SEPARATION]
    if not listed:
        listed = [
            (name, None) for name in ("instrument_type", "z_flag_homogenized") if name in table.column_names
        ]
    values = [_key(table, by, order, said.get("survey_rank", [])).values for by, order in listed]
    order = np.lexsort((table.column("row_id").to_numpy(), *reversed(values)))
    place = np.empty(table.num_rows, dtype=np.int64)
    place[order] = np.arange(table.num_rows)
    return place


def _key(
    table: pa.Table,
    by: str,
    order: str | None,
    survey_rank: Sequence[str],
    separation: np.ndarray | None = None,
) -> Key:
    import numpy as np
    import pyarrow as pa

    descending = (order or ("ascending" if by in LOW_FIRST else "descending")) == "descending"
    shown: Any
    if by == "survey_rank" and by not in table.column_names:
        values, shown = _ranks(table, survey_rank)
    elif by == SEPARATION and separation is not None:
        values, shown = separation, pa.array(separation)
    elif by == "instrument_type":
        values = by_text(table, by, {key.upper(): rank for key, rank in TYPE_RANK.items()})
        shown = table.column(by) if by in table.column_names else pa.nulls(table.num_rows, pa.string())
    else:
        try:
            tree = _parsed(by)
            if kind_of(tree, table.schema) == "text":
                raise TsmError(
                    f"Criterion '{by}' is text, which has no order here.", remedy="Write a condition on it."
                )
            shown = evaluate_value(tree, table)
            values = shown.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
            if by in table.column_names:
                shown = table.column(by)
        except TsmError as error:
            raise TsmError(
                f"Criterion '{by}' of combine: {error.message}", remedy=error.remedy, where=by
            ) from None
    if by == "z_flag_homogenized":  # 6 says "star": it is no better quality than 4
        values = np.where(values == 6, 0.5, values)
    if by == "redshift_err":  # zero stands for an error that was not quoted
        values = np.where(values > 0, values, np.nan)
    key = -values if descending else values.astype(np.float64)
    return Key(by, np.where(np.isnan(key), np.inf, key), 0.0, shown)


def _parsed(by: str) -> Any:
    try:
        return parse(by)
    except TsmError as error:
        raise TsmError(
            f"Criterion '{by}' of combine: {error.message}", remedy=error.remedy, where=by
        ) from None


def _ranks(table: pa.Table, survey_rank: Sequence[str]) -> tuple[np.ndarray, Any]:
    """Place of each row's survey in the list, NaN if it isn't there; and in words."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    places = {name.upper(): float(place) for place, name in enumerate(survey_rank)}
    if not places or "survey" not in table.column_names:
        fill = np.zeros(table.num_rows) if not places else np.full(table.num_rows, np.nan)
        return fill, pa.nulls(table.num_rows, pa.string())
    encoded = pc.dictionary_encode(table.column("survey").combine_chunks())
    names = [str(name) for name in encoded.dictionary.to_pylist()]
    words = [
        f"{name} ({'rank ' + str(int(places[name.upper()]) + 1) if name.upper() in places else 'not ranked'})"
        for name in names
    ]
    return by_text(table, "survey", places), pa.DictionaryArray.from_arrays(
        encoded.indices, pa.array(words, pa.string())
    )


def by_text(table: pa.Table, name: str, values: dict[str, float]) -> np.ndarray:
    """A number for each row by its text (upper case), NaN where the text is not listed."""
    import numpy as np
    import pyarrow.compute as pc

    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    encoded = pc.dictionary_encode(table.column(name).combine_chunks())
    lookup = np.array(
        [values.get(str(text).upper(), np.nan) for text in encoded.dictionary.to_pylist()] + [np.nan]
    )
    return lookup[pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)]
