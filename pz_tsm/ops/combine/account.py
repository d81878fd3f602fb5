"""What combine tells: rows set aside by reason, groups by size, conflicts one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pz_tsm.ops.base import Finding, Report

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from pz_tsm.ops.combine import Combine

LISTED = 200  # conflicts written out in the report
VERDICTS = {
    "lost": "lost to a better measurement",
    "conflict": "secure redshifts disagree",
    "star": "star",
    "photo-z": "photometric redshift",
    "ineligible": "not eligible",
}


def account(table: pa.Table, labels: np.ndarray, i: np.ndarray, report: Report, params: Combine) -> None:
    import numpy as np
    import pyarrow.compute as pc

    found = {one["values"]: one["counts"] for one in pc.value_counts(table.column("verdict")).to_pylist()}
    for verdict, reason in VERDICTS.items():
        if found.get(verdict):
            report.set_aside[reason] = int(found[verdict])
    _, sizes = np.unique(labels, return_counts=True)
    values, counts = np.unique(sizes, return_counts=True)
    inside = labels[i]
    of_group = np.bincount(inside, minlength=len(labels)) if len(labels) else np.zeros(0, dtype=np.int64)
    size = np.bincount(labels, minlength=len(labels)) if len(labels) else np.zeros(0, dtype=np.int64)
    chains = int(((size > 1) & (of_group < size * (size - 1) // 2)).sum())
    report.details |= {
        "policy": params.policy,
        "radius_arcsec": params.radius_arcsec,
        "groups": len(sizes),
        "group_sizes": {str(value): int(count) for value, count in zip(values, counts, strict=True)},
        "best": int(pc.sum(table.column("is_best")).as_py() or 0),
        "verdicts": {name: int(count) for name, count in found.items()},
        "chains": chains,
    }
    if chains:
        report.findings.append(
            Finding(
                "note",
                f"{chains} groups are chains: not all their rows lie within the radius of each other.",
                count=chains,
            )
        )


def tell_conflicts(table, labels, decision, secure, z, report, params) -> None:  # noqa: ANN001
    import numpy as np

    groups_ = decision.conflicts
    if not len(groups_):
        return
    ids = table.column("row_id").to_numpy()
    rows = np.flatnonzero(np.isin(labels, groups_[:LISTED]) & secure)
    surveys = (
        table.column("survey").take(rows).to_pylist()
        if "survey" in table.column_names
        else [None] * len(rows)
    )
    listed: dict[int, list[dict[str, Any]]] = {}
    for row, survey in zip(rows, surveys, strict=True):
        one = {"row_id": str(ids[row]), "survey": survey, "redshift": float(z[row])}
        listed.setdefault(int(labels[row]), []).append(one)
    report.details["conflicts"] = [
        {"group_id": str(ids[key]), "rows": value} for key, value in listed.items()
    ]
    fate = "they have no best row" if params.conflicts == "set_aside" else "the criteria decided all the same"
    report.findings.append(
        Finding(
            "warning",
            f"In {len(groups_)} groups secure redshifts disagree: {fate}.",
            remedy="Look at them (verdict = 'conflict'); 'conflicts: best' lets the criteria decide."
            if params.conflicts == "set_aside"
            else None,
            count=len(groups_),
        )
    )


def tell_stars(labels: np.ndarray, star: np.ndarray, is_best: np.ndarray, report: Report) -> None:
    import numpy as np

    both = int(np.isin(labels[is_best], labels[star]).sum())
    if both:
        report.findings.append(
            Finding(
                "note",
                f"{both} best rows have a star within their group: another survey calls it so.",
                count=both,
            )
        )
