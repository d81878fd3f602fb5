"""The mock sky, one HEALPix cell at a time: what is really there, and what the mock telescope measured of it.

A cell depends on the seed and its own number only, so cells may be made in any order, one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pz_tsm.mock import close, shapes
from pz_tsm.mock.sed import BANDS, DEPTH, EXTINCTION, galaxy_colours, quasar_colours, star_colours

CELL_ORDER = 8  # 0.0525 square degrees
FIELDS = ((53.1, -28.1), (0.0, -0.5))  # degrees; the second lies across RA 0
FAINTEST, BRIGHTEST = 25.3, 16.5  # i magnitude
GALAXY, STAR, QSO = 0, 1, 2
ARCSEC = 1 / 3600
ISOLATION = 3.0  # arcsec between two targets of the mock surveys: what is planted there is all that there is
MAIN, BLEND, HIDDEN, CLOSE = 0, 1, 2, 3


@dataclass
class Sources:
    """What is really there (one row a source). ``object_row`` is -1 for what the release didn't detect."""

    galaxy_id: np.ndarray
    ra: np.ndarray
    dec: np.ndarray
    z: np.ndarray
    cls: np.ndarray  # GALAXY, STAR, QSO
    i_mag: np.ndarray
    object_row: np.ndarray


@dataclass
class Cell:
    number: int
    sources: Sources
    targets: np.ndarray  # rows of sources: isolated, so free to be observed
    blend_of: dict[int, int]  # source -> the other source in the same (unresolved) object
    objects: dict[str, np.ndarray]  # columns of the release; a flux is NaN where the band wasn't observed
    close: np.ndarray  # (n, 2) rows of sources: a star and a galaxy 0.5 arcsec apart, nothing else near them


def generator(seed: int, *keys: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed % 2**64, *keys])))


