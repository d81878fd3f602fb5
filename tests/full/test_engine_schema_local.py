"""No request to ``/local``, of those that its OpenAPI document allows or forbids, makes the engine fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from enginekit import Engine
from schemakit import send

from pz_tsm.engine import runtime
from tests.processkit import wait_for

pytestmark = pytest.mark.full

TABLE = "id,ra,dec,z,q\n" + "".join(f"{i},150.{i:03d},2.1,0.{i:03d},4\n" for i in range(1, 60))
RECIPE = """
format: tsm-recipe/1
name: small
seed: 5
inputs:
  cat: {from: {file: cat.csv}, survey: MINE, columns: {id: id, ra: ra, dec: dec, z: z, z_flag: q}}
steps:
  - split: {method: random, parts: {train: 0.7, test: 0.3}}
write:
  - {format: parquet}
"""
TEXTS = [
    RECIPE,
    RECIPE.replace("cat.csv", "none.csv"),
    RECIPE.replace("split", "splitt"),
    "format: tsm-recipe/1\n",
    "{",
    "\x00",
]
CONDITIONS = [
    "z < 0.5",
    "z IS NULL OR q IN (3, 4)",
    "nothing = 1",
    "z <",
    "(" * 300,
    "1/0 > 1",
    "ra = 'x'",
    "z",
]
NAMES = ["z", "id,ra", "nothing", ",", "%2C", ""]
# they ask other servers
OUTSIDE = ("/local/registry/count", "/local/registry/preview", "/local/registry/downloads")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("local")


@pytest.fixture(scope="module")
def engine(folder):
    running = Engine(folder / "data")
    yield running
    running.end()


@pytest.fixture(scope="module")
def known(engine, folder) -> dict[str, list[Any]]:
    """A table that is open, a run that has ended and its bundle; by the names of fields."""
    (folder / "cat.csv").write_text(TABLE)
    (folder / "text.txt").write_text("no table")
    with client(engine) as http:
        table = http.post("/local/tables", json={"file": str(folder / "cat.csv")}).json()["id"]
        body = {"text": RECIPE, "base": str(folder), "out": str(folder / "bundle")}
        run = http.post("/local/runs", json=body).json()["id"]

        def done() -> bool:
            return http.get(f"/local/runs/{run}").json()["state"] == "done"

        wait_for(done, "the run to end")
    files = [str(folder / name) for name in ("cat.csv", "none.csv", "text.txt", "")] + [
        "cat.csv",
        "/dev/null",
    ]
    return {
        "id": [table, run, "0" * 32, "0" * 12, "x", "..", "%00"],
        "file": files,
        "table": [table, *files],
        "tables": [[table, table], [table], []],
        "base": [str(folder), str(folder / "none"), "relative", ""],
        "path": [str(folder / "bundle"), str(folder / "new.csv"), "small.tsm.yaml", *files],
        "out": [str(folder / "made"), str(folder / "cat.csv"), "relative"],
        "text": TEXTS,
        "where": CONDITIONS,
        "server": [None, "http://127.0.0.1:9/api/", "nonsense"],
        "row_id": ["1", "-1", "9" * 30, "x"],
        **{name: NAMES for name in ("columns", "names", "sort", "search")},
    }


def client(engine: Engine) -> httpx.Client:
    said = runtime.read(engine.data)
    assert said is not None
    headers = {"Authorization": f"Token {said['token']}"}
    return httpx.Client(base_url=engine.url, headers=headers, timeout=120)


@pytest.mark.parametrize(("mode", "at_least", "well"), [("positive", 200, 60), ("negative", 50, 0)])
def test_no_request_makes_the_engine_fail(engine, known, mode, at_least, well):
    schemathesis = pytest.importorskip("schemathesis")
    from schemathesis import GenerationMode

    def meant(case: Any, choose: Any) -> None:
        """Now and then a value that stands for something here."""
        body = case.body if isinstance(case.body, dict) and mode == "positive" else {}
        for part in (case.path_parameters or {}, case.query or {}, body):
            for name in [name for name in part if name in known and name != "id"]:
                if choose([True, True, False]) and isinstance(part[name], str | None):
                    part[name] = choose(known[name])

    answers: list[tuple[str, int, str]] = []
    with client(engine) as http:
        schema = schemathesis.openapi.from_dict(http.get("/api/schema/").json())
        schema.config.update(base_url=engine.url)
        for found in schema.get_all_operations():
            operation = found.ok()
            if not operation.path.startswith("/local/") or operation.path.startswith(OUTSIDE):
                continue
            if mode == "negative" and operation.method == "get":
                continue  # parameters are texts, and no text is wrong by its schema
            answers += send(operation, GenerationMode(mode), 14, dict(http.headers), known["id"], meant)
        assert http.get("/local/health").status_code == 200
    failed = {f"{name}: {status} {text}" for name, status, text in answers if status >= 500}
    assert not failed, "\n".join(sorted(failed))
    assert len(answers) >= at_least
    assert sum(status < 300 for _, status, _ in answers) >= well, "hardly any request got through"
    assert "Traceback" not in engine.log.read_text()
