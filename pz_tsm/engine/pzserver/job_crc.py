"""Combine Redshift Catalogs: flags on one scale, a cut, and the duplicates marked or taken out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm.engine.pzserver import outputs
from pz_tsm.engine.pzserver.flag_files import Translation, read_translation
from pz_tsm.engine.pzserver.worker import Job
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context

if TYPE_CHECKING:
    import pyarrow as pa

EARLIER = ("CRD_ID", "compared_to", "group_id", "tie_result")
DP1_FIELDS = (  # centres in degrees
    (6.02, -72.08), (37.86, 6.98), (40.00, -34.45), (53.13, -28.10), (59.10, -48.73), (95.00, -25.00),
    (106.23, -10.51),
)  # fmt: skip
DP1_RADIUS_DEG = 2.5


def run(job: Job) -> dict[str, Any]:
    """All inputs as one table with the pipeline's columns; what result.json holds."""
    import pyarrow as pa

    params = job.params
    translation = read_translation(params.get("flags_translation_file"), job.work)
    extra = extra_columns(params["extra_columns"])
    entries = job.config["inputs"]["specz"]
    tables: dict[str, pa.Table] = {}
    for number, entry in enumerate(entries):
        start = 0.5 * number / len(entries)
        table = prepare(
            job, entry, translation, job.context(start, start + 0.5 / len(entries), entry["internal_name"])
        )
        if table.num_rows:
            tables[entry["internal_name"]] = table
        else:
            job.warn(f"{entry['internal_name']} is left out: no row passes the cut.")
    if not tables:
        raise TsmError("No row of any catalogue passes the cut on the homogenized flag.")
    have = {name for table in tables.values() for name in table.column_names}
    keep = [source for source, _ in extra.values() if source in have]
    table = combined(job, tables, translation, keep)
    if params["insert_DP1_footprint_flag"]:
        table = table.append_column("is_in_DP1_fields", pa.array(in_dp1(table)))
    if params["insert_rubin_footprint_flag"]:
        job.warn("This engine does not write the column is_in_rubin_footprint.")
    result = contract_columns(table, extra)
    job.say(0.9, "writing")
    assoc = {"id": "CRD_ID", "ra": "ra", "dec": "dec", "z": "z", "z_flag": "z_flag_homogenized"}
    assoc |= {name: name for name in ("z_err", "survey") if name in result.column_names}
    form = outputs.chosen(job.config["output_format"], "parquet")
    main = outputs.write(result, job.work, job.config["output_name"], form, "ra", "dec")
    return {"main": main, "rows": result.num_rows, "columns_assoc": assoc}


