"""Redshift and redshift error among a table's columns, velocities told from redshifts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pz_tsm.sources import vocabulary
from pz_tsm.sources.proposals import Proposal

if TYPE_CHECKING:
    from pz_tsm.sources.candidates import Pool
    from pz_tsm.sources.evidence import Evidence

LOW, HIGH = -0.05, 13.0
FIRST = ("zbest", "bestz")  # of several: the survey's own choice
UNITLESS = ("", "1", "-", "--", "none", "dimensionless", "unitless")


def redshift(pool: Pool, found: dict[str, Proposal]) -> Proposal | None:
    """The column of redshifts, or of velocities where there is none."""
    from pz_tsm.sources.candidates import LIKELY, among, proposal, taken

    used = taken(found)
    likely: list[Evidence] = []
    fast: list[tuple[str, Evidence]] = []
    for why, columns in pool.tiers("z"):
        columns = [one for one in columns if one.name not in used and one.numeric >= 0.9 and not one.empty]
        fast += [(why, one) for one in columns if one.is_velocity]
        columns = [one for one in columns if not one.is_velocity and one.said("unit") in UNITLESS]
        plausible = [one for one in columns if _share(one) >= 0.9]
        if why == LIKELY:
            likely = plausible
            break
        columns = plausible or columns
        if not columns:
            continue
        columns = _preferred(columns, "redshift", "z")
        one = columns[0]
        chosen = proposal("z", one, why, *_words(one), doubt=None if one in plausible else "values")
        return among(chosen, [other.name for other in columns[1:]])
    velocity = _velocity(pool, used, fast)
    if velocity is not None:
        return velocity
    if not likely:
        return None
    chosen = proposal("z", likely[0], LIKELY, *_words(likely[0]), doubt="name")
    return among(chosen, [other.name for other in likely[1:]])


def _preferred(columns: list[Evidence], *ours: str) -> list[Evidence]:
    """Our own name alone; else the survey's own choice first."""
    exact = [one for one in columns if one.name in ours]
    return exact[:1] or sorted(columns, key=lambda one: one.plain not in FIRST)


def _share(one: Evidence) -> float:
    values = one.redshifts
    return float(((values >= LOW) & (values <= HIGH)).mean()) if len(values) else 1.0


def _words(one: Evidence) -> list[str]:
    values = one.redshifts
    none = len(one.numbers) - len(values)
    return [
        f"{values.min():.4g} to {values.max():.4g}" if len(values) else "",
        f"{none:,} values that stand for none" if none else "",
    ]


def _velocity(pool: Pool, used: set[str], fast: list[tuple[str, Evidence]]) -> Proposal | None:
    from pz_tsm.sources.candidates import among, proposal

    named = [
        ("name", pool[name])
        for name, plain in pool.plain.items()
        if re.match(vocabulary.VELOCITY, plain) and name not in used
    ]
    fast += [(why, one) for why, one in named if one.numeric >= 0.9 and not one.empty and one.is_velocity]
    if not fast:
        return None
    fast.sort(key=lambda way: not way[1].plain.startswith("cz"))
    why, one = fast[0]
    unit = one.said("unit")
    top = f", up to {abs(one.numbers).max():,.0f} km/s" if len(one.numbers) and not unit else ""
    chosen = proposal("z", one, why, f"a velocity{top}", convert=(how(one),))
    return among(chosen, dict.fromkeys(other.name for _, other in fast[1:]))


def how(one: Evidence) -> str:
    """The conversion of a velocity."""
    return "velocity_m_s" if one.said("unit") in ("m/s", "m s-1", "m.s**-1", "m s**-1") else "velocity_km_s"


def error(pool: Pool, found: dict[str, Proposal]) -> Proposal | None:
    """The error of the redshift that is proposed, in the same unit."""
    from pz_tsm.sources.candidates import LIKELY, among, proposal, taken

    z = found.get("z")
    used = taken(found)
    stem = re.sub(r"[^a-z0-9]", "", z.columns[0].lower()) if z else "z"
    velocity = bool(z and z.convert)
    own = [f"e{stem}", f"{stem}err", f"err{stem}", f"{stem}error", f"d{stem}", f"{stem}unc", f"sig{stem}"]
    named = [pool[name] for name, plain in pool.plain.items() if plain in own]
    tiers = [("name", named), *pool.tiers("z_err")]
    if velocity:
        fast = [pool[n] for n, p in pool.plain.items() if re.match(vocabulary.VELOCITY_ERROR, p)]
        tiers.insert(1, ("name", fast))
    for why, columns in tiers:
        columns = [one for one in columns if one.name not in used and one.numeric >= 0.9 and not one.empty]
        columns = [one for one in columns if one.said("unit") in UNITLESS or one.is_velocity]
        if not velocity:
            columns = [one for one in columns if not one.is_velocity and one.share(-100, 20) > 0.5]
        if not columns:
            continue
        columns = _preferred(columns, "redshift_err", "z_err")
        one = columns[0]
        said: dict[str, Any] = {"doubt": "name"} if why == LIKELY else {}
        if velocity:
            said["convert"] = (how(one),)
        return among(proposal("z_err", one, why, one.span, **said), [other.name for other in columns[1:]])
    return None
