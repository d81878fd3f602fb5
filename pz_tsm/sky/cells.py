"""The sky cut into bands of declination and these into cells: small enough to hold few rows, at least as wide
as a search is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pz_tsm.sky.sphere import ARCSEC

if TYPE_CHECKING:
    import numpy as np

SLACK = 1e-3  # arcsec added to the search, against rounding: the exact separation decides afterwards
SMALLEST = 8.0  # arcsec; smaller cells make more work than they save up to the densities of deep surveys


class Cells(NamedTuple):
    """``reach`` in degrees; ``per_degree``: bands in a degree of declination.

    By band: ``count`` of cells, and ``half``, the degrees of right ascension on either side that a search
    from that band may reach (180: all).
    """

    reach: float
    per_degree: float
    count: np.ndarray
    half: np.ndarray


def cells(radius_arcsec: float) -> Cells:
    """Cells for searches within a radius.

    On a circle of radius r about declination d right ascension differs by at most asin(sin r / cos d), and by
    anything when the pole is within.
    """
    import numpy as np

    reach = min((radius_arcsec * (1 + 1e-9) + SLACK) / ARCSEC, 180.0)
    cell = min(max(2 * reach, SMALLEST / ARCSEC), 180.0)
    bands = int(np.ceil(180 / cell)) + 1
    edge = np.abs(np.arange(bands + 1) * cell - 90)
    cos_far = np.cos(np.radians(np.minimum(np.maximum(edge[:-1], edge[1:]), 90)))
    count = np.maximum(np.floor(360 * cos_far / cell), 1).astype(np.int64)
    half = np.full(bands, 180.0)
    if reach < 90:
        sine = np.sin(np.radians(reach))
        part = cos_far > sine
        half[part] = np.degrees(np.arcsin(sine / cos_far[part])) + SLACK / ARCSEC
    return Cells(reach, 1 / cell, count, np.minimum(half, 180.0))
