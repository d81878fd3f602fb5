"""The proxy to a remote PZ Server, and its token."""

import json
import logging

import pytest
from tornado.httpclient import HTTPClientError

SECRET = "5ec2e7" * 6 + "abcd"


@pytest.fixture
def settings(fake):
    return {"pzserver_url": f"{fake.url}/api", "pzserver_name": "PZ test"}


@pytest.fixture
def token(monkeypatch):
    monkeypatch.setenv("PZSERVER_TOKEN", SECRET)


async def refused(jp_fetch, *parts, **kwargs):
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch(*parts, **kwargs)
    answer = caught.value.response
    return answer.code, json.loads(answer.body), answer.headers


async def test_a_product_list_passes_with_our_token(jp_fetch, fake, token):
    fake.says("/api/products/", {"count": 0, "results": []})
    answer = await jp_fetch("tsm", "pz", "products/", params={"page": "2"})
    assert (
        json.loads(answer.body) == {"count": 0, "results": []}
        and answer.headers["X-TSM-Origin"] == "upstream"
    )
    method, path, query, headers, _ = fake.asked[-1]
    assert (method, path, query) == ("GET", "/api/products/", "page=2")
    assert headers["Authorization"] == f"Token {SECRET}"


async def test_without_a_token_it_is_said_by_us_and_a_wrong_one_by_the_server(jp_fetch, fake, monkeypatch):
    code, body, headers = await refused(jp_fetch, "tsm", "pz", "products/")
    assert code == 401 and headers["X-TSM-Origin"] == "proxy" and "token" in body["error"]["message"]
    monkeypatch.setenv("PZSERVER_TOKEN", "not-a-good-token")
    code, body, headers = await refused(jp_fetch, "tsm", "pz", "products/")
    assert code == 401 and headers["X-TSM-Origin"] == "upstream" and body == {"detail": "Invalid token."}
    config = json.loads((await jp_fetch("tsm", "config")).body)
    assert config["pzserver"]["token"] == "wrong" and config["pzserver"]["name"] == "PZ test"


