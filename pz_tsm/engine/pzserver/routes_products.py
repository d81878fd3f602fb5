"""Routes of products: list, create, publish, register, preview, download."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import FileResponse

from pz_tsm.engine.pzserver import downloads, metadata, models, products, registry, tables
from pz_tsm.engine.pzserver.actions import contract_keys, describe
from pz_tsm.engine.pzserver.answers import Json, base_url, empty, query_of, row_id
from pz_tsm.engine.pzserver.deps import Caller, Engine, Fields
from pz_tsm.engine.pzserver.errors import ApiError
from pz_tsm.engine.pzserver.fields import clean
from pz_tsm.engine.pzserver.listing import MAX_PAGE_SIZE
from pz_tsm.engine.pzserver.openapi import lists, takes
from pz_tsm.engine.pzserver.users import User
from pz_tsm.engine.state import EngineState

routes = APIRouter()
LIST_ALLOW = {"Allow": "GET, POST, HEAD, OPTIONS"}
SPECZ = f"t.name = 'redshift_catalog' AND p.status = {products.PUBLISHED}"


class FastFile(FileResponse):
    """A file in chunks of 1 MiB, with Range and exact lengths."""

    chunk_size = 1 << 20


def find(engine: EngineState, user: User, key: str) -> Any:
    return products.find(engine.db, user, row_id(key, "Product"))


def answer(engine: EngineState, user: User, key: int, status: int = 200) -> Json:
    """The product as it is now. A change may have taken it out of the caller's sight (an admin's never)."""
    return Json(products.to_json(engine.db.one(f"{products.SELECT} WHERE p.id = ?", key), user), status)


@routes.get("/api/products/", responses=models.ok(models.ProductList), openapi_extra=lists(products.LISTING))
def product_list(request: Request, engine: Engine, user: Caller) -> Response:
    found = products.LISTING.page(
        engine.db, query_of(request), lambda row: products.to_json(row, user), products.visible(user)
    )
    return Json(found, headers=LIST_ALLOW)


@routes.options("/api/products/", include_in_schema=False)
def product_options(user: Caller) -> Response:
    keys = contract_keys(models.Product)
    actions = describe(keys, products.FIELDS, {"status": products.STATUS})
    return Json(products.LISTING.options(actions), headers=LIST_ALLOW)


@routes.get(
    "/api/products-specz/", responses=models.ok(models.ProductList), openapi_extra=lists(products.LISTING)
)
def specz_list(request: Request, engine: Engine, user: Caller) -> Response:
    """Published redshift catalogues: what the pipelines accept."""
    sql, values = products.visible(user)
    allowed = (f"{SPECZ} AND {sql}", values)
    return Json(
        products.LISTING.page(engine.db, query_of(request), lambda r: products.to_json(r, user), allowed)
    )


@routes.get("/api/products-specz/{key}/", responses=models.ok(models.Product))
def specz_detail(key: str, engine: Engine, user: Caller) -> Response:
    row = find(engine, user, key)
    if row["type_name"] != "redshift_catalog" or row["status"] != products.PUBLISHED:
        raise products.not_found("Product")
    return Json(products.to_json(row, user))


@routes.post(
    "/api/products/",
    status_code=201,
    responses=models.ok(models.Product, 201),
    openapi_extra=takes(products.FIELDS),
)
def create(engine: Engine, user: Caller, body: Fields) -> Response:
    values = clean(engine.db, products.FIELDS, body, as_lists=False)
    return answer(engine, user, products.create(engine, user, values), 201)


@routes.get("/api/products/pending_publication/", responses=models.ok(models.PendingPublication))
def pending(engine: Engine, user: Caller) -> Response:
    """The caller's first draft, to resume or to discard."""
    row = engine.db.one(f"{products.SELECT} WHERE p.user_id = ? AND p.status = 0 ORDER BY p.id", user.id)
    return Json({"product": None if row is None else products.to_json(row, user)})


@routes.get("/api/products/{key}/", responses=models.ok(models.Product))
def detail(key: str, engine: Engine, user: Caller) -> Response:
    return Json(products.to_json(find(engine, user, key), user))


