"""Positions on the sphere and what lies between them. Degrees in, arcseconds out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

ARCSEC = 3600.0


def unit_vectors(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """Points on the unit sphere, shape (n, 3)."""
    import numpy as np

    ra, dec = np.radians(np.asarray(ra, dtype=np.float64)), np.radians(np.asarray(dec, dtype=np.float64))
    out = np.empty((len(ra), 3))
    cos_dec = np.cos(dec)
    np.multiply(cos_dec, np.cos(ra), out=out[:, 0])
    np.multiply(cos_dec, np.sin(ra), out=out[:, 1])
    np.sin(dec, out=out[:, 2])
    return out


def separation(ra1: np.ndarray, dec1: np.ndarray, ra2: np.ndarray, dec2: np.ndarray) -> np.ndarray:
    """Great-circle separation in arcsec, element by element (haversine)."""
    import numpy as np

    ra1, dec1, ra2, dec2 = (np.radians(np.asarray(a, dtype=np.float64)) for a in (ra1, dec1, ra2, dec2))
    h = np.sin((dec2 - dec1) / 2) ** 2 + np.cos(dec1) * np.cos(dec2) * np.sin((ra2 - ra1) / 2) ** 2
    return np.degrees(2 * np.arcsin(np.sqrt(np.clip(h, 0, 1)))) * ARCSEC


def usable(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """Which positions are on the sky: finite, declination from -90 to 90."""
    import numpy as np

    return np.isfinite(ra) & (dec >= -90) & (dec <= 90)
