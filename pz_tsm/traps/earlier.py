"""A product of an earlier combination as input: what it decided is stale, and its flags may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding
from pz_tsm.traps.remedies import step_at
from pz_tsm.traps.sight import Sight, examples, numbers

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

STALE, RULES = "earlier-decisions", "earlier-flags"
DECIDED = ("tie_result", "compared_to", "group_id", "is_best", "verdict", "CRD_ID")
MADE = ("z_flag_homogenized", "instrument_type_homogenized", "instrument_type", "flag_rule")
MOST = 20_000  # rows to which today's rules are applied


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """Inputs with columns of an earlier combination, and those of their flags that today's rules change."""
    for name, table in sight.tables.items():
        columns = [one for one in DECIDED if _kept(table, one)]
        if not {"CRD_ID", "tie_result", "compared_to", "is_best", "verdict"} & set(columns):
            continue
        yield name, _decisions(name, table, columns)
        told = _flags(sight, name, table)
        if told is not None:
            yield name, told


def _kept(table: pa.Table, name: str) -> str | None:
    """The column as loading keeps it: parked under NAME__orig where the name is ours."""
    for candidate in (f"{name}__orig", *(("CRD_ID",) if name == "CRD_ID" else ())):
        if candidate in table.column_names:
            return candidate
    return None


def _decisions(name: str, table: pa.Table, columns: list[str]) -> Finding:
    import numpy as np

    lost = np.zeros(table.num_rows, dtype=bool)
    kept = _kept(table, "tie_result")
    if kept:
        lost = np.isin(numbers(table, kept), (0, 2))
    elif (kept := _kept(table, "is_best")) is not None:
        from pz_tsm import arrays

        lost = ~arrays.truths(table.column(kept))
    rows = np.flatnonzero(lost)
    shown = ", ".join(columns)
    more = f"; {len(rows):,} rows had lost or were undecided there, and get a new chance" if len(rows) else ""
    return Finding(
        "note",
        f"'{name}' is the product of an earlier combination ({shown}): its decisions are not used{more}.",
        "Beside the catalogues that it was made from it would count their measurements twice.",
        name,
        len(rows) or table.num_rows,
        STALE,
        examples(table, rows, tuple(one for one in (_kept(table, c) for c in columns) if one)),
    )


def _flags(sight: Sight, name: str, table: pa.Table) -> Finding | None:
    """Rows whose flag, made by an older rule, today's rule gives otherwise."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not {"z_flag_homogenized", "survey"} <= set(table.column_names):
        return None
    every = -(-table.num_rows // MOST)
    places = np.arange(0, table.num_rows, every)
    part = table.take(pa.array(places)) if every > 1 else table
    old = numbers(part, "z_flag_homogenized")
    source = part.drop_columns([one for one in MADE if one in part.column_names])
    if "z_flag_orig" in source.column_names:  # our own product: the survey's flag stands there
        source = source.drop_columns([one for one in ("z_flag",) if one in source.column_names])
        source = source.rename_columns(
            ["z_flag" if one == "z_flag_orig" else one for one in source.column_names]
        )
    changed: Counter[str] = Counter()
    rows: list[int] = []
    unchecked = []
    surveys = source.column("survey").cast(pa.string())
    for survey in pc.unique(surveys).to_pylist():
        if survey is None:
            continue
        inside = np.flatnonzero(pc.fill_null(pc.equal(surveys, survey), False).to_numpy(zero_copy_only=False))
        new = _today(sight, source.take(pa.array(inside)))
        if new is None:
            unchecked.append(survey)
            continue
        other = np.isfinite(new) & np.isfinite(old[inside]) & (new != old[inside])
        rows += inside[other].tolist()
        for before, after in zip(old[inside][other], new[other], strict=True):
            changed[f"{survey} {before:g} → {after:g}"] += 1
    if not rows:
        return None
    rows = sorted(int(places[row]) for row in rows)
    shown = ", ".join(f"{what} ({count:,} rows)" for what, count in changed.most_common(6))
    about = f" of {len(places):,} looked at" if every > 1 else ""
    rest = f" Not to be checked from this table: {', '.join(sorted(unchecked))}." if unchecked else ""
    return Finding(
        "warning",
        f"'{name}': {len(rows):,} rows{about} keep flags of older rules, which today's rules give otherwise: "
        f"{shown}.{rest}",
        "Use the surveys' own catalogues where today's rules should hold.",
        name,
        len(rows),
        RULES,
        examples(table, rows, ("redshift", "z_flag", "z_flag_homogenized")),
    )


def _today(sight: Sight, table: pa.Table) -> np.ndarray | None:
    """The flags that the recipe's rules give now; None where they need columns that are not there."""
    from pz_tsm import ops

    operation = ops.get("homogenize")
    step = step_at(sight.recipe, "homogenize")
    params = (
        step[1].model_copy(update={"unmapped": "null"}) if step else operation.parse({"unmapped": "null"})
    )
    try:
        result = operation.run(table, params, Context(base=sight.base, planning=True))
    except (TsmError, KeyError, ValueError):
        return None
    return numbers(result.table, "z_flag_homogenized")
