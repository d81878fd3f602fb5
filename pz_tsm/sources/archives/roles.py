"""Which column of a fetched table means what: the recipe's words, else the registry's lists checked against
the columns that are there, else what the archive knows. What was found is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Finding
from pz_tsm.sources import columns

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.sources.registry import Access, Entry


def find(
    source: Mapping[str, Any],
    given: Mapping[str, Any] | None,
    schema: pa.Schema,
    suggested: Mapping[str, str],
    where: str,
) -> tuple[dict[str, Any], list[Finding]]:
    """Role -> column, with what should be told of it.

    ``source``: the recipe's ``from``; ``given``: its ``columns``; ``suggested``: what the archive knows.
    TsmError, naming the columns that are there, if the registry's names for ra, dec or z are all absent and
    nothing else can be told.
    """
    made = columns.read_mapping(given, where)
    found: list[Finding] = []
    known = _known(source)
    if known is not None:
        entry, access = known
        for role, names in access.columns.items():
            if role in columns.ROLES and role not in made and names:
                told = _listed(entry, access, role, names, schema, suggested, where)
                made |= {role: told[0]} if told[0] is not None else {}
                found += told[1]
        said = ", ".join(f"{role}: {made[role]}" for role in access.columns if made.get(role) is not None)
        found.insert(
            0,
            Finding("note", f"'{where}' is '{entry.id}' of the registry; columns: {{{said}}}.", where=where),
        )
    for role, name in suggested.items():
        made.setdefault(role, name)
    return made, found


def columns_of(source: Mapping[str, Any], given: Mapping[str, Any] | None, names: list[str]) -> list[str]:
    """The columns of roles, as far as the registry knows them, that a request of some columns needs too."""
    known = _known(source)
    if known is None:
        return []
    said = columns.read_mapping(given, "")
    lists = (each for role, each in known[1].columns.items() if role not in said)
    return [name for each in lists if (name := next((one for one in each if one in names), None))]


def _known(source: Mapping[str, Any]) -> tuple[Entry, Access] | None:
    from pz_tsm.sources import registry

    return registry.known(source)


def _listed(
    entry: Entry,
    access: Access,
    role: str,
    names: list[str],
    schema: pa.Schema,
    suggested: Mapping[str, str],
    where: str,
) -> tuple[str | None, list[Finding]]:
    """The first of the registry's names for a role that is there, in any case of letters."""
    lower = {name.lower(): name for name in reversed(schema.names)}
    name = next((one for one in names if one in schema.names), None)
    name = name or next((lower[one.lower()] for one in names if one.lower() in lower), None)
    sexagesimal = role in ("ra", "dec") and name is not None and not _is_number(schema, name)
    if sexagesimal and role in suggested:
        note = f"'{where}': '{name}' is not in decimal degrees; VizieR's '{suggested[role]}' is used."
        return suggested[role], [Finding("note", note, where=role)]
    if name is not None:
        return name, []
    listed = ", ".join(names)
    other = suggested.get(role) or _only(columns.guess(schema, skip=set(columns.NAMES) - {role})[role])
    if other is not None:
        note = (
            f"'{where}' has none of the columns that the registry names for '{role}' ({listed}); "
            f"'{other}' is used."
        )
        return other, [
            Finding("warning", note, f"Check it, or name another: columns: {{{role}: NAME}}.", role)
        ]
    shown = ", ".join(schema.names[:40]) + (", ..." if len(schema.names) > 40 else "")
    message = f"'{where}' has none of the columns that the registry names for '{role}' ({listed})."
    remedy = f"Name one in the recipe, columns: {{{role}: NAME}}. It has: {shown}."
    if role in columns.NEEDED:
        raise TsmError(message, remedy=remedy, where=role)
    return None, [Finding("warning", message, remedy, role)]


def _only(candidates: list[str]) -> str | None:
    return candidates[0] if len(candidates) == 1 else None


def _is_number(schema: pa.Schema, name: str) -> bool:
    import pyarrow.types as pt

    kind = schema.field(name).type
    return pt.is_floating(kind) or pt.is_integer(kind)
