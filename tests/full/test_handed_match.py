"""A match that a notebook or the command line hands over to the engine: LSDB's rows are those of memory."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from killkit import RECIPE, Ground

import pz_tsm

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    pytest.importorskip("lsdb")
    made = Ground(tmp_path_factory.mktemp("handed"))
    yield made
    made.close()


def test_a_notebook_gets_the_same_table(ground, monkeypatch):
    monkeypatch.setenv("PZ_TSM_DATA", str(ground.data))
    columns = {"id": "TARGETID", "ra": "TARGET_RA", "dec": "TARGET_DEC", "z": "Z", "z_flag": "ZWARN"}
    wide = pz_tsm.read(ground.base / "mock_wide.fits", survey="MOCK-WIDE", columns=columns)
    release = {"hats": str(ground.base / "mock_release"), "profile": "mock"}
    here = pz_tsm.match(wide, release=release, rows="all", run="memory")
    away = pz_tsm.match(wide, release=release, rows="all", run="engine")
    assert away.arrow.equals(here.arrow) and away.arrow.schema.metadata == here.arrow.schema.metadata
    assert away.reports[-1].rows_out == here.reports[-1].rows_out > 100
    assert ground.ask("GET", "/local/runs")["runs"] == []


def test_the_command_line_makes_the_same_bundle(ground, tmp_path):
    path = ground.base / "handed.tsm.yaml"
    path.write_text(RECIPE.replace("RUN", "engine"))
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-m", "pz_tsm", "run", str(path), "-o", str(out)],
        env={**os.environ, "PZ_TSM_DATA": str(ground.data)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert ground.digest in (out / "recipe.tsm.lock").read_text()
