"""Rule packs: how each survey's own flags become ours, as data (``rules/*.yaml``, format tsm-rules/1).

Conditions are checked and evaluated by ``pz_tsm.expr``; a pack from anybody is data, never code.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pz_tsm.errors import TsmError
from pz_tsm.expr import nearest, parse

RULES = Path(__file__).parent / "rules"
FORMAT = "tsm-rules/1"
Flag = Literal[0, 1, 2, 3, 4, 6]
Kind = Literal["s", "g", "p"]
SpecClass = Literal["GALAXY", "QSO", "STAR", "AGN"]


def _condition(value: Any) -> str:
    """A condition as text; refused where it can't be parsed."""
    if not isinstance(value, str):
        raise ValueError(f"a condition is a text, not {value!r}")
    try:
        parse(value)
    except TsmError as error:
        raise ValueError(str(error)) from None
    return value


Condition = Annotated[str, BeforeValidator(_condition)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FlagRule(_Strict):
    when: Condition = Field(
        title="Condition", description="Over the canonical names and the source's own columns."
    )
    is_: Flag | None = Field(alias="is", title="Flag", description="0 none, 1-4 rising confidence, 6 star.")
    id: str | None = Field(
        None, title="Name of the rule", description="Shown with each row; the condition if not given."
    )
    meaning: str | None = Field(None, title="Meaning", description="What the survey means by it.")

    @property
    def name(self) -> str:
        return self.id or self.when


class TypeRule(_Strict):
    when: Condition | None = Field(None, title="Condition")
    is_: Kind | None = Field(None, alias="is", title="Instrument type")
    otherwise: Kind | None = Field(None, title="Otherwise")


class ClassRule(_Strict):
    when: Condition = Field(title="Condition")
    is_: SpecClass = Field(alias="is", title="Class")


class ConfidenceRule(_Strict):
    when: Condition = Field(title="Condition")
    is_: float = Field(alias="is", ge=0, le=1, title="Confidence")


class SurveyRules(_Strict):
    """The rules of one survey. In each list the last true condition wins."""

    aliases: list[str] = Field([], title="Other names of the survey")
    reference: str | None = Field(None, title="Reference")
    citation: str | None = Field(None, title="Citation", description="Bibcode, arXiv number or BibTeX key.")
    note: str | None = Field(None, title="Note")
    needs: list[str] = Field([], title="Columns needed", description="Besides the survey's own flag.")
    flag_type: Literal["number", "text"] = Field(
        "number",
        title="Flag is read as",
        description="Flags in another form (text '3', number 4) are converted.",
    )
    flag: list[FlagRule] = Field(title="Flag rules")
    otherwise: Flag | None = Field(
        None, title="Otherwise", description="Null: a flag without a rule is unmapped."
    )
    type: Kind | list[TypeRule] = Field(
        "s", title="Instrument type", description="s spectrum, g grism, p photometry."
    )
    class_: list[ClassRule] = Field([], alias="class", title="Class rules")
    secondary: Condition | None = Field(
        None, title="Secondary", description="Serendipitous object in the slit."
    )
    confidence: list[ConfidenceRule] | Condition | None = Field(None, title="Confidence, 0 to 1")

    def type_rules(self) -> list[TypeRule]:
        return self.type if isinstance(self.type, list) else [TypeRule(otherwise=self.type)]


class CatalogueRules(_Strict):
    """Rules that look at a whole input before its survey's rules are asked."""

    probability: list[FlagRule] = Field(
        [], description="When all flags are from 0 to 1 and one strictly between."
    )
    type_column: str | None = Field(
        None, description="A column of s, g and p only gives the instrument type."
    )


class Pack(_Strict):
    format: Literal["tsm-rules/1"]
    name: str
    version: str
    title: str = ""
    catalogue: CatalogueRules = CatalogueRules()
    surveys: dict[str, SurveyRules]

    def find(self, survey: str) -> tuple[str, SurveyRules] | None:
        """The survey's name in the pack and its rules, by name or alias, whatever the case."""
        for name, rules in self.surveys.items():
            if survey in (name.upper(), *(alias.upper() for alias in rules.aliases)):
                return name.upper(), rules
        return None


@cache
def shipped() -> tuple[str, ...]:
    """Names of the packs that come with pz_tsm, ``pz-server`` first."""
    names = sorted(path.stem for path in RULES.glob("*.yaml"))
    return tuple(sorted(names, key=lambda name: (name != "pz-server", name)))


def load(name: str, base: Path | None = None) -> Pack:
    """A pack by the name of a shipped one, or by path (relative paths start at ``base``)."""
    if name in shipped():
        return _read(RULES / f"{name}.yaml", name)
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


def select(rules: str | list[str], overrides: dict[str, SurveyRules], base: Path | None = None) -> list[Pack]:
    """The packs in the order in which they are asked; the recipe's own rules come first."""
    names = [rules] if isinstance(rules, str) else rules
    names = [one for name in names for one in (shipped() if name == "default" else (name,))]
    packs = [load(name, base) for name in dict.fromkeys(names)]
    if overrides:
        packs.insert(0, Pack(format=FORMAT, name="recipe", version="1", surveys=overrides))
    return packs


def known(packs: list[Pack]) -> list[str]:
    """Names of all surveys that the packs have rules for."""
    return sorted({name.upper() for pack in packs for name in pack.surveys})


def _read(path: Path, shown: str) -> Pack:
    stat = path.stat()
    return _parsed(path, shown, stat.st_mtime_ns, stat.st_size)


@cache
def _parsed(path: Path, shown: str, mtime: int, size: int) -> Pack:
    from ruamel.yaml import YAML, YAMLError

    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it is not text in UTF-8"
        raise TsmError(f"Rule pack '{shown}'{line}: {problem}.", where=shown) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise TsmError(
            f"'{shown}' is not a rule pack: it does not begin with 'format: {FORMAT}'.", where=shown
        )
    try:
        return Pack.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = " > ".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise TsmError(f"Rule pack '{shown}', {place}: {message}", where=place) from None
