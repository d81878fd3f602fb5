"""One object of a combined table: its measurements and the path to each verdict."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.explain import words
from pz_tsm.ops.combine.columns import numbers

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

COLUMNS = (
    "survey", "source_product", "source_row_id", "ra", "dec", "redshift", "redshift_err", "z_flag_orig",
    "z_flag_homogenized", "flag_rule", "instrument_type", "spec_class", "is_secondary", "confidence",
    "verdict", "decided_by", "decided_value", "rival_value", "rival", "rival_sep", "rival_dz", "is_best",
)  # fmt: skip
DECIDED = COLUMNS[COLUMNS.index("verdict") :]
OF_GROUP = ("n_meas", "n_secure", "agreement", "chain_arcsec")
ORDER = ("won", "single", "conflict", "lost", "ineligible", "photo-z", "star", "excluded")
PZSERVER = [
    {"by": "z_flag_homogenized", "order": "descending", "tolerance": None},
    {"by": "instrument_type", "order": "descending", "tolerance": None},
    {"by": "CRD_ID", "order": "ascending", "tolerance": None},
]


def why(table: pa.Table, row_id: int, later: pa.Table | None = None) -> dict[str, Any]:
    """The object that a row belongs to, as JSON values (ids as text), the best measurement first.

    ``table`` is what combine made, or a part of it; columns that it lacks are null. ``later``: what a match
    made of it, whose verdicts then hold for the rows that it has. TsmError if it isn't combined, or has no
    such row.
    """
    import numpy as np

    method, ids, groups = combined(table)
    row = place(ids, row_id)
    rows = np.flatnonzero(groups == groups[row])
    rows = rows[np.unique(ids[rows], return_index=True)[1]]  # a row matched to two objects stands twice
    part = table.take(rows)
    rules = _json(table, b"tsm:rules")
    decisions = {one["row_id"]: one for one in method.get("decisions", [])}
    east, north, ra, dec = offsets(numbers(part, "ra"), numbers(part, "dec"))
    listed = [
        {"row_id": str(own), "row": int(at), **one, "east_arcsec": e, "north_arcsec": n}
        for own, at, one, e, n in zip(
            ids[rows].tolist(), rows, records(part, COLUMNS), _floats(east), _floats(north), strict=True
        )
    ]
    if later is not None:
        _overrule(listed, later)
    for one in listed:
        rule = rules.get(str(one["flag_rule"]), {})
        one |= {
            "rule": one.pop("flag_rule"),
            "meaning": rule.get("meaning"),
            "rule_status": rule.get("status"),
        }
        chosen = decisions.get(one["row_id"])
        one["decision"] = chosen and {"kind": chosen["kind"], "reason": chosen["reason"]}
        one["is_best"] = bool(one["is_best"])
    order = _order(listed, part)
    group = records(part.slice(0, 1), OF_GROUP)[0]
    is_pzserver = method.get("policy") == "pz-server"
    said: dict[str, Any] = {
        "row_id": str(ids[row]),
        "group_id": str(groups[row]),
        **group,
        "radius_arcsec": method.get("radius_arcsec"),
        "policy": method.get("policy"),
        "ra": ra,
        "dec": dec,
        "best": next((one["row_id"] for one in listed if one["is_best"]), None),
        "criteria": PZSERVER if is_pzserver else method.get("criteria", []),
        "tolerance": method.get("delta_z"),
        "sentence": "",
        "conflict_place": _place_of(table, ids, groups, int(groups[row])),
        "measurements": [listed[k] for k in order],
    }
    words.write(said, method, {one["row_id"]: part.slice(k, 1) for k, one in enumerate(listed)})
    return said


def _overrule(listed: list[dict[str, Any]], later: pa.Table) -> None:
    """Put what a later table says of who is the best in place of what the measurements say."""
    import numpy as np

    if "row_id" not in later.column_names:
        return
    known = {one["row_id"]: one for one in listed}
    ids = integers(later, "row_id")
    rows = np.flatnonzero(np.isin(ids, [int(own) for own in known]))
    names = tuple(name for name in DECIDED if name in later.column_names)
    for own, one in zip(ids[rows].tolist(), records(later.take(rows), names), strict=True):
        known[str(own)] |= one


def combined(table: pa.Table) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """How a table was combined ({} if it doesn't say), its row_id and its group_id; TsmError if not."""
    missing = [name for name in ("row_id", "group_id") if name not in table.column_names]
    if missing:
        raise TsmError(
            f"This table is not combined: it has no column '{missing[-1]}'.",
            remedy="Put the step 'combine' before. pz_tsm.read takes a file as a new catalogue, and the "
            "folder of a bundle as it was written: pz_tsm.read(BUNDLE).why(row_id).",
            where=missing[-1],
        )
    return _json(table, b"tsm:combine"), integers(table, "row_id"), integers(table, "group_id")


def place(ids: np.ndarray, row_id: int) -> int:
    """Index of a row; by halving where the rows are sorted, as combine leaves them."""
    import numpy as np

    at = int(np.searchsorted(ids, row_id)) if len(ids) else 0
    if at < len(ids) and ids[at] == row_id:
        return at
    found = np.flatnonzero(ids == row_id)
    if not len(found):
        raise TsmError(f"This table has no row with the row_id {row_id}.", where="row_id")
    return int(found[0])


def in_conflict(table: pa.Table) -> np.ndarray:
    """Rows of objects whose secure redshifts disagree; older tables say it of the verdict only."""
    import numpy as np
    import pyarrow.compute as pc

    from pz_tsm import arrays

    for name in ("agreement", "verdict"):
        if name in table.column_names:
            column = table.column(name)
            if str(column.type).startswith("dictionary"):
                column = column.cast(column.type.value_type)
            return arrays.truths(pc.equal(column, "conflict"))
    return np.zeros(table.num_rows, dtype=bool)


def offsets(ra: np.ndarray, dec: np.ndarray) -> tuple[np.ndarray, np.ndarray, float | None, float | None]:
    """Arcsec east and north of the mean direction, on the plane that touches it, and its ra and dec."""
    import numpy as np

    from pz_tsm.sky import ARCSEC, unit_vectors

    vectors = unit_vectors(ra, dec)
    known = np.isfinite(vectors).all(axis=1)
    if not known.any():
        return np.full(len(ra), np.nan), np.full(len(ra), np.nan), None, None
    centre = vectors[known].mean(axis=0)
    centre /= np.sqrt((centre**2).sum())
    ra0, dec0 = np.arctan2(centre[1], centre[0]), np.arcsin(np.clip(centre[2], -1, 1))
    east = np.array([-np.sin(ra0), np.cos(ra0), 0.0])
    north = np.array([-np.sin(dec0) * np.cos(ra0), -np.sin(dec0) * np.sin(ra0), np.cos(dec0)])
    scale = np.degrees(1.0) * ARCSEC / (vectors @ centre)
    ra0, dec0 = float(np.degrees(ra0) % 360), float(np.degrees(dec0))
    return (vectors @ east) * scale, (vectors @ north) * scale, ra0, dec0


def records(part: pa.Table, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows as JSON values; null for a column that is not there, for NaN, and int64 as text."""
    import pyarrow as pa

    rows: list[dict[str, Any]] = [{} for _ in range(part.num_rows)]
    for name in names:
        if name not in part.column_names:
            values: list[Any] = [None] * part.num_rows
        else:
            column = part.column(name)
            values = column.to_pylist()
            if pa.types.is_float32(column.type):
                values = [None if v is None else float(f"{v:.7g}") for v in values]
            if pa.types.is_int64(column.type):
                values = [None if v is None else str(v) for v in values]
        for row, value in zip(rows, values, strict=True):
            row[name] = None if isinstance(value, float) and not math.isfinite(value) else value
    return rows


def integers(table: pa.Table, name: str) -> np.ndarray:
    import pyarrow as pa
    import pyarrow.compute as pc

    column = table.column(name)
    if column.type != pa.int64():
        column = column.cast(pa.int64())
    return (pc.fill_null(column, 0) if column.null_count else column).to_numpy()


def _order(listed: list[dict[str, Any]], part: pa.Table) -> list[int]:
    """Places of the measurements, best first: the winner, by verdict, by the order that combine went by."""
    from pz_tsm.ops.combine.decide import rank

    try:
        ranks = rank(part).tolist()
    except (TsmError, KeyError):  # columns of its criteria were taken out
        ranks = list(range(len(listed)))

    def key(at: int) -> tuple[bool, int, int]:
        verdict = listed[at]["verdict"]
        return not listed[at]["is_best"], ORDER.index(verdict) if verdict in ORDER else len(ORDER), ranks[at]

    return sorted(range(len(listed)), key=key)


def _place_of(table: pa.Table, ids: np.ndarray, groups: np.ndarray, group: int) -> dict[str, Any]:
    """Where a group stands among those in conflict (by group_id, from 1), and a row of its neighbours."""
    import numpy as np

    rows = np.flatnonzero(in_conflict(table))
    names, first = np.unique(groups[rows], return_index=True)
    at = int(np.searchsorted(names, group))
    here = at < len(names) and names[at] == group
    after = at + 1 if here else at

    def row(where: int) -> str | None:
        return str(ids[rows[first[where]]]) if 0 <= where < len(names) else None

    return {
        "place": at + 1 if here else None,
        "total": len(names),
        "previous": row(at - 1),
        "next": row(after),
    }


def _floats(values: np.ndarray) -> list[float | None]:
    return [round(value, 6) if math.isfinite(value) else None for value in values.tolist()]


def _json(table: pa.Table, key: bytes) -> dict[str, Any]:
    try:
        said = json.loads((table.schema.metadata or {}).get(key, b"{}"))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
