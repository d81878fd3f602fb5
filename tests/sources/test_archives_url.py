"""Files of the web as sources, and what recipes may say of archives."""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("astroquery")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for the kits

from archivekit import Archives, around, vipers  # noqa: E402

from pz_tsm.errors import TsmError  # noqa: E402
from pz_tsm.recipe import Recipe, plan, run  # noqa: E402
from pz_tsm.sources import archives, load  # noqa: E402
from pz_tsm.sources.archives import heads, web  # noqa: E402

COLUMNS = {"id": "Name", "ra": "RAJ2000", "dec": "DEJ2000", "z": "zsp"}


@pytest.fixture
def here(monkeypatch, tmp_path):
    monkeypatch.setattr(web, "BLOCK", 4096)
    out = io.BytesIO()
    vipers().write(out, format="fits")
    with around(Archives(files={"vipers.fits": out.getvalue()}), monkeypatch, tmp_path) as made:
        yield made


def test_a_file_of_the_web_is_an_input_and_fetched_once(here):
    address = f"{here.url}/files/vipers.fits"
    first = load({"from": {"url": address}, "columns": COLUMNS})
    assert first.origin["rows"] == 300 and first.origin["location"] == f"url:{address}"
    assert first.origin["snapshot"]["sha256"] == hashlib.sha256(here.files["vipers.fits"]).hexdigest()
    asked = len(here.got)
    assert load({"from": {"url": address}, "columns": COLUMNS}).table.equals(first.table)
    assert len(here.got) == asked


@pytest.mark.parametrize("ranges", [True, False])
def test_a_broken_download_goes_on_where_it_was_if_the_server_can(here, ranges):
    here.ranges = ranges
    here.trouble.coming = ["broken"]
    source = {"url": f"{here.url}/files/vipers.fits"}
    assert load({"from": source, "columns": COLUMNS}).origin["rows"] == 300
    asked = [headers.get("Range") for _, headers in here.got]
    half = len(here.files["vipers.fits"]) // 2
    assert asked[0] is None and asked[1].startswith("bytes=")
    assert 0 < int(asked[1].removeprefix("bytes=").rstrip("-")) <= half
    assert here.got[1][1]["If-Range"]


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(here):
    whole = here.files["vipers.fits"]
    here.trouble.coming = ["broken"]
    seen = here.trouble.next

    def change(path):
        wrong = seen(path)
        if wrong:
            out = io.BytesIO()
            vipers(280, 9).write(out, format="fits")
            here.files["vipers.fits"] = out.getvalue()
        return wrong

    here.trouble.next = change
    loaded = load({"from": {"url": f"{here.url}/files/vipers.fits"}, "columns": COLUMNS})
    assert loaded.origin["rows"] == 280 and here.files["vipers.fits"] != whole


def test_a_checksum_of_the_recipe_must_be_right(here):
    address = f"{here.url}/files/vipers.fits"
    good = hashlib.sha256(here.files["vipers.fits"]).hexdigest()
    assert load({"from": {"url": {"address": address, "sha256": good}}, "columns": COLUMNS}).table.num_rows
    with pytest.raises(TsmError, match=f"not the one that the recipe names: its sha256 is {good}"):
        load({"from": {"url": {"address": address, "sha256": "0" * 64}}, "columns": COLUMNS})


