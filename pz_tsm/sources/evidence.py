"""What a column's values say of its meaning, from a sample of its rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pz_tsm.sources import checks, vocabulary

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

SAMPLE = 20_000  # rows looked at
BLOCKS = 40  # evenly spaced runs of rows, so that repeats beside each other are seen


@dataclass
class Evidence:
    """One column: ``field``, and ``values``, an Arrow array of the rows looked at (empty: only the name)."""

    field: pa.Field
    values: pa.Array

    @property
    def name(self) -> str:
        return self.field.name

    @cached_property
    def plain(self) -> str:
        """The name in lower case without punctuation."""
        return re.sub(r"[^a-z0-9]", "", self.name.lower())

    def said(self, key: str) -> str:
        """Unit, ucd or description in lower case; "" where the table has none."""
        found = (self.field.metadata or {}).get(key.encode(), b"")
        return found.decode("utf-8", "replace").strip().lower()

    @property
    def rows(self) -> int:
        return len(self.values)

    @property
    def is_number(self) -> bool:
        import pyarrow.types as pt

        return pt.is_floating(self.field.type) or pt.is_integer(self.field.type)

    @property
    def is_text(self) -> bool:
        import pyarrow.types as pt

        return pt.is_string(self.field.type) or pt.is_large_string(self.field.type)

    @cached_property
    def numbers(self) -> np.ndarray:
        """Finite values as float64, text of numbers converted; those that stand for "none" left out."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        values = self.values
        if self.is_text:
            good = pc.match_substring_regex(values, checks.NUMBER)
            values = pc.utf8_trim_whitespace(values.filter(pc.fill_null(good, False)))
        elif not self.is_number:
            return np.zeros(0)
        array = pc.fill_null(values.cast(pa.float64(), safe=False), float("nan")).to_numpy(
            zero_copy_only=False
        )
        return array[np.isfinite(array)]

    @cached_property
    def texts(self) -> pa.Array:
        """Known values as trimmed text, without what stands for "none"."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self.is_text:
            return self.values.drop_null().cast(pa.string())
        text = pc.utf8_trim_whitespace(self.values.drop_null())
        return text.filter(pc.invert(pc.is_in(pc.utf8_lower(text), pa.array(checks.PLACEHOLDERS))))

    @cached_property
    def sexagesimal(self) -> float:
        """Share of the known values that are sexagesimal text, 0 to 1."""
        import pyarrow.compute as pc

        if not self.is_text or not len(self.texts):
            return 0.0
        return pc.mean(pc.match_substring_regex(self.texts, checks.SEXAGESIMAL)).as_py() or 0.0

    @cached_property
    def numeric(self) -> float:
        """Share of the known values that are numbers, 0 to 1 (1 where no value is known)."""
        if not self.is_text:
            return 1.0 if self.is_number else 0.0
        return len(self.numbers) / len(self.texts) if len(self.texts) else 1.0

    @cached_property
    def distinct(self) -> int:
        """Different values among the rows looked at."""
        import pyarrow.compute as pc

        return pc.count_distinct(self.texts if self.is_text else self.values, mode="only_valid").as_py()

    @property
    def empty(self) -> bool:
        """Whether there are rows, and none has a value."""
        return self.rows > 0 and not len(self.texts if self.is_text else self.values.drop_null())

    @property
    def unique(self) -> bool:
        """Whether another value stands in each of the rows looked at."""
        return self.rows > 0 and self.distinct == self.rows

    def share(self, low: float, high: float) -> float:
        """Share of the numbers within a range, 0 to 1; 1 where there are none."""
        if not len(self.numbers):
            return 1.0
        return float(((self.numbers >= low) & (self.numbers <= high)).mean())

    @cached_property
    def redshifts(self) -> np.ndarray:
        """The numbers without those that stand for "no redshift"."""
        values = self.numbers
        return values[(values > -1) & ~checks.is_one_of(values, checks.REDSHIFT_SENTINELS)]

    @property
    def span(self) -> str:
        """Its numbers' range in words; "" where it has none."""
        if not len(self.numbers):
            return ""
        return f"{self.numbers.min():.6g} to {self.numbers.max():.6g}"

    @property
    def step(self) -> float:
        """The distance of neighbouring numbers of its type at its largest value, in its own unit."""
        import numpy as np

        kind = np.float16 if str(self.field.type) == "halffloat" else np.float32
        return float(np.spacing(kind(np.abs(self.numbers).max()))) if len(self.numbers) else 0.0

    @property
    def is_single(self) -> bool:
        return str(self.field.type) in ("float", "halffloat")

    @property
    def is_velocity(self) -> bool:
        """By its unit; without one, by its name and values no redshift has."""
        import numpy as np

        if self.said("unit"):
            return checks.is_velocity(self.field)
        named = re.match(vocabulary.VELOCITY, self.plain) or re.match(vocabulary.VELOCITY_ERROR, self.plain)
        if not named and not re.search("redshift|^z", self.plain):
            return False
        if not self.rows:
            return self.plain.startswith(("cz", "ecz"))
        middle = float(np.median(np.abs(self.redshifts))) if len(self.redshifts) else 0.0
        return middle > (5 if named else 20)

    @property
    def in_hours(self) -> str:
        """Why a right ascension is in hours; "" where nothing says so."""
        if self.said("unit") in vocabulary.HOUR_UNITS:
            return f"its unit is '{self.said('unit')}'"
        named = re.search(vocabulary.HOURS, self.name, re.I)
        if named and len(self.numbers) and self.share(0, 24.0001) == 1:
            return f"its name says so and its values end at {self.numbers.max():.3f}"
        return ""

    @property
    def in_radians(self) -> bool:
        return self.said("unit") in vocabulary.RADIANS

    @property
    def of_b1950(self) -> bool:
        """Whether its name, unit, UCD or description says B1950."""
        words = (self.name, self.said("unit"), self.said("ucd"), self.said("description"))
        return any(re.search(vocabulary.B1950, word, re.I) for word in words)


def look(table: pa.Table, names: list[str]) -> dict[str, Evidence]:
    """The evidence of some columns of a table, from up to ``SAMPLE`` rows of it."""
    return {name: Evidence(table.schema.field(name), sample(table.column(name))) for name in names}


def sample(column: Any) -> pa.Array:
    """Up to ``SAMPLE`` values of a column: all, or blocks evenly spaced over it."""
    import pyarrow as pa

    rows = len(column)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if rows <= SAMPLE:
        parts = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    else:
        size = SAMPLE // BLOCKS
        parts = []
        for i in range(BLOCKS):
            part = column.slice(i * (rows - size) // (BLOCKS - 1), size)
            parts += part.chunks if isinstance(part, pa.ChunkedArray) else [part]
    return pa.concat_arrays(parts) if parts else pa.array([], column.type)
