"""Rules and bodies of the contract, over plain HTTP."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import httpx
import pytest

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "contract" / "recorded"


@pytest.fixture
def ana(live):
    return live.as_user("ana")


@pytest.fixture
def bob(live):
    return live.as_user("bob")


@pytest.fixture
def admin(live):
    return live.as_user("local")


CSV = "name,ra,dec,zspec\na,150.1,2.1,0.5\nb,150.2,2.2,0.6\n"


def new(client, name="a product", kind=1, **more) -> dict:
    answer = client.post("/products/", json={"display_name": name, "product_type": kind, "status": 0, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def attach(client, key, content=CSV, name="cat.csv", role=0) -> httpx.Response:
    content = content.encode() if isinstance(content, str) else content
    return client.post("/product-files/", data={"product": key, "role": role}, files={"file": (name, content)})


def draft(client, **more) -> dict:
    """A registered product with a main file and no associations."""
    product = new(client, **more)
    assert attach(client, product["id"]).status_code == 201
    assert client.get(f"/products/{product['id']}/registry/").status_code == 200
    return product


def associate(client, key) -> dict:
    """Column name -> id, after RA, Dec and z are set."""
    ids = {c["column_name"]: c["id"] for c in client.get(f"/product-contents/?product={key}").json()["results"]}
    for column, alias in (("ra", "RA"), ("dec", "Dec"), ("zspec", "z")):
        answer = client.patch(f"/product-contents/{ids[column]}/", data={"ucd": "x", "alias": alias})
        assert answer.json() | {"alias": alias} == answer.json()
    return ids


def published(client, **more) -> dict:
    product = draft(client, **more)
    associate(client, product["id"])
    answer = client.patch(f"/products/{product['id']}/", data={"status": "1"})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        (None, "Authentication credentials were not provided."),
        ("Token " + "0" * 40, "Invalid token."),
        ("Token", "Invalid token header. No credentials provided."),
        ("Bearer zzz", "Invalid token header. No credentials provided."),
    ],
)
def test_401(live, header, detail):
    headers = {"Authorization": header} if header else {}
    for method, path in (("GET", "/api/"), ("GET", "/api/products/"), ("OPTIONS", "/api/products/"), ("POST", "/api/products/")):
        answer = httpx.request(method, live.url + path, headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"detail": detail})
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_keys_and_values_are_those_recorded_from_the_real_server(ana):
    if not RECORDED.is_dir():
        pytest.skip("../shared is not here")
    product = published(ana, name="My Spec-z (2026)  Ünï")
    assert product["internal_name"] == f"{product['id']}_my_specz_2026__ünï"

    def recorded(name):
        return json.loads((RECORDED / f"{name}.json").read_text())["response_body"]

    real = recorded("046_publish")
    assert list(product) == list(real)
    own = ("id", "internal_name", "created_at", "updated_at", "uploaded_by", "description", "display_name")
    assert {k: v for k, v in product.items() if k not in own} == {k: v for k, v in real.items() if k not in own}
    files = ana.get(f"/product-files/?product_id={product['id']}").json()
    assert set(recorded("040_files_list")["results"][0]) <= set(files["results"][0])
    contents = ana.get(f"/product-contents/?product={product['id']}").json()["results"]
    assert list(contents[0]) == list(recorded("042_contents")["results"][0])
    for entity, name in (("products", "017_options_products"), ("processes", "019_options_processes")):
        assert ana.options(f"/{entity}/").json()["filter_classes"] == recorded(name)["filter_classes"]
    for entity, name in (("product-types", "018_options_product_types"), ("releases", "020_options_releases")):
        assert ana.options(f"/{entity}/").json() == recorded(name)


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({}, 400, {"product_type": "This field is required.", "display_name": "This field is required."}),
        ({"display_name": "x", "product_type": 99}, 400, {"product_type": 'Invalid pk "99" - object does not exist.'}),
        ({"display_name": " ", "product_type": 7}, 400, {"display_name": "This field may not be blank."}),
        (
            {"display_name": "x", "product_type": 1, "pz_code": "BPZ"},
            400,
            {"pz_code": ["Pz Code must be null on Reference Redshift Catalog products. 'BPZ'"]},
        ),
        ({"display_name": "x", "product_type": 1, "status": 1}, 406, "The column(s) was not filled in: Dec,RA,z"),
    ],
)
def test_refused_creations_leave_nothing(ana, admin, body, status, expected):
    before = admin.get("/products/").json()["count"]
    answer = ana.post("/products/", json=body)
    assert (answer.status_code, answer.json()) == (status, expected)
    assert admin.get("/products/").json()["count"] == before


def test_only_admins_make_products_official(ana, admin):
    body = {"display_name": "x", "product_type": 7, "official_product": True}
    assert ana.post("/products/", json=body).status_code == 403
    mine = new(ana, kind=7)
    assert ana.patch(f"/products/{mine['id']}/", json={"official_product": True}).status_code == 403
    assert admin.patch(f"/products/{mine['id']}/", json={"official_product": True}).json()["official_product"] is True


def test_bad_bodies(ana):
    answer = ana.post("/products/", content=b"{bad", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400 and answer.json()["detail"].startswith("JSON parse error - ")
    assert ana.post("/products/", json=[1]).status_code == 400
    form = {"display_name": "f", "release": "", "product_type": "2", "release_year": "", "pz_code": "", "survey": "u"}
    made = ana.post("/products/", data=form).json()
    assert made["release"] is None and made["release_year"] is None and made["pz_code"] == ""
    answer = ana.post("/products/", data={**form, "release": "null"})
    assert answer.json() == {"release": "Incorrect type. Expected pk value, received str."}


def test_owner_only_writes(ana, bob, admin):
    product = published(ana, name="owned")
    key = product["id"]
    column = ana.get(f"/product-contents/?product={key}").json()["results"][0]["id"]
    file = ana.get(f"/product-files/?product_id={key}").json()["results"][0]["id"]
    for answer in (
        bob.patch(f"/products/{key}/", json={"description": "bob"}),
        bob.put(f"/products/{key}/", json={"display_name": "bob", "product_type": 1}),
        bob.delete(f"/products/{key}/"),
        bob.get(f"/products/{key}/registry/"),
        bob.patch(f"/product-contents/{column}/", json={"alias": "ID"}),
        bob.delete(f"/product-contents/{column}/"),
        bob.delete(f"/product-files/{file}/"),
        attach(bob, key, role=2),
        attach(admin, key, role=2),
    ):
        assert answer.status_code == 403
        assert answer.json() == {"detail": "You do not have permission to perform this action."}
    assert bob.get(f"/products/{key}/").json()["is_owner"] is False
    assert admin.patch(f"/products/{key}/", json={"description": "by admin"}).status_code == 200


def test_drafts_failed_and_deleted_of_others_are_hidden(ana, bob, admin):
    hidden = draft(ana, name="hidden draft")
    gone = published(ana, name="hidden deleted")
    ana.delete(f"/products/{gone['id']}/")
    for key in (hidden["id"], gone["id"]):
        assert bob.get(f"/products/{key}/").status_code == 404
        assert ana.get(f"/products/{key}/").status_code == 200
        assert admin.get(f"/products/{key}/").status_code == 200
    assert bob.get("/products/?search=hidden").json()["count"] == 0
    assert bob.get(f"/product-files/?product_id={hidden['id']}").json()["count"] == 0
    assert ana.get("/products/?search=hidden&status=1").json()["count"] == 0


def test_deleted_products_stay_deleted(ana):
    product = published(ana, name="short-lived", kind=1)
    folder = ana.delete(f"/products/{product['id']}/")
    assert (folder.status_code, folder.content) == (204, b"")
    again = ana.get(f"/products/{product['id']}/").json()
    assert (again["status"], again["product_status"]) == (2, "Deleted")
    assert ana.patch(f"/products/{product['id']}/", json={"status": 1}).status_code == 400
    assert ana.post(f"/products/{product['id']}/download/prepare/").status_code == 404


def test_release_groups(live, ana, bob, admin):
    from pz_tsm.engine.pzserver.fixtures import add_release
    from pz_tsm.engine.pzserver.users import ensure_user

    key = add_release(live.state.db, "closed", "Closed", None, access_groups=["insiders"])
    ensure_user(live.state.db, "ana", groups=["insiders"])
    assert ana.get(f"/releases/{key}/").status_code == 200
    answer = bob.get(f"/releases/{key}/")
    assert (answer.status_code, answer.json()) == (404, {"detail": "No Release matches the given query."})
    product = new(ana, name="inside", kind=7, release=key)
    ana.patch(f"/products/{product['id']}/", json={"status": 1})
    assert bob.get(f"/products/{product['id']}/").status_code == 404
    assert bob.post("/products/", json={"display_name": "x", "product_type": 7, "release": key}).status_code == 400
    assert bob.get("/products/?release__isnull=false").json()["count"] == 0


def test_lists(ana):
    for number in range(3):
        new(ana, name=f"listed {number}", kind=7)
    page = ana.get("/products/?search=LISTED&page_size=2&ordering=id").json()
    assert page["count"] == 3 and len(page["results"]) == 2 and set(page) == {"count", "results"}
    assert ana.get("/products/?search=listed&page_size=2&page=last").json()["results"][0]["display_name"] == "listed 0"
    for bad in ("page=9", "page=0", "page=x"):
        answer = ana.get(f"/products/?search=listed&{bad}")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})
    assert len(ana.get("/products/?search=listed&page_size=0").json()["results"]) == 3
    assert ana.get("/products/?nonsense=1").status_code == 200
    assert ana.get("/products/?ordering=foo").status_code == 200
    answer = ana.get("/products/?status=abc")
    assert answer.json() == {"status": ["Select a valid choice. abc is not one of the available choices."]}
    assert ana.get("/products/?status__in=0, 1, 3, 9&search=listed").json()["count"] == 3
    assert ana.get("/products/?product_type_name=training_set,validation_results").json()["count"] == 0
    assert ana.get("/products/?product_type_name__or=other,nonsense&search=listed").json()["count"] == 3
    assert ana.get("/product-contents/?product=99999").json() == {
        "product": ["Select a valid choice. That choice is not one of the available choices."]
    }


def test_paths(live, ana):
    headers = ana.headers
    assert httpx.get(f"{live.url}/api//products//?status=1", headers=headers).status_code == 200
    missing = httpx.get(f"{live.url}/api/products", headers=headers)
    assert missing.status_code == 404 and missing.headers["content-type"] == "application/json"
    head = ana.head("/products/")
    assert head.status_code == 200 and head.content == b""
    answer = ana.put("/product-types/1/", json={})
    assert (answer.status_code, answer.json()) == (405, {"detail": 'Method "PUT" not allowed.'})
    assert ana.get("/products/abc/").json() == {"detail": "No Product matches the given query."}
    assert ana.get("/products/5/", headers={"Accept": "text/html"}).headers["content-type"] == "application/json"
    assert ana.get("/processes/?search=abc").status_code == 200


def test_registry_and_publication(ana):
    product = new(ana, name="steps")
    key = product["id"]
    answer = ana.get(f"/products/{key}/registry/")
    assert (answer.status_code, answer.json()) == (500, {"error": "ProductFile matching query does not exist."})
    assert ana.get(f"/products/{key}/").json()["status"] == 9
    assert ana.get(f"/products/{key}/main_file_info/").json()["main_file"]["n_rows"] is None
    made = attach(ana, key, name="my cat.csv").json()
    assert (made["name"], made["role_name"], made["extension"]) == ("my cat.csv", "Main", ".csv")
    assert made["file"].endswith("/my_cat.csv") and len(made["checksum"]) == 64
    assert ana.post(f"/products/{key}/registry/").status_code == 200
    answer = ana.patch(f"/products/{key}/", data={"status": "1"})
    assert (answer.status_code, answer.json()) == (406, "The column(s) was not filled in: Dec,RA,z")
    ids = associate(ana, key)
    assert ana.patch(f"/products/{key}/", data={"status": "1"}).json()["status"] == 1
    ana.get(f"/products/{key}/registry/")
    kept = {c["column_name"]: c["alias"] for c in ana.get(f"/product-contents/?product={key}").json()["results"]}
    assert kept == {"name": None, "ra": "RA", "dec": "Dec", "zspec": "z"} and set(kept) == set(ids)
    info = ana.get(f"/products/{key}/main_file_info/").json()["main_file"]
    assert (info["delimiter"], info["has_header"], info["n_rows"]) == (",", True, 2)
    assert info["columns"] == ["name", "ra", "dec", "zspec"]
    data = ana.get(f"/products/{key}/read_data/?page=2&page_size=1").json()
    assert data == {"count": 2, "columns": info["columns"], "results": [{"name": "b", "ra": 150.2, "dec": 2.2, "zspec": 0.6}]}
    assert ana.patch(f"/products/{key}/", json={"status": 7}).json() == {"status": ['"7" is not a valid choice.']}
    assert ana.patch(f"/products/{key}/", json={"status": 3}).status_code == 400


def test_file_refusals(ana):
    key = new(ana, name="refusals")["id"]
    assert ana.post("/product-files/", data={"product": key, "role": 0}).json() == {"file": ["No file was submitted."]}
    assert attach(ana, key, b"").json() == {"file": ["The submitted file is empty."]}
    assert attach(ana, key, role=5).json() == {"role": ['"5" is not a valid choice.']}
    assert attach(ana, 99999).status_code == 404
    assert attach(ana, key, name="a.csv").status_code == 201
    assert attach(ana, key, name="a.csv").status_code == 201
    answer = ana.get(f"/products/{key}/registry/")
    assert answer.json() == {"error": "get() returned more than one ProductFile -- it returned 2!"}
    evil = attach(ana, key, name="../../../evil.csv", role=2).json()
    assert evil["name"] == "evil.csv" and ".." not in evil["file"]


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def test_archives(ana, live):
    key = new(ana, name="zip one")["id"]
    attach(ana, key, zipped({"inner.csv": CSV}), "one.zip")
    assert ana.get(f"/products/{key}/registry/").status_code == 200
    info = ana.get(f"/products/{key}/main_file_info/").json()["main_file"]
    assert (info["name"], info["extension"], info["n_rows"]) == ("inner.csv", ".csv", 2)

    key = new(ana, name="zip many")["id"]
    attach(ana, key, zipped({"a.csv": CSV, "b.csv": CSV}), "many.zip")
    answer = ana.get(f"/products/{key}/registry/")
    assert answer.status_code == 500 and "single table" in answer.json()["error"]

    key = new(ana, name="zip evil")["id"]
    attach(ana, key, zipped({"../../escaped.csv": CSV}), "evil.zip")
    answer = ana.get(f"/products/{key}/registry/")
    assert answer.status_code == 500 and "points outside" in answer.json()["error"]
    assert not list(live.data.rglob("escaped.csv"))

    key = new(ana, name="pickle")["id"]
    attach(ana, key, b"\x80\x04.", "x.pkl")
    answer = ana.get(f"/products/{key}/registry/")
    assert answer.json() == {"error": "It is not possible to return a dataframe from this file type."}
    key = new(ana, name="anything", kind=3)["id"]
    attach(ana, key, b"\x80\x04.", "x.pkl")
    assert ana.get(f"/products/{key}/registry/").status_code == 200
    assert ana.patch(f"/products/{key}/", json={"status": 1}).status_code == 200
    assert ana.get(f"/products/{key}/read_data/").status_code == 500


def test_downloads(live, ana, bob):
    product = published(ana, name="täglich")
    base = f"/products/{product['id']}/download"
    assert ana.get(f"{base}/status/").json() == {"status": "not_found"}
    made = ana.post(f"{base}/prepare/", headers={"Content-Type": "application/json"}).json()
    assert made["status"] == "ready" and made == ana.get(f"{base}/status/").json() | {"download_url": made["download_url"]}
    whole = ana.get(made["download_url"])
    assert int(whole.headers["content-length"]) == len(whole.content) == made["size"]
    part = ana.get(made["download_url"], headers={"Range": "bytes=10-"})
    assert part.status_code == 206 and part.content == whole.content[10:]
    assert part.headers["content-range"] == f"bytes 10-{made['size'] - 1}/{made['size']}"
    assert ana.get(f"{base}/file/").json() == {"detail": "Missing download token."}
    assert ana.get(f"{base}/file/?token=zzz").json() == {"detail": "Invalid download token."}
    assert httpx.get(made["download_url"]).status_code == 401
    assert bob.get(made["download_url"]).status_code == 200
    other = published(ana, name="other")
    wrong = made["download_url"].replace(f"/{product['id']}/", f"/{other['id']}/")
    assert ana.get(wrong).status_code == 403
    ana.patch(f"/products/{product['id']}/", json={"description": "changed"})
    assert ana.get(f"{base}/status/").json() == {"status": "not_found"}

    main = ana.post(f"{base}/main-file/prepare/").json()
    assert (main["filename"], main["task_id"]) == ("cat.csv", None)
    answer = ana.get(main["download_url"])
    assert answer.text == CSV and 'filename="cat.csv"' in answer.headers["content-disposition"]
    empty = new(ana, name="no file")
    assert ana.post(f"/products/{empty['id']}/download/main-file/prepare/").status_code == 404


def test_download_tokens_expire(live):
    from pz_tsm.engine.pzserver import downloads
    from pz_tsm.engine.pzserver.errors import ApiError

    token = downloads.sign(b"key", 1, 2, 3)
    assert downloads.check_token(b"key", token, 2) == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(downloads.time, "time", lambda later=downloads.time.time() + 901: later)
        with pytest.raises(ApiError, match="expired"):
            downloads.check_token(b"key", token, 2)


def test_process_refusals(ana, bob):
    def post(**body):
        return ana.post("/processes/", json=body)

    catalogue = published(ana, name="input")["id"]
    other = new(ana, name="other", kind=7)["id"]
    required = ["This field is required."]
    assert post().json() == {"display_name": required, "pipeline": required, "inputs": required}
    good = {"display_name": "x", "pipeline": 2, "inputs": [catalogue]}
    assert post(**good | {"inputs": []}).json() == {"inputs": ["This list may not be empty."]}
    assert post(**good | {"pipeline": 77}).json() == {"pipeline": ['Invalid pk "77" - object does not exist.']}
    assert post(**good | {"inputs": [99999]}).json() == {"inputs": ['Invalid pk "99999" - object does not exist.']}
    assert "does not accept" in post(**good | {"inputs": [other]}).json()["inputs"][0]
    assert "not published" in post(**good | {"inputs": [draft(ana)["id"]]}).json()["inputs"][0]
    answer = post(**good | {"used_config": "not json"})
    assert answer.json() == {"used_config": ["Invalid JSON format: not json"]}
    answer = post(**good | {"used_config": {"param": {"combine_type": "no such"}}})
    assert answer.status_code == 400 and "param.combine_type" in answer.json()["used_config"][0]
    assert post(**good | {"pipeline": 1}).json() == {"release": required}
    assert post(**good | {"output_format": "votable"}).status_code == 400
    assert post(**good | {"official_product": True}).status_code == 403
    before = ana.get("/processes/").json()["count"]
    assert before == 0, "a refused process leaves a row"


def test_get_token_rotates(live):
    from pz_tsm.engine.pzserver.users import add_user

    old = add_user(live.data, "carla")
    headers = {"Authorization": f"Token {old}"}
    new_one = httpx.post(f"{live.url}/api/get_token/", headers=headers).json()["token"]
    assert httpx.get(f"{live.url}/api/", headers=headers).status_code == 401
    headers = {"Authorization": f"Token {new_one}"}
    assert httpx.post(f"{live.url}/api/logged_user/", headers=headers).json() == {"username": "carla", "is_admin": False}
    database = b"".join(p.read_bytes() for p in live.data.glob("engine.sqlite*"))
    assert new_one.encode() not in database, "tokens are stored hashed"


def test_data_survive_a_restart(tmp_path, start_engine):
    import contextlib

    from pz_tsm.engine.pzserver.users import add_user

    token = add_user(tmp_path, "ana")
    seen = []
    for _ in range(2):
        with contextlib.ExitStack() as stack:
            url, _ = start_engine(tmp_path, stack)
            client = stack.enter_context(httpx.Client(base_url=f"{url}/api", headers={"Authorization": f"Token {token}"}))
            if not seen:
                published(client, name="kept")
            key = client.get("/products/").json()["results"][0]["id"]
            made = client.post(f"/products/{key}/download/main-file/prepare/").json()
            seen.append((client.get(f"/products/{key}/").json(), client.get(made["download_url"]).text))
    assert seen[0] == seen[1]


def test_openapi_describes_the_answers(live):
    schema = httpx.get(f"{live.url}/api/schema/").json()
    answer = schema["paths"]["/api/products/{key}/"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/Product")
