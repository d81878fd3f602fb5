"""What a download holds, how it is named, and where its address points."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import Future
from email.message import Message

import pytest
from pzkit import CSV, attach, new, published
from ruamel.yaml import YAML

KEYS = [
    "associated_columns", "attach_files", "created_at", "description", "display_name", "id", "internal_name",
    "main_file", "official_product", "origin", "process_id", "process_status", "product_status",
    "product_type", "product_type_internal_name", "product_type_name", "pz_code", "release", "release_name",
    "release_year", "status", "updated_at", "uploaded_by",
]  # fmt: skip


def named(answer) -> str | None:
    """The file name as the official client reads it."""
    message = Message()
    message["Content-Disposition"] = answer.headers["content-disposition"]
    return message.get_filename()


def test_a_product_as_a_zip(ana):
    key = published(ana, name="Täglich")["id"]
    attach(ana, key, b"notes", "notes.txt", role=2)
    made = ana.post(f"/products/{key}/download/prepare/").json()
    answer = ana.get(made["download_url"])
    assert named(answer) == made["filename"] and made["filename"].startswith(f"{key}_täglich_")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        meta = YAML(typ="safe").load(archive.read("product_metadata.yaml"))
        assert archive.read("cat.csv").decode() == CSV
    assert names[0] == "product_metadata.yaml"
    assert sorted(names[1:]) == ["__table_preview.json", "cat.csv", "notes.txt"]
    assert list(meta) == KEYS
    assert list(meta["main_file"]) == ["extension", "is_directory", "n_rows", "name", "size", "type"]
    assert meta["attach_files"] == [{"name": "notes.txt", "type": None}]
    assert {one["alias"] for one in meta["associated_columns"]} == {"RA", "Dec", "z"}
    assert meta["created_at"].endswith("+00:00")


def test_names_that_are_not_ascii(ana):
    key = new(ana, name="names")["id"]
    attach(ana, key, CSV, "täg lich.csv")
    made = ana.post(f"/products/{key}/download/main-file/prepare/").json()
    assert named(ana.get(made["download_url"])) == made["filename"] == "täg_lich.csv"
    assert ana.get(f"/product-files/?product_id={key}").json()["results"][0]["name"] == "täg lich.csv"


def test_a_replaced_main_file_is_downloaded_as_it_is_now(ana):
    key = new(ana, name="replaced")["id"]
    first = attach(ana, key, CSV, "cat.csv").json()
    old = ana.post(f"/products/{key}/download/main-file/prepare/").json()
    ana.delete(f"/product-files/{first['id']}/")
    attach(ana, key, CSV.upper(), "cat.csv")
    made = ana.post(f"/products/{key}/download/main-file/prepare/").json()
    assert made["id"] != old["id"] and ana.get(made["download_url"]).text == CSV.upper()


def test_addresses_are_those_that_the_caller_used(ana):
    key = published(ana, name="behind a proxy")["id"]
    behind = {"X-Forwarded-Proto": "https", "Host": "pz.example"}
    made = ana.post(f"/products/{key}/download/prepare/", headers=behind).json()
    assert made["download_url"].startswith(f"https://pz.example/api/products/{key}/download/file/?token=")
    assert ana.get("/", headers=behind).json()["users"] == "https://pz.example/api/users/"


def test_the_old_downloads_in_one_request(ana):
    key = published(ana, name="legacy")["id"]
    answer = ana.get(f"/products/{key}/download/")
    assert answer.headers["deprecation"] == "true" and "successor-version" in answer.headers["link"]
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist()[0] == "product_metadata.yaml"
    assert ana.get(f"/products/{key}/download_main_file/").text == CSV


def test_an_archive_that_is_not_ready_says_so(ana, live, monkeypatch):
    """202 while it is made; its status is answered until it is ready, or has failed and is made anew."""
    archiver = live.state.archiver
    slow: Future[None] = Future()
    monkeypatch.setattr(archiver, "wait", 0.0)
    pool = archiver._pool
    monkeypatch.setattr(archiver, "_pool", type("Slow", (), {"submit": lambda self, *work: slow})())
    key = published(ana, name="slow")["id"]
    made = ana.post(f"/products/{key}/download/prepare/")
    assert (made.status_code, made.json()["status"]) == (202, "pending")
    assert "download_url" not in made.json() and made.json()["size"] is None
    for status in ("pending", "running"):
        live.state.db.update("archives", made.json()["id"], {"status": status})
        assert ana.get(f"/products/{key}/download/status/").json()["status"] == status
    live.state.db.update("archives", made.json()["id"], {"status": "failed", "error": "no space"})
    assert ana.get(f"/products/{key}/download/status/").json()["error_message"] == "no space"
    monkeypatch.setattr(archiver, "_pool", pool)
    monkeypatch.setattr(archiver, "wait", 10.0)
    again = ana.post(f"/products/{key}/download/prepare/")
    assert (again.status_code, again.json()["status"]) == (200, "ready")
    assert again.json()["id"] != made.json()["id"]


@pytest.mark.parametrize(("asked", "status"), [("bytes=5-9", 206), ("bytes=-4", 206), ("bytes=99999-", 416)])
def test_ranges(ana, asked, status):
    key = published(ana, name="ranges")["id"]
    made = ana.post(f"/products/{key}/download/main-file/prepare/").json()
    answer = ana.get(made["download_url"], headers={"Range": asked})
    assert answer.status_code == status
    if status == 206:
        assert answer.content in (CSV.encode()[5:10], CSV.encode()[-4:])
        assert int(answer.headers["content-length"]) == len(answer.content)
