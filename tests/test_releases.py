"""Release profiles and presets: data that a user may bring, and words where it is wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from pz_tsm import expr, releases
from pz_tsm.errors import TsmError

sys.path.insert(0, str(Path(__file__).parent / "ops"))
from matchkit import few_objects, redshifts, run, write_hats  # noqa: E402

MINE = """\
format: tsm-release/1
name: mine
title: My own release
access: public
id: objectId
ra: coord_ra
dec: coord_dec
bands: [u, g, r, i, z, y]
fluxes: [gaap1p0, cModel]
default_fluxes: [gaap1p0]
zeropoint: 30.0
a_over_ebv: {u: 5.0, g: 4.0, r: 3.0, i: 2.0, z: 1.5, y: 1.2}
ab_offsets:
  mine-2026: {u: 0.5}
doi: {dataset: 10.1234/mine}
presets:
  bright:
    title: Bright in g
    source: my own
    criteria:
      - {when: g_gaap1p0Flux > 500, means: bright}
      - {when: "{band}_gaap1p0FluxErr < 100"}
"""


def mine(folder, text=MINE):
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def objects(tmp_path):
    return write_hats(tmp_path / "objects", few_objects(3), 4)


@pytest.mark.parametrize("name", [*releases.names(), "unnamed"])
def test_the_shipped_profiles_are_right(name):
    assert releases.check(releases.HERE / f"{name}.yaml") == []
    profile = releases.profile(name)
    assert releases.Profile.from_dict(profile.to_dict()) == profile
    assert profile.sha256 == releases.profile(name.upper()).sha256
    assert set(profile.a_over_ebv) == set(profile.bands)


def test_a_profile_of_ones_own_is_used(tmp_path, objects):
    mine(tmp_path)
    table = redshifts([10.0, 10.1], [-30.0, -30.0], [0.5, 0.6])
    spec = {"hats": str(objects), "profile": str(tmp_path / "mine.yaml")}
    matched = run("match", table, release=spec).table
    assert set(matched["release"].to_pylist()) == {"mine"}
    assert matched.schema.metadata[b"tsm:access"] == b"public"
    made = run("photometry", matched, deredden="sfd", offsets="mine-2026").table
    assert made["u_gaap1p0Mag"][0].as_py() == pytest.approx(30 - 7.5 - 0.5 - 0.1 * 5, abs=1e-5)
    assert made["g_gaap1p0Mag"][0].as_py() == pytest.approx(30 - 7.5 - 0.1 * 4, abs=1e-5)


def test_a_profile_may_say_where_its_catalogue_stands(tmp_path, objects):
    mine(tmp_path, MINE + "hats: objects\n")
    for spec in ("mine.yaml", {"profile": "mine.yaml"}):
        assert releases.resolve(spec, tmp_path).path == objects
    assert releases.resolve({"profile": "mine.yaml", "name": "ours"}, tmp_path).name == "ours"
    assert releases.check(tmp_path / "mine.yaml") == []
    mine(tmp_path)
    with pytest.raises(TsmError, match="does not say where") as error:
        releases.resolve("mine.yaml", tmp_path)
    assert "hats: FOLDER" in error.value.remedy
    with pytest.raises(TsmError, match="no release profile"):
        releases.resolve("other.yaml", tmp_path)


def test_a_changed_profile_is_read_again(tmp_path):
    path = mine(tmp_path)
    assert releases.profile(str(path)).zeropoint == 30
    mine(tmp_path, MINE.replace("zeropoint: 30.0", "zeropoint: 31.25"))
    assert releases.profile(str(path)).zeropoint == 31.25


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("access: public", "access: everyone", ["line 4, access", "'public' or 'rubin-data-rights'"]),
        ("zeropoint: 30.0", "zeropont: 30.0", ["line 11", "zeropont", "did you mean 'zeropoint'?"]),
        ("id: objectId\n", "", ["the field 'id' is missing"]),
        ("u: 5.0", "u: five", ["line 12, a_over_ebv, u", "valid number"]),
        ("y: 1.2", "Y: 1.2", ["'Y' of a_over_ebv is none of bands (u, g, r, i, z, y)"]),
        ("default_fluxes: [gaap1p0]", "default_fluxes: [psf]", ["'psf' of default_fluxes is none of fluxes"]),
        ("10.1234/mine", "https://doi.org/10.1234/mine", ["line 15, doi, dataset", "is no DOI"]),
        ("10.1234/mine", "10.1234", ["line 15, doi, dataset", "put it in quotation marks"]),
        (
            "name: mine",
            'name: mine\nflux_template: "{flux}Flux"',
            ["line 3, flux_template", "must name {band}"],
        ),
        ("> 500", "> > 500", ["line 17, presets, bright"]),
        ("title: Bright in g\n    ", "", ["line 17", "'presets, bright, title' is missing"]),
        ("name: mine", "name: mine\nname: two", ["line 3"]),
        ("access: public", "access: [public", ["no valid YAML"]),
        ("format: tsm-release/1", "format: other", ["line 1", "format: tsm-release/1"]),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, old, new, words):
    assert old in MINE
    path = mine(tmp_path, MINE.replace(old, new, 1))
    said = " ".join(releases.check(path))
    for word in words:
        assert word in said
    with pytest.raises(TsmError, match=r"Release profile mine\.yaml"):
        releases.profile(str(path))


def test_all_mistakes_are_said_at_once(tmp_path):
    path = mine(tmp_path, MINE.replace("public", "all").replace("zeropoint: 30.0", "zeropoint: 99"))
    assert len(releases.check(path)) == 2


def test_a_profile_is_held_against_its_catalogue(tmp_path, objects):
    text = MINE.replace("id: objectId", "id: objectID").replace("ra: coord_ra", "ra: alpha")
    path = mine(tmp_path, text.replace("g_gaap1p0Flux >", "g_psfFlux >") + "hats: objects\n")
    said = " ".join(releases.check(path))
    assert "no column 'objectID'; did you mean objectId" in said
    assert "positions are in 'coord_ra', not in 'alpha'" in said
    assert "presets, bright: the catalogue object has no g_psfFlux" in said
    mine(tmp_path, MINE + "hats: nowhere\n")
    assert "There is no folder" in releases.check(path)[0]
    assert releases.check(tmp_path / "none.yaml") == ["There is no file none.yaml."]


def test_an_unknown_key_of_a_release_is_refused(tmp_path):
    with pytest.raises(TsmError, match="A release knows no 'profil'"):
        releases.resolve({"hats": "x", "profil": "dp1"}, tmp_path)


def test_the_presets_of_conditions_are_those_of_the_data():
    shipped = releases.presets.shipped()
    assert {"gold", "gold_4_band", "dp2_galaxy_recommended"} == set(shipped)
    for name, preset in shipped.items():
        assert expr.PRESETS[name] == preset.condition()
        assert preset.source and preset.title
    assert releases.presets.named("dp2-galaxy-recommended") == shipped["dp2_galaxy_recommended"]


def test_the_fragment_of_ecdfs_is_a_recipe():
    from pz_tsm.recipe import Recipe

    fragment = releases.fragments()["match_ecdfs"]

    steps = json.dumps(list(fragment.steps))
    recipe = Recipe.parse(
        "format: tsm-recipe/1\nname: ecdfs\ninputs: {a: {from: {file: a.csv}, survey: VVDS}}\n"
        f"steps: {steps}\n"
    )
    assert [step.op for step in recipe.steps] == [
        "homogenize",
        "combine",
        "match",
        "photometry",
        "filter",
        "split",
    ]
    assert fragment.source.startswith("SITCOMTN-154")
