"""policy pz-server: the resolution of the PZ Server's Combine Redshift Catalogs pipeline, row by row.

Stars (flag 6) stay out of groups; survivors are narrowed by flag, then by type; those left are clustered in z
(single linkage, absolute difference) and each cluster keeps the lowest CRD_ID as text. tie_result: 1 winner
or alone, 0 lost, 2 survivors that disagree, 3 star.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pz_tsm.ops.base import Finding
from pz_tsm.ops.combine.criteria import TYPE_RANK, by_text
from pz_tsm.sky import components

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

DELTA_Z = 0.001
STAGES = ["z_flag_homogenized", "instrument_type", "CRD_ID", "redshift", "star"]  # what may decide
FLAG, KIND, ID, REDSHIFT, STAR = range(5)


@dataclass
class Resolved:
    """``labels``: smallest index of the group; ``rival``: index of winner or other survivor, or -1.

    ``decided_by`` indexes STAGES, -1 where nothing had to be decided.
    """

    labels: np.ndarray
    tie_result: np.ndarray
    decided_by: np.ndarray
    rival: np.ndarray
    compared_to: pa.Array


def with_crd_ids(tables: dict[str, pa.Table]) -> tuple[dict[str, pa.Table], list[Finding]]:
    """Each input with a text column CRD_ID: its own, else CRD<prefix>_<row number as loaded>.

    The prefix is the digits that the row's product begins with; where it has none, its place among the inputs
    (inputs that are one table by now: among its products, in order of their names).
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    out, guessed, place = {}, [], 0
    for name, table in tables.items():
        own = table.column("CRD_ID") if "CRD_ID" in table.column_names else None
        if own is not None and own.null_count == 0:
            out[name] = table.set_column(table.column_names.index("CRD_ID"), "CRD_ID", own.cast(pa.string()))
            place += 1
            continue
        if "source_product" in table.column_names:
            product = table.column("source_product").cast(pa.string())
        else:
            product = pa.nulls(table.num_rows, pa.string())
        prefixes = {}
        for one in sorted(pc.unique(product).to_pylist() or [None], key=str):
            place += 1
            digits = re.match(r"(\d+)_", str(one))
            prefixes[one] = f"CRD{digits[1] if digits else f'{place:03d}'}_"
            if digits is None:
                guessed.append(name or str(one))
        known = pa.array(list(prefixes), pa.string())
        prefix = pa.array(list(prefixes.values()), pa.string()).take(pc.index_in(product, known))
        if "source_row" in table.column_names:
            numbers = table.column("source_row").cast(pa.string())
        else:
            numbers = pa.array(np.arange(1, table.num_rows + 1)).cast(pa.string())
        ids = pc.binary_join_element_wise(prefix, numbers, "")
        if own is not None:
            table = table.drop_columns(["CRD_ID"])
        out[name] = table.append_column("CRD_ID", ids)
    findings = []
    if guessed:
        findings.append(
            Finding(
                "note",
                f"Inputs {', '.join(guessed)} have no product number. The lowest CRD_ID, which decides "
                "between equal rows under this policy, follows the order of the inputs.",
                remedy="Name their products as the PZ Server does, for example product: 014_vimos.",
                count=len(guessed),
            )
        )
    return out, findings


