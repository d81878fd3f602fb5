"""A small bundle for the tests of the folder."""

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parents[1] / "ops")]


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """What one test remembers of its bundles no other knows, and nothing goes to the user's folder."""
    monkeypatch.setenv("PZ_TSM_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    from bundlekit import Made

    return Made(tmp_path_factory.mktemp("made"))


@pytest.fixture
def out(made, tmp_path):
    """A fresh bundle's folder."""
    return made.write(tmp_path / "bundle")
