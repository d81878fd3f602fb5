"""Every call of the official client against an engine: the version that is installed, and the newest."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from enginekit import Engine

pytestmark = pytest.mark.full

SUITE = Path(__file__).with_name("client_suite.py")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """An engine with the mock sky."""
    from pz_tsm import mock
    from pz_tsm.engine.pzserver.seed import seed_mock

    folder = tmp_path_factory.mktemp("client")
    mock.make(folder / "sky", rows=600, objects=2000, seed=3)
    running = Engine(folder / "data")
    running.seeded = seed_mock(running.data, folder / "sky")
    yield running
    running.end()


def run_suite(engine: Engine, python: str | Path, user: str, folder: Path) -> str:
    """What the suite says in its last but one line."""
    from pz_tsm.engine.pzserver.users import add_user

    token = add_user(engine.data, user)
    catalogue = str(engine.seeded["products"]["MOCK-DEEP"])
    command = [str(python), str(SUITE), f"{engine.url}/api/", token, catalogue, "mock", str(folder)]
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    assert done.stdout.rstrip().endswith("all calls went well")
    assert token not in engine.log.read_text()
    return done.stdout.splitlines()[-2]


def test_every_call_of_the_pinned_client(engine, tmp_path):
    assert metadata.version("pzserver") == "0.3.7"
    assert run_suite(engine, sys.executable, "pinned", tmp_path) == "all of the client was called"


def test_every_call_of_the_newest_client(engine, tmp_path):
    asked = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", "-", "--no-deps", "--no-header", "--no-annotate",
         "--upgrade", "--quiet"],
        input="pzserver\n", capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    if asked.returncode:
        pytest.skip("the package index can't be asked for the newest client")
    newest = asked.stdout.strip()
    if newest == f"pzserver=={metadata.version('pzserver')}":
        pytest.skip(f"the newest client is the pinned one ({newest}), which is tested above")
    place = tmp_path / "newest"
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(place)], check=True)
    python = place / "bin" / "python"
    subprocess.run([*uv, "pip", "install", "--quiet", "--python", str(python), newest], check=True)
    run_suite(engine, python, "newest", tmp_path)
