"""The survey that a table is of: by the registry's column names, by its values, by its file's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from pz_tsm.sources.proposals import Recognised

if TYPE_CHECKING:
    from pz_tsm.sources.candidates import Pool
    from pz_tsm.sources.evidence import Evidence

ENOUGH = 1.5  # column names that no other catalogue has
COLUMN = re.compile(r"^(survey_?name|survey)$", re.I)


@dataclass
class Known:
    """``columns``: role -> the names that the registry has for it, first choice first."""

    survey: Recognised
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def has_flag(self) -> bool:
        """Whether the survey's rules read a flag of its own; True where no pack knows the survey."""
        from pz_tsm.ops.homogenize import packs

        for pack in packs.select("default", {}, None):
            hit = pack.find(self.survey.survey.upper())
            if hit:
                return "z_flag" in {*packs.used(hit[1]), *hit[1].needs}
        return True


def recognise(pool: Pool, name: str | None) -> Known | None:
    """By values of a column of surveys, else by columns' names, with or without the file's name."""
    valued = by_values(pool)
    entries = _entries()
    if not entries:
        return valued
    scored = _scores(pool, entries)
    best = max(scored, key=lambda one: one[0], default=None)
    file = _by_file(name, entries)
    if valued is not None:
        same = [one for one in scored if _same(one[1], valued.survey.survey)]
        entry = max(same, key=lambda one: one[0], default=None)
        if entry is None or entry[0] <= 0:
            return valued
        survey = Recognised(valued.survey.survey, valued.survey.reason, entry[1].id)
        return Known(survey, entry[2])
    if best is not None and best[0] >= ENOUGH:
        tied = [one for one in scored if one[0] > 0.9 * best[0]]
        by_name = [one for one in tied if one[1].id in file]
        if len(tied) == 1 or by_name:
            score, entry, columns, hits = (by_name or tied)[0]
            shown = ", ".join(hits[:4])
            reason = f"it has the columns {shown} of {entry.name}"
            survey = Recognised(_survey(entry), reason, entry.id, sure=bool(entry.survey))
            return Known(survey, columns)
    if len(file) == 1:
        entry = next(one for one in entries if one.id in file)
        columns = next((one[2] for one in scored if one[1].id == entry.id and one[0] > 0), {})
        reason = "its file is named so"
        return Known(Recognised(_survey(entry), reason, entry.id, sure=False), columns)
    return None


def by_values(pool: Pool) -> Known | None:
    """The survey that a column of surveys names in every row, where rule packs know it."""
    for name in pool.names:
        if COLUMN.match(name):
            one = pool[name]
            values = one.texts.unique() if one.is_text else []
            if len(values) == 1 and known_share(one) == 1:
                text = f"column '{name}' says so in every row"
                return Known(Recognised(values[0].as_py(), text))
    return None


def known_share(one: Evidence) -> float:
    """Share of the values that are names of surveys known here, 0 to 1."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not one.is_text or not len(one.texts):
        return 0.0
    share = 0.0
    for names in (_listed, surveys):  # the rule packs, which take long to read, only where they are needed
        hit = pc.is_in(pc.utf8_upper(one.texts), pa.array(sorted(names()), pa.string()))
        share = max(share, pc.mean(hit).as_py() or 0.0)
        if share == 1:
            break
    return share


@cache
def _listed() -> frozenset[str]:
    """Names in upper case of the registry's surveys."""
    return frozenset(name.upper() for one in _entries() for name in (_survey(one), one.id))


@cache
def surveys() -> frozenset[str]:
    """Names in upper case of the surveys of the registry and of the shipped rule packs, other names too."""
    from pz_tsm.ops.homogenize import packs

    names = set(_listed())
    for pack in packs.select("default", {}, None):
        for name, rules in pack.surveys.items():
            names |= {name.upper(), *(other.upper() for other in rules.aliases)}
    return frozenset(names)


def _entries() -> tuple[Any, ...]:
    """Own entries that can't be read are left out: what they are for says so."""
    from pz_tsm.sources.registry import collected

    return tuple(collected()[0])


def _survey(entry: Any) -> str:
    return str(entry.survey or entry.name)


def _same(entry: Any, survey: str) -> bool:
    return _survey(entry).upper() == survey.upper()


def _scores(pool: Pool, entries: tuple[Any, ...]) -> list[tuple[float, Any, dict, list[str]]]:
    """(score, entry, columns by role, the names found): a name weighs less the more catalogues have it."""
    ways = []
    often: Counter[str] = Counter()
    for entry in entries:
        mine: set[str] = set()
        for access in entry.access:
            columns = {role: _tried(names) for role, names in (access.columns or {}).items()}
            if columns:
                ways.append((entry, columns))
                mine |= {name.lower() for names in columns.values() for name in names}
        often.update(mine)
    present = set(pool.names)
    found = []
    for entry, columns in ways:
        hits = {role: [n for n in names if n in present] for role, names in columns.items()}
        needed = all(hits.get(role) for role in ("ra", "dec", "z") if role in columns)
        names = [found[0] for found in hits.values() if found]
        score = sum(1 / often[name.lower()] for name in names) if needed else 0.0
        rare = sorted(names, key=lambda name: often[name.lower()])
        found.append((score, entry, {role: tuple(n) for role, n in hits.items() if n}, rare))
    return found


def _tried(names: Any) -> list[str]:
    return [names] if isinstance(names, str) else list(names or [])


def _by_file(name: str | None, entries: tuple[Any, ...]) -> set[str]:
    """Ids of the entries that a file's name begins with, or that stand in it as words."""
    if not name:
        return set()
    text = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    hits = {one.id for one in entries if f"_{one.id.lower()}_" in f"_{text}_"}
    if not hits:
        words = set(text.split("_"))
        surveys_ = {one.id: re.sub("[^a-z0-9]", "", (one.survey or "").lower()) for one in entries}
        hits = {id_ for id_, survey in surveys_.items() if survey in words}
    return hits