async def test_a_token_is_checked_kept_used_and_forgotten_but_never_shown(jp_fetch, fake, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    fake.says("/api/", {})
    fake.says("/api/logged_user/", {"username": "ana", "is_admin": False})
    seen = []
    code, body, _ = await refused(jp_fetch, "tsm", "token", method="POST", body='{"token": "wrong-token-0"}')
    assert code == 400 and "PZ test" in body["error"]["message"]
    answer = await jp_fetch("tsm", "token", method="POST", body=json.dumps({"token": f" {SECRET}\n"}))
    seen.append(answer)
    assert json.loads(answer.body) == {"token": "present", "user": "ana"}
    file = tmp_path / "config" / "pz-tsm" / "token"
    assert file.stat().st_mode & 0o777 == 0o600 and file.read_text().split() == [SECRET, f"{fake.url}/api/"]
    seen.append(await jp_fetch("tsm", "config"))
    assert json.loads(seen[-1].body)["pzserver"] | {"url": ""} == {
        "url": "", "name": "PZ test", "configured": True, "token": "present", "user": "ana",
        "kind": "other", "fixed": True, "choices": [], "kept": str(file), "rsp": None,
    }  # fmt: skip
    fake.says("/api/products/3/", {"id": 3})
    seen.append(await jp_fetch("tsm", "pz", "products/3/"))
    for answer in seen:
        assert SECRET.encode() not in answer.body and SECRET not in str(dict(answer.headers))
    assert SECRET not in caplog.text
    await jp_fetch("tsm", "token", method="DELETE")
    assert not file.exists()
    assert json.loads((await jp_fetch("tsm", "config")).body)["pzserver"]["token"] == "missing"


async def test_a_token_file_of_another_server_is_not_used(jp_fetch, fake, tmp_path):
    file = tmp_path / "config" / "pz-tsm" / "token"
    file.parent.mkdir(parents=True)
    file.write_text(f"{SECRET}\nhttps://other.example/api/\n")
    code, _, headers = await refused(jp_fetch, "tsm", "pz", "products/")
    assert code == 401 and headers["X-TSM-Origin"] == "proxy" and not fake.asked


async def test_stop_is_a_post_here_and_a_get_there(jp_fetch, fake, token):
    fake.says("/api/processes/7/stop/", {"id": 7, "status": "Stopping"})
    await jp_fetch("tsm", "pz", "processes/7/stop/", method="POST", body="")
    assert fake.asked[-1][:2] == ("GET", "/api/processes/7/stop/")
    before = len(fake.asked)
    code, _, headers = await refused(jp_fetch, "tsm", "pz", "processes/7/stop/")
    assert code == 405 and headers["Allow"] == "POST" and len(fake.asked) == before


@pytest.mark.parametrize("host", ["http://internal.name/api/", "{url}/api/", "/api/"])
async def test_download_addresses_lead_here(jp_fetch, fake, token, jp_base_url, host):
    address = host.format(url=fake.url) + "products/5/download/file/?token=abc"
    fake.says("/api/products/5/download/status/", {"status": "ready", "download_url": address, "size": 2**60})
    said = json.loads((await jp_fetch("tsm", "pz", "products/5/download/status/")).body)
    assert (
        said["download_url"] == f"{jp_base_url}tsm/pz/products/5/download/file/?ticket=abc"
        and said["size"] == 2**60
    )
    fake.says("/api/products/5/download/file/", b"PK", **{"Content-Type": "text/html"})
    got = await jp_fetch("tsm", "pz", "products/5/download/file/", params={"ticket": "abc"})
    assert fake.asked[-1][2] == "token=abc"
    assert got.body == b"PK" and got.headers["Content-Type"].startswith("text/plain")


async def test_redirects_are_not_followed(jp_fetch, fake, token):
    fake.says("/api/products/", b"", 302, Location="https://elsewhere.example/login")
    code, body, headers = await refused(jp_fetch, "tsm", "pz", "products/")
    assert code == 502 and "elsewhere.example" in body["error"]["message"] and len(fake.asked) == 1


@pytest.mark.parametrize(
    "path", ["get_token/", "obtain_token/", "auth/token", "products", "products/1/../2/"]
)
async def test_what_is_not_listed_is_not_asked_for(jp_fetch, fake, token, path):
    code, body, _ = await refused(jp_fetch, "tsm", "pz", path, method="POST", body="{}")
    assert code in (404, 405) and body["error"]["message"] and not fake.asked


async def test_a_file_is_uploaded_from_server_to_server(jp_fetch, fake, token, jp_root_dir):
    (jp_root_dir / "cat.csv").write_bytes(b"ra,dec\n1,2\n")
    fake.says("/api/product-files/", {"id": 1}, 201)
    body = json.dumps({"product": 5, "role": 0, "contents": "cat.csv"})
    answer = await jp_fetch(
        "tsm", "pz", "product-files/", method="POST", body=body, headers={"Content-Type": "application/json"}
    )
    assert answer.code == 201
    _, _, _, headers, sent = fake.asked[-1]
    assert headers["Content-Type"].startswith("multipart/form-data") and int(
        headers["Content-Length"]
    ) == len(sent)
    assert (
        b'filename="cat.csv"' in sent and b"ra,dec\n1,2\n" in sent and b'name="product"\r\n\r\n5\r\n' in sent
    )


async def test_a_server_that_is_down_is_said(jp_fetch, fake, token):
    fake.close()
    code, body, headers = await refused(jp_fetch, "tsm", "pz", "products/")
    assert code == 502 and headers["X-TSM-Origin"] == "unreachable" and "PZ test" in body["error"]["message"]
    config = json.loads((await jp_fetch("tsm", "config")).body)
    assert config["pzserver"]["token"] == "present" and "reached" in config["pzserver"]["message"]
