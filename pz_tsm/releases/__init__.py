"""Releases of object catalogues: what is known of each (a profile, as data) and where its catalogue
stands."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.releases import presets
from pz_tsm.releases.presets import Preset, fragments
from pz_tsm.releases.profile import Profile, Stored

__all__ = [
    "Preset",
    "Profile",
    "Release",
    "Stored",
    "check",
    "fragments",
    "locations",
    "names",
    "of_table",
    "presets",
    "profile",
    "resolve",
]

HERE = Path(__file__).parent
YAML_ENDS = (".yaml", ".yml")
PLACES = (
    "PZ_TSM_RELEASES"  # JSON {name: path} or {name: {hats, profile}}, or a folder with one folder a release
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
    return [path.stem for path in sorted(HERE.glob("*.yaml")) if path.stem not in ("unnamed", "presets")]


def of_table(schema: Any) -> Profile | None:
    """The profile of the release that a table was matched to; None if it was not."""
    text = (schema.metadata or {}).get(b"tsm:release")
    return Profile.from_dict(json.loads(text)["profile_data"]) if text else None


def profile(name: str) -> Profile:
    """The shipped profile of that name (any case), or the one in a YAML file; TsmError lists the known
    ones, or names the line of the file that is wrong."""
    own = name.endswith(YAML_ENDS)
    path = Path(name) if own else HERE / f"{name.lower()}.yaml"
    if not path.is_file() or (not own and name.lower() not in (*names(), "unnamed")):
        raise TsmError(
            f"There is no release profile '{name}'.",
            remedy=f"Known profiles: {', '.join(names())}; or name a YAML file.",
            where=name,
        )
    stat = path.stat()
    return _read(path, stat.st_mtime_ns, stat.st_size)


def check(path: Path | str) -> list[str]:
    """What is wrong with a profile of one's own, in sentences with line and field; empty if nothing is."""
    from pz_tsm.releases.files import problems

    return problems(Path(path))


def resolve(spec: str | dict[str, Any], base: Path = Path()) -> Release:
    """The release that a recipe names: a known name, the folder of a HATS catalogue, a profile's YAML file,
    or ``{hats, profile}``.

    Relative folders start at ``base``; the folder that a profile names starts at the profile's own.
    """
    if isinstance(spec, dict):
        for key in spec:
            if key not in ("hats", "profile", "name"):
                raise TsmError(
                    f"A release knows no '{key}'.", remedy="It knows: hats, profile, name.", where="release"
                )
        named = spec.get("profile")
        if not spec.get("hats"):
            if not named:
                raise TsmError("The release needs 'hats' (a folder) or 'profile' (a name).", where="release")
            found = resolve(named, base)
            return replace(found, name=spec["name"]) if spec.get("name") else found
        path = _folder(spec["hats"], base)
        chosen = named or _declared(path)
        known = profile(_local(chosen, base)) if chosen else profile("unnamed")
        name = spec.get("name") or (known.name if chosen else path.name)
        return Release(name, known, path, assumed=chosen is None)
    if spec.endswith(YAML_ENDS):
        return _of_file(_folder(spec, base))
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


def _of_file(path: Path) -> Release:
    known = profile(str(path))
    if known.hats is None:
        raise TsmError(
            f"The release profile {path.name} does not say where its catalogue stands.",
            remedy=f"Write release: {{hats: FOLDER, profile: {path.name}}}, or hats: FOLDER in the profile.",
            where=path.name,
        )
    return Release(known.name, known, _folder(known.hats, path.parent))


def _folder(text: str | Path, base: Path) -> Path:
    path = Path(text).expanduser()
    return path if path.is_absolute() else base / path


def _local(name: str, base: Path) -> str:
    return str(_folder(name, base)) if name.endswith(YAML_ENDS) else name


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


@cache
def _read(path: Path, mtime: int, size: int) -> Profile:
    from pz_tsm.releases.files import read

    return read(path)
