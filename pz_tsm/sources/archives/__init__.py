"""Public archives as sources of recipes: VizieR, TAP services, the SDSS, files of the web.

``fetch`` brings what a recipe asks for, once, into a snapshot; ``columns``, ``count`` and ``preview`` tell
what there is before.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import NotYet, TsmError
from pz_tsm.ops.base import Context, Finding
from pz_tsm.sources.archives.base import Archive, Count
from pz_tsm.sources.archives.wanted import KINDS, Wanted, read

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["KINDS", "Count", "Wanted", "asked", "columns", "count", "fetch", "opened", "preview", "read"]

CLASSES = {"vizier": "VizieR", "tap": "Tap", "sdss": "Sdss", "url": "Url"}
PLANNED = 200_000  # rows that a plan fetches; of more it looks at the first
PLANNED_BYTES = 200_000_000  # of a file of the web
LOOK = 2_000  # of these
LOOKED = 3600  # seconds for which a look is good


def opened(wanted: Wanted) -> Archive:
    """The archive for a request."""
    return getattr(import_module(f"pz_tsm.sources.archives.{wanted.kind}"), CLASSES[wanted.kind])(wanted)


def fetch(
    kind: str,
    source: Any,
    ctx: Context,
    *,
    needed: Sequence[str] = (),
    given: Mapping[str, Any] | None = None,
    name: str = "input",
) -> dict[str, Any]:
    """What an input asks of an archive, as a file: {path, where, location, id, columns, roles,
    snapshot, findings}.

    It is taken from the snapshot if there is one, that of the lock if the run replays one (``ctx.pins``).
    ``given``: the recipe's ``columns``; these, and ``needed``, are asked for too where only some columns are.
    A plan looks at the first rows of a large table that isn't here yet.
    """
    wanted = read(kind, source).asking([*_names(given), *needed])
    from pz_tsm.sources.archives import copies, roles, snapshots

    pin = ctx.pins.get(name)
    kept = snapshots.find(wanted, pin.get("sha256") if pin else None) or copies.located(pin)
    archive = opened(wanted)
    findings: list[Finding] = [] if kept is not None else copies.damaged(pin, name)
    if kept is None and wanted.columns is not None:
        more = roles.columns_of({kind: source}, given, archive.names(ctx))
        archive.wanted = replace(wanted, extra=tuple(more))
    if kept is None and ctx.planning and not pin:
        looked = _looked(archive, ctx)
        if looked is not None:
            kept, finding = looked
            findings.append(finding)
    if kept is None:
        kept = snapshots.make(archive, ctx)
        if pin:
            kept = _as_pinned(kept, pin, wanted)
    mapping, told = _roles(kind, source, given, kept, archive, wanted)
    findings += told
    findings += [Finding("note", f"{archive.title}: {text}", where=name) for text in archive.warnings]
    made = {
        "path": kept["path"],
        "where": wanted.name,
        "location": wanted.name,
        "id": wanted.name,
        "columns": mapping,
        "roles": mapping,
        "findings": findings,
    }
    return made if "when" not in kept else {**made, "snapshot": snapshots.record(kept)}


def asked(
    kind: str, source: Any, given: Mapping[str, Any] | None
) -> tuple[Wanted, Archive, Callable[[Path], list[str]]]:
    """Of an input: its request, its archive, and a function that names the columns of its rows' keys, given
    the snapshot."""
    wanted = read(kind, source).asking(_names(given))
    archive = opened(wanted)

    def keys(path: Path) -> list[str]:
        found = (_roles(kind, source, given, {"path": path}, archive, wanted)[0] or {}).get("id")
        return [found] if isinstance(found, str) else list(found or ())

    return wanted, archive, keys


def columns(source: Mapping[str, Any]) -> list[dict[str, str]]:
    """The columns that a source (``{vizier: ...}`` and such) has now: name, type, unit, ucd, description."""
    return opened(_read(source)).columns(Context())


def count(source: Mapping[str, Any]) -> Count:
    """How many rows and about how many bytes a source has."""
    return opened(_read(source)).size(Context())


def preview(source: Mapping[str, Any], rows: int = 100) -> pa.Table:
    """The first rows of a source, as it has them."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return opened(_read(source)).preview(rows, Path(folder) / "answer", Context()).slice(0, rows)


def _read(source: Mapping[str, Any]) -> Wanted:
    kind = next((kind for kind in KINDS if kind in source), None)
    if kind is None:
        raise TsmError(f"This is no archive: {dict(source)!r}.", remedy=f"Archives: {', '.join(KINDS)}.")
    return read(kind, source[kind])


