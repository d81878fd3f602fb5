"""The rules that a training set keeps (E1-E10, W1-W4 of the format), each a function of the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm import bundle
from pz_tsm.bundle import cite, rail
from pz_tsm.bundle import columns as columns_module
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.bundle.verify import VerifyReport

SENTINELS = (-99.0, 99.0, -9.99, -9.9999, 9.9999, -999.0, 999.0)
FLAGS = (0, 1, 2, 3, 4, 6)
ALWAYS = {"row_id": "int64", "ra": "double", "dec": "double", "redshift": "double"}
BY_STEP = {
    "homogenize": {"z_flag_homogenized": "float", "instrument_type": "string"},
    "combine": {"group_id": "int64", "is_best": "bool", "verdict": "string"},
    "match": {
        "objectId": "int64",
        "release": "string",
        "match_dist": "float",
        "match_n": "int16",
        "split_key": "int64",
        "specz_ra": "double",
        "specz_dec": "double",
    },
    "photometry": {"bands_observed": "int16", "bands_detected": "int16", "n_detected": "int8"},
    "split": {"split": "string"},
}


def columns(table: pa.Table, recipe: Any, report: VerifyReport) -> None:
    """E1: the columns that the recipe's steps promise, with their types."""
    wanted = dict(ALWAYS)
    for step in _all_steps(recipe) if recipe is not None else ():
        wanted |= BY_STEP.get(step.op, {})
    for name, kind in wanted.items():
        if name not in table.column_names:
            report.problem("E1", f"The column '{name}' is missing.", name)
        elif str(table.schema.field(name).type).removeprefix("large_") != kind:
            report.problem("E1", f"The column '{name}' is {table.schema.field(name).type}, not {kind}.", name)
    report.checked.append(f"{len(wanted)} mandatory columns")


def values(table: pa.Table, recipe: Any, report: VerifyReport) -> None:
    """E3 redshifts, E4 flags and types, E6 sentinels, E7 and W1-W4 (warnings)."""
    import pyarrow.types as pt

    best = _best(table)
    z = _floats(table, "redshift")
    if z is not None:
        bad = best & ~(np.isfinite(z) & (z > -0.005) & (z < 15))
        if bad.any():  # without a split nobody says that the rows are for training
            tell = report.problem if "split" in table.column_names else report.warning
            tell("E3", f"{int(bad.sum())} training rows have no redshift between -0.005 and 15.", "redshift")
        tiny = best & (np.abs(z) < 0.001) & (z != 0)
        if tiny.any():
            report.warning(
                "E3",
                f"{int(tiny.sum())} training rows have a redshift within 0.001 of zero: stars?",
                "redshift",
            )
    flags = _floats(table, "z_flag_homogenized")
    if flags is not None:
        wrong = np.isfinite(flags) & ~np.isin(flags, FLAGS)
        if wrong.any():
            report.problem(
                "E4", f"{int(wrong.sum())} homogenized flags are none of {FLAGS}.", "z_flag_homogenized"
            )
    homogenized = recipe is None or any(step.op == "homogenize" for step in _all_steps(recipe))
    if homogenized and "instrument_type" in table.column_names:
        kinds = set(table["instrument_type"].unique().to_pylist()) - {None, "s", "g", "p"}
        if kinds:
            report.problem(
                "E4",
                f"Instrument types other than s, g, p: {', '.join(sorted(map(str, kinds)))}.",
                "instrument_type",
            )
    for field in table.schema:
        if (
            pt.is_floating(field.type)
            and not field.name.endswith(("Flux", "FluxErr", "_snr"))
            and field.name not in ("ra", "specz_ra")
        ):
            found = _floats(table, field.name)
            count = _sentinels(found, field.name)
            if count:  # a survey's own columns stay verbatim
                tell = report.problem if columns_module.known(field.name) else report.warning
                tell(
                    "E6",
                    f"The column '{field.name}' has {count} values such as -99 or 9.9999 that stand for "
                    f"none.",
                    field.name,
                )
            if field.name.endswith("Mag"):
                odd = np.isfinite(found) & ((found < 5) | (found > 40))
                if odd.any():
                    report.warning(
                        "E7", f"{int(odd.sum())} magnitudes '{field.name}' lie outside 5 to 40.", field.name
                    )
    if "instrument_type" in table.column_names and flags is not None:
        photo = np.array([kind == "p" for kind in table["instrument_type"].to_pylist()], dtype=bool)
        if (best & photo & (flags >= 3)).any():
            report.warning(
                "W1",
                f"{int((best & photo & (flags >= 3)).sum())} training rows are photometric redshifts.",
                "instrument_type",
            )
    number = _floats(table, "match_n")
    if number is not None and (best & (number > 1)).any():
        report.warning(
            "W2",
            f"{int((best & (number > 1)).sum())} training rows have several objects within the radius.",
            "match_n",
        )
    report.checked.append("redshifts, flags, types, sentinels, magnitudes")


