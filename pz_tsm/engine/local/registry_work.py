"""What is asked of the services that hold public catalogues; in a child, never in the engine itself."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.local.registry_models import Wanted
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from pz_tsm.ops.base import Context
    from pz_tsm.sources.registry import Access, Entry

ROWS = 200  # of a preview
NEEDED = ("ra", "dec", "z")  # without these a catalogue is of no use
WORDS = {
    "id": "identifier",
    "ra": "right ascension",
    "dec": "declination",
    "z": "redshift",
    "z_err": "error of the redshift",
    "z_flag": "quality flag",
    "class": "class",
}
# roles of the registry as the explorer calls them
SHOWN = {"id": "id", "ra": "ra", "dec": "dec", "z": "redshift", "z_err": "redshift_err", "z_flag": "flag"}
RESTRICTED = ("vizier", "tap", "sdss")  # services that can be asked for some columns


def work(what: str, wanted: dict[str, Any], **more: Any) -> dict[str, Any]:
    """``count``, ``input`` or ``preview`` of what is wanted."""
    return {"count": count, "input": input_, "preview": preview}[what](Wanted(**wanted), **more)


def count(wanted: Wanted) -> dict[str, Any]:
    """Rows and size, by the service's own count."""
    from pz_tsm.sources import archives

    made, _ = asked(wanted)
    found = archives.count(made["from"])
    columns = _restriction(made["from"])
    return {
        "rows": found.rows,
        "bytes": found.bytes,
        "exact": found.exact,
        "columns": len(columns) if columns else None,
    }


def input_(wanted: Wanted) -> dict[str, Any]:
    """What a recipe says to have it. A service that can't be asked now is asked when the recipe runs."""
    from pz_tsm.sources import registry

    entry = registry.entry(wanted.entry)
    try:
        made, _ = asked(wanted)
    except TsmError:
        made = registry.recipe_input(entry, wanted.access, region=_region(wanted))
    return {"input": made, "name": entry.id}


def preview(wanted: Wanted, folder: str) -> dict[str, Any]:
    """The first rows as a file in ``folder``: {path, said, changes}."""
    import pyarrow.parquet as pq

    from pz_tsm.export import part_of
    from pz_tsm.sources import archives, registry

    entry = registry.entry(wanted.entry)
    made, changes = asked(wanted)
    table = archives.preview(made["from"], ROWS)
    roles = {SHOWN[role]: name for role, name in made.get("columns", {}).items() if role in SHOWN}
    key = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:12]
    path = Path(folder) / f"{entry.id}-{key}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = part_of(path)
    try:
        pq.write_table(table, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    said = {
        "name": f"{entry.name}: first rows",
        "roles": {role: name for role, name in roles.items() if name in table.column_names},
        "citation": entry.cite,
    }
    return {"path": str(path), "said": said, "changes": changes}


def download(wanted: Wanted, folder: str, ctx: Context) -> dict[str, Any]:
    """Fetch it into a new file in ``folder``: {path, rows, bytes}. What came before a stop is used again."""
    import shutil

    from pz_tsm.export import in_words, part_of
    from pz_tsm.sources import archives, registry

    entry = registry.entry(wanted.entry)
    made, _ = asked(wanted)
    kind, source = next(iter(made["from"].items()))
    place = archives.fetch(kind, source, ctx, given=made.get("columns"))
    found = Path(place["path"])
    target = Path(folder) / f"{_stem(entry, wanted)}{''.join(found.suffixes[-1:])}"
    part = part_of(target)
    try:
        shutil.copyfile(found, part)
        path = _settled(part, target)
    except OSError as error:
        raise in_words(error, target, part) from None
    finally:
        part.unlink(missing_ok=True)
    snapshot = place.get("snapshot") or {}
    return {"path": str(path), "rows": snapshot.get("rows"), "bytes": path.stat().st_size}


def asked(wanted: Wanted) -> tuple[dict[str, Any], list[str]]:
    """The input of a recipe with the columns as the service has them now, and what of it differs from what
    the registry says, in words.

    TsmError for a service that can't be reached, and where what a catalogue is used for is not there.
    """
    from pz_tsm.sources import archives, registry

    entry = registry.entry(wanted.entry)
    plain = registry.recipe_input(entry, wanted.access, region=_region(wanted))
    way = entry.access[wanted.access]
    if way.kind not in RESTRICTED:
        return plain, []
    have = [one["name"] for one in archives.columns(plain["from"])]
    changes = _changes(way, have)
    columns = _columns(entry, way, have) if wanted.columns == "needed" else None
    made = registry.recipe_input(entry, wanted.access, region=_region(wanted), columns=columns, found=have)
    return made, changes


def _columns(entry: Entry, way: Access, have: list[str]) -> list[str]:
    """Of the columns that are there those that a training set needs: the roles', and what flag rules read."""
    from pz_tsm.sources.registry import chosen

    names = [chosen(way, role, have) for role in way.columns]
    names += [name for name in (*way.others, *entry.flags.needs) if name in have]
    return list(dict.fromkeys(name for name in names if name is not None))


def _changes(way: Access, have: list[str]) -> list[str]:
    """What the service has otherwise than the registry. TsmError where positions or redshifts are missing."""
    from pz_tsm.expr import nearest
    from pz_tsm.sources.registry import chosen

    told = []
    for role, names in way.columns.items():
        found, word = chosen(way, role, have), WORDS[role]
        if found is None and role in NEEDED:
            near = nearest(names[0], have)
            raise TsmError(
                f"The service has no column {' or '.join(names)} for the {word}.",
                remedy=f"It has {', '.join(near or have[:8])}: its table has changed since the registry was "
                "written. Write the column into the recipe yourself.",
                where=names[0],
            )
        if found is None:
            told.append(f"There is no column {' or '.join(names)} for the {word}: it will be empty.")
        elif found != names[0]:
            told.append(f"The {word} is in the column {found}, not in {names[0]}.")
    return told


def _restriction(source: dict[str, Any]) -> list[str] | None:
    inner = next(iter(source.values()))
    return inner.get("columns") if isinstance(inner, dict) else None


def _region(wanted: Wanted) -> dict[str, float] | None:
    return None if wanted.region is None else wanted.region.model_dump(include={"ra", "dec", "radius_deg"})


def _stem(entry: Entry, wanted: Wanted) -> str:
    """Name of the file: the entry, the part of it, and the place where it is only that."""
    part = entry.access[wanted.access].part
    words = [entry.id, *(["".join(one for one in part.split()[0] if one.isalnum())] if part else [])]
    if wanted.region is not None:
        words.append(f"{wanted.region.ra:g}_{wanted.region.dec:+g}")
    return "_".join(words)


def _settled(part: Path, wanted: Path) -> Path:
    """Give the file its name, or the next one that is free: nothing that is there is written over."""
    from pz_tsm.export import settle

    number, path = 1, wanted
    while True:
        while path.exists() or path.is_symlink():
            number += 1
            path = wanted.with_name(f"{wanted.stem}_{number}{wanted.suffix}")
        try:
            settle(part, path)
        except TsmError:
            if not os.path.lexists(path):
                raise
            continue
        return path
