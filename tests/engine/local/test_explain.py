import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "ops"))  # combinekit.py

from combinekit import run, table

from pz_tsm import explain
from pz_tsm.engine.local import explain_models as models
from pz_tsm.jupyter.allowed import LOCAL, allowed

BIG = 2**60


@pytest.fixture
def combined():
    rows = table(
        (-BIG - 1, 0, 0.5, 3, "s"), (BIG + 1, 0.3, 0.5003, 4, "s"),
        *((BIG + 10 * k + side, 100 * k, 0.1 + 0.5 * side, 4, "s") for k in range(1, 6) for side in (0, 1)),
        survey=["VVDS", "DESI"] * 6,
    )  # fmt: skip
    return run(rows).table


@pytest.fixture
def url(client, combined, tmp_path):
    pq.write_table(combined, tmp_path / "combined.parquet")
    answer = client.post("/local/tables", json={"file": str(tmp_path / "combined.parquet")})
    assert answer.status_code == 200, answer.text
    return f"/local/tables/{answer.json()['id']}"


def test_why_is_the_librarys_answer(client, url, combined):
    answer = client.get(f"{url}/why/{-BIG - 1}")
    assert answer.status_code == 200 and answer.json() == explain.why(combined, -BIG - 1)
    said = models.Why.model_validate(answer.json(), extra="forbid")
    assert said.best == str(BIG + 1) and said.measurements[1].rival == str(BIG + 1)
    assert "lost to DESI on z_flag_homogenized: 3 against 4" in said.measurements[1].sentence


def test_conflicts_come_in_pages(client, url):
    answer = client.get(f"{url}/conflicts", params={"start": 1, "count": 2}).json()
    found = models.Conflicts.model_validate(answer, extra="forbid")
    assert found.total == 5
    assert [one.row_id for one in found.conflicts] == [str(BIG + 20), str(BIG + 30)]
    assert found.conflicts[0].redshifts == "0.1, 0.6" and found.conflicts[0].surveys == "VVDS, DESI"
    assert client.get(f"{url}/conflicts", params={"start": 99}).json()["conflicts"] == []
    assert client.get(f"{url}/conflicts", params={"count": 10_000}).status_code == 400


def test_trouble_is_told_in_words(client, url, catalogue):
    assert "row_id 5" in client.get(f"{url}/why/5").json()["error"]["message"]
    assert client.get(f"{url}/why/five").status_code == 400
    assert client.get(f"{url}/why/{2**70}").status_code == 400
    bare = client.post("/local/tables", json={"file": str(catalogue)}).json()["id"]
    for path in ("why/5", "conflicts"):
        answer = client.get(f"/local/tables/{bare}/{path}")
        assert answer.status_code == 400 and "not combined" in answer.json()["error"]["message"]
    assert client.get(f"/local/tables/{'0' * 32}/conflicts").status_code == 404


def test_the_proxy_lets_both_through():
    table = f"tables/{'a' * 32}"
    assert allowed(LOCAL, "GET", f"{table}/why/-{BIG}") and allowed(LOCAL, "GET", f"{table}/conflicts")
    assert not allowed(LOCAL, "GET", f"{table}/why/five") and not allowed(LOCAL, "POST", f"{table}/conflicts")