def test_a_member_of_an_archive_is_taken_and_no_name_of_it_used(here, tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../evil.fits", here.files["vipers.fits"])
        archive.writestr("README", "hello")
    here.files["all.zip"] = out.getvalue()
    source = {"address": f"{here.url}/files/all.zip", "member": "../../evil.fits"}
    assert load({"from": {"url": source}, "columns": COLUMNS}).origin["rows"] == 300
    assert not list(tmp_path.rglob("evil*"))
    with pytest.raises(TsmError, match="no member 'x'") as error:
        load({"from": {"url": {**source, "member": "x"}}, "columns": COLUMNS})
    assert "README" in error.value.remedy


def test_what_is_no_table_is_told_and_not_kept(here, tmp_path):
    here.files |= {
        "page.csv": b"<!doctype html><html>login</html>",
        "lfs.fits": b"version https://git-lfs.github.com/spec/v1\noid 1\n",
    }
    with pytest.raises(TsmError, match="is a web page"):
        load({"from": {"url": f"{here.url}/files/page.csv"}})
    with pytest.raises(TsmError, match="pointer to a file of Git LFS"):
        load({"from": {"url": f"{here.url}/files/lfs.fits"}})
    with pytest.raises(TsmError, match="answered 404"):
        load({"from": {"url": f"{here.url}/files/none.fits"}})
    assert not list((tmp_path / "cache").rglob("*.json"))


def test_the_size_of_a_file_is_told_before_it_is_fetched(here):
    source = {"url": f"{here.url}/files/vipers.fits"}
    said = archives.count(source)
    assert said.bytes == len(here.files["vipers.fits"]) and said.rows is None
    assert archives.preview(source, 3).num_rows == 3
    assert "zsp" in [one["name"] for one in archives.columns(source)]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{vizier: 3}", "'vizier' can't be 3"),
        ("{vizier: {tabel: J/x}}", "'vizier' has no key 'tabel'.*Did you mean 'table'"),
        ("{vizier: {table: a b}}", "'a b' is no name of a table"),
        ("{vizier: {table: J/x, columns: 3}}", "'columns' must be a list of names"),
        ("{vizier: {table: J/x, region: {ra: 1}}}", "'region' must have ra and dec"),
        ("{vizier: {table: J/x, region: {ra: 1, dec: 95, radius_deg: 1}}}", "no position ra 1, dec 95"),
        ("{tap: {table: a.b}}", "does not say which service.*noirlab, eso"),
        ("{tap: {service: nowhere, table: a.b}}", "'service' can't be 'nowhere'"),
        ("{tap: {service: noirlab}}", "must name a table or a query"),
        (
            "{tap: {service: noirlab, query: SELECT 1, region: {ra: 1, dec: 1, radius_deg: 1}}}",
            "A query says itself",
        ),
        ("{tap: {service: noirlab, table: a.b; DROP}}", "no name of a table"),
        ("{sdss: {release: 99, table: SpecObj}}", "'release' must be a number from 8 to 19"),
        ("{url: ftp://x/y}", "no address of the web"),
        ("{url: 'https://me:secret@x/y'}", "holds a user's name or password"),
        ("{url: {address: https://x/y, sha256: abc}}", "64 hexadecimal digits"),
        ("{vizier: J/x, tap: {service: eso, table: a}}", "must name one source"),
        ("{vizier: J/x, more: 1}", "no key 'more'"),
    ],
)
def test_a_recipe_that_asks_wrongly_is_told_with_its_line(source, said):
    text = f"format: tsm-recipe/1\ninputs:\n  a:\n    from: {source}\n"
    with pytest.raises(TsmError, match=rf"Line 4: .*{said}"):
        Recipe.parse(text)


def recipe_of(here, steps="[]"):
    return (
        f"format: tsm-recipe/1\ninputs:\n  a:\n    from: {{url: {here.url}/files/vipers.fits}}\n"
        f"    columns: {{id: Name, ra: RAJ2000, dec: DEJ2000, z: zsp}}\nsteps: {steps}\n"
    )


