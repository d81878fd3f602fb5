"""Stars half an arcsecond from galaxies: the trap for cuts on objects before a match.

Where the star is cut from the release before the match, its spectrum finds the galaxy beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.mock.sed import star_colours

if TYPE_CHECKING:
    from pz_tsm.mock.sky import Cell

SEPARATION = 0.5  # arcsec
STARS, GALAXIES = (18.0, 21.0), (19.0, 22.5)  # i magnitudes: bright enough that nobody doubts their shape
KINDS = ("close-star", "close-galaxy")  # which of the two has the spectrum
MAX_SHARE = 0.3


def needed(n_objects: int, n_rows: int, share: float) -> int:
    """Pairs that a cell needs for that share of its spectra: some more, as not every pair can be observed."""
    return min(int(np.ceil(1.3 * share * n_rows)) + 1, n_objects // 6) if share > 0 else 0


def move(
    rng: np.random.Generator,
    number: int,
    ra: np.ndarray,
    dec: np.ndarray,
    first: int,
    n_objects: int,
    count: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Move ``count`` of the objects (rows ``first`` to ``n_objects``) to 0.5 arcsec from as many others.

    Returns the rows that are the stars and those that are their galaxies; fewer where that would leave the
    cell. ``ra`` and ``dec`` are changed in place.
    """
    from pz_tsm.mock.healpix import pixel
    from pz_tsm.mock.sky import CELL_ORDER, offset

    rows = first + rng.permutation(n_objects - first)[: 2 * count]
    star, galaxy = rows[: len(rows) // 2], rows[len(rows) // 2 :][: len(rows) // 2]
    angle = rng.uniform(0, 2 * np.pi, len(star))
    new_ra, new_dec = offset(ra[galaxy], dec[galaxy], SEPARATION * np.cos(angle), SEPARATION * np.sin(angle))
    if not len(star):
        return star, galaxy
    keep = pixel(new_ra, new_dec, CELL_ORDER) == number
    ra[star[keep]], dec[star[keep]] = new_ra[keep], new_dec[keep]
    return star[keep], galaxy[keep]


def stars(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """i magnitude, redshift and colours (relative to i) of ``n`` such stars."""
    colours = star_colours(4200 + 4000 * rng.beta(1.6, 2.6, n))
    return rng.uniform(*STARS, n), rng.normal(0, 0.0002, n), colours


def observe(rng: np.random.Generator, cell: Cell, rows: np.ndarray) -> None:
    """Fill measurements (ROW) of one of the two of each pair; stars and galaxies in turn."""
    from pz_tsm.mock.surveys import DEEP, PROB, WIDE
    from pz_tsm.mock.surveys import KINDS as ALL

    star = np.arange(len(rows)) % 2 == 0
    chosen = cell.close[rng.permutation(len(cell.close))[: len(rows)]]
    rows["source"] = rows["group"] = np.where(star, chosen[:, 0], chosen[:, 1])
    rows["kind"] = np.where(star, ALL.index(KINDS[0]), ALL.index(KINDS[1]))
    draw = rng.random(len(rows))
    rows["survey"] = np.where(draw < 0.4, DEEP, np.where(star | (draw < 0.8), WIDE, PROB))
