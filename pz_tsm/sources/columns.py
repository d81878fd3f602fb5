"""Which column means what: the recipe's ``columns:``, else UCDs, else the names that catalogues use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError

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

UCDS = {
    "id": (r"meta\.id;meta\.main", r"id_main"),
    "ra": (r"pos\.eq\.ra;meta\.main", r"pos_eq_ra_main", r"pos\.eq\.ra"),
    "dec": (r"pos\.eq\.dec;meta\.main", r"pos_eq_dec_main", r"pos\.eq\.dec"),
    "z": (r"src\.redshift(;meta\.main)?", r"redshift_hc"),
    "z_err": (r"stat\.error;src\.redshift",),
    "z_flag": (r"meta\.code\.qual;src\.redshift", r"stat\.rank"),
    "survey": (r"meta\.curation",),
}
# Names in lower case without punctuation, in tiers: the first with a column decides; two are ambiguous.
NAMES: dict[str, tuple[str, ...]] = {
    "id": (
        "^(sourcerowid|id)$",
        "^(objid|objectid|specid|specobjid|targetid|sourceid|galid|objname|name|num|number|recno|catid)$",
    ),
    "ra": (
        "^ra$",
        "^(raj2000|raicrs|radeg|rajdeg|raj2000deg|radegj2000|alpha|alphaj2000|alphadeg|rightascension|coordra"
        "|targetra|specra|objra|ra2000|raopt|ra1|sra)$",
        "^(raj2000|alphaj2000|ra).{2,}$",
    ),
    "dec": (
        "^(dec|de)$",
        "^(dej2000|decj2000|deicrs|decicrs|decdeg|dedeg|dejdeg|decj2000deg|decdegj2000|delta|deltaj2000|deltadeg"
        "|declination|coorddec|targetdec|specdec|objdec|dec2000|decopt|dec1|sdec)$",
        "^(dej2000|decj2000|deltaj2000|dec).{2,}$",
    ),
    "z": (
        "^redshift$",
        "^(z|zspec|specz|zsp|zbest|bestz|spectroz|zspectro|redshiftspec|specredshift)$",
        "^(zfinal|finalz|zadopted|zhelio|helioz|zcat|zcmb)$",
    ),
    "z_err": (
        "^redshifterr$",
        "^(zerr|ez|errz|zerror|zspecerr|zspecerror|ezspec|redshifterror|errredshift|eredshift|zunc)$",
    ),
    "z_flag": (
        "^zflag$",
        "^(zflags|flagz|zflg|qz|zq|zqual|zquality|quality|qop|qflag|qualityflag|zwarn|zwarning|confidenceflag|qf"
        "|zconf|nq)$",
    ),
    "survey": ("^surveyname$", "^survey$"),
}


@dataclass
class Mapping_:
    """Role -> column (for ``id`` a list of columns), and what should be told of how it was found."""

    columns: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)


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
        if role == "id" and isinstance(value, list | tuple):
            value = [str(item) for item in value]
        elif value is not None and not isinstance(value, str):
            raise TsmError(
                f"Input '{where}': column '{key}' must be a column's name, not {value!r}.", where=str(key)
            )
        mapping[role] = value
    return mapping


def resolve(
    schema: pa.Schema, given: Mapping[str, Any] | None, where: str, *, survey: str | None = None
) -> Mapping_:
    """The mapping of a table: what is given, the rest guessed. TsmError if ra, dec or z can't be told."""
    mapping = read_mapping(given, where)
    for value in mapping.values():
        for name in value if isinstance(value, list) else [value]:
            if name is not None and name not in schema.names:
                raise no_such_column(name, schema.names, where)
    if survey is not None:
        mapping.setdefault("survey", None)
    found = guess(schema, skip=mapping)
    result = Mapping_({role: value for role, value in mapping.items() if value is not None})
    taken = {
        name for value in result.columns.values() for name in ([value] if isinstance(value, str) else value)
    }
    for role, candidates in found.items():
        candidates = [name for name in candidates if name not in taken]
        if len(candidates) == 1:
            result.columns[role] = candidates[0]
            result.guessed.append(role)
        elif candidates and role in NEEDED:
            shown = ", ".join(f"'{name}'" for name in candidates[:6])
            raise TsmError(
                f"'{where}': the {MEANING[role]} could be any of {shown}.",
                remedy=f"Say which in the recipe: columns: {{{role}: {candidates[0]}}}.",
                where=role,
            )
        elif candidates:
            shown = ", ".join(f"'{name}'" for name in candidates[:6])
            result.notes.append(
                f"'{role}' is left out: it could be {shown}. To use one: columns: {{{role}: NAME}}."
            )
    for role in NEEDED:
        if role not in result.columns:
            shown = ", ".join(schema.names[:12]) + (", ..." if len(schema.names) > 12 else "")
            raise TsmError(
                f"'{where}' has no column that is known to be the {MEANING[role]} (columns: {shown}).",
                remedy=f"Name it in the recipe: columns: {{{role}: NAME}}.",
                where=role,
            )
    if result.guessed:
        shown = ", ".join(f"{role}: {result.columns[role]}" for role in result.guessed)
        result.notes.append(f"Columns told by their names or UCDs: {{{shown}}}.")
    return result


def guess(schema: pa.Schema, skip: Mapping[str, Any] | Iterable[str] = ()) -> dict[str, list[str]]:
    """Role -> columns that it could be: one is sure enough, several are ambiguous."""
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
