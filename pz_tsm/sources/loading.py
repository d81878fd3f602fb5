"""An input of a recipe as a catalogue with our names: mapped, checked, every row identified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding, Report
from pz_tsm.sources import checks, columns, content, files
from pz_tsm.summary import access as access_of

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

OURS = ("row_id", "source_product", "source_row", *columns.ROLES.values())
STALE = (
    "group_id",
    "is_best",
    "verdict",
    "decided_by",
    "rival",
    "n_meas",
    "z_spread",
    "tie_result",
    "compared_to",
    "split",
    "split_key",
)  # what an earlier product decided; a new run decides anew
META = {
    "ra": {"unit": "deg", "ucd": "pos.eq.ra;meta.main"},
    "dec": {"unit": "deg", "ucd": "pos.eq.dec;meta.main"},
    "redshift": {"ucd": "src.redshift"},
    "redshift_err": {"ucd": "stat.error;src.redshift"},
    "z_flag": {"ucd": "meta.code.qual;src.redshift"},
    "survey": {"ucd": "meta.curation"},
    "source_row_id": {"ucd": "meta.id"},
}
ACCESS = ("public", "rubin-data-rights")  # from the least to the most restrictive
SCALE = "z_flag_homogenized"
MAIN = "meta.id;meta.main"


@dataclass
class Loaded:
    """A catalogue ready for the steps.

    ``table``: canonical columns first, then the source's own, verbatim. ``origin``: what the lock records of
    it {name, location, format, sha256, product, rows, survey, access, columns}. ``left``: the rows that were
    refused, with the column ``reason``; None if there are none.
    """

    table: pa.Table
    report: Report
    origin: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)
    left: pa.Table | None = None


def load(
    spec: Mapping[str, Any], base: Path | str = ".", ctx: Context | None = None, *, name: str = "input"
) -> Loaded:
    """Read one input of a recipe (``{from: ..., survey, columns, id, access}``); relative paths start at
    ``base``.

    Raises TsmError, naming file, column and row, for whatever would give a wrong catalogue.
    """
    ctx = ctx or Context(base=Path(base))
    place = _fetch(spec, Path(base), ctx, name)
    where = place["where"]
    ctx.step(0.1, f"reading {where}")
    given = spec.get("columns")
    if given is None and place.get("columns"):
        given = place["columns"]
    raw = _read(place, given)
    if not raw.num_rows:
        raise TsmError(
            f"'{where}' has no rows.", remedy="Give a catalogue with at least one row.", where=name
        )
    table = from_table(
        raw, {**spec, "columns": given, "id": spec.get("id") or place.get("id")}, where, name, ctx
    )
    kind = files.sniff(place["path"])
    table.origin |= {
        "location": place["location"],
        "format": kind,
        "sha256": files.file_sha256(place["path"]),
        **{key: place[key] for key in ("server", "product_id") if key in place},
    }
    note = files.naming_note(Path(place["path"]), kind)
    if note:
        table.report.findings.append(Finding("note", note, where=where))
    return table


def from_table(raw: pa.Table, spec: Mapping[str, Any], where: str, name: str, ctx: Context) -> Loaded:
    """A catalogue from a table as it stands; see ``load``."""
    from pz_tsm.ids import row_ids

    raw, findings = _flat(raw, where)
    survey = spec.get("survey")
    mapping = columns.resolve(raw.schema, spec.get("columns"), where, survey=survey)
    findings += [Finding("note", note, where=name) for note in mapping.notes]
    product = str(spec.get("id") or content.content_name(raw))
    ctx.step(0.4, f"checking {where}")
    ids, told = row_ids(product, _keys(raw, mapping), raw)
    if told.get("message"):
        findings.append(Finding("note", f"'{where}': {told['message']}", where=name))
    table, sentinels, more = _renamed(raw, mapping, where, survey)
    findings += more
    table, left, dropped, more = _placed(table, ids, product, mapping, raw, where)
    findings += more
    access = spec.get("access") or access_of(raw.schema)
    table = table.replace_schema_metadata({"tsm:access": access, "tsm:source": product})
    report = Report(
        op="load",
        rows_in=raw.num_rows,
        rows_out=table.num_rows,
        dropped=dropped,
        findings=findings,
        details={
            "columns": mapping.columns,
            "guessed": mapping.guessed,
            "sentinels": sentinels,
            "identities": {key: value for key, value in told.items() if key != "message"},
            "product": product,
        },
        input=name,
    ).close()
    origin = {
        "name": name,
        "location": None,
        "product": product,
        "rows": raw.num_rows,
        "survey": survey,
        "access": access,
        "columns": mapping.columns,
    }
    return Loaded(table, report, origin, findings, left)


def _fetch(spec: Mapping[str, Any], base: Path, ctx: Context, name: str) -> dict[str, Any]:
    """Where the bytes are: {path, where, location}; of a server also {id, columns, server, product_id}."""
    source = spec.get("from")
    if isinstance(source, str | Path):
        source = {"file": str(source)}
    if not isinstance(source, Mapping) or not source:
        raise TsmError(
            f"Input '{name}' does not say where it comes from.",
            remedy="Write from: {file: PATH}.",
            where=name,
        )
    if "file" in source:
        location = str(source["file"])
        path = base / Path(location).expanduser()
        return {"path": path, "where": path.name, "location": location, "group": source.get("group")}
    if "pzserver" in source:
        from pz_tsm.sources import pzserver

        return pzserver.fetch(source["pzserver"], ctx)
    if "vizier" in source:
        raise TsmError(
            f"Input '{name}': catalogues of VizieR can't be fetched in this version.",
            remedy="Download the table from VizieR as FITS or VOTable and give it as from: {file: PATH}.",
            where=name,
        )
    raise TsmError(
        f"Input '{name}': 'from' knows no source '{next(iter(source))}'.",
        remedy="Sources: file, pzserver, vizier.",
        where=name,
    )


def _read(place: dict[str, Any], given: Mapping[str, Any] | None) -> pa.Table:
    """The raw table; identifiers in a text file stay text, so that 007 is not 7."""
    path = place["path"]
    keys: list[str] = []
    names = files.text_names(path)
    if names:
        mapped = columns.read_mapping(given, place["where"])
        if "id" in mapped:
            keys = mapped["id"] if isinstance(mapped["id"], list) else [mapped["id"]] if mapped["id"] else []
        else:
            import pyarrow as pa

            schema = pa.schema([(item, pa.string()) for item in names])
            keys = columns.guess(schema, skip=set(columns.NAMES) - {"id"})["id"]
    return files.read_raw(path, text=keys, group=place.get("group"))


def _flat(raw: pa.Table, where: str) -> tuple[pa.Table, list[Finding]]:
    """Without columns of arrays (said), text without padding."""
    import pyarrow.compute as pc
    import pyarrow.types as pt

    nested = [item.name for item in raw.schema if pt.is_nested(item.type)]
    findings = []
    if nested:
        raw = raw.drop_columns(nested)
        shown = ", ".join(nested[:5]) + (", ..." if len(nested) > 5 else "")
        findings.append(
            Finding("note", f"'{where}': columns of arrays are left out: {shown}.", count=len(nested))
        )
    for i, item in enumerate(raw.schema):
        if pt.is_string(item.type):
            column = raw.column(i)
            if pc.any(pc.match_substring_regex(column, r"\s$")).as_py():
                raw = raw.set_column(i, item, pc.utf8_rtrim_whitespace(column))
    return raw, findings


def _keys(raw: pa.Table, mapping: columns.Mapping_) -> list[Any] | None:
    named = mapping.columns.get("id")
    if not named:
        return None
    return [raw.column(name) for name in ([named] if isinstance(named, str) else named)]


def _renamed(
    raw: pa.Table, mapping: columns.Mapping_, where: str, survey: str | None
) -> tuple[pa.Table, dict[str, int], list[Finding]]:
    """Canonical columns, then the source's own. Returns (table, column -> sentinels nulled, findings)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    findings: list[Finding] = []
    sentinels: dict[str, int] = {}
    made: dict[str, tuple[pa.Field, Any]] = {}
    keys = _keys(raw, mapping)
    if keys:
        texts = [_as_text(column) for column in keys]
        joined = (
            texts[0]
            if len(texts) == 1
            else pc.binary_join_element_wise(*texts, ":", null_handling="replace", null_replacement="")
        )
        made["source_row_id"] = (_field("source_row_id", joined.type), joined)
    for role in ("ra", "dec", "z", "z_err"):
        source, target = mapping.columns.get(role), columns.ROLES[role]
        if source:
            values, count, infinite = _numeric(raw, source, role, where)
            made[target] = (_field(target, values.type, raw.schema.field(source)), values)
            if count:
                sentinels[source] = count
            if infinite:
                findings.append(
                    Finding(
                        "warning",
                        f"'{where}': {infinite:,} infinite values in '{source}' became null.",
                        where=source,
                        count=infinite,
                    )
                )
    homogenized = mapping.columns.get("z_flag") == SCALE
    if homogenized:  # an earlier product: its flags are on our scale already, and homogenize takes them so
        made[SCALE] = (
            _field(SCALE, raw.schema.field(SCALE).type, raw.schema.field(SCALE)),
            raw.column(SCALE),
        )
    for role in ("z_flag", "survey", "instrument_type"):
        source = mapping.columns.get(role)
        if homogenized and role == "z_flag" and role in raw.column_names:
            source = role  # the survey's own flag beside it
        if source:
            made[role] = (
                _field(role, raw.schema.field(source).type, raw.schema.field(source)),
                raw.column(source),
            )
    if survey is not None:
        made["survey"] = (_field("survey", pa.string()), pa.array([str(survey)] * raw.num_rows, pa.string()))
    elif "survey" in made and not pa.types.is_string(made["survey"][1].type):
        made["survey"] = (_field("survey", pa.string()), _as_text(made["survey"][1]))
    used = {mapping.columns.get(role) for role in columns.ROLES if role != "id"}
    if homogenized:
        used.add("z_flag")
    parked = []
    for item in raw.schema:
        if item.name in used or item.name in made and item.name == mapping.columns.get("id"):
            continue
        column = raw.column(item.name)
        bad = checks.photometry(item, column)
        if bad is not None:
            column = pc.if_else(pa.array(bad), pa.scalar(None, item.type), column)
            sentinels[item.name] = int(bad.sum())
        target = item.name
        if target in OURS or target in STALE or target in made:
            target = f"{target}__orig"
            parked.append(item.name)
        made[target] = (item.with_name(target), column)
    if parked:
        findings.append(
            Finding(
                "note",
                f"'{where}': its own {', '.join(parked[:6])} kept as NAME__orig: these names are ours.",
                count=len(parked),
            )
        )
    if sentinels:
        shown = ", ".join(f"{column}: {count:,}" for column, count in list(sentinels.items())[:6])
        findings.append(
            Finding(
                "note",
                f"'{where}': values that stand for 'none' (-99, 9.99, ...) became null ({shown}).",
                count=sum(sentinels.values()),
                code="sentinels",
            )
        )
    return _table(made), sentinels, findings


