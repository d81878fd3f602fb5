"""The cache of decoded tables: once, whole or not at all, safe to delete, bounded."""

import asyncio
import json
import shutil
import threading

import numpy as np
import pyarrow as pa
import pyarrow.csv  # noqa: F401
import pyarrow.parquet as pq
import pytest

from pz_tsm.engine.local import cache, decode, tables
from pz_tsm.errors import TsmError
from pz_tsm.sources import read_table
from tests.engine.local.test_tables import opened, rows


@pytest.fixture
def decoded(client, state, monkeypatch):
    """How often files were decoded, by name; ``gate`` holds back those of a name until it is set."""
    workers = state.local.workers
    call, seen, gates = workers.call, [], {}

    async def counted(method, **args):
        if method == "decode":
            name = args["source"].rsplit("/", 1)[-1]
            seen.append(name)
            if name in gates:
                await asyncio.to_thread(gates[name].wait, 60)
        return await call(method, **args)

    monkeypatch.setattr(workers, "call", counted)
    seen_gates = type("Decoded", (), {"names": seen, "gates": gates})
    return seen_gates


def in_background(call):
    found = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    return thread, found


def test_a_file_that_is_long_to_decode_holds_up_nobody(client, decoded, catalogue, tmp_path):
    known = opened(client, catalogue)
    slow, other = tmp_path / "slow.parquet", tmp_path / "other.parquet"
    for path in (slow, other):
        shutil.copy(catalogue, path)
    gate = decoded.gates["slow.parquet"] = threading.Event()
    thread, found = in_background(lambda: opened(client, slow))
    try:
        assert opened(client, catalogue)["id"] == known["id"]
        assert client.get(f"/local/tables/{known['id']}/window").status_code == 200
        assert client.get("/local/health").status_code == 200
        assert opened(client, other)["rows"] == 6  # another one is decoded meanwhile
        assert thread.is_alive()
    finally:
        gate.set()
        thread.join(60)
    assert found[0]["rows"] == 6


def test_two_who_open_a_file_at_the_same_time_share_its_decoding(client, decoded, catalogue, monkeypatch):
    gate = decoded.gates["mock.parquet"] = threading.Event()
    real, asked = tables.content_key, []
    monkeypatch.setattr(tables, "content_key", lambda path: asked.append(path) or real(path))
    askers = [in_background(lambda: opened(client, catalogue)) for _ in range(3)]
    while len(asked) < 3:
        assert client.get("/local/health").status_code == 200
    gate.set()
    for thread, _ in askers:
        thread.join(60)
    assert len({found[0]["id"] for _, found in askers}) == 1 and decoded.names == ["mock.parquet"]


def test_the_cache_can_be_deleted_at_any_time(client, state, decoded, catalogue):
    info = opened(client, catalogue)
    shutil.rmtree(state.data / "cache")
    url = f"/local/tables/{info['id']}/columns"
    assert len(rows(client.get(url, params={"names": "zspec"}))) == 6  # what is open stays so
    again = opened(client, catalogue)
    assert again == info and decoded.names == ["mock.parquet"] * 2
    shutil.rmtree(state.data / "cache")
    state.local.tables._views.clear()  # as after a restart
    assert client.get(url, params={"names": "zspec"}).status_code == 404
    assert opened(client, catalogue) == info
    assert len(rows(client.get(url, params={"names": "zspec"}))) == 6


def test_the_cache_can_be_deleted_while_a_file_is_decoded(client, state, decoded, catalogue, monkeypatch):
    workers = state.local.workers
    call = workers.call

    async def deleted_once(method, **args):
        if not decoded.names:
            shutil.rmtree(state.data / "cache")
        return await call(method, **args)

    monkeypatch.setattr(workers, "call", deleted_once)
    assert opened(client, catalogue)["rows"] == 6 and len(decoded.names) == 2


def test_a_table_that_is_cut_off_is_none(client, state, decoded, catalogue):
    id = opened(client, catalogue)["id"]
    data = state.local.tables.file(id)
    data.write_bytes(data.read_bytes()[:-100])
    state.local.tables._views.clear()
    assert client.get(f"/local/tables/{id}").status_code == 404
    assert opened(client, catalogue)["rows"] == 6 and len(decoded.names) == 2


