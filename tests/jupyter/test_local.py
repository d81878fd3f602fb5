"""The proxy to the engine."""

import asyncio
import base64
import json
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from tornado.httpclient import HTTPClientError

ENGINE_TOKEN = "e4" * 20


async def refused(jp_fetch, *parts, **kwargs):
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch(*parts, **kwargs)
    answer = caught.value.response
    return answer.code, json.loads(answer.body)["error"], answer.headers


async def test_config_starts_the_engine_without_waiting_for_it(jp_fetch, engine, fake, jp_root_dir):
    config = json.loads((await jp_fetch("tsm", "config")).body)
    assert config["engine"]["state"] in ("starting", "running") and config["version"]
    assert config["pzserver"].items() >= {
        "url": "", "name": "this machine", "configured": False, "token": "present", "user": "local",
        "kind": "engine", "kept": None,
    }.items()  # fmt: skip
    assert config["root"] == str(jp_root_dir)
    fake.says("/local/ops", {})
    await jp_fetch("tsm", "local", "ops")
    assert len(engine) == 1


async def test_answers_pass_with_their_headers_and_no_cookie_comes_or_goes(jp_fetch, engine, fake):
    body = bytes(range(256)) * 5000
    kind = "application/vnd.apache.arrow.stream"
    path = f"tables/{'0' * 32}/window"
    fake.says(f"/local/{path}", body, **{"Content-Type": kind, "X-TSM-Total": "12", "X-TSM-Start": "3"})
    answer = await jp_fetch("tsm", "local", path, params={"start": "3"}, headers={"Cookie": "lab=secret"})
    assert answer.body == body and answer.headers["Content-Type"] == kind
    assert answer.headers["X-TSM-Total"] == "12" and answer.headers["X-TSM-Origin"] == "upstream"
    assert (
        "evil" not in answer.headers.get("Set-Cookie", "")
        and "sandbox" in answer.headers["Content-Security-Policy"]
    )
    method, asked, query, headers, _ = fake.asked[-1]
    assert (method, asked, query) == ("GET", f"/local/{path}", "start=3")
    assert headers["Authorization"] == f"Token {ENGINE_TOKEN}" and "Cookie" not in headers


async def test_errors_of_the_engine_pass_as_they_are(jp_fetch, engine, fake):
    fake.says("/local/plan", {"error": {"message": "no column 'zz'", "remedy": None, "where": "zz"}}, 400)
    sent = json.dumps({"text": "", "contents": "a.tsm.yaml"})
    code, error, headers = await refused(jp_fetch, "tsm", "local", "plan", method="POST", body=sent)
    assert code == 400 and error["where"] == "zz" and headers["X-TSM-Origin"] == "upstream"


@pytest.mark.parametrize(
    ("path", "sent", "key"),
    [
        ("tables", {}, "file"),
        ("verify", {}, "path"),
        ("plan", {"text": "x"}, "base"),
        ("runs", {"text": "x"}, "base"),
        (f"tables/{'0' * 32}/export", {"format": "csv"}, "path"),
        ("registry/downloads", {"entry": "vipers_pdr2"}, "folder"),
    ],
)
async def test_contents_paths_become_files(jp_fetch, engine, fake, jp_root_dir, path, sent, key):
    fake.says(f"/local/{path}", {"ok": True})
    await jp_fetch(
        "tsm", "local", path, method="POST", body=json.dumps({**sent, "contents": "work/a.tsm.yaml"})
    )
    body = json.loads(fake.asked[-1][4])
    file = jp_root_dir / "work" / "a.tsm.yaml"
    assert body[key] == str(file.parent if key == "base" else file) and "contents" not in body
    assert key != "base" or body["path"] == "work/a.tsm.yaml"


async def test_the_recipe_of_a_bundle_is_planned_where_its_paths_start_and_replayed(
    jp_fetch, engine, fake, jp_root_dir
):
    bundle = jp_root_dir / "work" / "bundles" / "mine"
    (bundle / "data").mkdir(parents=True)
    for name in ("recipe.tsm.yaml", "data/training_set.parquet"):
        (bundle / name).write_text("")
    sent = json.dumps({"text": "x", "contents": "work/bundles/mine/recipe.tsm.yaml"})
    for path, replayed in (("plan", None), ("runs", str(bundle))):
        fake.says(f"/local/{path}", {"ok": True})
        await jp_fetch("tsm", "local", path, method="POST", body=sent)
        body = json.loads(fake.asked[-1][4])
        assert body["base"] == str(jp_root_dir / "work") and body.get("bundle") == replayed


