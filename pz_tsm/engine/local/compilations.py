"""Two opened tables compared, object by object; the result is a table that is opened like any other."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from pz_tsm.engine.local import models
from pz_tsm.engine.local.kept import trim
from pz_tsm.errors import TsmError
from pz_tsm.export import part_of
from pz_tsm.version import version

if TYPE_CHECKING:
    from pz_tsm.engine.local.service import Service

KEPT = 20  # comparisons on disk
SUMMARY = b"tsm:comparison"  # metadata of their files


class CompareTables(BaseModel):
    first: str = Field(description="Id of an opened table.")
    second: str
    radius_arcsec: float = Field(0.75, gt=0, le=60)
    delta_z: float = Field(1e-4, ge=0, le=1, description="|dz|/(1+z) that is no change.")


class Moved(BaseModel):
    from_: str | None = Field(alias="from")
    to: str | None
    objects: int


class Compared(BaseModel):
    first: str
    second: str
    radius_arcsec: float
    delta_z: float
    objects: int
    counts: dict[str, int]
    meaning: dict[str, str]
    surveys: list[Moved]
    table: models.TableInfo


def routes(router: APIRouter, service: Service) -> None:
    """``POST /local/compilations``."""

    @router.post("/compilations", responses={200: {"model": Compared}})
    async def compare(request: Request, what: CompareTables) -> Response:
        from pz_tsm.engine.local.service import while_connected

        for id in (what.first, what.second):
            await service.tables.get(id)
        folder = service.comparisons
        key = hashlib.sha256(json.dumps([version(), what.model_dump()], sort_keys=True).encode())
        out = folder / f"{key.hexdigest()[:32]}.parquet"
        summary = await asyncio.to_thread(_made_before, out)
        if summary is None:
            part = part_of(out)
            said = {
                "first": str(service.tables.file(what.first).parent),
                "second": str(service.tables.file(what.second).parent),
                "part": str(part),
                "radius_arcsec": what.radius_arcsec,
                "delta_z": what.delta_z,
            }
            try:
                summary = await while_connected(request, service.workers.call("compare", **said))
                await asyncio.to_thread(part.replace, out)
            finally:  # the child may have been ended
                await asyncio.to_thread(part.unlink, missing_ok=True)
        # an opened one lives on in the cache of tables
        await asyncio.to_thread(trim, folder, "*.parquet", KEPT, [out])
        name = f"{summary['first']} and {summary['second']}"
        roles = {"ra": "ra", "dec": "dec", "redshift": "redshift_2"}
        view = await service.tables.open(out, {"name": name, "roles": roles})
        return JSONResponse(summary | {"table": await asyncio.to_thread(view.info)})


def compare(first: str, second: str, part: str, radius_arcsec: float, delta_z: float) -> dict[str, Any]:
    """In the child: compare two tables of the cache and write the result; its summary."""
    import pyarrow.parquet as pq

    from pz_tsm import compilations
    from pz_tsm.engine.local import cache

    sides, names = [], []
    for folder in (first, second):
        seen = cache.load(Path(folder))
        if seen is None:
            raise TsmError("This table is no longer open in the engine.", remedy="Open its file again.")
        info = seen.info()
        table = compilations.canonical(seen.table, info["roles"])
        access = {b"tsm:access": str(info["access"]).encode()}
        sides.append(table.replace_schema_metadata({**(table.schema.metadata or {}), **access}))
        names.append(info["name"])
    result = compilations.compare(
        *sides, radius_arcsec=radius_arcsec, delta_z=delta_z, names=(names[0], names[1])
    )
    summary = result.to_dict()
    metadata = {**(result.table.schema.metadata or {}), SUMMARY: json.dumps(summary).encode()}
    Path(part).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pq.write_table(result.table.replace_schema_metadata(metadata), part)
    return summary


def _made_before(path: Path) -> dict[str, Any] | None:
    """What a comparison said that is still on disk; None if there is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        said = (pq.read_schema(path).metadata or {}).get(SUMMARY)
    except (OSError, pa.ArrowInvalid):
        return None
    return json.loads(said) if said else None
