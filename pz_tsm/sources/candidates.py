"""The columns that come into question for a role, and the one that is proposed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pz_tsm.sources import evidence, flags_ids, vocabulary
from pz_tsm.sources.evidence import Evidence
from pz_tsm.sources.proposals import CHOSEN, Proposal

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.sources.recognised import Known

MOST = 0.9  # share of the values that must be as a role has them
LIKELY = "likely"


@dataclass
class Pool:
    """A table's columns with their evidence. ``known``: what is known of the survey that it is of."""

    table: pa.Table
    names: list[str]
    known: Known | None = None
    _looked: dict[str, Evidence] = field(default_factory=dict)

    @classmethod
    def of(cls, table: pa.Table) -> Pool:
        import pyarrow.types as pt

        return cls(table, [item.name for item in table.schema if not pt.is_nested(item.type)])

    def __getitem__(self, name: str) -> Evidence:
        if name not in self._looked:
            self._looked |= evidence.look(self.table, [name])
        return self._looked[name]

    def kind(self, name: str) -> str:
        """text, int, float or bool."""
        import pyarrow as pa

        from pz_tsm import summary

        kind = self.table.schema.field(name).type
        return summary.column_type(kind.value_type if pa.types.is_dictionary(kind) else kind)

    @property
    def plain(self) -> dict[str, str]:
        """Column -> its name in lower case without punctuation."""
        return {name: re.sub(r"[^a-z0-9]", "", name.lower()) for name in self.names}

    def tiers(self, role: str) -> Iterator[tuple[str, list[Evidence]]]:
        """(why, columns) in the order in which they are asked: registry, UCDs, names, names that hint."""
        if self.known:
            listed = [self[name] for name in self.known.columns.get(role, ()) if name in self.names]
            if listed:
                yield f"so named in {self.known.survey.survey}", listed[:1]
        ucds = {item.name: _ucd(item) for item in self.table.schema if item.name in self.names}
        for pattern in vocabulary.UCDS.get(role, ()):
            matched = [self[name] for name, ucd in ucds.items() if ucd and re.fullmatch(pattern, ucd)]
            if matched:
                yield "UCD", matched
        plain = self.plain
        if role == "z" and {"g", "r", "i"} <= set(plain.values()):
            plain = {name: key for name, key in plain.items() if key != "z"}  # a magnitude among magnitudes
        open_ = [name for name in plain if not ruled_out(role, ucds.get(name, ""))]
        for tier in vocabulary.NAMES.get(role, ()):
            matched = [self[n] for n in open_ if re.match(tier, plain[n]) and not _other(role, plain[n])]
            if matched:
                yield "name", matched
        pattern = vocabulary.LIKELY.get(role)
        if pattern:
            matched = [self[n] for n in open_ if re.match(pattern, plain[n]) and not _other(role, plain[n])]
            if matched:
                yield LIKELY, matched


def ruled_out(role: str, ucd: str) -> bool:
    """Whether a UCD says that the column is something else."""
    if not ucd or any(re.fullmatch(one, ucd) for one in vocabulary.UCDS.get(role, ())):
        return False
    if role in ("ra", "dec"):
        return not ucd.startswith((f"pos.eq.{role}", f"pos_eq_{role}")) or "error" in ucd
    if role == "z":
        return not re.match(r"src\.redshift|spect\.doppler|phys\.veloc|redshift|veloc", ucd) or "phot" in ucd
    if role == "z_err":
        return not ucd.startswith("stat.error")
    return bool(re.match(r"pos\.|src\.redshift|stat\.error|phot\.|time\.|em\.", ucd))


def _other(role: str, plain: str) -> bool:
    """Whether a name that begins as the role's is that of something else, such as ra_err."""
    words = vocabulary.NOT.get(role)
    if words is None or any(re.match(tier, plain) for tier in vocabulary.NAMES.get(role, ())[:2]):
        return False
    return bool(re.search(words, plain[2:] if role in ("ra", "dec") and plain[:2] != "pm" else plain))


def _ucd(item: pa.Field) -> str:
    return (item.metadata or {}).get(b"ucd", b"").decode("utf-8", "replace").replace(" ", "").lower()


def said(pool: Pool, given: Mapping[str, Any], where: str) -> dict[str, Proposal | None]:
    """What the user has said of some roles, with what these columns' values need."""
    from pz_tsm.sources import columns, positions, redshift_columns

    found: dict[str, Proposal | None] = {}
    for role, value in columns.read_mapping(given, where).items():
        names = [value] if isinstance(value, str) else list(value or [])
        for name in names:
            if name not in pool.names:
                raise columns.no_such_column(name, pool.names, where)
        how: tuple[str, ...] = ()
        if role in ("ra", "dec") and names:
            parts = len(names) > 1
            how = ("sexagesimal",) if parts else positions.conversions(pool[names[0]], role)
        elif role in ("z", "z_err") and names and pool[names[0]].is_velocity:
            how = (redshift_columns.how(pool[names[0]]),)
        found[role] = Proposal(role, tuple(names), CHOSEN, convert=how) if names else None
    return found


def choose(
    pool: Pool, skip: Iterable[str] = (), given: Mapping[str, Proposal | None] | None = None
) -> dict[str, Proposal]:
    """A proposal for each role that a column comes into question for; no column for two roles.

    ``given``: roles that are settled, None: no column has it.
    """
    from pz_tsm.sources import positions, redshift_columns

    found = {role: one for role, one in (given or {}).items() if one is not None}
    pool.names = [name for name in pool.names if name not in taken(found)]
    skip = {*skip, *(given or {})}
    if not {"ra", "dec"} <= skip:
        found |= {role: one for role, one in positions.pair(pool).items() if role not in skip}
    makers: dict[str, Callable[[Pool, dict[str, Proposal]], Proposal | None]] = {
        "z": redshift_columns.redshift,
        "z_err": redshift_columns.error,
        "z_flag": flags_ids.flag,
        "id": flags_ids.identifier,
        "survey": flags_ids.survey,
        "instrument_type": flags_ids.instrument,
    }
    for role, make in makers.items():
        one = make(pool, found) if role not in skip else None
        if one is not None:
            found[role] = one
    return {role: found[role] for role in vocabulary.ORDER if role in found}


def taken(found: dict[str, Proposal]) -> set[str]:
    """Columns that a role has already."""
    return {name for one in found.values() for name in one.columns}


def proposal(role: str, one: Evidence, why: str, *more: str, **said: Any) -> Proposal:
    """A proposal whose reason names what it rests on."""
    words = []
    if why == "UCD":
        words.append(f"UCD {one.said('ucd')}")
    elif why in ("name", LIKELY):
        words.append("its name" if why == "name" else "its name hints at it")
    else:
        words.append(why)
    if one.said("unit"):
        words.append(f"in {one.said('unit')}")
    return Proposal(role, (one.name,), ", ".join([*words, *(text for text in more if text)]), **said)


def among(one: Proposal, others: Iterable[str], *, why: str = "") -> Proposal:
    """The proposal with columns that could be it as well: it is no longer sure."""
    names = tuple(dict.fromkeys(name for name in others if name not in one.columns))
    if not names:
        return one
    text = why or f"{' and '.join(repr(name) for name in names[:3])} could be it as well"
    return replace(one, doubt="several", others=names, reason=f"{one.reason}; {text}")
