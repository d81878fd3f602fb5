"""Releases of object catalogues: what is known of each (a profile, as data) and where its catalogue
stands."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError

HERE = Path(__file__).parent
PLACES = (
    "PZ_TSM_RELEASES"  # JSON {name: path} or {name: {hats, profile}}, or a folder with one folder a release
)


@dataclass(frozen=True)
class Profile:
    """What a release's object table means. Bands are in order of wavelength; A_b is in mag for each mag of
    E(B-V)."""

    name: str
    title: str
    access: str
    id: str
    ra: str
    dec: str
    bands: tuple[str, ...]
    fluxes: tuple[str, ...]
    default_fluxes: tuple[str, ...]
    flux_template: str
    err_template: str
    mag_template: str
    mag_err_template: str
    zeropoint: float
    a_over_ebv: dict[str, float]
    ebv: str = "ebv"
    dust_map: str = "SFD98"
    primary: str | None = None
    extra: tuple[str, ...] = ()
    ab_offsets: dict[str, dict[str, float]] = field(default_factory=dict)
    rows: int | None = None
    table: str | None = None
    catalog_tag: str = "lsst_gaap_1p0"
    doi: dict[str, str] = field(default_factory=dict)
    facility: tuple[str, ...] = ()
    object_prefix: str = ""
    footprint: str = ""
    caveats: tuple[str, ...] = ()
    bibtex: dict[str, str] = field(default_factory=dict)

    def flux(self, band: str, flux: str) -> str:
        return self.flux_template.format(band=band, flux=flux)

    def flux_err(self, band: str, flux: str) -> str:
        return self.err_template.format(band=band, flux=flux)

    def mag(self, band: str, flux: str) -> str:
        return self.mag_template.format(band=band, flux=flux)

    def mag_err(self, band: str, flux: str) -> str:
        return self.mag_err_template.format(band=band, flux=flux)

    def to_dict(self) -> dict[str, Any]:
        """JSON; ``from_dict`` reads it back. Tables carry it, so that later steps need no file."""
        return asdict(self)

    @property
    def sha256(self) -> str:
        """Of its content: what a lock pins."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Profile:
        return cls(
            **{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
        )


@dataclass(frozen=True)
class Release:
    """A release as a recipe names it: its name in the result, its profile, and its catalogue's folder."""

    name: str
    profile: Profile
    path: Path
    assumed: bool = False  # nobody named the profile


def names() -> list[str]:
    """Names of the shipped profiles that a recipe may give."""
    return [path.stem for path in sorted(HERE.glob("*.yaml")) if path.stem != "unnamed"]


def of_table(schema: Any) -> Profile | None:
    """The profile of the release that a table was matched to; None if it was not."""
    text = (schema.metadata or {}).get(b"tsm:release")
    return Profile.from_dict(json.loads(text)["profile_data"]) if text else None


@cache
def profile(name: str) -> Profile:
    """The shipped profile of that name (any case), or the one in a YAML file; TsmError lists the known
    ones."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else HERE / f"{name.lower()}.yaml"
    if not path.is_file():
        raise TsmError(
            f"There is no release profile '{name}'.",
            remedy=f"Known profiles: {', '.join(names())}.",
            where=name,
        )
    return _read(path)


def resolve(spec: str | dict[str, Any], base: Path = Path()) -> Release:
    """The release that a recipe names: a known name, the folder of a HATS catalogue, or ``{hats, profile}``.

    Relative folders start at ``base``.
    """
    if isinstance(spec, dict):
        named = spec.get("profile")
        if not spec.get("hats"):
            if not named:
                raise TsmError("The release needs 'hats' (a folder) or 'profile' (a name).", where="release")
            return resolve(named, base)
        path = _folder(spec["hats"], base)
        chosen = named or _declared(path)
        known = profile(_local(chosen, base)) if chosen else profile("unnamed")
        name = spec.get("name") or (known.name if chosen else path.name)
        return Release(name, known, path, assumed=chosen is None)
    places = locations()
    if spec.lower() in names() or spec in places:
        place = places.get(spec) or places.get(spec.lower())
        if place is None:
            raise TsmError(
                f"Where the release '{spec}' stands on this machine is not known.",
                remedy=f"Give its folder, for example release: {{hats: PATH, profile: {spec.lower()}}}, "
                f"or set "
                f'{PLACES} to {{"{spec.lower()}": "PATH"}}.',
                where=spec,
            )
        merged = dict(place)
        if "profile" not in merged and spec.lower() in names():
            merged["profile"] = spec.lower()
        return resolve({"name": spec.lower(), **merged}, base)
    path = _folder(spec, base)
    if not path.is_dir():
        known = sorted({*names(), *places})
        raise TsmError(
            f"There is no release '{spec}': it is neither a known name nor a folder.",
            remedy=f"Known releases: {', '.join(known)}; or give the folder of a HATS catalogue.",
            where=spec,
        )
    return resolve({"hats": spec}, base)


def locations() -> dict[str, dict[str, Any]]:
    """Where releases stand on this machine, by name: ``{name: {"hats": path, "profile"?: name}}``."""
    text = os.environ.get(PLACES, "").strip()
    if not text:
        return {}
    if text.startswith("{"):
        try:
            found = json.loads(text)
        except ValueError as error:
            raise TsmError(f"{PLACES} is no JSON: {error}.", where=PLACES) from None
        return {name: place if isinstance(place, dict) else {"hats": place} for name, place in found.items()}
    folder = Path(text).expanduser()
    if not folder.is_dir():
        return {}
    from pz_tsm.sources.hats import is_hats

    return {
        path.name: {"hats": str(path)} for path in sorted(folder.iterdir()) if path.is_dir() and is_hats(path)
    }


def _folder(text: str | Path, base: Path) -> Path:
    path = Path(text).expanduser()
    return path if path.is_absolute() else base / path


def _local(name: str, base: Path) -> str:
    return str(_folder(name, base)) if name.endswith((".yaml", ".yml")) else name


def _declared(path: Path) -> str | None:
    """The profile that the catalogue itself declares (property ``tsm_profile``), or whose name it bears."""
    from pz_tsm.sources.hats import COLLECTION, PROPERTIES, read_properties

    for name in (COLLECTION, *PROPERTIES):
        if (path / name).is_file():
            properties = read_properties(path / name)
            if "tsm_profile" in properties:
                return properties["tsm_profile"]
            title = properties.get("obs_collection", "").lower()
            return next((known for known in names() if title.startswith(known)), None)
    return None


def _read(path: Path) -> Profile:
    from ruamel.yaml import YAML

    data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or data.get("format") != "tsm-release/1":
        raise TsmError(f"{path.name} is no release profile (format: tsm-release/1).", where=str(path))
    known = set(Profile.__dataclass_fields__)
    values = {}
    for key, value in data.items():
        if key == "format":
            continue
        if key not in known:
            raise TsmError(f"Release profile {path.name}: unknown key '{key}'.", where=str(path))
        values[key] = value
    try:
        return Profile.from_dict(values)
    except TypeError as error:
        raise TsmError(f"Release profile {path.name} is incomplete: {error}.", where=str(path)) from None
