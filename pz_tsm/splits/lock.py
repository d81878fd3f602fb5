"""Keeping the parts of an earlier bundle: what was for testing there must not be trained on here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

UNUSED = "unused"
TEST = "test"
TABLE, MEASUREMENTS = "data/training_set.parquet", "data/measurements.parquet"


@dataclass
class Locked:
    """What each row's key had: ``part`` is the number of its label, -1 for a key that is new."""

    part: np.ndarray
    kept: int  # keys that keep their part
    new: int  # keys that none of whose rows had one
    merged: int  # keys made of groups of different parts, which go to test

    @property
    def said(self) -> dict[str, int]:
        return {"kept": self.kept, "new": self.new, "merged_to_test": self.merged}


def earlier_parts(bundle: Path) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """row_ids (sorted) of all measurements whose galaxy had a part in the bundle, and the place of its label
    in the list of labels."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = bundle / TABLE
    if not path.is_file():
        raise TsmError(
            f"'{bundle}' is no bundle: it has no {TABLE}.",
            remedy="'lock' names the folder of an earlier bundle of a split training set.",
            where="lock",
        )
    try:
        names = pq.read_schema(path).names
        for name in ("row_id", "split"):
            if name not in names:
                raise TsmError(f"The bundle '{bundle.name}' has no column '{name}'.", where="lock")
        columns = [name for name in ("row_id", "group_id", "split") if name in names]
        table = pq.read_table(path, columns=columns)
        members = None
        if (bundle / MEASUREMENTS).is_file() and "group_id" in names:
            members = pq.read_table(bundle / MEASUREMENTS, columns=["row_id", "group_id"])
    except (OSError, pa.ArrowInvalid) as error:
        raise TsmError(f"The bundle '{bundle.name}' can't be read: {error}.", where="lock") from None
    split = table["split"].cast(pa.string()).to_pylist()
    labels = sorted({one for one in split if one not in (None, UNUSED)})
    number = {label: place for place, label in enumerate(labels)}
    code = np.array([number.get(one, -1) for one in split], dtype=np.int64)
    group = table["group_id" if "group_id" in table.column_names else "row_id"].to_numpy()
    used = code >= 0
    order = np.argsort(group[used], kind="stable")
    groups, first = np.unique(group[used][order], return_index=True)
    parts = code[used][order][first]
    if members is None:
        members = pa.table({"row_id": table["row_id"], "group_id": group})
    ids, of = members["row_id"].to_numpy(), members["group_id"].to_numpy()
    if not len(groups):
        raise TsmError(f"No row of the bundle '{bundle.name}' is in a part.", where="lock")
    place = np.minimum(np.searchsorted(groups, of), len(groups) - 1)
    had = groups[place] == of
    order = np.argsort(ids[had], kind="stable")
    return ids[had][order], parts[place[had]][order], labels


def locked(bundle: Path, rows: pa.Table, key: str, labels: list[str], measurements: pa.Table) -> Locked:
    """The part that each row's key had in an earlier bundle.

    A key's galaxies are known again by their measurements (``row_id``): those of ``rows``, and those of
    ``measurements``, all that there are of those galaxies. A key with measurements of galaxies of different
    parts goes to 'test'. TsmError where the bundle can't be read or has parts that this split
    hasn't.
    """
    ids, parts, names = earlier_parts(bundle)
    gone = [name for name in names if name not in labels]
    if gone:
        raise TsmError(
            f"The bundle '{bundle.name}' has rows in the part '{gone[0]}', which this split hasn't.",
            remedy=f"Name the parts as they are there: {', '.join(names)}.",
            where="parts",
        )
    keys = rows[key].to_numpy()
    member, owner = rows["row_id"].to_numpy(), keys
    if key != "row_id" and "group_id" in rows.column_names and "group_id" in measurements.column_names:
        groups, first = np.unique(rows["group_id"].to_numpy(), return_index=True)
        of = measurements["group_id"].to_numpy()
        place = np.minimum(np.searchsorted(groups, of), max(len(groups) - 1, 0))
        there = groups[place] == of if len(groups) else np.zeros(len(of), bool)
        member = np.concatenate([member, measurements["row_id"].to_numpy()[there]])
        owner = np.concatenate([owner, keys[first[place[there]]]])
    known, mine = np.unique(keys, return_inverse=True)
    place = np.minimum(np.searchsorted(ids, member), len(ids) - 1)
    had = ids[place] == member
    at, what = np.searchsorted(known, owner[had]), parts[place[had]]
    low = np.full(len(known), len(names), dtype=np.int64)
    high = np.full(len(known), -1, dtype=np.int64)
    np.minimum.at(low, at, what)
    np.maximum.at(high, at, what)
    merged = (high >= 0) & (low != high)
    if merged.any() and TEST not in labels:
        raise TsmError(
            f"{int(merged.sum())} objects are made of galaxies that had different parts; they would go to "
            f"'{TEST}', which this split hasn't.",
            remedy=f"Call one of the parts '{TEST}'.",
            where="parts",
        )
    now = np.array([labels.index(name) for name in names] + [-1], dtype=np.int64)
    part = now[high]
    part[merged] = labels.index(TEST) if merged.any() else -1
    new = high < 0
    return Locked(part[mine.reshape(-1)], int((~new & ~merged).sum()), int(new.sum()), int(merged.sum()))
