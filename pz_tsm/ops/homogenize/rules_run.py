"""Rules applied to the rows of one survey: arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.expr import columns, evaluate_value, mask, nearest, parse
from pz_tsm.ops.homogenize.packs import FlagRule, SurveyRules

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

NUMBER = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
MAPPED = {"z_flag": "z_flag", "redshift_err": "z_err", "redshift": "z", "survey": "survey"}


@dataclass
class Applied:
    """What the rules gave for n rows. ``rule`` indexes ``told`` (-1: none)."""

    flag: np.ndarray  # float32, NaN where null
    rule: np.ndarray  # int32
    told: list[dict[str, Any]]  # per rule: rule (its label), is, meaning


def need_columns(table: pa.Table, survey: str, rules: SurveyRules) -> None:
    """TsmError naming the survey and the columns that its rules need and the table lacks."""
    wanted = set(rules.needs)
    for text in [one.when for one in rules.rules]:
        wanted |= columns(parse(text))
    missing = sorted(wanted - set(table.column_names))
    if not missing:
        return
    close = nearest(missing[0], table.column_names, n=1)
    key = MAPPED.get(missing[0])
    if key:
        remedy = f"Say in the input which column it is: columns: {{{key}: ...}}."
    elif close:
        remedy = f"'{close[0]}' looks like it; rename it, or correct the survey's name."
    else:
        remedy = "Take the catalogue with these columns, or correct the survey's name."
    raise TsmError(
        f"Survey {survey} needs column{'s' * (len(missing) > 1)} {', '.join(map(repr, missing))}, "
        "which the table does not have.",
        remedy=remedy,
        where=missing[0],
    )


def flag_as(table: pa.Table, kind: str) -> tuple[pa.Table, np.ndarray]:
    """The table with ``z_flag`` as number or text, and the rows whose flag could not be read so."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    nothing = np.zeros(table.num_rows, dtype=bool)
    if "z_flag" not in table.column_names:
        return table, nothing
    column = table.column("z_flag")
    if pt.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    is_text = pt.is_string(column.type) or pt.is_large_string(column.type)
    place = table.column_names.index("z_flag")
    if kind == "text" and not is_text:
        return table.set_column(place, "z_flag", pc.utf8_trim_whitespace(as_text(column))), nothing
    if kind == "text":
        return table.set_column(place, "z_flag", pc.utf8_trim_whitespace(column.cast(pa.string()))), nothing
    if is_text:
        fits = pc.fill_null(pc.match_substring_regex(column, NUMBER), False)
        trimmed = pc.utf8_trim_whitespace(column)
        numbers = pc.if_else(fits, trimmed, pa.scalar(None, column.type)).cast(pa.float64())
        unread = pc.and_(pc.and_(pc.is_valid(column), pc.invert(fits)), pc.not_equal(trimmed, ""))
        return table.set_column(place, "z_flag", numbers), pc.fill_null(unread, False).to_numpy()
    if pt.is_boolean(column.type):
        return table.set_column(place, "z_flag", column.cast(pa.int8())), nothing
    return table, nothing


def as_text(column: Any) -> Any:
    """Values as text; whole floats without a decimal point."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    if pt.is_floating(column.type) and len(column):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
        whole = pc.fill_null(
            pc.and_(pc.equal(pc.floor(column), column), pc.less(pc.abs(column), 2.0**53)), False
        )
        if pc.all(pc.or_(whole, pc.is_null(column))).as_py():
            return column.cast(pa.int64()).cast(pa.string())
        ints = pc.if_else(whole, column, pa.scalar(None, column.type)).cast(pa.int64()).cast(pa.string())
        return pc.if_else(whole, ints, column.cast(pa.string()))
    return column.cast(pa.string())


def apply_flags(table: pa.Table, rules: list[FlagRule], otherwise: int | None, label: str) -> Applied:
    """``otherwise`` first, then each rule in order: the last true condition wins."""
    import numpy as np

    rows = table.num_rows
    flag = np.full(rows, np.nan if otherwise is None else otherwise, dtype=np.float32)
    rule = np.full(rows, -1, dtype=np.int32)
    told: list[dict[str, Any]] = [
        {"rule": f"{label}:{one.name}", "is": one.is_, "meaning": one.meaning} for one in rules
    ]
    if otherwise is not None:
        rule[:] = len(rules)
        told.append({"rule": f"{label}:otherwise", "is": otherwise, "meaning": None})
    for place, one in enumerate(rules):
        true = _mask(one.when, table, label)
        flag[true] = np.nan if one.is_ is None else one.is_
        rule[true] = place
    return Applied(flag, rule, told)


def counted(applied: Applied) -> list[dict[str, Any]]:
    """The rules with the rows that each one decided."""
    import numpy as np

    rows = np.bincount(applied.rule[applied.rule >= 0], minlength=len(applied.told))
    return [{**one, "rows": int(count)} for one, count in zip(applied.told, rows, strict=True)]


def choose(table: pa.Table, rules: list[Any], allowed: tuple[str, ...], label: str) -> np.ndarray:
    """What a list of {when, is} and {otherwise} chooses: places in ``allowed``, int8, -1 for none."""
    import numpy as np

    out = np.full(table.num_rows, -1, dtype=np.int8)
    for one in rules:
        if getattr(one, "otherwise", None) is not None:
            out[:] = allowed.index(one.otherwise)
    for one in rules:
        if one.when is not None:
            out[_mask(one.when, table, label)] = -1 if one.is_ is None else allowed.index(one.is_)
    return out


def confidence(table: pa.Table, rules: SurveyRules, label: str) -> np.ndarray:
    """Confidence from 0 to 1 as float32, NaN where the pack says nothing."""
    import numpy as np

    out = np.full(table.num_rows, np.nan, dtype=np.float32)
    if isinstance(rules.confidence, str):
        value = evaluate_value(rules.confidence, table).cast("float64").to_numpy(zero_copy_only=False)
        return np.where((value >= 0) & (value <= 1), value, np.nan).astype(np.float32)
    for one in rules.confidence or []:
        out[_mask(one.when, table, label)] = one.is_
    return out


def secondary(table: pa.Table, rules: SurveyRules, label: str) -> np.ndarray:
    import numpy as np

    if rules.secondary is None:
        return np.zeros(table.num_rows, dtype=bool)
    return _mask(rules.secondary, table, label)


def _mask(condition: str, table: pa.Table, label: str) -> np.ndarray:
    try:
        return mask(condition, table)
    except TsmError as error:
        raise TsmError(f"Rules {label}: {error.message}", remedy=error.remedy, where=error.where) from None
