"""filter: rows that fail a condition leave the table, or are marked in a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from pz_tsm.errors import TsmError
from pz_tsm.expr import Expr, check, columns, evaluate, mask, parse, syntax
from pz_tsm.ops import tally
from pz_tsm.ops.base import Context, Finding, Operation, Params, Report, Result

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from pz_tsm.releases.presets import Preset


class Filter(Params):
    condition: str = Field(
        title="Condition",
        description="Rows for which it is true stay, for example: i_snr >= 20 AND n_detected = 6; or the "
        "name of a preset, such as gold.",
        min_length=1,
        json_schema_extra={"format": "condition"},
    )
    rows: Literal["best", "all"] = Field(
        "best",
        title="Rows tested",
        description="'best': only best rows are tested; other measurements of an object follow its best row. "
        "'all': every row is tested. Before combine all rows are tested.",
    )
    flag: str | None = Field(
        None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        title="Mark in a column",
        description="Name of a new column that says whether the condition is true; no row leaves then.",
    )


def run(table: pa.Table, params: Filter, ctx: Context) -> Result:
    """The rows that stay. A condition that is null (unknown) drops its row, and the report counts that.

    With is_best and rows 'best': a best row is tested; rows of a group whose best row is dropped go with it;
    rows of groups without a best row (conflicts, only photo-z) go too, as they measure nothing that is left.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    tree, preset = _parsed(params.condition, table.schema)
    try:
        check(tree, table.schema)
    except TsmError as error:
        remedy = error.remedy
        if preset is not None:
            remedy = (
                f"Name '{params.condition.strip()}' in the columns of the match, and put photometry before."
            )
        raise TsmError(f"filter: {error.message}", remedy=remedy, where=error.where) from None
    true = mask(tree, table)
    report = Report("filter", table.num_rows, 0, details={"condition": params.condition})
    tested = np.ones(table.num_rows, dtype=bool)
    best_only = params.rows == "best" and "is_best" in table.column_names
    if best_only:
        tested = pc.fill_null(table.column("is_best"), False).to_numpy()
    if criteria := tally.count(tally.terms(tree, preset), table, tested):
        report.details["criteria"] = criteria
    if params.flag is not None:
        return _flagged(table, tree, params, tested & true, report)
    left = np.full(table.num_rows, -1, dtype=np.int8)
    if best_only:
        keep = _best_only(table, true, tested, report, left)
    else:
        keep = true
        _count(report, f"fails: {params.condition}", ~true, left)
    _tell_nulls(table, tree, tested & ~true, report)
    report.rows_out = int(keep.sum())
    if table.num_rows and not report.rows_out and not ctx.planning:
        report.findings.append(Finding("warning", "No row passes the filter.", where=params.condition))
    why = pa.array(list(report.dropped), pa.string())
    number = pa.array(left, mask=left < 0)
    return Result(table.filter(keep), report.close(), pa.DictionaryArray.from_arrays(number, why))


def _parsed(condition: str, schema: pa.Schema) -> tuple[Expr, Preset | None]:
    """The tree of a condition; and the preset, if that is all it is: a shipped one, or one of the release."""
    from pz_tsm.releases import presets

    name = condition.strip()
    preset = presets.of_table(name, schema)
    if preset is None:
        return parse(condition), None
    return syntax.Preset(name, parse(preset.condition())), preset


def _flagged(table: pa.Table, tree: Expr, params: Filter, true: np.ndarray, report: Report) -> Result:
    """All rows, with a column that is true, false, or null where the condition is."""
    import pyarrow as pa

    name = params.flag or ""
    if name in table.column_names:
        raise TsmError(
            f"filter: the table has a column '{name}' already.",
            remedy="Give 'flag' another name.",
            where=name,
        )
    field = pa.field(name, pa.bool_(), metadata={"description": params.condition, "ucd": "meta.code"})
    report.rows_out = table.num_rows
    report.details["flagged"] = int(true.sum())
    return Result(table.append_column(field, evaluate(tree, table)), report.close())


def _best_only(
    table: pa.Table, true: np.ndarray, best: np.ndarray, report: Report, left: np.ndarray
) -> np.ndarray:
    import numpy as np

    passing = best & true
    if "group_id" in table.column_names:
        groups = table.column("group_id").to_numpy()
        stays = np.isin(groups, groups[passing])
        has_best = np.isin(groups, groups[best])
    else:
        stays, has_best = passing, best
    others = ~best & stays
    keep = passing | others
    _count(report, f"fails: {report.details['condition']}", best & ~true, left)
    _count(report, "measurement of an object whose best row fails", ~best & has_best & ~stays, left)
    _count(report, "measurement of an object without a best row", ~best & ~has_best, left)
    report.details["best"] = {"in": int(best.sum()), "out": int(passing.sum())}
    return keep


def _count(report: Report, reason: str, rows: np.ndarray, left: np.ndarray) -> None:
    """Count the rows, and write the reason's number beside each of them."""
    if rows.any():
        report.dropped[reason] = int(rows.sum())
        left[rows] = len(report.dropped) - 1


def _tell_nulls(table: pa.Table, tree, failing: np.ndarray, report: Report) -> None:  # noqa: ANN001
    """How many of the failing rows fail because a column of the condition has no value there."""
    import numpy as np
    import pyarrow.compute as pc

    nulls = {}
    for name in sorted(columns(tree)):
        missing = pc.is_null(table.column(name), nan_is_null=True).to_numpy() & failing
        if missing.any():
            nulls[name] = int(missing.sum())
    if nulls:
        shown = ", ".join(f"{name} ({count} rows)" for name, count in nulls.items())
        total = int(np.count_nonzero(failing))
        report.findings.append(
            Finding("note", f"Of {total} rows that fail, some have no value in: {shown}.", count=total)
        )


OPERATION = Operation(
    name="filter",
    title="Filter",
    summary="Keeps the rows for which a condition is true.",
    params=Filter,
    run=run,
    scope="whole",
    main="condition",
)
