"""A recipe moved to another release: what does not exist there and what changed; in the plan, too."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow as pa
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent / "ops"))

from matchkit import write_hats

from pz_tsm import mock
from pz_tsm.cli import main
from pz_tsm.errors import TsmError
from pz_tsm.recipe import Recipe, plan
from pz_tsm.recipe.other_release import move

DP1 = """\
format: tsm-recipe/1
name: ecdfs
inputs:
  deep:
    from: {file: mock_deep.parquet}
    columns: {id: NUM, ra: ALPHA, dec: DELTA, z: Z, z_flag: ZFLAGS, survey: survey_name}
steps:
  - homogenize: {rules: mock}
  # the object catalogue
  - match: {release: dp1, columns: [gaap1p0, gaap1p5]}
  - photometry: {to: mag, flux: [gaap1p0, gaap1p5], deredden: sfd}
  - filter: "i_snr >= 20 AND g_gaap1p5Mag < 26"
  - split: {parts: {train: 0.7, test: 0.3}}
write:
  - {format: rail-hdf5, catalog_tag: com_cam_gaap}
"""


@pytest.fixture(scope="module")
def sky(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sky")
    mock.make(folder, rows=600, objects=1800)
    (folder / "dp1.tsm.yaml").write_text(DP1)
    return folder


def told(found, level):
    return [one.message for one in found.findings if one.level == level]


def test_from_dp1_to_dp2():
    found = move(Recipe.parse(DP1), "dp2")
    assert (found.old.name, found.new.name, found.ok, found.located) == ("dp1", "dp2", False, False)
    assert told(found, "error") == [
        "dp2 has no flux family 'gaap1p5'.",
        "dp2 has no flux family 'gaap1p5', which 'g_gaap1p5Mag' is of.",
    ]
    assert [one.where for one in found.findings if one.level == "error"] == ["match", "filter"]
    assert all("gaap1p0" in one.remedy for one in found.findings if one.level == "error")
    notes = told(found, "note")
    assert "Extinction A/E(B-V): u 4.81 becomes 4.78, g 3.64 becomes 3.65." in notes
    assert any("zero-point offsets 'dp2-c26202' (u +0.071, g +0.023" in one for one in notes)
    assert "RAIL's catalogue tag of dp2 is lsst_gaap_1p0; the recipe writes com_cam_gaap." in notes
    assert not any("Who may see" in one for one in notes)  # both are for rights holders


def test_from_dp2_to_the_mock_sky(sky):
    text = DP1.replace("release: dp1", "release: dp2").replace("gaap1p5", "gaap0p7")
    text = text.replace("deredden: sfd", "deredden: sfd, offsets: dp2-c26202")
    text = text.replace("[gaap1p0, gaap0p7]}\n  - p", "[gaap1p0, gaap0p7, griz_model_extendedness]}\n  - p")
    found = move(Recipe.parse(text), str(sky / "mock_release"))
    errors = told(found, "error")
    assert found.located and "mock has no zero-point offsets 'dp2-c26202'." in errors
    assert "mock has no flux family 'gaap0p7'." in errors
    assert "mock has no column 'griz_model_extendedness'." in errors
    assert "Who may see the rows: rubin-data-rights becomes public." in told(found, "note")
    assert not any("Extinction" in one for one in told(found, "note"))  # the same coefficients


def test_bands_and_names_that_differ(tmp_path):
    (tmp_path / "own.yaml").write_text(
        "format: tsm-release/1\nname: own\ntitle: Own\naccess: public\nhats: objects\nid: id\n"
        "ra: ra\ndec: dec\nbands: [g, r, i, z]\nfluxes: [gaap1p0]\nflux_template: 'flux_{flux}_{band}'\n"
        "mag_template: 'mag_{flux}_{band}'\n"
    )
    text = DP1.replace("gaap1p5", "gaap1p0").replace("i_snr >= 20", "u_snr >= 5 AND y_gaap1p0Mag < 25")
    found = move(Recipe.parse(text), "own.yaml", tmp_path)
    errors = told(found, "error")
    assert "own has no band 'u', which 'u_snr' is of." in errors
    assert "own has no band 'y', which 'y_gaap1p0Mag' is of." in errors
    assert "'g_gaap1p0Mag' is called 'mag_gaap1p0_g' in own." in errors
    assert any(one.startswith("Bands: u, g, r, i, z, y become g, r, i, z") for one in told(found, "note"))
    assert "Object id: objectId becomes id." in told(found, "note")


def test_presets_that_read_what_is_not_there(sky):
    text = DP1.replace("g_gaap1p5Mag < 26", "gold").replace("gaap1p5", "cModel")
    errors = told(move(Recipe.parse(text), str(sky / "mock_release")), "error")
    assert not any("gold" in one for one in errors)  # the mock sky has what it reads
    text = text.replace("cModel", "gaap1p0")
    small = sky / "small_release"
    from pz_tsm.sources.hats import open_catalogue

    whole = open_catalogue(sky / "mock_release")
    kept = [name for name in whole.schema.names if not name.startswith("i_psf")]
    _narrow(whole, kept, small)
    errors = told(move(Recipe.parse(text), {"hats": str(small), "profile": "mock"}), "error")
    assert any("The preset 'gold' reads columns that mock has not: i_psfFlux" in one for one in errors)


def _narrow(catalogue, names, folder):
    """The release with some of its columns."""
    import shutil

    import pyarrow as pa
    import pyarrow.parquet as pq

    shutil.copytree(catalogue.path, folder)
    for path in folder.rglob("_metadata"):
        path.unlink()
    for path in folder.rglob("_common_metadata"):
        schema = pq.read_schema(path)
        pq.write_metadata(pa.schema([schema.field(name) for name in names]), path)
    for path in folder.rglob("Npix*.parquet"):
        pq.write_table(pq.ParquetFile(path).read(columns=names), path)


def test_the_moved_recipe_is_the_same_but_for_the_release():
    found = move(Recipe.parse(DP1), "dp2").recipe
    assert "# the object catalogue" in found.to_text()
    assert found.to_dict() == {**Recipe.parse(DP1).to_dict(), "steps": found.to_dict()["steps"]}
    assert found.to_dict()["steps"][1]["match"]["release"] == "dp2"
    assert found.to_text() == DP1.replace("release: dp1", "release: dp2")


def test_a_recipe_without_a_match_and_a_release_that_is_not():
    with pytest.raises(TsmError, match="no match"):
        move(Recipe.parse(DP1[: DP1.index("  # the")]), "dp2")
    with pytest.raises(TsmError, match="no release"):
        move(Recipe.parse(DP1), "dp9")


def test_the_command_says_it_and_saves_the_moved_recipe(sky, tmp_path, capsys):
    path = str(sky / "dp1.tsm.yaml")
    assert main(["plan", path, "--release", "dp2"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("From dp1 to dp2:\nerror: dp2 has no flux family 'gaap1p5'.")
    assert "Where dp2 stands on this machine is not known" in out
    fine = sky / "fine.tsm.yaml"
    fine.write_text(DP1.replace("gaap1p5", "cModel"))
    moved = sky / "moved.tsm.yaml"
    assert main(["plan", str(fine), "--release", str(sky / "mock_release"), "--write", str(moved)]) == 0
    assert "It would run." in capsys.readouterr().out
    assert main(["plan", str(moved), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    assert main(["plan", path, "--release", "dp2", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert not said["ok"] and said["moved"][0]["where"] == "match"


def test_the_plan_tells_of_offsets_that_no_step_applies(sky):
    """What the editor shows when its release is changed."""
    release = {"hats": "mock_release", "profile": "dp2"}
    text = DP1.replace("gaap1p5", "cModel").replace("release: dp1", f"release: {json.dumps(release)}")
    made = plan(Recipe.parse(text), sky)
    assert made.ok and any("dp2-c26202" in one.message for one in made.findings)
    applied = text.replace("deredden: sfd", "deredden: sfd, offsets: dp2-c26202")
    assert not any("dp2-c26202" in one.message for one in plan(Recipe.parse(applied), sky).findings)
    lost = plan(Recipe.parse(text.replace("cModel", "gaap3p0")), sky)
    assert not lost.ok and any("gaap3p0" in one.message for one in lost.all_findings if one.level == "error")


def test_two_releases_at_hand_differ_in_objects_and_area(tmp_path):
    for name, objects, order in (("old", 90, 5), ("new", 120, 4)):
        rows = {"objectId": range(objects), "coord_ra": [10 + i / 1000 for i in range(objects)]}
        write_hats(tmp_path / name, pa.table({**rows, "coord_dec": [-30.0] * objects}), order)
    text = DP1.replace("release: dp1", "release: {hats: old, profile: mock}")
    text = text.replace(", gaap1p5", "").replace(" AND g_gaap1p5Mag < 26", "")
    found = move(Recipe.parse(text), {"hats": "new", "profile": "mock"}, tmp_path)
    assert found.located
    changed = [one["message"] for one in found.to_dict()["changed"]]
    assert "Objects: 90 become 120." in changed
    # one pixel: the sky of 41,253 square degrees by 12 times 4 to the order
    assert "Area of the partitions (square degrees): 3.357 becomes 13.43." in changed
