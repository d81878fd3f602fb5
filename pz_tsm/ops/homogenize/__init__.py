"""homogenize: every survey's quality flags on one scale, each with the rule that gave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, field_validator

from pz_tsm.errors import TsmError
from pz_tsm.expr import columns, parse
from pz_tsm.ops.base import Context, Finding, Operation, Params, Report, Result
from pz_tsm.ops.homogenize import packs as rule_packs
from pz_tsm.ops.homogenize import rules_run as run_rules
from pz_tsm.ops.homogenize.pack_model import Pack, SurveyRules
from pz_tsm.ops.homogenize.rows import CLASSES, FLAGS, TYPES, Rows, with_columns
from pz_tsm.ops.homogenize.surveys import Survey, in_any_case, survey, survey_names, survey_part
from pz_tsm.ops.homogenize.values import Values
from pz_tsm.ops.homogenize.whole import as_probability, fits, given, say_probability, whole_catalogue

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


class Homogenize(Params):
    rules: str | list[str] = Field(
        "default",
        title="Rule packs",
        description="'default' (all that come with pz-tsm), the name of a pack such as pz-server, or a path. "
        "Of several, the first that knows the survey is asked. Flags that all lie between 0 and 1 are read "
        "as probabilities unless the survey's own rule fits them; a pack that is named (pz-server) asks "
        "for probabilities first, as the existing pipeline does.",
    )
    unmapped: Literal["error", "null"] = Field(
        "error",
        title="Flags without a rule",
        description="'error' stops and lists them; 'null' leaves their rows without a flag and warns.",
    )
    surveys: dict[str, SurveyRules] = Field(
        {},
        title="Rules of this recipe",
        description="Rules of surveys, by name, that come before those of the packs. Only what differs is "
        "written: a field that is not given stays as in the first pack that knows the survey; a list that is "
        "given takes the place of the pack's whole list, and 'flag' that of 'flag' and 'otherwise'. 'also' "
        "adds flag rules after the pack's; the last true condition wins.",
    )

    @field_validator("unmapped", mode="before")
    @classmethod
    def _plain_null(cls, value: Any) -> Any:
        return "null" if value is None else value  # in YAML, `unmapped: null` is no text


def run(table: pa.Table, params: Homogenize, ctx: Context) -> Result:
    """Add the columns of ``rows.with_columns``; TsmError names survey, column or flags that do not fit."""
    packs = rule_packs.select(params.rules, params.surveys, ctx.base)
    rows = Rows(table.num_rows)
    report = Report("homogenize", table.num_rows, table.num_rows, details={"surveys": {}})
    given(table, rows, report)
    by_probability = whole_catalogue(table, packs, rows)
    flagged = rows.flag_done or rows.probability
    names, codes = survey_names(table, packs, needed=not (flagged and rows.kind_done))
    surveys = [survey(codes, code, name, packs) for code, name in enumerate(names)]
    read = in_any_case(table, surveys, report)
    if by_probability is not None:
        first = rule_packs.first_of_all(params.rules, ctx.base)
        _probabilities(read, codes, surveys, packs, by_probability, first, rows, report)
    for one in surveys:
        one.asked = one.asked and not rows.flag_done
    ctx.step(0.1, "surveys")
    values = Values(table)
    for count, one in enumerate(surveys):
        _one_survey(read, one, values, rows, report)
        ctx.step(0.1 + 0.8 * (count + 1) / len(surveys), one.name)
    _judge_unmapped(rows, params, report)
    _judge_empty(rows, ctx)
    _say_proposed(surveys, report)
    return Result(with_columns(table, rows), report.close())


def _probabilities(
    table: pa.Table,
    codes: np.ndarray,
    surveys: list[Survey],
    packs: list[Pack],
    by: Pack,
    first: set[str],
    rows: Rows,
    report: Report,
) -> None:
    """Read flags as probabilities, but for surveys whose own checked rules come first and fit them."""
    import numpy as np

    place = packs.index(by)
    passed, own = [], {}
    for one in surveys:
        one.asked = False
        if one.pack is None or one.rules is None:
            continue
        before = packs.index(one.pack) < place or by.name not in first
        if one.rules.own_flags:
            one.asked = True
        elif one.pack.status_of(one.rules) == "checked":
            one.asked = before and fits(survey_part(table, one), one.rules, one.label)
            if not one.asked:
                passed.append(one.name)
        if one.asked:
            own[one.name] = one.rows
    read = {one.name: one.rows for one in surveys if not one.asked}
    if not own:
        where: Any = slice(None)
    else:
        where = np.flatnonzero(~np.isin(codes, [at for at, one in enumerate(surveys) if one.asked]))
    if nameless := table.num_rows - sum(one.rows for one in surveys):
        read[""] = nameless
    as_probability(table, by, rows, where)
    for one in surveys:
        if not one.asked and one.rules is not None and one.rules.added:
            _change(table, one, rows)
    report.details["probability"] = _fired(rows, slice(None))
    say_probability(read, own, passed, report)


def _change(table: pa.Table, one: Survey, rows: Rows) -> None:
    """Let the recipe's rules for single values decide over what is there already."""
    import numpy as np

    assert one.rules is not None and one.pack is not None
    part, _ = run_rules.flag_as(survey_part(table, one), one.rules.flag_type)
    applied = run_rules.apply_flags(part, one.rules.added, None, one.label)
    hit = applied.rule >= 0
    where = np.arange(len(hit)) if isinstance(one.where, slice) else one.where
    applied.flag, applied.rule = applied.flag[hit], applied.rule[hit]
    rows.put_flags(where[hit], applied, one.pack.status_of(one.rules))


