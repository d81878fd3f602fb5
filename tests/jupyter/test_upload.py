"""Files sent to the PZ Server: from server to server, with progress, joined and stopped."""

import asyncio
import json
import threading

import pytest
from tornado.httpclient import HTTPClientError

from pz_tsm.errors import TsmError
from pz_tsm.jupyter import upload

SECRET = "5ec2e7" * 6 + "abcd"
FILES = "/api/product-files/"


@pytest.fixture
def settings(fake):
    return {"pzserver_url": f"{fake.url}/api", "pzserver_name": "PZ test"}


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("PZSERVER_TOKEN", SECRET)


@pytest.fixture(autouse=True)
def catalogue(jp_root_dir):
    (jp_root_dir / "my cat.csv").write_bytes(b"ra,dec\n1,2\n")


async def begun(jp_fetch, **change):
    body = json.dumps({"product": 5, "role": 0, "contents": "my cat.csv"} | change)
    return json.loads((await jp_fetch("tsm", "uploads", method="POST", body=body)).body)


async def listed(jp_fetch):
    return json.loads((await jp_fetch("tsm", "uploads")).body)["uploads"]


async def ended(jp_fetch, one):
    async with asyncio.timeout(30):
        while one["state"] == "running":
            await asyncio.sleep(0)  # lets the server, which is in this loop, go on
            one = next(item for item in await listed(jp_fetch) if item["id"] == one["id"])
    return one


async def refused(jp_fetch, **change):
    with pytest.raises(HTTPClientError) as caught:
        await begun(jp_fetch, **change)
    return caught.value.code, json.loads(caught.value.response.body)["error"]["message"]


async def test_a_file_goes_under_the_name_that_it_was_given(jp_fetch, fake):
    fake.says(FILES, {"id": 31}, 201)
    one = await ended(jp_fetch, await begun(jp_fetch, name="my_cat.csv"))
    assert (one["state"], one["done"], one["total"], one["file"]) == ("done", 11, 11, 31)
    _, _, _, headers, sent = fake.asked[-1]
    assert headers["Authorization"] == f"Token {SECRET}"
    assert b'filename="my_cat.csv"' in sent and b"ra,dec\n1,2\n" in sent


async def test_what_is_on_its_way_is_joined_and_can_be_stopped(jp_fetch, fake):
    fake.says(FILES, {"id": 31}, 201)
    fake.holds[FILES] = threading.Event()
    one = await begun(jp_fetch)
    assert (await begun(jp_fetch))["id"] == one["id"]
    other = await begun(jp_fetch, product=6)
    assert other["id"] != one["id"]
    await jp_fetch("tsm", "uploads", one["id"], method="DELETE")
    assert (await ended(jp_fetch, one))["state"] == "stopped"
    fake.holds[FILES].set()
    assert (await ended(jp_fetch, other))["state"] == "done"
    assert (await begun(jp_fetch))["id"] != one["id"]


async def test_a_refusal_is_told_in_words(jp_fetch, fake):
    fake.says(FILES, {"detail": "You do not have permission to perform this action."}, 403)
    one = await ended(jp_fetch, await begun(jp_fetch))
    assert one["state"] == "failed" and one["message"].startswith("PZ test: You do not have permission")
    fake.says(FILES, b"<html>413</html>", 413)
    one = await ended(jp_fetch, await begun(jp_fetch))
    assert "larger than PZ test takes" in one["message"] and "zstd" in one["remedy"]
    fake.close()
    one = await ended(jp_fetch, await begun(jp_fetch))
    assert "broke off" in one["message"] and "not sent twice" in one["remedy"]


async def test_only_files_that_the_file_browser_shows_are_sent(jp_fetch, fake, jp_root_dir):
    (jp_root_dir / "empty.csv").touch()
    assert (await refused(jp_fetch, contents="../secret.csv"))[0] == 403
    assert "empty" in (await refused(jp_fetch, contents="empty.csv"))[1]
    assert "no file" in (await refused(jp_fetch, contents="none.csv"))[1]
    assert "name" in (await refused(jp_fetch, name="a/b.csv"))[1]
    assert (await refused(jp_fetch, product="5"))[0] == 400
    assert fake.asked == [] and await listed(jp_fetch) == []


def test_a_name_can_not_break_the_form(tmp_path):
    path = tmp_path / 'a"b\r\nc.csv'
    path.write_bytes(b"1")
    assert upload.name_of(path, {}) == "a_b__c.csv"
    with pytest.raises(TsmError):
        upload.name_of(path, {"name": "x" * 300})


async def test_drafts_are_kept_for_the_user_alone(jp_fetch, jp_config_dir):
    async def drafts():
        return json.loads((await jp_fetch("tsm", "drafts")).body)["drafts"]

    async def keep(id, draft):
        await jp_fetch("tsm", "drafts", id, method="POST", body=json.dumps(draft))

    assert await drafts() == []
    for id, when in (("aaaaaaaa", "2026-01-01"), ("bbbbbbbb", "2026-01-02"), ("aaaaaaaa", "2026-01-03")):
        await keep(id, {"id": id, "when": when})
    assert [draft["when"] for draft in await drafts()] == ["2026-01-03", "2026-01-02"]
    place = jp_config_dir / "pz-tsm" / "uploads"
    assert all(path.stat().st_mode & 0o077 == 0 for path in place.iterdir())
    with pytest.raises(HTTPClientError):
        await keep("cccccccc", {"id": "dddddddd"})
    (place / "cccccccc.json").write_text("{")
    await jp_fetch("tsm", "drafts", "bbbbbbbb", method="DELETE")
    assert [draft["id"] for draft in await drafts()] == ["aaaaaaaa"]
