"""homogenize: every survey's quality flags on one scale, each with the rule that gave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, field_validator

from pz_tsm.errors import TsmError
from pz_tsm.expr import nearest
from pz_tsm.ops.base import Context, Finding, Operation, Params, Report, Result
from pz_tsm.ops.homogenize import packs as rule_packs
from pz_tsm.ops.homogenize import rules_run as run_rules
from pz_tsm.ops.homogenize.packs import Pack, SurveyRules
from pz_tsm.ops.homogenize.whole import FLAGS, Rows, given, whole_catalogue

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


class Homogenize(Params):
    rules: str | list[str] = Field(
        "default",
        title="Rule packs",
        description="'default' (all that come with pz-tsm), the name of a pack such as pz-server, or a path. "
        "Of several, the first that knows the survey is asked.",
    )
    unmapped: Literal["error", "null"] = Field(
        "error",
        title="Flags without a rule",
        description="'error' stops and lists them; 'null' leaves their rows without a flag and warns.",
    )
    surveys: dict[str, SurveyRules] = Field(
        {},
        title="Rules of this recipe",
        description="Rules of surveys, by name, that come before those of the packs.",
    )

    @field_validator("unmapped", mode="before")
    @classmethod
    def _plain_null(cls, value: Any) -> Any:
        return "null" if value is None else value  # in YAML, `unmapped: null` is no text


def run(table: pa.Table, params: Homogenize, ctx: Context) -> Result:
    """Add the columns of ``_with_columns``; TsmError names survey, column or flags that do not fit."""
    packs = rule_packs.select(params.rules, params.surveys, ctx.base)
    rows = Rows(table.num_rows)
    report = Report("homogenize", table.num_rows, table.num_rows, details={"surveys": {}})
    given(table, rows, report)
    whole_catalogue(table, packs, rows, report)
    names, codes = _surveys(table, packs, needed=not (rows.flag_done and rows.kind_done))
    ctx.step(0.1, "surveys")
    for code, name in enumerate(names):
        _one_survey(table, codes, code, name, packs, rows, report)
        ctx.step(0.1 + 0.8 * (code + 1) / len(names), name)
    _judge_unmapped(rows, params, report)
    _judge_empty(table, rows, ctx)
    return Result(_with_columns(table, rows), report.close())


def _surveys(table: pa.Table, packs: list[Pack], *, needed: bool) -> tuple[list[str], np.ndarray]:
    """Names (upper case) and each row's place among them; all known to the packs, or TsmError."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if "survey" not in table.column_names:
        if not needed:
            return [], np.zeros(table.num_rows, dtype=np.int64)
        close = [one for one in table.column_names if "survey" in one.lower()]
        raise TsmError(
            "The table has no column 'survey', and the rules for its flags go by survey.",
            remedy=f"Map it (columns: {{survey: {close[0]}}}), "
            if close
            else "Map it (columns: {survey: ...}), or name the survey of the whole input (survey: NAME).",
            where="survey",
        )
    upper = pc.utf8_upper(pc.utf8_trim_whitespace(table.column("survey").cast(pa.string())))
    encoded = pc.dictionary_encode(upper).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pc.dictionary_encode(pa.array([], pa.string()))
    names = encoded.dictionary.to_pylist()
    if needed and encoded.null_count:
        raise TsmError(
            f"{encoded.null_count} rows have no survey name.",
            remedy="Fill the column, or name the survey of the whole input (survey: NAME).",
            where="survey",
        )
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    unknown = [name for name in names if not any(pack.find(name) for pack in packs)]
    if needed and unknown:
        _unknown(unknown, codes, names, packs)
    return names, codes


def _unknown(unknown: list[str], codes: np.ndarray, names: list[str], packs: list[Pack]) -> None:
    known = rule_packs.known(packs)
    close = nearest(unknown[0], known)
    counts = ", ".join(f"'{name}' ({int((codes == names.index(name)).sum())} rows)" for name in unknown[:10])
    hint = f"Did you mean {' or '.join(close)}? " if close else ""
    raise TsmError(
        f"No rule pack knows survey {counts}.",
        remedy=f"{hint}Give its rules under 'surveys:' of this step or in a pack of your own. "
        f"Known: {', '.join(known)}.",
        where=unknown[0],
    )


