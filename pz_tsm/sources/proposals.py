"""Which column of a table means what, and why: proposed from names, units, UCDs and values, in one place.

The upload's page, the recipe's editor, ``pz_tsm.propose`` and the loading of an input all ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pz_tsm.ops.base import Finding
from pz_tsm.sources import vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

Doubt = Literal["several", "name", "values"]
NEEDED = ("ra", "dec", "z")
CHOSEN = "chosen by you"  # reason of what the user has said
MEANING = {
    "id": "identifier",
    "ra": "right ascension",
    "dec": "declination",
    "z": "redshift",
    "z_err": "redshift error",
    "z_flag": "quality flag",
    "survey": "survey",
    "instrument_type": "instrument type (s, g, p)",
}


@dataclass(frozen=True)
class Proposal:
    """One role's column. ``columns``: its name (an identifier may have several, ra and dec h, m and s too).

    ``doubt``: why it is not sure: several columns are as likely, only the name hints at it, or the values
    speak against it. ``others``: columns that could be it as well. ``convert``: what its values need before
    they are degrees (ICRS) or redshifts, see ``convert``.
    """

    role: str
    columns: tuple[str, ...]
    reason: str
    doubt: Doubt | None = None
    others: tuple[str, ...] = ()
    convert: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        return self.doubt is None

    @property
    def value(self) -> str | list[str]:
        """As a recipe writes it."""
        return self.columns[0] if len(self.columns) == 1 else list(self.columns)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "sure": self.sure}


@dataclass(frozen=True)
class Recognised:
    """The survey that a table is of. ``entry``: its id in the registry, None for a name that only rule packs
    know."""

    survey: str
    reason: str
    entry: str | None = None
    sure: bool = True


@dataclass
class Proposals:
    """What is proposed for a table. ``warnings``: findings; edits of their fixes start at the input."""

    roles: dict[str, Proposal] = field(default_factory=dict)
    survey: Recognised | None = None
    warnings: list[Finding] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    name: str | None = None

    @property
    def missing(self) -> list[str]:
        """Roles that a catalogue must have and for which nothing is proposed."""
        return [role for role in NEEDED if role not in self.roles]

    @property
    def unsure(self) -> list[str]:
        """Roles whose proposal somebody has to look at."""
        return [role for role, one in self.roles.items() if not one.sure]

    @property
    def convert(self) -> dict[str, Any]:
        """The input's key ``convert`` that the proposed columns need; empty where they need none."""
        found: dict[str, Any] = {}
        positions = list(
            dict.fromkeys(
                how for role in ("ra", "dec") if role in self.roles for how in self.roles[role].convert
            )
        )
        if positions:
            found["positions"] = positions[0] if len(positions) == 1 else positions
        for role in ("z", "z_err"):
            if role in self.roles and self.roles[role].convert:
                found[role] = self.roles[role].convert[0]
        return found

    def input(
        self, source: Any = None, *, columns: bool = True, convert: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """An input of a recipe with what is proposed without doubt.

        ``columns``: write them out; ``convert``: instead of what is proposed.
        """
        spec: dict[str, Any] = {} if source is None else {"from": source}
        if self.survey is not None and self.survey.sure and "survey" not in self.roles:
            spec["survey"] = self.survey.survey
        named = {
            role: one.value
            for role, one in self.roles.items()
            # a type that is only proposed stays: rule packs read such columns by their own names
            if one.sure and (role != "instrument_type" or one.reason == CHOSEN)
        }
        if columns and named:
            spec["columns"] = named
        changed = dict(self.convert if convert is None else convert)
        if changed:
            spec["convert"] = changed
        return spec

    def to_dict(self) -> dict[str, Any]:
        return {
            "roles": [one.to_dict() for one in self.roles.values()],
            "missing": self.missing,
            "convert": self.convert,
            "survey": asdict(self.survey) if self.survey else None,
            "warnings": [one.to_dict() for one in self.warnings],
            "columns": self.columns,
        }

    def __str__(self) -> str:
        lines = []
        width = max((len(one) for one in (*self.roles, *self.missing)), default=0)
        for role in vocabulary.ORDER:
            if role in self.roles:
                one = self.roles[role]
                said = [", ".join(one.columns)]
                if one.convert:
                    said.append(f"to be converted ({', '.join(one.convert)})")
                said.append(one.reason if one.sure else f"not sure: {one.reason}")
                lines.append(f"{role:{width}}  {said[0]}: {'; '.join(said[1:])}")
            elif role in self.missing:
                lines.append(f"{role:{width}}  nothing found: name the column")
        if self.survey:
            lines.append(f"This is {self.survey.survey}: {self.survey.reason}.")
        lines += [f"{one.level}: {one.message} {one.remedy or ''}".rstrip() for one in self.warnings]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def propose(
    table: pa.Table | pa.Schema,
    *,
    registry: bool = True,
    name: str | None = None,
    skip: Iterable[str] = (),
    given: Mapping[str, Any] | None = None,
    sentinels: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> Proposals:
    """What the columns of a table mean. ``registry``: use what is known of public catalogues.

    ``name``: its file's name, in which a survey may be named; ``skip``: roles that are not asked for.
    ``given``: role to column (or columns), None for none: they are taken as they are. ``sentinels``: column
    to [{value, count}] of what became null before. A schema has no values to judge. Up to 20,000 rows are
    looked at, of the columns whose names, units or UCDs come into question. TsmError for a given column that
    the table does not have.
    """
    import pyarrow as pa

    from pz_tsm.sources import candidates, doubts

    if isinstance(table, pa.Schema):
        table = table.empty_table()
    pool = candidates.Pool.of(table)
    found = Proposals(columns=list(table.column_names), name=name)
    if registry:
        from pz_tsm.sources.recognised import recognise

        pool.known = recognise(pool, name)
    else:
        from pz_tsm.sources.recognised import by_values

        pool.known = by_values(pool)
    found.survey = pool.known.survey if pool.known else None
    found.roles = candidates.choose(pool, skip, candidates.said(pool, given or {}, name or "table"))
    found.warnings = doubts.look(pool, found.roles, sentinels or {})
    return found
