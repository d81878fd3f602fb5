"""Decisions of the user about single rows: which of them are in the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pz_tsm.ops.base import Finding, Report

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from pz_tsm.ops.combine.params import Choice


@dataclass
class Chosen:
    """``preferred``: indices in the order of the decisions; ``excluded``: mask; ``unknown``: row_ids."""

    preferred: np.ndarray
    excluded: np.ndarray
    unknown: list[str]


def find(table: pa.Table, decisions: list[Choice]) -> Chosen:
    """The rows (sorted by row_id) that decisions name."""
    import numpy as np

    ids = table.column("row_id").to_numpy()
    excluded = np.zeros(len(ids), dtype=bool)
    preferred, unknown = [], []
    for one in decisions:
        place = int(np.searchsorted(ids, int(one.row_id)))
        if place == len(ids) or ids[place] != int(one.row_id):
            unknown.append(one.row_id)
        elif one.kind == "exclude":
            excluded[place] = True
        else:
            preferred.append(place)
    return Chosen(np.array(preferred, dtype=np.int64), excluded, unknown)


def one_a_group(chosen: Chosen, labels: np.ndarray, table: pa.Table, report: Report) -> np.ndarray:
    """The preferred rows; of several in one group the last that was decided, which is told."""
    last: dict[int, int] = {}
    for row in chosen.preferred.tolist():
        last[int(labels[row])] = row
    if len(last) < len(chosen.preferred):
        ids = table.column("row_id").to_numpy()
        over = [row for row in chosen.preferred.tolist() if last[int(labels[row])] != row]
        holds = ids[last[int(labels[over[0]])]]
        report.findings.append(
            Finding(
                "warning",
                f"Decisions prefer several rows of one group: {ids[over[0]]} and {holds}. The later holds.",
                remedy="Take one of them out of 'decisions'.",
                where="decisions",
                count=len(over),
            )
        )
    return chosen.preferred[[last[int(labels[row])] == row for row in chosen.preferred.tolist()]]


def tell(chosen: Chosen, report: Report) -> None:
    """How many decisions apply, and those about rows that are not there."""
    applied = len(chosen.preferred) + int(chosen.excluded.sum())
    report.details["decisions"] = {"applied": applied, "unknown": chosen.unknown}
    if chosen.unknown:
        named = ", ".join(chosen.unknown[:5]) + (" ..." if len(chosen.unknown) > 5 else "")
        report.findings.append(
            Finding(
                "warning",
                f"{len(chosen.unknown)} decisions are about rows that no input has: {named}."
                if len(chosen.unknown) > 1
                else f"One decision is about a row that no input has: {named}.",
                remedy="A row_id changes with its catalogue's id or key column. Look the rows up again, "
                "or take the decisions out.",
                where="decisions",
                count=len(chosen.unknown),
            )
        )
