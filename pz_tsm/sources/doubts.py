"""What should be known of a table's columns before they are used: exchanged, coarse or standing for none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pz_tsm.ops.base import Finding, Fix
from pz_tsm.sources.proposals import Proposal

if TYPE_CHECKING:
    from pz_tsm.sources.candidates import Pool


def look(
    pool: Pool, roles: dict[str, Proposal], gone: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Finding]:
    """Findings about the proposed columns; the edits of their fixes start at the input.

    ``gone``: column to [{value, count}] of what stood for none and is null already.
    """
    sentinels = _sentinels(pool, roles, gone)
    return [*_swapped(pool, roles), *_single(pool, roles), *_converted(roles), *sentinels]


def _swapped(pool: Pool, roles: dict[str, Proposal]) -> list[Finding]:
    if "ra" not in roles or "dec" not in roles or roles["dec"].convert[:1] == ("sexagesimal",):
        return []
    if len(roles["ra"].columns) > 1 or len(roles["dec"].columns) > 1:
        return []
    ra, dec = pool[roles["ra"].columns[0]], pool[roles["dec"].columns[0]]
    beyond = int((abs(dec.numbers) > 90).sum())
    if not beyond or dec.share(0, 360) < 0.9 or ra.share(-90, 90) < 0.9:
        return []
    edits = [
        {"op": "set", "path": ["columns", "ra"], "value": dec.name},
        {"op": "set", "path": ["columns", "dec"], "value": ra.name},
    ]
    return [
        Finding(
            "error",
            f"Right ascension and declination are exchanged: '{dec.name}' runs from {dec.span}, "
            f"beyond the poles, and '{ra.name}' from {ra.span}.",
            "Map them the other way round.",
            dec.name,
            beyond,
            "coordinates-swapped",
            fixes=[Fix("Exchange them", edits)],
        )
    ]


def _single(pool: Pool, roles: dict[str, Proposal]) -> list[Finding]:
    if "ra" not in roles:
        return []
    ra = pool[roles["ra"].columns[0]]
    if not ra.is_single or not len(ra.numbers):
        return []
    scale = 15 if "hours" in roles["ra"].convert else 1
    return [
        Finding(
            "note",
            f"'{ra.name}' is in single precision: positions are good to {ra.step * scale * 3600:.2f} arcsec.",
            "Use columns of double precision if there are any.",
            ra.name,
            code="coordinates-float32",
        )
    ]


def _converted(roles: dict[str, Proposal]) -> list[Finding]:
    words = {
        "hours": "Right ascension is in hours: it is multiplied by 15.",
        "sexagesimal": "Positions are sexagesimal text: they are read as degrees.",
        "radians": "Positions are in radians: they are read as degrees.",
        "b1950": "Positions are of equinox B1950 (FK4): they are brought to ICRS.",
        "velocity_km_s": "Redshifts are velocities in km/s: they are divided by the speed of light.",
        "velocity_m_s": "Redshifts are velocities in m/s: they are divided by the speed of light.",
    }
    found = {}
    for role in ("ra", "dec", "z"):
        for how in roles[role].convert if role in roles else ():
            found.setdefault(how, Finding("note", words[how], where=roles[role].columns[0], code="converted"))
    return list(found.values())


def _sentinels(
    pool: Pool, roles: dict[str, Proposal], gone: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Finding]:
    import numpy as np

    if "z" not in roles or roles["z"].convert:
        return []
    one = pool[roles["z"].columns[0]]
    values, counts = np.unique(one.numbers[~np.isin(one.numbers, one.redshifts)], return_counts=True)
    pairs = list(zip(values, counts, strict=True)) or [
        (float(item["value"]), item["count"]) for item in gone.get(one.name, ())
    ]
    if not pairs:
        return []
    shown = ", ".join(f"{value:.6g} ({count:,} times)" for value, count in pairs[:4])
    return [
        Finding(
            "note",
            f"'{one.name}' holds values that stand for 'no redshift': {shown}. They become null.",
            where=one.name,
            count=sum(int(count) for _, count in pairs),
            code="sentinels",
        )
    ]