def test_a_file_that_changes_while_it_is_read_is_no_table(client, state, decoded, catalogue):
    gate = decoded.gates["mock.parquet"] = threading.Event()
    thread, found = in_background(lambda: client.post("/local/tables", json={"file": str(catalogue)}))
    while not decoded.names:
        assert client.get("/local/health").status_code == 200
    pq.write_table(pq.read_table(catalogue).slice(0, 3), catalogue)
    gate.set()
    thread.join(60)
    assert found[0].status_code == 400 and "changed" in found[0].json()["error"]["message"]
    assert not list((state.data / "cache" / "tables").glob("[!.]*"))
    assert opened(client, catalogue)["rows"] == 3


def test_a_full_disk_is_said(tmp_path, catalogue, monkeypatch):
    def full(self, field, column):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.Writer, "add", full)
    with pytest.raises(TsmError, match="disk") as caught:
        decode.decode(str(catalogue), str(tmp_path), {"id": "x"})
    assert "PZ_TSM_CACHE" in caught.value.remedy and cache.load(tmp_path) is None


def test_wide_text_files_are_decoded_in_parts_to_the_same_table(tmp_path, monkeypatch):
    table = pa.table({f"c{i}": np.arange(50) * (i + 0.5) for i in range(7)} | {"survey": ["A", None] * 25})
    path = tmp_path / "t.csv"
    pa.csv.write_csv(table, path)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder, together in ((whole, 2**28), (parts, 100)):
        folder.mkdir()
        monkeypatch.setattr(decode, "TOGETHER", together)
        decode.decode(str(path), str(folder), {"id": "x"})
    one, other = cache.load(whole), cache.load(parts)
    assert one.table.equals(other.table) and one.info() == other.info()
    assert one.table.column_names == table.column_names and one.rows == 50


def test_values_that_stand_for_none_are_null_and_counted(client, tmp_path):
    path = tmp_path / "s.parquet"
    table = pa.table(
        {
            "ra": [1.0, 2.0, 3.0, 4.0],
            "dec": [-99.0, 2.0, 3.0, 4.0],  # not a value that a position stands in for
            "z": pa.array([0.5, 9.99, -99.0, float("inf")], pa.float32()),
            "i_mag": [21.0, 99.0, 99.0, 22.5],
            "count": [99, 1, 2, 3],
        }
    )
    pq.write_table(table, path)
    info = opened(client, path)
    columns = {column["name"]: column for column in info["columns"]}
    assert sorted(map(str, (one["value"] for one in columns["z"]["sentinels"]))) == ["-99.0", "9.99", "inf"]
    assert columns["i_mag"]["sentinels"] == [{"value": 99.0, "count": 2}] and columns["i_mag"]["nulls"] == 2
    assert all("sentinels" not in columns[name] for name in ("ra", "dec", "count"))
    json.dumps(info, allow_nan=False)
    shown = rows(client.get(f"/local/tables/{info['id']}/window"))
    assert shown["z"].to_pylist() == [0.5, None, None, None]
    assert read_table(path).equals(shown)  # what "Copy as Python" reads


def test_conditions_mean_the_same_rows_as_in_a_recipe(client, tmp_path):
    from pz_tsm import expr, sources

    path = tmp_path / "s.parquet"
    z = np.array([0.1, 9.99, -9.99, 0.7, 99.0, 1.2])
    mag = np.array([20.0, 21.0, -99.0, 22.0, 99.0, 25.0])
    pq.write_table(pa.table({"ra": np.arange(6.0), "dec": np.zeros(6), "z": z, "g_mag": mag}), path)
    id = opened(client, path)["id"]
    loaded = sources.load({"from": {"file": str(path)}}, tmp_path).table
    for name, canonical in (("z", "redshift"), ("g_mag", "g_mag")):
        for condition in ("{} > 0", "{} < 1", "{} IS NULL", "NOT {} > 1"):
            seen = rows(client.get(f"/local/tables/{id}/window", params={"where": condition.format(name)}))
            kept = loaded.filter(pa.array(expr.mask(condition.format(canonical), loaded)))
            assert seen["ra"].to_pylist() == kept["ra"].to_pylist()
