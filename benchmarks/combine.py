"""Groups within 0.75 arcsec among 1,000,000 rows of which 20 % are measured again."""

from __future__ import annotations

from typing import Any

from benchmarks.measure import in_turn, line
from benchmarks.skies import field, scattered

ROWS, RADIUS = 1_000_000, 0.75
BAR = 3.0


def run() -> dict[str, Any]:
    import numpy as np
    from astropy import units
    from astropy.coordinates import SkyCoord, search_around_sky
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    from pz_tsm import sky

    rng = np.random.default_rng(1)
    ra, dec = field(rng, ROWS * 8 // 10)
    again = rng.choice(len(ra), ROWS - len(ra), replace=False)
    ra2, dec2 = scattered(rng, ra[again], dec[again], 0.15)
    ra, dec = np.concatenate([ra, ra2]), np.concatenate([dec, dec2])

    def ours() -> int:
        i, j, _ = sky.self_pairs(ra, dec, RADIUS)
        labels = sky.components(len(ra), i, j)  # each the smallest index of its group
        return int(np.count_nonzero(labels == np.arange(len(ra))))

    def peer() -> int:
        places = SkyCoord(ra, dec, unit="deg")  # a new one each time: astropy keeps the tree with it
        i, j, _, _ = search_around_sky(places, places, RADIUS * units.arcsec)
        graph = coo_matrix((np.ones(len(i), np.int8), (i, j)), shape=(len(ra), len(ra)))
        return connected_components(graph, directed=False)[0]

    assert ours() == peer(), "both must find the same number of groups"
    return line("combine", "astropy search_around_sky + scipy connected_components", in_turn(ours, peer), BAR)
