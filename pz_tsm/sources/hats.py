"""Reading HATS catalogues and collections: partition by partition, only the columns and rows asked for.

A HATS catalogue is a folder of Parquet files, one (or a folder of several) for each HEALPix pixel that holds
rows; a collection is a folder with a catalogue and its margins. Margins are never read here: our matches
look at every row of a partition against every position near it, so nothing is lost at an edge.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pz_tsm import arrays
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

PROPERTIES = ("hats.properties", "properties")
COLLECTION = "collection.properties"
FEW = 10_000_000  # distances that numpy works out in less time than scipy takes to be imported


@dataclass(frozen=True)
class Partition:
    """One Parquet file of a catalogue and the HEALPix (NESTED) pixel whose rows it holds."""

    order: int
    pixel: int
    path: Path

    @property
    def name(self) -> str:
        return f"Norder={self.order}/Npix={self.pixel}"


@dataclass(frozen=True)
class Catalogue:
    """A HATS catalogue on disk. ``ra`` and ``dec`` name its position columns (degrees, ICRS)."""

    path: Path
    properties: dict[str, str]

    @property
    def name(self) -> str:
        return self.properties.get("obs_collection") or self.path.name

    @property
    def ra(self) -> str:
        return self.properties.get("hats_col_ra", "ra")

    @property
    def dec(self) -> str:
        return self.properties.get("hats_col_dec", "dec")

    @property
    def rows(self) -> int | None:
        """Number of rows as the catalogue states it; None if it does not."""
        text = self.properties.get("hats_nrows", "")
        return int(text) if text.isdigit() else None

    @property
    def sha256(self) -> str:
        """Of the properties and the list of partitions: a cheap name for the catalogue's state, not for
        its every row."""
        digest = hashlib.sha256(repr(sorted(self.properties.items())).encode())
        digest.update(repr([(part.order, part.pixel, part.path.name) for part in self.partitions]).encode())
        return digest.hexdigest()

    @cached_property
    def partitions(self) -> tuple[Partition, ...]:
        """All partitions, by order and pixel."""
        found = [part for order, pixel in self._pixels() for part in self._files(order, pixel)]
        if not found:
            raise TsmError(f"The HATS catalogue {self.path} has no partitions.", where=str(self.path))
        return tuple(found)

    @cached_property
    def schema(self) -> pa.Schema:
        """Columns of the catalogue, as stored."""
        import pyarrow.parquet as pq

        path = self.partitions[
            0
        ].path  # not _common_metadata: old ones list columns that the files don't have
        try:
            return pq.read_schema(path)
        except Exception as error:
            raise TsmError(f"{path} can't be read as Parquet: {error}.", where=str(path)) from None

    def read(self, part: Partition, columns: Sequence[str], rows: np.ndarray | None = None) -> pa.Table:
        """Columns of one partition; with ``rows`` (row numbers in the file) only those, in that order."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            file = pq.ParquetFile(part.path)
            if rows is None:
                return file.read(columns=list(columns)).select(list(columns))
            sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
            starts = np.cumsum([0, *sizes])
            owner = np.searchsorted(starts, rows, side="right") - 1
            tables, order = [], []
            for group in np.unique(owner).tolist():  # one at a time: little is held that is not wanted
                mine = np.flatnonzero(owner == group)
                whole = file.read_row_group(group, columns=list(columns)).select(list(columns))
                tables.append(whole.take(arrays.integers(rows[mine] - starts[group])))
                order.append(mine)
            if len(tables) == 1:
                return tables[0]
            if not tables:
                return file.schema_arrow.empty_table().select(list(columns))
            back = np.argsort(np.concatenate(order), kind="stable")
            return pa.concat_tables(tables).take(arrays.integers(back))
        except (OSError, pa.ArrowInvalid, KeyError) as error:
            raise TsmError(
                f"Partition {part.name} of {self.name} can't be read: {error}.",
                remedy="The release may be incomplete: copy it again, or tell those who keep it.",
                where=str(part.path),
            ) from None

    def _pixels(self) -> Iterator[tuple[int, int]]:
        info = self.path / "partition_info.csv"
        if info.is_file():
            with info.open(newline="", encoding="utf-8") as lines:
                pixels = {(int(row["Norder"]), int(row["Npix"])) for row in csv.DictReader(lines)}
        else:
            pixels = set()
            for path in (self.path / "dataset").glob("Norder=*/Dir=*/Npix=*"):
                match = re.fullmatch(r"Npix=(\d+)(\.parquet)?", path.name)
                if match:
                    pixels.add((int(path.parent.parent.name.split("=")[1]), int(match.group(1))))
        yield from sorted(pixels)

    def _files(self, order: int, pixel: int) -> list[Partition]:
        folder = self.path / "dataset" / f"Norder={order}" / f"Dir={pixel // 10_000 * 10_000}"
        suffix = self.properties.get("hats_npix_suffix", ".parquet")
        name = folder / f"Npix={pixel}"
        if suffix == "/" or name.is_dir():
            return [Partition(order, pixel, path) for path in sorted(name.glob("*.parquet"))]
        path = folder / f"Npix={pixel}{suffix}"
        if not path.is_file():
            raise TsmError(
                f"The HATS catalogue {self.name} lists the partition Norder={order}/Npix={pixel}, but its "
                f"file is "
                "missing.",
                remedy="The release is incomplete: copy it again.",
                where=str(path),
            )
        return [Partition(order, pixel, path)]


