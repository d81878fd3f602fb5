"""Conversions that a recipe asks for when an input is loaded: to degrees of ICRS, and to redshifts.

    convert: {positions: [sexagesimal, b1950], z: velocity_km_s, z_err: velocity_km_s}

What is asked is recorded in the report and in the lock; the columns as they were stay beside the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Fix

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

LIGHT = 299_792.458  # km/s, exact
POSITIONS = {
    "hours": "right ascension from hours to degrees",
    "sexagesimal": "positions from sexagesimal text (hours and degrees) to degrees",
    "radians": "positions from radians to degrees",
    "signed": "right ascension from -180 to 180 to 0 to 360 degrees",
    "b1950": "positions from B1950 (FK4, epoch 1950) to ICRS",
}
VELOCITIES = {
    "velocity_km_s": "velocities in km/s to redshifts (v / 299792.458)",
    "velocity_m_s": "velocities in m/s to redshifts (v / 299792458)",
}
FRAMES = {"cmb": "redshifts from the frame of the microwave background to the heliocentric one"}
KNOWN = {"positions": POSITIONS, "z": {**VELOCITIES, **FRAMES}, "z_err": VELOCITIES}
EXCLUSIVE = ("hours", "sexagesimal", "radians", *VELOCITIES)
SUN = 369.82  # km/s against the microwave background, towards APEX: Planck Collaboration I 2020, A&A 641, A1
APEX = (167.942, -6.944)  # ICRS, degrees; l = 264.021, b = 48.253
SLOWEST = -3000.0  # km/s: nothing comes nearer so fast; values below it stand for "none"
NONE = (99999.0, 999999.0)
PATTERN = (
    r"^\s*(?P<sign>[+\-\x{2212}]?)\s*(?P<a>\d{1,3})\s*[:hHd°\s]\s*(?P<b>\d{1,2})"
    r"(?:\s*[:mM'′\s]\s*(?:(?P<c>\d{1,2}(?:\.\d*)?)\s*[sS\"″]?)?)?\s*$"
)


def read(given: Any, where: str) -> dict[str, list[str]]:
    """The recipe's ``convert:`` checked: key -> conversions. TsmError names what is unknown."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise TsmError(
            f"Input '{where}': 'convert' must say what is converted from what.",
            remedy="For example convert: {positions: hours}, or convert: {z: velocity_km_s}.",
            where="convert",
        )
    found: dict[str, list[str]] = {}
    for key, value in given.items():
        if key not in KNOWN:
            raise TsmError(
                f"Input '{where}': 'convert' has no key '{key}'.",
                remedy=f"Its keys: {', '.join(KNOWN)}.",
                where=str(key),
            )
        asked = value if isinstance(value, list | tuple) else [value]
        if value is None or asked == []:
            continue
        known = KNOWN[key]
        wrong = [one for one in asked if not isinstance(one, str) or one not in known]
        if wrong:
            raise TsmError(
                f"Input '{where}': 'convert' can't make {key} from {wrong[0]!r}.",
                remedy=f"Known: {', '.join(known)}.",
                where=str(key),
            )
        if sum(one in EXCLUSIVE for one in asked) > 1:
            raise TsmError(
                f"Input '{where}': 'convert' makes {key} from {' and '.join(asked)}: it can be but one.",
                where=str(key),
            )
        found[key] = [str(one) for one in asked]
    return found


def offer(key: str, value: str, label: str) -> Fix:
    """The fix that asks for a conversion; its edit starts at the input (see ``placed``)."""
    return Fix(label, [{"op": "set", "path": ["convert", key], "value": value}])


