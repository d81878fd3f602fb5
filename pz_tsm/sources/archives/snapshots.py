"""What came from an archive, kept: one Parquet file a request, written whole or not at all, and beside it
what it is: query, service, time, rows, sha256, columns.

A request is fetched in pieces; those that came stay until all are there, so that a run that broke off goes
on.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.sources import files
from pz_tsm.sources.archives import base
from pz_tsm.sources.archives.wanted import Wanted

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = "tsm-snapshot/1"
CACHE = "PZ_TSM_CACHE"
KEPT = 7 * 86400  # seconds for which the pieces of an unfinished request are used
FROM, TO = 0.02, 0.09  # the part of a load's progress that fetching takes
ACCESS = {"rsp": "rubin-data-rights"}


def cache() -> Path:
    """Folder of what was fetched from archives."""
    from pz_tsm.sources import pzserver

    return pzserver.cache().parent / "archives"


def folder(wanted: Wanted) -> Path:
    """Folder of a request."""
    slug = re.sub(r"[^A-Za-z0-9.+-]+", "_", wanted.name.split("?")[0])[:80].strip("_.")
    return cache() / wanted.kind / f"{slug}-{wanted.key}"


def find(wanted: Wanted, sha256: str | None = None, place: Path | None = None) -> dict[str, Any] | None:
    """What is kept of a request: the newest, or that with a sha256; None if nothing is, or it was damaged.

    {path, kind, service, query, when, rows, sha256, digest, bytes, columns, ...}
    """
    found = []
    for record in (place or folder(wanted)).glob("*.json"):
        try:
            said = json.loads(record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        path = record.with_name(str(said.get("file")))
        if said.get("format") != FORMAT or not path.is_file() or path.stat().st_size != said.get("bytes"):
            continue
        if sha256 is None or said.get("sha256") == sha256:
            found.append({**said, "path": path})
    return max(found, key=lambda said: said["when"], default=None)


def make(archive: base.Archive, ctx: Context, place: Path | None = None) -> dict[str, Any]:
    """Fetch a request and keep it; what is told is as from ``find``. A request is fetched by one process at a
    time; the others wait and take what it got. ``place``: a folder other than that of the request."""
    place = place or folder(archive.wanted)
    place.mkdir(parents=True, exist_ok=True)
    with _alone(place, archive.wanted.name, ctx) as began:
        known = find(archive.wanted, place=place)
        if known is not None and known["when"] >= began:
            return known
        if archive.wanted.kind == "url":
            return _keep_file(archive, place, ctx)
        parts = _parts(archive, place / "parts", ctx)
        try:
            return _keep(archive, parts, place, ctx)
        finally:
            if parts.done:
                shutil.rmtree(parts.folder, ignore_errors=True)


def adopt(wanted: Wanted, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Make a snapshot that was fetched beside the request's own the one that runs take."""
    place, path = folder(wanted), Path(kept["path"])
    target = place / path.name
    path.replace(target)
    path.with_name(f"{path.name.partition('.')[0]}.json").replace(
        place / f"{path.name.partition('.')[0]}.json"
    )
    return {**kept, "path": target}


class _alone:
    """The lock of a request's folder, waited for as long as the user does."""

    def __init__(self, place: Path, name: str, ctx: Context) -> None:
        from filelock import FileLock

        self.lock, self.ctx, self.name = FileLock(place / "fetching.lock"), ctx, name

    def __enter__(self) -> str:
        from filelock import Timeout

        began = now()
        while True:
            try:
                self.lock.acquire(timeout=0.2)
                return began
            except Timeout:
                self.ctx.step(FROM, f"another run is fetching {self.name}")

    def __exit__(self, *_: object) -> None:
        self.lock.release()


class _Parts:
    """The pieces of a request on disk, and what is still to be asked for."""

    def __init__(self, place: Path, pieces: list[base.Piece], count: int | None) -> None:
        self.folder, self.pieces, self.count = place, pieces, count
        self.done = False

    def path(self, piece: base.Piece) -> Path:
        said = json.dumps(piece.to_dict(), sort_keys=True)
        return self.folder / f"{hashlib.sha256(said.encode()).hexdigest()[:20]}.parquet"

    def save(self) -> None:
        said = {
            "count": self.count,
            "pieces": [piece.to_dict() for piece in self.pieces],
            "time": time.time(),
        }
        _written(self.folder / "pieces.json", json.dumps(said).encode())

    @classmethod
    def of(cls, place: Path) -> _Parts | None:
        try:
            said = json.loads((place / "pieces.json").read_text(encoding="utf-8"))
            pieces = [base.Piece.of(one) for one in said["pieces"]]
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            return None
        return cls(place, pieces, said["count"]) if time.time() - said["time"] < KEPT else None


def _parts(archive: base.Archive, place: Path, ctx: Context) -> _Parts:
    """Every piece of a request, fetched or kept from a run before."""
    import pyarrow.parquet as pq

    ctx.step(FROM, f"asking {archive.title} for {archive.wanted.name}")
    count = archive.count(ctx)
    parts = _Parts.of(place)
    if parts is None or parts.count != count:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        parts = _Parts(place, archive.pieces(ctx), count)
        parts.save()
    rows, index = 0, 0
    while index < len(parts.pieces):
        piece = parts.pieces[index]
        path = parts.path(piece)
        if not path.exists():
            _tell(ctx, archive, rows, count, index, len(parts.pieces))
            try:
                answer = place / f"answer-{os.getpid()}-{time.monotonic_ns()}"
                table = archive.fetch(piece, answer, ctx)
            except base.TooMany as more:
                parts.pieces[index : index + 1] = more.pieces
                parts.save()
                continue
            _check(archive, piece, table)
            _written_table(path, table)
            answer.unlink(missing_ok=True)
            del table
            gc.collect()  # the clients keep frames in cycles, and with them what was fetched
        rows += pq.read_metadata(path).num_rows
        index += 1
    if count is not None and rows < count:
        shutil.rmtree(place, ignore_errors=True)
        raise TsmError(
            f"{archive.title} gave {rows:,} of the {count:,} rows of {archive.wanted.name}.",
            remedy="Run again; if it goes on, restrict the request to a region.",
            where=archive.wanted.name,
        )
    return parts


