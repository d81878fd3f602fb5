"""combine: all measurements of one object in one group, and the best of them, with the reason why.

Nothing is deleted. Every row keeps its place with group_id, is_best, verdict (single, won, lost, conflict,
star, photo-z, ineligible), the criterion that decided and the rival.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pz_tsm.errors import TsmError
from pz_tsm.expr import evaluate_value, mask
from pz_tsm.ops.base import Context, Finding, Operation, Params, Report, Result
from pz_tsm.ops.combine import account, groups, pzserver
from pz_tsm.ops.combine import decide as own
from pz_tsm.ops.combine.table import joined

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DeltaZ(_Strict):
    """|dz|/(1+z) by instrument type; for a pair of types the larger one counts."""

    s: float = Field(0.005, ge=0, title="Spectra")
    g: float = Field(0.01, ge=0, title="Grism or prism")
    p: float = Field(0.15, ge=0, title="Photometry")


class Criterion(_Strict):
    by: str = Field(
        title="Column or expression", description="For example redshift_err, or confidence + 0.1."
    )
    order: Literal["descending", "ascending"] | None = Field(
        None,
        title="Better first",
        description="High is better, except for redshift_err and survey_rank.",
    )


def _criterion(value: Any) -> Any:
    return {"by": value} if isinstance(value, str) else value


class Combine(Params):
    radius_arcsec: float = Field(
        0.75,
        gt=0,
        le=60,
        title="Radius (arcsec)",
        description="Rows closer than this measure the same object.",
    )
    eligible: str = Field(
        "secure_galaxy",
        title="Who may win",
        description="A condition or preset. Rows that fail it stay as measurements, count in conflicts.",
        json_schema_extra={"format": "condition"},
    )
    prefer: list[Annotated[Criterion, BeforeValidator(_criterion)] | str] = Field(
        ["instrument_type", "z_flag_homogenized", "survey_rank"],
        title="Preferred by",
        description="Criteria in order: a column, an expression, or {by, order}. Then the row_id.",
    )
    survey_rank: list[str] = Field(
        [], title="Surveys, best first", description="Used by the criterion survey_rank."
    )
    delta_z: float | DeltaZ = Field(
        DeltaZ(),
        title="Redshifts agree within",
        description="|dz|/(1+z), one number or one for each instrument type.",
    )
    conflicts: Literal["set_aside", "best"] = Field(
        "set_aside",
        title="When secure redshifts disagree",
        description="'set_aside': the group has no best row; 'best': the criteria decide all the same.",
    )
    policy: Literal["default", "pz-server"] = Field(
        "default",
        title="Policy",
        description="'pz-server' reproduces the PZ Server's pipeline; it uses only the radius and 'keep'.",
    )
    keep: list[str] = Field(
        [], title="Columns to keep", description="Columns of the catalogues beside the standard ones."
    )

    def criteria(self) -> list[Criterion]:
        return [Criterion(by=one) if isinstance(one, str) else one for one in self.prefer]

    def tolerance(self) -> dict[str, float]:
        if isinstance(self.delta_z, DeltaZ):
            return self.delta_z.model_dump()
        return dict.fromkeys("sgp", self.delta_z)


def run(tables: dict[str, pa.Table], params: Combine, ctx: Context) -> Result:
    """One table of all rows, sorted by row_id, with the columns of the decision.

    Raises TsmError on missing columns, a condition that does not fit, or rows that share a row_id.
    """
    if not tables:
        raise TsmError("combine has no inputs.")
    rows_in = sum(table.num_rows for table in tables.values())
    report = Report("combine", rows_in, rows_in)
    is_pzserver = params.policy == "pz-server"
    if is_pzserver:
        tables, findings = pzserver.with_crd_ids(tables)
        report.findings += findings + _unused(params)
    table = joined(tables, params.keep)
    if not is_pzserver and "CRD_ID" in table.column_names and "CRD_ID" not in params.keep:
        table = table.drop_columns(["CRD_ID"])
    ctx.step(0.1, "positions")
    ra, dec, z, flag = (_numbers(table, name) for name in ("ra", "dec", "redshift", "z_flag_homogenized"))
    i, j, sep = groups.pairs(ra, dec, params.radius_arcsec)
    ctx.step(0.6, "decisions")
    decided = (
        _pzserver(table, i, j, flag, z)
        if is_pzserver
        else _own(table, params, (i, j, sep), (ra, dec, z, flag), report)
    )
    ctx.step(0.9, "result")
    labels, columns = decided
    table = _with_columns(table, labels, z, columns)
    if not is_pzserver:
        table = own.with_order(table, params.criteria(), params.survey_rank)
    account.account(table, labels, i, report, params)
    return Result(table, report.close())


def _unused(params: Combine) -> list[Finding]:
    defaults = Combine()
    names = [
        name
        for name in ("eligible", "prefer", "survey_rank", "delta_z", "conflicts")
        if name in params.model_fields_set and getattr(params, name) != getattr(defaults, name)
    ]
    names = [name for name in names if not (name == "delta_z" and params.delta_z == pzserver.DELTA_Z)]
    if not names:
        return []
    return [
        Finding(
            "warning",
            f"Policy pz-server does not use {', '.join(names)}.",
            "Take them out, or use our policy.",
        )
    ]


def _own(table, params, found, numbers, report):  # noqa: ANN001, ANN202
    import numpy as np

    i, j, sep = found
    ra, dec, z, flag = numbers
    eligible = _eligible(table, params.eligible) & np.isfinite(ra) & np.isfinite(dec)
    photo = _is(table, "instrument_type", "p")
    labels = groups.label(table.num_rows, i, j, sep, photo)
    keys = own.criteria(table, params.criteria(), params.survey_rank)
    secure = own.secure_rows(table, eligible, photo, z)
    kind = np.select([photo, _is(table, "instrument_type", "g")], [2, 1], 0)
    clash = own.discordant(labels, kind, z, np.flatnonzero(secure), params.tolerance())
    states = {"photo-z": photo, "star": (flag == 6) | _is(table, "spec_class", "STAR")}
    decision = own.decide(
        labels, keys, eligible, states, z, clash, secure, set_aside=params.conflicts == "set_aside"
    )
    decision.decided_by[~(np.isfinite(ra) & np.isfinite(dec))] = "position"
    account.tell_conflicts(table, labels, decision, secure, z, report, params)
    account.tell_stars(labels, states["star"], decision.is_best, report)
    columns = {
        "is_best": decision.is_best,
        "verdict": decision.verdict,
        "decided_by": decision.decided_by,
        "rival": decision.rival,
    }
    return labels, columns


def _pzserver(table, i, j, flag, z):  # noqa: ANN001, ANN202
    import numpy as np

    answer = pzserver.resolve(table, i, j, flag, z)
    size = (
        np.bincount(answer.labels, minlength=table.num_rows)[answer.labels] if table.num_rows else np.zeros(0)
    )
    names = np.array(["lost", "won", "conflict", "star"], dtype=object)
    verdict = names[answer.tie_result]
    verdict[(answer.tie_result == 1) & (size == 1)] = "single"
    columns = {
        "is_best": answer.tie_result == 1,
        "verdict": verdict,
        "decided_by": answer.decided_by,
        "rival": answer.rival,
        "tie_result": answer.tie_result,
        "compared_to": answer.compared_to,
    }
    return answer.labels, columns


def _eligible(table: pa.Table, condition: str) -> np.ndarray:
    try:
        return mask(condition, table)
    except TsmError as error:
        missing = error.where in ("z_flag_homogenized", "instrument_type", "spec_class")
        remedy = (
            "Put the step 'homogenize' before 'combine': it makes this column." if missing else error.remedy
        )
        raise TsmError(f"combine, eligible: {error.message}", remedy=remedy, where=error.where) from None


def _numbers(table: pa.Table, name: str) -> np.ndarray:
    """A column as float64; NaN for null, and everywhere when the table has no such column."""
    import numpy as np

    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    return evaluate_value(f'"{name}"', table).cast("float64").to_numpy(zero_copy_only=False)


def _is(table: pa.Table, name: str, text: str) -> np.ndarray:
    import numpy as np

    if name not in table.column_names:
        return np.zeros(table.num_rows, dtype=bool)
    return mask(f"\"{name}\" = '{text}'", table)


def _with_columns(table: pa.Table, labels: np.ndarray, z: np.ndarray, columns: dict[str, Any]) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    ids = table.column("row_id").to_numpy()
    n = len(ids)
    photo = _is(table, "instrument_type", "p")
    secure = own.secure_rows(table, np.ones(n, dtype=bool), photo, z)
    counted = _numbers_of_groups(labels, z, secure)
    rival = columns["rival"]
    added = {
        "group_id": pa.array(ids[labels], pa.int64()),
        "is_best": pa.array(columns["is_best"], pa.bool_()),
        "verdict": pa.array(columns["verdict"], pa.string()),
        "decided_by": pa.array(columns["decided_by"], pa.string()),
        "rival": pa.array(ids[rival] if n else ids, pa.int64(), mask=rival < 0),
        "n_meas": pa.array(np.minimum(counted[0], 32767).astype(np.int16)),
        "z_spread": pa.array(counted[1].astype(np.float32), mask=np.isnan(counted[1])),
    }
    if "tie_result" in columns:
        added |= {
            "tie_result": pa.array(columns["tie_result"], pa.int8()),
            "compared_to": columns["compared_to"],
        }
    for name, column in added.items():
        if name in table.column_names:
            table = table.drop_columns([name])
        table = table.append_column(name, column)
    return table


def _numbers_of_groups(
    labels: np.ndarray, z: np.ndarray, secure: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Rows in each row's group and the range of its secure redshifts (NaN: it has none)."""
    import numpy as np

    n = len(labels)
    size = np.bincount(labels, minlength=n)[labels] if n else np.zeros(0, dtype=np.int64)
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(low, labels[secure], z[secure])
    np.maximum.at(high, labels[secure], z[secure])
    with np.errstate(invalid="ignore"):
        spread = high - low
    spread = np.where(np.isfinite(spread), spread, np.nan)
    return size, spread[labels] if n else spread


OPERATION = Operation(
    name="combine",
    title="Combine",
    summary="Groups all measurements of one object and marks the best, with the reason; nothing is deleted.",
    params=Combine,
    run=run,
    scope="all",
)
