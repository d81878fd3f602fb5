"""The quality of the match in a bundle: written, drawn, and checked by verify."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pytest
from test_verify import change, problems, sign_again

from pz_tsm import bundle

JSON, PICTURE = "qa/match.json", "qa/match.svg"


def said_of(out):
    return json.loads((out / JSON).read_text())


def say(out, said):
    from pz_tsm.bundle.qa_picture import picture

    (out / JSON).write_text(json.dumps(said, indent=2, sort_keys=True) + "\n")
    (out / PICTURE).write_text(picture(said))
    sign_again(out)


def test_the_bundle_says_how_good_the_match_is(made, out):
    said = said_of(out)
    quality = said["quality"]
    assert said["release"] == "dp2"
    assert quality["radius_arcsec"] == 0.75
    assert quality["rows"] == quality["matched"] == sum(quality["histogram"]["counts"]) == 40
    assert {one["survey"]: one["rows"] for one in quality["offsets"]} == {"VVDS": 39, "2MRS": 1}
    assert "quality of the match" in bundle.verify(out).checked
    crate = json.loads((out / "ro-crate-metadata.json").read_text())
    kinds = {one["@id"]: one["encodingFormat"] for one in crate["@graph"] if one["@type"] == "File"}
    assert kinds[PICTURE] == "image/svg+xml"


def test_the_picture_has_a_bar_for_each_bin_and_tells_itself_in_words(out):
    tree = ElementTree.parse(out / PICTURE).getroot()
    svg = "{http://www.w3.org/2000/svg}"
    filled = sum(count > 0 for count in said_of(out)["quality"]["histogram"]["counts"])
    assert len(tree.findall(f"{svg}rect")) == 1 + filled  # the ground, and the bars
    assert "40 of 40 positions" in tree.find(f"{svg}desc").text
    assert "dp2" in tree.find(f"{svg}title").text


@pytest.mark.parametrize(
    "edit",
    [
        lambda quality: quality["null"].update(rate=0.5),
        lambda quality: quality["null"].update(expected_rate=0.5),
        lambda quality: quality.update(matched=41),
        lambda quality: quality["offsets"][0].update(east_arcsec=0.3),
    ],
)
def test_a_changed_number_is_found_even_with_new_checksums(out, edit):
    said = said_of(out)
    edit(said["quality"])
    say(out, said)
    assert problems(out) == {("Q1", JSON)}


def test_a_picture_of_something_else_is_found(out):
    path = out / PICTURE
    path.write_text(path.read_text().replace("40 of 40", "39 of 40"))
    sign_again(out)
    assert problems(out) == {("Q1", PICTURE)}


def test_separations_that_were_not_counted_are_found(out):
    change(out, "match_dist", lambda values: [1.3, *values[1:]])
    assert ("Q1", JSON) in problems(out)


@pytest.mark.parametrize("text", ["{", "[]", '{"quality": {}}', '{"quality": null}'])
def test_a_damaged_file_is_a_problem_and_no_crash(out, text):
    (out / JSON).write_text(text)
    sign_again(out)
    assert ("Q1", JSON) in problems(out)


def test_both_files_gone_is_found(out):
    for name in (JSON, PICTURE):
        (out / name).unlink()
    assert ("Q1", JSON) in problems(out)


def test_a_bundle_without_a_match_has_none(tmp_path):
    from bundlekit import RECIPE, Made

    start, end = RECIPE.index("  - match"), RECIPE.index("  - split")
    recipe = RECIPE[:start] + RECIPE[end : RECIPE.index("  - {format: rail")]
    plain = Made(tmp_path, recipe)
    out = plain.write(tmp_path / "bundle")
    assert not (out / "qa").exists()
    assert bundle.verify(out).ok
