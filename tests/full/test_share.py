"""Two users share a training set: one runs and publishes it, the other pulls it, verifies it, and makes the
same rows again. Each has processes, folders and a token of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from enginekit import Engine

from pz_tsm import mock

pytestmark = pytest.mark.full
DATA = ("data/training_set.parquet", "data/measurements.parquet", "data/excluded.parquet")
RECIPE = """\
format: tsm-recipe/1
name: shared
title: A shared training set
seed: 5
creators: [{{name: Ana}}]
inputs:
  deep: {{from: {{pzserver: {deep}}}, survey: MOCK-DEEP}}
  wide: {{from: {{pzserver: {wide}}}, survey: MOCK-WIDE}}
steps:
  - homogenize: {{rules: mock}}
  - combine: {{radius_arcsec: 0.75}}
  - match: {{release: mock, columns: [gaap1p0]}}
  - photometry: {{to: mag, deredden: sfd}}
  - split: {{parts: {{train: 0.7, test: 0.3}}}}
write:
  - {{format: parquet}}
  - {{format: rail-hdf5, catalog_tag: lsst_gaap_1p0}}
"""


@dataclass
class User:
    """What a user types, in a folder with nothing of anyone else's."""

    home: Path
    environment: dict[str, str]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "pz_tsm.cli", *words)

    def python(self, text: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-c", text)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, capture_output=True, text=True, cwd=self.home, env=self.environment)


@pytest.fixture(scope="module")
def sky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sky")
    mock.make(folder, rows=2000, objects=6000, seed=4)
    return folder


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory, sky: Path):
    from pz_tsm.engine.pzserver.users import add_user

    engine = Engine(tmp_path_factory.mktemp("engine"))

    def user(name: str) -> User:
        home = tmp_path_factory.mktemp(name)
        own = {
            "HOME": str(home),
            "PZ_TSM_CACHE": str(home / "cache"),
            "PZ_TSM_RELEASES": json.dumps({"mock": str(sky / "mock_release")}),
            "PZ_TSM_PZSERVER_URL": f"{engine.url}/api/",
            "PZ_TSM_PZSERVER_TOKEN": add_user(engine.data, name),
        }
        return User(home, {**os.environ, **own})

    yield {name: user(name) for name in ("ana", "ben")}
    engine.end()


@pytest.fixture(scope="module")
def published(users: dict[str, User], sky: Path) -> dict:
    """Ana's catalogues, her run on them, and its bundle as a product."""
    ana = users["ana"]
    made = ana.python(
        "import pz_tsm\n"
        f"deep = pz_tsm.publish('{sky}/mock_deep.parquet', 'deep', columns=dict(id='NUM', ra='ALPHA', "
        "dec='DELTA', z='Z', z_flag='ZFLAGS'))\n"
        f"wide = pz_tsm.publish('{sky}/mock_wide.fits', 'wide', columns=dict(id='TARGETID', ra='TARGET_RA', "
        "dec='TARGET_DEC', z='Z', z_err='ZERR', z_flag='ZWARN'))\n"
        "print(deep.name, wide.name)\n"
    )
    assert made.returncode == 0, made.stderr
    deep, wide = made.stdout.split()
    (ana.home / "shared.tsm.yaml").write_text(RECIPE.format(deep=deep, wide=wide))
    done = ana.command("run", "shared.tsm.yaml", "-o", "bundle")
    assert done.returncode == 0, done.stderr
    done = ana.command("publish", "bundle", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_another_user_pulls_verifies_and_makes_the_same_rows(users: dict[str, User], published: dict) -> None:
    ana, ben = users["ana"], users["ben"]
    pulled = ben.python(
        f"import pz_tsm\nfolder = pz_tsm.pull({published['name']!r}, 'theirs')\n"
        "report = pz_tsm.verify(folder)\nprint(report.ok, len(report.checked))\n"
    )
    assert pulled.returncode == 0 and pulled.stdout.startswith("True "), pulled.stdout + pulled.stderr
    for path in sorted((ana.home / "bundle").rglob("*")):
        if path.is_file():
            mine = ben.home / "theirs" / path.relative_to(ana.home / "bundle")
            assert mine.read_bytes() == path.read_bytes(), path.name

    again = ben.command("run", "theirs/recipe.tsm.yaml", "-o", "again")
    assert again.returncode == 0, again.stderr
    assert "A replay: the rows are those that the lock names." in again.stderr
    for name in (*DATA, "rail/train.hdf5", "rail/test.hdf5"):
        if (ana.home / "bundle" / name).is_file():
            assert (ben.home / "again" / name).read_bytes() == (ana.home / "bundle" / name).read_bytes(), name
    differ = ben.command("diff", "theirs", "again")
    assert (differ.returncode, differ.stdout.strip()) == (0, "No difference.")
    verified = ben.command("verify", "again")
    assert verified.returncode == 0, verified.stdout


def test_who_has_no_token_gets_nothing(users: dict[str, User], published: dict) -> None:
    stranger = User(users["ben"].home, {**users["ben"].environment, "PZ_TSM_PZSERVER_TOKEN": "0" * 40})
    done = stranger.command("pull", str(published["id"]), "-o", "stolen")
    assert done.returncode == 1 and "does not accept the token" in done.stderr
    assert not (stranger.home / "stolen").exists()


def test_no_token_is_in_anything_that_was_shared(users: dict[str, User], published: dict) -> None:
    tokens = [one.environment["PZ_TSM_PZSERVER_TOKEN"].encode() for one in users.values()]
    for user in users.values():
        for path in user.home.rglob("*"):
            if path.is_file():
                assert not any(token in path.read_bytes() for token in tokens), path
