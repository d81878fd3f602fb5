"""Parameters of match."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pz_tsm.ops.base import Params
from pz_tsm.ops.combine.params import DeltaZ, Radius, positive
from pz_tsm.ops.match.pzserver_params import PzServerChoice

Arcsec = Annotated[float, Field(ge=0, le=60)]
Offset = Annotated[float, Field(ge=-60, le=60)]


class Errors(BaseModel):
    """What a separation is weighed by: sqrt(error of the redshift's position^2 + the object's^2)."""

    model_config = ConfigDict(extra="forbid")

    column: str | None = Field(
        None, title="Column of position errors", description="Of the table, in arcsec; null is not known."
    )
    surveys: dict[str, Arcsec] = Field(
        {},
        title="Errors by survey (arcsec)",
        description="For rows whose survey it names and whose column has no value.",
    )
    sigma: float = Field(5, gt=0, title="Sigmas", description="How many combined errors apart at most.")
    floor_arcsec: float = Field(
        0.05, ge=0, title="Floor (arcsec)", description="Added to it: what the errors leave out."
    )

    @model_validator(mode="after")
    def _known(self) -> Errors:
        if self.column is None and not self.surveys:
            raise ValueError("name a 'column' of position errors (arcsec), or give them by survey: 'surveys'")
        return self


class MatchParams(Params):
    release: str | dict[str, Any] = Field(
        title="Release",
        description="Object catalogue: a known release, the folder of a HATS catalogue, or {hats: FOLDER, "
        "profile: NAME}; NAME may be a YAML file of your own.",
    )
    radius_arcsec: float = Field(
        0.75,
        gt=0,
        le=60,
        title="Radius (arcsec)",
        description="Largest separation of a redshift and its object.",
    )
    columns: list[str] | None = Field(
        None,
        title="Columns",
        description="Flux families (gaap1p0, cModel), columns of the release, or a preset (gold) for the "
        "columns that it reads. Empty: the release's usual families.",
    )
    select: Literal["nearest", "all", "one-to-one", "error-weighted"] = Field(
        "nearest",
        title="Select",
        description="The nearest object; one row for every object within the radius; one-to-one, the best "
        "pairs by separation, so that no object is taken twice; or the object nearest in units of the "
        "position errors.",
    )
    errors: Errors | None = Field(
        None,
        title="Position errors",
        description="For 'error-weighted': {column, surveys: {NAME: arcsec}, sigma, floor_arcsec}. The "
        "release's own errors are used where it has them.",
    )
    objects: Literal["primary", "all"] = Field(
        "primary",
        title="Objects",
        description="Primary objects only, where the release has detect_isPrimary; or all with a position.",
    )
    blends: Literal["set_aside", "keep"] = Field(
        "set_aside",
        title="Blends",
        description="Rows whose object has another, discordant redshift: set aside, or kept as they are.",
    )
    delta_z: float | DeltaZ | None = Field(
        None,
        title="Redshifts agree within",
        description="|dz|/(1+z), one number or one for each instrument type, by which the redshifts of one "
        "object agree. Empty: as combine was told.",
    )
    rows: Literal["best", "all"] = Field(
        "best", title="Rows", description="Match the best rows only, or every measurement."
    )
    unmatched: Literal["drop", "keep"] = Field(
        "drop",
        title="Rows without an object",
        description="They leave the table; or they stay, not best, with the reason in 'match_reason' and "
        "nothing in the object's columns. A filter of the best rows removes them, a split leaves them out.",
    )
    shift: dict[str, tuple[Offset, Offset]] = Field(
        default_factory=dict,
        title="Position offsets",
        description="By survey: arcsec to add to the positions, [east, north].",
    )
    radii: dict[str, Radius] = Field(
        default_factory=dict,
        title="Radii by survey (arcsec)",
        description="Where a survey's positions need another radius.",
    )
    run: Literal["auto", "memory", "engine", "pz-server", "tap"] = Field(
        "auto",
        title="Run",
        description="Where to run: here in memory; in a job of the engine, by LSDB; by the Training Set "
        "Maker of the PZ Server; or by an upload to the TAP service of the Rubin Science Platform (small "
        "lists). The last two have photometry and margins of their own.",
    )
    pz_server: PzServerChoice | None = Field(
        None,
        title="On the PZ Server",
        description="With run: pz-server, which of its catalogues is taken: {photometry: mag or flux, "
        "deredden: NAME}. Empty: those that it has chosen for the release.",
    )

    _tolerance = field_validator("delta_z")(positive)

    @model_validator(mode="after")
    def _weighed(self) -> MatchParams:
        if self.select == "error-weighted" and self.errors is None:
            raise ValueError(
                "select 'error-weighted' needs 'errors': the column of position errors, or errors by survey"
            )
        if self.errors is not None and self.select != "error-weighted":
            raise ValueError("'errors' is used by select 'error-weighted' only")
        return self
