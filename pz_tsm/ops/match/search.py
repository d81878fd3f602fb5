"""Pairs of positions and objects, found partition by partition; the result doesn't depend on the
partitioning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.errors import TsmError
from pz_tsm.ops.match.columns import Wanted
from pz_tsm.sources.hats import Catalogue, Partition, near_partitions

if TYPE_CHECKING:
    import pyarrow as pa

CELL = 0.25  # degrees: a position is outside the footprint if no object stands in its cell or one beside it
BANDS = int(180 / CELL)


@dataclass
class Pairs:
    """One entry a pair, ordered by row, separation, objectId. ``part`` numbers the catalogue's partitions,
    ``place`` is the row in the partition's file; separations are in arcsec, positions in degrees."""

    row: np.ndarray
    object_id: np.ndarray
    sep: np.ndarray
    ra: np.ndarray
    dec: np.ndarray
    part: np.ndarray
    place: np.ndarray

    def __len__(self) -> int:
        return len(self.row)

    def take(self, index: np.ndarray) -> Pairs:
        return Pairs(*(getattr(self, name)[index] for name in self.__dataclass_fields__))


def find(
    catalogue: Catalogue,
    want: Wanted,
    ra: np.ndarray,
    dec: np.ndarray,
    radius_arcsec: float,
    step: Callable[[float, str], None],
) -> tuple[Pairs, np.ndarray]:
    """All pairs within the radius, and for every position whether it lies in the release's footprint."""
    near = near_partitions(catalogue.partitions, ra, dec, radius_arcsec / 3600)
    number = {part: i for i, part in enumerate(catalogue.partitions)}
    sky = _Footprint()
    found: list[Pairs] = []
    for count, (part, rows) in enumerate(near):
        step(count / len(near), f"partition {count + 1} of {len(near)}")
        found.append(_pairs_in(catalogue, want, part, number[part], ra, dec, rows, radius_arcsec, sky))
    pairs = _ordered(found)
    inside = sky.holds(ra, dec)
    inside[pairs.row] = True
    outside = np.flatnonzero(~inside)
    if len(outside):  # partitions may be smaller than the cells: look at those nearby, too
        read = {part for part, _ in near}
        for part, _ in near_partitions(catalogue.partitions, ra[outside], dec[outside], 3 * CELL):
            if part not in read:
                _, object_ra, object_dec, _ = _positions(catalogue, want, part)
                sky.add(object_ra, object_dec)
        inside[outside] = sky.holds(ra[outside], dec[outside])
    return pairs, inside


def fetch(catalogue: Catalogue, want: Wanted, pairs: Pairs) -> pa.Table:
    """The wanted columns of the pairs' objects, in the pairs' order."""
    import pyarrow as pa

    if not len(pairs):
        return pa.schema([catalogue.schema.field(name) for name in want.columns]).empty_table()
    tables, order = [], []
    for number in np.unique(pairs.part):
        rows = np.flatnonzero(pairs.part == number)
        tables.append(catalogue.read(catalogue.partitions[number], want.columns, pairs.place[rows]))
        order.append(rows)
    back = np.argsort(np.concatenate(order), kind="stable")
    try:
        table = pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowInvalid as error:
        raise TsmError(
            f"The partitions of {catalogue.name} differ in their columns' types: {error}."
        ) from None
    return table.take(pa.array(back))


def _positions(
    catalogue: Catalogue, want: Wanted, part: Partition
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(row in file, ra, dec, id) of the objects that may be matched: finite position, primary."""
    import pyarrow as pa

    columns = [want.id, catalogue.ra, catalogue.dec, *([want.primary] if want.primary else [])]
    table = catalogue.read(part, columns)
    ra = table[catalogue.ra].cast(pa.float64()).to_numpy()
    dec = table[catalogue.dec].cast(pa.float64()).to_numpy()
    good = np.isfinite(ra) & np.isfinite(dec)
    if want.primary:
        good &= table[want.primary].cast(pa.bool_()).fill_null(False).to_numpy()
    try:
        ids = table[want.id].cast(pa.int64())
    except pa.ArrowInvalid:
        raise TsmError(
            f"The object ids '{want.id}' of {catalogue.name} are no whole numbers of 64 bits.", where=want.id
        ) from None
    if ids.null_count:
        raise TsmError(f"The object ids '{want.id}' of {catalogue.name} have gaps.", where=want.id)
    place = np.flatnonzero(good)
    return place, ra[place], dec[place], ids.to_numpy()[place]


def _pairs_in(catalogue, want, part, number, ra, dec, rows, radius_arcsec, sky) -> Pairs:
    from pz_tsm.sky import pairs_within

    place, object_ra, object_dec, ids = _positions(catalogue, want, part)
    sky.add(object_ra, object_dec)
    i, j, sep = pairs_within(ra[rows], dec[rows], object_ra, object_dec, radius_arcsec)
    i, j = np.asarray(i, dtype=np.int64), np.asarray(j, dtype=np.int64)
    part_number = np.full(len(i), number, dtype=np.int64)
    return Pairs(rows[i], ids[j], np.asarray(sep), object_ra[j], object_dec[j], part_number, place[j])


def _ordered(found: list[Pairs]) -> Pairs:
    if not found:
        whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
        return Pairs(whole, whole, real, real, real, whole, whole)
    pairs = Pairs(
        *(np.concatenate([getattr(one, name) for one in found]) for name in Pairs.__dataclass_fields__)
    )
    pairs = pairs.take(np.lexsort((pairs.object_id, pairs.sep, pairs.row)))
    # an object that the release lists twice counts once, at its nearest place
    again = np.lexsort((np.arange(len(pairs)), pairs.object_id, pairs.row))
    same = (np.diff(pairs.row[again]) == 0) & (np.diff(pairs.object_id[again]) == 0)
    keep = np.ones(len(pairs), dtype=bool)
    keep[again[1:][same]] = False
    return pairs if keep.all() else pairs.take(np.flatnonzero(keep))


class _Footprint:
    """Cells of a quarter of a degree that hold objects; made from positions only, so free of partitioning."""

    def __init__(self) -> None:
        self.filled = np.zeros((BANDS, 2 * BANDS), dtype=bool)

    def add(self, ra: np.ndarray, dec: np.ndarray) -> None:
        self.filled[self._cells(ra, dec)] = True

    def holds(self, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
        """True where the position's cell, or one at most a quarter of a degree away, holds objects."""
        found = np.zeros(len(ra), dtype=bool)
        scale = np.maximum(np.cos(np.radians(dec)), 1e-3)
        for up in (-CELL, 0, CELL):
            for right in (-CELL, 0, CELL):
                there = np.clip(dec + up, -90, 90)
                found |= self.filled[self._cells((ra + right / scale) % 360, there)]
        return found

    def _cells(self, ra: np.ndarray, dec: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        band = np.clip(((dec + 90) / CELL).astype(np.int64), 0, BANDS - 1)
        count = np.maximum(1, np.floor(2 * BANDS * np.cos(np.radians((band + 0.5) * CELL - 90)))).astype(
            np.int64
        )
        return band, np.minimum((ra % 360 / 360 * count).astype(np.int64), count - 1)
