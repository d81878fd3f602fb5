"""Which rows of a table measure one object: pairs by position and rule, then groups.

The search runs once with the largest radius; the rule of each pair (radii of its surveys, position errors,
agreement in redshift) is applied to what it found. The result depends on the rows alone: not on the order of
inputs, nor on what a cache held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.ops.combine import astrometry, chains, groups, paircache
from pz_tsm.ops.combine.columns import codes, numbers
from pz_tsm.ops.combine.params import PositionErrors
from pz_tsm.redshifts import TOLERANCE, agree

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

KINDS = "sgp"  # instrument types; a row without one counts as s


@dataclass(frozen=True)
class Pairing:
    """The rule of pairs. ``radii`` and ``radius_arcsec`` in arcsec; of two surveys the larger radius counts.

    ``agree``: |dz|/(1+z) must be within ``tolerance`` of the two types (the larger counts), z being the mean;
    where a redshift is null position decides alone. ``offsets``: measured offsets between surveys are removed
    first. ``chains``: what becomes of groups wider than their radius.
    """

    radius_arcsec: float
    radii: Mapping[str, float] = field(default_factory=dict)
    errors: PositionErrors | None = None
    agree: bool = False
    tolerance: Mapping[str, float] = field(default_factory=lambda: dict(TOLERANCE))
    offsets: bool = False
    chains: Literal["keep", "split"] = "keep"


@dataclass
class Found:
    """Pairs i < j of rows, sorted by (i, j), with separations in arcsec (after offsets, where removed).

    ``offsets``: one dict for each pair of surveys with enough mutual pairs: a, b, pairs, dra_arcsec (b - a,
    times cos(dec)), ddec_arcsec, scatter_arcsec, applied. ``reused`` and ``searched`` count pairs of
    catalogues, each catalogue with itself included. ``ra``, ``dec``: the positions that were paired, degrees.
    """

    i: np.ndarray
    j: np.ndarray
    sep: np.ndarray
    offsets: list[dict[str, Any]]
    reused: int
    searched: int
    ra: np.ndarray
    dec: np.ndarray
    rows: Any = field(default=None, repr=False)  # what was read of the table, for ``group``


@dataclass
class Grouped:
    """Groups of rows: ``labels`` is the smallest row index of each row's group.

    ``diameter``: largest separation within the row's group, arcsec, float32, 0 for a row alone. ``chain``:
    the group is wider than its radius (the largest that holds for one of its rows). ``split``: groups that
    were split by redshift.
    """

    labels: np.ndarray
    diameter: np.ndarray
    chain: np.ndarray
    split: int


def find(table: pa.Table, pairing: Pairing, ctx: Context) -> Found:
    """All pairs of a table (as ``combine.table.joined`` makes it) that follow the rule.

    Raises TsmError where positions are not real, or where the column of errors is missing or no number.
    """
    rows = _Rows(table, pairing)
    groups.check_crowd(rows.ra, rows.dec)
    catalogues = paircache.catalogues(table)
    ctx.step(0.15, "neighbours")
    pairs, reused = paircache.search(rows.ra, rows.dec, rows.widest, catalogues)
    near = _within_radius(pairs, rows.radius)
    ctx.step(0.4, "offsets")
    measured = astrometry.measure(rows.ra, rows.dec, rows.survey, rows.surveys, *near)
    ra, dec = rows.ra, rows.dec
    if pairing.offsets and measured:
        shifts = astrometry.shifts(measured, rows.surveys, rows.count)
        ra, dec = astrometry.moved(ra, dec, rows.survey, shifts)
        ctx.step(0.45, "neighbours")
        pairs, reused = paircache.search(ra, dec, rows.widest, catalogues)
        near = _within_radius(pairs, rows.radius)
    i, j, sep = _by_rule(near, rows, pairing)
    total = catalogues.count * (catalogues.count + 1) // 2
    said = [one.to_dict(rows.surveys) for one in measured]
    return Found(i, j, sep, said, reused, total - reused, ra, dec, rows)


def group(table: pa.Table, found: Found, pairing: Pairing) -> Grouped:
    """Connected components of the pairs, with photometric rows that join but never link; see ``Grouped``."""
    import numpy as np

    rows = found.rows
    if rows is None or rows.table is not table or rows.pairing != pairing:
        rows = _Rows(table, pairing)
    photo = rows.kind == KINDS.index("p")
    n = table.num_rows
    labels = groups.label(n, found.i, found.j, found.sep, photo)
    diameter = chains.diameters(labels, found)
    wide = chains.widest_radius(labels, rows.radius)
    is_chain = diameter > wide
    split = 0
    if pairing.chains == "split" and is_chain.any():
        limits = np.array([pairing.tolerance[kind] for kind in KINDS])[rows.kind]
        z = np.where(photo, np.nan, rows.z)  # a photometric redshift never links: it stays with its nearest
        labels, split = chains.split(labels, is_chain, z, limits, found.ra, found.dec)
        diameter = chains.diameters(labels, found)
        is_chain = diameter > chains.widest_radius(labels, rows.radius)
    return Grouped(labels, diameter.astype(np.float32), is_chain, split)


class _Rows:
    """What pairing reads of the table, as numpy: positions, redshift, type, survey and its radius."""

    def __init__(self, table: pa.Table, pairing: Pairing) -> None:
        import numpy as np

        self.table, self.pairing = table, pairing
        self.ra, self.dec, self.z = (numbers(table, name) for name in ("ra", "dec", "redshift"))
        types, kind = codes(table, "instrument_type")
        known = np.array([KINDS.index(name) if name in ("g", "p") else 0 for name in types] + [0])
        self.kind = known[kind]
        self.surveys, self.survey = codes(table, "survey")
        self.count = np.bincount(self.survey[self.survey >= 0], minlength=len(self.surveys))
        own = {name.upper(): float(value) for name, value in pairing.radii.items()}
        radii = [own.get(name.upper(), pairing.radius_arcsec) for name in self.surveys]
        self.radius = np.array([*radii, pairing.radius_arcsec])[self.survey]
        self.widest = float(self.radius.max()) if len(self.radius) else pairing.radius_arcsec
        self.error = _errors(table, pairing.errors)


def _errors(table: pa.Table, errors: PositionErrors | None) -> np.ndarray | None:
    import numpy as np
    import pyarrow as pa

    if errors is None:
        return None
    if errors.column not in table.column_names:
        raise TsmError(
            f"combine, errors: there is no column '{errors.column}'.",
            remedy="Name a column with the position error in arcsec.",
            where=errors.column,
        )
    try:
        error = numbers(table, errors.column)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise TsmError(
            f"combine, errors: the column '{errors.column}' holds no numbers.", where=errors.column
        ) from None
    with np.errstate(invalid="ignore"):
        return np.where(error >= 0, error, np.nan)


Pairs = tuple["np.ndarray", "np.ndarray", "np.ndarray"]


def _within_radius(pairs: Pairs, radius: np.ndarray) -> Pairs:
    import numpy as np

    i, j, sep = pairs
    keep = sep <= np.maximum(radius[i], radius[j])
    return (i, j, sep) if keep.all() else (i[keep], j[keep], sep[keep])


def _by_rule(pairs: Pairs, rows: _Rows, pairing: Pairing) -> Pairs:
    import numpy as np

    i, j, sep = pairs
    keep = np.ones(len(i), dtype=bool)
    if pairing.errors is not None:
        reach = pairing.errors.sigma * np.hypot(rows.error[i], rows.error[j]) + pairing.errors.floor_arcsec
        keep &= np.isnan(reach) | (sep <= reach)
    if pairing.agree:
        limits = np.array([pairing.tolerance[kind] for kind in KINDS])[rows.kind]
        keep &= agreeing(rows.z[i], rows.z[j], np.maximum(limits[i], limits[j]))
    return i[keep], j[keep], sep[keep]


def agreeing(z1: np.ndarray, z2: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Whether |z1 - z2| / (1 + mean z) is within the limit; True where one of them is NaN."""
    import numpy as np

    return np.isnan(z1) | np.isnan(z2) | agree(z1, z2, limit)
