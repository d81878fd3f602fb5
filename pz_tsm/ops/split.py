"""Divide the table into parts, such as train, validation and test, that share no galaxy and no object.

Every row gets a part in the column ``split``. Rows that are not best (measurements that lost, blends set
aside) get ``unused``: a part that no export writes. The column's metadata say how it was made, so that it
can be checked.
"""

from __future__ import annotations

import json
import math
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field, field_validator

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding, Operation, Params, Report, Result

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.splits import SplitMethod

UNUSED = "unused"
FOLD = {"description": "Number of the fold, from 1", "ucd": "meta.code"}
KEYS = ("split_key", "group_id", "row_id")
EARLIER = ("split_key__orig", "group_id__orig")  # of a table of ours that was read again


class SplitParams(Params):
    method: str = Field("random", title="Method", description="How rows are divided.")
    parts: dict[str, float] = Field(
        {"train": 0.7, "test": 0.3},
        title="Parts",
        description="Name and proportion of each part; the proportions sum to 1.",
        min_length=1,
    )
    seed: int | None = Field(
        None,
        ge=0,
        lt=2**32,
        title="Seed",
        description="Another seed gives another split. Empty: the recipe's seed.",
    )
    key: str = Field(
        "auto",
        title="Key",
        description="Rows with the same key stay together: auto takes split_key, else group_id (also of an "
        "earlier training set that is read again), else row_id.",
        json_schema_extra={"examples": ["auto", *KEYS]},
    )
    rows: Literal["best", "all"] = Field(
        "best", title="Rows", description="Give a part to the best rows only, or to every measurement."
    )
    options: dict[str, Any] = Field(
        default_factory=dict, title="Options", description="What the method wants to know besides."
    )
    lock: str | None = Field(
        None,
        title="Keep the parts of",
        description="Folder of an earlier bundle: galaxies that had a part there keep it, only new ones are "
        "divided. Those made of galaxies of different parts go to 'test'.",
    )

    @field_validator("parts")
    @classmethod
    def _sum_to_one(cls, parts: dict[str, float]) -> dict[str, float]:
        """Checked before anything runs, in the words of ``check_parts``."""
        check_parts(parts)
        return parts


@dataclass(frozen=True)
class Divided:
    """The part of each row: its ``number``, a place in ``labels`` or -1 for none. ``rows``: those that may
    have one; ``chosen``: the table of these; ``kept``: what is told of the parts of an earlier bundle."""

    method: SplitMethod
    parts: dict[str, float]
    labels: list[str]
    seed: int
    key: str
    rows: np.ndarray
    chosen: pa.Table
    number: np.ndarray
    kept: dict[str, Any] | None

    @property
    def column(self) -> pa.Array:
        """The parts' names, as in the column ``split``."""
        import pyarrow as pa

        return pa.array([*self.labels, UNUSED], pa.string()).take(
            pa.array(np.where(self.number < 0, len(self.labels), self.number))
        )


def divide(table: pa.Table, params: SplitParams, ctx: Context) -> Divided:
    """Which part each row gets; nothing is looked at but what that depends on."""
    import pyarrow as pa

    from pz_tsm import splits
    from pz_tsm.splits.lock import locked

    method = splits.get(params.method)
    options = method.parse(params.options)
    parts = _parts(method, options, params)
    labels, _ = check_parts(parts)
    seed = ctx.seed if params.seed is None else params.seed
    if not 0 <= seed < 2**32:
        raise TsmError(f"The seed {seed} is no number from 0 to 4294967295.", where="seed")
    name = key_column(table, params.key)
    eligible = np.ones(table.num_rows, dtype=bool)
    if params.rows == "best" and "is_best" in table.column_names:
        eligible = table["is_best"].fill_null(False).to_numpy()
    rows = np.flatnonzero(eligible)
    chosen = table if eligible.all() else table.take(pa.array(rows))
    keys = int64_key(chosen, name)
    number = np.full(table.num_rows, -1, dtype=np.int64)
    kept = None
    if len(rows) and params.lock is not None:
        measured = table if ctx.measurements is None else ctx.measurements
        earlier = (ctx.base / os.path.expanduser(params.lock)).resolve()
        before = locked(earlier, chosen, name, labels, measured)
        number[rows], kept = before.part, before.said
        fresh = np.flatnonzero(before.part < 0)
        some = chosen.take(pa.array(fresh))
        number[rows[fresh]] = method.assign(keys[fresh], parts, seed, some, options)
    elif len(rows):
        number[rows] = method.assign(keys, parts, seed, chosen, options)
    return Divided(method, parts, labels, seed, name, rows, chosen, number, kept)