def extra_columns(asked: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Name in the result -> (column of the sources, type)."""
    found = {}
    for name, value in asked.items():
        source, kind = (
            (name, value) if isinstance(value, str) else (value.get("source") or name, value["type"])
        )
        found[name] = (source, kind)
    return found


def prepare(job: Job, entry: dict[str, Any], translation: Translation, ctx: Context) -> pa.Table:
    """One catalogue with our names, homogenized flags, and only the rows that pass the cut."""
    import pyarrow.compute as pc

    from pz_tsm.ops import get
    from pz_tsm.sources import read_raw
    from pz_tsm.sources.loading import from_table

    raw = read_raw(Path(entry["path"]))
    named = {key: column for key, column in entry["columns"].items() if column}
    if "CRD_ID" in raw.column_names and "id" in raw.column_names:
        named["id"] = "id"  # an earlier result: the survey's own id counts
    raw = raw.drop_columns(
        [name for name in EARLIER if name in raw.column_names and name not in named.values()]
    )
    loaded = from_table(raw, {"columns": named, "id": entry["internal_name"]}, entry["internal_name"],
                        entry["internal_name"], ctx)  # fmt: skip
    job.report(loaded.report)
    operation = get("homogenize")
    done = operation.run(loaded.table, operation.parse({"rules": translation.rules, "unmapped": "null"}), ctx)
    job.report(done.report)
    cut = job.params["z_flag_homogenized_value_to_cut"]
    if cut not in (1, 2, 3, 4, 5, 6):
        if cut:
            job.warn(f"A cut at {cut} is no value of the flag: no cut is made.")
        return done.table
    kept = done.table.filter(pc.fill_null(pc.greater_equal(done.table["z_flag_homogenized"], cut), False))
    job.note(
        f"{entry['internal_name']}: {kept.num_rows} of {done.table.num_rows} rows have flag {cut:g} or more"
    )
    return kept


def combined(job: Job, tables: dict[str, pa.Table], translation: Translation, keep: list[str]) -> pa.Table:
    """One table with CRD_ID; unless only concatenating, with tie_result, compared_to and group_id."""
    import pyarrow as pa

    from pz_tsm.ops import get
    from pz_tsm.ops.combine import pzserver
    from pz_tsm.ops.combine.table import joined

    if job.params["combine_type"] == "concatenate":
        numbered, _ = pzserver.with_crd_ids(tables)
        return joined(numbered, keep)
    operation = get("combine")
    params = {"policy": "pz-server", "radius_arcsec": translation.radius_arcsec, "keep": ["CRD_ID", *keep]}
    done = operation.run(tables, operation.parse(params), job.context(0.5, 0.9, "combining"))
    job.report(done.report)
    if job.params["combine_type"] == "concatenate_and_mark_duplicates":
        return done.table
    ties = job.params["tie_treatment_option"]
    table = done.table
    result = table["tie_result"].to_numpy()
    keep_rows = result == 1
    if ties == "keep_all":
        keep_rows |= result == 2
    elif ties == "draw_one":
        hard = np.flatnonzero(result == 2)
        order = np.lexsort((table["row_id"].to_numpy()[hard], table["group_id"].to_numpy()[hard]))
        _, first = np.unique(table["group_id"].to_numpy()[hard][order], return_index=True)
        keep_rows[hard[order][first]] = True
        job.note("Of each unresolved tie the row with the smallest row_id is kept.")
    job.note(f"{int((~keep_rows).sum())} rows taken out: lost, unresolved, or stars")
    return table.filter(pa.array(keep_rows))


def in_dp1(table: pa.Table) -> np.ndarray:
    """1 within 2.5 degrees of the centre of a DP1 field, else 0."""
    ra, dec = (np.radians(table[name].to_numpy()) for name in ("ra", "dec"))
    inside = np.zeros(len(ra), dtype=bool)
    for centre in DP1_FIELDS:
        ra0, dec0 = np.radians(centre)
        half = np.sin((dec - dec0) / 2) ** 2 + np.cos(dec) * np.cos(dec0) * np.sin((ra - ra0) / 2) ** 2
        inside |= 2 * np.arcsin(np.sqrt(np.clip(half, 0, 1))) <= np.radians(DP1_RADIUS_DEG)
    return inside.astype(np.int64)


def contract_columns(table: pa.Table, extra: dict[str, tuple[str, str]]) -> pa.Table:
    """The pipeline's column names, in its order, then ours that explain a decision."""
    import pyarrow as pa

    names = {
        "CRD_ID": "CRD_ID",
        "id": "source_row_id",
        "ra": "ra",
        "dec": "dec",
        "z": "redshift",
        "z_flag": "z_flag_orig",
        "z_err": "redshift_err",
        "survey": "survey",
        "source": "source_product",
        "z_flag_homogenized": "z_flag_homogenized",
        "instrument_type_homogenized": "instrument_type",
        "tie_result": "tie_result",
        "compared_to": "compared_to",
        "group_id": "group_id",
        "is_in_DP1_fields": "is_in_DP1_fields",
        "spec_class": "spec_class",
        "flag_rule": "flag_rule",
        "verdict": "verdict",
        "decided_by": "decided_by",
    }
    result = {ours: table[theirs] for ours, theirs in names.items() if theirs in table.column_names}
    if "z_flag" in result:
        result["z_flag"] = numeric_if_possible(result["z_flag"])
    types = {"str": pa.string(), "float": pa.float64(), "int": pa.int64(), "bool": pa.bool_()}
    for name, (source, kind) in extra.items():
        if source not in table.column_names:
            result[name] = pa.nulls(table.num_rows, types[kind])
            continue
        try:
            result[name] = table[source].cast(types[kind])
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise TsmError(
                f"The extra column '{source}' can't be made '{kind}': {error}.", where=source
            ) from None
    return pa.table(result)


def numeric_if_possible(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    try:
        return column.cast(pa.float64())
    except pa.ArrowInvalid:
        return column
