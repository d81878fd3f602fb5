"""What the registry says of a catalogue of redshifts: models that check it, with words a person can act on.

Every fact says how sure it is (``confidence``) and where it is from; what nobody has checked is
``unverified``, here and on the screen.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

FORMAT = "tsm-registry/1"
SHIPPED = "pz-tsm"  # the origin of entries that come with the product
KINDS = ("vizier", "tap", "sdss", "url", "file", "pzserver")  # of sources that a recipe can name
ROLES = ("id", "ra", "dec", "z", "z_err", "z_flag", "class")
Confidence = Literal["verified", "seen", "seen-once", "unverified"]
MEANING = {
    "verified": "read in the source that is named",
    "seen": "used by two or more independent public codes",
    "seen-once": "used by one public code",
    "unverified": "nobody has checked it: look before you rely on it",
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _known_fields(cls, value: Any) -> Any:
        if isinstance(value, dict):
            known = [field.alias or name for name, field in cls.model_fields.items()]
            for key in value:
                if key not in known and key not in cls.model_fields:
                    from pz_tsm.expr import nearest

                    close = nearest(str(key), known, n=1)
                    hint = f"did you mean '{close[0]}'? " if close else ""
                    raise ValueError(f"there is no field '{key}' here; {hint}Known: {', '.join(known)}")
        return value


class Stated(_Strict):
    """How sure something is, and where it is from."""

    confidence: Confidence = "unverified"
    source: str | None = Field(None, description="Where the fact is from.")
    note: str | None = None


class Said(Stated):
    """A statement in words; a bare text is unverified."""

    text: str = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value


class Count(Stated):
    value: int | None = Field(None, ge=0)


class Area(Stated):
    value: float = Field(gt=0)


class RedshiftRange(Stated):
    value: tuple[float, float]

    @field_validator("value")
    @classmethod
    def _rising(cls, value: tuple[float, float]) -> tuple[float, float]:
        if value[0] > value[1]:
            raise ValueError("the lowest redshift comes first")
        return value


class Reference(Stated):
    text: str = Field(min_length=1)
    bibcode: str | None = Field(None, pattern=r"^\d{4}[A-Za-z&.\d]{14}[A-Z.]$")
    doi: str | None = Field(None, pattern=r"^10\.\d{4,9}/\S+$")


class Frame(Stated):
    coords: str = "unknown"
    z_frame: str = Field("unknown", description="Heliocentric, observed, ...: of the redshift.")


class FlagMeaning(_Strict):
    """One rule of a pack: what a flag becomes on the common scale."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    when: str
    is_: int | None = Field(None, alias="is")
    meaning: str | None = None


class Flags(Stated):
    """What the survey's own flags mean; ``status``, ``pack``, ``needs``, ``rules`` are the rule packs'."""

    meaning: str | None = Field(None, description="In plain words; null where it is not known.")
    status: Literal["checked", "proposed", "none"] = Field("none", description="Of the rules in the pack.")
    pack: str | None = Field(None, description="The rule pack and its version.")
    needs: list[str] = Field([], description="Columns that the rules read besides the survey's flag.")
    rules: list[FlagMeaning] = []


class Matches(Stated):
    """How many rows were matched to objects of a release: how useful the catalogue is there."""

    dp1: int | None = Field(None, ge=0)
    dp2: int | None = Field(None, ge=0)


class Circle(Stated):
    """Degrees, ICRS."""

    name: str | None = None
    ra: float = Field(ge=0, le=360)
    dec: float = Field(ge=-90, le=90)
    radius_deg: float = Field(gt=0, le=180)


class Box(Stated):
    """Degrees, ICRS. ``ra`` eastwards from the first to the second, through 0 if the first is larger."""

    name: str | None = None
    ra: tuple[Annotated[float, Field(ge=0, le=360)], Annotated[float, Field(ge=0, le=360)]]
    dec: tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-90, le=90)]]

    @field_validator("dec")
    @classmethod
    def _rising(cls, value: tuple[float, float]) -> tuple[float, float]:
        if value[0] > value[1]:
            raise ValueError("the southern declination comes first")
        return value


def _shape(value: Any) -> Any:
    """A circle or a box, so that an error names the field and not the branches of a union."""
    if not isinstance(value, dict):
        return value
    try:
        return (Circle if "radius_deg" in value else Box).model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = " ".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"{place}: {said}" if place else said) from None


