"""What a rule pack holds (format tsm-rules/1): models that check it, with words a person can act on."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from pz_tsm.errors import TsmError
from pz_tsm.expr import nearest, parse

FORMAT = "tsm-rules/1"
FLAG = Literal[0, 1, 2, 3, 4, 6]
KIND = Literal["s", "g", "p"]
SPEC_CLASS = Literal["GALAXY", "QSO", "STAR", "AGN"]
STATUS = Literal["checked", "proposed"]


def _one_of(allowed: Any, what: str) -> BeforeValidator:
    values = get_args(allowed)

    def check(value: Any) -> Any:
        if value is not None and (isinstance(value, bool) or value not in values):
            raise ValueError(f"{value!r} is no {what}; allowed are {', '.join(map(str, values))}")
        return value

    return BeforeValidator(check)


def _condition(value: Any) -> str:
    """A condition as text; refused where it can't be parsed."""
    if not isinstance(value, str):
        raise ValueError(f"a condition is a text, not {value!r}")
    try:
        parse(value)
    except TsmError as error:
        raise ValueError(str(error)) from None
    return value


Flag = Annotated[FLAG, _one_of(FLAG, "homogenized flag")]
Kind = Annotated[KIND, _one_of(KIND, "instrument type")]
SpecClass = Annotated[SPEC_CLASS, _one_of(SPEC_CLASS, "class")]
Condition = Annotated[str, BeforeValidator(_condition)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        known = [one.alias or name for name, one in cls.model_fields.items()]
        for key in value:
            if key not in known and cls.model_config.get("extra") == "forbid":
                close = nearest(str(key), known, n=1)
                hint = f"did you mean '{close[0]}'? " if close else ""
                raise ValueError(f"there is no field '{key}' here; {hint}Known: {', '.join(known)}")
        return value


def _listed(model: type[BaseModel]) -> BeforeValidator:
    """Of a value that may be a list of ``model``: errors that name the entry, not the branches of a union."""

    def check(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        made = []
        for count, one in enumerate(value, start=1):
            try:
                made.append(model.model_validate(one))
            except ValidationError as error:
                first = error.errors()[0]
                place = "".join(f", {part}" for part in first["loc"])
                said = first["msg"].removeprefix("Value error, ").rstrip(".")
                raise ValueError(f"entry {count}{place}: {said}") from None
        return made

    return BeforeValidator(check)


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


class Example(_Strict):
    """A row of the survey and what must become of it; other keys than these are columns of the row."""

    model_config = ConfigDict(extra="allow")

    is_: Flag | None = Field(alias="is", title="Flag")
    type: Kind | None = Field(None, title="Instrument type")
    class_: SpecClass | None = Field(None, alias="class", title="Class")
    secondary: bool | None = Field(None, title="Secondary")
    confidence: float | None = Field(None, title="Confidence")
    columns: dict[str, Any] = Field(
        {}, title="Columns", description="Columns of the row whose names are taken above, such as 'type'."
    )

    def row(self) -> dict[str, Any]:
        """The row's columns."""
        return {**(self.model_extra or {}), **self.columns}


class SurveyRules(_Strict):
    """The rules of one survey. In each list the last true condition wins."""

    aliases: list[str] = Field([], title="Other names of the survey")
    status: STATUS | None = Field(
        None,
        title="Status",
        description="'proposed': not yet checked by a scientist, and said wherever it is used.",
    )
    reference: str | None = Field(None, title="Reference")
    citation: str | None = Field(None, title="Citation", description="Bibcode, arXiv number or BibTeX key.")
    note: str | None = Field(None, title="Note")
    facts: dict[str, str] = Field(
        {}, title="Facts", description="Where each fact comes from, and how sure it is."
    )
    needs: list[str] = Field([], title="Columns needed", description="Besides the survey's own flag.")
    flag_type: Literal["number", "text"] = Field(
        "number",
        title="Flag is read as",
        description="Flags in another form (text '3', number 4) are converted.",
    )
    flag: list[FlagRule] = Field(
        [],
        title="Flag rules",
        description="In a recipe: in place of the pack's and its 'otherwise'. Not given: the pack's stay.",
    )
    also: list[FlagRule] = Field(
        [],
        title="Flag rules after these",
        description="In a recipe: asked after the pack's rules, so that one line changes one value.",
    )
    otherwise: Flag | None = Field(
        None, title="Otherwise", description="Null: a flag without a rule is unmapped."
    )
    type: Annotated[Kind | list[TypeRule], _listed(TypeRule)] = Field(
        "s", title="Instrument type", description="s spectrum, g grism, p photometry."
    )
    class_: list[ClassRule] = Field([], alias="class", title="Class rules")
    secondary: Condition | None = Field(
        None, title="Secondary", description="Serendipitous object in the slit."
    )
    confidence: Annotated[list[ConfidenceRule] | Condition | None, _listed(ConfidenceRule)] = Field(
        None, title="Confidence, 0 to 1"
    )
    examples: list[Example] = Field(
        [],
        exclude=True,  # they change no result, and so no digest of the pack
        title="Examples",
        description="Rows with the flag that they must get: {z_flag: 23, is: 3, secondary: true}.",
    )

    _own_flags: bool = PrivateAttr(False)
    _base: str | None = PrivateAttr(None)
    _added: list[FlagRule] = PrivateAttr([])

    @property
    def rules(self) -> list[FlagRule]:
        """All flag rules in the order in which they are asked."""
        return [*self.flag, *self.also]

    @property
    def own_flags(self) -> bool:
        """Whether a recipe wrote these flag rules: they then come before any reading of the whole input."""
        return self._own_flags

    @property
    def added(self) -> list[FlagRule]:
        """Rules by which a recipe changes single values, whoever gives the other ones."""
        return self._added

    @property
    def base(self) -> str | None:
        """Name and version of the pack that completes the rules of a recipe."""
        return self._base

    def type_rules(self) -> list[TypeRule]:
        return self.type if isinstance(self.type, list) else [TypeRule(otherwise=self.type)]

    def gives_flags(self) -> bool:
        """Whether flag rules, or the flag of all other rows, were written here."""
        return bool({"flag", "also", "otherwise"} & self.model_fields_set)


class CatalogueRules(_Strict):
    """Rules that look at a whole input."""

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
    reference: str | None = Field(None, description="Where the rules of the pack come from.")
    status: STATUS = Field("checked", description="Of the surveys that say nothing else.")
    catalogue: CatalogueRules = CatalogueRules()
    surveys: dict[str, SurveyRules]

    @model_validator(mode="after")
    def _each_has_flags(self) -> Pack:
        for name, rules in self.surveys.items():
            if not rules.gives_flags():
                raise ValueError(f"survey {name} has no flag rules; write 'flag:', a list of {{when, is}}")
        return self

    def find(self, survey: str) -> tuple[str, SurveyRules] | None:
        """The survey's name in the pack and its rules, by name or alias, whatever the case."""
        for name, rules in self.surveys.items():
            if survey in (name.upper(), *(alias.upper() for alias in rules.aliases)):
                return name.upper(), rules
        return None

    def status_of(self, rules: SurveyRules) -> str:
        """``checked`` or ``proposed``."""
        return rules.status or self.status
