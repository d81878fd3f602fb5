"""From an entry to the input of a recipe, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.sources.registry.model import KINDS, Access, Entry

RECIPE_ROLES = ("id", "ra", "dec", "z", "z_err", "z_flag")


def recipe_input(
    entry: Entry,
    access: int = 0,
    *,
    region: Any = None,
    columns: Sequence[str] | None = None,
    found: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The input of a recipe that reads an entry by one of its ways: {from, survey, columns, convert}.

    ``region``: (ra, dec, radius_deg) or a mapping of these: only that part of the sky. ``columns``: fetch
    only these. ``found``: the names that the source has, so that each role takes the first that is there;
    without it a role with several names is left for the run to find out. Raises TsmError for an access that
    no recipe can read, or a restriction that its source does not take.
    """
    if not 0 <= access < len(entry.access):
        raise TsmError(
            f"Catalogue '{entry.id}' has no access {access}.",
            remedy=f"It has {len(entry.access)}, counted from 0." if entry.access else entry.no_access,
            where=entry.id,
        )
    way = entry.access[access]
    if way.source is None:
        at = f" at {way.page}" if way.page else ""
        raise TsmError(
            f"Catalogue '{entry.id}' can't be fetched this way{f': {way.note}' if way.note else '.'}",
            remedy=f"Download the file{at} and give it as from: {{file: PATH}}.",
            where=entry.id,
        )
    made: dict[str, Any] = {"from": _restricted(entry, way, region, columns)}
    if entry.survey:
        made["survey"] = entry.survey
    have = found if found is not None else columns
    roles: dict[str, Any] = {}
    for role in RECIPE_ROLES:
        name = chosen(way, role, have)
        if name is not None:
            roles[role] = name
    if roles:
        made["columns"] = roles
    if way.convert:
        made["convert"] = dict(way.convert)
    return made


def chosen(access: Access, role: str, have: Sequence[str] | None) -> str | None:
    """The name of a role's column: the first that the source has; without knowing it, the only one."""
    names = access.columns.get(role, [])
    if have is None:
        return names[0] if len(names) == 1 else None
    return next((name for name in names if name in have), None)


def known(source: Any, entries: Sequence[Entry]) -> tuple[Entry, Access] | None:
    """Which entry, and which way to it, a recipe's ``from:`` is; None if the registry has none.

    The whole of a VizieR catalogue counts as the first of its tables here.
    """
    wanted = _key(source)
    if wanted is None:
        return None
    part = None
    for entry in entries:
        for way in entry.access:
            have = _key(way.source)
            if have is None:
                continue
            if have == wanted:
                return entry, way
            if part is None and wanted[0] == "vizier" == have[0] and have[1].startswith(wanted[1] + "/"):
                part = entry, way
    return part


def _restricted(entry: Entry, way: Access, region: Any, columns: Sequence[str] | None) -> dict[str, Any]:
    """The source, with a region and columns if they are asked for."""
    source = {key: dict(value) if isinstance(value, dict) else value for key, value in way.source.items()}
    if region is None and columns is None:
        return source
    if way.kind not in ("vizier", "tap", "sdss"):
        raise TsmError(
            f"Catalogue '{entry.id}' is a file there: all of it is fetched.",
            remedy="Leave out the region and the columns, or take another access.",
            where=entry.id,
        )
    inner = source[way.kind]
    inner = dict(inner) if isinstance(inner, dict) else {"table": inner}
    if region is not None:
        inner["region"] = _region(region)
    if columns is not None:
        inner["columns"] = list(columns)
    return {**source, way.kind: inner}


def _region(region: Any) -> dict[str, float]:
    if isinstance(region, Mapping):
        return {key: float(region[key]) for key in ("ra", "dec", "radius_deg")}
    ra, dec, radius = region
    return {"ra": float(ra), "dec": float(dec), "radius_deg": float(radius)}


def _key(source: Any) -> tuple[str, str] | None:
    """What makes two sources the same: kind and table, whatever the columns and the region."""
    if not isinstance(source, Mapping):
        return None
    kind = next((kind for kind in KINDS if kind in source), None)
    if kind is None:
        return None
    value = source[kind]
    if not isinstance(value, Mapping):
        name = str(value)
    elif kind == "url":
        name = str(value.get("address"))
    elif "table" in value:
        name = " ".join(
            [_service(value.get("service")), *(str(value.get(k, "")) for k in ("release", "table"))]
        )
    else:
        name = " ".join(f"{key}={value[key]}" for key in sorted(value) if key not in ("columns", "region"))
    name = " ".join(name.split())
    return kind, name.strip("/").lower() if kind in ("vizier", "tap", "sdss") else name


def _service(given: Any) -> str:
    """The name of a TAP service that has one, whichever way it is written."""
    from pz_tsm.sources.archives.wanted import SERVICES

    text = str(given or "").rstrip("/")
    return next((name for name, (address, _) in SERVICES.items() if text == address), text)
