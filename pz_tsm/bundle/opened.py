"""A bundle as the table that it is: its columns as they were written, its rows' accounts, its recipe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import bundle
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.ops.base import Report
    from pz_tsm.table import Table

FOLDER = "bundles"  # where runs put bundles, beside the recipe
PROVENANCE = "provenance.json"


def is_bundle(path: Path) -> bool:
    """True if the folder holds a training set and the recipe that made it."""
    return (path / bundle.TABLE).is_file() and (path / bundle.RECIPE).is_file()


def base_of(folder: Path) -> Path:
    """Where the relative paths of a recipe in this folder start: of a bundle that stands where runs put it,
    ``BASE/bundles/NAME``, that is ``BASE``."""
    return folder.parents[1] if folder.parent.name == FOLDER and is_bundle(folder) else folder


def opened(folder: Path, name: str | None = None) -> Table:
    """The training set of a bundle: groups, verdicts, keys and identities are those of its run.

    Its recipe is the bundle's, with its paths as they stand there; steps applied to it come after those of
    the bundle. Nothing is checked: ``pz_tsm.verify`` does that. TsmError for a file that can't be read.
    """
    from pz_tsm.lineage import Node
    from pz_tsm.recipe import Recipe
    from pz_tsm.recipe.lock import read_lock
    from pz_tsm.table import Table

    recipe = Recipe.read(folder / bundle.RECIPE)
    lock = read_lock(folder)
    whole = folder / bundle.MEASUREMENTS
    return Table(
        _read(folder / bundle.TABLE),
        Node(name or recipe.name, recipe=recipe),
        _reports(folder / PROVENANCE),
        lock["inputs"],
        measurements=_read(whole) if whole.is_file() else None,
    )


def _read(path: Path) -> pa.Table:
    """As it was in memory: without what stands for the file as a whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pz_tsm.export import OF_THE_WHOLE

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise TsmError(f"'{path}' can't be read as Parquet: {error}.", where=str(path)) from None
    if {"tsm_id", "row_id"} <= set(table.column_names):
        table = table.drop_columns(["tsm_id"])
    left_out = {*OF_THE_WHOLE, "tsm:citation"}
    kept = {
        key: value for key, value in (table.schema.metadata or {}).items() if key.decode() not in left_out
    }
    return table.replace_schema_metadata(kept)


def _reports(path: Path) -> list[Report]:
    """The accounts of the steps, without what was told of them then."""
    from pz_tsm.ops.base import Report

    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        rows = {one["activity"]: one for one in said["counts"]}
        return [
            Report(
                op=one["op"],
                rows_in=rows[one["id"]]["in"],
                rows_out=rows[one["id"]]["out"],
                dropped=rows[one["id"]]["dropped_by_reason"],
                added=rows[one["id"]]["added"],
                set_aside=rows[one["id"]]["set_aside"],
                details=one["details"],
                input=one["input"],
            )
            for one in said["activities"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TsmError(
            f"'{path}' can't be read as the provenance of a bundle: {error}.",
            remedy="pz-tsm verify tells what is wrong with a bundle.",
            where=str(path),
        ) from None