@pytest.mark.parametrize(
    "sent", [{"contents": "../up.fits"}, {"contents": ".ssh/id"}, {"file": "/etc/passwd"}]
)
async def test_files_that_the_file_browser_does_not_show_are_refused(jp_fetch, engine, fake, sent):
    code, error, headers = await refused(
        jp_fetch, "tsm", "local", "tables", method="POST", body=json.dumps(sent)
    )
    assert code == 403 and headers["X-TSM-Origin"] == "proxy" and error["message"]
    assert not fake.asked


@pytest.mark.parametrize(
    "sent", [{"contents": "../up.csv"}, {"contents": ".ssh/keys"}, {"path": "/etc/x"}, {"path": "~/.x.csv"}]
)
async def test_rows_are_not_saved_where_the_file_browser_does_not_look(jp_fetch, engine, fake, sent):
    path = f"tables/{'0' * 32}/export"
    code, error, headers = await refused(jp_fetch, "tsm", "local", path, method="POST", body=json.dumps(sent))
    assert code == 403 and headers["X-TSM-Origin"] == "proxy" and error["message"]
    assert not fake.asked


@pytest.mark.parametrize("sent", [{"contents": "../up"}, {"contents": ".ssh"}, {"folder": "/etc"}])
async def test_catalogues_are_not_saved_where_the_file_browser_does_not_look(jp_fetch, engine, fake, sent):
    body = json.dumps({"entry": "vipers_pdr2", **sent})
    code, error, _ = await refused(jp_fetch, "tsm", "local", "registry/downloads", method="POST", body=body)
    assert code == 403 and error["message"] and not fake.asked


async def test_saving_is_given_up_when_the_browser_goes_away(
    jp_fetch, jp_serverapp, jp_auth_header, engine, monkeypatch
):
    begun, ended = asyncio.Event(), asyncio.Event()

    async def waits(*args, **kwargs):
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr("pz_tsm.jupyter.handlers.pass_on", waits)
    body = json.dumps({"contents": "a.csv", "format": "csv"})
    path = f"{jp_serverapp.base_url}tsm/local/tables/{'0' * 32}/export"
    _, writer = await asyncio.open_connection("127.0.0.1", jp_serverapp.port)
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{jp_serverapp.port}\r\n"
        f"Authorization: {jp_auth_header['Authorization']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    await asyncio.wait_for(begun.wait(), 30)
    writer.close()
    await asyncio.wait_for(ended.wait(), 30)


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "secrets", 404),
        ("GET", f"tables/{'0' * 32}/export", 405),
        ("DELETE", "tables", 405),
        ("GET", "runs/../../api/", 404),
        ("POST", "health", 405),
        ("POST", "registry/vipers_pdr2", 405),
        ("GET", "registry/../runs", 404),
    ],
)
async def test_only_listed_paths_and_methods_pass(jp_fetch, engine, fake, method, path, code):
    body = "{}" if method == "POST" else None
    found, error, headers = await refused(jp_fetch, "tsm", "local", path, method=method, body=body)
    assert found == code and error["message"] and not fake.asked


@pytest.mark.parametrize("path", ["config", "local/ops", "pz/products/", "token"])
async def test_nothing_is_told_to_one_who_is_not_logged_in(jp_fetch, engine, fake, path):
    for method in ("GET", "POST", "OPTIONS") if "/" in path else ("GET", "POST"):
        with pytest.raises(HTTPClientError) as caught:
            body = "{}" if method == "POST" else None
            await jp_fetch("tsm", path, method=method, body=body, headers={"Authorization": ""})
        assert caught.value.code in (403, 405), (method, path)
    assert not fake.asked


