"""The new columns of one input while they are made, and how they come into its table."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from pz_tsm.ops.homogenize import rules_run as run_rules

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

FLAGS = (0, 1, 2, 3, 4, 6)
TYPES = ("s", "g", "p")
CLASSES = ("GALAXY", "QSO", "STAR", "AGN")
RULES = b"tsm:rules"  # metadata of the table: the rules that gave its flags


class Rows:
    """The new columns of one input, filled part by part; types and classes as places in the lists above."""

    def __init__(self, rows: int) -> None:
        import numpy as np

        self.flag = np.full(rows, np.nan, dtype=np.float32)
        self.rule = np.full(rows, -1, dtype=np.int32)
        self.told: list[dict[str, Any]] = []  # per rule: rule (its label), is, meaning, status
        self.kind = np.full(rows, -1, dtype=np.int8)
        self.spec_class = np.full(rows, -1, dtype=np.int8)
        self.secondary = np.zeros(rows, dtype=bool)
        self.confidence = np.full(rows, np.nan, dtype=np.float32)
        self.unmapped: Counter[tuple[str, str]] = Counter()
        self.flag_done = self.kind_done = False  # for every row, before any survey is asked
        self.probability = False  # the flags are read as probabilities, unless a survey's own rule fits them

    def put_flags(self, where: np.ndarray | slice, applied: run_rules.Applied, status: str) -> None:
        """Take the flags of some rows, and what their rules say."""
        self.flag[where] = applied.flag
        self.rule[where] = applied.rule + (applied.rule >= 0) * len(self.told)
        self.told += [{**one, "status": status} for one in applied.told]


def with_columns(table: pa.Table, rows: Rows) -> pa.Table:
    """The table with the columns of homogenize; the source's own of these names are kept as NAME__orig."""
    import numpy as np
    import pyarrow as pa

    if "z_flag" in table.column_names:
        column = table.column("z_flag")
        original = run_rules.as_text(
            column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        )
    else:
        original = pa.nulls(table.num_rows, pa.string())
    rows.spec_class[(rows.flag == 6) & (rows.spec_class < 0)] = CLASSES.index("STAR")
    labels = [one["rule"] for one in rows.told]
    added = {
        "z_flag_orig": original,
        "z_flag_homogenized": pa.array(rows.flag, mask=np.isnan(rows.flag)),
        "instrument_type": _texts(rows.kind, TYPES),
        "spec_class": _texts(rows.spec_class, CLASSES),
        "is_secondary": pa.array(rows.secondary),
        "confidence": pa.array(rows.confidence, mask=np.isnan(rows.confidence)),
        "flag_rule": _texts(rows.rule, labels),
    }
    if labels[:1] == ["given"] and "flag_rule" in table.column_names:  # an earlier step made these
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
    return _with_rules(table, rows)


def _with_rules(table: pa.Table, rows: Rows) -> pa.Table:
    """The table with the rules that fired in its metadata, beside those of an earlier step."""
    import numpy as np

    metadata = dict(table.schema.metadata or {})
    told = json.loads(metadata.get(RULES, b"{}"))
    for place in np.flatnonzero(np.bincount(rows.rule[rows.rule >= 0], minlength=len(rows.told))):
        one = rows.told[place]
        told[one["rule"]] = {key: one[key] for key in ("is", "meaning", "status")}
    metadata[RULES] = json.dumps(told, sort_keys=True, ensure_ascii=False).encode()
    return table.replace_schema_metadata(metadata)


def _texts(places: np.ndarray, names: list[str] | tuple[str, ...]) -> pa.Array:
    import pyarrow as pa

    indices = pa.array(places, mask=places < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string())).cast(pa.string())


def _same(old: pa.ChunkedArray, new: Any) -> bool:
    """Whether nothing is lost when the new values take the place of the old ones."""
    import pyarrow as pa

    if old.null_count == len(old):
        return True
    try:
        return old.cast(new.type).equals(new if isinstance(new, pa.ChunkedArray) else pa.chunked_array([new]))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
