"""What is judged over a whole input: flags and types already given, flags that are probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.expr import columns, parse
from pz_tsm.expr.syntax import Call, Expr
from pz_tsm.ops.base import Finding, Report
from pz_tsm.ops.homogenize import rules_run as run_rules
from pz_tsm.ops.homogenize.pack_model import Pack, SurveyRules
from pz_tsm.ops.homogenize.rows import CLASSES, FLAGS, TYPES, Rows

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

WHOLE_NUMBERS = ("DIGIT", "FLOOR", "ROUND", "MOD")  # functions that take a fraction for a whole number


def given(table: pa.Table, rows: Rows, report: Report) -> None:
    """Columns that the source already has on our scale are kept, once their values are checked."""
    import numpy as np

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
        rows.told.append({"rule": "given", "is": None, "meaning": "kept as given", "status": "checked"})
        rows.rule[~np.isnan(rows.flag)] = len(rows.told) - 1
        rows.flag_done = True
        report.findings.append(
            Finding("note", "The source has homogenized flags already: they are kept as they are.")
        )
    for name in ("instrument_type_homogenized", "instrument_type"):
        if not rows.kind_done and _has_values(table, name):
            places, other = _places(table.column(name), TYPES)
            if other and name == "instrument_type_homogenized":
                raise TsmError(
                    f"Column '{name}' has values that are not s, g or p: {', '.join(map(repr, other[:10]))}.",
                    remedy="Allowed are s (spectrum), g (grism or prism), p (photometry) and null.",
                    where=name,
                )
            if not other:
                rows.kind, rows.kind_done = places, True
    if _has_values(table, "spec_class"):
        rows.spec_class, _ = _places(table.column("spec_class"), CLASSES)


def whole_catalogue(table: pa.Table, packs: list[Pack], rows: Rows) -> Pack | None:
    """A column ``type`` of s, g and p; the pack by which flags are probabilities, if they are."""
    import pyarrow as pa

    found = None
    for pack in packs:
        column = pack.catalogue.type_column
        if column and not rows.kind_done and _has_values(table, column):
            kind = table.column(column).type
            if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
                places, other = _places(table.column(column), TYPES)
                if not other:
                    rows.kind, rows.kind_done = places, True
        if (
            found is None
            and pack.catalogue.probability
            and not rows.flag_done
            and (rows.probability or _is_probability(table))
        ):
            rows.probability, found = True, pack
    return found


def fits(table: pa.Table, rules: SurveyRules, label: str) -> bool:
    """Whether a survey's own rules say something about each fraction that stands in its flags.

    Rules that take the flag's digit say nothing about fractions, nor does ``otherwise``.
    """
    import numpy as np

    wanted = {name for one in rules.rules for name in columns(parse(one.when))} | set(rules.needs)
    if wanted - set(table.column_names):
        return False
    numbers, _ = run_rules.flag_as(table, "number")
    flags = _numbers(numbers.column("z_flag"), "z_flag")
    fraction = (flags > 0) & (flags < 1)
    try:
        read, _ = run_rules.flag_as(table, rules.flag_type)
        applied = run_rules.apply_flags(read, rules.rules, None, label)
    except TsmError:  # a column of the same name that is something else
        return False
    of_digits = np.array([_by_digit(parse(one.when)) for one in rules.rules], dtype=bool)
    decided = applied.rule[fraction]
    return bool((decided >= 0).all() and not (len(of_digits) and of_digits[decided].any()))


def as_probability(table: pa.Table, pack: Pack, rows: Rows, where: np.ndarray | slice) -> None:
    """Flags of the rows ``where`` read as probabilities, which are their confidence too."""
    numbers, _ = run_rules.flag_as(table.select(["z_flag"]), "number")
    part = numbers if isinstance(where, slice) else numbers.take(where)
    applied = run_rules.apply_flags(part, pack.catalogue.probability, None, f"{pack.name}/probability")
    rows.put_flags(where, applied, pack.status)
    rows.confidence[where] = _numbers(part.column("z_flag"), "z_flag")


def say_probability(read: dict[str, int], own: dict[str, int], passed: list[str], report: Report) -> None:
    """Findings on an input whose flags lie between 0 and 1: which surveys were read how.

    ``read`` and ``own``: rows by survey; ``passed``: surveys with a checked rule that was not used.
    """

    def names(surveys: dict[str, int]) -> str:
        shown = [f"{name or 'without a survey'} ({rows} rows)" for name, rows in list(surveys.items())[:10]]
        return ", ".join(shown) + (" and others" if len(surveys) > 10 else "")

    if read:
        message = "All flags lie between 0 and 1: they are read as probabilities, not by a survey's rule"
        message += f", for {names(read)}." if own or passed else "."
        if passed:
            message += f" The packs have rules for the flags of {', '.join(passed)}, which are not used."
        report.findings.append(
            Finding(
                "warning" if passed else "note",
                message,
                "Write rules for the survey in 'surveys:' if the flags are something else.",
                "z_flag",
                sum(read.values()),
            )
        )
    if own:
        report.findings.append(
            Finding(
                "note",
                "All flags lie between 0 and 1, and rules of the survey say what they mean: those are used, "
                f"for {names(own)}, instead of reading them as probabilities.",
                where="z_flag",
                count=sum(own.values()),
            )
        )


def _by_digit(expr: Expr) -> bool:
    """Whether the flag stands in a function that takes whole numbers of it."""
    parts = [
        one for value in vars(expr).values() for one in (value if isinstance(value, tuple) else (value,))
    ]
    if isinstance(expr, Call) and expr.name in WHOLE_NUMBERS and "z_flag" in columns(expr):
        return True
    return any(_by_digit(one) for one in parts if isinstance(one, Expr))


def _is_probability(table: pa.Table) -> bool:
    import numpy as np
    import pyarrow.types as pt

    if not _has_values(table, "z_flag") or pt.is_boolean(table.column("z_flag").type):
        return False
    numbers, unread = run_rules.flag_as(table.select(["z_flag"]), "number")
    flags = numbers.column("z_flag")
    if unread.any() or not (pt.is_floating(flags.type) or pt.is_integer(flags.type)):
        return False
    values = _numbers(flags, "z_flag")
    values = values[~np.isnan(values)]
    return bool(len(values) and ((values >= 0) & (values <= 1)).all() and ((values > 0) & (values < 1)).any())


def _has_values(table: pa.Table, name: str) -> bool:
    return name in table.column_names and table.column(name).null_count < table.num_rows


def _places(column: pa.ChunkedArray, allowed: tuple[str, ...]) -> tuple[np.ndarray, list[str]]:
    """Each value's place in ``allowed`` as int8 (-1: null or none of them), and the values that are none."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    text = column.cast(pa.string())
    places = pc.index_in(text, value_set=pa.array(allowed, pa.string()))
    other = sorted(set(pc.unique(text).to_pylist()) - {None, *allowed})
    return pc.fill_null(places, -1).to_numpy().astype(np.int8), other


def _numbers(column: Any, name: str) -> np.ndarray:
    """A column as float64, NaN for null."""
    import numpy as np
    import pyarrow as pa

    try:
        return column.cast(pa.float64()).to_numpy().astype(np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise TsmError(f"Column '{name}' should hold numbers, but is {column.type}.", where=name) from None
