"""The examples run as they are on the mock sky."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pz_tsm import cli, mock

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
RECIPES = sorted(path.name for path in EXAMPLES.glob("*.tsm.yaml"))
NOTEBOOKS = sorted(path.name for path in EXAMPLES.glob("*.ipynb"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example recipes beside a mock sky, away from the repository."""
    out = tmp_path_factory.mktemp("examples")
    for name in RECIPES:
        shutil.copy(EXAMPLES / name, out / name)
    mock.make(out / "sky", rows=3000, objects=9000)
    return out


@pytest.mark.parametrize("name", [*RECIPES, "sky/mock.tsm.yaml"])
def test_recipe_plans_runs_and_verifies(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = folder / name
    monkeypatch.chdir(recipe.parent)
    assert cli.main(["plan", recipe.name]) == 0, capsys.readouterr()
    out = f"out_{recipe.name.removesuffix('.tsm.yaml')}"
    assert cli.main(["run", recipe.name, "-o", out]) == 0, capsys.readouterr()
    assert cli.main(["verify", out]) == 0, capsys.readouterr()
    if "rail-hdf5" in recipe.read_text(encoding="utf-8"):
        assert Path(out, "rail", "train.hdf5").stat().st_size > 0


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_runs_from_top_to_bottom(name: str, tmp_path: Path) -> None:
    cells = json.loads((EXAMPLES / name).read_text(encoding="utf-8"))["cells"]
    assert not any(cell.get("outputs") for cell in cells), "notebooks are kept without outputs"
    code = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    for recipe in RECIPES:
        shutil.copy(EXAMPLES / recipe, tmp_path / recipe)
    env = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
