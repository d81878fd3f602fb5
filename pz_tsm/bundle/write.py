"""Write a bundle. Data files are the same bytes for the same table; only README, crate and provenance hold
a date."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import bundle
from pz_tsm.arrays import taken
from pz_tsm.bundle import acknowledge, cite, columns, formats, inputs, provenance, qa, qa_coverage, rail
from pz_tsm.bundle import public as public_part
from pz_tsm.bundle import readme as about
from pz_tsm.bundle.crate import crate
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context

if TYPE_CHECKING:
    import pyarrow as pa

NAMES = {  # of the tables beside the training set, in the lock
    bundle.MEASUREMENTS: "measurements",
    bundle.EXCLUDED: "excluded",
    bundle.PUBLIC: "public",
}
SAMPLE = 4096
PARQUET = {"compression": "zstd", "compression_level": 3, "row_group_size": 131_072, "version": "2.6"}


def check_name(spec: dict[str, Any]) -> None:
    """TsmError for a format or catalog_tag that there is not: known before a row is read."""
    kind, tag = spec.get("format"), spec.get("catalog_tag")
    if kind != "rail-hdf5":
        check([spec], None)
    elif tag is not None and tag not in rail.TAGS:
        raise TsmError(
            f"There is no catalog_tag '{tag}'.",
            remedy=f"Known tags: {', '.join(rail.TAGS)}.",
            where="catalog_tag",
        )


def check(writes: list[dict[str, Any]], schema: pa.Schema) -> None:
    """TsmError if one of the ``write`` entries of a recipe can't be written from a table of that schema."""
    for spec in writes:
        kind = spec.get("format")
        if kind == "rail-hdf5":
            rail.plan(spec, schema)
        elif kind not in ("parquet", "public") and kind not in formats.WRITERS:
            known = ", ".join(["parquet", "rail-hdf5", *formats.WRITERS, "public"])
            raise TsmError(
                f"There is no format '{kind}' to write.", remedy=f"Known formats: {known}.", where="write"
            )


