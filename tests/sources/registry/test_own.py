"""Entries of a user or a group."""

from __future__ import annotations

import os
import re
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from pz_tsm.errors import TsmError
from pz_tsm.sources import pzserver, registry
from pz_tsm.sources.registry.reading import read_entries

GOOD = """\
format: tsm-registry/1
entries:
  - id: our_survey
    name: Our survey
    survey: VVDS
    type: s
    reference: {text: "Us 2026"}
    access:
      - source: {file: /data/ours.fits}
        columns: {ra: RA, dec: [DEC, DE], z: ZBEST}
    rows: {value: 12, confidence: verified, source: our own count}
    flags: {meaning: as VVDS}
    footprint:
      - {ra: 10, dec: -40, radius_deg: 1}
    caveats: [half of it is a guess]
"""


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "ours.yaml"
    path.write_text(GOOD)
    return path


def test_an_own_file_adds_entries(good, monkeypatch):
    monkeypatch.setenv("PZ_TSM_REGISTRY", str(good))
    ours = registry.entry("our_survey")
    assert ours.own and ours.origin == "ours.yaml" and len(registry.entries()) == 49
    assert ours.caveats[0].confidence == "unverified", "who says nothing has not verified it"
    assert ours.flags.status == "checked" and len(ours.flags.rules) == 6, "the rules are the packs'"
    assert registry.find(near=(10, -40.5, 0.1))[0].id == "our_survey"
    assert registry.known({"file": "/data/ours.fits"})[0].id == "our_survey"
    assert registry.recipe_input(ours)["columns"] == {"ra": "RA", "z": "ZBEST"}


def test_a_change_of_the_file_is_seen(good):
    assert registry.entry("our_survey", [good]).name == "Our survey"
    good.write_text(GOOD.replace("Our survey", "Our larger survey"))
    assert registry.entry("our_survey", [good]).name == "Our larger survey"


def test_a_folder_of_single_entries_and_several_places(good, tmp_path, monkeypatch):
    folder = tmp_path / "group"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text(
            f"id: {name}\nname: {name}\ntype: p\nreference: {{text: x}}\nno_access: not public yet\n"
        )
    monkeypatch.setenv("PZ_TSM_REGISTRY", os.pathsep.join([str(good), str(folder)]))
    assert {"our_survey", "a", "b"} == {one.id for one in registry.entries() if one.own}


def test_an_own_entry_takes_the_place_of_a_shipped_one(good):
    good.write_text(GOOD.replace("our_survey", "vvds_final"))
    assert registry.entry("vvds_final", [good]).own
    assert len(registry.entries([good])) == 48
    assert not registry.entry("vvds_final").own


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("type: s", "type: x", ["'our_survey'", "type", "'s', 'g' or 'p'"]),
        ("survey: VVDS", "surveys: VVDS", ["'our_survey'", "surveys", "did you mean 'survey'"]),
        ('    reference: {text: "Us 2026"}\n', "", ["'our_survey'", "reference", "required"]),
        ("ra: RA, dec", "right: RA, dec", ["'our_survey'", "access[1].columns", "no role 'right'"]),
        ("confidence: verified", "confidence: sure", ["'our_survey'", "rows.confidence", "'verified'"]),
        ("dec: -40,", "dec: -140,", ["'our_survey'", "footprint", "dec", "-90"]),
        ("source: {file: /data/ours.fits}", "source: {ftp: x}", ["'our_survey'", "access[1]", "vizier"]),
        (
            "        columns:",
            "        convert: {z: furlongs}\n        columns:",
            ["access[1].convert", "furlongs"],
        ),
        ("file: /data/ours.fits", "url: ours.fits", ["'our_survey'", "access[1]", "no web address"]),
        ("  - id: our_survey\n", "  - id: Our survey\n", ["'Our survey'", "id"]),
        ("entries:", "catalogs:", ["no file of the registry", "entries"]),
        ("registry/1", "registry/2", ["no file of the registry", "tsm-registry/1"]),
        ("    name: Our survey", "   name: Our survey", ["line"]),
    ],
)
def test_a_broken_file_is_named_with_entry_and_field(good, was, becomes, said):
    assert was in GOOD
    good.write_text(GOOD.replace(was, becomes, 1))
    with pytest.raises(TsmError) as caught:
        registry.entries([good])
    text = str(caught.value)
    for part in ["ours.yaml", *said]:
        assert part in text, text
    assert "validation error" not in text and "Traceback" not in text


def test_two_entries_of_one_id_are_refused(good):
    good.write_text(GOOD + GOOD.split("entries:\n")[1])
    with pytest.raises(TsmError, match="two entries 'our_survey'"):
        registry.entries([good])


def test_a_missing_file_is_named_and_takes_nothing_else_away(good, monkeypatch):
    monkeypatch.setenv("PZ_TSM_REGISTRY", f"/nowhere/x.yaml;{good}")
    with pytest.raises(TsmError, match="/nowhere/x.yaml"):
        registry.entries()
    entries, problems = registry.collected()
    assert len(entries) == 49 and len(problems) == 1
    assert registry.known({"vizier": "VII/250/2dfgrs"})[0].id == "2dfgrs"
    assert registry.entry("2dfgrs").survey == "2DFGRS"
    with pytest.raises(TsmError, match="/nowhere/x.yaml"):
        registry.entry("not_here")


class Site(BaseHTTPRequestHandler):
    def __init__(self, asked, *args, **kwargs):
        self.asked = asked
        super().__init__(*args, **kwargs)

    def do_GET(self):
        self.asked.append(self.path)
        body = GOOD.encode()
        self.send_response(200 if self.path == "/ours.yaml" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def site():
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, asked))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_web_address_is_asked_once(site, monkeypatch, good):
    address, asked = site
    monkeypatch.setenv("PZ_TSM_REGISTRY", f"{address}/ours.yaml")
    assert registry.entry("our_survey").origin == f"{address}/ours.yaml"
    assert registry.entry("our_survey").own
    assert asked == ["/ours.yaml"]
    for _ in range(2):
        with pytest.raises(TsmError, match="answers 404"):
            registry.entries([f"{address}/other.yaml"])
    assert asked == ["/ours.yaml", "/other.yaml"], "a place that failed is not asked at every step of a run"


def test_a_product_of_a_pz_server(good, monkeypatch):
    seen = []

    def fetch(product, ctx):
        seen.append(product)
        return {"path": good, "location": f"pzserver:{product}"}

    monkeypatch.setattr(pzserver, "fetch", fetch)
    monkeypatch.setenv("PZ_TSM_REGISTRY", "pzserver:12_our_registry")
    assert registry.entry("our_survey").origin == "pzserver:12_our_registry"
    assert registry.entry("our_survey").own and seen == ["12_our_registry"]


def test_the_example_of_the_guide_is_accepted():
    guide = Path(__file__).parents[3] / "docs" / "catalogues.md"
    (example,) = re.findall(r"```yaml\n(.*?)```", guide.read_text("utf-8"), re.S)
    (entry,) = read_entries(example, "the guide")
    assert entry.footprint and registry.recipe_input(entry)["survey"] == "VVDS"