def run(table: pa.Table, params: SplitParams, ctx: Context) -> Result:
    """The table with the column ``split``; no row leaves it."""
    import pyarrow as pa

    from pz_tsm.splits import leaks

    made = divide(table, params, ctx)
    parts, labels, rows, chosen, number = made.parts, made.labels, made.rows, made.chosen, made.number
    state = {
        "method": made.method.name,
        "parts": parts,
        "seed": made.seed,
        "key": made.key,
        "rows": params.rows,
        "options": params.options,
        "by_key": made.method.by_key and made.kept is None,
    }
    if made.kept is not None:
        state["lock"] = made.kept
    field = pa.field(
        "split",
        pa.string(),
        metadata={"description": "Part of the training set", "ucd": "meta.code", "state": json.dumps(state)},
    )
    table = _set(table, field, made.column)
    if made.method.own_parts is not None:
        fold = pa.array((number + 1).astype(np.int8), mask=number < 0)
        table = _set(table, pa.field("fold", pa.int8(), metadata=FOLD), fold)
    report = Report("split", table.num_rows, table.num_rows)
    report.details.update(state)
    report.details["counts"] = {label: int((number == i).sum()) for i, label in enumerate(labels)}
    report.details["counts"][UNUSED] = report.details["counts"].get(UNUSED, 0) + int((number < 0).sum())
    _tell_no_redshift(chosen, report)
    for label in labels:
        if len(rows) and report.details["counts"][label] == 0 and parts[label] > 0:
            report.findings.append(Finding("warning", f"The part '{label}' got no rows.", where=label))
    used = np.flatnonzero(number[rows] >= 0)
    looked_at = chosen.select([name for name in leaks.COLUMNS if name in chosen.column_names])
    report.details["leakage"] = leaks.audit(looked_at.take(pa.array(used)), number[rows][used])
    _tell_near(report)
    return Result(table, report.close())


def _parts(method: SplitMethod, options: Params, params: SplitParams) -> dict[str, float]:
    """Names and proportions: the method's own, or those of the step."""
    if method.own_parts is None:
        return params.parts
    if "parts" in params.model_fields_set and params.parts != type(params).model_fields["parts"].default:
        raise TsmError(
            f"The method '{method.name}' names its parts itself.",
            remedy="Leave 'parts' away.",
            where="parts",
        )
    return method.own_parts(options)


def _set(table: pa.Table, field: pa.Field, values: pa.Array) -> pa.Table:
    """The column in its old place, or at the end."""
    if field.name in table.column_names:
        return table.set_column(table.column_names.index(field.name), field, values)
    return table.append_column(field, values)


def _tell_near(report: Report) -> None:
    """A note on neighbours that stand in different parts."""
    leakage = report.details["leakage"]
    if leakage["near"]:
        report.findings.append(
            Finding(
                "note",
                f"{leakage['near']} pairs of rows within {leakage['near_arcsec']:g} arcsec stand in "
                "different parts: they share their sky, not their redshift.",
                remedy="A split by sky with a buffer keeps neighbours together.",
                where="split",
                count=leakage["near"],
                code="neighbours-across-parts",
            )
        )


def _tell_no_redshift(chosen: pa.Table, report: Report) -> None:
    import pyarrow.compute as pc

    if "redshift" not in chosen.column_names:
        return
    missing = int(pc.sum(pc.is_null(chosen["redshift"], nan_is_null=True)).as_py() or 0)
    if missing:
        report.findings.append(
            Finding(
                "warning",
                f"{missing} rows without a redshift get a part.",
                remedy="Combine first, or filter: redshift IS NOT NULL.",
                where="redshift",
                count=missing,
            )
        )


def check_parts(parts: dict[str, float]) -> tuple[list[str], list[float]]:
    """Labels and proportions; TsmError if a name can't be a file's, or if the proportions don't sum to 1."""
    for label, share in parts.items():
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", label):
            raise TsmError(
                f"'{label}' is no name for a part: it becomes a file's name.",
                remedy="Use letters, digits, '_' and '-'.",
                where="parts",
            )
        if not 0 <= share <= 1:
            raise TsmError(
                f"The proportion of part '{label}' is {share:g}; it must lie between 0 and 1.", where="parts"
            )
    total = math.fsum(parts.values())
    if abs(total - 1) > 1e-9:
        scaled = ", ".join(f"{label}: {share / total:.6g}" for label, share in parts.items()) if total else ""
        raise TsmError(
            f"The proportions of the parts sum to {total:.10g}, not to 1.",
            remedy=f"Change one of them; in the same ratio they would be {scaled}."
            if scaled
            else "Give proportions.",
            where="parts",
        )
    return list(parts), list(parts.values())


def key_column(table: pa.Table, key: str) -> str:
    """Name of the column whose values keep rows together."""
    if key == "auto":
        found = next((name for name in KEYS if name in table.column_names), None)
        if found == "row_id":
            found = next((name for name in EARLIER if _keeps_together(table, name)), found)
        if found is None:
            raise TsmError(
                "The table has no column that a split could go by (split_key, group_id or row_id).",
                remedy="Name one with 'key'.",
                where="key",
            )
        return found
    if key not in table.column_names:
        raise TsmError(
            f"The split's key column '{key}' is not in the table.",
            remedy=f"Use auto, or one of: {', '.join(name for name in KEYS if name in table.column_names)}.",
            where="key",
        )
    return key


def _keeps_together(table: pa.Table, name: str) -> bool:
    """True for the key of an earlier run of ours; others' columns of these names may mean something else."""
    import pyarrow as pa

    if not {name, "row_id__orig"} <= set(table.column_names):
        return False
    return pa.types.is_integer(table.schema.field(name).type) and not table[name].null_count


def int64_key(table: pa.Table, name: str) -> np.ndarray:
    """The key as int64; TsmError if it is no whole number or has gaps."""
    import pyarrow as pa

    column = table[name]
    if column.null_count:
        raise TsmError(f"The split's key '{name}' is missing in {column.null_count} rows.", where=name)
    if not pa.types.is_integer(column.type):
        raise TsmError(
            f"The split's key '{name}' holds no whole numbers.", remedy="Use split_key or row_id.", where=name
        )
    return column.cast(pa.int64()).to_numpy()


OPERATION = Operation(
    name="split",
    title="Split",
    summary="Divide into parts such as train and test; a galaxy's rows never stand in two.",
    params=SplitParams,
    run=run,
    main="method",
    looks_back=True,
)
