"""Situations made by hand: rows along a line, in arcsec east of (10, 0)."""

from __future__ import annotations

import pyarrow as pa

from pz_tsm.ops import get
from pz_tsm.ops.base import Context

OP = get("combine")


def run(tables, **params):
    tables = tables if isinstance(tables, dict) else {"a": tables}
    return OP.run(tables, OP.parse(params or None), Context())


def table(*rows, **extra) -> pa.Table:
    """Rows (row_id, arcsec, z, flag, type)."""
    ids, x, z, flag, kind = zip(*rows, strict=True)
    return pa.table(
        {
            "row_id": pa.array(ids, pa.int64()),
            "ra": [10 + one / 3600 for one in x],
            "dec": [0.0] * len(ids),
            "redshift": pa.array(z, pa.float64()),
            "z_flag_homogenized": pa.array(flag, pa.float32()),
            "instrument_type": pa.array(kind, pa.string()),
            "spec_class": pa.array(["STAR" if one == 6 else None for one in flag], pa.string()),
            **extra,
        }
    )


def told(result, *names):
    """{row_id: the columns' values}."""
    names = names or ("verdict", "decided_by", "rival")
    ids = result.table["row_id"].to_pylist()
    return dict(zip(ids, zip(*(result.table[name].to_pylist() for name in names), strict=True), strict=True))