def _check(archive: base.Archive, piece: base.Piece, table: pa.Table) -> None:
    if piece.rows is not None and table.num_rows < piece.rows:
        raise TsmError(
            f"{archive.title} gave {table.num_rows:,} of the {piece.rows:,} rows that it counted in a piece "
            f"of {archive.wanted.name}.",
            remedy="Run again; if it goes on, restrict the request to a region.",
            where=archive.wanted.name,
        )


def _tell(ctx: Context, archive: base.Archive, rows: int, count: int | None, index: int, pieces: int) -> None:
    from pz_tsm.ops.base import Amount

    share = rows / count if count else index / max(pieces, 1)
    of = f"{rows:,} of {count:,} rows" if count else f"{rows:,} rows"
    amount = Amount(index, pieces, "pieces", rows) if pieces > 1 else None
    ctx.step(FROM + (TO - FROM) * min(share, 1.0), f"{archive.title}: {of} of {archive.wanted.name}", amount)


def _keep(archive: base.Archive, parts: _Parts, place: Path, ctx: Context) -> dict[str, Any]:
    """The pieces as one file, one after another; what is known of it beside."""
    import pyarrow.parquet as pq

    from pz_tsm.sources.content import Content

    paths = [parts.path(piece) for piece in parts.pieces]
    schema = _shared([pq.read_schema(path) for path in paths])
    schema = schema.with_metadata(access(archive.wanted) or None)
    part, content, rows = place / f"snapshot.{os.getpid()}.part", Content(), 0
    try:
        with pq.ParquetWriter(part, schema, compression="zstd") as out:
            for path in paths:
                ctx.step(TO, f"keeping {archive.wanted.name}")
                table = pq.read_table(path).cast(schema)
                out.write_table(table)
                content.add(table)
                rows += table.num_rows
        told = {
            "kind": archive.wanted.kind,
            "service": archive.address,
            "query": archive.query(),
            "when": now(),
            "rows": rows,
            "digest": content.name(full=True),
            "columns": [base.column(item) for item in schema],
        }
        kept = _named(place, part, told, ".parquet")
    finally:
        part.unlink(missing_ok=True)
    parts.done = True
    return kept


def _shared(schemas: list[pa.Schema]) -> pa.Schema:
    """One schema for all pieces: a type that holds both, or text where numbers and texts meet."""
    import pyarrow as pa

    made = schemas[0]
    for other in schemas[1:]:
        if other.names != made.names:
            raise TsmError("The pieces that came have different columns.", remedy="Run again.")
        fields = []
        for one, two in zip(made, other, strict=True):
            try:
                both = pa.unify_schemas([pa.schema([one]), pa.schema([two])], promote_options="permissive")
                fields.append(both.field(0))
            except pa.ArrowTypeError:
                fields.append(one.with_type(pa.string()))
        made = pa.schema(fields)
    return made


def _keep_file(archive: Any, place: Path, ctx: Context) -> dict[str, Any]:
    """A file of the web, as it came."""
    part = archive.whole(place / "parts", ctx)
    files.sniff(part)  # no web page, and nothing else that is no table, is kept
    told = {
        "kind": archive.wanted.kind,
        "service": archive.title,
        "query": archive.query(),
        "when": now(),
        "columns": [{"name": name} for name in files.column_names(part)[0] or ()],
    }
    kept = _named(place, part, told, "".join(part.suffixes))
    shutil.rmtree(part.parent, ignore_errors=True)
    return kept


def _named(place: Path, part: Path, told: Mapping[str, Any], suffix: str) -> dict[str, Any]:
    """Give a file that is whole its name, and write what it is beside it."""
    digest = files.file_sha256(part)
    name = f"{digest[:16]}{suffix}"
    path = place / name
    size = part.stat().st_size
    part.replace(path)
    said = {"format": FORMAT, **told, "sha256": digest, "bytes": size, "file": name}
    _written(path.with_name(f"{digest[:16]}.json"), json.dumps(said, indent=1, ensure_ascii=False).encode())
    return {**said, "path": path}


def record(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a lock records of a snapshot."""
    keys = ("service", "query", "when", "rows", "sha256", "digest")
    return {key: said[key] for key in keys if said.get(key) is not None} | {
        "columns": [item["name"] for item in said.get("columns") or []]
    }


def access(wanted: Wanted) -> dict[str, str]:
    """The table metadata that says who may have what the service gives."""
    known = ACCESS.get(wanted.service or "")
    return {"tsm:access": known} if known else {}


def now() -> str:
    """The time, UTC, as it is recorded."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _written_table(path: Path, table: pa.Table) -> None:
    import pyarrow.parquet as pq

    def write(part: Path) -> None:
        pq.write_table(table, part, compression="zstd")

    _whole(path, write)


def _written(path: Path, content: bytes) -> None:
    _whole(path, lambda part: part.write_bytes(content))


def _whole(path: Path, write: Callable[[Path], Any]) -> None:
    """A file that appears under its name when it is written."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
