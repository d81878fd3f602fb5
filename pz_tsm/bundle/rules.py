"""The rules of a training set's columns, identities, parts and files (E1, E2, E5, E10 of the format), each a
function of the table; those of its values are in ``values``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm import bundle
from pz_tsm.bundle import cite, rail
from pz_tsm.bundle.values import best_rows
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.bundle.verify import VerifyReport

ALWAYS = {"tsm_id": "string", "row_id": "int64", "ra": "double", "dec": "double", "redshift": "double"}
MAGNITUDE = re.compile(r"\w+Mag")
BY_STEP = {
    "homogenize": {"z_flag_homogenized": "float", "instrument_type": "string"},
    "combine": {
        "group_id": "int64",
        "is_best": "bool",
        "verdict": "string",
        "decided_by": "string",
        "rival": "int64",
    },
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


def looked_at(recipe: Any) -> Callable[[pa.Field], bool]:
    """Which columns of a training set the rules below, and those of values, match and coverage, look at
    themselves: all but numbers that nobody knows, where no RAIL file and no split may want those."""
    import pyarrow.types as pt

    steps = _all_steps(recipe) if recipe is not None else []
    splits = [one.params if isinstance(one.params, dict) else {} for one in steps if one.op == "split"]
    formats = [one.get("format") for one in recipe.write] if recipe is not None else []
    plain = all(one.get("method", "random") in ("random", "kfold") for one in splits)
    if recipe is None or "rail-hdf5" in formats or not plain:
        return lambda field: True
    names = {*ALWAYS, *(name for step in BY_STEP.values() for name in step), *(s.get("key") for s in splits)}
    return lambda field: field.name in names or not pt.is_floating(field.type)


def columns(schema: pa.Schema, recipe: Any, report: VerifyReport) -> None:
    """E1: the columns that the recipe's steps promise, with their types."""
    wanted = dict(ALWAYS)
    for step in _all_steps(recipe) if recipe is not None else ():
        wanted |= BY_STEP.get(step.op, {})
    for name, kind in wanted.items():
        if name not in schema.names:
            report.problem("E1", f"The column '{name}' is missing.", name)
        elif str(schema.field(name).type).removeprefix("large_") != kind:
            report.problem("E1", f"The column '{name}' is {schema.field(name).type}, not {kind}.", name)
    if "bands_observed" in wanted and not any(MAGNITUDE.fullmatch(name) for name in schema.names):
        if any(step.op == "photometry" and _to(step) == "mag" for step in _all_steps(recipe)):
            report.problem("E1", "There is no magnitude, though a step makes them.", "photometry")
    report.checked.append(f"{len(wanted)} mandatory columns")


def homogenized(recipe: Any) -> bool:
    """Whether a step says what flags and types mean; so it is assumed where the recipe is not known."""
    return recipe is None or any(step.op == "homogenize" for step in _all_steps(recipe))


def unique_objects(table: pa.Table, recipe: Any, report: VerifyReport) -> None:
    """E2: an object stands for one best row, unless all within the radius, or blends, were asked for."""
    import pyarrow as pa

    if "objectId" not in table.column_names:
        return
    if str(table.schema.field("objectId").type) != "int64":
        report.problem("E2", f"'objectId' is {table.schema.field('objectId').type}, not int64.", "objectId")
        return
    for step in recipe.steps if recipe is not None else ():
        params = step.params if isinstance(step.params, dict) else {}
        if step.op == "match" and (params.get("select") == "all" or params.get("blends") == "keep"):
            return
    ids = table["objectId"].filter(pa.array(best_rows(table))).drop_null().to_numpy()
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
    import pyarrow.compute as pc

    if "split" not in table.column_names:
        return
    parts = table["split"].cast(pa.string())
    if parts.null_count:
        report.problem("E1", f"{parts.null_count} rows have no part.", "split")
    used = pc.fill_null(pc.not_equal(parts, bundle.UNUSED), False)
    for name in ("split_key", "group_id", "objectId"):
        if name in table.column_names and not table[name].filter(used).null_count:
            extra = _in_several(table[name].filter(used), parts.filter(used))
            if extra:
                report.problem(
                    "E5",
                    f"{extra} values of '{name}' stand in two parts: the parts are not independent.",
                    name,
                )
    report.checked.append("no galaxy and no object in two parts")
    _recomputed(table, parts, recipe, report)


def _in_several(keys: pa.ChunkedArray, parts: pa.ChunkedArray) -> int:
    """How many keys stand in more than one part; no nulls."""
    known = keys.to_numpy()
    numbers = parts.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    order = np.argsort(known)
    known, numbers = known[order], numbers[order]
    other = (known[1:] == known[:-1]) & (numbers[1:] != numbers[:-1])  # a key's rows stand beside each other
    return len(np.unique(known[1:][other]))


def _recomputed(table: pa.Table, parts: pa.ChunkedArray, recipe: Any, report: VerifyReport) -> None:
    import pyarrow.compute as pc

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
        again = operation.divide(table.drop_columns(["split"]), params, Context(seed=recipe.seed)).column
    except TsmError as error:
        report.problem("S1", f"The split can't be recomputed: {error.message}", "split")
        return
    differ = pc.indices_nonzero(pc.fill_null(pc.not_equal(parts, again), True))
    if len(differ):
        row = differ[0].as_py()
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
        missing = [key for key, _ in cite.papers(survey) if f"{{{key}," not in text]
        if survey.reference is None:
            report.warning(
                "E10",
                f"No reference is known for the survey '{survey.name}' ({survey.best} rows).",
                survey.name,
            )
        elif missing:
            report.problem(
                "E10",
                f"references.bib lacks {', '.join(dict.fromkeys(missing))} of the survey '{survey.name}' "
                f"({survey.best} rows).",
                survey.name,
            )
    report.checked.append("citations of the surveys")


def _to(step: Any) -> str:
    return step.params.get("to", "mag") if isinstance(step.params, dict) else "mag"


def _all_steps(recipe: Any) -> list[Any]:
    """The shared steps and, before them, those of the inputs."""
    return [*(step for one in recipe.inputs.values() for step in one.steps), *recipe.steps]
