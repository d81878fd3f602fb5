"""Copies of what came from archives in a bundle: where the terms allow it, and a replay takes them."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

pytest.importorskip("astroquery")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for the kits

from archivekit import Archives, around, vipers  # noqa: E402

from pz_tsm.bundle import verify  # noqa: E402
from pz_tsm.cli import main  # noqa: E402
from pz_tsm.sources.archives import copies  # noqa: E402

TABLE = "J/A+A/609/A84/vipersw1"
OPEN = "{text: CC BY 4.0, confidence: verified, source: the survey's page}"
RECIPE = f"""\
format: tsm-recipe/1
name: shared
inputs:
  w1: {{from: {{vizier: {TABLE}}}, columns: {{id: Name, ra: RAJ2000, dec: DEJ2000, z: zsp}}}}
steps: []
"""


@pytest.fixture
def here(monkeypatch, tmp_path):
    with around(Archives(vizier={TABLE: vipers()}), monkeypatch, tmp_path) as made:
        yield made


@pytest.fixture
def ran(here, monkeypatch, tmp_path):
    """A bundle of the recipe, with terms that the user's own registry states."""

    def run(licence=OPEN, *options, recipe=RECIPE):
        (tmp_path / "own.yaml").write_text(
            "id: vipers_pdr2\nname: VIPERS\ntype: s\nreference: {text: them}\n"
            f"access: [{{source: {{vizier: {TABLE}}}}}]\n" + (f"licence: {licence}\n" if licence else "")
        )
        monkeypatch.setenv("PZ_TSM_REGISTRY", str(tmp_path / "own.yaml"))
        (tmp_path / "my.tsm.yaml").write_text(recipe)
        out = tmp_path / "bundle"
        shutil.rmtree(out, ignore_errors=True)
        assert main(["run", str(tmp_path / "my.tsm.yaml"), "-o", str(out), *options]) == 0
        return out

    return run


def snapshot(folder):
    return json.loads((folder / "recipe.tsm.lock").read_text())["inputs"][0]["snapshot"]


def another(here):
    """The archive has other rows now, and this machine has fetched nothing."""
    here.vizier[TABLE] = vipers(280, 9)


def test_a_colleague_replays_the_bundle_after_the_archive_has_changed(
    here, ran, monkeypatch, tmp_path, capsys
):
    out = ran()
    said = snapshot(out)
    assert said["terms"] == "CC BY 4.0" and (out / said["file"]).is_file()
    assert said["file"] in (out / "README.md").read_text()
    assert verify(out).ok and "copies of inputs: 1" in verify(out).checked
    another(here)
    monkeypatch.setenv("PZ_TSM_CACHE", str(tmp_path / "colleague"))
    asked = len(here.got)
    capsys.readouterr()
    assert main(["run", str(out / "recipe.tsm.yaml"), "-o", str(tmp_path / "again")]) == 0
    assert "the rows are those that the lock names" in capsys.readouterr().err
    assert len(here.got) == asked, "nobody was asked"
    assert snapshot(tmp_path / "again") == said and verify(tmp_path / "again").ok
    assert not list((tmp_path / "colleague").rglob("*.parquet")), "others' files don't become this user's"


def test_a_copy_that_was_changed_is_found_and_not_used(here, ran, monkeypatch, tmp_path, capsys):
    out = ran()
    (out / snapshot(out)["file"]).write_bytes(b"PAR1 something else")
    found = verify(out)
    assert {"E8", "I1"} <= {one["code"] for one in found.problems}
    monkeypatch.setenv("PZ_TSM_CACHE", str(tmp_path / "colleague"))
    assert main(["run", str(out / "recipe.tsm.yaml"), "-o", str(tmp_path / "again")]) == 0
    told = capsys.readouterr().err
    assert "is missing, or not what the lock names" in told, "the source is asked, which has the same still"
    another(here)
    monkeypatch.setenv("PZ_TSM_CACHE", str(tmp_path / "a-third"))
    assert main(["run", str(out / "recipe.tsm.yaml"), "-o", str(tmp_path / "no")]) != 0
    assert "no longer what the lock names" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("licence", "options", "access", "why"),
    [
        (None, (), "", "does not know the terms of 'vipers_pdr2'"),
        ("CC BY 4.0", (), "", "are unverified in the registry"),
        (OPEN.replace("CC BY 4.0", "ask the survey"), (), "", "do not say that it may be passed on"),
        (OPEN, ("--inputs-mb", "0"), "", "no copies were asked for"),
        (OPEN, ("--inputs-mb", "0.001"), "", "MB; 0.001 MB are copied in all"),
        (OPEN, (), "access: rubin-data-rights, ", "it is not public"),
    ],
)
def test_what_may_not_be_passed_on_is_not_copied_and_the_lock_says_why(ran, licence, options, access, why):
    out = ran(licence, *options, recipe=RECIPE.replace("{from", "{" + access + "from"))
    assert why in snapshot(out)["not_copied"] and not (out / "inputs").exists()
    assert why in (out / "README.md").read_text() and verify(out).ok


@pytest.mark.parametrize(
    ("terms", "open_"),
    [
        *((one, True) for one in ("CC0", "CC BY 4.0", "CC-BY-SA-4.0", "public domain", "ODbL 1.0")),
        *((one, False) for one in ("CC BY-NC 4.0", "CC-BY-NC-ND", "CC BY-ND 4.0", "free for research")),
    ],
)
def test_only_open_terms_count(terms, open_):
    assert bool(copies.OPEN.search(terms)) is open_


def test_a_lock_names_no_file_outside_its_folder(tmp_path):
    from pz_tsm.bundle.inputs import place

    for file in ("../x.parquet", "/etc/passwd", "inputs/../../x", "data/training_set.parquet", 3):
        assert "path" not in place({"file": file}, tmp_path)
    assert place({"file": "inputs/x.parquet"}, tmp_path)["path"] == str(tmp_path / "inputs/x.parquet")