def _one_survey(
    table: pa.Table, codes: np.ndarray, code: int, name: str, packs: list[Pack], rows: Rows, report: Report
) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    inside = codes == code
    where: Any = slice(None) if inside.all() else np.flatnonzero(inside)
    told: dict[str, Any] = {"rows": int(inside.sum())}
    report.details["surveys"][name] = told
    found = next(((pack, *hit) for pack in packs if (hit := pack.find(name))), None)
    if found is not None:
        pack, canonical, rules = found
        label = f"{pack.name}/{canonical}"
        part = table if isinstance(where, slice) else table.take(where)
        if not rows.flag_done or not rows.kind_done:
            run_rules.need_columns(part, name, rules)
        part, unread = run_rules.flag_as(part, rules.flag_type)
        told |= {
            "pack": pack.name,
            "version": pack.version,
            "reference": rules.reference,
            "citation": rules.citation,
        }
        if rules.note:
            told["note"] = rules.note
        if not rows.flag_done:
            told["rules"] = _flags(part, rules, label, unread, where, rows, name, table)
        if not rows.kind_done:
            rows.kind[where] = run_rules.choose(part, rules.type_rules(), label)
    told["flags"] = {
        ("none" if flag is None else str(flag)): int(count)
        for flag in (*FLAGS, None)
        if (count := (np.isnan(rows.flag[where]) if flag is None else rows.flag[where] == flag).sum())
    }
    kinds = pc.value_counts(pa.array(rows.kind[where], pa.string())).to_pylist()
    told["types"] = {one["values"] or "none": one["counts"] for one in kinds}


def _flags(part, rules, label, unread, where, rows, name, table) -> list[dict[str, Any]]:  # noqa: ANN001
    """Flags, classes and the rest of one survey's rows; counts the flags that no rule has."""
    import numpy as np
    import pyarrow.compute as pc

    applied = run_rules.apply_flags(part, rules.flag, rules.otherwise, label)
    applied.flag[unread], applied.rule[unread] = np.nan, -1
    rows.put_flags(where, applied)
    rows.spec_class[where] = run_rules.choose(part, rules.class_, label)
    rows.secondary[where] = run_rules.secondary(part, rules, label)
    rows.confidence[where] = run_rules.confidence(part, rules, label)
    if "z_flag" in table.column_names:
        original = table.column("z_flag") if isinstance(where, slice) else table.column("z_flag").take(where)
        present = pc.is_valid(run_rules.as_text(original)).to_numpy(zero_copy_only=False)
        lost = present & (applied.rule < 0)
        if lost.any():
            values = run_rules.as_text(original.filter(lost)).to_pylist()
            rows.unmapped.update((name, value) for value in values)
    return applied.counts


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


def _judge_empty(table: pa.Table, rows: Rows, ctx: Context) -> None:
    """An input in which no row at all gets a flag, or a type, is a mistake."""
    import numpy as np

    if ctx.planning or not table.num_rows:
        return
    if np.isnan(rows.flag).all():
        raise TsmError(
            "No row gets a homogenized flag: the flags are all missing or none has a rule.",
            remedy="Check that the flag column (columns: {z_flag: ...}) and the survey's name are right.",
            where="z_flag",
        )
    if all(kind is None for kind in rows.kind):
        raise TsmError("No row gets an instrument type (s, g or p).", where="instrument_type")


def _with_columns(table: pa.Table, rows: Rows) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    if "z_flag" in table.column_names:
        column = table.column("z_flag")
        original = run_rules.as_text(
            column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        )
    else:
        original = pa.nulls(table.num_rows, pa.string())
    star = (rows.flag == 6) & np.equal(rows.spec_class, None)
    rows.spec_class[star] = "STAR"
    names = pa.array(rows.names, pa.string())
    rule = pa.DictionaryArray.from_arrays(pa.array(rows.rule, mask=rows.rule < 0), names).cast(pa.string())
    added = {
        "z_flag_orig": original,
        "z_flag_homogenized": pa.array(rows.flag, mask=np.isnan(rows.flag)),
        "instrument_type": pa.array(rows.kind, pa.string()),
        "spec_class": pa.array(rows.spec_class, pa.string()),
        "is_secondary": pa.array(rows.secondary),
        "confidence": pa.array(rows.confidence, mask=np.isnan(rows.confidence)),
        "flag_rule": rule,
    }
    if rows.names[:1] == ["given"] and "flag_rule" in table.column_names:  # an earlier step made these
        for name in ("z_flag_orig", "is_secondary", "confidence", "flag_rule"):
            if name in table.column_names and table.schema.field(name).type == added[name].type:
                added[name] = table.column(name)
    for name, column in added.items():
        if name not in table.column_names:
            table = table.append_column(name, column)
            continue
        place = table.column_names.index(name)
        if f"{name}__orig" not in table.column_names and not _same(table.column(place), column):
            table = table.append_column(f"{name}__orig", table.column(place))  # the source's own, verbatim
        table = table.set_column(place, name, column)
    return table


def _same(old: pa.ChunkedArray, new: Any) -> bool:
    """Whether nothing is lost when the new values take the place of the old ones."""
    import pyarrow as pa

    if old.null_count == len(old):
        return True
    try:
        return old.cast(new.type).equals(new if isinstance(new, pa.ChunkedArray) else pa.chunked_array([new]))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False


OPERATION = Operation(
    name="homogenize",
    title="Homogenize flags",
    summary="Brings each survey's quality flags to one scale (0-4, 6 stars), with type and class.",
    params=Homogenize,
    run=run,
    scope="each",
    main="rules",
)
