"""Rule packs: how each survey's own flags become ours, as data (``rules/*.yaml``, format tsm-rules/1).

Conditions are checked and evaluated by ``pz_tsm.expr``; a pack from anybody is data, never code.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pz_tsm.errors import TsmError
from pz_tsm.expr import columns, nearest, parse
from pz_tsm.ops.homogenize import packed
from pz_tsm.ops.homogenize.pack_model import FORMAT, FlagRule, Pack, SurveyRules

__all__ = ["Pack", "SurveyRules", "check", "first_of_all", "known", "load", "select", "shipped", "used"]

RULES = packed.RULES
ORDER = ("pz-server", "public", "mock")  # rules that are only proposed come after the checked ones


@cache
def shipped() -> tuple[str, ...]:
    """Names of the packs that come with pz_tsm, in the order in which 'default' asks them."""
    names = sorted(path.stem for path in RULES.glob("*.yaml"))
    return tuple(sorted(names, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER)))


def load(name: str, base: Path | None = None) -> Pack:
    """A pack by the name of a shipped one, or by path (relative paths start at ``base``)."""
    if name in shipped():
        return _read(RULES / f"{name}.yaml", name, examples=False)
    path = (base or Path()) / name
    if path.is_file():
        return _read(path, name)
    close = nearest(name, shipped())
    raise TsmError(
        f"There is no rule pack '{name}', nor a file of that name.",
        remedy=f"Did you mean {close[0]}?"
        if close
        else f"Packs that come with pz-tsm: {', '.join(shipped())}.",
        where="rules",
    )


def select(
    rules: str | list[str], overrides: Mapping[str, SurveyRules], base: Path | None = None
) -> list[Pack]:
    """The packs in the order in which they are asked; the recipe's own rules come first.

    A survey of the recipe says only what differs: the rest is that of the first pack that knows the survey.
    """
    names = [rules] if isinstance(rules, str) else rules
    names = [one for name in names for one in (shipped() if name == "default" else (name,))]
    packs = [load(name, base) for name in dict.fromkeys(names)]
    if overrides:
        surveys = {name: _merged(name, given, packs) for name, given in overrides.items()}
        packs.insert(0, Pack(format=FORMAT, name="recipe", version="1", surveys=surveys))
    return packs


def first_of_all(rules: str | list[str], base: Path | None = None) -> set[str]:
    """Names of packs whose reading of a whole input comes before any survey's rules in them and after them.

    These are the packs that a recipe names: so the existing pipeline reads. With 'default' a survey's own
    rule comes first where it fits.
    """
    names = [rules] if isinstance(rules, str) else rules
    return {load(name, base).name for name in names if name != "default"}


def known(packs: list[Pack]) -> list[str]:
    """Names of all surveys that the packs have rules for."""
    return sorted({name.upper() for pack in packs for name in pack.surveys})


def used(rules: SurveyRules) -> set[str]:
    """Columns that any condition of the survey reads."""
    conditions = [*(one.when for one in rules.rules), *(one.when for one in rules.class_)]
    conditions += [one.when for one in rules.type_rules() if one.when is not None]
    if rules.secondary is not None:
        conditions.append(rules.secondary)
    if isinstance(rules.confidence, str):
        conditions.append(rules.confidence)
    else:
        conditions += [one.when for one in rules.confidence or []]
    return {name for text in conditions for name in columns(parse(text))}


def check(pack: Pack) -> list[str]:
    """What is wrong with a pack by its own examples, in sentences; empty if every rule is shown and holds."""
    from pz_tsm.ops.homogenize.pack_check import problems

    ours = pack.name in shipped() and pack is load(pack.name)
    return problems(_read(RULES / f"{pack.name}.yaml", pack.name) if ours else pack)


def _merged(name: str, given: SurveyRules, packs: list[Pack]) -> SurveyRules:
    """The recipe's rules of a survey, completed from the first pack that knows it."""
    hit = next(((pack, *found) for pack in packs if (found := pack.find(name.upper()))), None)
    if hit is None:
        if not given.gives_flags():
            raise TsmError(
                f"The rules of survey {name} in 'surveys:' have no 'flag', and no pack knows the survey.",
                remedy="Give its flag rules: flag: [{when: ..., is: ...}].",
                where=name,
            )
        made = given.model_copy()
    else:
        pack, canonical, base = hit
        said = given.model_fields_set
        change: dict[str, Any] = {field: getattr(given, field) for field in said}
        if "flag" in said:
            change["flag"] = [_with_meaning(rule, base.rules) for rule in given.flag]
            change["otherwise"], change["also"] = given.otherwise, given.also
        elif "also" in said:
            change["also"] = [*base.also, *given.also]
        names = [canonical, *base.aliases, *given.aliases]
        change["aliases"] = [one for one in dict.fromkeys(names) if one.upper() != name.upper()]
        change["examples"] = given.examples
        if "status" not in said:
            change["status"] = "checked" if "flag" in said else pack.status_of(base)
        made = base.model_copy(update=change)
        if "needs" not in said:
            made = made.model_copy(update={"needs": [one for one in base.needs if one in used(made)]})
    said = given.model_fields_set
    made._own_flags = "flag" in said or (hit is None and "otherwise" in said)
    made._added = [] if made._own_flags else given.also
    made._base = f"{hit[0].name} {hit[0].version}" if hit else None
    return made


def _with_meaning(rule: FlagRule, others: list[FlagRule]) -> FlagRule:
    """The survey means the same by a value, whatever a recipe makes of it."""
    if rule.meaning is not None:
        return rule
    words = rule.when.split()
    same = next((one for one in others if one.when.split() == words), None)
    return rule.model_copy(update={"meaning": same.meaning}) if same else rule


def _read(path: Path, shown: str, *, examples: bool = True) -> Pack:
    stat = path.stat()
    return _parsed(path, shown, examples, stat.st_mtime_ns, stat.st_size)


@cache
def _parsed(path: Path, shown: str, examples: bool, mtime: int, size: int) -> Pack:
    from ruamel.yaml import YAML, YAMLError

    try:
        text = path.read_text(encoding="utf-8")
        content = None if examples else packed.known(text)
        if content is None:
            text = text if examples else packed.without_examples(text)
            content = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it is not text in UTF-8"
        raise TsmError(f"Rule pack '{shown}'{at}: {problem}.", where=shown) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise TsmError(
            f"'{shown}' is not a rule pack: it does not begin with 'format: {FORMAT}'.", where=shown
        )
    try:
        return Pack.model_validate(content)
    except ValidationError as error:
        errors = error.errors()
        near = [one for one in errors if one["loc"][:3] == errors[0]["loc"][:3]]
        first = max(near, key=lambda one: len(_place(text, one["loc"])[1]))  # the most exact of a union's
        line, keys = _place(text, first["loc"])
        place = " > ".join(str(part) for part in keys) or "the pack"
        message = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise TsmError(f"Rule pack '{shown}', line {line}, {place}: {message}.", where=place) from None


def _place(text: str, loc: tuple[Any, ...]) -> tuple[int, list[Any]]:
    """Line and keys of a place in a pack, without the parts of ``loc`` that name branches of a union."""
    from ruamel.yaml import YAML

    node = YAML(typ="rt", pure=True).load(text)
    line, keys = 1, []
    for part in loc:
        try:
            inner = node[part]
            line = (node.lc.key(part) if isinstance(node, dict) else node.lc.item(part))[0] + 1
        except (KeyError, IndexError, TypeError, AttributeError):
            continue
        node = inner
        keys.append(part)
    return line, keys
