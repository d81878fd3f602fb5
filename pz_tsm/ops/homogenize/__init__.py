"""homogenize: every survey's own quality flags on one scale, with the rule that gave each, beside the originals."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from pz_tsm.errors import TsmError
from pz_tsm.expr import nearest
from pz_tsm.ops.base import Context, Finding, Operation, Params, Report, Result
from pz_tsm.ops.homogenize import packs as rule_packs
from pz_tsm.ops.homogenize import rules_run as run_rules
from pz_tsm.ops.homogenize.packs import Pack, SurveyRules

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

FLAGS = (0, 1, 2, 3, 4, 6)
TYPES = ("s", "g", "p")
CLASSES = ("GALAXY", "QSO", "STAR", "AGN")


class Homogenize(Params):
    rules: str | list[str] = Field(
        "default",
        title="Rule packs",
        description="'default' (all that come with pz-tsm), the name of a pack such as pz-server, or a path to one. "
        "Of several, the first that knows the survey is asked.",
    )
    unmapped: Literal["error", "null"] = Field(
        "error",
        title="Flags without a rule",
        description="'error' stops and lists them; 'null' leaves their rows without a homogenized flag and warns.",
    )
    surveys: dict[str, SurveyRules] = Field(
        {},
        title="Rules of this recipe",
        description="Rules of surveys, by name, that come before those of the packs.",
    )


class _Rows:
    """The new columns of one input, filled part by part."""

    def __init__(self, rows: int) -> None:
        import numpy as np

        self.flag = np.full(rows, np.nan, dtype=np.float32)
        self.rule = np.full(rows, -1, dtype=np.int32)
        self.names: list[str] = []
        self.kind = np.full(rows, None, dtype=object)
        self.spec_class = np.full(rows, None, dtype=object)
        self.secondary = np.zeros(rows, dtype=bool)
        self.confidence = np.full(rows, np.nan, dtype=np.float32)
        self.unmapped: Counter[tuple[str, str]] = Counter()
        self.flag_done = self.kind_done = False

    def put_flags(self, where: np.ndarray | slice, applied: run_rules.Applied) -> None:
        self.flag[where] = applied.flag
        self.rule[where] = applied.rule + (applied.rule >= 0) * len(self.names)
        self.names += applied.names


def run(table: pa.Table, params: Homogenize, ctx: Context) -> Result:
    """Add z_flag_orig, z_flag_homogenized, instrument_type, spec_class, is_secondary, confidence and flag_rule."""
    packs = rule_packs.select(params.rules, params.surveys, ctx.base)
    rows = _Rows(table.num_rows)
    report = Report("homogenize", table.num_rows, table.num_rows, details={"surveys": {}})
    _given(table, rows, report)
    _whole_catalogue(table, packs, rows, report)
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
            remedy=f"Map it (columns: {{survey: {close[0]}}}), " if close else "Map it (columns: {survey: ...}), "
            "or name the survey of the whole input (survey: NAME).",
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
        remedy=f"{hint}Give its rules under 'surveys:' of this step or in a pack of your own. Known: {', '.join(known)}.",
        where=unknown[0],
    )


def _given(table: pa.Table, rows: _Rows, report: Report) -> None:
    """Columns that the source already has on our scale are taken as they are, once their values are checked."""
    import numpy as np
    import pyarrow as pa

    if _has_values(table, "z_flag_homogenized"):
        rows.flag[:] = _numbers(table.column("z_flag_homogenized"), "z_flag_homogenized")
        wrong = ~np.isnan(rows.flag) & ~np.isin(rows.flag, FLAGS)
        if wrong.any():
            seen = sorted({f"{value:g}" for value in rows.flag[wrong]})
            raise TsmError(
                f"Column 'z_flag_homogenized' has values that are not on the scale: {', '.join(seen[:10])} "
                f"({int(wrong.sum())} rows, the first is row {int(np.flatnonzero(wrong)[0]) + 1}).",
                remedy="Allowed are 0, 1, 2, 3, 4, 6 and null. Rename the column if it is something else.",
                where="z_flag_homogenized",
            )
        rows.names.append("given")
        rows.rule[~np.isnan(rows.flag)] = len(rows.names) - 1
        rows.flag_done = True
        report.findings.append(Finding("note", "The source has homogenized flags already: they are kept as they are."))
    for name in ("instrument_type_homogenized", "instrument_type"):
        if not rows.kind_done and _has_values(table, name):
            values = np.array(table.column(name).cast(pa.string()).to_pylist(), dtype=object)
            wrong = np.array([value is not None and value not in TYPES for value in values], dtype=bool)
            if wrong.any() and name == "instrument_type_homogenized":
                seen = sorted(set(values[wrong]))
                raise TsmError(
                    f"Column '{name}' has values that are not s, g or p: {', '.join(map(repr, seen[:10]))}.",
                    remedy="Allowed are s (spectrum), g (grism or prism), p (photometry) and null.",
                    where=name,
                )
            if not wrong.any():
                rows.kind, rows.kind_done = values, True
    if _has_values(table, "spec_class"):
        values = np.array(table.column("spec_class").cast(pa.string()).to_pylist(), dtype=object)
        rows.spec_class = np.where(np.isin(values, CLASSES), values, None)


def _whole_catalogue(table: pa.Table, packs: list[Pack], rows: _Rows, report: Report) -> None:
    """Flags that are probabilities, and a column ``type`` of s, g and p: judged over the whole input."""
    import numpy as np
    import pyarrow as pa

    for pack in packs:
        column = pack.catalogue.type_column
        if column and not rows.kind_done and _has_values(table, column):
            kind = table.column(column).type
            if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
                values = np.array(table.column(column).cast(pa.string()).to_pylist(), dtype=object)
                if all(value is None or value in TYPES for value in values):
                    rows.kind, rows.kind_done = values, True
        if pack.catalogue.probability and not rows.flag_done and _is_probability(table):
            numbers, _ = run_rules.flag_as(table, "number")
            label = f"{pack.name}/probability"
            applied = run_rules.apply_flags(numbers, pack.catalogue.probability, None, label)
            rows.put_flags(slice(None), applied)
            rows.confidence[:] = _numbers(numbers.column("z_flag"), "z_flag")
            rows.flag_done = True
            report.details["probability"] = applied.counts
            report.findings.append(
                Finding(
                    "note",
                    "All flags lie between 0 and 1: they are read as probabilities, not by a survey's rule.",
                    remedy="Select rule packs without a probability rule if they are something else.",
                    where="z_flag",
                )
            )


def _is_probability(table: pa.Table) -> bool:
    import numpy as np
    import pyarrow.types as pt

    if not _has_values(table, "z_flag") or pt.is_boolean(table.column("z_flag").type):
        return False
    numbers, unread = run_rules.flag_as(table, "number")
    flags = numbers.column("z_flag")
    if unread.any() or not (pt.is_floating(flags.type) or pt.is_integer(flags.type)):
        return False
    values = _numbers(flags, "z_flag")
    values = values[~np.isnan(values)]
    return bool(len(values) and ((values >= 0) & (values <= 1)).all() and ((values > 0) & (values < 1)).any())


def _one_survey(
    table: pa.Table, codes: np.ndarray, code: int, name: str, packs: list[Pack], rows: _Rows, report: Report
) -> None:
    import numpy as np

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
        told |= {"pack": pack.name, "version": pack.version, "reference": rules.reference, "citation": rules.citation}
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
    told["types"] = dict(Counter(kind or "none" for kind in rows.kind[where]).most_common())


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


def _judge_unmapped(rows: _Rows, params: Homogenize, report: Report) -> None:
    if not rows.unmapped:
        return
    total = sum(rows.unmapped.values())
    shown = ", ".join(f"{name} '{flag}' ({count} rows)" for (name, flag), count in rows.unmapped.most_common(10))
    more = f" and {len(rows.unmapped) - 10} more" if len(rows.unmapped) > 10 else ""
    message = f"{total} rows have flags that no rule maps: {shown}{more}."
    surveys = sorted({name for name, _ in rows.unmapped})
    if params.unmapped == "error":
        raise TsmError(
            message,
            remedy="Write 'unmapped: null' to leave these rows without a homogenized flag, or add rules under 'surveys:'.",
            where=surveys[0],
        )
    report.findings.append(
        Finding("warning", message, "Rows without a homogenized flag can't win in combine.", ", ".join(surveys), total)
    )
    report.details["unmapped"] = [
        {"survey": name, "flag": flag, "rows": count} for (name, flag), count in rows.unmapped.most_common(100)
    ]


def _judge_empty(table: pa.Table, rows: _Rows, ctx: Context) -> None:
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


def _has_values(table: pa.Table, name: str) -> bool:
    return name in table.column_names and table.column(name).null_count < table.num_rows


def _numbers(column: Any, name: str) -> np.ndarray:
    """A column as float64, NaN for null."""
    import numpy as np
    import pyarrow as pa

    try:
        return column.cast(pa.float64()).to_numpy().astype(np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise TsmError(f"Column '{name}' should hold numbers, but is {column.type}.", where=name) from None


def _with_columns(table: pa.Table, rows: _Rows) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    if "z_flag" in table.column_names:
        column = table.column("z_flag")
        original = run_rules.as_text(column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column)
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
    for name, column in added.items():
        if name in table.column_names:
            table = table.set_column(table.column_names.index(name), name, column)
        else:
            table = table.append_column(name, column)
    return table


OPERATION = Operation(
    name="homogenize",
    title="Homogenize flags",
    summary="Brings each survey's quality flags to one scale (0-4, 6 for stars) and tells the instrument type and class.",
    params=Homogenize,
    run=run,
    scope="each",
    main="rules",
)

