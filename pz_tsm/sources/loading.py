"""An input of a recipe as a catalogue with our names: mapped, checked, every row identified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding, Fix, Report
from pz_tsm.sources import checks, columns, content, convert, fetching, files, naming
from pz_tsm.summary import access as access_of

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ACCESS = ("public", "rubin-data-rights")  # from the least to the most restrictive
MAIN = "meta.id;meta.main"


@dataclass
class Loaded:
    """A catalogue ready for the steps.

    ``table``: canonical columns first, then the source's own, verbatim. ``origin``: what the lock records of
    it {name, location, format, sha256, product, rows, survey, access, columns, convert}. ``left``: the rows
    that were refused, with the column ``reason``; None if there are none.
    """

    table: pa.Table
    report: Report
    origin: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)
    left: pa.Table | None = None


def load(
    spec: Mapping[str, Any], base: Path | str = ".", ctx: Context | None = None, *, name: str = "input"
) -> Loaded:
    """Read one input of a recipe (``{from: ..., survey, columns, convert, id, access}``); relative paths
    start at ``base``.

    Raises TsmError, naming file, column and row, for whatever would give a wrong catalogue.
    """
    ctx = ctx or Context(base=Path(base))
    place = fetching.place_of(spec, Path(base), ctx, name)
    where = place["where"]
    ctx.step(0.1, f"reading {where}")
    given = {
        **columns.read_mapping(place.get("columns"), where),
        **columns.read_mapping(spec.get("columns"), name),
    } or None
    given = place.get("roles") or given  # of an archive: the recipe's words among them
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
        **{key: place[key] for key in ("server", "product_id", "snapshot") if key in place},
    }
    note = files.naming_note(Path(place["path"]), kind)
    if note:
        table.report.findings.append(Finding("note", note, where=where))
    table.report.findings += place.get("findings", [])
    return table


def from_table(raw: pa.Table, spec: Mapping[str, Any], where: str, name: str, ctx: Context) -> Loaded:
    """A catalogue from a table as it stands; see ``load``. Fixes of what it finds are edits of the recipe."""
    try:
        loaded = _from_table(raw, spec, where, name, ctx)
    except TsmError as error:
        error.fixes = convert.placed(error.fixes, name, spec)
        raise
    for one in loaded.findings:
        one.fixes = convert.placed(one.fixes, name, spec) if ctx.planning else []
    return loaded


def _from_table(raw: pa.Table, spec: Mapping[str, Any], where: str, name: str, ctx: Context) -> Loaded:
    from pz_tsm.ids import row_ids

    raw, findings = _flat(raw, where)
    survey = spec.get("survey")
    asked = convert.read(spec.get("convert"), name)
    mapping = columns.resolve(raw, spec.get("columns"), where, survey=survey, convert=asked)
    findings += [replace(note, where=name) for note in mapping.notes]
    if mapping.survey is not None:
        findings.append(_unsaid_survey(mapping.survey, where))
    product = str(spec.get("id") or content.content_name(raw))
    ctx.step(0.4, f"checking {where}")
    ids, told = row_ids(product, naming.keys(raw, mapping), raw)
    if told.get("message"):
        findings.append(Finding("note", f"'{where}': {told['message']}", where=name))
    converted, how = naming.converted(raw, mapping, asked, where)
    findings += how
    table, sentinels, more = naming.renamed(raw, mapping, where, survey, converted)
    findings += more
    table, left, dropped, more = _placed(
        table, ids, product, mapping, raw, where, converted=bool(asked.get("positions"))
    )
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
            **({"convert": asked} if asked else {}),
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
        "convert": asked or None,
    }
    return Loaded(table, report, origin, findings, left)


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


def _unsaid_survey(one: Any, where: str) -> Finding:
    """What the catalogue is, when neither it nor the recipe says so."""
    fix = Fix(f"It is {one.survey}", [{"op": "set", "path": ["survey"], "value": one.survey}])
    return Finding(
        "note",
        f"'{where}' seems to be {one.survey}: {one.reason}.",
        remedy=f"If it is, say so in the recipe: survey: {one.survey}.",
        where="survey",
        code="survey-recognised",
        fixes=[fix],
    )


def _placed(
    table: pa.Table,
    ids: np.ndarray,
    product: str,
    mapping: columns.Mapping_,
    raw: pa.Table,
    where: str,
    *,
    converted: bool,
) -> tuple[pa.Table, pa.Table | None, dict[str, int], list[Finding]]:
    """With row_id, source_product and source_row: rows with a usable position; the others with the reason."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    mapped = (mapping.columns["ra"], mapping.columns["dec"])
    names = tuple(one if isinstance(one, str) else " ".join(one) for one in mapped)
    ra, dec = (pc.fill_null(table.column(name), float("nan")).to_numpy().copy() for name in ("ra", "dec"))
    why, dropped, findings = checks.positions(
        ra, dec, names, where, None if converted else tuple(raw.schema.field(n) for n in mapped)
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
    table = naming.as_table(made)
    if not dropped:
        return table, None, dropped, findings
    reason = pa.array(list(dropped)).take(pa.array(why[why >= 0]))
    left = table.filter(pa.array(why >= 0)).append_column("reason", reason)
    return table.filter(pa.array(why < 0)), left, dropped, findings
