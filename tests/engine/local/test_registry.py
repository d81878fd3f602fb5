"""Public catalogues over HTTP: found, described, counted, previewed, made inputs, brought into files."""

from __future__ import annotations

import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm.engine.local import registry_work
from pz_tsm.engine.local.registry_models import Wanted
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.sources import archives
from pz_tsm.sources.archives import Count

OWN = """
format: tsm-registry/1
entries:
  - id: our_survey
    name: Our survey
    type: s
    reference: {text: "We et al. 2026", bibcode: 2026ApJ...999....1W, confidence: verified}
    access:
      - source: {vizier: J/ApJ/999/1/ours}
        part: field A
        columns: {id: N, ra: RAJ2000, dec: DEJ2000, z: [z, zsp], z_flag: q}
        others: [cls]
        confidence: verified
      - {source: {url: "https://example.org/ours.fits"}, confidence: unverified}
      - {kind: other, page: "https://example.org/", note: "on request"}
    rows: {value: 1200, confidence: verified, source: our table}
    z_range: {value: [0.1, 1.2]}
    footprint: [{ra: 53.1, dec: -28, radius_deg: 0.5}]
    caveats: ["Only bright ones."]
    flags: {meaning: "4 is sure", confidence: verified}
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    path = tmp_path / "ours.yaml"
    path.write_text(OWN)
    monkeypatch.setenv("PZ_TSM_REGISTRY", str(path))
    return path


@pytest.fixture
def service(monkeypatch):
    """A service that has the columns of OWN, the redshift under its second name, and three rows."""
    asked = []
    names = ["N", "RAJ2000", "DEJ2000", "zsp", "q", "cls", "spare"]
    table = pa.table({name: pa.array([1.0, 2.0, 3.0]) for name in names})

    def told(kind):
        def answer(source, *more):
            asked.append((kind, source))
            if kind == "columns":
                return [{"name": name} for name in table.column_names]
            inner = next(iter(source.values()))
            some = table.select(inner["columns"]) if "columns" in inner else table
            return Count(3, some.nbytes, True) if kind == "count" else some

        return answer

    for kind in ("columns", "count", "preview"):
        monkeypatch.setattr(archives, kind, told(kind))
    return asked


def ids(client, **query):
    answer = client.get("/local/registry", params=query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["entries"]]


def test_catalogues_are_found_by_words_place_redshift_and_number(client, own):
    said = client.get("/local/registry").json()
    assert said["of"] == len(said["entries"]) > 40
    ours = said["entries"][0]  # one's own come first
    assert (ours["id"], ours["own"]) == ("our_survey", own.name)
    assert ours["rows"] == {"value": 1200, "confidence": "verified", "source": "our table", "note": None}
    assert ours["access"] == ["vizier", "url"]
    assert ids(client, text="our survey") == ["our_survey"]
    known = [
        one["id"]
        for one in client.get("/local/registry", params={"ra": 53.1, "dec": -28, "radius": 0.1}).json()[
            "entries"
        ]
        if not one["unknown"]
    ]
    assert "our_survey" in known and "vipers_pdr2" not in known
    assert "our_survey" not in ids(client, zmin=2)
    assert "our_survey" not in ids(client, rmin=5000)
    assert "our_survey" not in ids(client, type="p")


def test_what_is_not_known_of_a_catalogue_is_said_and_leaves_it_in(client):
    found = client.get("/local/registry", params={"ra": 0, "dec": 80, "radius": 1}).json()["entries"]
    unknown = [one for one in found if "footprint" in one["unknown"]]
    assert unknown and all(one["footprint"] is None for one in unknown)
    assert found[-len(unknown) :] == unknown  # after those that fit for sure


def test_a_wrong_file_of_own_entries_is_told_and_takes_nothing_away(client, own):
    own.write_text(OWN.replace("type: s", "type: spec"))
    said = client.get("/local/registry").json()
    assert said["of"] > 40
    assert "ours.yaml" in str(said["problems"]) and "type" in str(said["problems"])


def test_an_entry_says_how_far_each_fact_can_be_trusted(client, own):
    said = client.get("/local/registry/our_survey").json()
    assert [way["kind"] for way in said["ways"]] == ["vizier", "url", "other"]
    assert said["ways"][2]["source"] is None
    assert said["z_range"] == {"value": [0.1, 1.2], "confidence": "unverified", "source": None, "note": None}
    assert said["caveats"] == [
        {"value": "Only bright ones.", "confidence": "unverified", "source": None, "note": None}
    ]
    assert [one["name"] for one in said["overlaps"]["dp1"]] == ["ECDFS"]
    # z_range, the caveat, two ways, and the columns of the first
    assert said["unverified"] == 5
    assert said["bibtex"].startswith("@article{2026ApJ...999....1W,\n  author = {We and others},")


def test_flags_are_told_with_our_scale_and_whether_the_rules_are_checked(client):
    flags = client.get("/local/registry/vipers_pdr2").json()["flags"]
    assert flags["status"] == "checked" and flags["pack"].startswith("pz-server")
    assert {"when": "classFlag <> -1 AND DIGIT(z_flag) = 4", "is": 4, "meaning": "above 99 %"} in flags[
        "rules"
    ]
    assert client.get("/local/registry/wigglez_final").json()["flags"]["status"] == "proposed"


def test_all_shipped_entries_can_be_shown(client):
    for id in ids(client):
        said = client.get(f"/local/registry/{id}").json()
        assert said["ways"] or said["no_access"], id


def test_an_unknown_catalogue_is_told_with_those_that_are_like_it(client):
    answer = client.get("/local/registry/vipers")
    assert answer.status_code == 400
    assert "vipers_pdr2" in answer.json()["error"]["remedy"]


def test_the_columns_that_are_needed_are_asked_for_by_the_names_that_are_there(own, service):
    wanted = Wanted(entry="our_survey", region={"ra": 53.1, "dec": -28, "radius_deg": 0.2})
    made, changes = registry_work.asked(wanted)
    assert made["from"]["vizier"] == {
        "table": "J/ApJ/999/1/ours",
        "region": {"ra": 53.1, "dec": -28.0, "radius_deg": 0.2},
        "columns": ["N", "RAJ2000", "DEJ2000", "zsp", "q", "cls"],
    }
    assert made["columns"]["z"] == "zsp"
    assert changes == ["The redshift is in the column zsp, not in z."]
    every, _ = registry_work.asked(Wanted(entry="our_survey", columns="all"))
    assert every["from"] == {"vizier": "J/ApJ/999/1/ours"}


def test_rows_and_size_are_of_what_is_wanted(own, service):
    some = registry_work.count(Wanted(entry="our_survey"))
    assert (some["rows"], some["exact"], some["columns"]) == (3, True, 6)
    every = registry_work.count(Wanted(entry="our_survey", columns="all"))
    assert every["columns"] is None and every["bytes"] > some["bytes"]


def test_the_first_rows_are_a_table_with_its_roles(own, service, tmp_path):
    made = registry_work.preview(Wanted(entry="our_survey"), str(tmp_path / "kept"))
    assert pq.read_table(made["path"]).num_rows == 3
    assert made["said"]["roles"] == {
        "id": "N",
        "ra": "RAJ2000",
        "dec": "DEJ2000",
        "redshift": "zsp",
        "flag": "q",
    }


def test_a_table_without_its_redshift_is_refused_in_words(own, service, monkeypatch):
    monkeypatch.setattr(archives, "columns", lambda source: [{"name": "RAJ2000"}, {"name": "DEJ2000"}])
    with pytest.raises(TsmError) as error:
        registry_work.asked(Wanted(entry="our_survey"))
    assert "no column z or zsp for the redshift" in str(error.value) and error.value.remedy


def test_a_recipe_gets_its_input_though_the_service_is_away(own, monkeypatch):
    def away(source):
        raise TsmError("No answer.", remedy="Try again.")

    monkeypatch.setattr(archives, "columns", away)
    made = registry_work.input_(Wanted(entry="our_survey"))
    assert made["name"] == "our_survey"
    assert made["input"]["from"] == {"vizier": "J/ApJ/999/1/ours"}
    assert made["input"]["columns"]["ra"] == "RAJ2000" and "z" not in made["input"]["columns"]


def test_what_is_there_is_never_written_over(own, service, tmp_path, monkeypatch):
    snapshot = tmp_path / "snapshot.parquet"
    pq.write_table(pa.table({"zsp": [0.5]}), snapshot)
    place = {"path": snapshot, "snapshot": {"rows": 1}}
    monkeypatch.setattr(archives, "fetch", lambda *args, **more: place)
    out = tmp_path / "out"
    out.mkdir()
    one, two = (registry_work.download(Wanted(entry="our_survey"), str(out), Context()) for _ in range(2))
    assert sorted(path.name for path in out.iterdir()) == [
        "our_survey_field.parquet",
        "our_survey_field_2.parquet",
    ]
    assert two["path"].endswith("_2.parquet") and one["rows"] == 1
    assert (out / "our_survey_field_2.parquet").read_bytes() == snapshot.read_bytes()


def test_what_can_not_be_fetched_says_how_else_to_get_it(client, own, tmp_path):
    wanted = {"entry": "our_survey", "access": 2}
    answer = client.post("/local/registry/downloads", json={**wanted, "folder": str(tmp_path)})
    assert answer.status_code == 400
    assert "https://example.org/" in answer.json()["error"]["remedy"]
    gone = client.post(
        "/local/registry/downloads", json={"entry": "our_survey", "folder": str(tmp_path / "none")}
    )
    assert gone.status_code == 400 and "folder" in gone.json()["error"]["message"]
    assert client.get("/local/registry/downloads").json() == {"downloads": []}
    assert client.post("/local/registry/downloads/0123456789ab/stop").status_code == 404


def ended(client, id):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        (one,) = [
            one for one in client.get("/local/registry/downloads").json()["downloads"] if one["id"] == id
        ]
        if one["state"] != "running":
            return one
    raise AssertionError("it goes on for ever")


@pytest.fixture
def vizier(tmp_path, monkeypatch):
    """VizieR with a mock of VIPERS W1; engines that are made after it ask there."""
    pytest.importorskip("astroquery")
    monkeypatch.syspath_prepend(Path(__file__).parents[2])
    import archivekit

    monkeypatch.setenv("PZ_TSM_CACHE", str(tmp_path / "cache"))
    archives = archivekit.Archives(vizier={"J/A+A/609/A84/vipersw1": archivekit.vipers(300)})
    with archivekit.serving(archives):
        for name, value in archives.variables().items():
            monkeypatch.setenv(name, value)
        yield archives


@pytest.fixture
def online(vizier, client):
    """An engine that reaches these services."""
    return client


def test_a_catalogue_is_counted_previewed_and_brought_into_a_file(online, vizier, tmp_path):
    wanted = {"entry": "vipers_pdr2", "access": 0}
    counted = online.post("/local/registry/count", json=wanted).json()
    assert (counted["rows"], counted["exact"], counted["columns"]) == (300, True, 5)
    region = {"ra": 34.5, "dec": -5, "radius_deg": 1}
    some = online.post("/local/registry/count", json={**wanted, "region": region}).json()
    assert 0 < some["rows"] < 300

    answer = online.post("/local/registry/preview", json=wanted)
    assert answer.status_code == 200, answer.text
    table = answer.json()["table"]
    assert table["rows"] == registry_work.ROWS and table["roles"]["redshift"] == "zsp"
    window = online.get(f"/local/tables/{table['id']}/window", params={"count": 5})
    assert pa.ipc.open_stream(window.content).read_all().num_rows == 5

    given = online.post("/local/registry/input", json=wanted).json()["input"]
    assert given["survey"] == "VIPERS_PDR2" and given["columns"]["z_flag"] == "zflg"
    assert "classFlag" in given["from"]["vizier"]["columns"]  # which the flag rules read

    begun = online.post("/local/registry/downloads", json={**wanted, "folder": str(tmp_path)}).json()
    one = ended(online, begun["id"])
    assert one["state"] == "done", one
    assert (one["rows"], one["path"]) == (300, str(tmp_path / "vipers_pdr2_W1.parquet"))
    assert begun["created"] == one["created"] <= one["ended"] and begun["ended"] is None
    assert pq.read_table(one["path"]).num_rows == 300


def test_a_download_is_stopped(online, vizier, tmp_path):
    vizier.trouble.coming += ["slow"] * 5
    wanted = {"entry": "vipers_pdr2", "access": 0, "folder": str(tmp_path)}
    begun = online.post("/local/registry/downloads", json=wanted).json()
    assert vizier.trouble.waiting.wait(60)
    one = online.post(f"/local/registry/downloads/{begun['id']}/stop").json()
    assert one["state"] == "stopped"
    assert not list(tmp_path.glob("*.parquet"))
    assert online.get("/local/health").json()["busy"] is False


def test_a_service_that_is_away_is_told_in_words(client, own, tmp_path, monkeypatch):
    monkeypatch.setenv("PZ_TSM_VIZIER_URL", "http://127.0.0.1:9/")
    wanted = {"entry": "our_survey", "folder": str(tmp_path)}
    begun = client.post("/local/registry/downloads", json=wanted).json()
    assert begun["state"] == "running" and begun["name"] == "Our survey"
    one = ended(client, begun["id"])
    assert one["state"] == "failed" and one["trouble"]["message"] and one["trouble"]["remedy"]
    assert not list(tmp_path.glob("*.parquet"))
