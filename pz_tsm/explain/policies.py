"""What differs between our result and the one of the PZ Server's pipeline, row by row, and why."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

LISTED = 200  # rows written out
MATCHED = "match_dist"  # a column of tables that were matched
REASONS = {  # in the order in which they are tried
    "decision": "a decision of the user",
    "photo-z": "the pipeline lets a photometric redshift be the best; here it may not win",
    "star": "the row is a star by class or flag: here it may not win",
    "ineligible": "the row fails the condition on who may win; the pipeline has none",
    "conflict": "two secure redshifts disagree: here no row is the best, in the pipeline one wins",
    "tie": "the pipeline's absolute 0.001 in z leaves the rows unresolved; here they agree within delta_z",
    "freed": "the row that wins in the pipeline may not win here",
    "groups": "the rows are grouped differently: stars, photometric redshifts, radii or split chains",
    "last": "equal rows: the pipeline takes the lowest CRD_ID as text, here the last criteria decide",
    "criteria": "the criteria stand in another order",
}


@dataclass
class Differences:
    """Rows that are the best by one policy only. ``counts``: by reason, and they add up to ``total``.

    ``rows``: at most 200 of them, some of each reason, by row_id: row_id, survey, redshift, flag, reason, and
    for each policy whether it is the best, its verdict and what decided.
    """

    total: int
    counts: dict[str, int]
    rows: pa.Table
    best: dict[str, int]  # by policy

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; ids as text."""
        rows = [{**one, "row_id": str(one["row_id"])} for one in self.rows.to_pylist()]
        return {"total": self.total, "counts": self.counts, "rows": rows, "best": self.best}

    def __repr__(self) -> str:
        head = (
            f"{self.total} rows are the best by one policy only "
            f"(best rows: {self.best['default']} here, {self.best['pz-server']} by pz-server)."
        )
        return "\n".join([head, *(f"{count:6d}  {REASONS[key]}" for key, count in self.counts.items())])

    def _repr_html_(self) -> str:
        head, *_ = repr(self).splitlines()
        body = "".join(
            f"<tr><td>{count}</td><td style='text-align:left'>{html.escape(REASONS[key])}</td></tr>"
            for key, count in self.counts.items()
        )
        return f"<div>{html.escape(head)}<table><tbody>{body}</tbody></table></div>"


def policies(table: pa.Table | dict[str, pa.Table], **params: Any) -> Differences:
    """Run combine by our policy and by the PZ Server's on the same rows, and compare who is the best.

    ``table``: homogenized rows, or several tables by name, or a table that combine made (its own policy is
    not run again). ``params``: those of ``combine`` for our policy; the radius counts for both.
    """
    from pz_tsm.ops import get
    from pz_tsm.ops.base import Context
    from pz_tsm.ops.combine.result import COLUMNS

    tables = table if isinstance(table, dict) else {"": table}
    for one in tables.values():
        if MATCHED in one.column_names:
            raise TsmError(
                "This table was matched since it was combined: rows have left it, or are the best no more.",
                remedy="Ask the combined table, before the match.",
                where=MATCHED,
            )
    said = _said(tables[""]) if list(tables) == [""] else {}
    made = said.get("policy")
    results: dict[str, pa.Table] = {}
    if made == "pz-server" or (made == "default" and not params):
        results[made] = tables[""]
    params = (_again(said) if made == "default" else {}) | params
    params.setdefault("radius_arcsec", said.get("radius_arcsec", 0.75))
    plain = {
        name: one.drop_columns([column for column in COLUMNS if column in one.column_names])
        for name, one in tables.items()
    }
    operation = get("combine")
    for policy in {"default", "pz-server"} - set(results):
        given = params if policy == "default" else {"radius_arcsec": params["radius_arcsec"]}
        parsed = operation.parse({**given, "policy": policy})
        results[policy] = operation.run(plain, parsed, Context()).table
    return compare(results["default"], results["pz-server"])


