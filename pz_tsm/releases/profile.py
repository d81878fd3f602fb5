"""What is known of a release of an object catalogue, as data: the model of a profile."""

from __future__ import annotations

import hashlib
import json
import re
import string
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from pz_tsm.releases.presets import Preset

FORMAT = "tsm-release/1"
DOI = re.compile(r"10\.\d{4,9}/\S+")


def _text(value: Any) -> Any:
    """DOIs and the like that YAML may take for numbers are refused, in words."""
    if value is not None and not isinstance(value, str):
        raise ValueError(f"a text is expected, not {value!r}; put it in quotation marks")
    return value


def _template(value: str) -> str:
    names = {name for _, name, _, _ in string.Formatter().parse(value) if name is not None}
    if "band" not in names or names - {"band", "flux"}:
        raise ValueError(f"'{value}' must name {{band}}, and {{flux}} if it wants, as {{band}}_{{flux}}Flux")
    return value


def _doi(value: str) -> str:
    if not DOI.fullmatch(value):
        raise ValueError(f"'{value}' is no DOI, such as 10.71929/rubin/2570308 (without https://doi.org/)")
    return value


Text = Annotated[str, BeforeValidator(_text)]
Name = Annotated[Text, Field(min_length=1)]
Template = Annotated[Text, AfterValidator(_template)]
Doi = Annotated[Text, AfterValidator(_doi)]


class Stored(BaseModel):
    """What was done to photometry before it was put into the catalogue."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dereddened: bool = Field(False, description="Corrected for the Milky Way's dust already.")
    dust_map: Text | None = Field(None, description="By which map; the profile's if not said.")
    offset: Text | None = Field(None, description="Name of the zero-point offsets that are in already.")


class Profile(BaseModel):
    """What a release's object table means. Bands are in order of wavelength; A_b is in mag for each mag of
    E(B-V); ``zeropoint`` is the magnitude of a flux of 1 in the table's unit (31.4 for nJy)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    title: Name
    access: Literal["public", "rubin-data-rights"]
    id: Name
    ra: Name
    dec: Name
    bands: tuple[Name, ...] = Field(min_length=1)
    fluxes: tuple[Name, ...] = Field(min_length=1)
    default_fluxes: tuple[Name, ...] = ()
    flux_template: Template = "{band}_{flux}Flux"
    err_template: Template = "{band}_{flux}FluxErr"
    mag_template: Template = "{band}_{flux}Mag"
    mag_err_template: Template = "{band}_{flux}MagErr"
    zeropoint: float = Field(31.4, ge=0, le=60)
    flux_unit: Name = "nJy"
    a_over_ebv: dict[Name, Annotated[float, Field(ge=0, le=20)]] = {}
    ebv: Name = "ebv"
    dust_map: Name = "SFD98"
    primary: Text | None = None
    position_errors: tuple[Name, ...] = Field((), description="Columns of 1-sigma errors in degrees.")
    extra: tuple[Name, ...] = ()
    ab_offsets: dict[Name, dict[Name, Annotated[float, Field(ge=-5, le=5)]]] = {}
    stored_flux: Stored = Stored()
    stored_mag: Stored = Stored()
    hats: Text | None = Field(None, description="Folder of the catalogue; from the profile's own on.")
    presets: dict[Name, Preset] = {}
    rows: int | None = Field(None, ge=0)
    table: Text | None = None
    catalog_tag: Name = "lsst_gaap_1p0"
    doi: dict[Name, Doi] = {}
    facility: tuple[Name, ...] = ()
    object_prefix: Text = ""
    footprint: Text = ""
    caveats: tuple[Name, ...] = ()
    bibtex: dict[Name, Text] = {}

    @model_validator(mode="after")
    def _bands_and_fluxes(self) -> Profile:
        for name in self.default_fluxes:
            if name not in self.fluxes:
                raise ValueError(f"'{name}' of default_fluxes is none of fluxes ({', '.join(self.fluxes)})")
        for key in ("flux_template", "err_template", "mag_template", "mag_err_template"):
            if len(self.fluxes) > 1 and "{flux}" not in getattr(self, key):
                raise ValueError(f"{key} must name {{flux}}, as there are several fluxes")
        sets = {"a_over_ebv": self.a_over_ebv, **{f"ab_offsets {k}": v for k, v in self.ab_offsets.items()}}
        for key, values in sets.items():
            for band in values:
                if band not in self.bands:
                    raise ValueError(f"'{band}' of {key} is none of bands ({', '.join(self.bands)})")
        return self

    def flux(self, band: str, flux: str) -> str:
        return self.flux_template.format(band=band, flux=flux)

    def flux_err(self, band: str, flux: str) -> str:
        return self.err_template.format(band=band, flux=flux)

    def mag(self, band: str, flux: str) -> str:
        return self.mag_template.format(band=band, flux=flux)

    def mag_err(self, band: str, flux: str) -> str:
        return self.mag_err_template.format(band=band, flux=flux)

    def to_dict(self) -> dict[str, Any]:
        """JSON; ``from_dict`` reads it back. Tables carry it, so that later steps need no file. Where the
        catalogue stands on one machine is left out."""
        return self.model_dump(mode="json", exclude={"hats"})

    @property
    def sha256(self) -> str:
        """Of its content: what a lock pins."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Profile:
        """From a table's metadata; what another version of this package wrote besides is left aside."""
        return cls.model_validate({key: value for key, value in values.items() if key in cls.model_fields})
