"""The real catalogues as the loader would give them, so that operations can be tested without the loader."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ruamel.yaml import YAML

from pz_tsm.ids import row_ids

CANONICAL = {
    "id": "source_row_id",
    "ra": "ra",
    "dec": "dec",
    "z": "redshift",
    "z_err": "redshift_err",
    "z_flag": "z_flag",
    "survey": "survey",
}
CORE6 = ("003", "004", "005", "013", "014", "018")
ALL10 = ("001", "003", "004", "005", "008", "011", "013", "014", "016", "018")


def catalogues(shared: Path, prefixes: tuple[str, ...]) -> dict[str, pa.Table]:
    """{internal name: canonical table} in the order of the list."""
    listed = YAML(typ="safe", pure=True).load((shared / "data" / "catalogs.yaml").read_text())["catalogs"]
    by_prefix = {one["internal_name"][:3]: one for one in listed}
    return {by_prefix[p]["internal_name"]: _load(shared, by_prefix[p]) for p in prefixes}


def _load(shared: Path, entry: dict) -> pa.Table:
    table = pq.read_table(shared / "data" / entry["path"])
    mapped = {source: CANONICAL[key] for key, source in entry["columns"].items() if source}
    names = [mapped.get(n, n if n not in mapped.values() else f"{n}__orig") for n in table.column_names]
    key = [table[entry["columns"]["id"]]] if entry["columns"]["id"] else None
    ids, _ = row_ids(entry["internal_name"], key, table)
    table = table.rename_columns(names)
    for name in ("ra", "dec", "redshift"):
        table = table.set_column(table.column_names.index(name), name, table[name].cast(pa.float64()))
    if "source_row_id" in table.column_names:
        text = table["source_row_id"].cast(pa.string())
        table = table.set_column(table.column_names.index("source_row_id"), "source_row_id", text)
    return (
        table.append_column("row_id", pa.array(ids))
        .append_column("source_product", pa.array([entry["internal_name"]] * table.num_rows))
        .append_column("source_row", pa.array(np.arange(1, table.num_rows + 1)))
    )


def crd_ids(table: pa.Table) -> list[str]:
    """CRD<prefix>_<row number>, as the existing pipeline numbers rows."""
    prefix = pc.utf8_slice_codeunits(table["source_product"], 0, 3).to_pylist()
    return [f"CRD{p}_{n}" for p, n in zip(prefix, table["source_row"].to_pylist(), strict=True)]
