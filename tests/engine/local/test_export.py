"""The route that saves rows: done by a child, whole or not at all."""

import asyncio
import os
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm.engine.local.service import while_connected


@pytest.fixture
def table(client, catalogue):
    return client.post("/local/tables", json={"file": str(catalogue)}).json()


def test_rows_are_saved_and_open_again_with_their_access(client, table, tmp_path):
    path = tmp_path / "out" / "sel.parquet"
    path.parent.mkdir()
    asked = {
        "path": str(path),
        "format": "parquet",
        "where": "zspec > 0.2",
        "sort": {"column": "zspec", "descending": True},
        "columns": ["objectId", "zspec"],
    }
    answer = client.post(f"/local/tables/{table['id']}/export", json=asked)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "path": str(path),
        "rows": 3,
        "bytes": path.stat().st_size,
        "access": table["access"],
    }
    saved = pq.read_table(path)
    assert saved["objectId"].to_pylist() == [2**60 + 3, 2**60, 2**60 + 5]
    assert os.listdir(path.parent) == ["sel.parquet"]
    again = client.post("/local/tables", json={"file": str(path)}).json()
    assert again["rows"] == 3 and again["roles"]["redshift"] == "zspec"


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_rows_of_rights_holders_stay_theirs(client, tmp_path, format):
    source = tmp_path / "lsst.parquet"
    pq.write_table(pa.table({"objectId": [1, 2], "i_gaap1p0Mag": [20.5, 21.5], "ra": [1.0, 2.0]}), source)
    id = client.post("/local/tables", json={"file": str(source)}).json()["id"]
    path = tmp_path / f"kept.{format}"
    # without its objectId no one could tell from the columns
    asked = {"path": str(path), "format": format, "columns": ["ra", "i_gaap1p0Mag"]}
    said = client.post(f"/local/tables/{id}/export", json=asked).json()
    again = client.post("/local/tables", json={"file": str(path)}).json()
    assert said["access"] == again["access"] == "rubin-data-rights"


def test_trouble_is_told_in_words(client, table, tmp_path):
    url = f"/local/tables/{table['id']}/export"
    taken = tmp_path / "taken.csv"
    taken.write_text("mine")
    for asked, words, where in (
        ({"path": str(taken)}, "already", "name"),
        ({"path": str(tmp_path / "a"), "columns": ["zz"]}, "no column 'zz'", "zz"),
        ({"path": "a.parquet"}, "absolute path", "path"),
        ({"path": str(tmp_path / "no" / "a")}, "no folder 'no'", "folder"),
        ({"path": str(tmp_path / "a"), "format": "xlsx"}, "format", "format"),
    ):
        answer = client.post(url, json=asked)
        assert answer.status_code == 400 and words in answer.json()["error"]["message"], answer.text
        assert answer.json()["error"]["where"] == where
    assert taken.read_text() == "mine" and not (tmp_path / "a").exists()
    gone = client.post(f"/local/tables/{'0' * 32}/export", json={"path": str(tmp_path / "a")})
    assert gone.status_code == 404


def test_nothing_is_left_of_a_child_that_was_ended(client, table, tmp_path, monkeypatch):
    from pz_tsm.engine.local.workers import WorkerError, Workers

    async def killed(self, method, part, **args):
        with open(part, "wb") as file:
            file.write(b"half of it")
        raise WorkerError({"message": "It was ended.", "remedy": None, "where": None}, 500)

    monkeypatch.setattr(Workers, "call", killed)
    folder = tmp_path / "out"
    folder.mkdir()
    answer = client.post(f"/local/tables/{table['id']}/export", json={"path": str(folder / "a.parquet")})
    assert answer.status_code == 500 and os.listdir(folder) == []


def test_the_work_stops_when_the_asker_goes_away():
    stopped = []

    async def work():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.append(True)
            raise

    async def receive():
        return {"type": "http.disconnect"}

    async def main():
        with pytest.raises(asyncio.CancelledError):
            await while_connected(SimpleNamespace(receive=receive), work())

    asyncio.run(asyncio.wait_for(main(), 20))
    assert stopped == [True]
