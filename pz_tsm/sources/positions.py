"""Right ascension and declination among a table's columns: they come as a pair."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pz_tsm.sources import vocabulary
from pz_tsm.sources.proposals import Proposal

if TYPE_CHECKING:
    from pz_tsm.sources.candidates import Pool
    from pz_tsm.sources.evidence import Evidence

RANGE = {"ra": (-180.0, 360.0), "dec": (-90.0, 90.0)}
SAME = 0.1 / 3600  # degrees: two columns that hold one position
UNIT = r"(hours?|hrs?|degrees|deg|radians)$"
WORDS = {
    "ra": r"^(rightascension|alpha|ra)|(rightascension|alpha|ra)$",
    "dec": r"^(declination|delta|dec|de)|(declination|delta|dec|de)$",
}


def pair(pool: Pool) -> dict[str, Proposal]:
    """Proposals for ra and dec, as far as columns come into question."""
    ways = {role: _ways(pool, role) for role in ("ra", "dec")}
    partners = {role: {_stem(role, one.plain) for _, one, _ in ways[role]} for role in ways}
    found: dict[str, Proposal] = {}
    for role, other in (("ra", "dec"), ("dec", "ra")):
        one = _best(role, ways[role], partners[other])
        if one is not None:
            found[role] = one
    found |= _components(pool, found)
    if len(found) == 2:
        found = _same_equinox(pool, found)
    return found


Way = tuple[tuple[int, int], "Evidence", str]


def _ways(pool: Pool, role: str) -> list[Way]:
    """(rank, column, why): plain degrees before what must be converted, then the tiers in order."""
    ways: dict[str, Way] = {}
    for place, (why, columns) in enumerate(pool.tiers(role)):
        for one in columns:
            if one.name in ways or one.empty or not _is_angle(one):
                continue
            ways[one.name] = ((_effort(one, role), place), one, why)
    return [way for name, way in ways.items() if not _is_component(name, pool.names)]


def _is_angle(one: Evidence) -> bool:
    unit = one.said("unit")
    known = (*vocabulary.DEGREES, *vocabulary.HOUR_UNITS, *vocabulary.RADIANS, "")
    text = unit.startswith(('"', "'")) or ":" in unit
    return (unit in known or text) and (one.numeric >= 0.9 or one.sexagesimal >= 0.9)


def _is_component(name: str, names: list[str]) -> bool:
    """Whether it is the hours, degrees, minutes or seconds of a position, beside the others of these."""
    if name[-1:].lower() not in "hdms":
        return False
    lower = {other.lower() for other in names}
    stem = name[:-1].lower()
    return {stem + "m", stem + "s"} <= lower and bool({stem + "h", stem + "d"} & lower)


def _effort(one: Evidence, role: str) -> int:
    return len(conversions(one, role)) + (1 if one.sexagesimal >= 0.9 else 0)


def conversions(one: Evidence, role: str) -> tuple[str, ...]:
    """What makes its values degrees of ICRS: none, or some of sexagesimal, hours, radians, b1950."""
    how = []
    if one.sexagesimal >= 0.9:
        how.append("sexagesimal")
    elif one.in_radians:
        how.append("radians")
    elif role == "ra" and one.in_hours:
        how.append("hours")
    if one.of_b1950:
        how.append("b1950")
    return tuple(how)


def _stem(role: str, plain: str) -> str:
    """What a position's name says beside ra or dec: the same for both columns of a pair."""
    return re.sub(UNIT, "", re.sub(WORDS[role], "", plain, count=1))


