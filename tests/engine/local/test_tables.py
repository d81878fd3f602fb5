import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest


def rows(answer):
    assert answer.status_code in (200, 206), answer.text
    return pa.ipc.open_stream(io.BytesIO(answer.content)).read_all()


def opened(client, path):
    answer = client.post("/local/tables", json={"file": str(path)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_file_opens_with_its_summary(client, catalogue):
    info = opened(client, catalogue)
    assert info["rows"] == 6 and info["name"] == "mock.parquet" and info["sampled"] is None
    assert info["roles"] == {
        "id": "objectId", "ra": "RAJ2000", "dec": "DEJ2000", "redshift": "zspec", "survey": "survey_name",
    }  # fmt: skip
    columns = {column["name"]: column for column in info["columns"]}
    assert columns["objectId"]["min"] == str(2**60) and columns["objectId"]["arrow"] == "int64"
    assert columns["zspec"]["nulls"] == 1 and columns["zspec"]["max"] == 0.9
    assert (
        sum(columns["zspec"]["histogram"]["counts"]) == 4
        and len(columns["zspec"]["histogram"]["edges"]) == 25
    )
    assert columns["survey_name"]["values"] == [{"value": "DEEP", "count": 3}, {"value": "WIDE", "count": 2}]
    assert client.get(f"/local/tables/{info['id']}").json() == info


def test_windows_are_sorted_and_filtered_over_all_rows(client, catalogue):
    id = opened(client, catalogue)["id"]
    url = f"/local/tables/{id}/window"
    answer = client.get(
        url, params={"start": 1, "count": 2, "sort": "zspec", "desc": 1, "columns": "objectId,zspec"}
    )
    table = rows(answer)
    assert table.column_names == ["objectId", "zspec"] and answer.headers["x-tsm-total"] == "6"
    assert table["objectId"].to_pylist() == [2**60, 2**60 + 5]  # 0.9 comes first, not a number last but one
    found = client.get(url, params={"search": "deep", "sort": "RAJ2000", "desc": 1})
    assert found.headers["x-tsm-total"] == "3" and rows(found)["RAJ2000"].to_pylist() == [15.0, 12.0, 10.0]
    found = client.get(url, params={"search": str(2**60 + 3)})
    assert rows(found)["RAJ2000"].to_pylist() == [13.0]
    passing = client.get(url, params={"where": "zspec > 0.2 AND survey_name = 'DEEP'"})
    assert passing.headers["x-tsm-total"] == "2"
    beyond = client.get(url, params={"start": 100})
    assert rows(beyond).num_rows == 0 and beyond.headers["x-tsm-start"] == "6"


def test_whole_columns_are_cached_by_the_browser_and_can_be_resumed(client, catalogue):
    id = opened(client, catalogue)["id"]
    url = f"/local/tables/{id}/columns"
    answer = client.get(url, params={"names": "objectId,zspec"})
    assert rows(answer)["objectId"].to_pylist() == [2**60 + i for i in range(6)]
    assert "immutable" in answer.headers["cache-control"]
    etag = answer.headers["etag"]
    again = client.get(url, params={"names": "objectId,zspec"}, headers={"If-None-Match": etag})
    assert again.status_code == 304 and not again.content
    rest = client.get(url, params={"names": "objectId,zspec"}, headers={"Range": "bytes=100-"})
    assert rest.status_code == 206 and rest.content == answer.content[100:]
    assert rest.headers["content-range"] == f"bytes 100-{len(answer.content) - 1}/{len(answer.content)}"
    assert client.get(url, params={"names": "zspec"}).headers["etag"] != etag


def test_a_changed_file_is_another_table(client, catalogue):
    first = opened(client, catalogue)
    pq.write_table(pq.read_table(catalogue).slice(0, 2), catalogue)
    second = opened(client, catalogue)
    assert second["id"] != first["id"] and second["rows"] == 2
    assert client.get(f"/local/tables/{first['id']}/columns", params={"names": "zspec"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/local/tables/" + "0" * 32, 404, "no longer open"),
        ("/local/tables/..%2F..%2Fsecret", 404, ""),
        ("/local/nothing", 404, "/local/nothing"),
    ],
)
def test_what_is_not_there_is_said(client, path, status, says):
    answer = client.get(path)
    assert answer.status_code == status and says in answer.json()["error"]["message"]


def test_trouble_names_the_column_the_condition_and_the_file(client, catalogue, tmp_path):
    id = opened(client, catalogue)["id"]
    wrong = client.get(f"/local/tables/{id}/window", params={"sort": "zspek"}).json()["error"]
    assert "zspek" in wrong["message"] and "zspec" in wrong["remedy"]
    assert client.get(f"/local/tables/{id}/window", params={"where": "zspec >"}).status_code == 400
    missing = client.post("/local/tables", json={"file": str(tmp_path / "none.fits")})
    assert missing.status_code == 400 and "none.fits" in missing.json()["error"]["message"]
    empty = tmp_path / "empty.parquet"
    empty.write_bytes(b"")
    broken = client.post("/local/tables", json={"file": str(empty)})
    assert broken.status_code == 400 and "empty.parquet" in json.dumps(broken.json())
    folder = client.post("/local/tables", json={"file": str(tmp_path)})
    assert folder.status_code == 400 and "folder" in folder.json()["error"]["message"]
    relative = client.post("/local/tables", json={"file": "mock.parquet"})
    assert relative.status_code == 400 and "absolute" in relative.json()["error"]["message"]


def test_without_the_token_nothing_is_told(client, catalogue):
    for headers in ({"Authorization": ""}, {"Authorization": "Token " + "b" * 40}):
        answer = client.post("/local/tables", json={"file": str(catalogue)}, headers=headers)
        assert answer.status_code == 401 and "token" in answer.json()["error"]["message"]


def test_a_reader_that_is_killed_is_said_and_replaced(client, catalogue, state, monkeypatch):
    from pz_tsm.engine.local import workers

    service = state.local
    take = service.workers._take

    async def doomed(wanted):  # whichever it is, a fresh one or the one that is kept warm
        child = await take(wanted)
        child.kill()
        await child.wait()
        return child

    monkeypatch.setattr(service.workers, "_take", doomed)
    answer = client.post("/local/tables", json={"file": str(catalogue)})
    assert answer.status_code == 500 and "memory" in answer.json()["error"]["message"]
    monkeypatch.setattr(service.workers, "_take", take)
    assert opened(client, catalogue)["rows"] == 6
    assert workers._died(1)["remedy"]


def test_the_cache_keeps_to_its_size(client, state, tmp_path):
    tables = state.local.tables
    tables._cache_bytes = 1
    ids = []
    for i in range(3):
        path = tmp_path / f"t{i}.parquet"
        pq.write_table(pa.table({"ra": [float(i)]}), path)
        ids.append(opened(client, path)["id"])
        tables._views.clear()
    left = [folder.parent.name for folder in (state.data / "cache" / "tables").glob("*/info.json")]
    assert left == ids[-1:]
    assert client.get(f"/local/tables/{ids[0]}").status_code == 404


@pytest.mark.parametrize("path", ["~no-such-user/x", "/tmp/\\ud800", "/" + "a" * 5000, "/etc/\\u0000x"])
def test_a_path_that_can_not_be_is_told_in_words(client, path):
    body = b'{"file": "' + path.encode() + b'"}'
    answer = client.post("/local/tables", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400 and "can't be used" in answer.json()["error"]["message"]


def test_a_range_of_absurd_length_is_ignored(client, catalogue):
    id = opened(client, catalogue)["id"]
    url = f"/local/tables/{id}/columns"
    answer = client.get(url, params={"names": "zspec"}, headers={"Range": f"bytes={'9' * 5000}-"})
    assert answer.status_code == 200
