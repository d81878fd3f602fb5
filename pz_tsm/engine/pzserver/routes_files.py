"""Routes of product files and of product contents."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from pz_tsm.engine.pzserver import contents, files, models, products
from pz_tsm.engine.pzserver.actions import contract_keys, describe
from pz_tsm.engine.pzserver.answers import Json, base_url, empty, query_of, row_id
from pz_tsm.engine.pzserver.deps import Caller, Engine, Fields
from pz_tsm.engine.pzserver.errors import not_found
from pz_tsm.engine.pzserver.openapi import lists, takes
from pz_tsm.engine.pzserver.routes_products import FastFile

routes = APIRouter()
ALLOW = {"Allow": "GET, POST, HEAD, OPTIONS"}


@routes.get(
    "/api/product-files/", responses=models.ok(models.ProductFileList), openapi_extra=lists(files.LISTING)
)
def file_list(request: Request, engine: Engine, user: Caller) -> Response:
    base = base_url(request)
    found = files.LISTING.page(
        engine.db, query_of(request), lambda row: files.to_json(row, user, base), products.visible(user)
    )
    return Json(found, headers=ALLOW)


@routes.options("/api/product-files/", include_in_schema=False)
def file_options(user: Caller) -> Response:
    return Json(
        files.LISTING.options(describe(contract_keys(models.ProductFile), files.FIELDS)), headers=ALLOW
    )


@routes.post(
    "/api/product-files/",
    status_code=201,
    responses=models.ok(models.ProductFile, 201),
    openapi_extra=takes(files.FIELDS, required_files=("file",)),
)
def upload(request: Request, engine: Engine, user: Caller, body: Fields) -> Response:
    """Multipart: ``product``, ``file``, ``role`` (0 main, 1 description, 2 auxiliary), ``type`` (MIME).
    Owner only."""
    return Json(files.to_json(files.upload(engine, user, body), user, base_url(request)), 201)


@routes.get("/api/product-files/{key}/", responses=models.ok(models.ProductFile))
def file_detail(key: str, request: Request, engine: Engine, user: Caller) -> Response:
    return Json(files.to_json(files.find(engine, user, row_id(key, "ProductFile")), user, base_url(request)))


@routes.delete("/api/product-files/{key}/", status_code=204)
def file_delete(key: str, engine: Engine, user: Caller) -> Response:
    files.delete(engine, user, row_id(key, "ProductFile"))
    return empty()


@routes.get("/archive/data/{kind}/{name}/{stored}", include_in_schema=False)
def file_bytes(kind: str, name: str, stored: str, engine: Engine, user: Caller) -> Response:
    """The bytes behind the ``file`` address of a product file; with the caller's token, unlike on the real
    server."""
    sql, values = products.visible(user)
    row = engine.db.one(
        f"{files.SELECT} WHERE p.path = ? AND f.stored = ? AND {sql}", f"{kind}/{name}", stored, *values
    )
    path = engine.products / f"{kind}/{name}" / stored
    if row is None or not path.is_file():
        raise not_found("ProductFile")
    return FastFile(path, filename=row["name"])


@routes.get(
    "/api/product-contents/",
    responses=models.ok(models.ProductContentList),
    openapi_extra=lists(contents.LISTING),
)
def content_list(request: Request, engine: Engine, user: Caller) -> Response:
    found = contents.LISTING.page(engine.db, query_of(request), contents.to_json, products.visible(user))
    return Json(found, headers=ALLOW)


@routes.options("/api/product-contents/", include_in_schema=False)
def content_options(user: Caller) -> Response:
    keys = contract_keys(models.ProductContent)
    return Json(contents.LISTING.options(describe(keys, contents.FIELDS)), headers=ALLOW)


@routes.post(
    "/api/product-contents/",
    status_code=201,
    responses=models.ok(models.ProductContent, 201),
    openapi_extra=takes(contents.FIELDS),
)
def content_create(engine: Engine, user: Caller, body: Fields) -> Response:
    return Json(contents.to_json(contents.create(engine, user, body)), 201)


@routes.get("/api/product-contents/{key}/", responses=models.ok(models.ProductContent))
def content_detail(key: str, engine: Engine, user: Caller) -> Response:
    return Json(contents.to_json(contents.find(engine, user, row_id(key, "ProductContent"))))


@routes.patch(
    "/api/product-contents/{key}/",
    responses=models.ok(models.ProductContent),
    openapi_extra=takes(contents.FIELDS, partial=True),
)
def content_patch(key: str, engine: Engine, user: Caller, body: Fields) -> Response:
    """Set ``ucd`` and ``alias`` of a column. Owner or admin."""
    row = contents.update(engine, user, row_id(key, "ProductContent"), body, partial=True)
    return Json(contents.to_json(row))


@routes.put(
    "/api/product-contents/{key}/",
    responses=models.ok(models.ProductContent),
    openapi_extra=takes(contents.FIELDS),
)
def content_put(key: str, engine: Engine, user: Caller, body: Fields) -> Response:
    row = contents.update(engine, user, row_id(key, "ProductContent"), body, partial=False)
    return Json(contents.to_json(row))


@routes.delete("/api/product-contents/{key}/", status_code=204)
def content_delete(key: str, engine: Engine, user: Caller) -> Response:
    contents.delete(engine, user, row_id(key, "ProductContent"))
    return empty()
