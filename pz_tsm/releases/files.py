"""Profiles in YAML files: read, with words that name the line and the field where something is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pz_tsm.errors import TsmError
from pz_tsm.expr import check as check_condition
from pz_tsm.expr import nearest
from pz_tsm.releases.profile import FORMAT, Profile

SHOWN = 12  # missing columns that are named


def read(path: Path) -> Profile:
    """The profile in a file; TsmError with the first thing that is wrong."""
    made, wrong = _parsed(path)
    if made is None:
        more = f" ({len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise TsmError(
            f"Release profile {path.name}, {wrong[0].rstrip('.')}{more}.",
            remedy="`pz_tsm.releases.check(path)` says everything that is wrong with it.",
            where=path.name,
        )
    return made


def problems(path: Path) -> list[str]:
    """Everything that is wrong with a profile, in sentences; with its catalogue too, if it names one."""
    if not path.is_file():
        return [f"There is no file {path.name}."]
    made, wrong = _parsed(path)
    return wrong if made is None else _of_catalogue(made, path)


def _parsed(path: Path) -> tuple[Profile | None, list[str]]:
    from pz_tsm.recipe.yaml_core import load_yaml

    try:
        data, lines = load_yaml(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return None, ["line 1: it is no text in UTF-8."]
    except TsmError as error:
        said = error.message.replace("The recipe is no valid YAML", "it is no valid YAML")
        said = said.replace("The recipe", "it")
        return None, [said[:1].lower() + said[1:]]
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        return None, [f"line 1: it does not begin with 'format: {FORMAT}'."]
    values = {key: value for key, value in data.items() if key != "format"}
    wrong = []
    for key in values:
        if key not in Profile.model_fields:
            close = nearest(str(key), list(Profile.model_fields), n=1)
            hint = f"; did you mean '{close[0]}'?" if close else "."
            wrong.append(f"line {_line(lines, (key,))}: there is no field '{key}' in a profile{hint}")
    try:
        made = Profile.model_validate({k: v for k, v in values.items() if k in Profile.model_fields})
    except ValidationError as error:
        wrong += [_sentence(one, lines) for one in error.errors()]
        return None, wrong
    wrong += _of_presets(made, lines)
    return (None, wrong) if wrong else (made, [])


def _sentence(error: Any, lines: dict[tuple[Any, ...], int]) -> str:
    """A pydantic error as a person reads it: line, field, what was expected."""
    loc = tuple(part for part in error["loc"] if part != "[key]")
    said = error["msg"].removeprefix("Value error, ").rstrip(".")
    name = ", ".join(str(part) for part in loc)
    if error["type"] == "missing":
        return f"line {_line(lines, loc[:-1])}: the field '{name}' is missing."
    said = said[:1].lower() + said[1:]
    return f"line {_line(lines, loc)}{f', {name}' if name else ''}: {said}."


def _line(lines: dict[tuple[Any, ...], int], loc: tuple[Any, ...]) -> int:
    while loc and loc not in lines:
        loc = loc[:-1]
    return lines.get(loc, 1)


def _of_presets(made: Profile, lines: dict[tuple[Any, ...], int]) -> list[str]:
    """Conditions of the profile's presets that can't be parsed."""
    from pz_tsm.expr import parse

    found = []
    for name, preset in made.presets.items():
        for text, _ in preset.spelled():
            try:
                parse(text)
            except TsmError as error:
                found.append(f"line {_line(lines, ('presets', name))}, presets, {name}: {error.message}")
                break
    return found


def _of_catalogue(made: Profile, path: Path) -> list[str]:
    """What the profile says and its catalogue hasn't."""
    from pz_tsm.sources.hats import open_catalogue

    if made.hats is None:
        return []
    place = Path(made.hats).expanduser()
    try:
        catalogue = open_catalogue(place if place.is_absolute() else path.parent / place)
        have = set(catalogue.schema.names)
    except TsmError as error:
        return [f"hats: {error.message}"]
    found = []
    if made.id not in have:
        close = nearest(made.id, sorted(have))
        hint = f"; did you mean {' or '.join(close)}?" if close else "."
        found.append(f"id: the catalogue {catalogue.name} has no column '{made.id}'{hint}")
    for name, ours, theirs in (("ra", made.ra, catalogue.ra), ("dec", made.dec, catalogue.dec)):
        if ours != theirs:
            found.append(f"{name}: the catalogue's positions are in '{theirs}', not in '{ours}'.")
    if not any(
        column(band, flux) in have
        for flux in made.fluxes
        for band in made.bands
        for column in (made.flux, made.mag)
    ):
        sample = made.flux(made.bands[0], made.fluxes[0])
        found.append(f"fluxes: the catalogue has no flux or magnitude by these names, such as '{sample}'.")
    for flux in made.default_fluxes:
        if not any(
            name in have for band in made.bands for name in (made.flux(band, flux), made.mag(band, flux))
        ):
            found.append(f"default_fluxes: the catalogue has nothing of '{flux}'.")
    for name, preset in made.presets.items():
        missing = [column for column in preset.columns() if column not in have]
        if missing:
            found.append(
                f"presets, {name}: the catalogue {catalogue.name} has no {', '.join(missing[:SHOWN])}."
            )
            continue
        for text, _ in preset.spelled():
            try:
                check_condition(_tree(text), catalogue.schema)
            except TsmError as error:
                if error.where in preset.columns():
                    found.append(f"presets, {name}: {error.message}")
    return found


def _tree(text: str) -> Any:
    from pz_tsm.expr import parse

    return parse(text)
