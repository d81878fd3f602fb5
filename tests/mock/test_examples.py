"""The examples run as they are on the mock sky."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pz_tsm import mock

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
RECIPES = sorted(path.name for path in EXAMPLES.glob("*.tsm.yaml"))
NOTEBOOKS = sorted(path.name for path in EXAMPLES.glob("*.ipynb"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples beside a mock sky, away from the repository."""
    out = tmp_path_factory.mktemp("examples")
    for name in (*RECIPES, *NOTEBOOKS):
        shutil.copy(EXAMPLES / name, out / name)
    mock.make(out / "sky", rows=4000, objects=12_000)
    return out


def tsm(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pz_tsm.cli", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
    )


def check_bundle(folder: Path, recipe: str, out: str) -> None:
    done = tsm(folder, "run", recipe, "-o", out)
    assert done.returncode == 0, done.stderr
    verified = tsm(folder, "verify", out)
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_plans_runs_and_verifies(folder: Path, name: str) -> None:
    planned = tsm(folder, "plan", name)
    assert planned.returncode == 0, planned.stdout + planned.stderr
    out = f"out_{name.removesuffix('.tsm.yaml')}"
    check_bundle(folder, name, out)
    if "rail-hdf5" in (folder / name).read_text(encoding="utf-8"):
        assert (folder / out / "rail" / "train.hdf5").stat().st_size > 0


def test_the_recipe_beside_a_mock_sky_runs_as_it_is(folder: Path) -> None:
    check_bundle(folder / "sky", "mock.tsm.yaml", "out")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_runs_from_top_to_bottom(folder: Path, name: str, tmp_path: Path) -> None:
    cells = json.loads((folder / name).read_text(encoding="utf-8"))["cells"]
    assert not any(cell.get("outputs") for cell in cells), "notebooks are kept without outputs"
    code = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    work = tmp_path / "work"
    work.mkdir()
    for recipe in RECIPES:
        shutil.copy(folder / recipe, work / recipe)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=work,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
    )
    assert done.returncode == 0, done.stderr
