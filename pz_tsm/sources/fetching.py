"""Where the bytes of an input are: a file of the user's, or what was fetched from a server, in the cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context

ARCHIVES = ("vizier", "tap", "sdss", "url")
SOURCES = ("file", "pzserver", *ARCHIVES)


def source_of(spec: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The ``from`` of an input as a mapping; TsmError where it doesn't say."""
    source = spec.get("from")
    if isinstance(source, str | Path):
        source = {"file": str(source)}
    if not isinstance(source, Mapping) or not source:
        raise TsmError(
            f"Input '{name}' does not say where it comes from.",
            remedy="Write from: {file: PATH}.",
            where=name,
        )
    return dict(source)


def kind_of(source: Mapping[str, Any]) -> str | None:
    """Which kind of source it names, None for one that is unknown."""
    return next((kind for kind in SOURCES if kind in source), None)


def place_of(
    spec: Mapping[str, Any], base: Path, ctx: Context, name: str, *, needed: Sequence[str] = ()
) -> dict[str, Any]:
    """Where the bytes are: {path, where, location}; of a server also {id, columns, server, product_id}, of an
    archive {id, columns, snapshot, findings}.

    ``needed``: columns that steps name beyond those mapped to roles; an archive is asked for these only.
    """
    source = source_of(spec, name)
    kind = kind_of(source)
    if kind == "file":
        location = str(source["file"])
        path = base / Path(location).expanduser()
        return {"path": path, "where": path.name, "location": location, "group": source.get("group")}
    if kind == "pzserver":
        from pz_tsm.sources import pzserver

        return pzserver.fetch(source["pzserver"], ctx)
    if kind is not None:
        from pz_tsm.sources import archives

        return archives.fetch(kind, source[kind], ctx, needed=needed, given=spec.get("columns"), name=name)
    raise TsmError(
        f"Input '{name}': 'from' knows no source '{next(iter(source))}'.",
        remedy=f"Sources: {', '.join(SOURCES)}.",
        where=name,
    )
