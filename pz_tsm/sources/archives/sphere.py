"""Which positions lie in a region, and circles around boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pz_tsm.sources.archives.regions import Box, Circle, Part, Region

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

SLACK = 1e-4  # degrees by which a circle around a box is larger
LARGEST = 80.0  # degrees: a larger circle is no help


def around(part: Part) -> Circle | None:
    """A circle that holds the part; None where it would be most of the sky."""
    if isinstance(part, Circle):
        return part
    import numpy as np

    width = (part.ra[1] - part.ra[0]) % 360 or 360.0
    ra, dec = (part.ra[0] + width / 2) % 360, (part.dec[0] + part.dec[1]) / 2
    edge = np.concatenate([part.ra[0] + np.linspace(0, width, 33)] * 2)
    to = np.repeat(part.dec, 33)
    radius = float(apart(ra, dec, edge, to).max()) + SLACK
    return None if radius > LARGEST or width > 180 else Circle(float(ra), float(dec), radius)


def apart(ra: float, dec: float, ra2: np.ndarray, dec2: np.ndarray) -> np.ndarray:
    """Degrees between one position and others (haversine)."""
    import numpy as np

    a, d, a2, d2 = (np.radians(one) for one in (ra, dec, ra2, dec2))
    half = np.sin((d2 - d) / 2) ** 2 + np.cos(d) * np.cos(d2) * np.sin((a2 - a) / 2) ** 2
    return np.degrees(2 * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def inside(part: Part, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """Whether positions (degrees; NaN for none) lie in the part."""
    import numpy as np

    with np.errstate(invalid="ignore"):
        if isinstance(part, Circle):
            return apart(part.ra, part.dec, ra, dec) <= part.radius
        assert isinstance(part, Box)
        wrapped = np.mod(ra, 360.0)
        across = np.zeros(len(ra), bool)
        for low, high in part.spans:
            across |= (wrapped >= low) & (wrapped <= high)
            if high == 360.0:
                across |= wrapped == 0.0
        return across & (dec >= part.dec[0]) & (dec <= part.dec[1])


def only_in(region: Region, part: int, ra: pa.ChunkedArray, dec: pa.ChunkedArray) -> pa.Array:
    """Whether rows lie in one part of a region and in none before it: no row comes twice."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    x, y = (
        pc.fill_null(one.cast(pa.float64()), float("nan")).to_numpy(zero_copy_only=False) for one in (ra, dec)
    )
    good = inside(region[part], x, y)
    for earlier in region[:part]:
        good &= ~np.asarray(inside(earlier, x, y))
    return pa.array(good)