def _names(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def web_address(value: str | None) -> str | None:
    """The address; ValueError unless it is one of http(s) with a host."""
    if value is not None:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or "." not in parts.netloc or re.search(r"\s", value):
            raise ValueError(f"'{value}' is no web address; it begins with https://")
    return value


class Access(_Strict):
    """A way to the catalogue. ``source`` is what a recipe writes under ``from:``."""

    kind: Literal["vizier", "tap", "sdss", "url", "file", "pzserver", "other"]
    source: dict[str, Any] | None = None
    part: str | None = Field(None, description="Which part of the catalogue, where this is not all of it.")
    page: str | None = Field(None, description="A web page on it.")
    file: str | None = Field(None, description="The file's name there.")
    size: str | None = None
    rows: int | None = Field(None, ge=0)
    columns: dict[str, Annotated[list[str], BeforeValidator(_names)]] = Field(
        {}, description="For each role the names of the column; the first that is there is taken."
    )
    others: list[str] = Field([], description="Other columns that are worth having.")
    convert: dict[str, str | list[str]] = Field(
        {}, description="Conversions as in a recipe, such as z: velocity_km_s."
    )
    columns_confidence: Confidence = "unverified"
    columns_source: str | None = None
    columns_note: str | None = None
    note: str | None = None
    confidence: Confidence = "unverified"
    known_from: str | None = Field(None, description="Where it is known from that this is a way to it.")

    @model_validator(mode="before")
    @classmethod
    def _kind(cls, value: Any) -> Any:
        if isinstance(value, dict) and "kind" not in value:
            source = value.get("source")
            if source is None:
                raise ValueError("an access names its 'source', or says kind: other")
            kinds = [kind for kind in KINDS if isinstance(source, dict) and kind in source]
            if len(kinds) != 1:
                raise ValueError(f"'source' names one of {', '.join(KINDS)}")
            return {"kind": kinds[0], **value}
        return value

    @field_validator("columns")
    @classmethod
    def _roles(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        for role, names in value.items():
            if role not in ROLES:
                from pz_tsm.expr import nearest

                close = nearest(role, ROLES, n=1)
                hint = f"did you mean '{close[0]}'? " if close else ""
                raise ValueError(f"there is no role '{role}'; {hint}Roles: {', '.join(ROLES)}")
            if not names or not all(name.strip() for name in names):
                raise ValueError(f"role '{role}' has no column")
        return value

    @field_validator("page")
    @classmethod
    def _page(cls, value: str | None) -> str | None:
        return web_address(value)

    @model_validator(mode="after")
    def _fits(self) -> Access:
        if (self.kind == "other") != (self.source is None):
            raise ValueError("an access of kind 'other' has no 'source', any other has one")
        if self.source is not None and self.kind not in self.source:
            raise ValueError(f"kind is '{self.kind}', but 'source' does not name it")
        if self.kind == "url":
            given = self.source["url"]
            web_address(given.get("address") if isinstance(given, dict) else given)
        if self.kind == "other" and not (self.page or self.file or self.note):
            raise ValueError(
                "an access of kind 'other' names a page or a file, or says in a note what is known"
            )
        return self


class Entry(_Strict):
    """A public catalogue of redshifts."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    name: str = Field(min_length=1)
    survey: str | None = Field(None, description="As the rule packs call it; null if none has rules for it.")
    type: Literal["s", "g", "p"] = Field(description="s spectra, g grism or prism, p photometry.")
    reference: Reference
    access: list[Access] = []
    no_access: str | None = Field(None, description="Why there is no way to it.")
    rows: Count | None = None
    area_deg2: Area | None = None
    z_range: RedshiftRange | None = None
    frame: Frame = Frame()
    flags: Flags = Flags()
    object_type: Said | None = None
    fields: list[str] = []
    footprint: list[Annotated[Circle | Box, BeforeValidator(_shape)]] | None = Field(
        None, description="Null where it is not known. Rough: circles and boxes around the fields."
    )
    matches: Matches = Matches()
    caveats: list[Said] = []
    citation: Said | None = None
    acknowledgement: Said | None = None
    licence: Said | None = None

    _origin: str = PrivateAttr(SHIPPED)

    @model_validator(mode="after")
    def _way(self) -> Entry:
        if not self.access and not self.no_access:
            raise ValueError("an entry has an 'access', or says in 'no_access' why there is none")
        return self

    @property
    def origin(self) -> str:
        """``pz-tsm``, or the file, address or product that the entry is from."""
        return self._origin

    @property
    def own(self) -> bool:
        """Whether it is from a user's or a group's own file."""
        return self._origin != SHIPPED

    @property
    def cite(self) -> str:
        """What to cite."""
        return self.citation.text if self.citation else self.reference.text

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values, with ``origin``."""
        return {**self.model_dump(mode="json", by_alias=True), "origin": self.origin, "own": self.own}

    def recipe_input(
        self,
        access: int = 0,
        *,
        region: Any = None,
        columns: list[str] | None = None,
        found: list[str] | None = None,
    ) -> dict[str, Any]:
        """The input of a recipe that reads it: see ``registry.recipe_input``."""
        from pz_tsm.sources.registry.recipes import recipe_input

        return recipe_input(self, access, region=region, columns=columns, found=found)


class OwnFile(_Strict):
    """Entries of a user or a group: a file in YAML or JSON."""

    format: Literal["tsm-registry/1"]
    entries: list[Entry]
