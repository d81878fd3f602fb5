"""pz-tsm catalogues."""

from __future__ import annotations

import json

import pytest

from pz_tsm.cli import main
from pz_tsm.recipe.model import Recipe


def test_the_list_says_what_is_unverified_and_what_is_not_known(capsys):
    assert main(["catalogues", "--near", "53.1,-27.8,0.3", "--type", "s"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "2,087 " in lines["vandels_dr4"] and "34,594?" in lines["vvds_final"]
    assert "not known: footprint" in lines["desi_dr1"] and "primus_dr1" not in lines


def test_json_is_for_programs(capsys):
    assert main(["catalogues", "vipers", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert one["id"] == "vipers_pdr2" and one["flags"]["rules"][0]["is"] == 6 and one["not_known"] == []


def test_one_is_shown_with_its_flags_sources_and_recipe(capsys):
    assert main(["catalogues", "show", "vipers_pdr2"]) == 0
    out = capsys.readouterr().out
    for part in (
        "checked (pz-server",
        "single line, about 90 %",
        "J/A+A/609/A84/vipersw4",
        "[unverified]",
        "cite",
    ):
        assert part in out
    written = next(line for line in out.splitlines() if "inputs:" in line).strip()
    assert (
        Recipe.parse(f"format: tsm-recipe/1\n{written}\n").inputs["vipers_pdr2"].spec["survey"]
        == "VIPERS_PDR2"
    )


def test_every_one_can_be_shown(capsys):
    from pz_tsm.sources import registry

    for entry in registry.entries():
        assert main(["catalogues", "show", entry.id]) == 0
        out = capsys.readouterr().out
        assert entry.name in out and "[unverified]" in out and max(map(len, out.splitlines())) < 400
        assert main(["catalogues", "show", entry.id, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["reference"]["text"] == entry.reference.text


def test_mistakes_are_said(capsys):
    assert main(["catalogues", "show", "vvds"]) == 1
    assert "vvds_final" in capsys.readouterr().err
    assert main(["catalogues", "show"]) == 1
    assert "For example" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["catalogues", "--near", "1,2"])
    assert "not 3 numbers" in capsys.readouterr().err
    assert main(["catalogues", "nonsense"]) == 0
    assert "No catalogue fits" in capsys.readouterr().err
