"""Whether a circle on the sky touches a footprint of circles and boxes. Degrees, ICRS."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, atan2, cos, degrees, hypot, radians, sin, tan

from pz_tsm.sources.registry.model import Box, Circle


def separation(ra1: float, dec1: float, ra2: float, dec2: float) -> float:
    """Angle between two positions, by the haversine formula: exact for small ones too."""
    a, b = radians(dec1), radians(dec2)
    half = hypot(sin((b - a) / 2), (cos(a) * cos(b)) ** 0.5 * sin(radians(ra2 - ra1) / 2))
    return degrees(2 * asin(min(1.0, half)))


def distance(shape: Circle | Box, ra: float, dec: float) -> float:
    """Angle from a position to the nearest point of a shape; 0 inside it."""
    if isinstance(shape, Circle):
        return max(0.0, separation(shape.ra, shape.dec, ra, dec) - shape.radius_deg)
    (west, east), (south, north) = shape.ra, shape.dec
    width = 360.0 if east - west == 360 else (east - west) % 360
    if (ra - west) % 360 <= width:
        return max(0.0, south - dec, dec - north)
    return min(_to_meridian(edge, south, north, ra, dec) for edge in (west, east))


def _to_meridian(meridian: float, south: float, north: float, ra: float, dec: float) -> float:
    """Angle from a position to a piece of a meridian."""
    along = radians(ra - meridian)
    if cos(along) > 0:  # the foot of the perpendicular on the great circle lies on this half of it
        foot = degrees(atan2(tan(radians(dec)), cos(along))) if abs(dec) < 90 else dec
        nearest = [min(max(foot, south), north)]
    else:
        nearest = [south, north]
    return min(separation(meridian, one, ra, dec) for one in nearest)


def touches(footprint: Sequence[Circle | Box] | None, ra: float, dec: float, radius: float) -> bool | None:
    """Whether the circle touches the footprint; None where the footprint is not known."""
    if footprint is None:
        return None
    return any(distance(shape, ra, dec) <= radius for shape in footprint)
