"""The result of a run as a product of the engine: what it holds, once, and nothing by halves."""

import json
import os
import time
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from pz_tsm import recipe
from pz_tsm.engine.app import create_app
from pz_tsm.engine.jobs import register as registering
from pz_tsm.engine.jobs.folder import Folder, write_json
from pz_tsm.engine.jobs.register import register
from pz_tsm.engine.jobs.work import describe
from pz_tsm.engine.pzserver import products
from pz_tsm.engine.pzserver.sweep import sweep
from pz_tsm.engine.pzserver.users import load_user
from pz_tsm.engine.state import EngineState

SPLIT = "- split: {method: random, parts: {train: 0.5, test: 0.5}}"
RECIPE = """
format: tsm-recipe/1
name: mock_train
seed: 7
inputs:
  mock: {from: {file: mock.csv}, survey: MOCK, access: ACCESS}
steps:
  - filter: "redshift > 0.2"
  SPLIT
"""
ANOTHER = {"display_name": "another", "product_type_id": 7}


@pytest.fixture
def engine(tmp_path):
    state = EngineState(tmp_path / "engine", "a" * 40)
    yield state
    state.db.close()


@pytest.fixture
def done(tmp_path):
    """A function that runs a recipe over 40 mock redshifts, of which 32 pass, and gives its folder."""

    def run(split=SPLIT, access="public", **job):
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        rows = "".join(f"s{i},{10 + i / 100},{-5 - i / 100},{i / 40}\n" for i in range(1, 41))
        (work / "mock.csv").write_text("id,ra,dec,z\n" + rows)
        text = RECIPE.replace("SPLIT", split).replace("ACCESS", access)
        out = tmp_path / "work" / "bundles" / f"mock_train{len(list((work / 'bundles').glob('*')))}"
        job = {"base": str(work), "out": str(out), "path": None, "recipe": "mock_train", "server": None} | job
        folder = Folder.create(tmp_path / "engine" / "runs", text, **job)
        result = recipe.run(recipe.Recipe.parse(text, "mock_train"), work, out)
        write_json(folder.path / "result.json", describe(result, out))
        return folder

    (tmp_path / "work" / "bundles").mkdir(parents=True)
    return run


def product(engine, key):
    """The product's row, its folder, and its files by name."""
    row = engine.db.one(
        "SELECT p.*, t.name AS kind FROM products p JOIN product_types t ON t.id = p.product_type_id"
        " WHERE p.id = ?",
        key,
    )
    files = engine.db.all("SELECT * FROM product_files WHERE product_id = ? ORDER BY role, id", key)
    return row, engine.products / row["path"], {file["name"]: file for file in files}


def count(engine):
    return engine.db.scalar("SELECT count(*) FROM products")


def stored(engine):
    """Every file below the folder of products."""
    return [path for path in engine.products.rglob("*") if path.is_file()]


def test_a_split_table_becomes_a_training_set_with_its_papers(engine, done):
    folder = done()
    made = register(engine, folder)
    row, place, files = product(engine, made["id"])
    assert (made["name"], made["url"]) == (row["display_name"], f"/api/products/{row['id']}/")
    assert row["kind"] == "training_set" and row["status"] == 1
    main = files["training_set.parquet"]
    assert main["role"] == 0 and main["n_rows"] == 32
    assert pq.read_metadata(place / main["stored"]).num_rows == 32
    bundle = Path(folder.job["out"])
    whole = {path.name for path in bundle.rglob("*") if path.is_file()}
    assert set(files) == whole and {"checksums.sha256", "recipe.tsm.lock", "CITATION.cff"} <= whole
    assert files["README.md"]["role"] == 1
    assert all((place / file["stored"]).stat().st_size == file["size"] for file in files.values())
    aliases = engine.db.all("SELECT alias, column_name FROM product_contents WHERE alias IS NOT NULL")
    assert {(one["alias"], one["column_name"]) for one in aliases} >= {
        ("RA", "ra"),
        ("Dec", "dec"),
        ("z", "redshift"),
        ("survey", "survey"),
    }
    # the user's bundle is as it was
    bundle = Path(folder.job["out"])
    assert (bundle / "data" / "training_set.parquet").is_file() and (bundle / "README.md").is_file()


def test_its_description_says_what_it_is_and_how_to_read_it(engine, done):
    folder = done()
    made = register(engine, folder)
    row, _, _ = product(engine, made["id"])
    text = row["description"]
    digest = json.loads((Path(folder.job["out"]) / "recipe.tsm.lock").read_text())["output"]["digest"]
    for part in ("32 rows", "train 1", "Public", "**filter**: 40 rows in, 32 out", folder.job["out"], digest):
        assert part in text
    assert made["access"] in text and engine.token not in text
    for part in (
        f'pz_tsm.read({{"from": {{"pzserver": "{row["internal_name"]}"}}}})',
        f'server.get_product("{row["internal_name"]}")',
        f"/api/products/{row['id']}/",
    ):
        assert part in made["access"]
    blocks = made["access"].split("```python\n")[1:]
    for block in blocks:
        compile(block.split("```")[0], "access", "exec")


def test_a_table_that_is_neither_matched_nor_split_is_a_redshift_catalogue(engine, done):
    row, _, _ = product(engine, register(engine, done(split="- filter: redshift < 9"))["id"])
    assert row["kind"] == "redshift_catalog" and row["release_id"] is None


