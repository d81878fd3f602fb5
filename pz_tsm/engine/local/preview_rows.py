"""What a split's preview is drawn from: key, redshift, magnitude and position of the rows that get a part."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.local.kept import trim
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.ops.base import Context, Report

ROWS_AT_MOST = 3_000_000
KEPT = 8  # files of columns on disk
IN_BROWSER = ("random", "kfold")  # methods that TypeScript repeats: src/table/splitHash.ts
OTHER_STREAM = 0x5A3D  # a sample by hash must not follow the split's own hashes
MAGNITUDE = re.compile(r"(^|_)mag(_|$)|Mag$|^mag_?[ugrizyjhk]$", re.IGNORECASE)
ERROR = re.compile(r"err(or)?$", re.IGNORECASE)
I_BAND = re.compile(r"^i_|(^|_)i(_|$)|^mag_?i$|^imag$", re.IGNORECASE)


class UnknownPreview(TsmError):
    """Its columns are no longer kept."""


def kept(folder: Path, id: str) -> Path:
    """The file of an Arrow stream by its id; UnknownPreview if there is none."""
    path = folder / f"{id}.arrow"
    if not re.fullmatch("[0-9a-f]{32}", id) or not path.is_file():
        raise UnknownPreview("This preview is no longer kept.", remedy="It is made again with the next plan.")
    return path


def preview(
    text: str,
    base: str,
    name: str | None,
    step: int,
    magnitude: str | None,
    table: str | None,
    folder: str,
    cancelled: Any,
) -> dict[str, Any]:
    """In the child: the split of step ``step`` on the rows that the plan has. See ``SplitPreview``."""
    from pz_tsm.recipe.model import Recipe

    found = _split(Recipe.parse(text, name), Path(base), step, table, cancelled)
    magnitudes = magnitudes_of(found.table.schema)
    shown = magnitude if magnitude in magnitudes else magnitudes[0] if magnitudes else None
    wanted = {found.state["key"], "redshift", shown, "ra", "dec", "is_best", "split"}
    found.table = found.table.select([name for name in found.table.column_names if name in wanted])
    chosen, number = found.rows()
    of = chosen.num_rows
    if of > ROWS_AT_MOST:
        import numpy as np
        import pyarrow as pa

        from pz_tsm.ids import split_u

        keys = chosen[found.state["key"]].cast(pa.int64()).to_numpy()
        some = np.flatnonzero(split_u(keys, OTHER_STREAM) < ROWS_AT_MOST / of)
        chosen, number = chosen.take(pa.array(some)), number[some]
    place = Path(folder)
    columns = _kept(place, _columns(chosen, found.state["key"], shown))
    parts = None
    if found.state["method"] not in IN_BROWSER or "lock" in found.state:
        import pyarrow as pa

        parts = _kept(place, pa.table({"part": pa.array(number.astype("int8"))}))
    trim(place, "*.arrow", KEPT, [place / f"{one}.arrow" for one in (columns, parts)])
    return {
        "source": found.source,
        "rows": chosen.num_rows,
        "of": of,
        "key": found.state["key"],
        "seed": found.state["seed"],
        "method": found.state["method"],
        "labels": list(found.state["parts"]),
        "magnitude": shown,
        "magnitudes": magnitudes,
        "columns": columns,
        "parts": parts,
        "report": found.report.to_dict(),
    }


@dataclass
class _Split:
    """A split that was worked out, and the rows that it was worked out on."""

    source: str
    table: pa.Table
    report: Report

    @property
    def state(self) -> dict[str, Any]:
        return self.report.details

    def rows(self) -> tuple[pa.Table, Any]:
        """The rows that may get a part, and the number of each one's (-1: unused)."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        table = self.table
        if self.state["rows"] == "best" and "is_best" in table.column_names:
            table = table.filter(pc.fill_null(table["is_best"], False))
        labels = pa.array(list(self.state["parts"]), pa.string())
        number = pc.fill_null(pc.index_in(table["split"].cast(pa.string()), labels), -1)
        return table, np.asarray(number, dtype=np.int64)


def _split(recipe: Any, base: Path, step: int, table: str | None, cancelled: Any) -> _Split:
    """Take the recipe to its step ``step`` in planning mode; TsmError where it can't be taken there."""
    from pz_tsm.engine.local.until import until
    from pz_tsm.ops.base import Context
    from pz_tsm.recipe.pipeline import prepare

    if step >= len(recipe.steps) or recipe.steps[step].op != "split":
        raise TsmError(f"Step {step + 1} of the recipe is no split.", where="step")
    ctx = Context(seed=recipe.seed, base=base, planning=True, cancelled=cancelled)
    taken = until(recipe, step, ctx)
    if taken.before is not None:
        return _without(recipe.steps[step], taken.before, table, ctx)
    operation, params, _ = prepare(recipe.steps[step])
    (name,) = taken.pipeline.calls(operation)
    report = taken.pipeline.call(operation, params, ctx, name)
    return _Split("plan", taken.pipeline.table, report)


def _without(step: Any, before: dict[str, pa.Table], table: str | None, ctx: Context) -> _Split:
    """The split where a match has only been estimated: of the last run's rows, else of those before the
    match."""
    from pz_tsm.recipe.concat import concat
    from pz_tsm.recipe.pipeline import prepare

    operation, params, _ = prepare(step)
    if table is not None and os.path.exists(table):
        from pz_tsm.engine.local.coverage_rows import last_run

        rows, source = last_run(table), "run"
    else:
        rows, source = concat(list(before.values())), "before_match"
    result = operation.run(rows, params, ctx)
    return _Split(source, result.table, result.report)


def magnitudes_of(schema: pa.Schema) -> list[str]:
    """Columns that are magnitudes, by unit, UCD or name; those of the i band first."""
    import pyarrow as pa

    found = []
    for field in schema:
        said = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        ucd = said.get("ucd", "").lower()
        is_number = pa.types.is_floating(field.type)
        if not is_number or ERROR.search(field.name) or ucd.startswith("stat.error"):
            continue
        if ucd.startswith("phot.mag") or MAGNITUDE.search(field.name):
            found.append(field.name)
    return sorted(found, key=lambda name: I_BAND.search(name) is None)


def _columns(rows: pa.Table, key: str, magnitude: str | None) -> pa.Table:
    """What is drawn: key as int64, the others as float32 with NaN for what is missing."""
    import numpy as np
    import pyarrow as pa

    from pz_tsm.ops.combine.columns import numbers

    columns: dict[str, Any] = {"key": rows[key].cast(pa.int64()).combine_chunks()}
    for name, column in (("redshift", "redshift"), ("magnitude", magnitude), ("ra", "ra"), ("dec", "dec")):
        if column is not None and column in rows.column_names:
            columns[name] = pa.array(numbers(rows, column).astype(np.float32))
    return pa.table(columns)


def _kept(folder: Path, table: pa.Table) -> str:
    """Write an Arrow stream of one batch under the name of its content."""
    import pyarrow as pa
    import xxhash

    from pz_tsm.export import part_of

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        for batch in table.combine_chunks().to_batches():
            writer.write_batch(batch)
    content = sink.getvalue()
    name = xxhash.xxh3_128_hexdigest(content)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name}.arrow"
    try:
        os.utime(path)
    except FileNotFoundError:
        part = part_of(path)
        part.write_bytes(content)
        part.replace(path)
    return name
