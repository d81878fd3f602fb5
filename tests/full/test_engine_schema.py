"""What the engine's own OpenAPI document allows, and what it forbids, never makes the engine fail."""

from __future__ import annotations

import pytest
from enginekit import Engine
from schemakit import send

pytestmark = pytest.mark.full

TABLE = "id,ra,dec,z\n1,150.1,2.1,0.5\n2,150.2,2.2,0.6\n"
KEYS = [str(key) for key in range(1, 9)] + ["99999", "0", "-1", "a", "9" * 30]


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    running = Engine(tmp_path_factory.mktemp("schema") / "data")
    yield running
    running.end()


def fill(client) -> None:
    """Products in every state a request may meet: a draft, one with a file, published, failed, deleted."""

    def new(kind: int) -> int:
        return client.post("/products/", json={"display_name": "x", "product_type": kind}).json()["id"]

    keys = [new(1) for _ in range(4)] + [new(7), new(2)]
    for key in keys[1:]:
        client.post("/product-files/", data={"product": key}, files={"file": ("a.csv", TABLE.encode())})
    for key in keys[2:]:
        client.get(f"/products/{key}/registry/")
    for column in client.get(f"/product-contents/?product={keys[2]}").json()["results"]:
        alias = {"ra": "RA", "dec": "Dec", "z": "z"}.get(column["column_name"])
        client.patch(f"/product-contents/{column['id']}/", json={"alias": alias})
    assert client.patch(f"/products/{keys[2]}/", json={"status": 1}).status_code == 200
    client.get(f"/products/{keys[0]}/registry/")
    client.delete(f"/products/{keys[4]}/")
    body = {"display_name": "job", "pipeline": 2, "inputs": [keys[2]]}
    assert client.post("/processes/", json=body).status_code == 201


@pytest.mark.parametrize(
    ("mode", "examples", "at_least", "well"), [("positive", 12, 500, 100), ("negative", 5, 30, 0)]
)
def test_no_request_makes_the_engine_fail(engine, mode, examples, at_least, well):
    schemathesis = pytest.importorskip("schemathesis")
    from schemathesis import GenerationMode

    answers: list[tuple[str, int, str]] = []
    with engine.user("ana", admin=True) as client:
        fill(client)
        schema = schemathesis.openapi.from_dict(client.get("/schema/").json())
        schema.config.update(base_url=engine.url)
        for found in schema.get_all_operations():
            operation = found.ok()
            if mode == "negative" and operation.method == "get":
                continue  # parameters are texts, and no text is wrong by its schema
            if not operation.path.startswith("/local/") and operation.path != "/api/get_token/":
                answers += send(operation, GenerationMode(mode), examples, dict(client.headers), KEYS)
    failed = {f"{name}: {status} {text}" for name, status, text in answers if status >= 500}
    assert not failed, "\n".join(sorted(failed))
    assert len(answers) >= at_least
    assert sum(status < 300 for _, status, _ in answers) >= well, "hardly any request got through"
    assert "Traceback" not in engine.log.read_text()
