"""What is checked when a catalogue is loaded: numbers, sentinels, positions. Every change is counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pz_tsm import arrays
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Finding, Fix
from pz_tsm.sources.convert import offer

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

REDSHIFT_SENTINELS = (
    9.99,
    9.999,
    9.9999,
    99.0,
    99.9,
    99.99,
    99.999,
    999.0,
    999.9,
    9999.0,
)  # z <= -1 is none either
PHOTOMETRY_SENTINELS = (-99.0, 99.0, -999.0, 999.0, -9999.0, 9999.0, -99.9, 99.9, -9.99, -9.9999)
PHOTOMETRY = re.compile(r"(^|_|[a-z])(mag|flux|magerr|fluxerr)(_|[0-9a-z]*$)|^e?_?[ugrizyjhk]mag$", re.I)
PLACEHOLDERS = ("", "na", "n/a", "nan", "none", "null", "--", "-", "...")
VELOCITIES = ("km/s", "km.s**-1", "km s-1", "km s**-1", "m/s")
BLOCK = 1 << 15  # values looked at together: they stay in the processor's cache
BAD_SHARE = 0.1  # of rows whose position is unusable: beyond it the column, not the rows, is wrong
SEXAGESIMAL = r"^\s*[+-]?\d{1,3}\s*[:hd\s]\s*\d{1,2}\s*[:m'\s]\s*\d"
NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"


def numbers(column: pa.ChunkedArray, name: str, where: str, meaning: str) -> pa.Array:
    """A mapped column as float64. Text of numbers is converted; TsmError names the first row that is none."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pt.is_boolean(array.type) or pt.is_temporal(array.type) or pt.is_nested(array.type):
        raise TsmError(
            f"'{where}': column '{name}' ({meaning}) holds {array.type}, not numbers.",
            remedy="Map another column to it under 'columns'.",
            where=name,
        )
    if not pt.is_string(array.type):
        return array.cast(pa.float64(), safe=False)
    text = pc.utf8_trim_whitespace(array)
    blank = pc.is_in(pc.utf8_lower(text), value_set=pa.array(PLACEHOLDERS))
    text = pc.if_else(pc.fill_null(blank, False), pa.scalar(None, pa.string()), text)
    good = pc.fill_null(pc.match_substring_regex(text, NUMBER), True)
    bad = pc.indices_nonzero(pc.invert(good))
    if len(bad):
        row = bad[0].as_py()
        value = array[row].as_py()
        if re.match(SEXAGESIMAL, value):
            raise TsmError(
                f"'{where}': column '{name}' holds sexagesimal text ('{value.strip()}' in row {row + 1:,}).",
                remedy="Have it converted (convert: {positions: sexagesimal}), or map the column that holds "
                "degrees.",
                where=name,
                fixes=[offer("positions", "sexagesimal", "Read it as sexagesimal")],
            )
        raise TsmError(
            f"'{where}': column '{name}' ({meaning}) holds no number in row {row + 1:,}: '{value[:40]}'"
            + (f" (and {len(bad) - 1:,} more rows)." if len(bad) > 1 else "."),
            remedy="Mend these values, leave them empty, or map another column.",
            where=name,
        )
    return text.cast(pa.float64())


def is_velocity(field: pa.Field) -> bool:
    """Whether the unit of what should be a redshift is that of a velocity."""
    unit = (field.metadata or {}).get(b"unit", b"").decode("utf-8", "replace").strip().lower()
    return unit in VELOCITIES


def redshifts(values: np.ndarray, name: str, where: str) -> tuple[np.ndarray, int, int]:
    """Which redshifts are none: (mask, sentinels, infinite). TsmError when they look like velocities."""
    import numpy as np

    finite = np.isfinite(values)
    infinite = int((np.isinf(values)).sum())
    with np.errstate(invalid="ignore"):
        sentinel = finite & ((values <= -1) | is_one_of(values, REDSHIFT_SENTINELS))
    usable = values[finite & ~sentinel]
    if len(usable) and np.median(np.abs(usable)) > 20:
        raise TsmError(
            f"'{where}': column '{name}' can't be redshifts: half are above {np.median(np.abs(usable)):.0f}.",
            remedy="Are these velocities in km/s? Have them converted (convert: {z: velocity_km_s}), or map "
            "another column to z.",
            where=name,
            fixes=[offer("z", "velocity_km_s", "They are velocities in km/s: convert them")],
        )
    return ~finite | sentinel, int(sentinel.sum()), infinite


