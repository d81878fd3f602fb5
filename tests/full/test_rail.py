"""RAIL trains on our files as they are, and learns something: the files carry what they claim to carry."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pz_tsm import mock

pytestmark = pytest.mark.full
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
REQUIREMENTS = HERE / "rail-requirements.txt"
UNREACHABLE = ("dns error", "failed to fetch", "error sending request", "connection", "timed out", "network")


@pytest.fixture(scope="module")
def rail_python() -> Path:
    """RAIL's own environment in .cache/rail-venv: made once, and again when the pinned versions change."""
    home = ROOT / ".cache" / "rail-venv"
    python, stamp = home / "bin" / "python", home / ".installed"
    if stamp.is_file() and stamp.read_bytes() == REQUIREMENTS.read_bytes():
        return python
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    assert uv, "uv makes RAIL's environment: install it with `make install`"
    subprocess.run([uv, "venv", "-q", "--clear", "-p", sys.executable, str(home)], check=True)
    done = subprocess.run(
        [uv, "pip", "install", "-q", "-p", str(python), "-r", str(REQUIREMENTS)],
        capture_output=True,
        text=True,
    )
    if done.returncode and any(word in done.stderr.lower() for word in UNREACHABLE):
        pytest.skip(f"the package registry can't be reached: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    stamp.write_bytes(REQUIREMENTS.read_bytes())
    return python


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