def _numeric(raw: pa.Table, source: str, role: str, where: str) -> tuple[Any, int, int]:
    """A mapped number as float64: (values, sentinels nulled, infinite values nulled)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    meaning = columns.MEANING.get(role, "redshift error")
    if role in ("z", "z_err") and checks.is_velocity(raw.schema.field(source)):
        unit = raw.schema.field(source).metadata[b"unit"].decode("utf-8", "replace").strip().lower()
        raise TsmError(
            f"'{where}': column '{source}' is a velocity ({unit}), not a redshift.",
            remedy="Divide by 299792.458 km/s, or map another column to z.",
            where=source,
        )
    array = checks.numbers(raw.column(source), source, where, meaning)
    if role not in ("z", "z_err"):
        return array, 0, 0
    values = pc.fill_null(array, float("nan")).to_numpy(zero_copy_only=False)
    if role == "z":
        none, count, infinite = checks.redshifts(values, source, where)
    else:
        (none, count), infinite = checks.errors(values), 0
    return pa.array(values, mask=none), count, infinite


def _placed(
    table: pa.Table, ids: np.ndarray, product: str, mapping: columns.Mapping_, raw: pa.Table, where: str
) -> tuple[pa.Table, pa.Table | None, dict[str, int], list[Finding]]:
    """With row_id, source_product and source_row: rows with a usable position; the others with the reason."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    names = (mapping.columns["ra"], mapping.columns["dec"])
    ra, dec = (pc.fill_null(table.column(name), float("nan")).to_numpy().copy() for name in ("ra", "dec"))
    why, dropped, findings = checks.positions(
        ra, dec, names, where, tuple(raw.schema.field(n) for n in names)
    )
    if (ra == 360).any():
        ra[ra == 360] = 0.0
        table = table.set_column(table.schema.get_field_index("ra"), table.schema.field("ra"), pa.array(ra))
    rows = table.num_rows
    made = {
        "row_id": (pa.field("row_id", pa.int64(), metadata={"ucd": MAIN}), pa.array(ids, pa.int64())),
        "source_product": (pa.field("source_product", pa.string()), pa.array([product] * rows, pa.string())),
    }
    made |= {item.name: (item, table.column(item.name)) for item in table.schema}
    made["source_row"] = (pa.field("source_row", pa.int64()), pa.array(np.arange(1, rows + 1)))
    table = _table(made)
    if not dropped:
        return table, None, dropped, findings
    reason = pa.array(list(dropped)).take(pa.array(why[why >= 0]))
    left = table.filter(pa.array(why >= 0)).append_column("reason", reason)
    return table.filter(pa.array(why < 0)), left, dropped, findings


def _table(made: dict[str, tuple[pa.Field, Any]]) -> pa.Table:
    import pyarrow as pa

    order = [*(n for n in OURS if n in made), *(n for n in made if n not in OURS)]
    return pa.Table.from_arrays([made[n][1] for n in order], schema=pa.schema([made[n][0] for n in order]))


def _field(name: str, kind: pa.DataType, source: pa.Field | None = None) -> pa.Field:
    import pyarrow as pa

    metadata = dict(META.get(name, {}))
    if source is not None:
        description = (source.metadata or {}).get(b"description")
        if description:
            metadata["description"] = description.decode("utf-8", "replace")
        metadata["source_column"] = source.name
    return pa.field(name, kind, metadata=metadata or None)


def _as_text(column: Any) -> Any:
    """Identifiers as text: whole floats without a point."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    if pt.is_floating(column.type):
        whole = pc.all(pc.equal(pc.floor(column), column)).as_py()
        top = pc.max(pc.abs(column)).as_py()
        if whole is not False and (top is None or top < 2**53):
            column = column.cast(pa.int64(), safe=False)
    return column.cast(pa.string())
