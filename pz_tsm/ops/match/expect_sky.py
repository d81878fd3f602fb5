"""Where a release has objects, and how many: as a multi-order coverage map (MOC) of HEALPix ranges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.arrays import distinct
from pz_tsm.errors import TsmError
from pz_tsm.ops.match.expect_cost import rows_of
from pz_tsm.sources.hats import COLLECTION, PROPERTIES, Catalogue, Partition, read_properties

if TYPE_CHECKING:
    from pz_tsm.ops.match.params import MatchParams

DEEP = 29  # HEALPix order of the ranges
SKYMAPS = ("skymap.fits", "point_map.fits")  # counts by cell, as hats writes them
LARGE_MAP = 64_000_000  # bytes; a larger map is not read for a plan
FILLED = 50  # objects in a cell, so that an empty one is a hole and no accident
WHOLE_SKY = 129_600 / np.pi  # square degrees
COARSE = 6  # order below which a map says no more than the partitions
MAP_ORDER = 9  # of the area that the positions cover: cells of 0.013 square degrees


@dataclass(frozen=True)
class Coverage:
    """Ranges [start, end) of NESTED cells of order 29, ascending and apart; ``density`` (objects per square
    arcsec) of each, None where it is not known. ``source`` says what it was made from."""

    start: np.ndarray
    end: np.ndarray
    density: np.ndarray | None
    source: str

    @property
    def area(self) -> float:
        """Square degrees."""
        return float((self.end - self.start).sum()) / (12 * 4.0**DEEP) * WHOLE_SKY

    def at(self, cells: np.ndarray) -> np.ndarray:
        """The range that each cell (of order 29) lies in, -1 for none."""
        if not len(self.start):
            return np.full(len(cells), -1)
        place = np.searchsorted(self.start, cells, side="right") - 1
        return np.where((place >= 0) & (cells < self.end[np.maximum(place, 0)]), place, -1)


def cells(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """NESTED cells of order 29 of positions in degrees."""
    import astropy.units as u
    from astropy.coordinates import Latitude, Longitude
    from cdshealpix import nested

    return nested.lonlat_to_healpix(Longitude(ra, u.deg), Latitude(dec, u.deg), DEEP).astype(np.int64)


def coverage(catalogue: Catalogue, partitions: Sequence[Partition]) -> Coverage:
    """Of the catalogue's own map of counts where it has one, else of its partitions (those given)."""
    for name in SKYMAPS:
        path = catalogue.path / name
        if path.is_file() and path.stat().st_size <= LARGE_MAP:
            found = _of_map(path)
            if found is not None:
                return found
    order = np.array([part.order for part in partitions], dtype=np.int64)
    pixel = np.array([part.pixel for part in partitions], dtype=np.int64)
    counts = np.array([rows_of(part) for part in partitions], dtype=float)
    ranges, where = np.unique(np.column_stack([pixel, order]), axis=0, return_inverse=True)
    counts = np.bincount(where.ravel(), counts, len(ranges))  # a pixel may have several files
    return _ranges(ranges[:, 0], ranges[:, 1], counts, "its partitions")


def area_of(found: np.ndarray) -> float:
    """Square degrees of the cells of order 9 that hold one of the cells of order 29."""
    shift = 2 * (DEEP - MAP_ORDER)
    return len(distinct(found >> shift)) / (12 * 4.0**MAP_ORDER) * WHOLE_SKY


def margin_of(path: Path) -> float | None:
    """Arcsec of the default margin of the collection at, or around, that folder; None if it has none."""
    for folder in (path, path.parent):
        if (folder / COLLECTION).is_file():
            said = read_properties(folder / COLLECTION)
            name = said.get("default_margin") or said.get("all_margins", "").split(" ")[0]
            for file in PROPERTIES:
                if name and (folder / name / file).is_file():
                    text = read_properties(folder / name / file).get("hats_margin_threshold", "")
                    return float(text) if text else None
    return None


def refuse(params: MatchParams, names: Sequence[str]) -> None:
    """TsmError for what would fail, however long it ran. ``names``: columns of the table."""
    column = params.errors.column if params.errors else None
    if column is not None and column not in names:
        raise TsmError(
            f"The table has no column '{column}' of position errors.",
            remedy="Name a column in arcsec that the catalogues have ('keep' of combine takes it along), or "
            "give the errors by survey.",
            where=column,
        )


def _of_map(path: Path) -> Coverage | None:
    """From counts in explicitly numbered cells; None if the file is of another kind, or tells too little."""
    from astropy.io import fits

    try:
        with fits.open(path) as file:
            header, data = file[1].header, file[1].data
            if header.get("ORDERING") != "NESTED" or header.get("INDXSCHM") != "EXPLICIT":
                return None
            order = int(header["NSIDE"]).bit_length() - 1
            pixel = np.asarray(data["PIXEL"], dtype=np.int64)
            counts = np.asarray(data["VALUE"], dtype=float)
    except Exception:  # a map is a help, not a need
        return None
    filled = counts > 0
    pixel, counts = pixel[filled], counts[filled]
    while order >= COARSE and len(pixel) and np.median(counts) < FILLED:
        order -= 1
        pixel, where = np.unique(pixel >> 2, return_inverse=True)
        counts = np.bincount(where, counts)
    if order < COARSE or not len(pixel):
        return None
    return _ranges(pixel, np.full(len(pixel), order), counts, f"its map of order {order}")


def _ranges(pixel: np.ndarray, order: np.ndarray, counts: np.ndarray, source: str) -> Coverage:
    shift = 2 * (DEEP - order.astype(np.int64))
    start, end = pixel << shift, (pixel + 1) << shift
    area = (end - start) / (12 * 4.0**DEEP) * WHOLE_SKY * 3600**2
    sort = np.argsort(start)
    return Coverage(start[sort], end[sort], (counts / area)[sort], source)