def is_hats(path: Path) -> bool:
    """True if the folder holds a HATS catalogue or collection."""
    return any((path / name).is_file() for name in (COLLECTION, *PROPERTIES))


def open_catalogue(path: Path | str) -> Catalogue:
    """The catalogue in a folder; of a collection, its primary table. TsmError if there is none."""
    path = Path(path)
    if not path.is_dir():
        raise TsmError(f"There is no folder {path}.", remedy="Check the release's path.", where=str(path))
    if (path / COLLECTION).is_file():
        primary = read_properties(path / COLLECTION).get("hats_primary_table_url", "")
        inside = path / primary if primary and (path / primary).is_dir() else path / Path(primary).name
        if not primary or not inside.is_dir():
            raise TsmError(f"The collection {path} names no primary table that is there.", where=str(path))
        path = inside
    for name in PROPERTIES:
        if (path / name).is_file():
            return Catalogue(path, read_properties(path / name))
    raise TsmError(
        f"{path} is no HATS catalogue: it has neither {COLLECTION} nor {PROPERTIES[0]}.",
        remedy="Name the folder of a HATS catalogue or collection.",
        where=str(path),
    )


def read_properties(path: Path) -> dict[str, str]:
    """Keys and values of a (Java style) properties file."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line and line[0] not in "#!" and "=" in line:
            key, value = line.split("=", 1)
            found[key.strip()] = re.sub(r"\\(.)", r"\1", value.strip())
    return found


def near_partitions(
    partitions: Sequence[Partition], ra: np.ndarray, dec: np.ndarray, radius_deg: float
) -> list[tuple[Partition, np.ndarray]]:
    """Partitions that a circle of that radius around one of the positions may touch, each with those rows.

    It errs on the generous side (the pixel's circumscribed circle), never on the other.
    """
    if not len(ra):
        return []
    within = _within(_vectors(ra, dec), len(partitions))
    centre_ra, centre_dec = _centres(partitions)
    centres = _vectors(centre_ra, centre_dec)
    found = []
    for part, centre in zip(partitions, centres, strict=True):
        reach = min(np.pi, _pixel_radius(part.order) + np.radians(radius_deg)) + 1e-9
        rows = within(centre, 2 * np.sin(reach / 2))
        if len(rows):
            found.append((part, rows))
    return found


def _within(places: np.ndarray, times: int) -> Callable[[np.ndarray, float], np.ndarray]:
    """Which of ``places`` (unit vectors) lie within a distance of a point, for ``times`` points."""
    if times * len(places) <= FEW:  # less than a tree takes to import and to build
        x, y, z = np.ascontiguousarray(places.T)

        def looked_at(point: np.ndarray, reach: float) -> np.ndarray:
            apart = (x - point[0]) ** 2 + (y - point[1]) ** 2 + (z - point[2]) ** 2
            return np.flatnonzero(apart <= reach * reach)

        return looked_at
    from scipy.spatial import cKDTree

    tree = cKDTree(places, balanced_tree=False, compact_nodes=False)
    return lambda point, reach: np.sort(np.asarray(tree.query_ball_point(point, reach), dtype=np.int64))


def inside_pixels(partitions: Sequence[Partition], ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """Boolean, one per position: it lies in the pixel of one of the partitions."""
    from pz_tsm.sky.healpix import pixels

    inside = np.zeros(len(ra), dtype=bool)
    if not len(ra):
        return inside
    for order in {part.order for part in partitions}:
        wanted = np.array([part.pixel for part in partitions if part.order == order])
        inside |= np.isin(pixels(ra, dec, order), wanted)
    return inside


def _centres(partitions: Sequence[Partition]) -> tuple[np.ndarray, np.ndarray]:
    from pz_tsm.sky.healpix import centres

    return centres(
        np.array([part.order for part in partitions], dtype=np.int64),
        np.array([part.pixel for part in partitions], dtype=np.int64),
    )


def _vectors(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    lon, lat = np.radians(ra), np.radians(dec)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _pixel_radius(order: int) -> float:
    """Largest distance (radians) from the centre of a HEALPix pixel of that order to a corner of it."""
    nside = 2**order
    z = 2 / 3
    phi = np.pi / (4 * nside)
    a = np.array([np.sqrt(1 - z * z) * np.cos(phi), np.sqrt(1 - z * z) * np.sin(phi), z])
    zb = 1 - (1 - 1 / nside) ** 2 / 3
    b = np.array([np.sqrt(1 - zb * zb), 0.0, zb])
    return float(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b))