def test_registering_again_gives_the_same_product(engine, done):
    folder = done()
    first = register(engine, folder)
    files = stored(engine)
    assert register(engine, folder) == first
    assert count(engine) == 1 and stored(engine) == files
    other = register(engine, done())
    assert other["id"] != first["id"] and count(engine) == 2


class Killed(BaseException):
    """Ends the work as a kill does: nothing that comes after it is run in the tests below."""


@pytest.mark.parametrize("point", ["_gather", "_take_place", "associate"])
def test_after_a_kill_it_is_registered_once_and_leaves_no_orphan(engine, done, monkeypatch, point):
    from pz_tsm.engine.pzserver import processes

    folder = done()
    home = processes if point == "associate" else registering
    real = getattr(home, point)

    def killed(*args):
        real(*args)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(home, point, killed)
        # a kill runs no clean-up either
        patched.setattr(registering.shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(Killed):
            register(engine, folder)
    assert count(engine) == 0
    sweep(engine)  # as the next engine does at its start
    another = products.insert(engine, load_user(engine.db, "username", "local"), ANOTHER)  # takes the id
    made = register(engine, folder)
    assert made["id"] != another
    _, place, files = product(engine, made["id"])
    assert count(engine) == 2
    known = {place / file["stored"] for file in files.values()} | {place / "__table_preview.json"}
    assert set(stored(engine)) == known
    assert not (folder.path / "product").exists()


def test_trouble_leaves_the_run_and_says_why(engine, done, monkeypatch):
    folder = done()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(registering, "_take_place", full)
    assert register(engine, folder) is None
    said = folder.job["product_trouble"]
    assert "disk" in said["message"] and "bundle is whole" in said["message"] and said["remedy"]
    assert "not registered" in (folder.path / "log.txt").read_text()
    assert count(engine) == 0 and not stored(engine)
    assert (Path(folder.job["out"]) / "data" / "training_set.parquet").is_file()
    monkeypatch.undo()
    assert register(engine, folder)["id"]


def test_a_large_table_is_linked_and_small_papers_are_not(engine, done, monkeypatch):
    monkeypatch.setattr(registering, "SMALL", 4000)
    folder = done()
    bundle = Path(folder.job["out"])
    assert (bundle / "data" / "training_set.parquet").stat().st_size > 4000
    _, place, _ = product(engine, register(engine, folder)["id"])
    assert os.path.samefile(place / "training_set.parquet", bundle / "data" / "training_set.parquet")
    assert not os.path.samefile(place / "CITATION.cff", bundle / "CITATION.cff")


def test_where_links_are_not_possible_it_is_copied(engine, done, monkeypatch):
    def refused(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(registering, "SMALL", 0)
    monkeypatch.setattr(registering.os, "link", refused)
    folder = done()
    _, place, files = product(engine, register(engine, folder)["id"])
    bundle = Path(folder.job["out"])
    assert not os.path.samefile(place / "training_set.parquet", bundle / "data" / "training_set.parquet")
    assert files["training_set.parquet"]["n_rows"] == 32


def test_rights_holders_data_stay_a_draft_where_others_may_sign_in(engine, done):
    from pz_tsm.engine.pzserver.users import add_user

    row, _, _ = product(engine, register(engine, done(access="rubin-data-rights"))["id"])
    assert row["status"] == 1 and "data rights" in row["description"]
    add_user(engine.data, "ana")
    row, _, _ = product(engine, register(engine, done(access="rubin-data-rights"))["id"])
    assert row["status"] == 0 and "not published" in row["description"]
    row, _, _ = product(engine, register(engine, done())["id"])
    assert row["status"] == 1


def test_a_run_that_asks_for_no_product_gets_none(engine, done):
    assert register(engine, done(register=False)) is None
    assert register(SimpleNamespace(data=engine.data), done()) is None
    assert count(engine) == 0


def test_a_run_over_http_ends_as_a_published_product(tmp_path):
    token = "b" * 40
    work = tmp_path / "work"
    work.mkdir()
    rows = "".join(f"s{i},{10 + i / 100},{-5 - i / 100},{i / 40}\n" for i in range(1, 41))
    (work / "mock.csv").write_text("id,ra,dec,z\n" + rows)
    asked = {"text": RECIPE.replace("SPLIT", SPLIT).replace("ACCESS", "public"), "base": str(work)}
    with TestClient(
        create_app(tmp_path / "engine", token), headers={"Authorization": f"Token {token}"}
    ) as client:
        id = client.post("/local/runs", json=asked).json()["id"]
        while (run := client.get(f"/local/runs/{id}").json())["state"] in ("pending", "running"):
            time.sleep(0.05)  # pytest's time limit ends it
        assert run["state"] == "done", run["error"]
        product = client.get(run["product"]["url"]).json()
        assert (product["id"], product["display_name"]) == (run["product"]["id"], run["product"]["name"])
        assert product["product_type_internal_name"] == "training_set"
        assert product["product_status"] == "Published"
        assert not run["product_trouble"] and not run["told"]
        assert client.post(f"/local/runs/{id}/told").json()["told"]
        info = client.get(f"/api/products/{product['id']}/main_file_info/").json()["main_file"]
        assert info["n_rows"] == 32
        assert token not in json.dumps([run, product])

        id = client.post("/local/runs", json=asked | {"register": False}).json()["id"]
        while (run := client.get(f"/local/runs/{id}").json())["state"] in ("pending", "running"):
            time.sleep(0.05)
        assert (run["state"], run["product"], run["product_trouble"]) == ("done", None, None)
        assert client.get("/api/products/").json()["count"] == 1
