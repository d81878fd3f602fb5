"""A recipe moved to another release: what does not exist there, and what is another there."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import releases
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Finding

if TYPE_CHECKING:
    from pz_tsm.recipe.model import Recipe
    from pz_tsm.releases import Profile
    from pz_tsm.sources.hats import Catalogue

NAME = re.compile(r"[A-Za-z_]\w*")
KINDS = ("flux", "flux_err", "mag", "mag_err")


@dataclass
class Moved:
    """``recipe``: for the other release; ``findings``: errors are what does not exist there, notes what
    changed. ``located``: whether this machine has its catalogue, so that the recipe can be planned."""

    recipe: Recipe
    old: Profile
    new: Profile
    findings: list[Finding]
    located: bool

    @property
    def ok(self) -> bool:
        return not any(one.level == "error" for one in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """As JSON: ``missing`` is what the recipe names and the new release has not, ``changed`` what is
        another thing there."""
        return {
            "old": {"name": self.old.name, "title": self.old.title},
            "new": {"name": self.new.name, "title": self.new.title},
            "located": self.located,
            "missing": [one.to_dict() for one in self.findings if one.level == "error"],
            "changed": [one.to_dict() for one in self.findings if one.level != "error"],
        }


def move(recipe: Recipe, to: str | dict[str, Any], base: Path | str = ".") -> Moved:
    """The recipe with ``to`` as the release of its match: a name (dp2), a folder, a profile's file, or {hats,
    profile}. TsmError if the recipe has no match, or there is no such release."""
    base = Path(base)
    matches = [step for step in _steps(recipe) if step.op == "match"]
    if not matches:
        raise TsmError("The recipe has no match, and so no release to leave.", where="match")
    old, before = _profile(_release(matches[0]), base)
    new, after = _profile(to, base)
    names = None if after is None else set(after.schema.names)
    found = [
        *_missing(recipe, old, new, names),
        *_changed(recipe, old, new),
        *_extent(old, new, before, after),
    ]
    return Moved(_written(recipe, to), old, new, found, after is not None)


def unheeded(recipe: Recipe, schema: Any) -> list[Finding]:
    """What the release that a table is matched to is known for, and the recipe does not heed."""
    profile = releases.of_table(schema)
    return [] if profile is None else _offsets(recipe, profile)


def _offsets(recipe: Recipe, profile: Profile) -> list[Finding]:
    found = []
    photometry = [step.params for step in _steps(recipe) if step.op == "photometry"]
    for name, values in profile.ab_offsets.items():
        asked = [one.get("offsets", "none") for one in photometry if isinstance(one, dict)]
        if photometry and name not in asked:
            found.append(
                Finding(
                    "note",
                    f"{profile.title} has zero-point offsets '{name}' ({_listed(values)} mag), which no step "
                    "applies.",
                    remedy=f"photometry: {{offsets: {name}}}",
                    where="photometry",
                )
            )
    return found


def _missing(recipe: Recipe, old: Profile, new: Profile, names: set[str] | None) -> Iterator[Finding]:
    """Flux families, bands, columns, presets and offsets that the recipe names and ``new`` has not.
    ``names``: the columns of its catalogue, where it is at hand."""
    meant = {
        getattr(old, kind)(band, flux): (band, flux, kind)
        for kind in KINDS
        for band in old.bands
        for flux in old.fluxes
    }
    signal = {f"{band}_snr": band for band in old.bands}
    told: set[str] = set()
    for word, where in _words(recipe):
        if word in told:
            continue
        told.add(word)
        if word in old.fluxes and word not in new.fluxes:
            yield _no(new, f"flux family '{word}'", new.fluxes, where)
        elif word in meant:
            band, flux, kind = meant[word]
            if band not in new.bands:
                yield _no(new, f"band '{band}', which '{word}' is of", new.bands, where)
            elif flux not in new.fluxes:
                yield _no(new, f"flux family '{flux}', which '{word}' is of", new.fluxes, where)
            elif (other := getattr(new, kind)(band, flux)) != word:
                yield Finding(
                    "error", f"'{word}' is called '{other}' in {new.name}.", f"Write {other}.", where
                )
        elif word in signal and signal[word] not in new.bands:
            yield _no(new, f"band '{signal[word]}', which '{word}' is of", new.bands, where)
        elif word in old.ab_offsets and word not in new.ab_offsets:
            yield _no(new, f"zero-point offsets '{word}'", tuple(new.ab_offsets), where)
        elif word in _own(old) and word not in _own(new) and (names is None or word not in names):
            yield _no(new, f"column '{word}'", new.extra, where)
        else:
            yield from _preset(word, where, old, new, names)


def _preset(word: str, where: str, old: Profile, new: Profile, names: set[str] | None) -> Iterator[Finding]:
    preset = releases.presets.named(word, old.presets)
    if preset is None:
        return
    if word in old.presets and releases.presets.named(word, new.presets) is None:
        yield _no(new, f"preset '{word}'", tuple(new.presets), where)
    elif names is not None:
        lacking = [name for name in preset.columns() if name not in names]
        if lacking:
            yield Finding(
                "error",
                f"The preset '{word}' reads columns that {new.name} has not: {', '.join(lacking[:6])}.",
                where=where,
            )


def _changed(recipe: Recipe, old: Profile, new: Profile) -> Iterator[Finding]:
    """What is another thing in ``new`` under the same recipe."""
    steps = {step.op: step.params for step in _steps(recipe)}
    photometry = steps.get("photometry")
    if photometry is not None:
        for title, first, second in (
            ("Zero point (mag)", old.zeropoint, new.zeropoint),
            ("Unit of the fluxes", old.flux_unit, new.flux_unit),
            ("Dust map", old.dust_map, new.dust_map),
        ):
            if first != second:
                yield _note(f"{title}: {first} becomes {second}.", "photometry")
        if isinstance(photometry, dict) and photometry.get("deredden", "none") != "none":
            bands = [band for band in new.bands if band in old.a_over_ebv and band in new.a_over_ebv]
            other = [band for band in bands if old.a_over_ebv[band] != new.a_over_ebv[band]]
            if other:
                told = ", ".join(f"{b} {old.a_over_ebv[b]:g} becomes {new.a_over_ebv[b]:g}" for b in other)
                yield _note(f"Extinction A/E(B-V): {told}.", "photometry")
    if old.bands != new.bands:
        yield _note(
            f"Bands: {', '.join(old.bands)} become {', '.join(new.bands)}: the bits of bands_observed and "
            "bands_detected, and n_detected, mean others.",
            "bands_observed",
        )
    yield from _offsets(recipe, new)
    for title, first, second in (
        ("Object id", old.id, new.id),
        ("Position", f"{old.ra}, {old.dec}", f"{new.ra}, {new.dec}"),
        ("Primary objects", old.primary, new.primary),
        ("E(B-V)", old.ebv, new.ebv),
        ("Flux families taken by default", _taken(old, steps), _taken(new, steps)),
        ("Who may see the rows", old.access, new.access),
    ):
        if first != second:
            yield _note(f"{title}: {first or 'not known'} becomes {second or 'not known'}.", "match")
    for spec in recipe.write:
        tag = spec.get("catalog_tag")
        if tag and tag == old.catalog_tag != new.catalog_tag:
            yield _note(
                f"RAIL's catalogue tag of {new.name} is {new.catalog_tag}; the recipe writes {tag}.", "write"
            )
    for caveat in new.caveats:
        if caveat not in old.caveats:
            yield _note(f"{new.title}: {caveat}", "match")


def _extent(
    old: Profile, new: Profile, before: Catalogue | None, after: Catalogue | None
) -> Iterator[Finding]:
    """Where on the sky and how many: as the profiles say, and the catalogues that are at hand."""
    if new.footprint and new.footprint != old.footprint:
        yield _note(f"Footprint: {new.footprint}.", "match")
    rows = [
        one.rows if one is not None and one.rows is not None else profile.rows
        for one, profile in ((before, old), (after, new))
    ]
    if rows[0] != rows[1] and None not in rows:
        yield _note(f"Objects: {rows[0]:,} become {rows[1]:,}.", "match")
    if before is not None and after is not None:
        areas = [_area(before), _area(after)]
        if areas[0] != areas[1]:
            yield _note(
                f"Area of the partitions (square degrees): {areas[0]:.4g} becomes {areas[1]:.4g}.", "match"
            )


def _area(catalogue: Catalogue) -> float:
    """Square degrees of the partitions: no less than what the objects cover."""
    pixels = {(one.order, one.pixel) for one in catalogue.partitions}
    return sum(129_600 / math.pi / (12 * 4.0**order) for order, _ in pixels)


def _taken(profile: Profile, steps: dict[str, Any]) -> str | None:
    params = steps.get("match")
    asked = isinstance(params, dict) and params.get("columns")
    return None if asked else ", ".join(profile.default_fluxes)


def _words(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """Every name in the steps from the match on, and in what is written, with the step that it stands in."""
    seen = False
    for step in _steps(recipe):
        seen |= step.op == "match"
        if seen:
            params = step.params
            if step.op == "match" and isinstance(params, dict):
                params = {key: value for key, value in params.items() if key != "release"}
            elif step.op == "match":
                continue
            for text in _texts(params):
                yield from ((word, step.op) for word in _names(text))
    for spec in recipe.write:
        for text in _texts({key: spec[key] for key in spec if key in ("flux", "extra")}):
            yield from ((word, "write") for word in _names(text))


def _names(text: str) -> Iterator[str]:
    yield text  # a name of offsets has hyphens
    yield from (word for word in NAME.findall(text) if word != text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield str(key)
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _steps(recipe: Recipe) -> list[Any]:
    return [*(step for one in recipe.inputs.values() for step in one.steps), *recipe.steps]


def _release(step: Any) -> Any:
    return step.params.get("release") if isinstance(step.params, dict) else step.params


def _profile(spec: Any, base: Path) -> tuple[Profile, Catalogue | None]:
    """The release's profile, and its catalogue, None where it is not at hand."""
    from pz_tsm.sources.hats import open_catalogue

    try:
        release = releases.resolve(spec, base)
    except TsmError:
        name = spec.get("profile") if isinstance(spec, dict) else spec
        if not isinstance(name, str) or name.lower() not in releases.names():
            raise
        return releases.profile(name), None
    try:
        catalogue = open_catalogue(release.path)
        catalogue.schema.names  # noqa: B018  read: a folder that can't be read is not at hand
    except TsmError:
        return release.profile, None
    return release.profile, catalogue


