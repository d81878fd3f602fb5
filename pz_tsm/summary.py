"""What can be said of a table before a row is read: its columns in numbers, and which column means what."""

from __future__ import annotations

import json
import re
from typing import Any

from pz_tsm import arrays

BINS = 24
TOP = 12
COUNTABLE = 1000  # an integer column with at most so many different values has them counted
SAFE_INTEGER = 2**53
DENSE = 2**23  # a range of integers in which each is looked up
DISTINCT_LIMIT = 5_000_000  # rows beyond which different integers are not counted

CANONICAL = {
    "row_id": "Identity of the measurement",
    "source_product": "Catalogue that the row came from",
    "source_row_id": "The survey's own identifier",
    "ra": "Right ascension (ICRS)",
    "dec": "Declination (ICRS)",
    "redshift": "Redshift",
    "redshift_err": "Error of the redshift",
    "z_flag": "Quality flag as the survey gave it",
    "survey": "Survey",
    "z_flag_orig": "Quality flag as the survey gave it, verbatim",
    "z_flag_homogenized": "Quality flag on the common scale (0-4; 6 star)",
    "instrument_type": "Spectrograph (s), grism (g) or photometric (p)",
    "spec_class": "Spectral class",
    "is_secondary": "Serendipitous target",
    "confidence": "Probability that the redshift is right",
    "flag_rule": "Rule that gave the common flag",
    "group_id": "Group of measurements of one object",
    "is_best": "Best measurement of its group",
    "verdict": "What became of the measurement in its group",
    "decided_by": "Criterion that decided",
    "objectId": "LSST object",
    "match_dist": "Separation from the LSST object",
    "split": "Part of the training set",
}
UNITS = {"ra": "deg", "dec": "deg", "specz_ra": "deg", "specz_dec": "deg", "match_dist": "arcsec"}

# First match wins: canonical names, then what surveys call it (compared in lower case).
ALIASES = {
    "id": "row_id source_row_id objectid crd_id id source_id specid targetid specobjid phot_id num name",
    "ra": "ra coord_ra raj2000 ra_j2000 ra_deg radeg ra_j2000_deg target_ra alpha_j2000 alpha _raj2000 "
    "raj2000_wfi ra_icrs specz_ra",
    "dec": "dec coord_dec dej2000 dec_j2000 dec_deg dedeg dec_j2000_deg target_dec delta_j2000 delta "
    "_dej2000 decj2000 dej2000_wfi de_icrs specz_dec",
    "redshift": "redshift z z_best zbest zspec z_spec spec_z specz z_helio zhelio zcmb",
    "survey": "survey survey_name source",
    "flag": "z_flag_homogenized z_flag zflag zflags zflg quality zquality z_quality zbest_quality qop q_z "
    "campaign_qf qf zwarn",
    "type": "instrument_type instrument_type_homogenized type zbest_type",
    "split": "split part",
    "group": "group_id",
}
UCDS = {
    "meta.id;meta.main": "id",
    "pos.eq.ra;meta.main": "ra",
    "pos.eq.ra": "ra",
    "pos.eq.dec;meta.main": "dec",
    "pos.eq.dec": "dec",
    "src.redshift": "redshift",
    "stat.rank": "flag",
    "meta.curation": "survey",
}
NUMERIC_ROLES = {"ra", "dec", "redshift"}


def simple(table):
    """The same table in types that every front end reads: integers, floats, bool, text; one chunk each.

    Dates and nested values become text, decimals and half floats become floating numbers. int64 stays int64.
    """
    import pyarrow as pa

    columns, fields, seen = [], [], {}
    for field, column in zip(table.schema, table.columns, strict=True):
        array = one_chunk(_simple_column(column))
        repeat = seen[field.name] = seen.get(field.name, 0) + 1
        name = field.name if repeat == 1 else f"{field.name}__{repeat}"
        columns.append(array)
        fields.append(pa.field(name, array.type, metadata=field.metadata))
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=table.schema.metadata))