def write(
    out: Path,
    table: pa.Table,
    *,
    recipe: Any,
    lock: dict[str, Any],
    reports: list[Any],
    measurements: pa.Table | None = None,
    excluded: pa.Table | None = None,
    public: pa.Table | None = None,
    writes: list[dict[str, Any]] | tuple[dict[str, Any], ...] = (),
    ctx: Context | None = None,
    inputs_mb: float = inputs.AT_MOST_MB,
) -> dict[str, Any]:
    """Write the bundle into the folder ``out`` (new or empty) and say what it holds.

    ``recipe``: a Recipe or its text. ``lock`` gets ``output`` {rows, columns, digest} in the bundle's copy
    if it has none. ``reports``: the run's accounting in order. ``measurements``: the table before the match,
    with all measurements. ``excluded``: the rows that left, as ``pz_tsm.recipe.excluded`` makes them.
    ``public``: the table before the match, for the format ``public``. ``inputs_mb``: size at most of the
    copies of what came from archives, whose terms allow them.
    Returns {files: [{path, bytes, sha256}], digest, rows, access, citations, lock}.
    """
    from pz_tsm.recipe.concat import with_access
    from pz_tsm.recipe.lock import lock_text

    ctx = ctx or Context()
    out = Path(out)
    if out.exists() and any(not path.name.startswith(".") for path in out.iterdir()):
        raise TsmError(
            f"The folder '{out.name}' is not empty.", remedy="Choose a new folder.", where=str(out)
        )
    writes = [dict(spec) for spec in writes] or [{"format": "parquet"}]
    check(writes, table.schema)
    recipe = _recipe(recipe)
    steps = [report if isinstance(report, dict) else report.to_dict() for report in reports]
    open_part = public_part.part(table, public, recipe) if public_part.asked(writes) else None
    (out / "data").mkdir(parents=True)
    ctx.step(0.05, "table")
    access = _access(table, measurements, excluded)
    table = with_access(columns.described(ordered(table)), access)
    public_access = None if open_part is None else formats.access(open_part)
    beside = {
        path: columns.described(ordered(other))
        for path, other in (
            (bundle.MEASUREMENTS, measurements),
            (bundle.EXCLUDED, excluded),
            (bundle.PUBLIC, open_part),
        )
        if other is not None
    }
    del measurements, excluded, open_part
    with _beside() as written:
        for path, other in beside.items():
            who = public_access if path == bundle.PUBLIC else access
            written(parquet, out / path, other, {"tsm:access": str(who)})
        lock = {**lock, "output": _output(lock.get("output"), table, beside)}
        lock = inputs.copy(out, recipe, lock, ctx.pins, inputs_mb)
        facts = provenance.gather(recipe, lock, steps, table, access, now())
        facts.public = public_access
        found = facts.surveys
        entries = cite.bibtex(found, facts.profile, facts.matched, facts.used)

        schema = columns.schema_json(table.schema, bundle.TABLE)
        if beside:
            schema["others"] = [columns.columns_json(other.schema, path) for path, other in beside.items()]
        texts = {
            bundle.RECIPE: recipe.to_text(),
            bundle.LOCK: lock_text(lock),
            "schema.json": _json(schema),
            "CITATION.cff": cite.citation_cff(recipe.name, recipe.info, found),
            "references.bib": "\n".join(entries[key] for key in sorted(entries)),
            acknowledge.FILE: acknowledge.text(facts),
        }
        meta = {
            "tsm:recipe": texts[bundle.RECIPE],
            "tsm:lock": texts[bundle.LOCK],
            "tsm:schema": _json(columns.schema_json(table.schema, bundle.TABLE)),
            "tsm:citation": texts["references.bib"],
            "tsm:access": access,
            "tsm:format": bundle.FORMAT,
        }
        ctx.step(0.2, "data")
        written(parquet, out / bundle.TABLE, table, meta)
        for number, spec in enumerate(writes):
            ctx.step(0.4 + 0.4 * number / len(writes), spec["format"])
            if spec["format"] == "rail-hdf5":
                rail.write(out / "rail", table, spec)
            elif spec["format"] in formats.WRITERS:
                name, writer = formats.WRITERS[spec["format"]]
                writer(out / "data" / name, table.replace_schema_metadata({**table.schema.metadata, **meta}))
    ctx.step(0.85, "provenance")
    for name, text in texts.items():
        _text(out / name, text)
    qa.write(out, steps)
    qa_coverage.write(out, steps)
    known: dict[str, dict[str, Any]] = {}  # no file changes once it is there
    data = [one["path"] for one in listing(out, known)]
    _text(out / "README.md", about.render(facts, data))
    made = listing(out, known)
    _text(out / "provenance.json", _json(provenance.provenance(facts, made)))
    _text(out / "ro-crate-metadata.json", _json(crate(facts, listing(out, known))))
    files = listing(out, known)
    _text(out / bundle.CHECKSUMS, "".join(f"{file['sha256']}  {file['path']}\n" for file in files))
    ctx.step(1.0, f"{table.num_rows} rows")
    return {
        "files": files,
        "digest": lock["output"]["digest"],
        "rows": table.num_rows,
        "access": access,
        "citations": [entries[key] for key in sorted(entries)],
        "lock": lock,
    }


