"""RAIL trains on our files as they are, and learns something: the files carry what they claim to carry."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from venvkit import environment

from pz_tsm import mock

pytestmark = pytest.mark.full
HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def rail_python() -> Path:
    return environment("rail")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mock recipe run by the command line, as a user would."""
    sky = tmp_path_factory.mktemp("sky")
    mock.make(sky, rows=16_000, objects=45_000, seed=5)
    command = [sys.executable, "-m", "pz_tsm.cli", "run", str(sky / "mock.tsm.yaml"), "-o", str(sky / "out")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return sky / "out"


def test_rail_learns_redshifts_from_the_bundle(rail_python: Path, bundle: Path, tmp_path: Path) -> None:
    command = [str(rail_python), str(HERE / "rail_knn.py"), str(bundle / "rail" / "train.hdf5")]
    done = subprocess.run(
        [*command, str(bundle / "rail" / "test.hdf5"), str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "2", "PYTHONPATH": ""},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    scatter = json.loads(done.stdout.strip().splitlines()[-1])
    assert scatter["train"] > 2000 and scatter["test"] > 400, scatter
    assert scatter["real"] < 0.06, scatter
    assert scatter["real"] <= 0.5 * scatter["shuffled"], scatter