def choose_cells(count: int) -> list[np.ndarray]:
    """The cells of each field, nearest to its centre first come; two thirds in the first field."""
    from pz_tsm.mock.healpix import centres

    ra, dec = (np.radians(a) for a in centres(CELL_ORDER))
    xyz = np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
    free = np.ones(len(ra), bool)
    fields = []
    for (ra0, dec0), share in zip(FIELDS, (count - count // 3, count // 3), strict=True):
        a, d = np.radians(ra0), np.radians(dec0)
        nearness = np.array([np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d)]) @ xyz
        nearness = np.round(np.where(free, nearness, -2.0), 12)
        chosen = np.sort(np.argsort(-nearness, kind="stable")[:share])
        free[chosen] = False
        fields.append(chosen.astype(np.int64))
    return fields


def ebv_map(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """A smooth E(B-V) between 0.01 and 0.1 mag, continuous over RA 0."""
    x, y, z = _unit(ra, dec)
    return 0.055 + 0.025 * np.sin(90 * x + 20 * z) + 0.02 * np.sin(70 * y + 40 * z)


def observed_bands(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """(n, 6) bool. No u from 0.3 deg north of a field's centre on, no y in the east of the second field."""
    out = np.ones((len(ra), 6), bool)
    near_zero = np.minimum(ra, 360 - ra) < 30
    out[:, 0] = ~(dec - np.where(near_zero, FIELDS[1][1], FIELDS[0][1]) > 0.3)
    out[:, 5] = ~(near_zero & (np.mod(ra + 180, 360) - 180 > 0.25))
    return out


def make_cell(seed: int, number: int, n_objects: int, n_hidden: int, n_close: int = 0) -> Cell:
    """One cell: ``n_objects`` rows of the release, and ``n_hidden`` galaxies that it didn't detect.

    ``n_close``: pairs of a star and a galaxy 0.5 arcsec apart, at most; the rest of the sky stays as it is
    without them.
    """
    rng = generator(seed, number, 1)
    n_copies = min(rng.binomial(n_objects, 0.01), n_objects // 2)
    n_pairs = min(rng.binomial(n_objects, 0.03), (n_objects - n_copies) // 2)
    n_objects_true = n_objects - n_copies
    n_blends = min(int(0.012 * n_objects_true + rng.random()), n_objects_true - n_pairs)
    ra, dec = _positions(rng, number, n_objects_true + n_hidden)
    _move_into_pairs(rng, number, ra, dec, n_pairs, n_objects_true)
    near = generator(seed, number, 5)
    star, galaxy = close.move(near, number, ra, dec, n_pairs + n_blends, n_objects_true, n_close)

    n = n_objects_true + n_hidden + n_blends  # the second members of blends come last
    role = np.full(n, MAIN)
    role[n_objects_true:] = HIDDEN
    role[n_objects_true + n_hidden :] = BLEND
    first = np.arange(n_pairs, n_pairs + n_blends)  # two galaxies each; none in a resolved pair
    second = np.arange(n - n_blends, n)
    object_row = np.where(role == HIDDEN, -1, np.arange(n))
    object_row[second] = first
    source_ra, source_dec = np.concatenate([ra, ra[first]]), np.concatenate([dec, dec[first]])
    cls, i_mag, z, colours = _nature(rng, n, role)
    cls[first], i_mag[second] = GALAXY, i_mag[first] + rng.uniform(0.0, 1.0, n_blends)
    z[first], colours[first] = _galaxies(rng, i_mag[first])
    _part_blends(rng, source_ra, source_dec, z, first, second)
    z[second], colours[second] = _galaxies(rng, i_mag[second], apart_from=z[first])
    cls[star], cls[galaxy] = STAR, GALAXY
    i_mag[star], z[star], colours[star] = close.stars(near, len(star))
    i_mag[galaxy] = near.uniform(*close.GALAXIES, len(galaxy))
    z[galaxy], colours[galaxy] = _galaxies(near, i_mag[galaxy])

    magnitudes = i_mag[:, None] + colours
    flux = 10 ** (0.4 * (31.4 - magnitudes))  # nJy, above the Galaxy's dust
    object_flux = flux[:n_objects_true].copy()
    object_flux[first] += flux[second]
    objects = _measure(
        (rng, generator(seed, number, 4)),
        number,
        ra[:n_objects_true],
        dec[:n_objects_true],
        object_flux,
        cls,
        n_copies,
    )
    ids = number * 1_000_000 + np.arange(n, dtype=np.int64)
    sources = Sources(ids, source_ra, source_dec, z, cls, i_mag, object_row)
    centre_ra, centre_dec = np.concatenate([ra, ra[first]]), np.concatenate([dec, dec[first]])
    role[star] = CLOSE
    targets = _isolated(number, centre_ra, centre_dec, role)
    pairs = np.stack([star, galaxy], axis=1)[np.isin(galaxy, targets)]
    partner = dict(zip(first.tolist(), second.tolist(), strict=True))
    return Cell(number, sources, targets[~np.isin(targets, galaxy)], partner, objects, pairs)


def _unit(ra: np.ndarray, dec: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    a, d = np.radians(ra), np.radians(dec)
    return np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d)


def offset(ra, dec, east_arcsec, north_arcsec) -> tuple[np.ndarray, np.ndarray]:
    """Positions moved by small angles on the sky."""
    new_dec = np.clip(dec + north_arcsec * ARCSEC, -90, 90)
    return np.mod(ra + east_arcsec * ARCSEC / np.cos(np.radians(dec)), 360.0), new_dec


def _positions(rng, number: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Uniform over the cell (HEALPix cells have equal areas at every depth)."""
    from pz_tsm.mock.healpix import centre_of, pixel

    inside = rng.integers(0, 1 << 42, n, dtype=np.int64)
    ra, dec = centre_of((np.int64(number) << 42) | inside, 29)
    lost = pixel(ra, dec, CELL_ORDER) != number  # rounding, at the very edge
    if lost.any():
        ra[lost], dec[lost] = (a[0] for a in centre_of(np.array([number]), CELL_ORDER))
    return ra, dec


def _move_into_pairs(rng, number: int, ra, dec, n_pairs: int, n_objects: int) -> None:
    """Move the first ``n_pairs`` objects to 0.3-3 arcsec from another one, where that stays in the cell."""
    from pz_tsm.mock.healpix import pixel

    if n_pairs == 0:
        return
    host = rng.integers(n_pairs, n_objects, n_pairs)
    radius, angle = rng.uniform(0.3, 3.0, n_pairs), rng.uniform(0, 2 * np.pi, n_pairs)
    new_ra, new_dec = offset(ra[host], dec[host], radius * np.cos(angle), radius * np.sin(angle))
    keep = np.flatnonzero(pixel(new_ra, new_dec, CELL_ORDER) == number)
    ra[keep], dec[keep] = new_ra[keep], new_dec[keep]


def _part_blends(rng, ra, dec, z, first, second) -> None:
    """The two galaxies of an unresolved blend stand 0.5 arcsec on either side of the object."""
    angle = rng.uniform(0, 2 * np.pi, len(first))
    east, north = 0.5 * np.cos(angle), 0.5 * np.sin(angle)
    ra[second], dec[second] = offset(ra[second], dec[second], -east, -north)
    ra[first], dec[first] = offset(ra[first], dec[first], east, north)


def _galaxies(rng, i_mag: np.ndarray, apart_from: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Redshifts as z^2 exp(-z / z0(i)) and colours for a random type."""
    n = len(i_mag)
    z0 = np.clip(0.0417 * i_mag - 0.744, 0.03, None)
    z = np.clip(z0 * rng.gamma(3.0, 1.0, n), 0.01, 5.5)
    if apart_from is not None:
        z = np.where(np.abs(z - apart_from) < 0.05 * (1 + z), z + 0.15 * (1 + z), z)
    red = rng.random(n) < np.clip(0.5 - 0.3 * z, 0.08, 0.5)
    kind = np.where(red, rng.beta(1.2, 8, n), rng.beta(4, 2, n))
    return z, galaxy_colours(z, kind) + rng.normal(0, 0.015, (n, 6)) * (np.arange(6) != 3)


def _nature(rng, n: int, role: np.ndarray):
    """Class, i magnitude, redshift and colours of ``n`` sources; counts grow as 10^(0.3 m)."""
    low, high = 10 ** (0.3 * BRIGHTEST), 10 ** (0.3 * FAINTEST)
    i_mag = np.log10(low + rng.random(n) * (high - low)) / 0.3
    draw = rng.random(n)
    star = draw < 0.5 * 10 ** (-0.12 * (i_mag - 17))
    cls = np.where(star, STAR, np.where(draw > 0.985, QSO, GALAXY))
    cls[role != MAIN] = GALAXY
    hidden = role == HIDDEN  # behind a bright star's glare, say
    i_mag[hidden] = rng.uniform(20.5, 24.0, int(hidden.sum()))
    z, colours = _galaxies(rng, i_mag)
    quasar_z = np.clip(rng.gamma(4.0, 0.42, n), 0.1, 5.0)
    z = np.where(cls == QSO, quasar_z, z)
    z = np.where(cls == STAR, rng.normal(0, 0.0002, n), z)
    colours = np.where((cls == QSO)[:, None], quasar_colours(quasar_z), colours)
    stars = star_colours(3200 + 5800 * rng.beta(1.6, 2.6, n))
    return cls, i_mag, z, np.where((cls == STAR)[:, None], stars, colours)


def _measure(rngs, number: int, ra, dec, flux, cls, n_copies: int) -> dict[str, np.ndarray]:
    """The release's columns for these objects, and ``n_copies`` rows more that are no primary detections.

    ``rngs``: two generators, so that what one adds to the second leaves the older columns as they are.
    """
    from pz_tsm.mock.healpix import pixel

    rng, later = rngs
    n = len(ra)
    ebv = ebv_map(ra, dec)
    seen = observed_bands(ra, dec)
    point = cls[:n] != GALAXY
    aperture = np.where(point, 0.98, rng.uniform(0.7, 0.95, n))[:, None]
    faint = flux[:, 3] < 10 ** (0.4 * (31.4 - 24.6))
    flip = faint & (rng.random(n) < 0.1)
    depth_change = 0.15 * np.sin(60 * _unit(ra, dec)[1][:, None] + np.arange(6))
    columns: dict[str, np.ndarray] = {
        "objectId": np.empty(n, np.int64),
        "coord_ra": ra,
        "coord_dec": dec,
        "tract": pixel(ra, dec, 6),
        "patch": pixel(ra, dec, 9) % 64,
        "ebv": ebv.astype(np.float32),
        "refExtendedness": np.where(point ^ flip, 0.0, 1.0).astype(np.float32),
        "detect_isPrimary": np.ones(n, bool),
    }
    dimmed = flux * 10 ** (-0.4 * np.array([EXTINCTION[b] for b in BANDS]) * ebv[:, None])
    limit = 10 ** (0.4 * (31.4 - np.array([DEPTH[b] for b in BANDS]) - depth_change)) / 5  # nJy, one sigma
    for name, share, noise in (("gaap1p0", aperture, 1.0), ("cModel", np.ones((n, 1)), 1.2)):
        true = dimmed * share
        error = np.hypot(limit * noise * rng.uniform(0.95, 1.05, (n, 6)), 0.005 * true)
        value = true + error * rng.standard_normal((n, 6))
        for k, band in enumerate(BANDS):
            columns[f"{band}_{name}Flux"] = np.where(seen[:, k], value[:, k], np.nan).astype(np.float32)
            columns[f"{band}_{name}FluxErr"] = np.where(seen[:, k], error[:, k], np.nan).astype(np.float32)
    columns |= shapes.columns_of(later, dimmed, limit, seen, point, columns)
    copied = rng.choice(n, n_copies, replace=False) if n_copies else np.empty(0, np.int64)
    columns = {name: np.concatenate([values, values[copied]]) for name, values in columns.items()}
    columns["detect_isPrimary"][n:] = False
    columns["tract"][n:] += 1
    columns["objectId"] = 600_000_000_000_000_000 + number * 10**10 + np.arange(n + n_copies, dtype=np.int64)
    columns["_healpix_29"] = pixel(columns["coord_ra"], columns["coord_dec"], 29)
    return columns


def _isolated(number: int, ra, dec, role) -> np.ndarray:
    """Sources with no other within ISOLATION that is also kept, in this cell or in a neighbour."""
    from scipy.spatial import cKDTree

    from pz_tsm.mock.healpix import touched

    rows = np.flatnonzero((role != BLEND) & (role != CLOSE))
    xyz = np.stack(_unit(ra[rows], dec[rows]), axis=1)
    chord = 2 * np.sin(np.radians(ISOLATION * ARCSEC) / 2)
    pairs = cKDTree(xyz).query_pairs(chord, output_type="ndarray")
    free = np.ones(len(rows), bool)
    free[pairs[:, 0]] = False  # the first of a resolved pair is the one that was moved there
    for row, cell in zip(*touched(ra[rows], dec[rows], CELL_ORDER, ISOLATION), strict=True):
        if cell > number:  # of two cells that share an edge, the higher owns the targets near it
            free[row] = False
    return rows[free]