@routes.patch(
    "/api/products/{key}/",
    responses=models.ok(models.Product),
    openapi_extra=takes(products.FIELDS, partial=True),
)
def patch(key: str, engine: Engine, user: Caller, body: Fields) -> Response:
    """Change fields; ``status=1`` publishes. Owner or admin."""
    row = products.find_writable(engine.db, user, row_id(key, "Product"))
    products.update(engine, user, row, clean(engine.db, products.FIELDS, body, partial=True))
    return answer(engine, user, row["id"])


@routes.put("/api/products/{key}/", responses=models.ok(models.Product), openapi_extra=takes(products.FIELDS))
def put(key: str, engine: Engine, user: Caller, body: Fields) -> Response:
    row = products.find_writable(engine.db, user, row_id(key, "Product"))
    products.update(engine, user, row, clean(engine.db, products.FIELDS, body))
    return answer(engine, user, row["id"])


@routes.delete("/api/products/{key}/", status_code=204)
def delete(key: str, engine: Engine, user: Caller) -> Response:
    row = products.find_writable(engine.db, user, row_id(key, "Product"), deleted_too=True)
    products.delete(engine, row)
    return empty()


@routes.get("/api/products/{key}/registry/", responses=models.ok(models.Product))
@routes.post("/api/products/{key}/registry/", responses=models.ok(models.Product))
def register(key: str, engine: Engine, user: Caller) -> Response:
    """Read the main file and fill in columns and number of rows. Owner or admin."""
    row = products.find_writable(engine.db, user, row_id(key, "Product"))
    if row["status"] == products.PROCESSING:
        raise ApiError(409, {"detail": "The product's process has not ended."})
    registry.register(engine, row)
    return answer(engine, user, row["id"])


@routes.get("/api/products/{key}/main_file_info/", responses=models.ok(models.ProductWithMainFile))
def main_file_info(key: str, engine: Engine, user: Caller) -> Response:
    row = find(engine, user, key)
    info = metadata.main_file_json(engine, row["id"])
    associated = metadata.associated_columns(engine, row["id"])
    if associated:
        info["associated_columns"] = associated
    main = products.main_file(engine.db, row["id"], strict=False)
    if main is not None:
        if main["extension"] == ".csv":
            plain = {"delimiter": ",", "has_header": True, "columns": []}
            info |= plain | json.loads(main["details"] or "{}")
        info["n_columns"] = len(products.columns_of(engine.db, row["id"])) or None
        info["checksum"] = main["checksum"]
    return Json({**products.to_json(row, user), "main_file": info})


