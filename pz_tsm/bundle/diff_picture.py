"""A picture of what differs between two bundles: redshifts, parts, coverage of the target."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from pz_tsm.bundle.svg import LEFT, RIGHT, WIDTH, framed

if TYPE_CHECKING:
    from pz_tsm.bundle.diff import Difference

BEFORE, AFTER, RULE = "#8fb4d9", "#c2571a", "#999999"
TOP, HIGH, BAR = 84, 200, 14


def picture(found: Difference, names: tuple[str, str]) -> str:
    """SVG: n(z) of the training rows, sizes of the parts, the target's share in empty and sparse cells;
    ``names``: of the two bundles."""
    lines = [
        f'<rect x="{LEFT}" y="50" width="12" height="12" fill="{BEFORE}"/>'
        f'<text x="{LEFT + 18}" y="60">{escape(names[0])}</text>',
        f'<rect x="{WIDTH / 2}" y="54" width="12" height="4" fill="{AFTER}"/>'
        f'<text x="{WIDTH / 2 + 18}" y="60">{escape(names[1])}</text>',
    ]
    lines += _redshifts(found)
    place = TOP + HIGH + 56
    for title, rows, unit in _bars(found):
        lines.append(f'<text x="{LEFT}" y="{place}" font-weight="bold">{escape(title)}</text>')
        place += 10
        most = max([1e-9, *(value for _, both in rows for value in both)])
        for name, both in rows:
            for value, colour in zip(both, (BEFORE, AFTER), strict=True):
                wide = (WIDTH - LEFT - RIGHT - 240) * value / most
                lines.append(
                    f'<rect x="{LEFT + 140}" y="{place}" width="{wide:.1f}" height="{BAR}" fill="{colour}"/>'
                    f'<text x="{LEFT + 146 + wide:.1f}" y="{place + 11}">{value:,.4g}{unit}</text>'
                )
                place += BAR + 2
            lines.append(f'<text x="{LEFT + 132}" y="{place - BAR}" text-anchor="end">{escape(name)}</text>')
            place += 6
        place += 24
    return framed(place, f"{names[0]} and {names[1]}", words(found), _legend(found), lines)


def words(found: Difference) -> str:
    """What the picture shows, for who can't see it."""
    return " ".join(f"{line}." for line in found.lines) or "No difference."


def _legend(found: Difference) -> str:
    rows = found.rows
    changed = found.redshifts.get("changed", 0)
    return (
        f"{rows['same']:,} rows in both, {rows['added']:,} added, {rows['removed']:,} removed, "
        f"{rows['moved']:,} moved, {changed:,} redshifts changed"
    )


def _redshifts(found: Difference) -> list[str]:
    """n(z) of both: bars and a stepped line."""
    said = found.redshift_counts
    if not said:
        return []
    counts, width = (said["a"], said["b"]), said["width"]
    most = max([1, *counts[0], *counts[1]])
    wide, bottom = (WIDTH - LEFT - RIGHT) / len(counts[0]), TOP + HIGH

    def y(count: float) -> float:
        return bottom - HIGH * count / most

    lines = [
        f'<rect x="{LEFT + wide * place:.2f}" y="{y(count):.2f}" width="{wide - 0.5:.2f}" '
        f'height="{bottom - y(count):.2f}" fill="{BEFORE}"/>'
        for place, count in enumerate(counts[0])
        if count
    ]
    steps = " ".join(f"V{y(count):.2f}h{wide:.2f}" for count in counts[1])
    lines.append(
        f'<path d="M{LEFT} {bottom} {steps}V{bottom}" fill="none" stroke="{AFTER}" stroke-width="1.8"/>'
    )
    lines.append(f'<path d="M{LEFT} {bottom}H{WIDTH - RIGHT}" stroke="{RULE}"/>')
    for part in range(5):
        value = width * len(counts[0]) * part / 4
        x = LEFT + (WIDTH - LEFT - RIGHT) * part / 4
        lines.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{value:.3g}</text>')
    lines.append(f'<text x="{LEFT - 6}" y="{TOP + 10}" text-anchor="end">{most:,}</text>')
    lines.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{bottom + 32}" text-anchor="middle">redshift of '
        "training rows</text>"
    )
    return lines


def _bars(found: Difference) -> list[tuple[str, list[tuple[str, list[float]]], str]]:
    groups: list[tuple[str, list[tuple[str, list[float]]], str]] = []
    parts = [(name, [float(count) for count in both]) for name, both in found.parts.items()]
    if parts:
        groups.append(("Rows of each part", parts, ""))
    shares = [
        (name, [100 * found.coverage[side][f"frac_target_in_{name}_cells"] for side in ("a", "b")])
        for name in ("empty", "sparse")
        if found.coverage.get("same_target")
    ]
    if shares:
        groups.append(("Share of the target in cells without training rows, and with few", shares, " %"))
    return groups