def compare(ours: pa.Table, theirs: pa.Table) -> Differences:
    """Two results of combine over the same rows, ours by the default policy, theirs by pz-server."""
    import numpy as np
    import pyarrow as pa

    from pz_tsm import arrays

    ours, theirs = ours.sort_by("row_id"), theirs.sort_by("row_id")
    if not ours.column("row_id").equals(theirs.column("row_id")):
        raise TsmError("The two results are not about the same rows.", where="row_id")
    a, b = arrays.truths(ours.column("is_best")), arrays.truths(theirs.column("is_best"))
    rows = np.flatnonzero(a != b)
    reason = _reasons(ours, theirs, rows, a)
    names, counts = np.unique(reason, return_counts=True)
    some = _some(reason)
    listed = rows[some]
    part, other = ours.take(listed), theirs.take(listed)
    columns: dict[str, Any] = {"row_id": part.column("row_id")}
    for name, column in (("survey", "survey"), ("redshift", "redshift"), ("flag", "z_flag_homogenized")):
        columns[name] = (
            part.column(column) if column in part.column_names else pa.nulls(len(listed), pa.string())
        )
    columns["reason"] = pa.array(reason[some].tolist(), pa.string())
    for prefix, one in (("ours", part), ("theirs", other)):
        for name in ("is_best", "verdict", "decided_by"):
            columns[f"{prefix}_{name}"] = one.column(name)
    known = dict(zip(names.tolist(), counts.tolist(), strict=True))
    return Differences(
        total=len(rows),
        counts={key: known[key] for key in REASONS if key in known},
        rows=pa.table(columns),
        best={"default": int(a.sum()), "pz-server": int(b.sum())},
    )


def _some(reason: np.ndarray) -> np.ndarray:
    """Places of at most LISTED rows, in order: all of a rare reason, a fair share of a frequent one."""
    import numpy as np

    names, counts = np.unique(reason, return_counts=True)
    chosen: list[np.ndarray] = []
    left = LISTED
    for turn, k in enumerate(np.argsort(counts, kind="stable")):
        share = np.flatnonzero(reason == names[k])[: left // (len(names) - turn)]
        chosen.append(share)
        left -= len(share)
    return np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, dtype=np.int64)


def _reasons(ours: pa.Table, theirs: pa.Table, rows: np.ndarray, best: np.ndarray) -> np.ndarray:
    """For each of ``rows``, whose is_best differs, a key of REASONS."""
    import numpy as np

    if not len(rows):
        return np.zeros(0, dtype=object)
    ids = ours.column("row_id").to_numpy()
    v, decided = _texts(ours, "verdict", rows), _texts(ours, "decided_by", rows)
    its = _texts(theirs, "decided_by", rows)
    tie = theirs.column("tie_result").to_numpy()[rows]
    rival = theirs.column("rival").fill_null(0).to_numpy()[rows]
    of_rival = _texts(ours, "verdict", np.clip(np.searchsorted(ids, rival), 0, len(ids) - 1))
    is_ours = best[rows]
    freed = is_ours & (tie == 0) & np.isin(of_rival, ("ineligible", "star", "photo-z", "excluded"))
    tests = {
        "decision": (decided == "decision") | (v == "excluded"),
        "photo-z": ~is_ours & (v == "photo-z"),
        "star": (~is_ours & (v == "star")) | (is_ours & (tie == 3)),
        "ineligible": ~is_ours & (v == "ineligible"),
        "conflict": ~is_ours & (v == "conflict"),
        "tie": tie == 2,
        "freed": freed,
        "groups": _differently_grouped(ours, theirs)[rows],
        "last": its == "CRD_ID",
        "criteria": np.ones(len(rows), dtype=bool),
    }
    which = np.argmax(np.stack(list(tests.values())), axis=0)  # the first that holds
    return np.array(list(tests), dtype=object)[which]


def _differently_grouped(ours: pa.Table, theirs: pa.Table) -> np.ndarray:
    """Rows whose group does not hold the same rows in both tables."""
    import numpy as np

    a, b = (np.unique(one.column("group_id").to_numpy(), return_inverse=True)[1] for one in (ours, theirs))
    both = np.sort(a * np.int64(len(b) + 1) + b)
    both = both[np.diff(both, prepend=-1) > 0]
    of_a, of_b = np.divmod(both, len(b) + 1)
    several_a, several_b = np.bincount(of_a) > 1, np.bincount(of_b) > 1
    return several_a[a] | several_b[b]


def _texts(table: pa.Table, name: str, rows: np.ndarray) -> np.ndarray:
    return table.column(name).take(rows).to_numpy(zero_copy_only=False)


def _said(table: pa.Table) -> dict[str, Any]:
    return json.loads((table.schema.metadata or {}).get(b"tsm:combine", b"{}"))


def _again(said: dict[str, Any]) -> dict[str, Any]:
    """The parameters that combined a table, from its metadata."""
    names = ("radius_arcsec", "radii", "errors", "agree", "offsets", "chains", "eligible", "survey_rank")
    again = {name: said[name] for name in (*names, "conflicts", "delta_z") if name in said}
    again["prefer"] = said.get("prefer", [])
    again["decisions"] = [
        {one["kind"]: one["row_id"], "reason": one["reason"]} for one in said.get("decisions", [])
    ]
    return again
