"""The JSON of ``/local/registry``: public redshift catalogues, each fact with how far it can be trusted."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from pz_tsm.engine.local.models import TableInfo, Trouble

Confidence = Literal["verified", "seen", "seen-once", "unverified"]
Rules = Literal["checked", "proposed", "none"]


class Circle(BaseModel):
    """Degrees, ICRS."""

    name: str | None = None
    ra: float = Field(ge=-360, le=360)
    dec: float = Field(ge=-90, le=90)
    radius_deg: float = Field(gt=0, le=180)


class Box(BaseModel):
    """From and to, in degrees; a first right ascension above the second means that it goes through 0."""

    name: str | None = None
    ra: list[float]
    dec: list[float]


class Fact(BaseModel):
    """A value with its confidence; ``source``: where it was read, ``note``: what else is known of it."""

    value: float | str | list[float]
    confidence: Confidence
    source: str | None = None
    note: str | None = None


class Brief(BaseModel):
    """A catalogue in a list. ``footprint`` is null where it is not known.

    ``access``: the kinds of service that can be asked for it. ``unverified``: how many of its facts are.
    ``own``: the file or product that it comes from, null for those that come with pz-tsm. ``unknown``: what
    was asked for and is not known of it, so that it may fit or not (text, z_range, footprint, rows, matches).
    """

    id: str
    name: str
    survey: str | None
    type: str
    rows: Fact | None
    z_range: Fact | None
    area_deg2: Fact | None
    fields: list[str]
    access: list[str]
    rules: Rules
    footprint: list[Circle | Box] | None
    matches: dict[str, Fact]
    unverified: int
    unknown: list[str]
    own: str | None


class ReleaseField(Circle):
    name: str = ""


class RegistryRelease(BaseModel):
    """A release that catalogues can be compared with; ``note`` says what of it the circles leave out."""

    name: str
    title: str
    fields: list[ReleaseField]
    note: str | None


class Registry(BaseModel):
    """``of``: how many catalogues there are, found or not. ``problems``: own entries that can't be read."""

    entries: list[Brief]
    of: int
    releases: list[RegistryRelease]
    problems: list[Trouble]


class Way(BaseModel):
    """One way to get it. ``source``: the ``from`` of a recipe's input, null where it can't be asked for it.

    ``part``: which part of the catalogue it is. ``columns``: by role, the names that are tried, in this
    order; ``page`` and ``file``: where a browser finds it. ``size``: in words. ``converts``: by role, what
    is converted when it is read.
    """

    kind: str
    part: str | None
    source: dict[str, Any] | None
    columns: dict[str, list[str]]
    columns_confidence: Confidence
    columns_note: str | None
    converts: dict[str, str]
    page: str | None
    file: str | None
    size: str | None
    rows: int | None
    note: str | None
    confidence: Confidence


class FlagMeaning(BaseModel):
    """A rule of the survey's: what it means by a flag, and what that is on the common scale."""

    when: str
    is_: int | None = Field(alias="is")
    meaning: str | None


class Flags(BaseModel):
    """``pack``: the rule pack that has rules for the survey."""

    meaning: str | None
    confidence: Confidence
    status: Rules
    pack: str | None
    note: str | None
    rules: list[FlagMeaning]


class Reference(BaseModel):
    text: str
    bibcode: str | None
    doi: str | None
    confidence: Confidence


class Entry(Brief):
    """All that is known of a catalogue. ``bibtex``: made of the reference, null where that has no identifier.

    ``overlaps``: the fields of each release that its footprint touches; null where that is not known.
    """

    reference: Reference | None
    ways: list[Way]
    no_access: str | None
    coordinates: Fact | None
    z_frame: Fact | None
    flags: Flags
    object_type: Fact | None
    caveats: list[Fact]
    citation: Fact | None
    acknowledgement: Fact | None
    licence: Fact | None
    bibtex: str | None
    overlaps: dict[str, list[ReleaseField]] | None


class Wanted(BaseModel):
    """Which catalogue, by which of its ways, and what of it."""

    entry: str
    access: int = Field(0, ge=0)
    region: Circle | None = None
    columns: Literal["needed", "all"] = "needed"


class WantedFile(Wanted):
    """``folder``: where the file goes (absolute)."""

    folder: str


class RegistryInput(BaseModel):
    """An input of a recipe: what stands after its name."""

    input: dict[str, Any]
    name: str


class Counted(BaseModel):
    """Null where the service does not tell; ``exact``: counted there, not estimated."""

    rows: int | None
    bytes: int | None
    exact: bool
    columns: int | None = None


class Previewed(BaseModel):
    """``changes``: columns that the service calls otherwise than the registry, and such, in words."""

    table: TableInfo
    changes: list[str]


class ArchiveDownload(BaseModel):
    """``fraction`` from 0 to 1, null where it is not known; ``path`` once the file is there; ``created`` and
    ``ended``: times, UTC."""

    id: str
    entry: str
    name: str
    created: str
    ended: str | None
    state: Literal["running", "done", "failed", "stopped"]
    fraction: float | None
    message: str
    rows: int | None
    bytes: int | None
    path: str | None
    trouble: Trouble | None


class ArchiveDownloads(BaseModel):
    downloads: list[ArchiveDownload]
