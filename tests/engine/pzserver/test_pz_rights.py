"""Who may do what, route by route; and that no answer tells where the engine keeps its files."""

from __future__ import annotations

import json

import httpx
import pytest
from pzkit import attach, draft, new, published

OPEN = {"/which_environment/", "/api/teste/", "/api/obtain_token/"}
EVERYBODY = ("/download/prepare/", "/download/main-file/prepare/")  # writes nothing of the product
ACTIONS = {("GET", "/api/products/{key}/registry/"), ("GET", "/api/processes/{key}/stop/")}


def routes(live) -> list[tuple[str, str]]:
    """Method and path of every route of the contract, as the engine itself lists them."""
    paths = httpx.get(f"{live.url}/api/schema/").json()["paths"]
    found = [(method.upper(), path) for path, one in paths.items() for method in one]
    return [(method, path) for method, path in found if path.startswith("/api/")]


@pytest.fixture
def things(ana, live) -> dict[str, int]:
    """A published product of ana's, its file and column, and a process of hers; by collection."""
    from pz_tsm.engine.pzserver.db import now

    product = published(ana, name="hers")["id"]
    files = ana.get(f"/product-files/?product_id={product}").json()["results"]
    columns = ana.get(f"/product-contents/?product={product}").json()["results"]
    owner = live.state.db.scalar("SELECT id FROM users WHERE username = 'ana'")
    config = {"inputs": {"specz": []}, "param": {}}
    process = live.state.db.insert(
        "processes",
        {"pipeline_id": 2, "pipeline_version": "1", "user_id": owner, "upload_id": new(ana)["id"],
         "used_config": config, "display_name": "job", "created_at": now(), "status": "Successful",
         "path": "combine_redshift_dedup/00000099"},
    )  # fmt: skip
    place = live.state.processes / "combine_redshift_dedup" / "00000099"
    place.mkdir(parents=True, exist_ok=True)
    from pz_tsm.engine.pzserver.fixtures import add_release

    add_release(live.state.db, "far", "Far away", "/datasets/far")
    lines = f"read {live.data}/products/x.csv\nFailed to open /datasets/far/catalog\n"
    (place / "pipeline.log").write_text(lines)
    live.state.db.update("processes", process, {"comment": f"{live.data}/y can't be opened."})
    return {
        "products": product,
        "products-specz": product,
        "product-files": files[0]["id"],
        "product-contents": columns[0]["id"],
        "processes": process,
    }


def test_nothing_without_a_token(live):
    for method, path in routes(live):
        if path in OPEN or path == "/api/schema/":
            continue
        answer = httpx.request(method, live.url + path.replace("{key}", "1"))
        assert answer.status_code == 401, (method, path)


def test_others_change_nothing(live, things, bob, ana):
    """Every route that writes, on somebody else's thing: 403, in the contract's words; nothing changed."""
    before = {name: ana.get(f"/{name}/{key}/").json() for name, key in things.items()}
    tried = 0
    for method, path in routes(live):
        writes = method != "GET" or (method, path) in ACTIONS
        if "{key}" not in path or not writes or path.endswith(EVERYBODY):
            continue
        collection = path.split("/")[2]
        body = {"display_name": "bob's", "product_type": 1, "product": things["products"], "column_name": "b"}
        body |= {"status": 1, "comment": "bob", "alias": "b"}
        url = f"{live.url}{path.replace('{key}', str(things[collection]))}"
        answer = bob.request(method, url, json=body if method in ("POST", "PUT", "PATCH") else None)
        assert answer.status_code == 403, (method, path, answer.status_code)
        assert answer.json() == {"detail": "You do not have permission to perform this action."}
        tried += 1
    assert tried >= 12
    assert {name: ana.get(f"/{name}/{key}/").json() for name, key in things.items()} == before
    assert attach(bob, things["products"], role=2).status_code == 403
    body = {"product": things["products"], "column_name": "more"}
    assert bob.post("/product-contents/", json=body).status_code == 403


def test_no_answer_tells_where_files_are(live, things, ana, bob):
    missing = draft(ana, name="unreadable")["id"]
    attach(ana, missing, b"\x00\x01\x02", "x.fits")
    asked = [ana.get(f"/products/{missing}/registry/"), ana.get(f"/products/{missing}/read_data/")]
    damaged = new(ana, name="damaged")["id"]
    attach(ana, damaged, b"PK\x03\x04 no zip", "x.zip")
    asked.append(ana.get(f"/products/{damaged}/registry/"))
    assert asked[-1].status_code == 400
    odd = new(ana, name="odd")["id"]
    attach(ana, odd, b"SIMPLE  =  nothing", "x.fits")
    asked.append(ana.get(f"/products/{odd}/registry/"))
    for method, path in routes(live):
        if method == "GET" and (method, path) not in ACTIONS:
            collection = path.split("/")[2]
            asked.append(bob.get(live.url + path.replace("{key}", str(things.get(collection, 1)))))
    for answer in asked:
        assert str(live.data) not in answer.text, answer.url
    logs = bob.get(f"/processes/{things['processes']}/logs/").json()["pipeline"]["content"]
    assert logs == "read DATA/products/x.csv\nFailed to open RELEASES/far/catalog\n"
    assert bob.get(f"/processes/{things['processes']}/").json()["comment"] == "DATA/y can't be opened."
    assert bob.get("/sysinfo/").json()["processing_dir"] == "processes"


def test_a_process_can_be_checked_before_it_is_submitted(ana, live):
    catalogue = published(ana, name="to check")["id"]
    body = {"display_name": "x", "pipeline": 2, "inputs": [catalogue]}
    param = {"combine_type": "concatenate", "duplicate_criteria": "closest"}
    before = ana.get("/processes/").json()["count"], ana.get("/products/").json()["count"]
    good = ana.post("/processes/validate/", json=body | {"used_config": {"param": param}}).json()
    assert good["warnings"] == ["Parameter 'duplicate_criteria' is not known and has no effect."]
    assert good["used_config"]["param"]["z_flag_homogenized_value_to_cut"] == 3.0
    assert good["used_config"]["inputs"]["specz"][0]["columns"]["ra"] == "ra"
    assert str(live.data) not in json.dumps(good)
    for wrong in ({"inputs": []}, {"pipeline": 77}, {"used_config": {"param": {"combine_type": "x"}}}):
        said = ana.post("/processes/validate/", json=body | wrong)
        assert said.status_code == 400
        assert said.json() == ana.post("/processes/", json=body | wrong).json()
    assert (ana.get("/processes/").json()["count"], ana.get("/products/").json()["count"]) == before