def unique_objects(table: pa.Table, recipe: Any, report: VerifyReport) -> None:
    """E2: an object stands for one best row, unless all within the radius, or blends, were asked for."""
    import pyarrow as pa

    if "objectId" not in table.column_names:
        return
    for step in recipe.steps if recipe is not None else ():
        params = step.params if isinstance(step.params, dict) else {}
        if step.op == "match" and (params.get("select") == "all" or params.get("blends") == "keep"):
            return
    ids = table["objectId"].filter(pa.array(_best(table))).drop_null().to_numpy()
    known, counts = np.unique(ids, return_counts=True)
    twice = known[counts > 1]
    if len(twice):
        report.problem(
            "E2", f"{len(twice)} objects stand in several training rows, such as {twice[0]}.", "objectId"
        )
    report.checked.append(f"{len(known)} objects, each once")


def split(table: pa.Table, recipe: Any, report: VerifyReport) -> None:
    """E5: no key in two parts; S1: every row's part is the one that its key, the seed and the proportions
    give."""
    import pyarrow as pa

    if "split" not in table.column_names:
        return
    parts = np.asarray(table["split"].to_pylist(), dtype=object)
    if any(part is None for part in parts):
        report.problem("E1", f"{sum(part is None for part in parts)} rows have no part.", "split")
    used = np.array([part not in (None, bundle.UNUSED) for part in parts], dtype=bool)
    for name in ("split_key", "group_id", "objectId"):
        column = table[name].filter(pa.array(used)) if name in table.column_names else None
        if column is not None and not column.null_count:
            both = len(set(zip(column.to_numpy().tolist(), parts[used], strict=True)))
            extra = both - len(np.unique(column.to_numpy()))
            if extra:
                report.problem(
                    "E5",
                    f"{extra} values of '{name}' stand in two parts: the parts are not independent.",
                    name,
                )
    report.checked.append("no galaxy and no object in two parts")
    _recomputed(table, parts, recipe, report)


def _recomputed(table: pa.Table, parts: np.ndarray, recipe: Any, report: VerifyReport) -> None:
    from pz_tsm import splits
    from pz_tsm.ops import split as operation
    from pz_tsm.ops.base import Context

    step = (
        next((one for one in reversed(recipe.steps) if one.op == "split"), None)
        if recipe is not None
        else None
    )
    if step is None:
        return
    state = json.loads((table.schema.field("split").metadata or {}).get(b"state", b"{}"))
    try:
        params = operation.OPERATION.parse(step.params)
        if not state.get("by_key", splits.get(params.method).by_key):
            why = "keeps the parts of an earlier bundle" if params.lock else "depends on all rows"
            report.checked.append(f"the split '{params.method}' {why} and was not recomputed")
            return
        if params.key == "auto" and state.get("key") in operation.KEYS:
            params = params.model_copy(update={"key": state["key"]})
        plain = table.drop_columns(["split"])
        again = operation.run(plain, params, Context(seed=recipe.seed)).table["split"].to_pylist()
    except TsmError as error:
        report.problem("S1", f"The split can't be recomputed: {error.message}", "split")
        return
    differ = np.flatnonzero(np.array([a != b for a, b in zip(parts, again, strict=True)], dtype=bool))
    if len(differ):
        row = int(differ[0])
        name = table["row_id"][row].as_py() if "row_id" in table.column_names else row
        report.problem(
            "S1",
            f"{len(differ)} rows are not in the part that the recipe's seed and proportions give; row_id "
            f"{name} is in "
            f"'{parts[row]}', not in '{again[row]}'.",
            "split",
        )
    report.checked.append(f"the part of {len(parts)} rows, recomputed")