def errors(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Which redshift errors are none: negative, sentinels (mask, count).

    Zero stays: in some surveys (2MRS) it says that no error was quoted, and a flag rule reads it.
    """
    import numpy as np

    finite = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        sentinel = finite & ((values < 0) | is_one_of(values, REDSHIFT_SENTINELS))
    return ~finite | sentinel, int(sentinel.sum())


def photometry(field: pa.Field, column: pa.ChunkedArray) -> np.ndarray | None:
    """Where a column of magnitudes or fluxes holds a sentinel; None if it is no such column or holds none.

    A value counts only when it stands alone: when nothing else in the column comes near it.
    """
    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.types as pt

    unit = (field.metadata or {}).get(b"unit", b"").decode("utf-8", "replace").lower()
    if not pt.is_floating(field.type) or not (
        PHOTOMETRY.search(field.name) or "mag" in unit or unit.endswith("jy")
    ):
        return None
    values = arrays.numbers(pc.fill_null(column.cast("float64"), float("nan")))
    with np.errstate(invalid="ignore"):
        sentinel = is_one_of(values, PHOTOMETRY_SENTINELS)
        if not sentinel.any():
            return None
        rest = values[np.isfinite(values) & ~sentinel]
        high, low = (rest.max(), rest.min()) if len(rest) else (0.0, 0.0)
        sentinel &= ((values > 0) & (high < 60)) | ((values < 0) & (low > -9))
    return sentinel if sentinel.any() else None


def is_one_of(values: np.ndarray, sentinels: tuple[float, ...]) -> np.ndarray:
    """Equal to a sentinel to single precision."""
    import numpy as np

    result = np.zeros(len(values), dtype=bool)
    for start in range(0, len(values), BLOCK):
        block, found = values[start : start + BLOCK], result[start : start + BLOCK]
        for value in sentinels:
            found |= np.abs(block - value) <= 5e-7 * abs(value)
    return result


def positions(
    ra: np.ndarray,
    dec: np.ndarray,
    names: tuple[str, str],
    where: str,
    fields: tuple[pa.Field, pa.Field] | None,
) -> tuple[np.ndarray, dict[str, int], list[Finding]]:
    """Which rows have a usable position: (of each row the number of its reason, or -1; reason -> rows
    refused; findings).

    ``ra``, ``dec``: degrees; ``fields``: the columns that they were read from, None where they were
    converted. TsmError when not rows but a whole column is wrong (hours, radians, many out of
    range).
    """
    import numpy as np

    findings: list[Finding] = []
    if fields is not None:
        _right_unit(ra, names, where, fields)
    with np.errstate(invalid="ignore"):
        usable = ra[(ra >= 0) & (ra <= 360)]
    if fields is not None and len(usable) and usable.min() < 1 and 23 < usable.max() < 24.0001:
        findings.append(
            Finding(
                "warning",
                f"'{where}': '{names[0]}' runs from {usable.min():.3f} to {usable.max():.3f}: "
                "this looks like hours.",
                remedy="If it is, have it converted (convert: {positions: hours}), or map the column that "
                "holds degrees.",
                where=names[0],
                code="coordinates-in-hours",
                fixes=[offer("positions", "hours", "It is in hours: convert it")],
            )
        )
    checks = [
        ("no position", names[0], ~np.isfinite(ra)),
        ("no position", names[1], ~np.isfinite(dec)),
    ]
    with np.errstate(invalid="ignore"):
        checks += [
            (f"{names[0]} outside 0 to 360 degrees", names[0], np.isfinite(ra) & ((ra < 0) | (ra > 360))),
            (f"{names[1]} outside -90 to 90 degrees", names[1], np.isfinite(dec) & (np.abs(dec) > 90)),
        ]
    good = np.ones(len(ra), dtype=bool)
    why = np.full(len(ra), -1, dtype=np.int8)
    dropped: dict[str, int] = {}
    for reason, name, bad in checks:
        count = int(bad.sum())
        if not count:
            continue
        row = int(np.flatnonzero(bad)[0])
        value = (ra if name == names[0] else dec)[row]
        example = f"row {row + 1:,} has {value:.6g}" if np.isfinite(value) else f"row {row + 1:,} has none"
        meaning = "right ascension" if name == names[0] else "declination"
        wrong = "empty" if reason == "no position" else "out of range"
        if count == len(ra) or (count > 1 and count / len(ra) > BAD_SHARE):
            raise TsmError(
                f"'{where}': column '{name}' is no usable {meaning}: "
                f"{count:,} of {len(ra):,} rows are {wrong} ({example}).",
                remedy=_range_remedy(name, names, ra),
                where=name,
                fixes=_range_fixes(name, names, ra, dec) if reason != "no position" else [],
            )
        new = bad & good
        good &= ~bad
        if new.any():
            dropped[reason] = dropped.get(reason, 0) + int(new.sum())
            why[new] = list(dropped).index(reason)
            findings.append(
                Finding(
                    "warning",
                    f"{int(new.sum()):,} rows of '{where}' are refused: {reason} ({example}).",
                    remedy="Mend them in the catalogue if you need them.",
                    where=name,
                    count=int(new.sum()),
                )
            )
    if fields is not None and str(fields[0].type) in ("float", "halffloat"):
        findings.append(
            Finding(
                "note",
                f"'{where}': '{names[0]}' is in single precision: positions are good to some 0.05 arcsec "
                "only.",
                where=names[0],
                code="coordinates-float32",
            )
        )
    return why, dropped, findings


def _range_remedy(name: str, names: tuple[str, str], ra: np.ndarray) -> str:
    import numpy as np

    if name == names[0]:
        usable = ra[np.isfinite(ra)]
        if len(usable) and usable.min() >= -180 and usable.max() <= 180:
            return "It seems to run from -180 to 180: add 360 to the negative ones."
        return "Right ascension is wanted in degrees, 0 to 360: is another column mapped by mistake?"
    return "Declination is wanted in degrees, -90 to 90: are right ascension and declination exchanged?"


def _range_fixes(name: str, names: tuple[str, str], ra: np.ndarray, dec: np.ndarray) -> list[Fix]:
    import numpy as np

    known = np.isfinite(ra) & np.isfinite(dec)
    if not known.any():
        return []
    if name == names[0]:
        signed = ra[known].min() >= -180 and ra[known].max() <= 180
        return [offer("positions", "signed", "Add 360 to the negative ones")] if signed else []
    fits = np.abs(ra[known]).max() <= 90 and dec[known].min() >= 0 and dec[known].max() <= 360
    edits = [
        {"op": "set", "path": ["columns", role], "value": other}
        for role, other in zip(("ra", "dec"), reversed(names), strict=True)
    ]
    return [Fix("Exchange right ascension and declination", edits)] if fits else []


def _right_unit(
    ra: np.ndarray, names: tuple[str, str], where: str, fields: tuple[pa.Field, pa.Field]
) -> None:
    """TsmError when a position is in hours or radians, by its unit or by its name and values."""
    import numpy as np

    for field, name in zip(fields, names, strict=True):
        unit = (field.metadata or {}).get(b"unit", b"").decode("utf-8", "replace").strip().lower()
        if unit in ("h", "hr", "hour", "hours", "hourangle", "hms") or unit.startswith('"h:m:s'):
            raise _hours(name, where, f"its unit is '{unit}'")
        if unit in ("rad", "radian", "radians"):
            raise TsmError(
                f"'{where}': column '{name}' is in radians.",
                remedy="Have it converted: convert: {positions: radians}.",
                where=name,
                fixes=[offer("positions", "radians", "Convert from radians")],
            )
    usable = ra[np.isfinite(ra)]
    named = re.search(r"hour|hrs?$|_h$|hms", names[0], re.I)
    if len(usable) and usable.min() >= 0 and usable.max() < 24.0001 and (named or "RAh" in names[0]):
        raise _hours(names[0], where, f"its name says so and its values end at {usable.max():.3f}")


def _hours(name: str, where: str, why: str) -> TsmError:
    return TsmError(
        f"'{where}': column '{name}' is in hours ({why}), not degrees.",
        remedy="Have it converted (convert: {positions: hours}), or map the column that holds degrees.",
        where=name,
        fixes=[offer("positions", "hours", "Convert from hours")],
    )
