"""By sky: HEALPix pixels go to the parts as a whole, so that neighbours, and what their field has in common,
stay on one side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Params
from pz_tsm.splits import Parts, SplitMethod
from pz_tsm.splits.random import by_hash
from pz_tsm.splits.ranks import unique_keys

if TYPE_CHECKING:
    import pyarrow as pa


class Options(Params):
    order: int = Field(
        5,
        ge=0,
        le=13,
        title="HEALPix order",
        description="Of the pixels that stay whole: 5 is 1.8 degrees, 6 is 0.92, and so on.",
    )
    buffer_arcsec: float = Field(
        0,
        ge=0,
        le=36_000,
        title="Buffer (arcsec)",
        description="Rows that near to a row of another part are unused.",
    )


def assign(keys: np.ndarray, parts: Parts, seed: int, rows: pa.Table, options: Options) -> np.ndarray:
    """By the hash of the pixel's NESTED index. An object with several rows lies in the pixel of its first
    row_id; with a buffer, all its rows are unused if one of them is too near."""
    import astropy.units as u
    from astropy.coordinates import Latitude, Longitude
    from cdshealpix import nested

    ra, dec = positions(rows)
    _, standing, place = unique_keys(keys, rows)
    pixel = nested.lonlat_to_healpix(
        Longitude(ra[standing], u.deg), Latitude(dec[standing], u.deg), options.order
    )
    part = by_hash(pixel.astype(np.int64), list(parts.values()), seed)
    if options.buffer_arcsec and len(keys):
        close = np.zeros(len(part), dtype=bool)
        np.logical_or.at(close, place, near_another(ra, dec, part[place], options.buffer_arcsec))
        part[close] = -1
    return part[place]


def positions(rows: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Right ascension and declination in degrees; TsmError where a row has none."""
    from pz_tsm.ops.combine.columns import numbers
    from pz_tsm.sky import usable

    for name in ("ra", "dec"):
        if name not in rows.column_names:
            raise TsmError(f"A split by sky needs the column '{name}', which the table hasn't.", where=name)
    ra, dec = numbers(rows, "ra"), numbers(rows, "dec")
    bad = int((~usable(ra, dec)).sum())
    if bad:
        raise TsmError(
            f"{bad} rows have no position: a split by sky can't place them.",
            remedy="Filter them out before: ra IS NOT NULL AND dec IS NOT NULL.",
            where="ra",
        )
    return ra, dec


def near_another(ra: np.ndarray, dec: np.ndarray, part: np.ndarray, within_arcsec: float) -> np.ndarray:
    """Whether a row of another part lies within that distance of each row."""
    from scipy.spatial import cKDTree

    from pz_tsm.sky import unit_vectors

    xyz = unit_vectors(ra, dec)
    reach = 2 * np.sin(np.radians(within_arcsec / 3600) / 2)
    near = np.zeros(len(part), dtype=bool)
    for one in np.unique(part):
        mine, others = part == one, part != one
        if others.any():
            distance, _ = cKDTree(xyz[others]).query(xyz[mine], distance_upper_bound=reach * (1 + 1e-12))
            near[mine] = np.isfinite(distance)
    return near


METHOD = SplitMethod(
    "sky",
    "Sky blocks",
    "HEALPix pixels go to the parts as a whole; a buffer keeps the parts apart.",
    assign,
    options=Options,
)
