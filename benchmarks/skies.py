"""Positions for benchmarks: made from a seed, uniform on a field of the sphere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

FIELD = 200.0  # square degrees


def field(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """n positions in degrees, uniform on a field of 200 square degrees that lies across RA 0/360."""
    import numpy as np

    high = 10.0
    width = FIELD / (2 * np.degrees(np.sin(np.radians(high / 2))))
    ra = (rng.uniform(-width / 2, width / 2, n)) % 360
    edge = np.sin(np.radians(high / 2))
    return ra, np.degrees(np.arcsin(rng.uniform(-edge, edge, n)))


def scattered(
    rng: np.random.Generator, ra: np.ndarray, dec: np.ndarray, sigma_arcsec: float
) -> tuple[np.ndarray, np.ndarray]:
    """The same positions measured again, with a Gaussian error on each axis."""
    import numpy as np

    shift = rng.normal(0, sigma_arcsec / 3600, (2, len(ra)))
    return (ra + shift[0] / np.cos(np.radians(dec))) % 360, dec + shift[1]
