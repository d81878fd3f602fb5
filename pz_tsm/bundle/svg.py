"""The frame of a bundle's pictures as SVG: the same text for the same numbers, no plotting library."""

from __future__ import annotations

import html
from collections.abc import Iterable

WIDTH, LEFT, RIGHT, BOTTOM = 640, 64, 24, 52
INK = "#222222"


def escape(text: str) -> str:
    """Text as it stands in SVG (the XML module's own way imports the network libraries)."""
    return html.escape(text, quote=False)


def framed(height: int, title: str, text: str, legend: str, lines: Iterable[str]) -> str:
    """The whole picture. ``text``: what it shows, for who can't see it; ``lines``: what is drawn, as SVG."""
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-labelledby="title text" font-family="sans-serif" '
        f'font-size="12" fill="{INK}">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="text">{escape(text)}</desc>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="14" font-weight="bold">{escape(title)}</text>',
        f'<text x="{LEFT}" y="40">{escape(legend)}</text>',
    ]
    return "\n".join([*head, *lines, "</svg>"]) + "\n"


def below(height: int, text: str) -> str:
    """The name of the axis that runs across."""
    x = (LEFT + WIDTH - RIGHT) / 2
    return f'<text x="{x:.1f}" y="{height - 14}" text-anchor="middle">{escape(text)}</text>'
