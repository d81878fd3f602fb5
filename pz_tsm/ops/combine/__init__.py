"""combine: all measurements of one object in one group, and the best of them, with the reason why.

Nothing is deleted. Every row keeps its place with group_id, is_best, verdict (single, won, lost, conflict,
star, photo-z, ineligible, excluded), the criterion that decided, the two values compared and the rival.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pz_tsm import expr
from pz_tsm.arrays import distinct
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding, Operation, Report, Result
from pz_tsm.ops.combine import account, choices, criteria, decide, pairing, pzserver, result
from pz_tsm.ops.combine.columns import numbers
from pz_tsm.ops.combine.params import Choice, Combine, Criterion, DeltaZ, PositionErrors
from pz_tsm.ops.combine.table import joined

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

__all__ = ["OPERATION", "Choice", "Combine", "Criterion", "DeltaZ", "PositionErrors", "run"]

IGNORED = (  # by policy pz-server
    "radii", "errors", "agree", "offsets", "chains", "eligible", "prefer", "survey_rank", "delta_z",
    "conflicts", "decisions",
)  # fmt: skip


def run(tables: dict[str, pa.Table], params: Combine, ctx: Context) -> Result:
    """One table of all rows, sorted by row_id, with the columns of the decision.

    Raises TsmError on missing columns, a condition that does not fit, or rows that share a row_id.
    """
    if not tables:
        raise TsmError("combine has no inputs.")
    rows_in = sum(table.num_rows for table in tables.values())
    report = Report("combine", rows_in, rows_in)
    if params.policy == "pz-server":
        table = _pzserver(tables, params, ctx, report)
    else:
        table = _own(tables, params, ctx, report)
    return Result(table, report.close())


def _own(tables: dict[str, pa.Table], params: Combine, ctx: Context, report: Report) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    listed = criteria.effective(params.criteria(), params.survey_rank)
    table = joined(tables, _kept(tables, params, listed))
    if "CRD_ID" in table.column_names and "CRD_ID" not in params.keep:
        table = table.drop_columns(["CRD_ID"])
    given = {"radii": list(params.radii), "survey_rank": params.survey_rank}
    account.tell_unknown_surveys(table, given, report)
    ctx.step(0.05, "who may win")
    ra, dec, z, flag = (numbers(table, name) for name in ("ra", "dec", "redshift", "z_flag_homogenized"))
    chosen = choices.find(table, params.decisions)
    eligible = _eligible(table, params.eligible) & np.isfinite(ra) & np.isfinite(dec) & ~chosen.excluded
    photo, grism = _is(table, "instrument_type", "p"), _is(table, "instrument_type", "g")

    ctx.step(0.1, "positions")
    rule = _rule(params)
    found = pairing.find(table, rule, ctx)
    ctx.step(0.6, "groups")
    grouped = pairing.group(_linking(table, chosen.excluded), found, rule)
    labels = grouped.labels
    ctx.step(0.7, "decisions")
    secure = decide.secure_rows(table, eligible, photo, z) & ~chosen.excluded
    clash = decide.discordant(
        labels, np.select([photo, grism], [2, 1], 0), z, np.flatnonzero(secure), params.tolerance()
    )
    facts = decide.Facts(
        labels=labels, ra=ra, dec=dec, z=z, eligible=eligible, secure=secure, photo=photo,
        star=(flag == 6) | _is(table, "spec_class", "STAR"), excluded=chosen.excluded,
        preferred=choices.one_a_group(chosen, labels, table, report), clash=clash,
    )  # fmt: skip
    decision = decide.decide(table, facts, listed, params.survey_rank, params.conflicts == "set_aside")
    ctx.step(0.9, "result")
    known = result.objects(labels, z, secure, chosen.excluded, clash)
    ids = table.column("row_id").to_numpy()
    sep, dz = result.apart(decision.rival, ra, dec, z)
    n = len(ids)
    table = result.with_columns(
        table,
        {
            "group_id": pa.array(ids[labels] if n else ids),
            "is_best": pa.array(decision.is_best),
            "verdict": result.coded(decision.verdict, decide.VERDICTS),
            "decided_by": result.coded(decision.decided_by, decision.names),
            "decided_value": result.texts(n, decision.values),
            "rival_value": result.texts(n, decision.rivals),
            "rival": pa.array(ids[decision.rival] if n else ids, mask=decision.rival < 0),
            "rival_sep": result.floats(sep),
            "rival_dz": result.floats(dz),
            "n_meas": result.small(known.count),
            "n_secure": result.small(known.secure),
            "z_spread": result.floats(known.spread),
            "agreement": result.coded(known.agreement, result.AGREEMENT),
            "chain_arcsec": pa.array(grouped.diameter.astype(np.float32)),
        },
    )
    account.tell_conflicts(table, facts, decision, report, params)
    account.tell_stars(labels, facts.star, decision.is_best, report)
    chains = len(distinct(labels[grouped.chain]))
    report.details |= {"chains_split": grouped.split, "offsets": found.offsets}
    report.details |= {"reused": found.reused, "searched": found.searched}
    choices.tell(chosen, report)
    account.account(table, labels, found.i, chains, report, params)
    return result.with_method(table, params, listed)


def _pzserver(tables: dict[str, pa.Table], params: Combine, ctx: Context, report: Report) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    tables, findings = pzserver.with_crd_ids(tables)
    report.findings += findings + _unused(params)
    table = joined(tables, params.keep)
    ctx.step(0.1, "positions")
    ra, dec, z, flag = (numbers(table, name) for name in ("ra", "dec", "redshift", "z_flag_homogenized"))
    found = pairing.find(table, pairing.Pairing(params.radius_arcsec), ctx)
    ctx.step(0.6, "decisions")
    answer = pzserver.resolve(table, found.i, found.j, flag, z)
    ctx.step(0.9, "result")
    labels, n = answer.labels, table.num_rows
    size = np.bincount(labels, minlength=n)[labels] if n else labels
    verdict = np.where((answer.tie_result == 1) & (size == 1), 4, answer.tie_result)
    everyone = np.ones(n, dtype=bool)
    secure = decide.secure_rows(table, everyone, _is(table, "instrument_type", "p"), z)
    known = result.objects(labels, z, secure, ~everyone, labels[:0])
    ids = table.column("row_id").to_numpy()
    sep, dz = result.apart(answer.rival, ra, dec, z)
    table = result.with_columns(
        table,
        {
            "group_id": pa.array(ids[labels] if n else ids),
            "is_best": pa.array(answer.tie_result == 1),
            "verdict": result.coded(verdict, ("lost", "won", "conflict", "star", "single")),
            "decided_by": result.coded(answer.decided_by, pzserver.STAGES),
            "rival": pa.array(ids[answer.rival] if n else ids, mask=answer.rival < 0),
            "rival_sep": result.floats(sep),
            "rival_dz": result.floats(dz),
            "n_meas": result.small(known.count),
            "n_secure": result.small(known.secure),
            "z_spread": result.floats(known.spread),
            "tie_result": pa.array(answer.tie_result, pa.int8()),
            "compared_to": answer.compared_to,
        },
    )
    account.account(table, labels, found.i, None, report, params)
    return result.with_method(table, params, [])


def _rule(params: Combine) -> pairing.Pairing:
    errors = params.errors
    return pairing.Pairing(
        radius_arcsec=params.radius_arcsec,
        radii=params.radii,
        errors=errors,
        agree=params.agree,
        tolerance=params.tolerance(),
        offsets=params.offsets,
        chains=params.chains,
    )


def _kept(tables: dict[str, pa.Table], params: Combine, listed: list[dict[str, Any]]) -> list[str]:
    """The columns of 'keep', and those that the errors, the criteria and the condition read."""
    known = list(dict.fromkeys(name for table in tables.values() for name in table.column_names))
    if params.errors is not None and params.errors.column not in known:
        close = expr.nearest(params.errors.column, known)
        raise TsmError(
            f"No input has the column '{params.errors.column}' that 'errors' names.",
            remedy=f"Did you mean {' or '.join(close)}?" if close else "Name a column of errors in arcsec.",
            where=params.errors.column,
        )
    wanted = set(criteria.needed(listed, known)) | ({params.errors.column} if params.errors else set())
    with suppress(TsmError):  # what is wrong with it is said where it is used
        wanted |= expr.columns(expr.parse(params.eligible))
    made = {name for name in known if name in result.COLUMNS}  # stale decisions decide nothing
    return [*params.keep, *sorted(wanted & set(known) - set(params.keep) - made)]


def _linking(table: pa.Table, excluded: np.ndarray) -> pa.Table:
    """The table in which excluded rows are photometric to the groups: they join one, but link none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not excluded.any():
        return table
    none = pa.nulls(table.num_rows, pa.string())
    types = table.column("instrument_type") if "instrument_type" in table.column_names else none
    types = pc.if_else(pa.array(excluded), "p", types)
    table = table.drop_columns(["instrument_type"]) if "instrument_type" in table.column_names else table
    return table.append_column("instrument_type", types)


def _unused(params: Combine) -> list[Finding]:
    defaults = Combine()
    names = [
        name
        for name in IGNORED
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


def _eligible(table: pa.Table, condition: str) -> np.ndarray:
    try:
        return expr.mask(condition, table)
    except TsmError as error:
        missing = error.where in ("z_flag_homogenized", "instrument_type", "spec_class")
        remedy = (
            "Put the step 'homogenize' before 'combine': it makes this column." if missing else error.remedy
        )
        raise TsmError(f"combine, eligible: {error.message}", remedy=remedy, where=error.where) from None


def _is(table: pa.Table, name: str, text: str) -> np.ndarray:
    import numpy as np

    if name not in table.column_names:
        return np.zeros(table.num_rows, dtype=bool)
    return expr.mask(f"\"{name}\" = '{text}'", table)


OPERATION = Operation(
    name="combine",
    title="Combine",
    summary="Groups all measurements of one object and marks the best, with the reason; nothing is deleted.",
    params=Combine,
    run=run,
    scope="all",
)
