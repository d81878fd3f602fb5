"""What the routes of combined tables answer: why a redshift, and which objects are in conflict."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Criterion(BaseModel):
    by: str
    order: Literal["descending", "ascending"] | None
    tolerance: float | None


class ConflictPlace(BaseModel):
    """Place from 1 among the objects in conflict, null if it is none; a row of its neighbours."""

    place: int | None
    total: int
    previous: str | None
    next: str | None


class Decision(BaseModel):
    kind: Literal["prefer", "exclude"]
    reason: str


class Measurement(BaseModel):
    """One row of an object; positions in degrees and, from the group's centre, in arcsec."""

    row_id: str
    row: int
    survey: str | None
    source_product: str | None
    source_row_id: str | None
    ra: float | None
    dec: float | None
    east_arcsec: float | None
    north_arcsec: float | None
    redshift: float | None
    redshift_err: float | None
    z_flag_orig: str | None
    z_flag_homogenized: float | None
    meaning: str | None
    rule: str | None
    rule_status: str | None
    instrument_type: str | None
    spec_class: str | None
    is_secondary: bool | None
    confidence: float | None
    verdict: str | None
    decided_by: str | None
    decided_value: str | None
    rival_value: str | None
    rival: str | None
    rival_sep: float | None
    rival_dz: float | None
    is_best: bool
    sentence: str
    decision: Decision | None


class Why(BaseModel):
    """Why an object of a combined table has its redshift; what the table doesn't say is null."""

    row_id: str
    group_id: str
    n_meas: int | None
    n_secure: int | None
    agreement: str | None
    chain_arcsec: float | None
    radius_arcsec: float | None
    policy: str | None
    ra: float | None
    dec: float | None
    best: str | None
    criteria: list[Criterion]
    tolerance: dict[str, float] | None
    sentence: str
    conflict_place: ConflictPlace
    measurements: list[Measurement]


class Conflict(BaseModel):
    """An object whose secure redshifts disagree. ``best``: the row that a decision named."""

    group_id: str
    row_id: str
    best: str | None
    ra: float | None
    dec: float | None
    n_meas: int | None
    n_secure: int | None
    z_spread: float | None
    surveys: str | None
    redshifts: str | None


class Conflicts(BaseModel):
    total: int
    conflicts: list[Conflict]
