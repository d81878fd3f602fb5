"""A recipe as code: run, it gives what the recipe gives."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pz_tsm
from pz_tsm import recipe as recipes
from pz_tsm.digest import table_digest
from pz_tsm.errors import TsmError
from pz_tsm.recipe import Recipe
from pz_tsm.recipe.code import code

WHOLE = """format: tsm-recipe/1
name: whole
seed: 7
inputs:
  "deep field":
    from: {file: mock_deep.parquet}
    columns: {id: NUM, ra: ALPHA, dec: DELTA, z: Z, z_flag: ZFLAGS, survey: survey_name}
    steps:
      - filter: redshift < 3
  class:
    from: {file: mock_wide.fits}
    survey: MOCK-WIDE
    columns: {id: TARGETID, ra: TARGET_RA, dec: TARGET_DEC, z: Z, z_err: ZERR, z_flag: ZWARN}
steps:
  - homogenize: {rules: mock, unmapped: error}
  - combine: {radius_arcsec: 0.75, eligible: secure_galaxy}
  - match: {release: {hats: mock_release, profile: mock}, radius_arcsec: 0.75}
  - photometry: {to: mag, deredden: sfd}
  - filter: "i_snr >= 10"
  - split: {parts: {train: 0.7, test: 0.3}}
  - cap: {cells: {redshift: 0.1}, others: 20}
"""
APART = """format: tsm-recipe/1
name: apart
inputs:
  one: {from: {file: mock_deep.parquet}, columns: {id: NUM, ra: ALPHA, dec: DELTA, z: Z}}
  two: {from: {file: mock_wide.fits}, columns: {id: TARGETID, ra: TARGET_RA, dec: TARGET_DEC, z: Z}}
steps:
  - filter: redshift > 0.5
"""


def executed(text: str, folder: Path, monkeypatch) -> pz_tsm.Table:
    monkeypatch.chdir(folder)
    space: dict = {}
    exec(text, space)
    return space["table"]


@pytest.fixture(scope="module")
def result(small_sky):
    return recipes.run(WHOLE, small_sky)


def test_the_python_gives_the_same_rows(small_sky, tmp_path, result, monkeypatch):
    made = code(WHOLE, base=small_sky, start=tmp_path)
    table = executed(made.python, tmp_path, monkeypatch)
    written = pz_tsm.verify(tmp_path / "bundles" / "whole")
    assert written.ok, written.problems
    lock = (tmp_path / "bundles" / "whole" / "recipe.tsm.lock").read_text()
    assert result.digest in lock and result.digest.removeprefix("sha256:")
    assert len(table) == result.table.num_rows
    assert table.recipe.seed == 0 and "seed=7" in made.python


def test_a_cell_is_a_step_and_every_cell_is_python(small_sky):
    cells = code(WHOLE).cells
    assert cells[0] == "import pz_tsm"
    assert [cell.split("(")[0] for cell in cells[1:4]] == [
        "deep_field = pz_tsm.read",
        "deep_field = pz_tsm.filter",
        "class_ = pz_tsm.read",
    ]
    assert cells[4].splitlines() == [
        'deep_field = pz_tsm.homogenize(deep_field, rules="mock", unmapped="error")',
        'class_ = pz_tsm.homogenize(class_, rules="mock", unmapped="error")',
    ]
    assert '{"deep field": deep_field, "class": class_}' in cells[5]
    for cell in cells:
        compile(cell, "cell", "exec")


def test_what_no_function_does_is_run_as_a_recipe(small_sky, tmp_path, monkeypatch):
    made = code(APART, base=small_sky, start=tmp_path)
    assert "Recipe.parse" in made.python
    table = executed(made.python, tmp_path, monkeypatch)
    assert table.num_rows == recipes.run(APART, small_sky).table.num_rows


@pytest.mark.parametrize("saved", [True, False])
def test_the_command_gives_the_same_rows(small_sky, tmp_path, result, saved):
    for name in ("mock_deep.parquet", "mock_wide.fits", "mock_release"):
        os.symlink(small_sky / name, tmp_path / name)
    path = tmp_path / "it's mine.tsm.yaml" if saved else None
    if path is not None:
        path.write_text(WHOLE)
    command = code(WHOLE, path=path).command
    env = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    run = subprocess.run(
        ["bash", "-e", "-c", command],
        cwd=tmp_path if not saved else "/",
        env=env,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert result.digest in (tmp_path / "bundles" / "whole" / "recipe.tsm.lock").read_text()


def test_a_notebooks_steps_become_a_recipe_file(small_sky, tmp_path, monkeypatch):
    shutil.copy(small_sky / "mock_deep.parquet", tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recipes").mkdir()
    names = {
        "id": "NUM",
        "ra": "ALPHA",
        "dec": "DELTA",
        "z": "Z",
        "z_flag": "ZFLAGS",
        "survey": "survey_name",
    }
    deep = pz_tsm.homogenize(pz_tsm.read("mock_deep.parquet", columns=names), rules="mock")
    train = pz_tsm.split(pz_tsm.combine([deep]), parts={"train": 0.8, "test": 0.2})
    path = train.recipe.save("recipes/mine")
    assert path.name == "mine.tsm.yaml"
    found = recipes.run(Recipe.read(path), path.parent)
    assert table_digest(found.table) == table_digest(train.arrow)
    again = Recipe.read(path)
    assert again.save("recipes/mine.tsm.yaml") == Path("recipes/mine.tsm.yaml"), "the same text is no loss"
    with pytest.raises(TsmError, match="there already"):
        pz_tsm.split(pz_tsm.combine([deep]), parts={"train": 0.5, "test": 0.5}).recipe.save(path)


def test_a_recipe_keeps_its_comments_in_its_own_folder_and_its_files_in_another(tmp_path):
    text = (
        "format: tsm-recipe/1\nname: a\ninputs:\n  one: {from: {file: x/a.parquet}} # mine\n"
        "steps:\n  - homogenize: {rules: own.yaml}\n  - match: {release: {hats: rel}}\n"
        "  - coverage: /data/target.parquet\n"
    )
    (tmp_path / "own.yaml").write_text("")
    (tmp_path / "a.tsm.yaml").write_text(text)
    (tmp_path / "there").mkdir()
    recipe = Recipe.read(tmp_path / "a.tsm.yaml")
    assert recipe.save(tmp_path / "b").read_text() == text
    other = Recipe.read(recipe.save(tmp_path / "there" / "b"))
    assert other.inputs["one"].spec["from"] == {"file": "../x/a.parquet"}
    assert [step.params for step in other.steps] == [
        {"rules": "../own.yaml"},
        {"release": {"hats": "../rel"}},
        "/data/target.parquet",
    ]
