"""Entries of the registry as the panel reads them: each fact with how far it can be trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pz_tsm.engine.local import registry_models as models
from pz_tsm.sources.registry import Access, Entry
from pz_tsm.sources.registry.footprint import touches

# centres: dp1.lsst.io and SITCOMTN-154; DP2's deep fields: RTN-124. Radii: what their visits reach, about
FIELDS: dict[str, tuple[tuple[str, float, float, float], ...]] = {
    "dp1": (
        ("47 Tuc", 6.02, -72.08, 0.8),
        ("Low Ecliptic Latitude", 37.86, 6.98, 0.8),
        ("Fornax dSph", 40.0, -34.45, 0.8),
        ("ECDFS", 53.13, -28.1, 0.8),
        ("EDFS", 59.1, -48.73, 0.8),
        ("Low Galactic Latitude", 95.0, -25.0, 0.8),
        ("Seagull", 106.23, -10.51, 0.8),
    ),
    "dp2": (
        ("ELAIS-S1", 9.5, -44.0, 1.8),
        ("XMM-LSS", 35.6, -4.8, 1.8),
        ("ECDFS", 53.0, -28.1, 1.8),
        ("EDFS a", 59.2, -49.2, 1.8),
        ("EDFS b", 63.2, -47.8, 1.8),
        ("COSMOS", 150.1, 2.1, 1.8),
    ),
}
NOTES = {"dp2": "Of DP2 only the deep fields are drawn and offered: the wide area's outline is not known."}


def releases() -> list[models.RegistryRelease]:
    """The releases that catalogues are compared with."""
    from pz_tsm.releases import profile

    return [
        models.RegistryRelease(
            name=name, title=profile(name).title, fields=fields_of(name), note=NOTES.get(name)
        )
        for name in FIELDS
    ]


def fields_of(release: str) -> list[models.ReleaseField]:
    return [
        models.ReleaseField(name=name, ra=ra, dec=dec, radius_deg=radius)
        for name, ra, dec, radius in FIELDS[release]
    ]


def brief(entry: Entry, unknown: Sequence[str] = ()) -> models.Brief:
    """A line of the list."""
    return models.Brief(**_brief(entry, unknown))


def full(entry: Entry) -> models.Entry:
    """The page of an entry."""
    flags, reference = entry.flags, entry.reference
    return models.Entry(
        **_brief(entry, ()),
        reference=models.Reference(
            text=reference.text,
            bibcode=reference.bibcode,
            doi=reference.doi,
            confidence=reference.confidence,
        ),
        ways=[_way(one) for one in entry.access],
        no_access=entry.no_access,
        coordinates=_coordinates(entry),
        z_frame=_z_frame(entry),
        flags=models.Flags(
            meaning=flags.meaning,
            confidence=flags.confidence,
            status=flags.status,
            pack=flags.pack,
            note=flags.note,
            rules=[models.FlagMeaning(**one.model_dump(by_alias=True)) for one in flags.rules],
        ),
        object_type=_said(entry.object_type),
        caveats=[_said(one) for one in entry.caveats],
        citation=_said(entry.citation),
        acknowledgement=_said(entry.acknowledgement),
        licence=_said(entry.licence),
        bibtex=_bibtex(entry),
        overlaps=None if entry.footprint is None else {name: _overlaps(entry, name) for name in FIELDS},
    )


def _brief(entry: Entry, unknown: Sequence[str]) -> dict[str, Any]:
    matches = {name: getattr(entry.matches, name) for name in FIELDS}
    return {
        "id": entry.id,
        "name": entry.name,
        "survey": entry.survey,
        "type": entry.type,
        "rows": _fact(entry.rows),
        "z_range": _fact(entry.z_range),
        "area_deg2": _fact(entry.area_deg2),
        "fields": entry.fields,
        "access": list(dict.fromkeys(one.kind for one in entry.access if one.source is not None)),
        "rules": entry.flags.status,
        "footprint": None if entry.footprint is None else [_shape(one) for one in entry.footprint],
        "matches": {name: _as(entry.matches, n) for name, n in matches.items() if n is not None},
        "unverified": sum(one == "unverified" for one in _confidences(entry)),
        "unknown": list(unknown),
        "own": entry.origin if entry.own else None,
    }


def _confidences(entry: Entry) -> Iterator[str]:
    """Of every fact that a page shows."""
    yield entry.reference.confidence
    for one in (entry.rows, entry.area_deg2, entry.z_range):
        if _fact(one) is not None:
            yield one.confidence
    for said in (entry.object_type, entry.citation, entry.acknowledgement, entry.licence, *entry.caveats):
        if said is not None:
            yield said.confidence
    for text in (entry.frame.coords, entry.frame.z_frame):
        if text != "unknown":
            yield entry.frame.confidence
    for name in FIELDS:
        if getattr(entry.matches, name) is not None:
            yield entry.matches.confidence
    if entry.flags.meaning:
        yield entry.flags.confidence
    for way in entry.access:
        yield way.confidence
        if way.columns:
            yield way.columns_confidence


def _as(stated: Any, value: Any) -> models.Fact:
    return models.Fact(value=value, confidence=stated.confidence, source=stated.source, note=stated.note)


def _fact(stated: Any) -> models.Fact | None:
    """A stated value; null where it is not known."""
    if stated is None or stated.value is None:
        return None
    return _as(stated, list(stated.value) if isinstance(stated.value, tuple) else stated.value)


def _said(said: Any) -> models.Fact | None:
    return None if said is None else _as(said, said.text)


def _coordinates(entry: Entry) -> models.Fact | None:
    frame = entry.frame
    if frame.coords == "unknown":
        return None
    return models.Fact(value=frame.coords, confidence=frame.confidence, source=frame.source)


def _z_frame(entry: Entry) -> models.Fact | None:
    """With what is said of it though it is not known: that nobody knows is no fact that can be doubted."""
    frame = entry.frame
    if frame.z_frame != "unknown":
        return _as(frame, frame.z_frame)
    return models.Fact(value="not known", confidence="verified", note=frame.note) if frame.note else None


def _shape(shape: Any) -> models.Circle | models.Box:
    said = shape.model_dump(include={"name", "ra", "dec", "radius_deg"})
    return (models.Circle if "radius_deg" in said else models.Box)(**said)


def _overlaps(entry: Entry, release: str) -> list[models.ReleaseField]:
    fields = fields_of(release)
    return [one for one in fields if touches(entry.footprint, one.ra, one.dec, one.radius_deg)]


def _way(access: Access) -> models.Way:
    return models.Way(
        kind=access.kind,
        part=access.part,
        source=access.source,
        columns=access.columns,
        columns_confidence=access.columns_confidence,
        columns_note=access.columns_note,
        converts=access.convert,
        page=access.page,
        file=access.file,
        size=access.size,
        rows=access.rows,
        note=access.note,
        confidence=access.confidence,
    )


def _bibtex(entry: Entry) -> str | None:
    """The paper that its reference names; null where it has no identifier."""
    from pz_tsm.bundle.cite import Survey, papers

    reference = entry.reference
    code = reference.bibcode
    if code is None:
        if reference.doi is None:
            return None
        return f"@misc{{{entry.id},\n  note = {{{reference.text}}},\n  doi = {{{reference.doi}}}\n}}\n"
    eprint = re.fullmatch(r"\d{4}arXiv(\d{4})(\d{5})\w", code)
    named = f"arXiv:{eprint[1]}.{eprint[2]}" if eprint else code
    text = f"{reference.text.split(',')[0]} {named}"
    made = "\n".join(dict(papers(Survey(entry.name, 0, 0, {}, text, None))).values())
    first = re.match(r"([^(;]+?) et al\.? \d{4}", reference.text)
    if first:  # all of the name: van der Wel
        made = re.sub(r"author = \{.*\}", lambda _: f"author = {{{first[1]} and others}}", made, count=1)
    return made or None
