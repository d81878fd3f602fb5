"""Pairs of positions and objects, found partition by partition; the result doesn't depend on the
partitioning, nor on where the search runs: in memory (``LocalSearch``), or in a job of the engine by LSDB
(``lsdb_search.LsdbSearch``). ``searching`` chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pz_tsm.ahead import ahead
from pz_tsm.arrays import beside, integers, taken
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding
from pz_tsm.ops.match.columns import Wanted
from pz_tsm.ops.match.progress import Progress
from pz_tsm.sources.hats import Catalogue, Partition, near_partitions

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.ops.match.params import MatchParams
    from pz_tsm.releases import Release

CELL = 0.25  # degrees: a position is outside the footprint if no object stands in its cell or one beside it
BANDS = int(180 / CELL)
AROUND = np.maximum(  # cells of each band of declination
    1, np.floor(2 * BANDS * np.cos(np.radians((np.arange(BANDS) + 0.5) * CELL - 90)))
).astype(np.int64)
COLUMNS = 8  # of objects, read together


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


class Search(Protocol):
    """A release in which objects are looked up."""

    catalogue: Catalogue
    want: Wanted

    def find(
        self, ra: np.ndarray, dec: np.ndarray, reach_arcsec: float, *, objects_of: int | None = None
    ) -> tuple[Pairs, np.ndarray]:
        """All pairs within the reach, and for every position (degrees) whether it is in the footprint.

        ``objects_of``: columns will be fetched for positions before that number only (None: for all).
        """
        ...

    def fetch(self, pairs: Pairs, names: Sequence[str] | None = None) -> pa.Table:
        """Columns (the wanted ones, unless named) of the objects of pairs that ``find`` gave, in their
        order."""
        ...

    def about(self) -> dict[str, Any]:
        """What did the work, for the report: nothing of it changes the rows."""
        ...

    def told(self) -> list[Finding]:
        """What there is to tell of where it was done."""
        ...


def searching(
    release: Release,
    catalogue: Catalogue,
    want: Wanted,
    params: MatchParams,
    ctx: Context,
    ra: np.ndarray | None = None,
    dec: np.ndarray | None = None,
) -> Search:
    """The search that the step asks for (``params.run``) where it runs (``ctx.job``).

    ``engine`` in a job is LSDB, ``memory`` and whatever runs outside a job is not; ``auto`` in a job is what
    ``expect_cost`` proposes for the positions ``ra``, ``dec`` (degrees), and the report says which and why;
    where LSDB is proposed and not installed, that is told. TsmError where it is asked for and not installed.
    """
    if ctx.job is None or params.run not in ("auto", "engine"):
        return LocalSearch(catalogue, want, ctx.step)
    from pz_tsm.ops.match import expect_cost, lsdb_search

    if params.run == "engine":
        return lsdb_search.LsdbSearch(release, catalogue, want, params, ctx)
    findings: tuple[Finding, ...] = ()
    where, why = lsdb_search.placed(catalogue, want, params, ctx.job, ra, dec)
    if where == "engine" and not expect_cost.has_lsdb():
        findings = (lsdb_search.missing(why),)
        where, why = "memory", f"LSDB is not installed, though {why}"
    way = {"run": {"asked": "auto", "where": where, "why": why}}
    ctx.step(0.0, f"matching {'by LSDB' if where == 'engine' else 'in memory'}: {why}")
    if where == "engine":
        return lsdb_search.LsdbSearch(release, catalogue, want, params, ctx, way)
    return LocalSearch(catalogue, want, ctx.step, findings, way)


@dataclass
class LocalSearch:
    """In this process, one partition after the other: positions first, then the columns of what matched.

    ``findings``: why it is this one, where another is proposed; ``way``: the same for the report.
    """

    catalogue: Catalogue
    want: Wanted
    step: Callable[..., None] = lambda fraction, message, amount=None: None
    findings: tuple[Finding, ...] = ()
    way: Mapping[str, Any] = field(default_factory=dict)

    def find(
        self, ra: np.ndarray, dec: np.ndarray, reach_arcsec: float, *, objects_of: int | None = None
    ) -> tuple[Pairs, np.ndarray]:
        catalogue, want = self.catalogue, self.want
        near = near_partitions(catalogue.partitions, ra, dec, reach_arcsec / 3600)
        number = {part: i for i, part in enumerate(catalogue.partitions)}
        sky = Footprint()
        found: list[Pairs] = []
        progress = Progress(self.step, len(near), "partition")
        progress.tell(f"reading the release: {len(near)} partitions")

        def look(there: tuple[Partition, np.ndarray]) -> tuple[Pairs, np.ndarray]:
            part, rows = there
            return _pairs_in(catalogue, want, part, number[part], ra, dec, rows, reach_arcsec)

        for pairs, cells in ahead(look, near):
            sky.add_cells(cells)
            found.append(pairs)
            progress.done(len(pairs))
        pairs = ordered(found)

        def see(more: Iterable[Partition]) -> None:
            for part in more:
                _, object_ra, object_dec, _ = _positions(catalogue, want, part)
                sky.add(object_ra, object_dec)

        return pairs, footprint(catalogue, ra, dec, pairs, sky, {part for part, _ in near}, see)

    def fetch(self, pairs: Pairs, names: Sequence[str] | None = None) -> pa.Table:
        wanted = self.want.columns if names is None else tuple(names)
        parts = self.catalogue.partitions

        def read(number: int, places: np.ndarray) -> pa.Table:
            """A few columns at a time: little is held that is not wanted, and threads share the work."""
            some = [wanted[at : at + COLUMNS] for at in range(0, len(wanted) or 1, COLUMNS)]
            tables = list(ahead(lambda names: self.catalogue.read(parts[number], names, places), some))
            return tables[0] if len(tables) == 1 else beside(tables)

        return gathered(self.catalogue, pairs, wanted, read)

    def about(self) -> dict[str, Any]:
        return dict(self.way)

    def told(self) -> list[Finding]:
        return list(self.findings)


def gathered(
    catalogue: Catalogue,
    pairs: Pairs,
    names: Sequence[str],
    read: Callable[[int, np.ndarray], pa.Table],
) -> pa.Table:
    """Columns of the pairs' objects, in the pairs' order; ``read(part, places)`` gives those of one part."""
    import pyarrow as pa

    if not len(pairs):
        return pa.schema([catalogue.schema.field(name) for name in names]).empty_table()
    tables, order = [], []
    for number in np.unique(pairs.part):
        rows = np.flatnonzero(pairs.part == number)
        tables.append(read(number, pairs.place[rows]))
        order.append(rows)
    back = np.argsort(np.concatenate(order), kind="stable")
    try:
        table = pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowInvalid as error:
        raise TsmError(
            f"The partitions of {catalogue.name} differ in their columns' types: {error}."
        ) from None
    return taken(table, integers(back))


def footprint(
    catalogue: Catalogue,
    ra: np.ndarray,
    dec: np.ndarray,
    pairs: Pairs,
    sky: Footprint,
    read: set[Partition],
    see: Callable[[Iterable[Partition]], None],
) -> np.ndarray:
    """For every position whether it lies in the release's footprint.

    ``sky`` holds the objects of the partitions in ``read``; ``see`` adds those of others: partitions may be
    smaller than the cells, so that those near a position decide, too.
    """
    inside = sky.holds(ra, dec)
    inside[pairs.row] = True
    outside = np.flatnonzero(~inside)
    if len(outside):
        around = near_partitions(catalogue.partitions, ra[outside], dec[outside], 3 * CELL)
        see(part for part, _ in around if part not in read)
        inside[outside] = sky.holds(ra[outside], dec[outside])
    return inside


def _positions(
    catalogue: Catalogue, want: Wanted, part: Partition
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(row in file, ra, dec, id) of the objects that may be matched: finite position, primary."""
    return candidates(catalogue, want, catalogue.read(part, position_columns(catalogue, want)))


