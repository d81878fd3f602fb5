"""Fixtures that all tests may use. The kit of real catalogues stands beside the repository, if at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def no_engine_is_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing of the user's is touched: an engine of a test lives in the tests' folder."""
    folder = tmp_path_factory.mktemp("data")
    before = os.environ.get("PZ_TSM_DATA")
    os.environ["PZ_TSM_DATA"] = str(folder / "engine")
    yield
    if before is None:
        del os.environ["PZ_TSM_DATA"]
    else:
        os.environ["PZ_TSM_DATA"] = before
    import psutil

    mine = str(tmp_path_factory.getbasetemp())
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if "pz_tsm.engine.serve" in command and any(part.startswith(mine) for part in command):
            process.kill()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of shared documents and data; tests that need it are skipped, visibly, where it is absent."""
    path = ROOT.parent / "shared"
    if not (path / "data").is_dir():
        pytest.skip("../shared/data is not here: real catalogues and oracles are not compared")
    return path


@pytest.fixture(scope="session")
def contract() -> Path:
    """Folder of the contract with the test vectors of both languages."""
    return ROOT / "contract"


@pytest.fixture(scope="session")
def small_sky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small mock sky with its recipe ``mock.tsm.yaml``; don't write into it."""
    from pz_tsm.mock import make

    folder = tmp_path_factory.mktemp("sky")
    make(folder, rows=1500, objects=4000, seed=3)
    return folder