def placed(fixes: Sequence[Fix], name: str, spec: Mapping[str, Any]) -> list[Fix]:
    """Fixes with edits that start at the input, as edits of the recipe in which it is called ``name``.

    What the recipe converts already stays; a role keeps the name by which the recipe calls it.
    """
    from pz_tsm.sources.columns import SYNONYMS

    keys = {SYNONYMS.get(key, key): key for key in spec.get("columns") or {}}
    given = spec.get("convert")
    asked = (given.get("positions") if isinstance(given, Mapping) else None) or []
    asked = [asked] if isinstance(asked, str) else list(asked)

    def edit(one: dict[str, Any]) -> dict[str, Any]:
        path, value = list(one["path"]), one.get("value")
        if path[0] == "columns" and len(path) > 1:
            path[1] = keys.get(path[1], path[1])
        if path == ["convert", "positions"] and asked and isinstance(value, str):
            value = [value, *(other for other in asked if other != value)]
        return {**one, "path": ["inputs", name, *path], "value": value}

    return [Fix(fix.label, [edit(one) for one in fix.edits]) for fix in fixes]


def words(asked: Mapping[str, Sequence[str]]) -> list[str]:
    """What was converted, in words."""
    return list(dict.fromkeys(KNOWN[key][one] for key, many in asked.items() for one in many))


def positions(
    raw: pa.Table, names: Mapping[str, list[str]], how: Sequence[str], where: str
) -> dict[str, pa.Array]:
    """ra and dec in degrees (ICRS) from their columns; null where a row has none.

    ``names``: role -> its column, or its columns of hours (degrees), minutes and seconds, with a column of
    signs before them if there is one. TsmError names column and row of what can't be read.
    """
    import numpy as np
    import pyarrow as pa

    degrees = {role: _degrees(raw, names[role], role, how, where) for role in ("ra", "dec")}
    if "signed" in how:
        with np.errstate(invalid="ignore"):
            degrees["ra"] = np.where(degrees["ra"] < 0, degrees["ra"] + 360, degrees["ra"])
    if "b1950" in how:
        degrees["ra"], degrees["dec"] = from_b1950(degrees["ra"], degrees["dec"])
    return {role: pa.array(values, mask=np.isnan(values)) for role, values in degrees.items()}


def _degrees(raw: pa.Table, names: list[str], role: str, how: Sequence[str], where: str) -> np.ndarray:
    import numpy as np
    import pyarrow.compute as pc

    from pz_tsm.sources import checks
    from pz_tsm.sources.columns import MEANING

    def numbers(name: str) -> np.ndarray:
        array = checks.numbers(raw.column(name), name, where, MEANING[role])
        return pc.fill_null(array, float("nan")).to_numpy(zero_copy_only=False)

    if "sexagesimal" in how:
        if len(names) == 1:
            return sexagesimal(raw.column(names[0]), names[0], where) * (15 if role == "ra" else 1)
        *sign, a, b, c = names
        parts = [numbers(name) for name in (a, b, c)]
        negative = _negative(raw, sign, a, parts[0])
        value = (np.abs(parts[0]) + parts[1] / 60 + parts[2] / 3600) * (15 if role == "ra" else 1)
        return np.where(negative, -value, value)
    values = numbers(names[0])
    if "radians" in how:
        return np.degrees(values)
    return values * 15 if "hours" in how and role == "ra" else values


