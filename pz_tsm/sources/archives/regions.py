"""Regions of the sky as recipes name them, and as conditions of a query; boxes to take a table by pieces.

A region is a circle ``{ra, dec, radius_deg}``, a box ``{ra: [from, to], dec: [from, to]}`` (degrees, ICRS; a
box with ``ra: [350, 10]`` goes over 0), or a list of these: whatever lies in one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pz_tsm.errors import TsmError

WRITTEN = "Write {ra: 53.1, dec: -28.1, radius_deg: 1.5}, or {ra: [52, 54], dec: [-29, -27]}."


@dataclass(frozen=True)
class Circle:
    """Degrees, ICRS."""

    ra: float
    dec: float
    radius: float

    @property
    def value(self) -> dict[str, Any]:
        return {"ra": self.ra, "dec": self.dec, "radius_deg": self.radius}


@dataclass(frozen=True)
class Box:
    """Right ascensions from ``ra[0]`` eastward to ``ra[1]``, declinations within; degrees, ICRS."""

    ra: tuple[float, float]
    dec: tuple[float, float]

    @property
    def value(self) -> dict[str, Any]:
        return {"ra": list(self.ra), "dec": list(self.dec)}

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """The ranges of right ascension from 0 to 360."""
        low, high = self.ra
        return ((low, high),) if low <= high else ((low, 360.0), (0.0, high))


Part = Circle | Box
Region = tuple[Part, ...]


def read(value: Any) -> Region | None:
    """A region as a recipe writes it; TsmError says what is wrong. None for none."""
    if value is None:
        return None
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        parts = [_part(one) for one in value]
        if not parts:
            raise TsmError("'region' is an empty list.", remedy=WRITTEN, where="region")
        return tuple(parts)
    return (_part(value),)


def values(region: Region | None) -> list[dict[str, Any]] | None:
    """The region as plain values."""
    return None if region is None else [part.value for part in region]


def _part(value: Any) -> Part:
    if not isinstance(value, Mapping):
        raise TsmError(f"'region' must be a circle or a box, not {value!r}.", remedy=WRITTEN, where="region")
    unknown = set(value) - {"ra", "dec", "radius_deg", "name"}
    if unknown or not {"ra", "dec"} <= set(value):
        said = f"has no key '{sorted(map(str, unknown))[0]}'" if unknown else "must have ra and dec"
        raise TsmError(f"'region' {said}.", remedy=WRITTEN, where="region")
    if "radius_deg" in value:
        ra, dec, radius = (_number(value[key], key) for key in ("ra", "dec", "radius_deg"))
        _check(0 <= ra < 360 and -90 <= dec <= 90, f"There is no position ra {ra:g}, dec {dec:g}.")
        _check(0 < radius <= 180, f"'radius_deg' is {radius:g}; it must be above 0, and 180 at most.")
        return Circle(ra, dec, radius)
    (ra1, ra2), (dec1, dec2) = (_pair(value[key], key) for key in ("ra", "dec"))
    _check(0 <= ra1 <= 360 and 0 <= ra2 <= 360, "'ra' of a box must be from 0 to 360.")
    _check(-90 <= dec1 < dec2 <= 90, "'dec' of a box must be [from, to], from -90 to 90.")
    _check(ra1 != ra2, "The box has no width in ra.")
    return Box((ra1, ra2), (dec1, dec2))


def _check(good: bool, message: str) -> None:
    if not good:
        raise TsmError(message, remedy=WRITTEN, where="region")


def _number(value: Any, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise TsmError(f"'{key}' of the region is no number: {value!r}.", remedy=WRITTEN, where="region")
    return float(value)


def _pair(value: Any, key: str) -> tuple[float, float]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise TsmError(f"'{key}' of a box must be two numbers.", remedy=WRITTEN, where="region")
    return _number(value[0], key), _number(value[1], key)


def condition(part: Part, ra: str, dec: str, *, geometry: bool = True) -> str:
    """The part as a condition on the columns ``ra`` and ``dec`` (degrees), named as the query writes them.

    ``geometry``: ADQL's own functions for circles. Without, SQL's trigonometry: the haversine of the
    distance is at most that of the radius (R. W. Sinnott 1984, Sky & Telescope 68, 159), which is exact for
    small ones.
    """
    if isinstance(part, Box):
        spans = " OR ".join(f"({ra} >= {low!r} AND {ra} <= {high!r})" for low, high in part.spans)
        return f"({spans}) AND {dec} >= {part.dec[0]!r} AND {dec} <= {part.dec[1]!r}"
    if geometry:
        return (
            f"CONTAINS(POINT('ICRS', {ra}, {dec}), "
            f"CIRCLE('ICRS', {part.ra!r}, {part.dec!r}, {part.radius!r})) = 1"
        )
    low, high = max(part.dec - part.radius, -90.0), min(part.dec + part.radius, 90.0)
    half_dec = f"SIN(RADIANS({dec} - {_signed(part.dec)}) / 2)"
    half_ra = f"SIN(RADIANS({ra} - {part.ra!r}) / 2)"
    reach = f"SIN(RADIANS({part.radius!r}) / 2)"
    return (
        f"{dec} >= {low!r} AND {dec} <= {high!r} AND {half_dec} * {half_dec} + COS(RADIANS({dec})) * "
        f"COS(RADIANS({part.dec!r})) * {half_ra} * {half_ra} <= {reach} * {reach}"
    )


def _signed(number: float) -> str:
    return f"({number!r})" if number < 0 else repr(number)


def conditions(region: Region | None, ra: str, dec: str, *, geometry: bool = True) -> str | None:
    """All of the region as one condition; None for the whole sky."""
    if region is None:
        return None
    return " OR ".join(f"({condition(part, ra, dec, geometry=geometry)})" for part in region)


@dataclass(frozen=True)
class Tile:
    """A half-open box of column values, ``low <= x < high``: tiles of one cutting share no row and miss none.

    The outermost sides are open, so that values such as 360 or -0.001 belong to a tile too.
    """

    ra: tuple[float, float] = (0.0, 360.0)
    dec: tuple[float, float] = (-90.0, 90.0)
    depth: int = 0

    def halves(self) -> tuple[Tile, Tile]:
        """The tile cut in two along its longer side."""
        (ra1, ra2), (dec1, dec2) = self.ra, self.dec
        if ra2 - ra1 >= dec2 - dec1:
            middle = (ra1 + ra2) / 2
            return (
                Tile((ra1, middle), self.dec, self.depth + 1),
                Tile((middle, ra2), self.dec, self.depth + 1),
            )
        middle = (dec1 + dec2) / 2
        return Tile(self.ra, (dec1, middle), self.depth + 1), Tile(self.ra, (middle, dec2), self.depth + 1)

    def condition(self, ra: str, dec: str) -> str | None:
        """As a condition on two columns; None for the whole sky, null positions included."""
        said = []
        for name, (low, high), (first, last) in (
            (ra, self.ra, (0.0, 360.0)),
            (dec, self.dec, (-90.0, 90.0)),
        ):
            if low != first:
                said.append(f"{name} >= {low!r}")
            if high != last:
                said.append(f"{name} < {high!r}")
        if not said:
            return None
        return " AND ".join([f"{ra} IS NOT NULL AND {dec} IS NOT NULL", *said])
