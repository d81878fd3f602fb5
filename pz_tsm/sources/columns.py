"""Which column means what: the recipe's ``columns:``, else UCDs, else the names that catalogues use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Finding, Fix
from pz_tsm.sources.vocabulary import NAMES, UCDS

if TYPE_CHECKING:
    import pyarrow as pa

ROLES = {  # role in a recipe -> our column
    "id": "source_row_id",
    "ra": "ra",
    "dec": "dec",
    "z": "redshift",
    "z_err": "redshift_err",
    "z_flag": "z_flag",
    "survey": "survey",
    "instrument_type": "instrument_type",
}
SYNONYMS = {"redshift": "z", "redshift_err": "z_err", "source_row_id": "id", "flag": "z_flag"}
MEANING = {"ra": "right ascension", "dec": "declination", "z": "redshift"}
NEEDED = ("ra", "dec", "z")


@dataclass
class Mapping_:
    """Role -> column (for ``id`` a list of columns), and what should be told of how it was found."""

    columns: dict[str, Any]
    notes: list[Finding] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    survey: Any = None  # as ``proposals.Recognised``, where no column has it and nobody said it


def no_such_column(name: str, names: Sequence[str], where: str) -> TsmError:
    """The error for a column that a file does not have, with the nearest names."""
    near = nearest(name, names)
    if near:
        remedy = f"Did you mean {' or '.join(repr(item) for item in near)}?"
    else:
        shown = ", ".join(list(names)[:12]) + (", ..." if len(names) > 12 else "")
        remedy = f"Its columns: {shown}."
    return TsmError(f"'{where}' has no column '{name}'.", remedy=remedy, where=name)


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Up to three names like this one, whatever their case."""
    lower: dict[str, str] = {}
    for item in names:
        lower.setdefault(item.lower(), item)
    return [lower[item] for item in get_close_matches(name.lower(), list(lower), n=3, cutoff=0.6)]


def read_mapping(given: Mapping[str, Any] | None, where: str) -> dict[str, Any]:
    """The recipe's ``columns:`` with roles checked; a null says that the catalogue has no such column."""
    mapping: dict[str, Any] = {}
    for key, value in (given or {}).items():
        role = SYNONYMS.get(key, key)
        if role not in ROLES:
            near = nearest(str(key), [*ROLES, *SYNONYMS])
            raise TsmError(
                f"Input '{where}': 'columns' has no role '{key}'.",
                remedy=f"Did you mean '{near[0]}'?" if near else f"Roles: {', '.join(ROLES)}.",
                where=str(key),
            )
        if role in ("id", "ra", "dec") and isinstance(value, list | tuple):
            value = [str(item) for item in value]
        elif value is not None and not isinstance(value, str):
            raise TsmError(
                f"Input '{where}': column '{key}' must be a column's name, not {value!r}.", where=str(key)
            )
        mapping[role] = value
    return mapping


def resolve(
    table: pa.Table | pa.Schema,
    given: Mapping[str, Any] | None,
    where: str,
    *,
    survey: str | None = None,
    convert: Mapping[str, Sequence[str]] | None = None,
) -> Mapping_:
    """The mapping of a table: what is given, the rest as ``proposals`` finds it without doubt.

    ``convert``: what the recipe has converted, see ``sources.convert``.

    TsmError, with a choice, if ra, dec or z can't be told. Other roles in doubt are left out, and said.
    """
    import pyarrow as pa

    from pz_tsm.sources.proposals import propose

    schema = table if isinstance(table, pa.Schema) else table.schema
    mapping = read_mapping(given, where)
    for value in mapping.values():
        for name in value if isinstance(value, list) else [value]:
            if name is not None and name not in schema.names:
                raise no_such_column(name, schema.names, where)
    if survey is not None:
        mapping.setdefault("survey", None)
    result = Mapping_({role: value for role, value in mapping.items() if value is not None})
    open_ = [role for role in ROLES if role not in mapping and role != "instrument_type"]
    if open_:
        rest = table if isinstance(table, pa.Table) else table.empty_table()
        found = propose(rest.drop_columns(sorted(_used(result))), name=where, skip=set(ROLES) - set(open_))
        asked = {how for many in (convert or {}).values() for how in many}
        _take(result, found, open_, where, schema, {"b1950", *asked})
        if found.survey and survey is None and "survey" not in result.columns and "survey" not in mapping:
            result.survey = found.survey
    if result.guessed:
        shown = ", ".join(f"{role}: {result.columns[role]}" for role in result.guessed)
        result.notes.append(Finding("note", f"Columns told by their names or UCDs: {{{shown}}}."))
    return result


def _used(result: Mapping_) -> set[str]:
    """Columns that have a role."""
    values = result.columns.values()
    return {name for value in values for name in ([value] if isinstance(value, str) else value)}


