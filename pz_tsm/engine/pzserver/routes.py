"""The contract's routes: identity and the small collections here, the rest in the ``routes_*`` modules."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from pz_tsm.engine.pzserver import listing as ls
from pz_tsm.engine.pzserver import lookups, models, products
from pz_tsm.engine.pzserver.answers import Json, base_url, query_of, row_id
from pz_tsm.engine.pzserver.deps import Caller, Engine, Fields
from pz_tsm.engine.pzserver.errors import not_found
from pz_tsm.engine.pzserver.openapi import lists
from pz_tsm.engine.pzserver.users import rotate_token
from pz_tsm.engine.state import EngineState

COLLECTIONS = (
    "users",
    "releases",
    "product-types",
    "products",
    "products-specz",
    "product-contents",
    "product-files",
    "pipelines",
    "processes",
)
READ = {"Allow": "GET, HEAD, OPTIONS"}

routes = APIRouter()


def router(state: EngineState) -> APIRouter:
    """Everything of the contract, with its full paths."""
    from pz_tsm.engine.pzserver import routes_files, routes_processes, routes_products

    whole = APIRouter()
    for part, tag in (
        (routes, "identity and collections"),
        (routes_products.routes, "products"),
        (routes_files.routes, "files and columns"),
        (routes_processes.routes, "processes"),
    ):
        whole.include_router(part, tags=[tag])
    return whole


@routes.get("/api/")
def index(request: Request, user: Caller) -> Response:
    """The collections and their addresses; also how a client checks its token."""
    return Json({name: f"{base_url(request)}/api/{name}/" for name in COLLECTIONS}, headers=READ)


@routes.get("/which_environment/")
@routes.get("/api/teste/", include_in_schema=False)
def environment() -> Response:
    return Json({"enviroment_name": "pz-tsm engine", "is_dev": False})


@routes.post("/api/logged_user/", responses=models.ok(models.LoggedUser))
def logged_user(user: Caller) -> Response:
    """Who the token belongs to; ``username`` is the display name, as on the real server."""
    return Json({"username": user.display_name, "is_admin": user.is_admin})


@routes.post("/api/get_token/", responses=models.ok(models.Token))
def get_token(engine: Engine, user: Caller) -> Response:
    """A new token for the caller; the old one stops working."""
    return Json({"token": rotate_token(engine.db, user.id)})


@routes.post("/api/obtain_token/", include_in_schema=False)
def obtain_token(body: Fields) -> Response:
    """Users of the engine have no passwords: tokens come from ``pz-tsm engine add-user``."""
    missing = {
        name: ["This field is required."] for name in ("username", "password") if not body.values.get(name)
    }
    return Json(missing or {"non_field_errors": ["Unable to log in with provided credentials."]}, 400)


@routes.get("/api/logout/", include_in_schema=False)
def logout(user: Caller) -> Response:
    return Response()


@routes.get("/api/sysinfo/", include_in_schema=False)
def sysinfo(user: Caller) -> Response:
    """Names of the engine's folders, below its data folder: the absolute ones are nobody's business."""
    names = {"pipelines_dir": "pipelines", "processing_dir": "processes", "datasets_dir": "releases"}
    return Json(names, headers={"Allow": "GET"})


@routes.get("/api/orch_pipelines/", include_in_schema=False)
def orch_pipelines(user: Caller) -> Response:
    """The engine runs its pipelines itself: there is no orchestrator that would have others."""
    return Json({"pipelines": {}}, headers={"Allow": "GET"})


@routes.get("/api/users/", responses=models.ok(models.UserList), openapi_extra=lists(lookups.USERS))
def users(request: Request, engine: Engine, user: Caller) -> Response:
    return Json(lookups.USERS.page(engine.db, query_of(request), lookups.user_json))


@routes.get("/api/users/{key}/", responses=models.ok(models.User))
def user_detail(key: str, engine: Engine, user: Caller) -> Response:
    row = engine.db.one("SELECT * FROM users WHERE id = ?", row_id(key, "User"))
    if row is None:
        raise not_found("User")
    return Json(lookups.user_json(row))


@routes.get(
    "/api/product-types/",
    responses=models.ok(models.ProductTypeList),
    openapi_extra=lists(lookups.PRODUCT_TYPES),
)
def product_types(request: Request, engine: Engine, user: Caller) -> Response:
    return Json(lookups.PRODUCT_TYPES.page(engine.db, query_of(request), lookups.type_json))


@routes.get("/api/product-types/{key}/", responses=models.ok(models.ProductType))
def product_type(key: str, engine: Engine, user: Caller) -> Response:
    row = engine.db.one("SELECT * FROM product_types WHERE id = ?", row_id(key, "ProductType"))
    if row is None:
        raise not_found("ProductType")
    return Json(lookups.type_json(row))


@routes.get("/api/releases/", responses=models.ok(models.ReleaseList), openapi_extra=lists(lookups.RELEASES))
def releases(request: Request, engine: Engine, user: Caller) -> Response:
    """The releases that the caller may see."""
    allowed = products.visible_release(user, "r.id")
    found = lookups.RELEASES.page(
        engine.db, query_of(request), lambda row: lookups.release_json(engine.db, row), allowed
    )
    return Json(found)


@routes.get("/api/releases/{key}/", responses=models.ok(models.Release))
def release(key: str, engine: Engine, user: Caller) -> Response:
    sql, values = products.visible_release(user, "r.id")
    row = engine.db.one(f"SELECT * FROM releases r WHERE r.id = ? AND {sql}", row_id(key, "Release"), *values)
    if row is None:
        raise not_found("Release")
    return Json(lookups.release_json(engine.db, row))


@routes.get(
    "/api/pipelines/", responses=models.ok(models.PipelineList), openapi_extra=lists(lookups.PIPELINES)
)
def pipelines(request: Request, engine: Engine, user: Caller) -> Response:
    return Json(lookups.PIPELINES.page(engine.db, query_of(request), lookups.pipeline_json))


@routes.get("/api/pipelines/{key}/", responses=models.ok(models.Pipeline))
def pipeline(key: str, engine: Engine, user: Caller) -> Response:
    row = engine.db.one("SELECT * FROM pipelines WHERE id = ?", row_id(key, "Pipeline"))
    if row is None:
        raise not_found("Pipeline")
    return Json(lookups.pipeline_json(row))


def add_options(path: str, listing: ls.Listing) -> None:
    def options(user: Caller) -> Response:
        return Json(listing.options(), headers=READ)

    routes.add_api_route(path, options, methods=["OPTIONS"], include_in_schema=False)


for _path, _listing in (
    ("/api/users/", lookups.USERS),
    ("/api/product-types/", lookups.PRODUCT_TYPES),
    ("/api/releases/", lookups.RELEASES),
    ("/api/pipelines/", lookups.PIPELINES),
):
    add_options(_path, _listing)
