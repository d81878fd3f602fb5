"""Two compilations of redshifts, object by object: what was added, lost or changed from one to the other."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pz_tsm.arrays import all_differ
from pz_tsm.errors import TsmError
from pz_tsm.redshifts import difference

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

# the gravest first
CHANGES = ("added", "lost", "settled", "set aside", "redshift", "flag", "type", "survey", "same")
MEANING = {
    "added": "only in the second",
    "lost": "only in the first",
    "settled": "measured in both, a best row only in the second",
    "set aside": "measured in both, a best row only in the first",
    "redshift": "another redshift",
    "flag": "another homogenized flag, same redshift",
    "type": "another instrument type, same redshift and flag",
    "survey": "the best measurement is another survey's, all else the same",
    "same": "no change",
}
NAMES = {  # what is compared: its canonical name and those of older products
    "ra": ("ra",),
    "dec": ("dec",),
    "redshift": ("redshift", "z"),
    "flag": ("z_flag_homogenized",),
    "type": ("instrument_type", "instrument_type_homogenized"),
    "survey": ("survey",),
    "row_id": ("row_id",),
}
ASIDE = "__orig"  # reading a catalogue puts columns with names of ours aside so
ROLES = ("ra", "dec", "redshift", "flag", "type", "survey")


@dataclass(frozen=True)
class Comparison:
    """``table``: one row an object of either compilation (see ``compare``); ``counts`` by change.

    ``surveys``: how often the best measurement went from one survey to another, most frequent first.
    """

    table: pa.Table
    counts: dict[str, int]
    surveys: list[dict[str, Any]]
    first: str
    second: str
    radius_arcsec: float
    delta_z: float

    def to_dict(self) -> dict[str, Any]:
        """Everything but the table, as JSON values."""
        return {
            "first": self.first,
            "second": self.second,
            "radius_arcsec": self.radius_arcsec,
            "delta_z": self.delta_z,
            "objects": self.table.num_rows,
            "counts": self.counts,
            "meaning": MEANING,
            "surveys": self.surveys,
        }

    def explore(self, **options: Any) -> Any:
        """The objects in an explorer."""
        import pz_tsm

        return pz_tsm.explore(self.table, **options)

    def __repr__(self) -> str:
        lines = [
            f"{self.first} -> {self.second}: {self.table.num_rows:,} objects, "
            f"the same within {self.radius_arcsec:g} arcsec"
        ]
        lines += [f"  {name:<9} {self.counts[name]:>9,}  {MEANING[name]}" for name in CHANGES]
        lines += [f"  {one['from']} -> {one['to']}: {one['objects']:,}" for one in self.surveys[:10]]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><td style='text-align:left'>{name}</td><td>{self.counts[name]:,}</td>"
            f"<td style='text-align:left'>{MEANING[name]}</td></tr>"
            for name in CHANGES
        )
        title = f"{html.escape(self.first)} &rarr; {html.escape(self.second)}"
        return f"<div><strong>{title}</strong>: {self.table.num_rows:,} objects<table>{cells}</table></div>"


def compare(
    first: Any,
    second: Any,
    *,
    radius_arcsec: float = 0.75,
    delta_z: float = 1e-4,
    names: tuple[str, str] | None = None,
) -> Comparison:
    """Which objects ``second`` has and ``first`` has not, which it lost, and what changed for the others.

    ``first``, ``second``: Tables, paths, or Arrow tables; the best rows of each are compared (``is_best``,
    or ``tie_result`` = 1 of the PZ Server's products), all rows where nothing marks them. Rows that share a
    row_id are one object; of the others, those that are each other's nearest within the radius (arcsec). A
    redshift has changed when |dz|/(1+z) exceeds ``delta_z``. The columns of the result's table: ``change``
    (the gravest of CHANGES), ``changes`` (all, as text), ``ra``, ``dec``, ``separation`` (arcsec), ``dz``
    (second - first, over 1+z), and what is compared of each, the names ending in _1 and _2.
    Raises TsmError where a table has no positions or no redshifts.
    """
    for name, value in (("radius_arcsec", radius_arcsec), ("delta_z", delta_z)):
        if not 0 <= value < float("inf") or (name == "radius_arcsec" and value == 0):
            raise TsmError(
                f"{name} = {value:g} means nothing here.", remedy="Give a positive number.", where=name
            )
    from pz_tsm.recipe.concat import access_of

    sides = []
    for place, given in enumerate((first, second)):
        table, name = _table(given)
        name = names[place] if names else name or ("first", "second")[place]
        sides.append((_side(table, name), name, table.slice(0, 0)))
    (a, name_a, schema_a), (b, name_b, schema_b) = sides
    if name_a == name_b and names is None and all(isinstance(one, str | PurePath) for one in (first, second)):
        name_a, name_b = str(first), str(second)  # june/data/measurements.parquet and november's
    i, j, sep = _same_objects(a, b, radius_arcsec)
    table = _joined(a, b, i, j, sep, delta_z, radius_arcsec)
    said = {"tsm:name": f"{name_a} and {name_b}", "tsm:access": access_of(schema_a, schema_b)}
    table = table.replace_schema_metadata(said)
    found = {one["values"]: one["counts"] for one in table["change"].value_counts().to_pylist()}
    counts = {name: int(found.get(name, 0)) for name in CHANGES}
    return Comparison(table, counts, _moved(table.slice(0, len(i))), name_a, name_b, radius_arcsec, delta_z)


def _table(given: Any) -> tuple[pa.Table, str | None]:
    from pathlib import Path

    import pyarrow as pa

    if isinstance(given, pa.Table):
        return given, None
    if isinstance(given, str | Path):
        import pz_tsm

        given = pz_tsm.read(given)
        return _as_combined(given.arrow), given.name
    if hasattr(given, "arrow"):
        return given.arrow, given.name
    raise TsmError(
        f"A {type(given).__name__} can't be compared.", remedy="Give Tables, paths or Arrow tables."
    )


def _as_combined(table: pa.Table) -> pa.Table:
    """A table that was read as a catalogue, with what combine (ours or the PZ Server's) had said in the file.

    Reading puts such columns aside, since stale decisions must not enter a new compilation.
    """
    known = table.column_names
    marked = [name for name in ("is_best", "tie_result") if name in known or f"{name}{ASIDE}" in known]
    if not marked:
        return table
    for name in ("row_id", "instrument_type", *marked):
        if f"{name}{ASIDE}" not in known or (name == "row_id" and f"group_id{ASIDE}" not in known):
            continue
        column = table[f"{name}{ASIDE}"]
        if name in table.column_names:
            table = table.drop_columns([name])
        table = table.append_column(name, column)
    return table


def canonical(table: pa.Table, roles: Mapping[str, str]) -> pa.Table:
    """The columns that have a role (as an opened table tells them) under the names compared here."""
    out = {}
    for key in ROLES:
        source = roles.get(key) or next((one for one in NAMES[key] if one in table.column_names), None)
        if source in table.column_names:
            out[NAMES[key][0]] = table[source]
    for name in ("row_id", "is_best", "tie_result"):
        if name in table.column_names:
            out[name] = table[name]
    import pyarrow as pa

    return pa.table(out).replace_schema_metadata(table.schema.metadata)


def _side(table: pa.Table, name: str) -> dict[str, Any]:
    """The best rows of one compilation as arrays; ``known`` says which are there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = {}
    for key, places in NAMES.items():
        column = next((one for one in places if one in table.column_names), None)
        if column is None and key in ("ra", "dec", "redshift"):
            raise TsmError(
                f"The compilation '{name}' has no column '{places[0]}'.",
                remedy="Read it with pz_tsm.read(path, columns={...}), which says which column is what.",
                where=places[0],
            )
        columns[key] = None if column is None else table[column]
    best = None
    if "is_best" in table.column_names:
        best = pc.fill_null(table["is_best"], False)
    elif "tie_result" in table.column_names:
        best = pc.fill_null(pc.equal(table["tie_result"], 1), False)
    out: dict[str, Any] = {}
    for key, column in columns.items():
        if column is None:
            out[key] = None
            continue
        column = column if best is None else column.filter(best)
        if key in ("type", "survey"):
            out[key] = column.cast(pa.string()).combine_chunks()
        elif key == "row_id":
            out[key] = None if column.null_count else column.cast(pa.int64()).to_numpy()
        else:
            out[key] = column.cast(pa.float64()).to_numpy()
    out["n"] = len(out["ra"])
    if best is not None:  # where it has measured something that is no best row
        rest = pc.invert(best)
        out["rest"] = [columns[key].filter(rest).cast(pa.float64()).to_numpy() for key in ("ra", "dec")]
    if out["row_id"] is not None and not all_differ(out["row_id"]):
        out["row_id"] = None  # rows of a match: several objects for one measurement
    return out


def _same_objects(a: dict, b: dict, radius_arcsec: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of both that are one object, and their separations in arcsec; each row at most once."""
    import numpy as np

    from pz_tsm.sky import nearest, separation

    i = j = np.zeros(0, dtype=np.int64)
    if a["row_id"] is not None and b["row_id"] is not None:
        _, i, j = np.intersect1d(a["row_id"], b["row_id"], assume_unique=True, return_indices=True)
    rest_a = np.setdiff1d(np.arange(a["n"]), i, assume_unique=True)
    rest_b = np.setdiff1d(np.arange(b["n"]), j, assume_unique=True)
    if len(rest_a) and len(rest_b):
        there, _ = nearest(
            a["ra"][rest_a], a["dec"][rest_a], b["ra"][rest_b], b["dec"][rest_b], radius_arcsec
        )
        back, _ = nearest(b["ra"][rest_b], b["dec"][rest_b], a["ra"][rest_a], a["dec"][rest_a], radius_arcsec)
        mutual = np.flatnonzero((there >= 0) & (back[np.maximum(there, 0)] == np.arange(len(rest_a))))
        i = np.concatenate([i, rest_a[mutual]])
        j = np.concatenate([j, rest_b[there[mutual]]])
    return i, j, separation(a["ra"][i], a["dec"][i], b["ra"][j], b["dec"][j])


def _joined(a, b, i, j, sep, delta_z, radius_arcsec):  # noqa: ANN001, ANN202
    """The table of objects: those of both, then those added, then those lost."""
    import numpy as np
    import pyarrow as pa

    only_b = np.setdiff1d(np.arange(b["n"]), j)
    only_a = np.setdiff1d(np.arange(a["n"]), i)
    both, n = len(i), len(i) + len(only_b) + len(only_a)
    from_a = np.concatenate([i, np.full(len(only_b), -1), only_a]).astype(np.int64)
    from_b = np.concatenate([j, only_b, np.full(len(only_a), -1)]).astype(np.int64)
    one, other = _taken(a, from_a), _taken(b, from_b)
    with np.errstate(invalid="ignore"):
        z1, z2 = one["redshift"], other["redshift"]
        dz = difference(z2, z1)
        differs = {"redshift": (np.abs(dz) > delta_z) | (np.isnan(z1) != np.isnan(z2))}
    for key in ("flag", "type", "survey"):
        differs[key] = _differ(one[key], other[key], n)
    part = np.arange(n) < both
    settled = (from_a < 0) & _measured(other, a, radius_arcsec)
    aside = (from_b < 0) & _measured(one, b, radius_arcsec)
    found = [settled, aside, from_a < 0, from_b < 0, *(differs[key] & part for key in CHANGES[4:8])]
    place = np.select(found, [2, 3, 0, 1, 4, 5, 6, 7], 8)
    change = pa.DictionaryArray.from_arrays(pa.array(place, pa.int8()), pa.array(CHANGES)).cast(pa.string())
    columns = {
        "change": change,
        "changes": _all_changes(differs, part),
        "ra": np.where(from_b >= 0, other["ra"], one["ra"]),
        "dec": np.where(from_b >= 0, other["dec"], one["dec"]),
        "separation": pa.array(np.concatenate([sep, np.zeros(n - both)]), mask=~part),
        "dz": pa.array(dz, mask=np.isnan(dz)),
    }
    for key, name in (
        ("redshift", "redshift"),
        ("flag", "z_flag_homogenized"),
        ("type", "instrument_type"),
        ("survey", "survey"),
        ("row_id", "row_id"),
    ):
        for number, side in ((1, one), (2, other)):
            values = side[key]
            if values is not None:
                is_float = isinstance(values, np.ndarray) and values.dtype.kind == "f"
                columns[f"{name}_{number}"] = pa.array(values, mask=np.isnan(values)) if is_float else values
    units = {"ra": "deg", "dec": "deg", "separation": "arcsec"}
    table = pa.table(columns)
    fields = [
        field.with_metadata({"unit": units[field.name]}) if field.name in units else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _measured(rows: dict, side: dict, radius_arcsec: float) -> np.ndarray:
    """Of these rows, those where the side has a measurement that is no best row."""
    import numpy as np

    from pz_tsm.sky import nearest

    if "rest" not in side:
        return np.zeros(len(rows["ra"]), dtype=bool)
    return nearest(rows["ra"], rows["dec"], *side["rest"], radius_arcsec)[0] >= 0


def _taken(side: dict, rows: np.ndarray) -> dict[str, Any]:
    """The values of these rows; null (NaN) where a row is -1."""
    import numpy as np
    import pyarrow as pa

    out: dict[str, Any] = {}
    missing = rows < 0
    for key in NAMES:
        values = side[key]
        if values is None:
            out[key] = None
        elif isinstance(values, np.ndarray) and values.dtype.kind == "f":
            out[key] = np.where(missing, np.nan, values[np.maximum(rows, 0)] if len(values) else np.nan)
        else:
            array = pa.array(values) if isinstance(values, np.ndarray) else values
            out[key] = array.take(pa.array(np.maximum(rows, 0), mask=missing))
    return out


def _differ(one: Any, other: Any, n: int) -> np.ndarray:
    """Where two columns differ; nulls are alike, and a column that one side lacks tells nothing."""
    import numpy as np
    import pyarrow.compute as pc

    if one is None or other is None:
        return np.zeros(n, dtype=bool)
    if isinstance(one, np.ndarray):
        return ~((one == other) | (np.isnan(one) & np.isnan(other)))
    same = pc.fill_null(pc.equal(one, other), False)
    both_null = pc.and_(pc.is_null(one), pc.is_null(other))
    return (
        ~np.asarray(pc.or_(same, both_null).to_numpy(zero_copy_only=False), dtype=bool)
        if n
        else np.zeros(0, bool)
    )


def _all_changes(differs: dict[str, np.ndarray], part: np.ndarray) -> Any:
    """Every change of a row as text, null for none."""
    import numpy as np
    import pyarrow as pa

    names = list(differs)
    code = sum((differs[name] & part).astype(np.int8) << place for place, name in enumerate(names))
    words = [
        ", ".join(name for place, name in enumerate(names) if value >> place & 1)
        for value in range(1 << len(names))
    ]
    return pa.DictionaryArray.from_arrays(pa.array(code, mask=code == 0), pa.array(words)).cast(pa.string())


def _moved(both: pa.Table) -> list[dict[str, Any]]:
    """How often the best measurement of an object went from one survey to another."""
    import pyarrow.compute as pc

    if not {"survey_1", "survey_2"} <= set(both.column_names):
        return []
    moved = both.filter(pc.fill_null(pc.not_equal(both["survey_1"], both["survey_2"]), False))
    counted = moved.group_by(["survey_1", "survey_2"]).aggregate([([], "count_all")]).to_pylist()
    counted.sort(key=lambda one: (-one["count_all"], one["survey_1"], one["survey_2"]))
    return [{"from": one["survey_1"], "to": one["survey_2"], "objects": one["count_all"]} for one in counted]
