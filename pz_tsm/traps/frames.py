"""Redshifts in different frames: as observed, heliocentric, of the microwave background, of the Local Group.

How far two frames are apart, in |dz|/(1+z), is the speed between their observers over that of light.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pz_tsm.ops.base import Finding, Fix
from pz_tsm.sources.convert import LIGHT, SUN
from pz_tsm.traps.remedies import set_columns
from pz_tsm.traps.sight import Sight, described, source_column

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.sources.registry import Entry

CODE = "frames-of-redshifts"
SPEEDS = {  # km/s, against the Sun
    "heliocentric": 0.0,  # the barycentre of the Solar System moves by 0.02 km/s
    "observed": 30.3 + 0.5,  # the Earth at perihelion, and the equator's rotation
    "CMB": SUN,
    "Local Group": 316.0,  # Karachentsev & Makarov 1996, AJ 111, 794: 316 +- 5 km/s
}
MEANS = {
    "heliocentric": "heliocentric",
    "observed": "as observed, not corrected for the Earth's motion",
    "CMB": "in the frame of the microwave background",
    "Local Group": "in the frame of the Local Group",
}
LARGE = 5e-4  # beyond it a warning: combine tells redshifts apart at 1e-3
NAMES = (  # of columns
    ("CMB", re.compile(r"cmb", re.IGNORECASE)),
    ("heliocentric", re.compile(r"helio|bary|(^|_)[zv]_?hel(_|$)|^hrv$|^c?zhel", re.IGNORECASE)),
    ("Local Group", re.compile(r"(^|_)[zv]?_?lg(_|$)|local_?group", re.IGNORECASE)),
    ("observed", re.compile(r"(^|_)z_?obs(_|$)|geocentric|topocentric", re.IGNORECASE)),
)
WORDS = (  # of descriptions, and of the registry
    ("CMB", re.compile(r"\bCMB\b|microwave background", re.IGNORECASE)),
    ("heliocentric", re.compile(r"heliocentr|barycentr", re.IGNORECASE)),
    ("Local Group", re.compile(r"local group", re.IGNORECASE)),
    ("observed", re.compile(r"geocentr|topocentr|(not|un)[ -]?corrected (for|to)", re.IGNORECASE)),
)
LISTED = re.compile(r"(\w[\w ]*?) \(([^)]*)\)")


@dataclass(frozen=True)
class Known:
    """The frame of an input's redshifts, and from where it is known."""

    frame: str
    source: str
    column: str
    others: Mapping[str, str]  # frame -> another column of the catalogue that is in it


def look(sight: Sight) -> Iterator[tuple[str, Finding]]:
    """Inputs whose redshifts are in another frame than those of the others."""
    frames = {name: known for name in sight.tables if (known := frame(sight, name)) is not None}
    for name, known in frames.items():
        if known.frame == "heliocentric":
            continue
        others = {other: one.frame for other, one in frames.items() if one.frame != known.frame}
        unknown = [other for other in sight.tables if other not in frames]
        if not others and not (unknown and SPEEDS[known.frame] / LIGHT > LARGE):
            continue
        most = max((SPEEDS[one] for one in others.values()), default=0.0)
        apart = (SPEEDS[known.frame] + most) / LIGHT
        column = known.others.get("heliocentric")
        fixes = [set_columns(sight.recipe, name, {"z": column}, f"Use '{column}'")] if column else []
        if not column and known.frame == "CMB":
            fixes = [_converted(sight, name)]
        yield (
            name,
            Finding(
                "warning" if apart > LARGE else "note",
                f"'{name}': its redshifts ('{known.column}') are {MEANS[known.frame]} ({known.source}); "
                f"{_against(others, unknown)}. The same galaxy differs by up to {apart:.1e} in |dz|/(1+z).",
                _remedy(column, known.frame) + (" Combine tells redshifts apart at 0.001." * (apart > LARGE)),
                name,
                code=CODE,
                fixes=fixes,
            ),
        )


