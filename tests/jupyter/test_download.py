"""Products brought into the file browser's folder: from server to server, resumed, checked."""

import asyncio
import hashlib
import json

import pytest
from tornado.httpclient import HTTPClientError

from pz_tsm.jupyter import download

SECRET = "5ec2e7" * 6 + "abcd"
BYTES = b"PAR1" + bytes(range(256)) * 40
SUM = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def settings(fake):
    return {"pzserver_url": f"{fake.url}/api", "pzserver_name": "PZ test"}


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("PZSERVER_TOKEN", SECRET)


@pytest.fixture
def archive(fake):
    """What the server says of the main file of product 5: ready, at an address of a host of its own."""

    def says(status="ready", data=BYTES, code=200, **change):
        place = "/api/products/5/download/main-file/"
        value = {
            "status": status, "filename": "vvds.parquet", "size": len(BYTES), "checksum": SUM,
            "download_url": f"http://inside.name{place}file/?token=abc",
        } | change  # fmt: skip
        fake.says(f"{place}prepare/", value)
        fake.says(f"{place}status/", value)
        fake.says(f"{place}file/", data, code, **{"Content-Disposition": "attachment; filename=vvds.parquet"})

    says()
    return says


async def brought(jp_fetch, **change):
    """The download, once it has ended."""
    body = json.dumps({"product": 5, "main": True, "contents": ""} | change)
    one = json.loads((await jp_fetch("tsm", "downloads", method="POST", body=body)).body)
    async with asyncio.timeout(30):
        while one["state"] in ("preparing", "running"):
            await asyncio.sleep(0)  # lets the server, which is in this loop, go on
            listed = json.loads((await jp_fetch("tsm", "downloads")).body)["downloads"]
            one = next(item for item in listed if item["id"] == one["id"])
    return one


async def test_a_file_comes_whole_and_writes_over_nothing(jp_fetch, fake, archive, jp_root_dir):
    one = await brought(jp_fetch)
    assert (one["state"], one["path"], one["done"]) == ("done", "vvds.parquet", len(BYTES))
    assert (jp_root_dir / "vvds.parquet").read_bytes() == BYTES
    method, path, query, headers, _ = fake.asked[-1]
    assert (method, path, query) == ("GET", "/api/products/5/download/main-file/file/", "token=abc")
    assert headers["Authorization"] == f"Token {SECRET}"
    assert (await brought(jp_fetch))["path"] == "vvds_1.parquet"
    assert [p.name for p in jp_root_dir.iterdir() if p.name.startswith(".5-")] == []


async def test_what_broke_off_goes_on_where_it_was(jp_fetch, fake, archive, jp_root_dir):
    (jp_root_dir / f".5-{SUM[:16]}.part").write_bytes(BYTES[:1000])
    archive(data=BYTES[1000:], code=206)
    assert (await brought(jp_fetch))["state"] == "done"
    assert fake.asked[-1][3]["Range"] == "bytes=1000-"
    assert (jp_root_dir / "vvds.parquet").read_bytes() == BYTES


async def test_a_server_that_can_not_go_on_begins_again(jp_fetch, archive, jp_root_dir):
    (jp_root_dir / f".5-{SUM[:16]}.part").write_bytes(b"x" * 1000)
    assert (await brought(jp_fetch))["state"] == "done"
    assert (jp_root_dir / "vvds.parquet").read_bytes() == BYTES


async def test_a_damaged_file_is_not_kept(jp_fetch, archive, jp_root_dir):
    archive(data=BYTES[:-1] + b"?")
    one = await brought(jp_fetch)
    assert one["state"] == "failed" and "checksum" in one["message"] and one["remedy"]
    assert not (jp_root_dir / "vvds.parquet").exists() and not list(jp_root_dir.glob(".5-*"))


async def test_what_the_server_can_not_prepare_is_said_in_its_words(jp_fetch, archive):
    archive(status="failed", download_url=None, error_message="No room to pack it")
    one = await brought(jp_fetch)
    assert one["state"] == "failed" and "No room to pack it" in one["message"]


async def test_a_name_from_outside_stays_in_the_folder():
    assert download.safe("../../.bashrc", 5) == download.safe(" . .bashrc ", 5) == "bashrc"
    assert download.safe("", 5) == "product_5"
    assert download.address("https://a.b/x/api/", "http://c:1/api/products/1/f/?token=t") == (
        "https://a.b/x/api/products/1/f/?token=t"
    )


async def test_only_folders_of_the_file_browser(jp_fetch, archive):
    for folder, code in (("../elsewhere", 403), ("nowhere", 400)):
        body = json.dumps({"product": 5, "main": True, "contents": folder})
        with pytest.raises(HTTPClientError) as caught:
            await jp_fetch("tsm", "downloads", method="POST", body=body)
        assert caught.value.code == code


async def test_a_stopped_download_says_so(jp_fetch, fake, archive):
    archive(status="running", download_url=None)
    body = json.dumps({"product": 5, "main": True, "contents": ""})
    one = json.loads((await jp_fetch("tsm", "downloads", method="POST", body=body)).body)
    await jp_fetch("tsm", "downloads", one["id"], method="DELETE")
    async with asyncio.timeout(30):
        while one["state"] in ("preparing", "running"):
            one = json.loads((await jp_fetch("tsm", "downloads")).body)["downloads"][0]
    assert one["state"] == "stopped"


async def test_an_answer_that_nobody_expects_ends_it_in_words(jp_fetch, archive, jp_root_dir):
    archive(size="large")
    (jp_root_dir / f".5-{SUM[:16]}.part").write_bytes(b"x")
    one = await brought(jp_fetch)
    assert one["state"] == "failed" and "log" in one["remedy"]


class TestChosen:
    """Where the user chooses the server."""

    @pytest.fixture
    def settings(self):
        return {}

    async def test_a_download_asks_no_other_server(self, jp_fetch, fake, archive, monkeypatch):
        async def choose(path):
            body = json.dumps({"url": f"{fake.url}{path}"})
            await jp_fetch("tsm", "server", method="POST", body=body)

        async def known():
            return json.loads((await jp_fetch("tsm", "downloads")).body)["downloads"]

        monkeypatch.setattr(download, "PAUSE", 0)
        await choose("/api")
        fake.says("/api/", {})
        await jp_fetch("tsm", "token", method="POST", body=json.dumps({"token": SECRET}))
        archive(status="running", download_url=None)
        body = json.dumps({"product": 5, "main": True, "contents": ""})
        one = json.loads((await jp_fetch("tsm", "downloads", method="POST", body=body)).body)
        async with asyncio.timeout(30):
            while one["state"] == "preparing":
                await choose("/other/api")
                assert await known() == []  # the product 5 of that server is another one
                await choose("/api")
                [one] = await known()
        assert one["state"] == "failed" and "Another PZ Server" in one["message"]
        assert not any(path.startswith("/other/") for _, path, *_ in fake.asked)