def rail_files(folder: Path, table: pa.Table, recipe: Any, report: VerifyReport) -> None:
    """RAIL files hold the rows of their part, in the table's order, with the table's values."""
    spec = next(
        (one for one in (recipe.write if recipe is not None else ()) if one.get("format") == "rail-hdf5"),
        None,
    )
    if spec is None:
        return
    import h5py

    try:
        _, _, wanted = rail.plan(spec, table.schema)
    except TsmError as error:
        report.problem("F1", f"The RAIL files don't fit the table: {error.message}", "rail")
        return
    for part, rows in rail.parts(table):
        name = f"rail/{part}.hdf5"
        if not (folder / name).is_file():
            report.problem("F1", f"The part '{part}' has no RAIL file.", name)
            continue
        try:
            with h5py.File(folder / name, "r") as file:
                place = file[spec["group"]] if spec.get("group") else file
                found = {key: place[key][()] for key in place}
        except (OSError, KeyError, RuntimeError) as error:
            report.problem("F1", f"The file {name} can't be read: {str(error).splitlines()[0]}.", name)
            continue
        if set(found) != set(wanted):
            report.problem("F1", f"The file {name} has other columns than {', '.join(wanted)}.", name)
            continue
        for target, source in wanted.items():
            if not np.array_equal(
                found[target], rail.values(rows, target, source), equal_nan=found[target].dtype.kind == "f"
            ):
                report.problem(
                    "F1", f"The column '{target}' of {name} is not that of the part '{part}'.", name
                )
                break
    report.checked.append("RAIL files against the table")


def citations(folder: Path, table: pa.Table, report: VerifyReport) -> None:
    """E10: every survey with training rows has its papers in references.bib."""
    path = folder / "references.bib"
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    for survey in cite.surveys(table):
        papers = cite._papers(survey)
        if survey.reference is None:
            report.warning(
                "E10",
                f"No reference is known for the survey '{survey.name}' ({survey.best} rows).",
                survey.name,
            )
        elif papers and not any(f"{{{key}," in text for key, _ in papers):
            report.problem(
                "E10",
                f"The survey '{survey.name}' ({survey.best} rows) is not cited in references.bib.",
                survey.name,
            )
    report.checked.append("citations of the surveys")


def _all_steps(recipe: Any) -> list[Any]:
    """The shared steps and, before them, those of the inputs."""
    return [*(step for one in recipe.inputs.values() for step in one.steps), *recipe.steps]


def _best(table: pa.Table) -> np.ndarray:
    import pyarrow.compute as pc

    if "is_best" not in table.column_names:
        return np.ones(table.num_rows, dtype=bool)
    return pc.fill_null(table["is_best"], False).to_numpy()


def _floats(table: pa.Table, name: str) -> np.ndarray | None:
    import pyarrow as pa
    import pyarrow.types as pt

    if name not in table.column_names:
        return None
    kind = table.schema.field(name).type
    if not (pt.is_floating(kind) or pt.is_integer(kind)):
        return None
    return table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)


def _sentinels(found: np.ndarray, name: str) -> int:
    """How many values stand for none: numbers that no such quantity takes by chance."""
    if name in ("dec", "specz_dec"):
        return int(np.isin(found, (-99.0, 99.0, -999.0, 999.0)).sum())
    values = {*SENTINELS, *(float(np.float32(value)) for value in SENTINELS)}
    return int(np.isin(found, list(values)).sum())