def one_chunk(column):
    """A column as one array (text beyond 2 GB as large text)."""
    import pyarrow as pa

    if isinstance(column, pa.Array):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    if pa.types.is_string(column.type) and column.nbytes > 2**31 - 2**20:
        column = column.cast(pa.large_string())
    combined = column.combine_chunks()
    return combined if isinstance(combined, pa.Array) else pa.concat_arrays(combined.chunks)


def _simple_column(column):
    import pyarrow as pa

    kind = column.type
    types = pa.types
    if types.is_dictionary(kind):
        return _simple_column(column.cast(kind.value_type))
    if types.is_integer(kind) or types.is_float32(kind) or types.is_float64(kind) or types.is_boolean(kind):
        return column
    if types.is_string(kind) or types.is_large_string(kind):
        return column
    if types.is_float16(kind):
        return column.cast(pa.float32())
    if types.is_decimal(kind):
        return column.cast(pa.float64())
    if types.is_null(kind) or types.is_temporal(kind) or str(kind) == "string_view":
        return column.cast(pa.string())
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        try:
            return column.cast(pa.string())
        except pa.ArrowInvalid:
            return pa.array([None if v is None else v.hex() for v in column.to_pylist()], pa.string())
    return pa.array(
        [None if v is None else json.dumps(v, default=str, ensure_ascii=False) for v in column.to_pylist()],
        pa.string(),
    )


def column_type(kind) -> str:
    """int, float, text or bool, as the front end calls it."""
    import pyarrow as pa

    if pa.types.is_boolean(kind):
        return "bool"
    if pa.types.is_integer(kind):
        return "int"
    return "float" if pa.types.is_floating(kind) else "text"


def columns(table) -> list[dict[str, Any]]:
    """``IColumnInfo`` of every column of a table in simple types, in its order."""
    from concurrent.futures import ThreadPoolExecutor

    slow_first = sorted(table.schema, key=lambda field: column_type(field.type) != "text")
    with ThreadPoolExecutor(4) as pool:
        made = pool.map(lambda field: column(field, table.column(field.name)), slow_first)
        by_name = {info["name"]: info for info in made}
    return [by_name[name] for name in table.column_names]


def unknown(field) -> dict[str, Any]:
    """``IColumnInfo`` of a column whose values were not looked at."""
    return {
        "name": field.name,
        "type": column_type(field.type),
        "arrow": str(field.type),
        "unit": _meta(field, "unit") or UNITS.get(field.name),
        "ucd": _meta(field, "ucd"),
        "description": _meta(field, "description") or CANONICAL.get(field.name),
        "nulls": 0,
        "distinct": None,
        "min": None,
        "max": None,
        "histogram": None,
        "values": None,
    }


def column(field, values) -> dict[str, Any]:
    """``IColumnInfo`` of one column: range, histogram over finite values, the most frequent values."""
    kind = column_type(field.type)
    info = unknown(field) | {"nulls": values.null_count}
    if kind == "float":
        _describe_floats(info, values)
    elif kind == "int":
        _describe_integers(info, values)
    else:
        _describe_categories(info, values)
    return info


def _describe_floats(info: dict[str, Any], values) -> None:
    import numpy as np

    numbers = arrays.numbers(values.drop_null() if values.null_count else values)
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return
    low, high = float(finite.min()), float(finite.max())
    info["min"], info["max"], info["histogram"] = low, high, _histogram(finite, low, high)
    if len(np.unique(finite[:20_000])) <= TOP * 2:
        counted, total = _top(values, COUNTABLE)
        info["values"], info["distinct"] = counted, total


def _describe_integers(info: dict[str, Any], values) -> None:
    import pyarrow.compute as pc

    edges = pc.min_max(values).as_py()
    low, high = edges["min"], edges["max"]
    if low is None:
        return
    info["min"], info["max"] = exact(low), exact(high)
    numbers = arrays.numbers(values.drop_null() if values.null_count else values)
    info["histogram"] = _histogram(numbers, float(low), float(high))
    if len(values) <= DISTINCT_LIMIT or high - low < DENSE:
        info["distinct"] = _distinct(numbers, low, high)
        if info["distinct"] <= COUNTABLE:
            info["values"], _ = _top(values, COUNTABLE)


