"""Finding catalogues: by words, type, place on the sky, redshift, number of rows, release."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.sources.registry.footprint import touches
from pz_tsm.sources.registry.model import Entry

RELEASES = ("dp1", "dp2")


class Found(list[Entry]):
    """Entries that fit, the most useful first; then those of which it is not known.

    ``unknown``: id of each of the latter -> what is not known of it (footprint, z_range, rows, matches).
    """

    def __init__(self, entries: Iterable[Entry] = (), unknown: dict[str, list[str]] | None = None) -> None:
        super().__init__(entries)
        self.unknown = unknown or {}

    def __repr__(self) -> str:
        if not self:
            return "no catalogue"
        lines = [("id", "name", "type", "redshifts", "z", "in DP2", "")]
        lines += [summary(entry, self.unknown.get(entry.id)) for entry in self]
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        return "\n".join(
            "  ".join(
                cell.rjust(width) if i in (3, 5) else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )


def summary(entry: Entry, unknown: list[str] | None = None) -> tuple[str, ...]:
    """A line of a list: id, name, type, redshifts (? after what is unverified), range, matches, not known."""
    rows, z = entry.rows, entry.z_range
    count = "" if rows is None or rows.value is None else f"{rows.value:,}{_doubt(rows.confidence)}"
    span = "" if z is None else f"{z.value[0]:g}-{z.value[1]:g}{_doubt(z.confidence)}"
    dp2 = "" if entry.matches.dp2 is None else f"{entry.matches.dp2:,}"
    return (
        entry.id, entry.name, entry.type, count, span, dp2,
        f"not known: {', '.join(unknown)}" if unknown else "",
    )  # fmt: skip


def _doubt(confidence: str) -> str:
    return "?" if confidence == "unverified" else ""


def search(
    entries: Iterable[Entry],
    text: str | None = None,
    *,
    type: str | None = None,
    near: tuple[float, float, float] | None = None,
    z: tuple[float | None, float | None] | None = None,
    rows: tuple[float | None, float | None] | None = None,
    release: str | None = None,
) -> Found:
    """Of the entries those that fit; see ``registry.find``."""
    if type is not None and type not in ("s", "g", "p"):
        raise TsmError(
            f"There is no type '{type}'.",
            remedy="Types: s spectra, g grism or prism, p photometry.",
            where="type",
        )
    if near is not None:
        near = _circle(near)
    z, rows = _range(z, "z"), _range(rows, "rows")
    if release is not None and release not in RELEASES:
        raise TsmError(
            f"How many rows of a catalogue match release '{release}' is not known for any.",
            remedy=f"Releases: {', '.join(RELEASES)}.",
            where="release",
        )
    sure: list[Entry] = []
    unsure: list[Entry] = []
    unknown: dict[str, list[str]] = {}
    for entry in entries:
        if type is not None and entry.type != type or not _has_words(entry, text):
            continue
        asked: dict[str, bool | None] = {}
        if near is not None:
            asked["footprint"] = touches(entry.footprint, *near)
        if z is not None:
            asked["z_range"] = None if entry.z_range is None else _overlap(entry.z_range.value, z)
        if rows is not None:
            count = entry.rows.value if entry.rows else None
            asked["rows"] = None if count is None else _overlap((count, count), rows)
        if release is not None:
            count = getattr(entry.matches, release)
            asked["matches"] = None if count is None else count > 0
        if False in asked.values():
            continue
        missing = [what for what, fits in asked.items() if fits is None]
        if missing:
            unknown[entry.id] = missing
        (unsure if missing else sure).append(entry)
    return Found([*sorted(sure, key=_useful), *sorted(unsure, key=_useful)], unknown)


def _useful(entry: Entry) -> tuple[int, str]:
    """Own ones first, then by objects matched in DP2."""
    return (-(2**62) if entry.own else -(entry.matches.dp2 or 0), entry.name.lower())


def _circle(near: Any) -> tuple[float, float, float]:
    try:
        ra, dec, radius = (float(one) for one in near)
    except (TypeError, ValueError):
        raise TsmError(
            f"'near' is {near!r}.",
            remedy="Give right ascension, declination and radius in degrees.",
            where="near",
        ) from None
    if not (0 <= ra <= 360 and -90 <= dec <= 90 and 0 <= radius <= 180):
        raise TsmError(
            f"There is no circle on the sky at {ra:g}, {dec:g} with a radius of {radius:g} degrees.",
            remedy="Right ascension is 0 to 360, declination -90 to 90, the radius 0 to 180 degrees.",
            where="near",
        )
    return ra, dec, radius


def _range(value: Any, name: str) -> tuple[float, float] | None:
    if value is None:
        return None
    try:
        low, high = value
        made = (
            float("-inf") if low is None else float(low),
            float("inf") if high is None else float(high),
        )
    except (TypeError, ValueError):
        raise TsmError(
            f"'{name}' is {value!r}.", remedy="Give the lowest and the highest.", where=name
        ) from None
    if not made[0] <= made[1]:
        raise TsmError(
            f"'{name}' goes from {made[0]:g} to {made[1]:g}.", remedy="The lowest comes first.", where=name
        )
    return made


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _has_words(entry: Entry, text: str | None) -> bool:
    """Whether every word stands in what names the catalogue, with or without its punctuation."""
    if not text or not text.strip():
        return True
    said = [
        entry.id,
        entry.name,
        entry.survey or "",
        entry.reference.text,
        entry.reference.bibcode or "",
        *entry.fields,
    ]
    said += [shape.name or "" for shape in entry.footprint or []]
    said += [entry.object_type.text if entry.object_type else ""]
    said += [_table(access.source) for access in entry.access]
    plain = " ".join(said).lower()
    squeezed = " ".join(_squeezed(one) for one in said)
    return all(
        word in plain or (_squeezed(word) and _squeezed(word) in squeezed) for word in text.lower().split()
    )


def _table(source: dict[str, Any] | None) -> str:
    value = next(iter(source.values())) if source else ""
    return str(value.get("table", "")) if isinstance(value, dict) else str(value)


def _squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
