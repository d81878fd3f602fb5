"""What is judged over a whole input, before its surveys: flags and types already given, probabilities."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Finding, Report
from pz_tsm.ops.homogenize import rules_run as run_rules
from pz_tsm.ops.homogenize.packs import Pack

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

FLAGS = (0, 1, 2, 3, 4, 6)
TYPES = ("s", "g", "p")
CLASSES = ("GALAXY", "QSO", "STAR", "AGN")


class Rows:
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


def given(table: pa.Table, rows: Rows, report: Report) -> None:
    """Columns that the source already has on our scale are kept, once their values are checked."""
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
        report.findings.append(
            Finding("note", "The source has homogenized flags already: they are kept as they are.")
        )
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


def whole_catalogue(table: pa.Table, packs: list[Pack], rows: Rows, report: Report) -> None:
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