def _distinct(numbers, low: int, high: int) -> int:
    """How many different integers there are."""
    import numpy as np

    if high - low < DENSE:
        seen = np.zeros(high - low + 1, dtype=bool)
        wide = numbers.astype(np.uint64 if numbers.dtype.kind == "u" else np.int64, copy=False)
        seen[wide - low] = True
        return int(np.count_nonzero(seen))
    ordered = np.sort(numbers)
    return 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1]))


def _describe_categories(info: dict[str, Any], values) -> None:
    info["values"], info["distinct"] = _top(values, None)


def _top(values, limit: int | None) -> tuple[list[dict[str, Any]] | None, int | None]:
    """The most frequent values and how many different ones there are; (None, None) beyond ``limit``.

    Values that are all different (identifiers) are not listed.
    """
    import pyarrow.compute as pc

    counts = pc.value_counts(values.drop_null())
    distinct = len(counts)
    if limit is not None and distinct > limit:
        return None, None
    names, numbers = counts.field("values"), counts.field("counts")
    order = pc.sort_indices(numbers, sort_keys=[("", "descending")])[:TOP].to_pylist()
    top = [{"value": exact(names[i].as_py()), "count": numbers[i].as_py()} for i in order]
    if distinct > TOP and top and top[0]["count"] == 1:
        return None, distinct
    return [item for item in top if item["value"] == item["value"]], distinct


def exact(value: Any) -> Any:
    """A value that survives JSON in a browser: integers beyond 2**53 as text, no NaN or infinity."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int) and abs(value) > SAFE_INTEGER:
        return str(value)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value


def _histogram(numbers, low: float, high: float) -> dict[str, list] | None:
    import numpy as np

    if low == high:
        width = abs(low) * 1e-3 or 0.5
        low, high = low - width, high + width
    if not np.isfinite(high - low):  # a range that overflows: nothing sensible to draw
        return None
    counts, edges = np.histogram(numbers, bins=BINS, range=(low, high))
    return {"edges": [float(edge) for edge in edges], "counts": [int(count) for count in counts]}


def _meta(field, key: str) -> str | None:
    found = (field.metadata or {}).get(key.encode())
    return found.decode("utf-8", "replace") or None if found else None


def roles(schema, given: dict[str, str] | None = None) -> dict[str, str]:
    """Role -> column: as given, as the table says (``tsm:roles``), by UCD, else by usual names."""
    found: dict[str, str] = {}
    names = {field.name for field in schema}
    stated = (schema.metadata or {}).get(b"tsm:roles")
    try:
        said = json.loads(stated) if stated else {}
    except ValueError:
        said = {}
    for source in (given or {}, said if isinstance(said, dict) else {}):
        for role, name in source.items():
            if role in ALIASES and name in names:
                found.setdefault(role, name)
    lower: dict[str, str] = {}
    for field in schema:
        lower.setdefault(field.name.lower(), field.name)
    if not found:
        for role in ALIASES:  # the canonical name itself beats a UCD
            first = ALIASES[role].split()[0]
            if first in names and _fits(role, schema.field(first)):
                found[role] = first
    for field in schema:
        role = UCDS.get((_meta(field, "ucd") or "").replace(" ", "").lower())
        if role and _fits(role, field):
            found.setdefault(role, field.name)
    for role, aliases in ALIASES.items():
        for alias in aliases.split():
            name = lower.get(alias)
            if role not in found and name is not None and name not in found.values():
                if _fits(role, schema.field(name)):
                    found[role] = name
    return found


def _fits(role: str, field) -> bool:
    return role not in NUMERIC_ROLES or column_type(field.type) in ("float", "int")


# Names such as i_gaap1p0Flux and u_cModelMagErr: measurements of LSST objects.
PHOTOMETRY = re.compile(r"[ugrizy]_\w*(Flux|Mag)(Err)?$")


def access(schema) -> str:
    """Who may see the rows: as the table says; LSST Object columns are for rights holders; else public."""
    stated = (schema.metadata or {}).get(b"tsm:access")
    if stated:
        return stated.decode("utf-8", "replace")
    lsst = {"coord_ra", "coord_dec"} <= set(schema.names) or any(map(PHOTOMETRY.match, schema.names))
    return "rubin-data-rights" if lsst and "objectId" in schema.names else "public"