def listing(out: Path, known: dict[str, dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """Path, size and sha256 of every file of the folder but the checksums and hidden ones, by path.

    ``known``: what an earlier call found; those files are not read again, and the new ones are added.
    """
    from pz_tsm.ahead import ahead

    known = {} if known is None else known
    paths = {
        path.relative_to(out).as_posix(): path
        for path in out.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    names = sorted(name for name in paths if name != bundle.CHECKSUMS)
    new = [name for name in names if name not in known]
    for name, digest in zip(new, ahead(lambda name: sha256(paths[name]), new), strict=True):
        known[name] = {"path": name, "bytes": paths[name].stat().st_size, "sha256": digest}
    return [known[name] for name in names]


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _beside() -> Iterator[Callable[..., None]]:
    """``written(function, *args)``: files that threads write, two at a time, while the block goes on; all are
    whole at its end, or what went wrong is raised."""
    with ThreadPoolExecutor(2, thread_name_prefix="pz-tsm-write") as pool:
        jobs: list[Future[None]] = []
        try:
            yield lambda function, *args: jobs.append(pool.submit(function, *args))
            for job in jobs:
                job.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _output(said: dict[str, Any] | None, table: pa.Table, beside: dict[str, pa.Table]) -> dict[str, Any]:
    """What the lock says of the tables, where it doesn't say it yet."""
    from pz_tsm.bundle.records import digest

    said = dict(said or {})
    if "digest" not in said:
        said |= {"rows": table.num_rows, "columns": len(set(table.column_names) - {"tsm_id"})}
        said["digest"] = digest(table)
    for path, other in beside.items():
        name = NAMES[path]
        if name not in said:
            said[name] = digest(other)
    return said


def ordered(table: pa.Table) -> pa.Table:
    """Rows by row_id, then objectId; with the column ``tsm_id`` first. The table's own order says nothing."""
    import pyarrow as pa

    from pz_tsm.digest import order_of

    order = order_of(table) if {"row_id", "objectId"} & set(table.column_names) else None
    if order is not None:
        table = taken(table, order)
    if "row_id" not in table.column_names:
        return table.combine_chunks()
    if "tsm_id" in table.column_names:  # of an earlier bundle that came in
        table = table.drop_columns(["tsm_id"])
    return table.add_column(0, pa.field("tsm_id", pa.string()), tsm_ids(table)).combine_chunks()


def tsm_ids(table: pa.Table) -> pa.Array:
    """row_id and, where there is one, objectId in hexadecimal, with a hyphen between."""
    import numpy as np
    import pyarrow as pa

    digits = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
    parts, there = [], []
    for name in ("row_id", "objectId"):
        if name in table.column_names:
            values = table[name].fill_null(0).to_numpy().astype(">i8").view(np.uint8).reshape(-1, 8)
            text = digits[np.stack([values >> 4, values & 15], axis=-1)].reshape(-1, 16)
            hyphen = np.full((len(text), 1 if parts else 0), ord("-"), dtype=np.uint8)
            parts += [hyphen, text]
            has = ~table[name].is_null().to_numpy(zero_copy_only=False)
            there.append(np.repeat(has[:, None], hyphen.shape[1] + 16, axis=1))
    used = np.concatenate(there, axis=1)
    offsets = np.concatenate([[0], np.cumsum(used.sum(axis=1))]).astype(np.int64)
    data = np.concatenate(parts, axis=1)[used]
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(data))]
    return pa.Array.from_buffers(pa.large_string(), table.num_rows, buffers).cast(pa.string())


def parquet(path: Path, table: pa.Table, meta: dict[str, str]) -> None:
    """Write a table as a bundle's Parquet file, with ``meta`` in its schema."""
    import pyarrow.parquet as pq

    kept = {
        key.decode(): value.decode()
        for key, value in (table.schema.metadata or {}).items()
        if key != b"pandas"
    }
    table = table.replace_schema_metadata(dict(sorted({**kept, **meta}.items())))
    pq.write_table(
        table, path, use_dictionary=[name for name in table.column_names if _few(table[name])], **PARQUET
    )


def _few(column: pa.ChunkedArray) -> bool:
    """Whether values repeat, so that a dictionary of them makes the file smaller, and its writing faster."""
    import pyarrow as pa
    import pyarrow.compute as pc

    some = column.slice(0, SAMPLE)
    try:
        return pc.count_distinct(some, mode="all").as_py() * 4 <= len(some)
    except pa.ArrowNotImplementedError:  # no plain values
        return False


def _access(*tables: pa.Table | None) -> str:
    from pz_tsm.ops.match.columns import most_restrictive

    return most_restrictive(*(formats.access(table) for table in tables if table is not None))


def _recipe(recipe: Any) -> Any:
    if isinstance(recipe, str):
        from pz_tsm.recipe import Recipe

        return Recipe.parse(recipe)
    return recipe


def now() -> str:
    """UTC; SOURCE_DATE_EPOCH, if set, makes even the dates reproducible."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n"


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
