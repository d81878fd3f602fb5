"""A picture of a match's separations as SVG: the same text for the same numbers, no plotting library."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 56, 52
BARS, LINE, CHANCE, RADIUS, INK, RULE = "#8fb4d9", "#1b3a5c", "#c2571a", "#6b2d8b", "#222222", "#dddddd"


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

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="title text" font-family="sans-serif" '
        f'font-size="12" fill="{INK}">',
        f'<title id="title">{escape(_title(said))}</title>',
        f'<desc id="text">{escape(words(quality))}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="14" font-weight="bold">{escape(_title(said))}</text>',
        f'<text x="{LEFT}" y="40">{escape(_legend(quality))}</text>',
    ]
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
    lines.append(
        f'<path d="M{LEFT} {y(0):.1f}H{WIDTH - RIGHT}" stroke="{INK}"/>'
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 14}" text-anchor="middle">'
        f"separation (arcsec), bins of {width:g}</text>"
    )
    return "\n".join([*lines, "</svg>"]) + "\n"


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