def _own(profile: Profile) -> set[str]:
    return {*profile.extra, *profile.position_errors, profile.ebv, profile.id, profile.ra, profile.dec}


def _no(new: Profile, what: str, has: tuple[str, ...], where: str) -> Finding:
    remedy = f"It has: {', '.join(has)}." if has else "It has none."
    return Finding("error", f"{new.name} has no {what}.", remedy, where)


def _note(message: str, where: str) -> Finding:
    return Finding("note", message, where=where)


def _listed(values: dict[str, float]) -> str:
    return ", ".join(f"{band} {value:+g}" for band, value in values.items())


def _written(recipe: Recipe, to: str | dict[str, Any]) -> Recipe:
    """The recipe with another release; comments stay."""
    from ruamel.yaml import YAML

    from pz_tsm.recipe.model import Recipe

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(recipe.to_text())
    lists = [document.get("steps") or []]
    lists += [
        one.get("steps") or [] for one in (document.get("inputs") or {}).values() if isinstance(one, dict)
    ]
    for step in (step for steps in lists for step in steps):
        if isinstance(step, dict) and "match" in step:
            if isinstance(step["match"], dict):
                step["match"]["release"] = to
            else:
                step["match"] = to
    stream = io.StringIO()
    yaml.dump(document, stream)
    return Recipe.parse(stream.getvalue(), recipe.name)
