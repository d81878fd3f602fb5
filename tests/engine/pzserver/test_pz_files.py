"""Files, archives, downloads and refused processes, over plain HTTP."""

from __future__ import annotations

import time

import httpx
import pytest
from pzkit import CSV, associate, attach, draft, new, published, zipped


def test_registry_and_publication(ana):
    product = new(ana, name="steps")
    key = product["id"]
    answer = ana.get(f"/products/{key}/registry/")
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "ProductFile matching query does not exist."},
    )
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
    kept = {
        c["column_name"]: c["alias"] for c in ana.get(f"/product-contents/?product={key}").json()["results"]
    }
    assert kept == {"name": None, "ra": "RA", "dec": "Dec", "zspec": "z"} and set(kept) == set(ids)
    info = ana.get(f"/products/{key}/main_file_info/").json()["main_file"]
    assert (info["delimiter"], info["has_header"], info["n_rows"]) == (",", True, 2)
    assert info["columns"] == ["name", "ra", "dec", "zspec"]
    data = ana.get(f"/products/{key}/read_data/?page=2&page_size=1").json()
    assert data == {
        "count": 2,
        "columns": info["columns"],
        "results": [{"name": "b", "ra": 150.2, "dec": 2.2, "zspec": 0.6}],
    }
    assert ana.patch(f"/products/{key}/", json={"status": 7}).json() == {
        "status": ['"7" is not a valid choice.']
    }
    assert ana.patch(f"/products/{key}/", json={"status": 3}).status_code == 400


def test_file_refusals(ana):
    key = new(ana, name="refusals")["id"]
    assert ana.post("/product-files/", data={"product": key, "role": 0}).json() == {
        "file": ["No file was submitted."]
    }
    assert attach(ana, key, b"").json() == {"file": ["The submitted file is empty."]}
    assert attach(ana, key, role=5).json() == {"role": ['"5" is not a valid choice.']}
    assert attach(ana, 99999).status_code == 404
    assert attach(ana, key, name="a.csv").status_code == 201
    assert attach(ana, key, name="a.csv").status_code == 201
    answer = ana.get(f"/products/{key}/registry/")
    assert answer.json() == {"error": "get() returned more than one ProductFile -- it returned 2!"}
    evil = attach(ana, key, name="../../../evil.csv", role=2).json()
    assert evil["name"] == "evil.csv" and ".." not in evil["file"]


def test_archives(ana, live):
    key = new(ana, name="zip one")["id"]
    attach(ana, key, zipped({"inner.csv": CSV}), "one.zip")
    assert ana.get(f"/products/{key}/registry/").status_code == 200
    info = ana.get(f"/products/{key}/main_file_info/").json()["main_file"]
    assert (info["name"], info["extension"], info["n_rows"]) == ("inner.csv", ".csv", 2)

    key = new(ana, name="zip many")["id"]
    attach(ana, key, zipped({"a.csv": CSV, "b.csv": CSV}), "many.zip")
    answer = ana.get(f"/products/{key}/registry/")
    assert answer.status_code == 400 and "single table" in answer.json()["error"]

    key = new(ana, name="zip evil")["id"]
    attach(ana, key, zipped({"../../escaped.csv": CSV}), "evil.zip")
    answer = ana.get(f"/products/{key}/registry/")
    assert answer.status_code == 400 and "points outside" in answer.json()["error"]
    assert not list(live.data.rglob("escaped.csv"))

    key = new(ana, name="pickle")["id"]
    attach(ana, key, b"\x80\x04.", "x.pkl")
    answer = ana.get(f"/products/{key}/registry/")
    assert answer.json() == {"error": "It is not possible to return a dataframe from this file type."}
    key = new(ana, name="anything", kind=3)["id"]
    attach(ana, key, b"\x80\x04.", "x.pkl")
    assert ana.get(f"/products/{key}/registry/").status_code == 200
    assert ana.patch(f"/products/{key}/", json={"status": 1}).status_code == 200
    empty = ana.get(f"/products/{key}/read_data/").json()
    assert (empty["count"], empty["results"]) == (0, []) and "not available" in empty["message"]


def test_downloads(live, ana, bob):
    product = published(ana, name="täglich")
    base = f"/products/{product['id']}/download"
    assert ana.get(f"{base}/status/").json() == {"status": "not_found"}
    made = ana.post(f"{base}/prepare/", headers={"Content-Type": "application/json"}).json()
    assert made["status"] == "ready" and made == ana.get(f"{base}/status/").json() | {
        "download_url": made["download_url"]
    }
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
    later = time.time() + 901
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(downloads.time, "time", lambda: later)
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
    assert post(**good | {"pipeline": 77}).json() == {
        "pipeline": ['Invalid pk "77" - object does not exist.']
    }
    assert post(**good | {"inputs": [99999]}).json() == {
        "inputs": ['Invalid pk "99999" - object does not exist.']
    }
    assert "can't take" in post(**good | {"inputs": [other]}).json()["inputs"][0]
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
