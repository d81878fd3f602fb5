"""What the quality of a match gives reason to tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pz_tsm.ops.base import Finding, Fix
from pz_tsm.ops.fixes import set_here

OFFSET, SIGNIFICANT, ROWS = 0.1, 5.0, 10  # arcsec, sigma, positions
CHANCE = 0.05  # of moved positions have an object within the radius
LOSS = 0.02  # of purity times completeness, against the proposed radius
UNEVEN, FEW_HITS = 0.25, 100  # null test against a uniform density


def findings(quality: Mapping[str, Any], shift: Iterable[str] = ()) -> list[Finding]:
    """Warnings and notes about a match, from the dict of ``quality.measure``, with fixes of the step.

    ``shift``: the surveys that it moves already, as the recipe spells them.
    """
    return [*_offsets(quality, shift), *_chance(quality), *_radius(quality), *_uneven(quality)]


def _offsets(quality: Mapping[str, Any], shift: Iterable[str]) -> list[Finding]:
    found = []
    spelled = {name.upper(): name for name in shift}
    for one in quality["offsets"]:
        size = (one["east_arcsec"] ** 2 + one["north_arcsec"] ** 2) ** 0.5
        if size <= OFFSET or one["significance"] < SIGNIFICANT or one["rows"] < ROWS:
            continue
        east, north = one["shift"]
        found.append(
            Finding(
                "warning",
                f"The positions of {one['survey']} are off by {size:.2f} arcsec against the objects "
                f"(which lie {one['east_arcsec']:+.2f} east, {one['north_arcsec']:+.2f} north; median of "
                f"{one['rows']} rows, {one['significance']:.0f} sigma).",
                remedy=f"Correct them: shift: {{{one['survey']}: [{east:.3f}, {north:.3f}]}}.",
                where=one["survey"],
                count=one["rows"],
                code="position-offset",
                fixes=[
                    set_here(
                        ["shift", spelled.get(one["survey"].upper(), one["survey"])],
                        [east, north],
                        f"Move {one['survey']} by {east:+.3f} east, {north:+.3f} north",
                    )
                ],
            )
        )
    return found


def _chance(quality: Mapping[str, Any]) -> list[Finding]:
    null = quality["null"]
    if null["rate"] <= CHANCE or null["rate"] - CHANCE < 2 * null["rate_error"]:
        return []
    false = quality.get("chance_matches")
    said = f" About {false:.0f} of {quality['matched']} matches are such." if false is not None else ""
    return [
        Finding(
            "warning",
            f"{100 * null['rate']:.1f} % of positions have an object within {quality['radius_arcsec']:g} "
            f"arcsec by chance alone.{said}",
            remedy=_smaller(quality),
            where="radius_arcsec",
            code="chance-matches",
            fixes=_proposed(quality) if _is_smaller(quality) else [],
        )
    ]


def _is_smaller(quality: Mapping[str, Any]) -> bool:
    proposed = quality.get("proposed")
    return bool(proposed) and proposed["radius_arcsec"] < quality["radius_arcsec"]


def _proposed(quality: Mapping[str, Any]) -> list[Fix]:
    radius = quality["proposed"]["radius_arcsec"]
    return [set_here(["radius_arcsec"], radius, f"Radius {radius:g} arcsec")]


def _smaller(quality: Mapping[str, Any]) -> str:
    if _is_smaller(quality):
        return f"Take a smaller radius: radius_arcsec: {quality['proposed']['radius_arcsec']:g}."
    return "Look at the separations: those that are large for their survey are the likeliest to be wrong."


def _radius(quality: Mapping[str, Any]) -> list[Finding]:
    proposed = quality.get("proposed")
    if not proposed:
        return []
    gain = proposed["purity"] * proposed["completeness"] - quality["purity"] * quality["completeness"]
    if gain <= LOSS:
        return []
    small = proposed["radius_arcsec"] > quality["radius_arcsec"]
    message = (
        f"Within {quality['radius_arcsec']:g} arcsec {100 * quality['completeness']:.1f} % of the "
        f"counterparts are matched and {100 * quality['purity']:.1f} % of the matches are right; within "
        f"{proposed['radius_arcsec']:g} arcsec it would be {100 * proposed['completeness']:.1f} % and "
        f"{100 * proposed['purity']:.1f} %."
    )
    return [
        Finding(
            "warning",
            f"The radius is {'small' if small else 'large'} for these positions. {message}",
            remedy=f"radius_arcsec: {proposed['radius_arcsec']:g} ({proposed['criterion']}).",
            where="radius_arcsec",
            code="radius-far",
            fixes=_proposed(quality),
        )
    ]


def _uneven(quality: Mapping[str, Any]) -> list[Finding]:
    null = quality["null"]
    expected = null["expected_rate"]
    if null["hits"] < FEW_HITS or abs(null["rate"] - expected) <= max(
        UNEVEN * expected, 5 * null["rate_error"]
    ):
        return []
    return [
        Finding(
            "note",
            f"Moved positions have an object within the radius in {100 * null['rate']:.1f} % of cases; "
            f"{100 * expected:.1f} % would be expected of {null['density_deg2']:,.0f} objects per square "
            "degree spread evenly: the objects are clustered or the density varies.",
            where="radius_arcsec",
            code="uneven-objects",
        )
    ]