@routes.get("/api/products/{key}/read_data/", responses=models.ok(models.ReadData))
def read_data(key: str, request: Request, engine: Engine, user: Caller) -> Response:
    """The first rows of the table, page by page; ``count`` is the number of rows kept for this, not the
    table's."""
    row = find(engine, user, key)
    main = products.main_file(engine.db, row["id"], strict=False)
    folder = products.folder(engine, row)
    preview = folder / tables.PREVIEW
    if not preview.is_file():
        path = folder / main["stored"] if main is not None else None
        try:
            facts = tables.describe(path) if path and path.exists() else None
        except Exception:
            facts = None
        if facts is None:
            body = {"count": 0, "columns": [], "results": []}
            return Json({**body, "message": "Table preview not available for this product type."})
        tables.write_preview(folder, facts)
    body = json.loads(preview.read_text())
    query = query_of(request)
    size = min(_positive(query.get("page_size"), 100), MAX_PAGE_SIZE)
    pages = max(1, -(-len(body["records"]) // size))
    page = min(_positive(query.get("page"), 1), pages)
    rows = body["records"][(page - 1) * size : page * size]
    return Json({"count": len(body["records"]), "columns": body["columns"], "results": rows})


def _positive(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() and int(text) > 0 else default


@routes.get("/api/products/{key}/process_config/")
def process_config(key: str, engine: Engine, user: Caller) -> Response:
    """Parameters of the process that made the product; empty for uploads."""
    row = find(engine, user, key)
    if row["process_id"] is None:
        return Json({})
    config = json.loads(engine.db.scalar("SELECT used_config FROM processes WHERE id = ?", row["process_id"]))
    body: dict[str, Any] = {"config": config.get("param", {})}
    flags = config.get("param", {}).get("flags_translation_file")
    path = products.folder(engine, row) / Path(flags).name if flags else None
    if path is not None and path.is_file():
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError

        try:
            body["flag_translation"] = json.loads(
                json.dumps(YAML(typ="safe").load(path.read_text()), default=str)
            )
        except (YAMLError, ValueError, TypeError):
            body["flag_translation"] = None
    return Json(body)


def prepare(engine: EngineState, user: User, key: str, request: Request, kind: str) -> Json:
    archive = engine.archiver.prepare(find(engine, user, key), kind)
    status = 202 if archive["status"] in ("pending", "running") else 200
    return Json(engine.archiver.to_json(archive, user.id, base_url(request)), status)


def status_of(engine: EngineState, user: User, key: str, request: Request, kind: str) -> Json:
    archive = engine.archiver.current(find(engine, user, key), kind)
    if archive is None:
        return Json({"status": "not_found"}, 404)
    return Json(engine.archiver.to_json(archive, user.id, base_url(request)))


def send(engine: EngineState, user: User, key: str, request: Request, kind: str) -> Response:
    row = find(engine, user, key)
    path, name = engine.archiver.file(row["id"], kind, request.query_params.get("token"))
    return FastFile(path, filename=name)


@routes.post("/api/products/{key}/download/prepare/", responses=models.ok(models.Archive))
def prepare_product(key: str, request: Request, engine: Engine, user: Caller) -> Response:
    return prepare(engine, user, key, request, downloads.PRODUCT)


@routes.get("/api/products/{key}/download/status/", responses=models.ok(models.Archive))
def product_status(key: str, request: Request, engine: Engine, user: Caller) -> Response:
    return status_of(engine, user, key, request, downloads.PRODUCT)


@routes.get("/api/products/{key}/download/file/")
def product_file(key: str, request: Request, engine: Engine, user: Caller) -> Response:
    return send(engine, user, key, request, downloads.PRODUCT)


@routes.post("/api/products/{key}/download/main-file/prepare/", responses=models.ok(models.Archive))
def prepare_main(key: str, request: Request, engine: Engine, user: Caller) -> Response:
    return prepare(engine, user, key, request, downloads.MAIN)


@routes.get("/api/products/{key}/download/main-file/status/", responses=models.ok(models.Archive))
def main_status(key: str, request: Request, engine: Engine, user: Caller) -> Response:
    return status_of(engine, user, key, request, downloads.MAIN)


@routes.get("/api/products/{key}/download/main-file/file/")
def main_file(key: str, request: Request, engine: Engine, user: Caller) -> Response:
    return send(engine, user, key, request, downloads.MAIN)


@routes.get("/api/products/{key}/download/", include_in_schema=False)
def legacy_product(key: str, request: Request, engine: Engine, user: Caller) -> Response:
    """Deprecated: the zip in one request."""
    row = find(engine, user, key)
    archive = engine.archiver.prepare(row, downloads.PRODUCT, wait=1800)
    if archive["status"] != "ready":
        raise ApiError(500, {"error": archive["error"] or "The archive could not be made in time."})
    link = f'</api/products/{row["id"]}/download/prepare/>; rel="successor-version"'
    headers = {"Deprecation": "true", "Link": link}
    return FastFile(archive["path"], filename=archive["filename"], headers=headers)


@routes.get("/api/products/{key}/download_main_file/", include_in_schema=False)
def legacy_main(key: str, request: Request, engine: Engine, user: Caller) -> Response:
    """Deprecated: the main file, or 202 while the zip of a HATS catalogue is made."""
    archive = engine.archiver.prepare(find(engine, user, key), downloads.MAIN)
    if archive["status"] == "failed":
        raise ApiError(500, {"error": archive["error"]})
    if archive["status"] != "ready":
        return Json(engine.archiver.to_json(archive, user.id, base_url(request)), 202)
    return FastFile(archive["path"], filename=archive["filename"])