def _remedy(column: str | None, frame_: str) -> str:
    if column:
        return f"Map the heliocentric ones: columns: {{z: {column}}}."
    if frame_ == "CMB":
        return "Map a column of heliocentric redshifts, or have them converted (convert: {z: cmb})."
    return "Map a column of heliocentric redshifts, or convert them in the catalogue."


def _asked(sight: Sight, name: str) -> list[str]:
    """How the recipe has an input's redshifts converted."""
    asked = (sight.recipe.inputs[name].spec.get("convert") or {}).get("z") or []
    return [asked] if isinstance(asked, str) else list(asked)


def _converted(sight: Sight, name: str) -> Fix:
    asked = [*_asked(sight, name), "cmb"]
    value = asked if len(asked) > 1 else asked[0]
    edit = {"op": "set", "path": ["inputs", name, "convert", "z"], "value": value}
    return Fix("Convert them to heliocentric ones (the Sun's motion by Planck 2018)", [edit])


def _against(others: Mapping[str, str], unknown: list[str]) -> str:
    said = [f"those of '{other}' are {MEANS[one]}" for other, one in list(others.items())[:3]]
    if not said:
        shown = ", ".join(f"'{one}'" for one in unknown[:3])
        return f"the frame of {shown} is not known, and mostly it is the heliocentric one"
    return ", ".join(said) + (f", and of {len(others) - 3} more" if len(others) > 3 else "")


def frame(sight: Sight, name: str) -> Known | None:
    """The frame of an input's redshifts: by the column's name or description, else as the registry says; None
    where nobody says."""
    table = sight.tables[name]
    if "redshift" not in table.column_names:
        return None
    column = source_column(table, "redshift") or "redshift"
    if "cmb" in _asked(sight, name):
        return Known("heliocentric", "converted", column, {})
    entry = _entry(sight, name)
    listed = {} if entry is None else _listed(entry.frame.z_frame)
    others = {frame: one for one, frame in listed.items() if one in table.column_names}
    for frame_, pattern in NAMES:
        if pattern.search(column):
            return Known(frame_, "by its name", column, others)
    if column in listed:
        return Known(listed[column], _registry(entry), column, others)
    words = described(table, "redshift").removeprefix(column)
    for frame_, pattern in WORDS:
        if pattern.search(words):
            return Known(frame_, "by its description", column, others)
    if entry is not None and not listed:
        for frame_, pattern in WORDS:
            if pattern.search(entry.frame.z_frame):
                return Known(frame_, _registry(entry), column, others)
    return None


def _registry(entry: Any) -> str:
    sure = "" if entry.frame.confidence == "verified" else f", {entry.frame.confidence}"
    return f"registry: '{entry.id}'{sure}"


def _listed(words: str) -> dict[str, str]:
    """Column -> frame, where the registry names both: observed (Z) and heliocentric (ZHELIO)."""
    found = {}
    for said, columns in LISTED.findall(words):
        frame_ = "observed" if "observed" in said.lower() else None
        frame_ = next((one for one, pattern in WORDS if pattern.search(said)), frame_)
        if frame_:
            found |= {one.strip(): frame_ for one in columns.split(",")}
    return found


def _entry(sight: Sight, name: str) -> Entry | None:
    """The registry's entry of an input: by its source, else by its survey if there is but one of it."""
    from pz_tsm.sources import registry

    spec = sight.recipe.inputs[name].spec
    known = registry.known(spec.get("from"))
    if known is not None:
        return known[0]
    survey = spec.get("survey") or _only(sight.tables[name], "survey")
    found = [one for one in registry.collected()[0] if survey and one.survey == survey]
    return found[0] if len(found) == 1 else None


def _only(table: pa.Table, column: str) -> str | None:
    """The one value of a column of text; None where there are several."""
    import pyarrow.compute as pc

    if column not in table.column_names:
        return None
    values = pc.unique(table[column]).drop_null().to_pylist()
    return values[0] if len(values) == 1 and isinstance(values[0], str) else None
