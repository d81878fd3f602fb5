"""Fibres that were put on empty sky to measure its light: their "redshifts" are of nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pz_tsm.ops.base import Finding
from pz_tsm.traps.remedies import own_filter, quoted
from pz_tsm.traps.sight import Sight, equals, examples, good_flags, numbers

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

CODE = "sky-fibres"
COLUMNS = ("OBJTYPE", "SOURCETYPE", "TARGETTYPE", "SPECTYPE", "PROGNAME", "TARGET_TYPE", "OBJ_TYPE")


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """Rows that a column of types calls SKY, or that have a negative TARGETID (DESI: no target), by input."""
    import numpy as np

    for name, table in sight.tables.items():
        marks = [mark for mark in _marks(table) if mark[1].any()]
        if not marks:
            continue
        sky = np.zeros(table.num_rows, dtype=bool)
        counts = []
        for what, rows, _ in marks:
            counts.append(f"{what}: {int((rows & ~sky).sum()):,}" + " more" * bool(counts))
            sky |= rows
        rows = np.flatnonzero(sky)
        good = int(good_flags(table)[rows].sum())
        redshift = int(np.isfinite(numbers(table, "redshift")[rows]).sum())
        columns = [item for item in table.column_names if item.upper() in (*COLUMNS, "TARGETID")]
        condition = " AND ".join(f"({mark[2]})" for mark in marks) if len(marks) > 1 else marks[0][2]
        yield (
            name,
            Finding(
                "warning" if redshift else "note",
                f"'{name}': {len(rows):,} rows are fibres on empty sky ({', '.join(counts)}); {redshift:,} "
                f"of them have a redshift, {good:,} a good flag.",
                "Leave them out: they are no measurement of any object.",
                name,
                len(rows),
                CODE,
                examples(table, rows, (*columns, "ra", "dec", "redshift", "z_flag_homogenized")),
                [own_filter(name, condition, "Leave out sky fibres")],
            ),
        )


def _marks(table: pa.Table) -> Iterator[tuple[str, np.ndarray, str]]:
    """(mark, rows that are sky, condition that keeps the others), the surest mark first."""
    for column in table.column_names:
        if column.upper() in COLUMNS:
            written = quoted(column)
            yield column, equals(table, column, "SKY"), f"{written} IS NULL OR UPPER({written}) <> 'SKY'"
    if "TARGETID" in table.column_names:
        yield "TARGETID < 0", numbers(table, "TARGETID") < 0, "TARGETID IS NULL OR TARGETID >= 0"
