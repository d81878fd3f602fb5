"""What two parts have in common: nothing they may share, and what a reader should know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

NEAR_ARCSEC = 5.0
KEYS = ("split_key", "objectId", "group_id")
COLUMNS = (*KEYS, "ra", "dec", "tract")  # all that is looked at


def audit(rows: pa.Table, part: np.ndarray) -> dict[str, Any]:
    """Leaks between the parts of ``rows`` (one number a row, all of them in a part), as JSON.

    ``shared``: for each kind of key, how many stand in two parts (a defect, if not 0); ``near``: pairs of
    rows of different parts within ``near_arcsec``; ``tracts``: how many tracts have rows of two parts, of how
    many. None where the table can't tell.
    """
    found: dict[str, Any] = {"shared": {}, "near_arcsec": NEAR_ARCSEC, "near": None, "tracts": None}
    for name in KEYS:
        if name in rows.column_names and not rows[name].null_count:
            found["shared"][name] = _several(rows[name].to_numpy(), part)[0]
    if "ra" in rows.column_names and "dec" in rows.column_names:
        from pz_tsm.ops.combine.columns import numbers
        from pz_tsm.sky import self_pairs

        i, j, _ = self_pairs(numbers(rows, "ra"), numbers(rows, "dec"), NEAR_ARCSEC)
        found["near"] = int((part[i] != part[j]).sum())
    if "tract" in rows.column_names and not rows["tract"].null_count:
        both, of = _several(rows["tract"].to_numpy(), part)
        found["tracts"] = {"shared": both, "of": of}
    return found


def _several(keys: np.ndarray, part: np.ndarray) -> tuple[int, int]:
    """How many keys stand in more than one part, and how many there are."""
    known, place = np.unique(keys, return_inverse=True)
    low = np.full(len(known), np.iinfo(np.int64).max)
    high = np.full(len(known), -1, dtype=np.int64)
    np.minimum.at(low, place.reshape(-1), part)
    np.maximum.at(high, place.reshape(-1), part)
    return int((low != high).sum()), len(known)