def _take(
    result: Mapping_, found: Any, roles: Sequence[str], where: str, schema: pa.Schema, converted: set[str]
) -> None:
    """Add what is proposed without doubt; TsmError where ra, dec or z is not.

    Positions of B1950 are taken as they are: a trap tells it, with the rows concerned.
    """
    from pz_tsm.sources.proposals import Proposal

    for role in roles:
        one = found.roles.get(role)
        if one is None and role in NEEDED:
            names = [name for name in guess(schema)[role] if name not in _used(result)]
            one = Proposal(role, tuple(names), "its name") if len(names) == 1 else None  # checks refuse it
        if one is not None and one.doubt in (None, "values") and set(one.convert) <= converted:
            result.columns[role] = one.value
            result.guessed.append(role)
            continue
        if one is None and role not in NEEDED:
            continue
        if one is None:
            shown = ", ".join(schema.names[:12]) + (", ..." if len(schema.names) > 12 else "")
            raise TsmError(
                f"'{where}' has no column that is known to be the {MEANING[role]} (columns: {shown}).",
                remedy=f"Name it in the recipe: columns: {{{role}: NAME}}.",
                where=role,
            )
        choice = list(dict.fromkeys([one.value if isinstance(one.value, str) else "", *one.others]))
        choice = [name for name in choice if name in schema.names]
        fixes = [
            Fix(f"Use '{name}' as {role}", [{"op": "set", "path": ["columns", role], "value": name}])
            for name in choice[:4]
        ]
        shown = ", ".join(f"'{name}'" for name in choice[:6]) or ", ".join(one.columns)
        if one.convert:
            key = "positions" if role in ("ra", "dec") else role
            if role not in NEEDED:
                continue  # it goes with what is converted: the redshift's error
            raise TsmError(
                f"'{where}': the {MEANING[role]} would be {shown}, which is to be converted ({one.reason}).",
                remedy=f"Have it converted (convert: {{{key}: {', '.join(one.convert)}}}), or map another "
                + ("column of redshifts." if role == "z" else "column, of degrees."),
                where=role,
                fixes=[_converted(found)],
            )
        if role in NEEDED:
            raise TsmError(
                f"'{where}': the {MEANING[role]} could be any of {shown}."
                if one.doubt == "several"
                else f"'{where}': the {MEANING[role]} could be {shown}, but this is not sure: {one.reason}.",
                remedy=f"Say which in the recipe: columns: {{{role}: {choice[0] if choice else 'NAME'}}}.",
                where=role,
                fixes=fixes,
            )
        _left(result, one, shown, fixes)


def _converted(found: Any) -> Fix:
    """The fix that writes down the columns that must be converted, and from what."""
    edits = [
        {"op": "set", "path": ["columns", role], "value": one.value}
        for role, one in found.roles.items()
        if one.convert
    ]
    edits += [{"op": "set", "path": ["convert", key], "value": how} for key, how in found.convert.items()]
    shown = dict.fromkeys(how for one in found.roles.values() for how in one.convert)
    return Fix(f"Convert from {', '.join(shown)}", edits)


def _left(result: Mapping_, one: Any, shown: str, fixes: list[Fix]) -> None:
    """Say that a role was left out, as it is not sure which column it is."""
    role = one.role
    result.notes.append(
        Finding(
            "warning" if role == "z_flag" else "note",
            f"'{role}' is left out: it could be {shown}. To use one: columns: {{{role}: NAME}}.",
            where=role,
            fixes=fixes,
        )
    )


def guess(schema: pa.Schema, skip: Mapping[str, Any] | Iterable[str] = ()) -> dict[str, list[str]]:
    """Role -> columns that it could be by names and UCDs alone: one is sure enough, several are ambiguous."""
    found = {}
    for role in NAMES:
        if role not in skip:
            found[role] = _by_ucd(schema, role) or _by_name(schema, role)
    return found


def _by_ucd(schema: pa.Schema, role: str) -> list[str]:
    for pattern in UCDS.get(role, ()):
        names = [
            item.name
            for item in schema
            if re.fullmatch(
                pattern, (item.metadata or {}).get(b"ucd", b"").decode("utf-8", "replace").strip().lower()
            )
        ]
        if names:
            return _numeric_first(schema, names, role)
    return []


def _by_name(schema: pa.Schema, role: str) -> list[str]:
    plain = {name: re.sub(r"[^a-z0-9]", "", name.lower()) for name in schema.names}
    if role == "z" and {"g", "r", "i"} <= set(plain.values()):
        plain = {name: key for name, key in plain.items() if key != "z"}  # a magnitude among magnitudes
    for tier in NAMES[role]:
        names = [name for name, key in plain.items() if re.match(tier, key) and not _is_error(key, role)]
        names = _numeric_first(schema, names, role)
        if names:
            return names
    return []


def _is_error(key: str, role: str) -> bool:
    return role in ("ra", "dec") and bool(re.search(r"err|sig|pm|rank|rad|name|date|rate|random", key[2:]))


def _numeric_first(schema: pa.Schema, names: list[str], role: str) -> list[str]:
    """Of candidates for a number, the columns of numbers if there are any; our own names before others."""
    import pyarrow.types as pt

    if role in NEEDED:
        numeric = [
            n for n in names if pt.is_floating(schema.field(n).type) or pt.is_integer(schema.field(n).type)
        ]
        names = numeric or names
    exact = [name for name in names if name == ROLES[role] or name == role]
    return exact[:1] or names
