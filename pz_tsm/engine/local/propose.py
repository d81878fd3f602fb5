"""What a table's columns mean, and where that puts its rows: of an opened one, or by names alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from pz_tsm.engine.local import models
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from pz_tsm.engine.local.service import Service
    from pz_tsm.sources.proposals import Proposals
    from pz_tsm.view import View

POINTS = 2000  # on the preview of the sky

Role = Literal["id", "ra", "dec", "z", "z_err", "z_flag", "survey", "instrument_type"]


class Propose(BaseModel):
    """``columns``: what the user has said: role to column (several for an identifier), null for none;
    ``convert``: as a recipe's input says it, null: what the columns need."""

    columns: dict[Role, str | list[str] | None] = {}
    convert: dict[str, Any] | None = None


class ProposedRole(BaseModel):
    """``reason``: in words; ``doubt``: why it is not sure; ``convert``: what its values need."""

    role: Role
    columns: list[str]
    reason: str
    sure: bool
    doubt: Literal["several", "name", "values"] | None = None
    others: list[str] = []
    convert: list[str] = []


class ProposedSurvey(BaseModel):
    """``entry``: id in the registry, if it is there."""

    survey: str
    reason: str
    entry: str | None = None
    sure: bool


class ProposedSky(BaseModel):
    """Positions in degrees (ICRS) of up to 2,000 rows; ``outside``: rows looked at that have none."""

    ra: list[float]
    dec: list[float]
    outside: int
    message: str | None = None


class Proposed(BaseModel):
    """``input``: what a recipe's input says beside ``from``; empty where everything is plain."""

    roles: list[ProposedRole]
    missing: list[Role]
    convert: dict[str, Any]
    survey: ProposedSurvey | None
    warnings: list[models.Finding]
    columns: list[str]
    input: dict[str, Any]
    sky: ProposedSky


class Names(BaseModel):
    """Columns of a table that is not to be had here, such as one that a PZ Server has read."""

    names: list[str]


class ProposedNames(BaseModel):
    roles: list[ProposedRole]


def routes(router: APIRouter, service: Service) -> None:
    """The routes; looked at are up to 20,000 rows of the columns that come into question."""

    @router.post("/propose", responses={200: {"model": ProposedNames}})
    async def of_names(what: Names) -> Response:
        return JSONResponse(await asyncio.to_thread(named, what.names))

    @router.post("/tables/{id}/propose", responses={200: {"model": Proposed}})
    async def propose(id: str, what: Propose) -> Response:
        view = await service.tables.get(id)
        return JSONResponse(await asyncio.to_thread(proposed, view, what.columns, what.convert))


def named(names: list[str]) -> dict[str, Any]:
    """``ProposedNames``: what can be told by names alone."""
    import pyarrow as pa

    from pz_tsm.sources.proposals import propose

    found = propose(pa.schema([(name, pa.float64()) for name in dict.fromkeys(names)]))
    return {"roles": [one.to_dict() for one in found.roles.values()]}


def proposed(
    view: View, columns: Mapping[str, Any] | None = None, convert: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """``Proposed`` of a table. TsmError for a column or a conversion that there is not."""
    from pz_tsm.sources.convert import read
    from pz_tsm.sources.proposals import propose

    info = view.info()
    found = propose(view.table, name=info.get("name"), given=columns or {}, sentinels=_sentinels(info))
    asked = dict(convert) if convert is not None else found.convert
    read(asked, info.get("name") or "table")
    said = {**found.to_dict(), "convert": asked}
    plain = not columns and not found.unsure and not found.missing and not asked
    said["input"] = found.input(convert=asked, columns=not plain)
    none = {role: None for role, column in (columns or {}).items() if column is None}
    if none:  # so that none is looked for when it is loaded
        said["input"]["columns"] = {**said["input"].get("columns", {}), **none}
    return {**said, "sky": sky(view, found, asked)}


def _sentinels(info: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Column -> values that stood for none and became null when the file was read."""
    return {one["name"]: one["sentinels"] for one in info["columns"] if one.get("sentinels")}


def sky(view: View, found: Proposals, asked: Mapping[str, Any]) -> dict[str, Any]:
    """``ProposedSky``: where the proposed columns put some of the rows, evenly taken."""
    import numpy as np
    import pyarrow as pa

    from pz_tsm.sources import convert

    nothing: dict[str, Any] = {"ra": [], "dec": [], "outside": 0, "message": None}
    if "ra" not in found.roles or "dec" not in found.roles or not view.rows:
        return nothing
    names = {role: list(found.roles[role].columns) for role in ("ra", "dec")}
    rows = np.unique(np.linspace(0, view.rows - 1, POINTS).astype(np.int64))
    part = view.table.select(list(dict.fromkeys([*names["ra"], *names["dec"]]))).take(pa.array(rows))
    try:
        how = convert.read({"positions": asked.get("positions")}, "table").get("positions", [])
        placed = convert.positions(part, names, how, found.name or "table")
    except TsmError as error:
        return {**nothing, "outside": len(rows), "message": f"{error}"}
    ra, dec = (placed[role].to_numpy(zero_copy_only=False).astype(float) for role in ("ra", "dec"))
    with np.errstate(invalid="ignore"):
        good = (ra >= 0) & (ra <= 360) & (np.abs(dec) <= 90)
    return {
        "ra": ra[good].round(6).tolist(),
        "dec": dec[good].round(6).tolist(),
        "outside": int((~good).sum()),
        "message": None,
    }
