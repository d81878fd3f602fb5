"""The matched table, from the matched rows, their objects and what was decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm.arrays import integers, mask
from pz_tsm.ops.fluxes import without_sentinels
from pz_tsm.ops.match.search import Pairs
from pz_tsm.ops.match.shared import Shared

if TYPE_CHECKING:
    import pyarrow as pa


def assemble(
    base: pa.Table,
    objects: pa.Table,
    pairs: Pairs,
    schema: pa.Schema,
    release: str,
    keys: np.ndarray,
    best: np.ndarray,
    judged: Shared,
    row_id: np.ndarray,
    count: np.ndarray,
    second: np.ndarray,
) -> pa.Table:
    """Columns in the order of ``schema``; all arrays have one entry a row of ``base``."""
    import pyarrow as pa

    size = base.num_rows
    aside = judged.loser | judged.blend
    made = {
        "ra": pa.array(pairs.ra),
        "dec": pa.array(pairs.dec),
        "specz_ra": base["ra"].cast(pa.float64()),
        "specz_dec": base["dec"].cast(pa.float64()),
        "objectId": pa.array(pairs.object_id),
        "release": pa.array([release], pa.string()).take(pa.array(np.zeros(size, dtype=np.int64))),
        "match_dist": pa.array(pairs.sep.astype(np.float32)),
        "match_n": pa.array(np.minimum(count, np.iinfo(np.int16).max).astype(np.int16)),
        "match_second_dist": pa.array(second.astype(np.float32), mask=np.isnan(second)),
        "split_key": pa.array(keys),
        "is_best": pa.array(best & ~aside),
    }
    for name in objects.column_names:
        state = json.loads((schema.field(name).metadata or {}).get(b"state", b"{}"))
        magnitude = state.get("kind") in ("mag", "mag_err")
        made[name] = without_sentinels(objects[name]) if magnitude else objects[name]
    made |= compared(base, aside, judged.winner) | decided(base, judged, row_id)
    columns = []
    for field in schema:
        name = field.name
        column = made.get(name)
        if column is None:
            column = base[name] if name in base.column_names else base[name.removesuffix("__specz")]
        columns.append(column if column.type == field.type else column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def decided(base: pa.Table, judged: Shared, row_id: np.ndarray) -> dict[str, pa.Array]:
    """Verdict, criterion and rival as ``base`` has them, but for rows that lost their object or share it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def before(name: str, kind: pa.DataType, otherwise: Any = None) -> Any:
        return base[name].cast(kind) if name in base.column_names else pa.scalar(otherwise, kind)

    lost, blend = mask(judged.loser), mask(judged.blend)
    aside = pc.or_(lost, blend)
    verdict = pc.if_else(blend, "blend", before("verdict", pa.string(), "single"))
    rival = pc.if_else(blend, pa.scalar(None, pa.int64()), before("rival", pa.int64()))
    return {
        "verdict": pc.if_else(lost, "lost", verdict),
        "decided_by": pc.if_else(aside, "same object", before("decided_by", pa.string())),
        "rival": pc.if_else(lost, integers(row_id[judged.winner]), rival),
    }


def compared(base: pa.Table, decided: np.ndarray, rival: np.ndarray) -> dict[str, pa.Array]:
    """What combine says of two rows that it compared, where ``base`` has it, made right for rows that were
    ``decided`` since: no values, and the separation and dz of the new ``rival`` (a row of base, or -1)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from pz_tsm.ops.combine.columns import numbers
    from pz_tsm.ops.combine.result import apart, floats

    sep, dz = apart(
        np.where(decided, rival, -1), *(numbers(base, name) for name in ("ra", "dec", "redshift"))
    )
    none = pa.nulls(base.num_rows, pa.string())
    made = {"decided_value": none, "rival_value": none, "rival_sep": floats(sep), "rival_dz": floats(dz)}
    return {
        name: pc.if_else(pa.array(decided), new.cast(base[name].type), base[name])
        for name, new in made.items()
        if name in base.column_names
    }
