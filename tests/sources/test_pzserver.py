"""Products of a PZ Server as inputs, against the calls and answers of the contract."""

from __future__ import annotations

import hashlib
import json

import httpx
import pytest

from pz_tsm.errors import TsmError
from pz_tsm.sources import load, waiting

CSV = b"NUM,ALPHA,DELTA,ZZ,Q,m\n" + b"".join(b"%d,%d.5,2.0,0.5,4,21\n" % (i, 10 + i) for i in range(9))


@pytest.fixture
def server(monkeypatch, tmp_path):
    """A server with one product; ``calls`` holds the requests, ``answers`` may be changed."""
    state = {"calls": [], "content": CSV, "token": "t" * 40, "checksum": hashlib.sha256(CSV).hexdigest()}

    def answer(request: httpx.Request) -> httpx.Response:
        state["calls"].append(request)
        path = request.url.path
        if request.headers["Authorization"] != f"Token {state['token']}":
            return httpx.Response(401, json={"detail": "Invalid token."})
        if path == "/api/products/":
            known = {"id": 12, "internal_name": "12_goods"}
            asked = request.url.params
            hit = asked.get("id") == "12" or asked.get("internal_name") == "12_goods"
            return httpx.Response(200, json={"count": int(hit), "results": [known] if hit else []})
        if path == "/api/product-contents/":
            rows = [
                ("NUM", "ID"),
                ("ALPHA", "RA"),
                ("DELTA", "Dec"),
                ("ZZ", "z"),
                ("Q", "z_flag"),
                ("m", None),
            ]
            return httpx.Response(200, json={"results": [{"column_name": n, "alias": a} for n, a in rows]})
        if path.endswith(("prepare/", "status/")):
            first = path.endswith("prepare/")
            url = "http://elsewhere/api/products/12/download/main-file/file/?token=x"
            ready = {"status": "ready", "filename": "cat.csv", "size": len(CSV), "download_url": url}
            ready["checksum"] = state["checksum"]
            return httpx.Response(202 if first else 200, json={"status": "pending"} if first else ready)
        if path.endswith("file/"):
            return httpx.Response(200, content=state["content"])
        return httpx.Response(404, json={})

    client, transport = httpx.Client, httpx.MockTransport(answer)
    monkeypatch.setattr(httpx, "Client", lambda **options: client(transport=transport, **options))
    monkeypatch.setattr(waiting.time, "sleep", lambda seconds: None)
    monkeypatch.setenv("PZ_TSM_PZSERVER_URL", "http://pz.test/api")
    monkeypatch.setenv("PZ_TSM_PZSERVER_TOKEN", state["token"])
    monkeypatch.setenv("PZ_TSM_CACHE", str(tmp_path / "cache"))
    return state


@pytest.mark.parametrize("wanted", [12, "12", "12_goods"])
def test_a_product_loads_with_the_columns_its_owner_declared(server, wanted, tmp_path):
    loaded = load({"from": {"pzserver": wanted}, "survey": "VIMOS"}, tmp_path)
    assert loaded.table.num_rows == 9
    assert loaded.origin["product"] == "12_goods" and loaded.origin["product_id"] == 12
    assert loaded.origin["columns"]["z"] == "ZZ" and loaded.origin["columns"]["z_flag"] == "Q"
    assert loaded.origin["sha256"] == server["checksum"]
    assert server["token"] not in json.dumps(loaded.origin)
    assert all(call.url.host == "pz.test" for call in server["calls"]), "no token goes to another host"


def test_the_second_time_nothing_is_downloaded(server, tmp_path):
    for _ in range(2):
        load({"from": {"pzserver": 12}}, tmp_path)
    assert sum(call.url.path.endswith("file/") for call in server["calls"]) == 1


def test_a_damaged_download_is_not_kept(server, tmp_path):
    server["content"] = CSV[:-5]
    with pytest.raises(TsmError, match="damaged"):
        load({"from": {"pzserver": 12}}, tmp_path)
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_trouble_is_told_without_the_token(server, monkeypatch, tmp_path):
    with pytest.raises(TsmError, match="no product '99'"):
        load({"from": {"pzserver": 99}}, tmp_path)
    monkeypatch.setenv("PZ_TSM_PZSERVER_TOKEN", "secret")
    with pytest.raises(TsmError) as error:
        load({"from": {"pzserver": 12}}, tmp_path)
    assert "token" in error.value.message and "secret" not in str(error.value)


def test_no_server_configured(monkeypatch, tmp_path):
    monkeypatch.delenv("PZ_TSM_PZSERVER_URL", raising=False)
    monkeypatch.setenv("PZ_TSM_DATA", str(tmp_path))
    with pytest.raises(TsmError) as error:
        load({"from": {"pzserver": 12}}, tmp_path)
    assert "No PZ Server" in error.value.message and "PZ_TSM_PZSERVER_URL" in error.value.remedy
