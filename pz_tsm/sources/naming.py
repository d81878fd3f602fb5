"""A catalogue's columns under our names: converted where the recipe says so, sentinels as null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Finding
from pz_tsm.sources import checks, columns, convert

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
SCALE = "z_flag_homogenized"


def keys(raw: pa.Table, mapping: columns.Mapping_) -> list[Any] | None:
    named = mapping.columns.get("id")
    if not named:
        return None
    return [raw.column(name) for name in ([named] if isinstance(named, str) else named)]


def converted(
    raw: pa.Table, mapping: columns.Mapping_, asked: Mapping[str, Any], where: str
) -> tuple[dict[str, tuple[Any, int]], list[Finding]]:
    """What the recipe has converted: role -> (values, values that stood for none); and the words for it."""
    made: dict[str, tuple[Any, int]] = {}
    named = {
        role: [value] if isinstance(value, str) else value
        for role, value in mapping.columns.items()
        if role in ("ra", "dec", "z", "z_err")
    }
    parts = "sexagesimal" in asked.get("positions", ())
    for role in ("ra", "dec"):
        if len(named[role]) > 1 and not (parts and len(named[role]) in (3, 4)):
            raise TsmError(
                f"'{where}': {role} is mapped to {len(named[role])} columns.",
                remedy="Map one column, or those of hours (degrees), minutes and seconds with "
                "convert: {positions: sexagesimal}.",
                where=role,
                fixes=[convert.offer("positions", "sexagesimal", "They are hours, minutes and seconds")],
            )
    if "positions" in asked:
        found = convert.positions(raw, named, asked["positions"], where)
        made |= {role: (values, 0) for role, values in found.items()}
    for role in ("z", "z_err"):
        if role not in asked:
            continue
        if role not in named:
            raise TsmError(
                f"'{where}': 'convert' speaks of {role}, but no column is mapped to it.",
                remedy=f"Name it (columns: {{{role}: NAME}}), or take it out of 'convert'.",
                where=role,
            )
        made[role] = _redshifts(raw, role, named, made, asked[role], where)
    told = [
        Finding("note", f"'{where}': converted {text}.", where=where, code="converted")
        for text in convert.words(asked)
    ]
    return made, told


def _redshifts(
    raw: pa.Table,
    role: str,
    named: Mapping[str, list[str]],
    made: Mapping[str, tuple[Any, int]],
    how: Sequence[str],
    where: str,
) -> tuple[Any, int]:
    """Redshifts, or their errors, converted; and how many values stood for none. ``made``: what is converted
    already, the positions among it."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    def numbers(role: str, meaning: str) -> np.ndarray:
        name = named[role][0]
        array = made[role][0] if role in made else checks.numbers(raw.column(name), name, where, meaning)
        return pc.fill_null(array, float("nan")).to_numpy(zero_copy_only=False)

    speed = next((one for one in how if one in convert.VELOCITIES), None)
    values = numbers(role, "velocity" if speed else "redshift")
    if speed:
        values, none = convert.redshifts(values, speed, error=role == "z_err")
        gone = int(none.sum())
    else:
        none, gone, _ = checks.redshifts(values, named[role][0], where)
        values = np.where(none, np.nan, values)
    if "cmb" in how:
        values = convert.heliocentric(values, numbers("ra", "right ascension"), numbers("dec", "declination"))
    return pa.array(values), gone


def renamed(
    raw: pa.Table,
    mapping: columns.Mapping_,
    where: str,
    survey: str | None,
    changed: Mapping[str, tuple[Any, int]],
) -> tuple[pa.Table, dict[str, int], list[Finding]]:
    """Canonical columns, then the source's own. Returns (table, column -> sentinels nulled, findings)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    findings: list[Finding] = []
    sentinels: dict[str, int] = {}
    made: dict[str, tuple[pa.Field, Any]] = {}
    names = keys(raw, mapping)
    if names:
        texts = [_as_text(column) for column in names]
        joined = (
            texts[0]
            if len(texts) == 1
            else pc.binary_join_element_wise(*texts, ":", null_handling="replace", null_replacement="")
        )
        made["source_row_id"] = (_field("source_row_id", joined.type), joined)
    for role in ("ra", "dec", "z", "z_err"):
        source, target = mapping.columns.get(role), columns.ROLES[role]
        if source:
            label = source if isinstance(source, str) else " ".join(source)
            values, count, infinite = _numeric(raw, source, role, where, changed.get(role))
            one = raw.schema.field(source).with_name(label) if isinstance(source, str) else None
            made[target] = (_field(target, values.type, one or pa.field(label, pa.float64())), values)
            source = label
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
    used = {mapping.columns.get(role) for role in columns.ROLES if role != "id" and role not in changed}
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
                remedy="In Python, pz_tsm.read(FOLDER) of the whole bundle goes on with it as it is."
                if {"tsm_id", "row_id"} <= set(raw.column_names)
                else None,
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
    return as_table(made), sentinels, findings


def _numeric(
    raw: pa.Table, source: Any, role: str, where: str, converted: tuple[Any, int] | None
) -> tuple[Any, int, int]:
    """A mapped number as float64: (values, sentinels nulled, infinite values nulled)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    meaning = columns.MEANING.get(role, "redshift error")
    if converted is None and role in ("z", "z_err") and checks.is_velocity(raw.schema.field(source)):
        unit = raw.schema.field(source).metadata[b"unit"].decode("utf-8", "replace").strip().lower()
        how = "velocity_m_s" if unit.startswith("m") else "velocity_km_s"
        raise TsmError(
            f"'{where}': column '{source}' is a velocity ({unit}), not a redshift.",
            remedy=f"Have it converted (convert: {{{role}: {how}}}), or map another column to {role}.",
            where=source,
            fixes=[convert.offer(role, how, f"Convert it from {unit} to a redshift")],
        )
    if converted is not None:
        array, gone = converted
    else:
        array, gone = checks.numbers(raw.column(source), source, where, meaning), 0
    if role not in ("z", "z_err"):
        return array, 0, 0
    values = pc.fill_null(array, float("nan")).to_numpy(zero_copy_only=False)
    if role == "z":
        none, count, infinite = checks.redshifts(values, source, where)
    else:
        (none, count), infinite = checks.errors(values), 0
    return pa.array(values, mask=none), count + gone, infinite


def as_table(made: dict[str, tuple[pa.Field, Any]]) -> pa.Table:
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
