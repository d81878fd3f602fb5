"""The nearest of 2,000,000 objects within 1 arcsec of each of 100,000 positions."""

from __future__ import annotations

from typing import Any

from benchmarks.measure import in_turn, line
from benchmarks.skies import field, scattered

ROWS, OBJECTS, RADIUS = 100_000, 2_000_000, 1.0
BAR = 3.0


def run() -> dict[str, Any]:
    import numpy as np
    from astropy.coordinates import SkyCoord

    from pz_tsm import sky

    rng = np.random.default_rng(2)
    ra2, dec2 = field(rng, OBJECTS)
    known = rng.choice(OBJECTS, ROWS * 6 // 10, replace=False)
    ra1, dec1 = scattered(rng, ra2[known], dec2[known], 0.1)
    other = field(rng, ROWS - len(known))
    ra1, dec1 = np.concatenate([ra1, other[0]]), np.concatenate([dec1, other[1]])

    def ours() -> np.ndarray:
        return sky.nearest(ra1, dec1, ra2, dec2, RADIUS)[0]

    def peer() -> np.ndarray:
        places, objects = SkyCoord(ra1, dec1, unit="deg"), SkyCoord(ra2, dec2, unit="deg")
        index, apart, _ = places.match_to_catalog_sky(objects)
        return np.where(apart.arcsec <= RADIUS, index, -1)

    assert np.array_equal(ours(), peer()), "both must find the same objects"
    return line("match", "astropy match_to_catalog_sky", in_turn(ours, peer), BAR)
