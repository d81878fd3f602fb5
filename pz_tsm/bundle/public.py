"""The public part of a training set: its redshifts as they were before the match, for everyone.

It holds all of them, not those that the match and the cuts left: which rows are in a training set says
something of the objects' photometry. So do parts, weights, separations and reasons: none of them is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import bundle
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.bundle.verify import VerifyReport

OF_OBJECTS = {
    *("objectId", "release", "split_key", "specz_ra", "specz_dec", "ebv", "tract", "patch"),
    *("bands_observed", "bands_detected", "n_detected", "n_bands", "extendedness", "refExtendedness"),
    *("split", "fold", "weight", "som_cell", "why_in", "coord_ra", "coord_dec"),
}
PATTERN = re.compile(r"match_\w+|[ugrizy]_\w+(Flux|Mag)(Err)?|[ugrizy]_(\w+_)?snr|\w+__specz")
META = (b"tsm:combine", b"tsm:homogenize")  # of the table's own metadata, what may stay


def of_objects(field: pa.Field) -> bool:
    """True for a column of a release's objects, or derived from one: by its name, or because it says so."""
    name = field.name.removesuffix("__orig")
    return b"state" in (field.metadata or {}) or name in OF_OBJECTS or bool(PATTERN.fullmatch(name))


def asked(writes: Iterable[dict[str, Any]]) -> bool:
    """Whether the entries of ``write:`` ask for a public part."""
    return any(one.get("format") == "public" for one in writes)


def needed(recipe: Any) -> None:
    """TsmError if a recipe asks for a public part that its steps can't give."""
    if not asked(recipe.write):
        return
    for one in recipe.inputs.values():
        if any(step.op == "match" for step in one.steps):
            raise TsmError(
                f"There is no public part: input '{one.name}' is matched by itself.",
                remedy="Put the match into the recipe's own steps.",
                where="write",
            )


def part(table: pa.Table, before: pa.Table | None, recipe: Any) -> pa.Table:
    """The public part of a training set; ``before``: the table before the recipe's match.

    Columns of objects that the redshift catalogues brought themselves are left out. TsmError if the table is
    matched and nobody kept what was before.
    """
    if before is None:
        if any(step.op == "match" for step in recipe.steps):
            raise TsmError(
                "There is no public part: the table before the match is not at hand.",
                remedy="Run the whole path as a recipe, with the match among its own steps.",
                where="write",
            )
        before = table
    kept = before.drop_columns([field.name for field in before.schema if of_objects(field)])
    meta = {key: value for key, value in (before.schema.metadata or {}).items() if key in META}
    access = (before.schema.metadata or {}).get(b"tsm:access", b"public")
    return kept.replace_schema_metadata({**meta, b"tsm:access": access})


def check(
    folder: Path,
    found: pa.Table | None,
    measurements: pa.Table | None,
    lock: dict | None,
    recipe: Any,
    report: VerifyReport,
) -> None:
    """L1: the public part has no column of objects; it holds the rows that were before the match, all and
    no other; and it is called public only if all inputs are."""
    from pz_tsm.bundle.records import digest
    from pz_tsm.ops.match.columns import most_restrictive

    if found is None:
        if recipe is not None and asked(recipe.write) and not (folder / bundle.PUBLIC).exists():
            report.problem("L1", f"The recipe asks for {bundle.PUBLIC}, which is missing.", bundle.PUBLIC)
        return
    for field in found.schema:
        if of_objects(field):
            report.problem(
                "L1",
                f"The public part has the column '{field.name}' of the objects or the parts.",
                field.name,
            )
    said = ((lock or {}).get("output") or {}).get("public")
    mine = digest(found)
    if said != mine:
        report.problem("L1", f"The rows of {bundle.PUBLIC} are not those that the lock names.", bundle.PUBLIC)
    inputs = (lock or {}).get("inputs")
    stated = [one.get("access") or "public" for one in inputs or [] if isinstance(one, dict)]
    access = (found.schema.metadata or {}).get(b"tsm:access", b"").decode()
    if access != most_restrictive(*stated):
        report.problem(
            "L1",
            f"{bundle.PUBLIC} says '{access}'; its inputs are '{most_restrictive(*stated)}'.",
            bundle.PUBLIC,
        )
    if measurements is not None and not _same_rows(found, mine, measurements):
        report.problem("L1", f"{bundle.PUBLIC} does not hold the measurements as they were.", bundle.PUBLIC)
    report.checked.append(f"the public part, {found.num_rows} rows")


def _same_rows(found: pa.Table, mine: str, measurements: pa.Table) -> bool:
    from pz_tsm.bundle.records import digest

    names = found.column_names
    return set(names) <= set(measurements.column_names) and digest(measurements.select(names)) == mine