async def test_an_engine_that_is_down_is_looked_for_again_then_said(jp_fetch, engine, fake):
    fake.says("/local/ops", {"ops": []})
    await jp_fetch("tsm", "local", "ops")
    fake.close()
    code, error, headers = await refused(jp_fetch, "tsm", "local", "ops")
    assert code == 502 and headers["X-TSM-Origin"] == "unreachable"
    assert "engine" in error["message"] and error["remedy"]
    assert len(engine) == 2  # once at first, once more because it was lost


async def test_an_engine_that_can_not_start_says_why(jp_fetch, monkeypatch):
    from pz_tsm.errors import TsmError

    def ensure(*args, **kwargs):
        raise TsmError("An engine is already running on the machine 'other'.", remedy="End it there.")

    monkeypatch.setattr("pz_tsm.engine.runtime.ensure", ensure)
    code, error, headers = await refused(jp_fetch, "tsm", "local", "ops")
    assert code == 502 and "other" in error["message"] and headers["X-TSM-Origin"] == "unreachable"
    config = json.loads((await jp_fetch("tsm", "config")).body)
    assert config["engine"]["state"] in ("starting", "failed")


async def test_a_file_that_is_long_to_decode_holds_up_nobody(jp_fetch, engine, fake):
    import asyncio

    gate = fake.holds["/local/tables"] = threading.Event()
    fake.says("/local/tables", {"id": "0" * 32})
    fake.says("/local/ops", {"ops": []})
    body = json.dumps({"contents": "large.fits"})
    opening = asyncio.ensure_future(jp_fetch("tsm", "local", "tables", method="POST", body=body))
    try:
        while not fake.asked:
            await jp_fetch("tsm", "config")
        assert json.loads((await jp_fetch("tsm", "local", "ops")).body) == {"ops": []}
        assert not opening.done()
    finally:
        gate.set()
    assert (await opening).code == 200


@pytest.fixture
def columns(fake, tmp_path):
    """The engine says where the columns' bytes are: 3 MB of a file, between a head and an end."""
    path = f"tables/{'1' * 32}/columns"
    data = bytes(range(251)) * 12_000
    (tmp_path / "columns.arrow").write_bytes(b"other" + data + b"other")
    parts = [base64.b64encode(b"head").decode(), [5, len(data)], base64.b64encode(b"end").decode()]
    said = json.dumps({"file": str(tmp_path / "columns.arrow"), "parts": parts})
    kind = "application/vnd.apache.arrow.stream"
    fake.says(f"/local/{path}", b"", **{"X-TSM-Parts": said, "ETag": '"e"', "Content-Type": kind})
    return SimpleNamespace(path=path, body=b"head" + data + b"end", file=tmp_path / "columns.arrow")


async def test_columns_are_sent_from_where_the_engine_has_them(jp_fetch, engine, fake, columns):
    answer = await jp_fetch("tsm", "local", columns.path, params={"names": "z"})
    assert answer.body == columns.body and answer.headers["ETag"] == '"e"'
    assert answer.headers["Content-Length"] == str(len(columns.body))
    assert "X-TSM-Parts" not in answer.headers and str(columns.file) not in str(answer.headers)
    assert "x-tsm-parts" in {name.lower() for name in fake.asked[-1][3]}


async def test_columns_come_by_the_engine_when_their_file_is_gone(jp_fetch, engine, fake, columns):
    columns.file.unlink()
    fake.plain[f"/local/{columns.path}"] = b"by the engine"
    answer = await jp_fetch("tsm", "local", columns.path, params={"names": "z"})
    assert answer.body == b"by the engine" and len(fake.asked) == 2


def test_the_extension_costs_a_server_start_next_to_nothing():
    """Not its time, which no test can rely on, but what it imports beyond what the server has anyway."""
    code = (
        "import jupyter_server.serverapp, sys; before = set(sys.modules)\n"
        "import pz_tsm.jupyter as e; app = e._jupyter_server_extension_points()[0]['app']\n"
        "from pz_tsm.jupyter import drafts, handlers, transfer_handlers\n"
        "handlers.routes() + transfer_handlers.routes() + drafts.routes()\n"
        "print(*sorted(name.split('.')[0] for name in set(sys.modules) - before))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(answer.stdout.split()) == {"jupyter_server", "pz_tsm"}
    assert answer.stdout.split().count("pz_tsm") < 20
