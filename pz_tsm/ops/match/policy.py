"""Which of the pairs within the radius are taken: the policies behind ``select``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.arrays import distinct
from pz_tsm.errors import TsmError
from pz_tsm.ops.match.params import Errors, MatchParams
from pz_tsm.ops.match.rows import firsts
from pz_tsm.ops.match.search import Pairs, Search

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.releases import Profile


@dataclass
class Chosen:
    """Places of the pairs that are taken, ordered by row, separation, objectId; and what the others are.

    ``lost``: rows all of whose objects went to a closer row; ``lost_to``: for each, the place of its nearest
    pair. ``beyond``: rows with objects within the radius, all too far for their errors. ``sigma``: of every
    pair taken, its separation in combined errors (None without errors).
    """

    taken: np.ndarray
    lost: np.ndarray
    lost_to: np.ndarray
    beyond: np.ndarray
    sigma: np.ndarray | None = None


def choose(pairs: Pairs, owner: np.ndarray, params: MatchParams, error: np.ndarray | None) -> Chosen:
    """The pairs that ``select`` takes.

    ``owner``: what competes for an object, one number a row (its group: measurements of one galaxy share
    their object). ``error``: combined position error of each pair in arcsec, NaN where neither is known.
    """
    none = np.zeros(0, dtype=np.int64)
    first = firsts(pairs.row)
    if params.select == "all":
        return Chosen(np.arange(len(pairs)), none, none, none)
    if params.select == "one-to-one":
        taken = one_to_one(pairs, owner)
        lost_to = first[~np.isin(pairs.row[first], pairs.row[taken])]
        return Chosen(taken, pairs.row[lost_to], lost_to, none)
    if params.select == "nearest":
        return Chosen(first, none, none, none)
    if params.errors is None or error is None:
        raise ValueError("error-weighted needs the errors")
    return _weighed(pairs, params.errors, error)


def one_to_one(pairs: Pairs, owner: np.ndarray) -> np.ndarray:
    """Places of the best pairs: from the closest on, each owner and each object is taken once.

    Order: separation, objectId, owner. A pair that is first both for its owner and for its object is taken;
    then the pairs of both are out, and so on until none is left: the same as going down the whole list.
    All rows of an owner go with its object; those that are too far from it get none.
    """
    size = len(pairs)
    if not size:
        return np.zeros(0, dtype=np.int64)
    owners, mine = np.unique(owner[pairs.row], return_inverse=True)
    objects, other = np.unique(pairs.object_id, return_inverse=True)
    rank = np.empty(size, dtype=np.int64)
    rank[np.lexsort((mine, other, pairs.sep))] = np.arange(size)
    goes_to = np.full(len(owners), -1, dtype=np.int64)
    left = np.arange(size)
    while len(left):
        best_of_owner = np.full(len(owners), size, dtype=np.int64)
        best_of_object = np.full(len(objects), size, dtype=np.int64)
        np.minimum.at(best_of_owner, mine[left], rank[left])
        np.minimum.at(best_of_object, other[left], rank[left])
        both = (rank[left] == best_of_owner[mine[left]]) & (rank[left] == best_of_object[other[left]])
        won = left[both]
        goes_to[mine[won]] = other[won]
        gone = np.zeros(len(objects), dtype=bool)
        gone[other[won]] = True
        left = left[(goes_to[mine[left]] < 0) & ~gone[other[left]]]
    return np.flatnonzero(goes_to[mine] == other)


def position_errors(
    table: pa.Table,
    survey: np.ndarray,
    errors: Errors,
    pairs: Pairs,
    release: Search,
    profile: Profile,
) -> tuple[np.ndarray, list[str]]:
    """Combined position error (arcsec) of each pair, NaN where neither side knows its own; and the release's
    columns that were read.

    ``table`` and ``survey`` have one entry a row. The error of an object is the mean of its two axes, as
    sqrt((e_ra^2 + e_dec^2) / 2), both in degrees on the sky.
    """
    import pyarrow as pa

    mine = np.full(len(survey), np.nan)
    if errors.surveys:
        by_name = {name.upper(): value for name, value in errors.surveys.items()}
        mine = np.array([by_name.get(name.upper(), np.nan) for name in survey], dtype=float)
    if errors.column is not None:
        if errors.column not in table.column_names:
            raise TsmError(
                f"The table has no column '{errors.column}' of position errors.",
                remedy="Name a column in arcsec that the catalogues have ('keep' of combine takes it along), "
                "or give the errors by survey.",
                where=errors.column,
            )
        try:
            stated = table[errors.column].cast(pa.float64()).to_numpy(zero_copy_only=False)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise TsmError(
                f"The column '{errors.column}' of position errors holds no numbers.", where=errors.column
            ) from None
        mine = np.where(np.isfinite(stated) & (stated >= 0), stated, mine)
    names = [name for name in profile.position_errors if name in release.catalogue.schema.names]
    theirs = np.full(len(pairs), np.nan)
    if names and len(pairs):
        objects = release.fetch(pairs, names)
        squares = [objects[name].cast(pa.float64()).to_numpy(zero_copy_only=False) ** 2 for name in names]
        theirs = np.sqrt(np.mean(squares, axis=0)) * 3600
    here = mine[pairs.row]
    total = np.sqrt(np.nan_to_num(here) ** 2 + np.nan_to_num(theirs) ** 2)
    return np.where(np.isfinite(here) | np.isfinite(theirs), total, np.nan), names


def _weighed(pairs: Pairs, errors: Errors, error: np.ndarray) -> Chosen:
    """Of each row the pair with the fewest errors between, if they are not too many; ties by separation.

    The floor enters both: it keeps an error of zero from ruling, and stands for errors that nobody knows.
    Where no error is known, the radius alone decides.
    """
    sigma = pairs.sep / np.maximum(np.hypot(np.nan_to_num(error), errors.floor_arcsec), 1e-6)
    near = np.isnan(error) | (pairs.sep <= errors.sigma * error + errors.floor_arcsec)
    good = np.flatnonzero(near)
    order = good[np.lexsort((pairs.object_id[good], pairs.sep[good], sigma[good], pairs.row[good]))]
    taken = order[firsts(pairs.row[order])]
    rows = distinct(pairs.row)
    none = np.zeros(0, dtype=np.int64)
    return Chosen(taken, none, none, rows[~np.isin(rows, pairs.row[taken])], sigma[taken])