def position_columns(catalogue: Catalogue, want: Wanted) -> list[str]:
    """Columns that a match reads of every object near a position."""
    return [want.id, catalogue.ra, catalogue.dec, *([want.primary] if want.primary else [])]


def candidates(
    catalogue: Catalogue, want: Wanted, table: pa.Table
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(row in the table, ra, dec, id) of the objects that may be matched: finite position, primary."""
    import pyarrow as pa

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


def _pairs_in(catalogue, want, part, number, ra, dec, rows, radius_arcsec) -> tuple[Pairs, np.ndarray]:
    """Pairs with the objects of a partition, and the cells of the footprint in which these are."""
    from pz_tsm.sky import pairs_within

    place, object_ra, object_dec, ids = _positions(catalogue, want, part)
    sky = Footprint()
    sky.add(object_ra, object_dec)
    i, j, sep = pairs_within(ra[rows], dec[rows], object_ra, object_dec, radius_arcsec)
    i, j = np.asarray(i, dtype=np.int64), np.asarray(j, dtype=np.int64)
    part_number = np.full(len(i), number, dtype=np.int64)
    found = Pairs(rows[i], ids[j], np.asarray(sep), object_ra[j], object_dec[j], part_number, place[j])
    return found, sky.cells()


def ordered(found: list[Pairs]) -> Pairs:
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


class Footprint:
    """Cells of a quarter of a degree that hold objects; made from positions only, so free of partitioning."""

    def __init__(self) -> None:
        self.filled = np.zeros((BANDS, 2 * BANDS), dtype=bool)

    def add(self, ra: np.ndarray, dec: np.ndarray) -> None:
        self.filled[self._cells(ra, dec)] = True

    def cells(self) -> np.ndarray:
        """Numbers of the cells that hold objects, for ``add_cells`` of another footprint."""
        return np.flatnonzero(self.filled)

    def add_cells(self, cells: np.ndarray) -> None:
        self.filled.flat[cells] = True

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
        count = AROUND[band]
        return band, np.minimum((ra % 360 / 360 * count).astype(np.int64), count - 1)
