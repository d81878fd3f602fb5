"""Our own policy: the best eligible row of a group by ordered criteria, unless secure redshifts disagree."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.expr import evaluate_value, kind_of, mask, parse

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

TYPE_RANK = {"s": 3.0, "g": 2.0, "p": 1.0}
KINDS = ("s", "g", "p")
LOW_FIRST = ("redshift_err", "survey_rank")
ORDER = b"tsm:order"  # metadata of the table


@dataclass
class Decision:
    """For each row: what became of it. ``rival`` is an index, -1 for none."""

    is_best: np.ndarray
    verdict: np.ndarray  # object
    decided_by: np.ndarray  # object, None where nothing had to be decided
    rival: np.ndarray
    conflicts: np.ndarray  # labels of groups in conflict


def criteria(table: pa.Table, prefer: list[Any], survey_rank: list[str]) -> list[tuple[str, np.ndarray]]:
    """Name and key of each criterion; smaller keys are better, what is not known comes last."""
    return [_criterion(table, one.by, one.order, survey_rank) for one in prefer]


def with_order(table: pa.Table, prefer: list[Any], survey_rank: list[str]) -> pa.Table:
    """The table with its order of preference in the metadata, so that a match judges by the same one."""
    order = {"prefer": [one.model_dump() for one in prefer], "survey_rank": survey_rank}
    return table.replace_schema_metadata({**(table.schema.metadata or {}), ORDER: json.dumps(order)})


def rank(table: pa.Table) -> np.ndarray:
    """Place of each row in the order in which combine preferred them, the row_id last (0 is the best).

    A table that no combine of ours has made goes by instrument type and flag.
    """
    import numpy as np

    said = json.loads((table.schema.metadata or {}).get(ORDER, b"{}"))
    prefer = [(one["by"], one["order"]) for one in said.get("prefer", [])] or [
        (name, None) for name in ("instrument_type", "z_flag_homogenized") if name in table.column_names
    ]
    keys = [_criterion(table, by, order, said.get("survey_rank", []))[1] for by, order in prefer]
    order = np.lexsort((table.column("row_id").to_numpy(), *reversed(keys)))
    place = np.empty(table.num_rows, dtype=np.int64)
    place[order] = np.arange(table.num_rows)
    return place


def _criterion(table: pa.Table, by: str, order: str | None, survey_rank: list[str]) -> tuple[str, np.ndarray]:
    import numpy as np
    import pyarrow as pa

    descending = (order or ("ascending" if by in LOW_FIRST else "descending")) == "descending"
    if by == "survey_rank" and "survey_rank" not in table.column_names:
        places = {name.upper(): float(place) for place, name in enumerate(survey_rank)}
        values = _by_text(table, "survey", places) if places else np.zeros(table.num_rows)
    elif by == "instrument_type":
        values = _by_text(table, "instrument_type", {key.upper(): rank for key, rank in TYPE_RANK.items()})
    else:
        try:
            tree = parse(by)
            if kind_of(tree, table.schema) == "text":
                raise TsmError(
                    f"Criterion '{by}' is text, which has no order here.", remedy="Write a condition on it."
                )
            values = evaluate_value(tree, table).cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        except TsmError as error:
            raise TsmError(
                f"Criterion '{by}' of combine: {error.message}", remedy=error.remedy, where=by
            ) from None
    if by == "z_flag_homogenized":  # 6 says "star": it is no better quality than 4
        values = np.where(values == 6, 0.5, values)
    if by == "redshift_err":  # zero stands for an error that was not quoted
        values = np.where(values > 0, values, np.nan)
    key = -values if descending else values.astype(np.float64)
    return by, np.where(np.isnan(key), np.inf, key)


def _by_text(table: pa.Table, name: str, values: dict[str, float]) -> np.ndarray:
    """A number for each row by its text (upper case), NaN where the text is not listed."""
    import numpy as np
    import pyarrow.compute as pc

    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    encoded = pc.dictionary_encode(table.column(name).combine_chunks())
    lookup = np.array(
        [values.get(str(text).upper(), np.nan) for text in encoded.dictionary.to_pylist()] + [np.nan]
    )
    return lookup[pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)]


def secure_rows(table: pa.Table, eligible: np.ndarray, photo: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Rows whose redshift can contradict another: flag 3 or 4, not photometric.

    Without homogenized flags, and in groups, all eligible rows count.
    """
    import numpy as np

    if "z_flag_homogenized" not in table.column_names:
        return eligible & ~photo & np.isfinite(z)
    return mask("z_flag_homogenized IN (3, 4)", table) & ~photo & np.isfinite(z)


