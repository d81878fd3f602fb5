"""Other people's validators read our bundles: RO-Crate (`roc-validator`) and CITATION.cff (`cffconvert`)."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from venvkit import environment

from pz_tsm import mock
from pz_tsm.recipe import run

pytestmark = pytest.mark.full
HERE = Path(__file__).resolve().parent
# what a bundle can't know: who publishes it, and the page of an author's institute
NOT_OURS = {"ro-crate-1.1_22.3", "ro-crate-1.1_31.2"}
AUTHORS = """creators:
  - {name: Ada Lovelace, orcid: 0000-0002-1825-0097, affiliation: Home}
  - {name: Charles Babbage, affiliation: Home}"""


@pytest.fixture(scope="module")
def python() -> Path:
    return environment("validators")


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A training set with every format and authors, one for data-rights holders, and redshifts alone."""
    sky = tmp_path_factory.mktemp("sky")
    mock.make(sky, rows=1500, objects=4500, seed=3)
    text = (sky / "mock.tsm.yaml").read_text()
    every = "".join(f"  - {{format: {one}}}\n" for one in ("fits", "csv", "hdf5", "public"))
    recipes = {
        "whole": text.replace("seed:", f"{AUTHORS}\nlicense: CC-BY-4.0\nseed:", 1) + every,
        "rights": text.replace("profile: mock", "profile: dp2"),
        "redshifts": re.sub(r"  - match.*?(?=write:)|  - \{format: rail.*?\n", "", text, flags=re.S),
    }
    for name, recipe in recipes.items():
        run(recipe, sky, sky / name)
    return {name: sky / name for name in recipes}


def said(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(one) for one in command],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": ""},
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize("name", ["whole", "rights", "redshifts"])
def test_the_crate_is_an_ro_crate(python: Path, bundles: dict[str, Path], tmp_path: Path, name: str) -> None:
    found = json.loads(said(python, HERE / "rocrate_check.py", bundles[name], cwd=tmp_path).splitlines()[-1])
    assert found["checks"] > 40
    required = [one for one in found["issues"] if one["severity"] != "RECOMMENDED"]
    assert not required, required
    if name == "whole":  # the others name no author
        more = [one for one in found["issues"] if one["check"] not in NOT_OURS]
        assert not more, more


def test_the_validator_finds_what_is_wrong(python: Path, bundles: dict[str, Path], tmp_path: Path) -> None:
    crate = json.loads((bundles["redshifts"] / "ro-crate-metadata.json").read_text())
    crate["@context"] = crate["@context"][0]  # without the term for checksums
    del crate["@graph"][1]["datePublished"]
    (tmp_path / "ro-crate-metadata.json").write_text(json.dumps(crate))
    found = json.loads(said(python, HERE / "rocrate_check.py", tmp_path, cwd=tmp_path).splitlines()[-1])
    words = " ".join(one["message"] for one in found["issues"] if one["severity"] == "REQUIRED")
    assert "sha256" in words


@pytest.mark.parametrize("name", ["whole", "rights", "redshifts"])
def test_the_citation_file_is_valid(python: Path, bundles: dict[str, Path], name: str) -> None:
    words = said(python.with_name("cffconvert"), "--validate", cwd=bundles[name])
    assert "valid according to schema version 1.2.0" in words
    apa = said(python.with_name("cffconvert"), "-f", "apalike", cwd=bundles[name])
    assert name != "whole" or "Ada Lovelace" in apa
