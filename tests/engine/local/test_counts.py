"""Counts of plots that are kept with a decoded table."""

import json
import shutil
import stat

import pyarrow.parquet as pq
import pytest

from pz_tsm.engine.local import counts
from tests.engine.local.test_tables import opened

KEPT = {
    "made": "counts 1, pz-tsm 1.0",
    "rows": 6,
    "views": [
        {
            "request": '{"kind":"categories","column":"survey_name","limit":40}',
            "result": {"kind": "categories", "values": ["DEEP", {"int": "5"}, None], "all": [3, 2, 1]},
        }
    ],
}


def test_counts_are_kept_as_they_were_given(client, state, catalogue):
    id = opened(client, catalogue)["id"]
    url = f"/local/tables/{id}/counts"
    assert client.get(url).json()["views"] == []
    assert client.post(url, json=KEPT).status_code == 204
    answer = client.get(url)
    assert answer.json() == KEPT and answer.headers["cache-control"] == "no-store"
    other = {**KEPT, "views": []}
    assert client.post(url, json=other).status_code == 204  # the last ones hold
    assert client.get(url).json() == other
    folder = state.local.tables.file(id).parent
    assert stat.S_IMODE((folder / counts.FILE).stat().st_mode) == 0o600
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("{", "no counts"),
        ("[]", "no counts"),
        (json.dumps({**KEPT, "rows": 7}), "7 rows, the table has 6"),
        (json.dumps({**KEPT, "rows": -1}), "rows"),
        (json.dumps({**KEPT, "script": "x"}), "script"),
        (json.dumps({**KEPT, "made": "x" * 100}), "made"),
        (json.dumps({**KEPT, "views": KEPT["views"] * 25}), "views"),
        (json.dumps({**KEPT, "views": [{"request": 5, "result": {}}]}), "views.0.request"),
        (json.dumps({**KEPT, "views": [{"request": "{}", "result": "x"}]}), "views.0.result"),
    ],
)
def test_nonsense_is_refused_in_words_and_changes_nothing(client, catalogue, given, says):
    url = f"/local/tables/{opened(client, catalogue)['id']}/counts"
    assert client.post(url, json=KEPT).status_code == 204
    refused = client.post(url, content=given)
    assert refused.status_code == 400 and says in refused.json()["error"]["message"]
    assert client.get(url).json() == KEPT


def test_their_size_is_bounded(client, catalogue):
    url = f"/local/tables/{opened(client, catalogue)['id']}/counts"
    large = json.dumps(KEPT) + " " * counts.LIMIT
    refused = client.post(url, content=large)
    assert refused.status_code == 413 and "1,048,576 bytes" in refused.json()["error"]["message"]
    assert client.get(url).json()["views"] == []


def test_they_are_of_one_table_and_go_with_it(client, state, catalogue):
    id = opened(client, catalogue)["id"]
    url = f"/local/tables/{id}/counts"
    assert client.post(url, json=KEPT).status_code == 204
    assert client.get(f"/local/tables/{'0' * 32}/counts").status_code == 404
    folder = state.local.tables.file(id).parent
    shutil.rmtree(folder)
    assert client.post(url, json=KEPT).status_code == 404  # of a table still open nothing is begun anew
    assert client.get(url).json()["views"] == [] and not folder.exists()
    assert opened(client, catalogue)["id"] == id
    assert client.get(url).json()["views"] == []  # decoded again: counted again
    assert client.post(url, json=KEPT).status_code == 204
    pq.write_table(pq.read_table(catalogue).slice(0, 2), catalogue)  # another content
    other = opened(client, catalogue)["id"]
    assert other != id and client.get(f"/local/tables/{other}/counts").json()["views"] == []


def test_a_table_that_is_trimmed_from_the_cache_takes_its_counts_along(client, state, catalogue, tmp_path):
    tables = state.local.tables
    id = opened(client, catalogue)["id"]
    assert client.post(f"/local/tables/{id}/counts", json=KEPT).status_code == 204
    kept = tables.file(id).with_name(counts.FILE)
    assert kept.exists()
    tables._cache_bytes = 1
    tables._views.clear()
    second = tmp_path / "second.parquet"
    shutil.copy(catalogue, second)
    opened(client, second)
    assert not kept.exists()


def test_damaged_counts_are_none(client, state, catalogue):
    id = opened(client, catalogue)["id"]
    (state.local.tables.file(id).with_name(counts.FILE)).write_bytes(b"\xff\xfe")
    assert client.get(f"/local/tables/{id}/counts").json()["views"] == []


def test_only_who_has_the_token_is_told_or_heard(client, catalogue):
    url = f"/local/tables/{opened(client, catalogue)['id']}/counts"
    for headers in ({"Authorization": ""}, {"Authorization": "Token " + "b" * 40}):
        assert client.get(url, headers=headers).status_code == 401
        assert client.post(url, json=KEPT, headers=headers).status_code == 401