def _best(role: str, ways: list[Way], partners: set[str]) -> Proposal | None:
    from pz_tsm.sources.candidates import LIKELY, among, proposal

    if not ways:
        return None
    best = min(rank for rank, _, _ in ways)
    tied = [(one, why) for rank, one, why in ways if rank == best]
    exact = [(one, why) for one, why in tied if one.name == role]
    paired = [(one, why) for one, why in tied if _stem(role, one.plain) in partners]
    tied = exact[:1] or paired or tied
    one, why = tied[0]
    low, high = RANGE[role]
    how = conversions(one, role)
    said: dict[str, Any] = {"convert": how}
    words = [one.span]
    loose = why == LIKELY or (why == "name" and _third(role, one.plain) and not paired)
    if loose:
        said["doubt"] = "name"
    elif not ({"sexagesimal", "radians"} & set(how)) and one.share(low, high) < 0.9:
        said["doubt"] = "values"
        words = [f"but its values run from {one.span}"]
    if how:
        words.append(_words(one, role, how))
    chosen = proposal(role, one, why, *words, **said)
    rest = [other for other, _ in tied[1:]]
    same = [other.name for other in rest if _agree(one, other)]
    if same:
        chosen = replace(chosen, reason=f"{chosen.reason}; {', '.join(map(repr, same))} holds the same")
    return among(chosen, [other.name for other in rest if other.name not in same])


def _third(role: str, plain: str) -> bool:
    return not any(re.match(tier, plain) for tier in vocabulary.NAMES[role][:2])


def _words(one: Evidence, role: str, how: tuple[str, ...]) -> str:
    words = {
        "sexagesimal": "sexagesimal text" + (f" ('{one.texts[0].as_py()}')" if len(one.texts) else ""),
        "hours": f"in hours: {one.in_hours}",
        "radians": "in radians",
        "b1950": "of equinox B1950",
    }
    return ", ".join(words[item] for item in how)


def _agree(one: Evidence, other: Evidence) -> bool:
    """Whether two columns of degrees hold one position, row by row."""
    import numpy as np

    a, b = one.numbers, other.numbers
    return len(a) == len(b) > 0 and float(np.median(np.abs(a - b))) <= SAME


def _components(pool: Pool, found: dict[str, Proposal]) -> dict[str, Proposal]:
    """Positions in columns of hours, minutes and seconds, where no column holds a whole one."""
    if "ra" in found or "dec" in found:
        return {}
    result: dict[str, Proposal] = {}
    lower = {name.lower(): name for name in reversed(pool.names)}
    for stem, dec_stem in (("ra", "de"), ("ra", "dec"), ("ra_j2000_", "dec_j2000_"), ("ra_", "dec_")):
        ra = [lower.get(stem + part) for part in "hms"]
        dec = [lower.get(dec_stem + part) for part in "dms"]
        sign = [lower[one] for one in (dec_stem + "-", dec_stem + "minus", dec_stem + "sign") if one in lower]
        if all(ra) and all(dec):
            why = "hours (degrees), minutes and seconds in columns of their own"
            result["ra"] = Proposal("ra", tuple(map(str, ra)), why, convert=("sexagesimal",))
            names = tuple(map(str, [*sign[:1], *dec]))
            result["dec"] = Proposal("dec", names, why, convert=("sexagesimal",))
            return result
    return {}


def _same_equinox(pool: Pool, found: dict[str, Proposal]) -> dict[str, Proposal]:
    """B1950 of both where one of them, or a column of equinoxes, says so."""
    said = any("b1950" in one.convert for one in found.values()) or equinox(pool)
    if not said:
        return found
    return {
        role: one
        if "b1950" in one.convert
        else replace(one, convert=(*one.convert, "b1950"), reason=f"{one.reason}, of equinox B1950")
        for role, one in found.items()
    }


def equinox(pool: Pool) -> str | None:
    """The column of equinoxes that says B1950 in most rows."""
    import pyarrow.compute as pc

    for name in pool.names:
        if name.lower() in ("equinox", "equ", "coordsys", "coord_equinox", "epoch_equinox"):
            one = pool[name]
            if one.is_number and one.share(1950, 1950) > 0.5 and len(one.numbers):
                return name
            if one.is_text and len(one.texts):
                hit = pc.match_substring_regex(one.texts, r"^(B?1950(\.0)?|FK4)$", ignore_case=True)
                if (pc.mean(hit).as_py() or 0) > 0.5:
                    return name
    return None
