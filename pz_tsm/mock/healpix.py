"""HEALPix (nested) in degrees, on cdshealpix."""

from __future__ import annotations

import numpy as np


def pixel(ra: np.ndarray, dec: np.ndarray, order: int) -> np.ndarray:
    """int64 pixel numbers of positions in degrees."""
    import cdshealpix.nested as nested
    from astropy.coordinates import Latitude, Longitude

    lon, lat = (
        Longitude(np.atleast_1d(ra), "deg", copy=False),
        Latitude(np.atleast_1d(dec), "deg", copy=False),
    )
    return nested.lonlat_to_healpix(lon, lat, order).astype(np.int64)


def centre_of(pixels: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    """RA and Dec (degrees) of the centres of pixels."""
    import cdshealpix.nested as nested

    lon, lat = nested.healpix_to_lonlat(np.asarray(pixels).astype(np.uint64), order)
    return np.array(lon.deg, dtype=np.float64), np.array(lat.deg, dtype=np.float64)


def centres(order: int) -> tuple[np.ndarray, np.ndarray]:
    return centre_of(np.arange(12 << (2 * order)), order)


def touched(
    ra: np.ndarray, dec: np.ndarray, order: int, radius_arcsec: float
) -> tuple[np.ndarray, np.ndarray]:
    """(row, pixel) for each other pixel that comes within the radius of a position; a margin's worth of rows.

    Looks around a circle a little wider than the radius, so nothing within the radius is missed.
    """
    own = pixel(ra, dec, order)
    cos_dec = np.maximum(np.cos(np.radians(dec)), 1e-6)
    reach = radius_arcsec * 1.02 / 3600
    pairs = set()
    candidates = np.arange(len(ra))
    for directions in (8, 32):  # a coarse look finds nearly all rows far from any edge
        wide = reach * (1.5 if directions == 8 else 1.0)
        angles = np.arange(directions) * 2 * np.pi / directions
        east = ra[candidates, None] + wide * np.cos(angles) / cos_dec[candidates, None]
        north = np.clip(dec[candidates, None] + wide * np.sin(angles), -90, 90)
        around = pixel(np.mod(east, 360).ravel(), north.ravel(), order).reshape(len(candidates), directions)
        other = around != own[candidates, None]
        if directions == 32:
            rows, columns = np.nonzero(other)
            pairs.update(zip(candidates[rows].tolist(), around[rows, columns].tolist(), strict=True))
        candidates = candidates[other.any(axis=1)]
    ordered = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return ordered[:, 0], ordered[:, 1]
