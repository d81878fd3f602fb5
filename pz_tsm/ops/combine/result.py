"""The columns that combine adds, from what was decided, and the metadata that say how it was decided."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pz_tsm.ops.combine.criteria import COMBINE, ORDER
from pz_tsm.redshifts import difference

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from pz_tsm.ops.combine.params import Combine

COLUMNS = (
    "group_id", "is_best", "verdict", "decided_by", "decided_value", "rival_value", "rival", "rival_sep",
    "rival_dz", "n_meas", "n_secure", "z_spread", "agreement", "chain_arcsec", "tie_result", "compared_to",
)  # fmt: skip
AGREEMENT = ("single", "agree", "conflict", "unsure")


@dataclass
class Objects:
    """What is known of each row's group, one value a row; ``spread`` is NaN without a secure redshift."""

    count: np.ndarray
    secure: np.ndarray
    spread: np.ndarray
    agreement: np.ndarray  # indexes AGREEMENT


def objects(
    labels: np.ndarray, z: np.ndarray, secure: np.ndarray, excluded: np.ndarray, clash: np.ndarray
) -> Objects:
    """Rows in the group without the excluded ones, secure ones of these, their range, and what that says.

    ``clash``: labels of groups in which secure redshifts disagree.
    """
    import numpy as np

    n = len(labels)
    if not n:
        nothing = np.zeros(0, dtype=np.int64)
        return Objects(nothing, nothing, np.zeros(0), nothing)
    count = np.bincount(labels[~excluded], minlength=n)
    sure = np.bincount(labels[secure], minlength=n)
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(low, labels[secure], z[secure])
    np.maximum.at(high, labels[secure], z[secure])
    agreement = np.where(count > 1, np.where(sure > 1, 1, 3), 0).astype(np.int8)
    agreement[clash] = 2
    spread = np.where(sure > 0, high, np.nan) - np.where(sure > 0, low, np.nan)
    return Objects(count[labels], sure[labels], spread[labels], agreement[labels])


def coded(codes: np.ndarray, names: tuple[str, ...] | list[str]) -> pa.Array:
    """Texts from their codes; null where the code is negative."""
    import pyarrow as pa

    indices = pa.array(codes, pa.int16(), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(names), pa.string())).cast(pa.string())


def texts(n: int, parts: dict[int, tuple[np.ndarray, pa.Array]]) -> pa.Array:
    """One text a row from parts (rows and their texts); null for the others."""
    import numpy as np
    import pyarrow as pa

    if not parts:
        return pa.nulls(n, pa.string())
    pool = pa.concat_arrays([part for _, part in parts.values()])
    place = np.full(n, -1, dtype=np.int64)
    rows = np.concatenate([rows for rows, _ in parts.values()])
    place[rows] = np.arange(len(rows))
    return pool.take(pa.array(place, mask=place < 0))


def apart(rival: np.ndarray, ra: np.ndarray, dec: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Separation (arcsec) and dz/(1+z), z being the mean, of each row and its rival; NaN without one."""
    import numpy as np

    from pz_tsm.sky import separation

    rows = np.flatnonzero(rival >= 0)
    other = rival[rows]
    sep, dz = np.full(len(rival), np.nan, np.float32), np.full(len(rival), np.nan, np.float32)
    sep[rows] = separation(ra[rows], dec[rows], ra[other], dec[other])
    dz[rows] = difference(z[rows], z[other])
    return sep, dz


def with_columns(table: pa.Table, added: dict[str, Any]) -> pa.Table:
    """The table with the new columns at its end, each with unit and meaning; old ones of the name go."""
    import pyarrow as pa

    from pz_tsm.bundle.columns import KNOWN

    stale = [name for name in added if name in table.column_names]
    if stale:
        table = table.drop_columns(stale)
    fields = list(table.schema)
    for name, column in added.items():
        unit, ucd, words = KNOWN.get(name, ("", "", ""))
        said = {"unit": unit, "ucd": ucd, "description": words}
        fields.append(pa.field(name, column.type, metadata={k: v for k, v in said.items() if v} or None))
    schema = pa.schema(fields, metadata=table.schema.metadata)
    return pa.Table.from_arrays([*table.columns, *added.values()], schema=schema)


def floats(values: np.ndarray) -> pa.Array:
    """As float32, null for NaN."""
    import numpy as np
    import pyarrow as pa

    return pa.array(values.astype(np.float32), mask=np.isnan(values))


def small(values: np.ndarray) -> pa.Array:
    """As int16; what is beyond stays at its end."""
    import numpy as np
    import pyarrow as pa

    return pa.array(np.minimum(values, 32767).astype(np.int16))


def with_method(table: pa.Table, params: Combine, listed: list[dict[str, Any]]) -> pa.Table:
    """The table with how it was combined in its metadata (``tsm:combine``), so that it explains itself."""
    said = {
        "format": 1,
        "policy": params.policy,
        **params.model_dump(mode="json", include={"radius_arcsec"}),
    }
    if params.policy == "default":
        wanted = {"radii", "errors", "agree", "offsets", "chains", "eligible", "survey_rank", "conflicts"}
        said |= params.model_dump(mode="json", include=wanted)
        said |= {
            "prefer": [one.model_dump() for one in params.criteria()],
            "criteria": listed,
            "delta_z": params.tolerance(),
            "decisions": [
                {"kind": one.kind, "row_id": one.row_id, "reason": one.reason} for one in params.decisions
            ],
        }
    metadata = {key: value for key, value in (table.schema.metadata or {}).items() if key != ORDER}
    return table.replace_schema_metadata({**metadata, COMBINE: json.dumps(said, sort_keys=True)})