def _names(given: Mapping[str, Any] | None) -> list[str]:
    found: list[str] = []
    for value in (given or {}).values():
        found += [value] if isinstance(value, str) else list(value or ())
    return found


def _roles(
    kind: str,
    source: Any,
    given: Mapping[str, Any] | None,
    kept: Mapping[str, Any],
    archive: Archive,
    wanted: Wanted,
) -> tuple[dict[str, Any] | None, list[Finding]]:
    """Role -> column, where the columns can be told without reading everything."""
    import pyarrow.parquet as pq

    from pz_tsm.sources.archives import roles

    if Path(kept["path"]).suffix != ".parquet":
        from pz_tsm.sources import files

        names = files.column_names(kept["path"])[0]
        if names is None:
            return (dict(given) if given else None), []
        import pyarrow as pa

        schema = pa.schema([(one, pa.float64()) for one in names])
    else:
        schema = pq.read_schema(kept["path"])
    return roles.find({kind: source}, given, schema, archive.suggested(schema), wanted.name)


def _looked(archive: Archive, ctx: Context) -> tuple[dict[str, Any], Finding] | None:
    """For a plan: the first rows of a table that is large, or of a size that isn't told."""
    import pyarrow.parquet as pq

    from pz_tsm.sources.archives import snapshots

    path = snapshots.folder(archive.wanted) / "look.parquet"
    if path.exists() and time.time() - path.stat().st_mtime < LOOKED:
        counted = json.loads(pq.read_schema(path).metadata[b"tsm:count"])
        size, rows = Count(*counted), pq.read_metadata(path).num_rows
    else:
        ctx.step(0.02, f"asking {archive.title} for {archive.wanted.name}")
        size = archive.size(ctx)
        if size.rows is not None and size.rows <= PLANNED:
            return None
        if archive.wanted.kind == "url":
            if size.bytes and size.bytes <= PLANNED_BYTES:
                return None
        path.parent.mkdir(parents=True, exist_ok=True)
        answer = path.with_name(f"look-{os.getpid()}.part")
        if archive.wanted.kind == "url":
            head = archive.head(LOOK, ctx)
            if head is None:
                raise _later(archive, size.bytes)
            table, size = head[0], Count(head[1], size.bytes, head[1] is not None)
        else:
            table = archive.preview(LOOK, answer, ctx)
        said = {
            "tsm:count": json.dumps([size.rows, size.bytes, size.exact]),
            **{key: value for key, value in (table.schema.metadata or {}).items() if key == b"tsm:access"},
            **snapshots.access(archive.wanted),
        }
        pq.write_table(table.replace_schema_metadata(said), answer)
        answer.replace(path)
        rows = table.num_rows
    of = f"{size.rows:,} rows" if size.rows is not None else "a number of rows that it does not tell"
    about = f" (about {size.bytes / 1e6:,.0f} MB)" if size.bytes else ""
    finding = Finding(
        "note",
        f"{archive.title} has {of}{about} of {archive.wanted.name}. The plan looked at the first "
        f"{rows:,}; the run fetches all.",
        where=archive.wanted.name,
        count=size.rows,
        code="sampled",
    )
    return {"path": path}, finding


def _later(archive: Archive, size: int | None) -> NotYet:
    """For a plan: a file that it does not fetch, and whose columns it so can't know."""
    has = f"{size / 1e6:,.0f} MB" if size else "the server does not tell how large it is"
    return NotYet(
        f"{archive.wanted.name} is fetched when the recipe runs: {has}.",
        remedy="What its columns and rows lead to is seen then. To plan with them, download it: "
        "from: {file: PATH}.",
        where=archive.wanted.name,
    )


def _as_pinned(kept: dict[str, Any], pin: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """What was fetched again for a replay, if it is what the lock names; TsmError if it isn't."""
    if kept["sha256"] == pin.get("sha256") or (kept.get("digest") and kept["digest"] == pin.get("digest")):
        return kept
    when = str(pin.get("when", ""))[:10]
    was, now = (f"{said['rows']:,} rows" if said.get("rows") else "a file" for said in (pin, kept))
    raise TsmError(
        f"{wanted.name} is no longer what the lock names ({was} on {when}, {now} now), and its "
        "snapshot is not here.",
        remedy="Copy the snapshot into the cache from where the run was made, or remove the lock to make a "
        "new set from what the source has now.",
        where=wanted.name,
    )
