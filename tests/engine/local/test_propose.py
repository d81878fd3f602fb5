"""The route that proposes what an opened table's columns mean, and shows where its rows are."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm.engine.local.propose import Proposed
from pz_tsm.jupyter.allowed import LOCAL, allowed
from pz_tsm.sources import load

ROWS = 30


@pytest.fixture
def ask(client, tmp_path):
    def ask(given, status=200, **body):
        pq.write_table(pa.table(given), tmp_path / "mine.parquet")
        opened = client.post("/local/tables", json={"file": str(tmp_path / "mine.parquet")}).json()
        path = f"tables/{opened['id']}/propose"
        assert allowed(LOCAL, "POST", path)
        answer = client.post(f"/local/{path}", json=body)
        assert answer.status_code == status, answer.text
        if status == 200:
            Proposed.model_validate(answer.json(), extra="forbid")
        return answer.json()

    return ask


def columns(**more):
    made = {
        "NUM": [f"a{i}" for i in range(ROWS)],
        "RAJ2000": np.linspace(150, 151, ROWS),
        "DEJ2000": np.linspace(2, 3, ROWS),
        "zspec": np.linspace(0.1, 1.5, ROWS),
    }
    return {key: value for key, value in {**made, **more}.items() if value is not None}


def roles(answer):
    return {one["role"]: one["columns"] for one in answer["roles"]}


def test_a_plain_table_needs_nothing_in_the_recipe(ask):
    answer = ask(columns(zspec=[-99.0, *np.linspace(0.1, 1.5, ROWS - 1)]))
    assert roles(answer) == {"ra": ["RAJ2000"], "dec": ["DEJ2000"], "z": ["zspec"], "id": ["NUM"]}
    assert all(one["sure"] and one["reason"] for one in answer["roles"])
    assert answer["input"] == {}
    assert answer["sky"]["ra"][0] == 150 and len(answer["sky"]["dec"]) == ROWS
    assert any("-99" in one["message"] for one in answer["warnings"]), (
        "though it became null when it was read"
    )


def test_what_is_not_sure_is_not_written_and_a_choice_is(ask, tmp_path):
    both = columns(zbest=np.linspace(0.1, 1.4, ROWS))
    answer = ask(both)
    (z,) = [one for one in answer["roles"] if one["role"] == "z"]
    assert not z["sure"] and {*z["columns"], *z["others"]} == {"zspec", "zbest"}
    assert "z" not in answer["input"]["columns"]
    answer = ask(both, columns={"z": "zspec"})
    assert answer["input"]["columns"] == {"ra": "RAJ2000", "dec": "DEJ2000", "z": "zspec", "id": "NUM"}
    loaded = load({"from": {"file": "mine.parquet"}, **answer["input"]}, tmp_path)
    assert loaded.table["redshift"][0].as_py() == pytest.approx(0.1)


def test_conversions_are_shown_on_the_sky_and_written(ask, tmp_path):
    text = {"RAJ2000": ["10:00:00"] * ROWS, "DEJ2000": ["+02:30:00"] * ROWS}
    answer = ask(columns(**text))
    assert answer["convert"] == answer["input"]["convert"] == {"positions": "sexagesimal"}
    assert (answer["sky"]["ra"][0], answer["sky"]["dec"][0]) == (150, 2.5)
    loaded = load({"from": {"file": "mine.parquet"}, **answer["input"]}, tmp_path)
    assert loaded.table["ra"][0].as_py() == pytest.approx(150)
    plain = ask(columns(**text), convert={})
    assert plain["sky"]["ra"] == [] and "sexagesimal" in plain["sky"]["message"]


def test_exchanged_positions_are_seen_at_once(ask):
    answer = ask(columns(RAJ2000=np.linspace(2, 3, ROWS), DEJ2000=np.linspace(150, 151, ROWS)))
    assert [one["code"] for one in answer["warnings"]] == ["coordinates-swapped"]
    assert answer["sky"]["outside"] == ROWS


def test_trouble_is_told_in_words(ask):
    assert "no column 'zspek'" in ask(columns(), 400, columns={"z": "zspek"})["error"]["message"]
    assert "parsecs" in ask(columns(), 400, convert={"positions": "parsecs"})["error"]["message"]
    assert "rôle" in ask(columns(), 400, columns={"rôle": "zspec"})["error"]["message"]


def test_names_alone_tell_what_they_can(client):
    assert allowed(LOCAL, "POST", "propose")
    names = {"id": "TARGETID", "ra": "RA", "dec": "DEC", "z": "Z", "z_flag": "ZWARN", "survey": "survey"}
    answer = client.post("/local/propose", json={"names": list(names.values())}).json()
    assert roles(answer) == {role: [name] for role, name in names.items()}