def _one_survey(table: pa.Table, one: Survey, values: Values, rows: Rows, report: Report) -> None:
    import numpy as np

    told: dict[str, Any] = {"rows": one.rows}
    report.details["surveys"][one.name] = told
    if one.pack is not None and one.rules is not None:
        if one.asked or not rows.kind_done:
            run_rules.need_columns(table, one.name, one.rules)
        told |= {
            "pack": one.pack.name,
            "version": one.pack.version,
            "status": one.pack.status_of(one.rules),
            "reference": one.rules.reference,
            "citation": one.rules.citation,
        }
        if one.rules.base:
            told["based_on"] = one.rules.base
        if one.rules.note:
            told["note"] = one.rules.note
        if one.asked or not rows.kind_done:
            part, unread = run_rules.flag_as(survey_part(table, one), one.rules.flag_type)
            if one.asked:
                told["rules"] = _flags(part, one, unread, values, rows)
            if not rows.kind_done:
                rows.kind[one.where] = run_rules.choose(part, one.rules.type_rules(), TYPES, one.label)
    told["read_as"] = "given" if rows.flag_done else "rules" if one.asked else "probabilities"
    if rows.probability and not one.asked:
        told["rules"] = _fired(rows, one.where)
    flags = rows.flag[one.where]
    told["flags"] = {
        ("none" if flag is None else str(flag)): int(count)
        for flag in (*FLAGS, None)
        if (count := (np.isnan(flags) if flag is None else flags == flag).sum())
    }
    kinds = np.bincount(rows.kind[one.where] + 1, minlength=4)
    told["types"] = {name: int(kinds[at]) for at, name in enumerate(("none", *TYPES)) if kinds[at]}
    told["values"], told["values_total"] = values.told(one.where, rows)


def _flags(
    part: pa.Table, one: Survey, unread: np.ndarray, values: Values, rows: Rows
) -> list[dict[str, Any]]:
    """Flags, classes and the rest of one survey's rows; counts the flags that no rule has."""
    import numpy as np

    assert one.rules is not None and one.pack is not None
    applied = run_rules.apply_flags(part, one.rules.rules, one.rules.otherwise, one.label)
    if any("z_flag" in columns(parse(rule.when)) for rule in one.rules.rules):
        applied.flag[unread], applied.rule[unread] = np.nan, -1
    rows.put_flags(one.where, applied, one.pack.status_of(one.rules))
    rows.spec_class[one.where] = run_rules.choose(part, one.rules.class_, CLASSES, one.label)
    rows.secondary[one.where] = run_rules.secondary(part, one.rules, one.label)
    rows.confidence[one.where] = run_rules.confidence(part, one.rules, one.label)
    for flag, count in values.lost(one.where, applied.rule).items():
        rows.unmapped[one.name, flag] += count
    return run_rules.counted(applied)


def _fired(rows: Rows, where: Any) -> list[dict[str, Any]]:
    """The rules that decided some rows, with their number."""
    import numpy as np

    rule = rows.rule[where]
    count = np.bincount(rule[rule >= 0], minlength=len(rows.told))
    return [{**rows.told[at], "rows": int(count[at])} for at in np.flatnonzero(count)]


def _say_proposed(surveys: list[Survey], report: Report) -> None:
    """Rules that no scientist has checked yet are never used in silence."""
    used = [
        one
        for one in surveys
        if one.asked and one.rows and one.pack and one.rules and one.pack.status_of(one.rules) == "proposed"
    ]
    if not used:
        return
    shown = ", ".join(f"{one.name} ({one.rows} rows, pack {one.pack.name})" for one in used if one.pack)
    report.findings.append(
        Finding(
            "warning",
            f"The flag rules of {shown} are only proposed: no scientist has checked them.",
            "Look at what each flag becomes, and write your own in 'surveys:' where you don't agree.",
            ", ".join(one.name for one in used),
            sum(one.rows for one in used),
        )
    )


def _judge_unmapped(rows: Rows, params: Homogenize, report: Report) -> None:
    if not rows.unmapped:
        return
    total = sum(rows.unmapped.values())
    shown = ", ".join(
        f"{name} '{flag}' ({count} rows)" for (name, flag), count in rows.unmapped.most_common(10)
    )
    more = f" and {len(rows.unmapped) - 10} more" if len(rows.unmapped) > 10 else ""
    message = f"{total} rows have flags that no rule maps: {shown}{more}."
    surveys = sorted({name for name, _ in rows.unmapped})
    if params.unmapped == "error":
        raise TsmError(
            message,
            remedy="Write 'unmapped: null' to leave these rows without a flag, or add rules in 'surveys:'.",
            where=surveys[0],
        )
    report.findings.append(
        Finding(
            "warning",
            message,
            "Rows without a homogenized flag can't win in combine.",
            ", ".join(surveys),
            total,
        )
    )
    report.details["unmapped"] = [
        {"survey": name, "flag": flag, "rows": count}
        for (name, flag), count in rows.unmapped.most_common(100)
    ]


def _judge_empty(rows: Rows, ctx: Context) -> None:
    """An input in which no row at all gets a flag, or a type, is a mistake."""
    import numpy as np

    if ctx.planning or not len(rows.flag):
        return
    if np.isnan(rows.flag).all():
        raise TsmError(
            "No row gets a homogenized flag: the flags are all missing or none has a rule.",
            remedy="Check that the flag column (columns: {z_flag: ...}) and the survey's name are right.",
            where="z_flag",
        )
    if (rows.kind < 0).all():
        raise TsmError("No row gets an instrument type (s, g or p).", where="instrument_type")


OPERATION = Operation(
    name="homogenize",
    title="Homogenize flags",
    summary="Brings each survey's quality flags to one scale (0-4, 6 stars), with type and class.",
    params=Homogenize,
    run=run,
    scope="each",
    main="rules",
)