def packed(name="inside.fits", content=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def test_a_plan_fetches_a_small_file_and_looks_at_the_beginning_of_a_large_one(here, monkeypatch, tmp_path):
    monkeypatch.setattr(archives, "PLANNED_BYTES", 1000)
    monkeypatch.setattr(heads, "BYTES", 20_000)
    made = plan(recipe_of(here, "[filter: redshift > 0.5]"), tmp_path)
    assert made.ok, made.all_findings
    (said,) = (one for one in made.all_findings if one.code == "sampled")
    assert "has 300 rows" in said.message and "the run fetches all" in said.message
    rows = made.inputs[0]["rows"]
    assert 20 < rows < 200 and 0 < made.steps[0]["rows_out"] < rows
    assert sum(headers.get("Range") == "bytes=0-19999" for _, headers in here.got) == 1
    assert not plan(recipe_of(here, "[filter: nothing > 0.5]"), tmp_path).ok
    whole = run(recipe_of(here, "[filter: redshift > 0.5]"), tmp_path)
    assert whole.reports[0].rows_in == 300
    (tmp_path / "cache").rename(tmp_path / "old")
    monkeypatch.setattr(archives, "PLANNED_BYTES", 10**7)
    made = plan(recipe_of(here), tmp_path)
    assert made.ok and made.inputs[0]["rows"] == 300


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "fits.gz", "ecsv"])
@pytest.mark.parametrize("ranges", [True, False])
def test_the_first_rows_of_a_large_file_are_those_of_the_file(here, monkeypatch, tmp_path, kind, ranges):
    table = vipers(9000)
    table.remove_columns([name for name in table.colnames if name not in COLUMNS.values()])
    table.write(tmp_path / f"v.{kind.removesuffix('.gz')}")
    content = (tmp_path / f"v.{kind.removesuffix('.gz')}").read_bytes()
    here.files[f"v.{kind}"] = gzip.compress(content) if kind.endswith("gz") else content
    here.ranges = ranges
    monkeypatch.setattr(archives, "PLANNED_BYTES", 1000)
    monkeypatch.setattr(heads, "BYTES", 100_000)
    source = {"url": f"{here.url}/files/v.{kind}"}
    some = archives.preview(source, 50)
    wanted = np.ma.filled(table["zsp"][:50].astype(float), np.nan)
    found = some["zsp"].to_numpy()
    assert np.isnan(wanted).any() and np.allclose(found, wanted, equal_nan=True)
    assert [one["name"] for one in archives.columns(source)] == table.colnames


def test_a_large_file_that_does_not_begin_with_its_rows_is_left_to_the_run(here, monkeypatch, tmp_path):
    monkeypatch.setattr(archives, "PLANNED_BYTES", 1000)
    here.files["all.zip"] = packed("inside.fits", here.files["vipers.fits"] + bytes(2_000_000))
    text = recipe_of(here, "[filter: redshift > 0.5]").replace(
        f"url: {here.url}/files/vipers.fits",
        f"url: {{address: {here.url}/files/all.zip, member: inside.fits}}",
    )
    made = plan(text, tmp_path)
    assert made.ok and not list((tmp_path / "cache").rglob("*.part"))
    (said,) = made.all_findings
    assert said.level == "note" and said.message.endswith("is fetched when the recipe runs: 2 MB.")
    assert made.inputs[0]["rows"] is None and made.steps[0]["rows_out"] is None
    assert not plan(text.replace("filter: redshift > 0.5", "combine: {radius_arcsec: -1}"), tmp_path).ok


def test_a_run_goes_on_with_what_the_run_before_it_had_fetched(here, monkeypatch, tmp_path):
    monkeypatch.setattr(archives, "PLANNED_BYTES", 1000)
    assert plan(recipe_of(here), tmp_path).ok
    here.trouble.coming = ["broken", "503", "503", "503", "503"]
    with pytest.raises(TsmError, match="what has come already is kept"):
        run(recipe_of(here), tmp_path)
    made = run(recipe_of(here), tmp_path)
    assert made.table.num_rows == 300
    assert here.got[-1][1]["Range"].startswith("bytes=") and here.got[-1][1]["Range"] != "bytes=0-"


def test_an_address_with_a_token_is_refused():
    with pytest.raises(TsmError, match="token, a key or a signature"):
        Recipe.parse("format: tsm-recipe/1\ninputs: {a: {from: {url: 'https://x/y?access_token=1'}}}\n")