def _negative(raw: pa.Table, sign: list[str], first: str, values: np.ndarray) -> np.ndarray:
    """Where a position in parts is negative: its column of signs, else the first part's sign (-0 too)."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if sign:
        column = raw.column(sign[0])
        if pa.types.is_string(column.type):
            minus = pc.match_substring_regex(column, r"^\s*[-\x{2212}]")
        else:
            minus = pc.less(column.cast(pa.float64()), 0)
        return pc.fill_null(minus, False).to_numpy(zero_copy_only=False)
    column = raw.column(first)
    if pa.types.is_string(column.type):
        minus = pc.match_substring_regex(column, r"^\s*[-\x{2212}]")
        return pc.fill_null(minus, False).to_numpy(zero_copy_only=False)
    return np.signbit(values) & ~np.isnan(values)


def sexagesimal(column: pa.ChunkedArray, name: str, where: str) -> np.ndarray:
    """The value of texts such as ``12:34:56.7`` or ``-01 23 45`` in units of their first part, float64; NaN
    where there is no text. TsmError names the first row that can't be read."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from pz_tsm.sources import checks

    text = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not pa.types.is_string(text.type):
        raise TsmError(
            f"'{where}': column '{name}' holds {text.type}, not sexagesimal text.",
            remedy="Take 'sexagesimal' out of the input's 'convert', or map another column.",
            where=name,
        )
    text = pc.utf8_trim_whitespace(text)
    blank = pc.fill_null(pc.is_in(pc.utf8_lower(text), value_set=pa.array(checks.PLACEHOLDERS)), False)
    text = pc.if_else(blank, pa.scalar(None, pa.string()), text)
    parts = pc.extract_regex(text, PATTERN)

    def part(key: str) -> np.ndarray:
        found = pc.struct_field(parts, key)
        found = pc.if_else(pc.equal(found, ""), pa.scalar("0"), found)
        return pc.fill_null(found.cast(pa.float64()), float("nan")).to_numpy(zero_copy_only=False)

    a, b, c = part("a"), part("b"), part("c")
    known = pc.is_valid(text).to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero(known & ~((b < 60) & (c <= 60)))
    if len(bad):
        raise TsmError(
            f"'{where}': column '{name}' holds no sexagesimal position in row {bad[0] + 1:,}: "
            f"'{text[int(bad[0])].as_py()[:40]}'"
            + (f" (and {len(bad) - 1:,} more rows)." if len(bad) > 1 else "."),
            remedy="Mend these values, or leave them empty.",
            where=name,
        )
    minus = pc.is_in(pc.struct_field(parts, "sign"), value_set=pa.array(["-", "\u2212"]))
    sign = np.where(pc.fill_null(minus, False).to_numpy(zero_copy_only=False), -1.0, 1.0)
    return sign * (a + b / 60 + c / 3600)


def from_b1950(ra: np.ndarray, dec: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ICRS positions of B1950 (FK4) ones without proper motion, observed at epoch 1950; degrees, shape (n,).

    astropy's transformation (Standish 1982; Aoki et al. 1983), E-terms and FK4's rotation included. Rows
    without a position, or out of range, stay as they are.
    """
    import numpy as np
    from astropy import units
    from astropy.coordinates import FK4, SkyCoord

    with np.errstate(invalid="ignore"):
        good = np.isfinite(ra) & (np.abs(dec) <= 90)
    made = SkyCoord(ra[good] * units.deg, dec[good] * units.deg, frame=FK4(equinox="B1950")).icrs
    ra, dec = ra.copy(), dec.copy()
    ra[good], dec[good] = made.ra.deg, made.dec.deg
    return ra, dec


def redshifts(values: np.ndarray, how: str, *, error: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Redshifts (or their errors) from velocities cz: (values, which stand for none), shape (n,).

    ``how``: of ``VELOCITIES``. The convention is that of catalogues of redshifts, v = c z.
    """
    import numpy as np

    from pz_tsm.sources.checks import is_one_of

    speed = values / 1000 if how == "velocity_m_s" else values
    with np.errstate(invalid="ignore"):
        none = speed < (0 if error else SLOWEST)
        none |= is_one_of(speed, NONE)
    return np.where(none, np.nan, speed / LIGHT), none


def heliocentric(z: np.ndarray, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """Heliocentric redshifts of those in the frame of the microwave background; degrees (ICRS), shape (n,).

    1 + z_helio = (1 + z_cmb) (1 - b cos t) / sqrt(1 - b^2): the Doppler shift for an observer who moves at
    b = v/c, at an angle t to the galaxy where it is seen from here (Einstein 1905, Ann. Phys. 322, 891, 7).
    """
    import numpy as np

    from pz_tsm.sky import unit_vectors

    apex = unit_vectors(*np.array(APEX).reshape(2, 1))[0]
    b = SUN / LIGHT
    with np.errstate(invalid="ignore"):
        return (1 + z) * (1 - b * (unit_vectors(ra, dec) @ apex)) / np.sqrt(1 - b * b) - 1
