"""Parameters of combine."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from pz_tsm.ops.base import Params
from pz_tsm.redshifts import TOLERANCE

Radius = Annotated[float, Field(gt=0, le=60)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DeltaZ(_Strict):
    """|dz|/(1+z) by instrument type; for a pair of types the larger one counts."""

    s: float = Field(TOLERANCE["s"], ge=0, title="Spectra")
    g: float = Field(TOLERANCE["g"], ge=0, title="Grism or prism")
    p: float = Field(TOLERANCE["p"], ge=0, title="Photometry")


class PositionErrors(_Strict):
    """A pair also needs separation <= sigma * sqrt(e1^2 + e2^2) + floor."""

    column: str = Field(
        title="Column of position errors",
        description="In arcsec. Where it is null the radius alone decides.",
    )
    sigma: float = Field(5, gt=0, title="Sigmas", description="How many combined errors apart at most.")
    floor_arcsec: float = Field(
        0.05, ge=0, title="Floor (arcsec)", description="Added to it: what the errors leave out."
    )


class Criterion(_Strict):
    by: str = Field(
        title="Column or expression", description="For example redshift_err, or confidence + 0.1."
    )
    order: Literal["descending", "ascending"] | None = Field(
        None,
        title="Better first",
        description="High is better, except for redshift_err, separation and survey_rank.",
    )
    tolerance: float | None = Field(
        None,
        ge=0,
        title="Tolerance",
        description="Rows within this of the group's best value stay equal; the next criterion decides.",
    )


def positive(value: Any) -> Any:
    """A tolerance as it is, if it is no number below 0, no NaN and not infinite."""
    if isinstance(value, float) and not 0 <= value < float("inf"):
        raise ValueError("a number from 0 upwards is expected")
    return value


def _criterion(value: Any) -> Any:
    return {"by": value} if isinstance(value, str) else value


def _row_id(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    text = str(value).strip()
    if not re.fullmatch(r"-?[0-9]{1,19}", text) or not -(2**63) <= int(text) < 2**63:
        raise ValueError(f"{value!r} is no row_id, which is a whole number")
    return text


RowId = Annotated[str, BeforeValidator(_row_id)]


class Choice(_Strict):
    """What a person decided about one row: one of prefer and exclude, and why."""

    prefer: RowId | None = Field(
        None, title="Prefer", description="row_id of a row that wins its group, also over a conflict."
    )
    exclude: RowId | None = Field(
        None, title="Exclude", description="row_id of a row that stays, but counts in nothing."
    )
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] = Field(
        title="Reason", description="Why, for those who read the recipe."
    )

    @model_validator(mode="after")
    def _one(self) -> Choice:
        if (self.prefer is None) == (self.exclude is None):
            raise ValueError("a decision names one row, either with 'prefer' or with 'exclude'")
        return self

    @property
    def kind(self) -> Literal["prefer", "exclude"]:
        return "prefer" if self.prefer is not None else "exclude"

    @property
    def row_id(self) -> str:
        return str(self.prefer if self.prefer is not None else self.exclude)


class Combine(Params):
    radius_arcsec: float = Field(
        0.75,
        gt=0,
        le=60,
        title="Radius (arcsec)",
        description="Rows closer than this measure the same object.",
    )
    radii: dict[str, Radius] = Field(
        {},
        title="Radii by survey (arcsec)",
        description="Where a survey's positions need another radius; of two surveys the larger one counts.",
    )
    errors: PositionErrors | None = Field(
        None,
        title="Position errors",
        description="Pairs must also be close for their errors: {column, sigma, floor_arcsec}.",
    )
    agree: bool = Field(
        False,
        title="Pairs agree in redshift",
        description="Rows measure the same object only if their redshifts agree too (delta_z). "
        "It hides conflicts: two redshifts that differ are two objects.",
    )
    offsets: bool = Field(
        False,
        title="Remove position offsets",
        description="The median offset of each pair of surveys, measured on 20 pairs or more, is removed "
        "before rows are paired.",
    )
    chains: Literal["keep", "split"] = Field(
        "keep",
        title="Chains",
        description="Groups wider than their radius: kept as one object, or split where redshifts differ.",
    )
    eligible: str = Field(
        "secure_galaxy",
        title="Who may win",
        description="A condition or preset. Rows that fail it stay as measurements, count in conflicts.",
        json_schema_extra={"format": "condition"},
    )
    prefer: list[Annotated[Criterion, BeforeValidator(_criterion)] | str] = Field(
        ["instrument_type", "z_flag_homogenized", "survey_rank"],
        title="Preferred by",
        description="Criteria in order: a column, an expression, or {by, order, tolerance}. Rows that are "
        "equal in all of them: the survey's rank, the separation from the group's centre, the row_id.",
    )
    survey_rank: list[str] = Field(
        [], title="Surveys, best first", description="Used by the criterion survey_rank."
    )
    delta_z: float | DeltaZ = Field(
        DeltaZ(),
        title="Redshifts agree within",
        description="|dz|/(1+z), one number or one for each instrument type.",
    )
    conflicts: Literal["set_aside", "best"] = Field(
        "set_aside",
        title="When secure redshifts disagree",
        description="'set_aside': the group has no best row; 'best': the criteria decide all the same.",
    )
    decisions: list[Choice] = Field(
        [],
        title="Your decisions",
        description="Rows that you judged yourself: {prefer: row_id, reason: ...} wins its group, also over "
        "a conflict; {exclude: row_id, reason: ...} counts in nothing.",
    )
    policy: Literal["default", "pz-server"] = Field(
        "default",
        title="Policy",
        description="'pz-server' reproduces the PZ Server's pipeline; it uses only the radius and 'keep'.",
    )
    keep: list[str] = Field(
        [], title="Columns to keep", description="Columns of the catalogues beside the standard ones."
    )

    _tolerance = field_validator("delta_z")(positive)

    @model_validator(mode="after")
    def _decided_once(self) -> Combine:
        seen: set[int] = set()
        for one in self.decisions:
            if int(one.row_id) in seen:
                raise ValueError(f"two decisions are about the row {one.row_id}")
            seen.add(int(one.row_id))
        return self

    def criteria(self) -> list[Criterion]:
        return [Criterion(by=one) if isinstance(one, str) else one for one in self.prefer]

    def tolerance(self) -> dict[str, float]:
        if isinstance(self.delta_z, DeltaZ):
            return self.delta_z.model_dump()
        return dict.fromkeys("sgp", self.delta_z)