def discordant(
    labels: np.ndarray, kind: np.ndarray, z: np.ndarray, rows: np.ndarray, tolerance: dict[str, float]
) -> np.ndarray:
    """Labels of groups in which two of ``rows`` differ by more, in |dz|/(1+z), than their types allow.

    Of two types the larger tolerance counts. ``kind`` indexes KINDS. (a - b) / (1 + (a + b) / 2) grows with a
    and falls with b, so extremes are enough.
    """
    import numpy as np

    names, inverse = np.unique(labels[rows], return_inverse=True)
    low = np.full((3, len(names)), np.inf)
    high = np.full((3, len(names)), -np.inf)
    for k in range(3):
        mine = kind[rows] == k
        np.minimum.at(low[k], inverse[mine], z[rows][mine])
        np.maximum.at(high[k], inverse[mine], z[rows][mine])
    bad = np.zeros(len(names), dtype=bool)
    for a in range(3):
        for b in range(3):
            there = np.isfinite(high[a]) & np.isfinite(low[b])
            top, bottom = np.where(there, high[a], 0), np.where(there, low[b], 0)
            limit = max(tolerance[KINDS[a]], tolerance[KINDS[b]])
            bad |= there & (top - bottom > limit * (1 + (top + bottom) / 2) + 1e-12)
    return names[bad]


def decide(
    labels: np.ndarray,
    keys: list[tuple[str, np.ndarray]],
    eligible: np.ndarray,
    states: dict[str, np.ndarray],
    z: np.ndarray,
    in_conflict: np.ndarray,
    secure: np.ndarray,
    set_aside: bool,
) -> Decision:
    """Verdict of each row; the order of rows, by row_id, is the last criterion.

    ``states``: masks 'star' and 'photo-z', for rows that are not eligible; ``in_conflict``: such labels.
    """
    import numpy as np

    n = len(labels)
    size = np.bincount(labels, minlength=n)[labels] if n else np.zeros(0, dtype=np.int64)
    rows = np.flatnonzero(size > 1)  # the others lead themselves
    sort_by = (*(key[rows] for _, key in reversed(keys)), ~eligible[rows], labels[rows])
    order = rows[np.lexsort((rows, *sort_by))]
    grouped = labels[order]
    starts = np.flatnonzero(np.r_[True, grouped[1:] != grouped[:-1]]) if len(order) else rows
    winner = np.arange(n)  # the leader of each row's group
    winner[order] = np.repeat(order[starts], np.diff(np.r_[starts, len(order)]))
    second = np.full(n, -1, dtype=np.int64)
    runner = order[starts + 1]
    second[order[starts]] = np.where(eligible[runner], runner, -1)

    is_best = np.zeros(n, dtype=bool)
    leads = (winner == np.arange(n)) & eligible
    is_best[leads] = True
    lost = eligible & ~leads
    won = eligible[winner]  # the group has a winner
    decided = np.full(n, None, dtype=object)
    rival = np.where(won & ~leads, winner, -1)
    rival[leads] = second[leads]
    _first_difference(decided, np.flatnonzero(lost), winner, keys)
    with_second = np.flatnonzero(leads & (second >= 0))
    _first_difference(decided, with_second, second, keys)
    decided[leads & (second < 0) & (size > 1)] = "eligible"
    decided[~eligible] = "eligible"

    verdict = np.full(n, "ineligible", dtype=object)
    for name, rows in states.items():
        verdict[rows & ~eligible] = name
    verdict[lost] = "lost"
    verdict[leads] = np.where(size[leads] == 1, "single", "won")
    conflicts = _with_winner(in_conflict, labels, eligible)
    if set_aside and len(conflicts):
        part = np.isin(labels, conflicts)
        is_best[part] = False
        clash = part & (secure | eligible)
        verdict[clash], decided[clash] = "conflict", "delta_z"
        rival[part & ~clash] = -1
        rival[clash] = _farthest(labels, z, part & secure)[clash]
    return Decision(is_best, verdict, decided, rival, conflicts)


def _with_winner(names: np.ndarray, labels: np.ndarray, eligible: np.ndarray) -> np.ndarray:
    import numpy as np

    return names[np.isin(names, labels[eligible])]


def _first_difference(
    out: np.ndarray, rows: np.ndarray, against: np.ndarray, keys: list[tuple[str, np.ndarray]]
) -> None:
    """Name of the first criterion in which each of ``rows`` differs from the row ``against[row]``."""
    open_rows = rows
    for name, key in keys:
        differs = key[open_rows] != key[against[open_rows]]
        out[open_rows[differs]] = name
        open_rows = open_rows[~differs]
    out[open_rows] = "row_id"


def _farthest(labels: np.ndarray, z: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """For each row the index of that one of ``rows`` in its group whose redshift is farthest from its own."""
    import numpy as np

    n = len(labels)
    places = np.flatnonzero(rows)
    order = places[np.lexsort((places, z[places], labels[places]))]
    low, high = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    grouped = labels[order]
    first = np.r_[True, grouped[1:] != grouped[:-1]]
    last = np.r_[grouped[1:] != grouped[:-1], True]
    low[grouped[first]] = order[first]
    high[grouped[last]] = order[last]
    low, high = low[labels], high[labels]
    with np.errstate(invalid="ignore"):
        to_high = np.abs(z - z[high]) > np.abs(z - z[low])
    return np.where(to_high, high, low)
