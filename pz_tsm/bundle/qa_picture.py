"""A picture of a match's separations."""

from __future__ import annotations

from typing import Any

from pz_tsm.bundle.svg import BOTTOM, INK, LEFT, RIGHT, WIDTH, below, framed

HEIGHT, TOP = 400, 56
BARS, LINE, CHANCE, RADIUS, RULE = "#8fb4d9", "#1b3a5c", "#c2571a", "#6b2d8b", "#dddddd"


def picture(said: dict[str, Any]) -> str:
    """SVG of the histogram of separations with what is expected, what is there by chance, and the radius.

    ``said``: the content of qa/match.json.
    """
    quality = said["quality"]
    histogram = quality["histogram"]
    width, counts = histogram["bin_arcsec"], histogram["counts"]
    expected, chance = histogram.get("expected") or [], histogram.get("chance") or []
    reach = width * len(counts)
    top = _round_up(max([1, *counts, *expected]))

    def x(arcsec: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * arcsec / reach

    def y(count: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * count / top

    lines = []
    for part in range(5):
        count = top * part / 4
        lines.append(
            f'<path d="M{LEFT} {y(count):.1f}H{WIDTH - RIGHT}" stroke="{RULE}"/>'
            f'<text x="{LEFT - 6}" y="{y(count) + 4:.1f}" text-anchor="end">{count:,.4g}</text>'
        )
    for place, count in enumerate(counts):
        if count:
            lines.append(
                f'<rect x="{x(place * width):.2f}" y="{y(count):.2f}" width="{x(width) - x(0) - 0.5:.2f}" '
                f'height="{y(0) - y(count):.2f}" fill="{BARS}"/>'
            )
    for values, colour, dash in ((expected, LINE, ""), (chance, CHANCE, ' stroke-dasharray="5 3"')):
        if values:
            points = " ".join(
                f"{x((place + 0.5) * width):.2f},{y(value):.2f}" for place, value in enumerate(values)
            )
            lines.append(
                f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>'
            )
    radius = quality["radius_arcsec"]
    proposed = (quality.get("proposed") or {}).get("radius_arcsec")
    for value, dash, name in ((radius, "", "radius"), (proposed, ' stroke-dasharray="2 3"', "proposed")):
        if value is not None and value <= reach:
            down = 12 if name == "radius" else 26
            lines.append(
                f'<path d="M{x(value):.2f} {TOP}V{HEIGHT - BOTTOM}" stroke="{RADIUS}"{dash}/>'
                f'<text x="{x(value) + 4:.2f}" y="{TOP + down}" fill="{RADIUS}">{name} {value:g}</text>'
            )
    for part in range(6):
        value = reach * part / 5
        lines.append(
            f'<text x="{x(value):.2f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value:.3g}</text>'
        )
    lines.append(f'<path d="M{LEFT} {y(0):.1f}H{WIDTH - RIGHT}" stroke="{INK}"/>')
    lines.append(below(HEIGHT, f"separation (arcsec), bins of {width:g}"))
    return framed(HEIGHT, _title(said), words(quality), _legend(quality), lines)


def words(quality: dict[str, Any]) -> str:
    """What the picture shows, for who can't see it."""
    null = quality["null"]
    said = (
        f"{quality['matched']} of {quality['rows']} positions in the footprint have an object within "
        f"{quality['radius_arcsec']:g} arcsec. Moved positions have one in {100 * null['rate']:.2f} % of "
        f"{null['positions']} cases ({100 * null['expected_rate']:.2f} % expected)."
    )
    if quality.get("proposed"):
        proposed = quality["proposed"]
        said += (
            f" Purity {100 * quality['purity']:.1f} %, completeness {100 * quality['completeness']:.1f} %; "
            f"{proposed['criterion']}: {proposed['radius_arcsec']:g} arcsec."
        )
    return said


def _title(said: dict[str, Any]) -> str:
    return f"Separations of redshifts and objects of {said.get('release') or 'the release'}"


def _legend(quality: dict[str, Any]) -> str:
    drawn = "bars: found; line: expected; dashes: by chance" if quality.get("signal") else "bars: found"
    return f"{drawn} · {quality['matched']:,} within {quality['radius_arcsec']:g} arcsec"


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 8 times a power of ten, so that quarters are round."""
    step = 1.0
    while step * 10 < value:
        step *= 10
    return next((step * one for one in (1, 2, 4, 8) if step * one >= value), step * 10)
