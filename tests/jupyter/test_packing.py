"""A HATS catalogue's folder sent as a zip that is made on the way."""

import asyncio
import io
import json
import os
import tracemalloc
import zipfile

import pytest
from tornado.httpclient import HTTPClientError

from pz_tsm.bundle.packing import Packed, Readable
from pz_tsm.engine.pzserver.unpack import find_hats, unpack
from pz_tsm.errors import TsmError

FILES = "/api/product-files/"
LEAF = "dataset/Norder=0/Dir=0/Npix=4.parquet"


@pytest.fixture
def settings(fake):
    return {"pzserver_url": f"{fake.url}/api", "pzserver_name": "PZ test"}


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("PZSERVER_TOKEN", "5ec2e7" * 6 + "abcd")


def hats(folder):
    """A folder that looks like a HATS catalogue, with what an editor and a notebook leave in it."""
    leaf = folder / LEAF
    leaf.parent.mkdir(parents=True)
    leaf.write_bytes(os.urandom(3_000_000))
    (folder / "hats.properties").write_text("dataproduct_type=object\n")
    (folder / "partition_info.csv").write_text("Norder,Npix\n0,4\n")
    (folder / "empty").touch()
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "a.txt").write_text("no")
    (folder / ".hidden").write_text("no")
    return folder


def test_a_folder_is_a_zip_of_the_size_that_was_said(tmp_path):
    folder = hats(tmp_path / "my specz")
    packed = Packed(folder, "cat")
    content = b"".join(packed.pieces())
    assert len(content) == packed.size
    path = tmp_path / "sent.zip"
    path.write_bytes(content)
    assert zipfile.ZipFile(path).testzip() is None
    names = unpack(path, path.name, tmp_path / "out")
    assert sorted(map(str, names)) == sorted(
        f"cat/{name}" for name in (LEAF, "hats.properties", "partition_info.csv", "empty")
    )
    found = find_hats(tmp_path / "out")
    assert found is not None and (found / LEAF).read_bytes() == (folder / LEAF).read_bytes()


def test_it_takes_the_memory_of_a_piece_however_large_it_is(tmp_path):
    folder = hats(tmp_path / "large")
    with (folder / LEAF).open("r+b") as file:
        file.truncate(200_000_000)
    tracemalloc.start()
    try:
        packed = Packed(folder, "cat")
        assert sum(map(len, packed.pieces())) == packed.size > 200_000_000
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_it_is_read_as_a_file_of_known_length_and_anew_from_its_front(tmp_path):
    packed = Packed(hats(tmp_path / "cat"), "cat")
    file = Readable(packed)
    assert (file.seek(0, os.SEEK_END), file.read(10), file.seek(0)) == (packed.size, b"", 0)
    whole = b"".join(iter(lambda: file.read(65_536), b""))
    assert file.tell() == packed.size and whole == b"".join(packed.pieces())
    file.seek(0)
    assert file.read() == whole
    with pytest.raises(OSError, match="front"):
        file.seek(5)


@pytest.mark.full
def test_a_file_too_large_for_the_old_format_of_zip(tmp_path):
    folder = hats(tmp_path / "huge")
    with (folder / LEAF).open("r+b") as file:
        file.truncate(2**32 + 5)
    packed = Packed(folder, "cat")
    path = tmp_path / "huge.zip"
    with path.open("wb") as file:
        for piece in packed.pieces():
            if piece.count(0) < len(piece):
                file.write(piece)
            else:
                file.seek(len(piece), os.SEEK_CUR)  # a hole: the test needs no room on the disk
    assert path.stat().st_size == packed.size
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo(f"cat/{LEAF}").file_size == 2**32 + 5
        assert archive.read("cat/partition_info.csv").startswith(b"Norder")


def test_what_would_be_packed_wrongly_is_refused(tmp_path):
    folder = hats(tmp_path / "linked")
    (folder / "more").symlink_to(tmp_path)
    with pytest.raises(TsmError, match="link to another folder"):
        Packed(folder, "cat")
    (folder / "more").unlink()
    packed = Packed(folder, "cat")
    (folder / LEAF).write_bytes(b"less")
    with pytest.raises(TsmError, match="became shorter"):
        list(packed.pieces())
    (folder / "hats.properties").unlink()
    with pytest.raises(TsmError, match="no HATS catalogue"):
        Packed(folder, "cat")


async def begun(jp_fetch, contents):
    body = json.dumps({"product": 5, "role": 0, "contents": contents})
    return json.loads((await jp_fetch("tsm", "uploads", method="POST", body=body)).body)


async def test_a_folder_of_the_file_browser_is_sent_with_progress(jp_fetch, fake, jp_root_dir):
    folder = hats(jp_root_dir / "specz")
    fake.says(FILES, {"id": 31}, 201)
    one = await begun(jp_fetch, "specz")
    async with asyncio.timeout(30):
        while one["state"] == "running":
            await asyncio.sleep(0)  # lets the server, which is in this loop, go on
            (one,) = json.loads((await jp_fetch("tsm", "uploads")).body)["uploads"]
    assert (one["state"], one["name"], one["file"]) == ("done", "specz.zip", 31), one["message"]
    assert one["done"] == one["total"] > 3_000_000
    _, _, _, headers, sent = fake.asked[-1]
    head, _, rest = sent.partition(b"\r\n\r\nPK")
    assert b'filename="specz.zip"' in head and b"application/zip" in head
    content = b"PK" + rest.rpartition(b"\r\n--")[0]
    assert len(content) == one["total"] and int(headers["Content-Length"]) == len(sent)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read(f"specz/{LEAF}") == (folder / LEAF).read_bytes()


async def test_any_other_folder_is_refused_in_words(jp_fetch, fake, jp_root_dir):
    (jp_root_dir / "notes").mkdir()
    with pytest.raises(HTTPClientError) as caught:
        await begun(jp_fetch, "notes")
    said = json.loads(caught.value.response.body)["error"]
    assert "no HATS catalogue" in said["message"] and "hats.properties" in said["remedy"]
    assert fake.asked == []


async def test_more_than_the_server_takes_is_refused_before_it_is_sent(
    jp_fetch, fake, jp_root_dir, monkeypatch
):
    hats(jp_root_dir / "specz")
    monkeypatch.setattr("pz_tsm.sources.pzserver.LARGEST", 2e6)
    with pytest.raises(HTTPClientError) as caught:
        await begun(jp_fetch, "specz")
    said = json.loads(caught.value.response.body)["error"]["message"]
    assert said == "'specz.zip' would have 3 MB; PZ test takes 2 MB."
    assert fake.asked == []