def resolve(table: pa.Table, i: np.ndarray, j: np.ndarray, flag: np.ndarray, z: np.ndarray) -> Resolved:
    """The pipeline's answer for rows sorted by row_id, given all pairs within the radius."""
    import numpy as np

    n = table.num_rows
    star = flag == 6
    nodes = ~(star[i] | star[j])
    labels = components(n, i[nodes], j[nodes])
    members = np.bincount(labels, minlength=n)[labels]
    tie = np.where(star, 3, 1).astype(np.int8)
    decided = np.full(n, -1, dtype=np.int16)
    rival = np.full(n, -1, dtype=np.int64)
    decided[star] = STAR

    rows = np.flatnonzero(~star & (members > 1))
    text_rank = _text_rank(table.column("CRD_ID"))
    kind = by_text(table, "instrument_type", {key.upper(): rank for key, rank in TYPE_RANK.items()})
    best = rows
    for stage, values in (
        (FLAG, np.where(np.isnan(flag), -np.inf, flag)),
        (KIND, np.where(np.isnan(kind), 0.0, kind)),
    ):
        highest = np.full(n, -np.inf)
        np.maximum.at(highest, labels[best], values[best])
        wins = values[best] == highest[labels[best]]
        decided[best[~wins]] = stage
        tie[best[~wins]] = 0
        best = best[wins]
    kept = _one_of_each_cluster(best, labels, z, text_rank)
    same_z = best[~np.isin(best, kept)]
    tie[same_z], decided[same_z] = 0, ID
    left = np.bincount(labels[kept], minlength=n)
    hard = kept[left[labels[kept]] > 1]
    tie[hard], decided[hard] = 2, REDSHIFT
    _rivals(rival, rows, labels, kept, hard, decided)
    return Resolved(labels, tie, decided, rival, _compared_to(n, i, j, table.column("CRD_ID"), text_rank))


def _text_rank(ids: pa.ChunkedArray) -> np.ndarray:
    import numpy as np
    import pyarrow.compute as pc

    order = pc.sort_indices(ids.combine_chunks()).to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _one_of_each_cluster(best: np.ndarray, labels: np.ndarray, z: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """Of survivors chained in z within a group, the one whose CRD_ID is lowest; a null z never merges."""
    import numpy as np

    if not len(best):
        return best
    order = best[np.lexsort((rank[best], z[best], labels[best]))]
    group, value = labels[order], z[order]
    with np.errstate(invalid="ignore"):
        near = (group[1:] == group[:-1]) & (value[1:] - value[:-1] <= DELTA_Z)
    cluster = np.cumsum(np.r_[True, ~near])
    by_id = np.lexsort((rank[order], cluster))
    first = np.r_[True, cluster[by_id][1:] != cluster[by_id][:-1]]
    return order[by_id[first]]


def _rivals(
    rival: np.ndarray,
    rows: np.ndarray,
    labels: np.ndarray,
    kept: np.ndarray,
    hard: np.ndarray,
    decided: np.ndarray,
) -> None:
    """The winner for those who lost; for the winner the last that lost; for a hard tie another survivor."""
    import numpy as np

    n = len(rival)
    first, last = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    descending = kept[::-1]
    first[labels[descending]] = descending
    last[labels[kept]] = kept
    rival[rows] = first[labels[rows]]
    same = rows[rival[rows] == rows]
    rival[same] = np.where(last[labels[same]] != same, last[labels[same]], -1)
    alone = rows[rival[rows] < 0]  # winners: the other row that came last to the decision
    losers = rows[~np.isin(rows, kept)]
    order = losers[np.argsort(decided[losers], kind="stable")]
    runner = np.full(n, -1, dtype=np.int64)
    runner[labels[order]] = order
    rival[alone] = runner[labels[alone]]
    decided[alone] = decided[rival[alone]]


def _compared_to(n: int, i: np.ndarray, j: np.ndarray, ids: pa.ChunkedArray, rank: np.ndarray) -> pa.Array:
    """The CRD_IDs of direct neighbours, sorted as text, joined by ', '; null where there are none."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    a, b = np.r_[i, j], np.r_[j, i]
    order = np.lexsort((rank[b], a))
    a, b = a[order], b[order]
    counts = np.bincount(a, minlength=n)
    texts = ids.combine_chunks().take(pa.array(b))
    offsets = pa.array(np.r_[0, np.cumsum(counts)].astype(np.int32))
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, texts), ", ")
    return pc.if_else(pa.array(counts > 0), joined, pa.scalar(None, pa.string()))
