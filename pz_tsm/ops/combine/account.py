"""What combine tells: rows set aside by reason, groups by size, winners by survey, conflicts one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pz_tsm.expr import nearest
from pz_tsm.ops.base import Finding, Report

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from pz_tsm.ops.combine.decide import Decision, Facts
    from pz_tsm.ops.combine.params import Combine

LISTED = 200  # conflicts written out in the report
VERDICTS = {
    "lost": "lost to a better measurement",
    "conflict": "secure redshifts disagree",
    "star": "star",
    "photo-z": "photometric redshift",
    "ineligible": "not eligible",
    "excluded": "excluded by your decision",
}


def account(
    table: pa.Table, labels: np.ndarray, i: np.ndarray, chains: int | None, report: Report, params: Combine
) -> None:
    """Counts of the result. ``chains``: groups wider than their radius; None: told from the pairs ``i``."""
    import numpy as np
    import pyarrow.compute as pc

    found = _counts(table.column("verdict"))
    for verdict, reason in VERDICTS.items():
        if found.get(verdict):
            report.set_aside[reason] = found[verdict]
    n = len(labels)
    size = np.bincount(labels, minlength=n) if n else np.zeros(0, dtype=np.int64)
    counts = np.bincount(size)
    values = np.flatnonzero(counts[1:]) + 1
    if chains is None:
        of_group = np.bincount(labels[i], minlength=n) if n else size
        chains = int(((size > 1) & (of_group < size * (size - 1) // 2)).sum())
    report.details |= {
        "policy": params.policy,
        "radius_arcsec": params.radius_arcsec,
        "groups": int((size > 0).sum()),
        "group_sizes": {str(value): int(count) for value, count in zip(values, counts[values], strict=True)},
        "best": int(pc.sum(table.column("is_best")).as_py() or 0),
        "verdicts": found,
        "chains": chains,
        "pairs": len(i),
        "decided": _counts(table.column("decided_by")),
    }
    if "survey" in table.column_names:
        report.details["measured"] = _counts(table.column("survey"))
        report.details["winners"] = _counts(table.column("survey").filter(table.column("is_best")))
    if chains:
        report.findings.append(
            Finding(
                "note",
                f"{chains} groups are chains: not all their rows lie within the radius of each other.",
                remedy="'chains: split' parts them where redshifts differ."
                if params.policy == "default" and params.chains == "keep"
                else None,
                count=chains,
            )
        )


def _counts(column: Any) -> dict[str, int]:
    """Rows of each text, most frequent first; nulls are left out."""
    import pyarrow.compute as pc

    found = [(one["values"], one["counts"]) for one in pc.value_counts(column).to_pylist()]
    known = [(str(name), int(count)) for name, count in found if name is not None]
    return dict(sorted(known, key=lambda one: (-one[1], one[0])))


def tell_unknown_surveys(
    table: pa.Table, given: dict[str, list[str]], report: Report, some: tuple[str, ...] = ("survey_rank",)
) -> None:
    """Surveys that parameters name and no row has: a misspelt name would do nothing in silence.

    ``given``: names by parameter; those of ``some`` may name more surveys than there are.
    """
    import pyarrow.compute as pc

    if not table.num_rows or not any(given.values()):
        return
    known: list[str] = []
    if "survey" in table.column_names:
        known = sorted(str(one) for one in pc.unique(table.column("survey")).to_pylist() if one is not None)
    upper = {one.upper() for one in known}
    for name, names in given.items():
        unknown = [one for one in names if one.upper() not in upper]
        unnamed = [one for one in known if one.upper() not in {other.upper() for other in names}]
        close = _near(unknown, unnamed)
        if not unknown or (name in some and len(unknown) < len(names) and not close):
            continue
        report.findings.append(
            Finding(
                "warning",
                f"'{name}' names surveys that no row has: {', '.join(unknown)}. Surveys here: "
                f"{', '.join(known) or 'none, for no column says them'}.",
                remedy=f"Did you mean {close}?" if close else f"Take them out of '{name}'.",
                where=unknown[0],
                count=len(unknown),
            )
        )


def _near(unknown: list[str], known: list[str]) -> str:
    return " or ".join(dict.fromkeys(near for one in unknown for near in nearest(one, known)[:1]))


def tell_conflicts(
    table: pa.Table, facts: Facts, decision: Decision, report: Report, params: Combine
) -> None:
    """The groups whose secure redshifts disagree, the first of them with their secure rows."""
    import numpy as np

    total = len(facts.clash)
    report.details |= {"conflicts_total": total, "conflicts": []}
    if not total:
        return
    ids = table.column("row_id").to_numpy()
    rows = np.flatnonzero(facts.secure & np.isin(facts.labels, facts.clash[:LISTED]))
    part = table.select([name for name in ("survey", "z_flag_homogenized") if name in table.column_names])
    said = part.take(rows).to_pylist() if part.num_columns else [{}] * len(rows)
    listed: dict[int, list[dict[str, Any]]] = {int(key): [] for key in facts.clash[:LISTED]}
    for row, one in zip(rows.tolist(), said, strict=True):
        listed[int(facts.labels[row])].append(
            {
                "row_id": str(ids[row]),
                "survey": one.get("survey"),
                "redshift": float(facts.z[row]),
                "flag": one.get("z_flag_homogenized"),
            }
        )
    report.details["conflicts"] = [
        {"group_id": str(ids[key]), "rows": value} for key, value in listed.items()
    ]
    chosen = int(np.isin(facts.clash, facts.labels[decision.is_best]).sum())
    if params.conflicts == "best":
        fate = "the criteria decided all the same"
    elif chosen == total:
        fate = "your decisions name the best row"
    elif chosen:
        fate = f"in {chosen} your decisions name the best row, the others have none"
    else:
        fate = "they have no best row"
    has_open = chosen < total and params.conflicts == "set_aside"
    report.findings.append(
        Finding(
            "warning",
            f"In {total} groups secure redshifts disagree: {fate}.",
            remedy="Look at them (agreement = 'conflict') and decide; 'conflicts: best' lets the criteria "
            "decide."
            if has_open
            else None,
            count=total,
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
