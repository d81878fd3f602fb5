"""Routes of processes."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from pz_tsm.engine.pzserver import models, processes, products, submission
from pz_tsm.engine.pzserver.actions import contract_keys, describe
from pz_tsm.engine.pzserver.answers import Json, query_of, row_id
from pz_tsm.engine.pzserver.deps import Caller, Engine, Fields
from pz_tsm.engine.pzserver.fields import clean
from pz_tsm.engine.pzserver.openapi import lists, takes

routes = APIRouter()
ALLOW = {"Allow": "GET, POST, HEAD, OPTIONS"}
NEW = takes(
    processes.FIELDS,
    files=("flags_translation_file",),
    more={
        "inputs": {"type": "array", "items": {"type": "integer"}, "minItems": 1},
        "used_config": {"anyOf": [{"type": "object"}, {"type": "string"}]},
    },
    required=("inputs",),
)
COMMENT = takes({"comment": processes.FIELDS["comment"]}, partial=True)


@routes.get(
    "/api/processes/", responses=models.ok(models.ProcessList), openapi_extra=lists(processes.LISTING)
)
def process_list(request: Request, engine: Engine, user: Caller) -> Response:
    found = processes.LISTING.page(
        engine.db, query_of(request), lambda row: processes.to_json(engine, row, user)
    )
    return Json(found, headers=ALLOW)


@routes.options("/api/processes/", include_in_schema=False)
def process_options(user: Caller) -> Response:
    shown = describe(contract_keys(models.Process), processes.SHOWN)
    product = describe(contract_keys(models.Product), products.FIELDS, {"status": products.STATUS})
    whole = {"type": "nested object", "required": False, "read_only": True, "children": product}
    shown["provenance_inputs"]["child"] = whole
    file = {"type": "file upload", "required": False, "read_only": False, "label": "Flags translation"}
    return Json(processes.LISTING.options({**shown, "flags_translation": file}), headers=ALLOW)


@routes.post("/api/processes/validate/", responses=models.ok(models.Checked), openapi_extra=NEW)
def validate(engine: Engine, user: Caller, body: Fields) -> Response:
    """What creating this process would answer: 400 and the wrong fields, or what would be run. Nothing is
    written."""
    plan = submission.check(engine, user, body)
    return Json({"used_config": plan.config, "warnings": plan.warnings})


@routes.post("/api/processes/", status_code=201, responses=models.ok(models.Process, 201), openapi_extra=NEW)
def create(engine: Engine, user: Caller, body: Fields) -> Response:
    """Run a pipeline: ``display_name``, ``pipeline``, ``inputs``, ``used_config``, and ``release`` for
    training sets."""
    key = submission.create(engine, user, body)
    return Json(processes.to_json(engine, processes.find(engine, key), user), 201)


@routes.get("/api/processes/{key}/", responses=models.ok(models.Process))
def detail(key: str, engine: Engine, user: Caller) -> Response:
    return Json(processes.to_json(engine, processes.find(engine, row_id(key, "Process")), user))


@routes.put("/api/processes/{key}/", responses=models.ok(models.Process), openapi_extra=COMMENT)
@routes.patch("/api/processes/{key}/", responses=models.ok(models.Process), openapi_extra=COMMENT)
def patch(key: str, engine: Engine, user: Caller, body: Fields) -> Response:
    """Only the comment can be changed. Owner or admin."""
    row = processes.find_writable(engine, user, row_id(key, "Process"))
    values = clean(engine.db, {"comment": processes.FIELDS["comment"]}, body, partial=True)
    if values:
        engine.db.update("processes", row["id"], values)
    return Json(processes.to_json(engine, processes.find(engine, row["id"]), user))


@routes.get("/api/processes/{key}/logs/", responses=models.ok(models.ProcessLogs))
def logs(key: str, engine: Engine, user: Caller) -> Response:
    return Json(processes.logs(engine, processes.find(engine, row_id(key, "Process"))))


@routes.get("/api/processes/{key}/stop/", responses=models.ok(models.Process))
@routes.post("/api/processes/{key}/stop/", responses=models.ok(models.Process))
def stop(key: str, engine: Engine, user: Caller) -> Response:
    """End a process and what it started; one that has ended stays as it is. Owner or admin."""
    row = processes.find_writable(engine, user, row_id(key, "Process"))
    engine.runner.stop(row["id"])
    return Json(processes.to_json(engine, processes.find(engine, row["id"]), user))
