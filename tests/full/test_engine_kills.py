"""kill -9 of the engine at named points: what it had said is there, what it had not said leaves nothing."""

from __future__ import annotations

import sqlite3

import httpx
import pytest
from apikit import check
from enginekit import Engine

pytestmark = pytest.mark.full

TABLE = b"id,ra,dec,z\n1,150.1,2.1,0.5\n2,150.2,2.2,0.6\n"
FLAGGED = b"id,ra,dec,z,q,survey\n1,150.1,2.1,0.5,4,VVDS\n2,150.2,2.2,0.6,4,VVDS\n"


@pytest.fixture
def engine(tmp_path):
    running = Engine(tmp_path / "data")
    yield running
    running.end()


def product(http: httpx.Client, name: str) -> int:
    return http.post("/products/", json={"display_name": name, "product_type": 1}).json()["id"]


def upload(http: httpx.Client, key: int, content: bytes = TABLE, name: str = "cat.csv") -> httpx.Response:
    return http.post("/product-files/", data={"product": key}, files={"file": (name, content)})


@pytest.mark.parametrize(
    "point", ["writing-upload", "before-rename", "after-rename", "registering", "journal"]
)
def test_a_kill_at(engine, point):
    with engine.user("ana") as http:
        kept = product(http, "kept")
        assert upload(http, kept).status_code == 201
        assert http.get(f"/products/{kept}/registry/").status_code == 200
        hit = product(http, "hit")
        if point in ("registering", "journal"):
            assert upload(http, hit).status_code == 201
        engine.kill_at(point)
        with pytest.raises(httpx.HTTPError):
            if point == "registering":
                http.get(f"/products/{hit}/registry/")
            elif point == "journal":
                http.patch(f"/products/{hit}/", json={"description": "x" * 100_000})
            else:
                upload(http, hit)
        assert engine.process.wait(20) == -9, "the engine was not killed"
        if point in ("journal", "registering"):
            assert (engine.data / "engine.sqlite-journal").stat().st_size > 0

        engine.start()
        check(engine.data)
        http.base_url = f"{engine.url}/api"
        assert http.get(f"/products/{kept}/main_file_info/").json()["main_file"]["n_rows"] == 2
        files = http.get(f"/product-files/?product_id={hit}").json()["results"]
        assert len(files) == (1 if point in ("registering", "journal") else 0)
        assert http.get(f"/products/{hit}/").json()["description"] is None
        assert http.get(f"/product-contents/?product={hit}").json()["count"] == 0
        if not files:
            assert upload(http, hit).status_code == 201
        assert http.get(f"/products/{hit}/registry/").status_code == 200, "the user can go on"
        assert http.get(f"/product-contents/?product={hit}").json()["count"] == 4
    check(engine.data)


def test_a_kill_while_a_result_is_moved_into_place(engine):
    """The job's files stand in the product's folder, the database does not know of them yet."""
    with engine.user("ana") as http:
        key = product(http, "input")
        upload(http, key, FLAGGED)
        http.get(f"/products/{key}/registry/")
        named = {"id": "ID", "ra": "RA", "dec": "Dec", "z": "z", "q": "z_flag", "survey": "survey"}
        for column in http.get(f"/product-contents/?product={key}").json()["results"]:
            alias = named[column["column_name"]]
            http.patch(f"/product-contents/{column['id']}/", json={"alias": alias})
        assert http.patch(f"/products/{key}/", json={"status": 1}).status_code == 200
        engine.kill_at("moved")
        body = {"display_name": "job", "pipeline": 2, "inputs": [key]}
        body["used_config"] = {"param": {"z_flag_homogenized_value_to_cut": 0.0}}
        process = http.post("/processes/", json=body).json()
        assert engine.process.wait(120) == -9
        database = sqlite3.connect(engine.data / "engine.sqlite")
        assert database.execute("SELECT status FROM processes").fetchall() == [("Running",)]
        database.close()

        engine.start()
        http.base_url = f"{engine.url}/api"
        status = "Pending"
        while status in ("Pending", "Running"):
            status = http.get(f"/processes/{process['id']}/").json()["status"]
        assert status == "Successful", http.get(f"/processes/{process['id']}/").json()["comment"]
        made = http.get(f"/products/{process['upload']}/main_file_info/").json()
        assert (made["product_status"], made["main_file"]["n_rows"]) == ("Published", 2)
