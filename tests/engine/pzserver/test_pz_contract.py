"""Rules and bodies of the contract, over plain HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from pzkit import attach, draft, new, published

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "contract" / "recorded"


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
    for method, path in (
        ("GET", "/api/"),
        ("GET", "/api/products/"),
        ("OPTIONS", "/api/products/"),
        ("POST", "/api/products/"),
    ):
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
    assert {k: v for k, v in product.items() if k not in own} == {
        k: v for k, v in real.items() if k not in own
    }
    files = ana.get(f"/product-files/?product_id={product['id']}").json()
    assert set(recorded("040_files_list")["results"][0]) <= set(files["results"][0])
    contents = ana.get(f"/product-contents/?product={product['id']}").json()["results"]
    assert list(contents[0]) == list(recorded("042_contents")["results"][0])
    for entity, name in (("products", "017_options_products"), ("processes", "019_options_processes")):
        assert ana.options(f"/{entity}/").json()["filter_classes"] == recorded(name)["filter_classes"]
    for entity, name in (
        ("product-types", "018_options_product_types"),
        ("releases", "020_options_releases"),
    ):
        assert ana.options(f"/{entity}/").json() == recorded(name)


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({}, 400, {"product_type": "This field is required.", "display_name": "This field is required."}),
        (
            {"display_name": "x", "product_type": 99},
            400,
            {"product_type": 'Invalid pk "99" - object does not exist.'},
        ),
        ({"display_name": " ", "product_type": 7}, 400, {"display_name": "This field may not be blank."}),
        (
            {"display_name": "x", "product_type": 1, "pz_code": "BPZ"},
            400,
            {"pz_code": ["Pz Code must be null on Reference Redshift Catalog products. 'BPZ'"]},
        ),
        (
            {"display_name": "x", "product_type": 1, "status": 1},
            406,
            "The column(s) was not filled in: Dec,RA,z",
        ),
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
    assert (
        admin.patch(f"/products/{mine['id']}/", json={"official_product": True}).json()["official_product"]
        is True
    )


def test_bad_bodies(ana):
    answer = ana.post("/products/", content=b"{bad", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400 and answer.json()["detail"].startswith("JSON parse error - ")
    assert ana.post("/products/", json=[1]).status_code == 400
    lone = b'{"status": "\\ud800"}'
    answer = ana.post("/products/", content=lone, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400 and "not a valid choice" in answer.json()["status"]
    form = {
        "display_name": "f",
        "release": "",
        "product_type": "2",
        "release_year": "",
        "pz_code": "",
        "survey": "u",
    }
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
    assert (
        bob.post("/products/", json={"display_name": "x", "product_type": 7, "release": key}).status_code
        == 404
    )
    assert bob.get("/products/?release__isnull=false").json()["count"] == 0


def test_lists(ana):
    for number in range(3):
        new(ana, name=f"listed {number}", kind=7)
    page = ana.get("/products/?search=LISTED&page_size=2&ordering=id").json()
    assert page["count"] == 3 and len(page["results"]) == 2 and set(page) == {"count", "results"}
    assert (
        ana.get("/products/?search=listed&page_size=2&page=last").json()["results"][0]["display_name"]
        == "listed 0"
    )
    for bad in ("page=9", "page=0", "page=x"):
        answer = ana.get(f"/products/?search=listed&{bad}")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})
    assert len(ana.get("/products/?search=listed&page_size=0").json()["results"]) == 3
    assert ana.get("/products/?nonsense=1&search=listed").json()["warnings"] == [
        "The parameter 'nonsense' is not known and has no effect."
    ]
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
    assert (
        ana.get("/products/5/", headers={"Accept": "text/html"}).headers["content-type"] == "application/json"
    )
    assert ana.get("/processes/?search=abc").status_code == 200


def test_get_token_rotates(live):
    from pz_tsm.engine.pzserver.users import add_user

    old = add_user(live.data, "carla")
    headers = {"Authorization": f"Token {old}"}
    new_one = httpx.post(f"{live.url}/api/get_token/", headers=headers).json()["token"]
    assert httpx.get(f"{live.url}/api/", headers=headers).status_code == 401
    headers = {"Authorization": f"Token {new_one}"}
    assert httpx.post(f"{live.url}/api/logged_user/", headers=headers).json() == {
        "username": "carla",
        "is_admin": False,
    }
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
            client = stack.enter_context(
                httpx.Client(base_url=f"{url}/api", headers={"Authorization": f"Token {token}"})
            )
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
