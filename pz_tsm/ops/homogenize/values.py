"""What each original value of a survey's flag became: counted by codes, never row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pz_tsm.ops.homogenize import rules_run as run_rules
from pz_tsm.ops.homogenize.rows import Rows

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

SHOWN = 100  # values listed for a survey
NO_FLAG = 7  # stands for null among the flags 0 to 6


class Values:
    """The original flags of one input, encoded once."""

    def __init__(self, table: pa.Table) -> None:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        self.codes = np.full(table.num_rows, -1, dtype=np.int32)
        self.flags: pa.Array = pa.array([], pa.string())
        if "z_flag" not in table.column_names or not table.num_rows:
            return
        column = table.column("z_flag")
        if not pa.types.is_dictionary(column.type):
            if pa.types.is_floating(column.type):  # NaN is no flag
                column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
            column = pc.dictionary_encode(column)
        encoded = column.unify_dictionaries().combine_chunks()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.chunk(0)
        self.flags = encoded.dictionary
        self.codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)

    def text(self, codes: np.ndarray) -> list[str | None]:
        """The flags of some codes as text, None for -1."""
        import pyarrow as pa

        return run_rules.as_text(self.flags.take(pa.array(codes, mask=codes < 0))).to_pylist()

    def told(self, where: np.ndarray | slice, rows: Rows) -> tuple[list[dict[str, Any]], int]:
        """What each value of one survey's rows became, the most frequent first, and the number of entries.

        One entry for each value and rule; ``mixed`` where rows of one value got different flags.
        """
        import numpy as np

        size = len(rows.told) + 1
        flag = np.where(np.isnan(rows.flag[where]), NO_FLAG, rows.flag[where]).astype(np.int64)
        code = self.codes[where].astype(np.int64) + 1
        key, count = _counts((code * size + rows.rule[where] + 1) * 8 + flag)
        code, rule, flag = key // 8 // size - 1, key // 8 % size - 1, key % 8
        pairs = np.unique((code + 1) * 8 + flag)  # each value with each of its flags, once
        value, results = np.unique(pairs // 8 - 1, return_counts=True)
        mixed = np.isin(code, value[results > 1])
        top = np.argsort(-count, kind="stable")[:SHOWN]
        entries = [
            {
                "flag": text,
                "rows": int(count[at]),
                "is": None if flag[at] == NO_FLAG else int(flag[at]),
                "meaning": rows.told[rule[at]]["meaning"] if rule[at] >= 0 else None,
                "rule": rows.told[rule[at]]["rule"] if rule[at] >= 0 else None,
                "mixed": bool(mixed[at]),
            }
            for at, text in zip(top, self.text(code[top]), strict=True)
        ]
        entries.sort(key=lambda one: (-one["rows"], _natural(one["flag"]), one["rule"] or ""))
        return entries, len(key)

    def lost(self, where: np.ndarray | slice, rule: np.ndarray) -> dict[str, int]:
        """Rows by value, of one survey's rows that have a flag but no rule."""
        codes = self.codes[where]
        key, count = _counts(codes[(codes >= 0) & (rule < 0)].astype("int64"))
        texts = self.text(key)
        found: dict[str, int] = {}
        for text, rows in zip(texts, count, strict=True):
            if text is not None:
                found[text] = found.get(text, 0) + int(rows)
        return found


def _counts(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Different keys (not negative) in order, and how often each one stands there."""
    import numpy as np

    if len(keys) and keys.max() < 4 * len(keys) + 65536:
        count = np.bincount(keys)
        present = np.flatnonzero(count)
        return present, count[present]
    return np.unique(keys, return_counts=True)


def _natural(text: str | None) -> tuple[int, float, str]:
    """Numbers by their value, before words; what is missing last."""
    if text is None:
        return (2, 0.0, "")
    try:
        return (0, float(text), text)
    except ValueError:
        return (1, 0.0, text)
