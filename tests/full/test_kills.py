"""kill -9 at named points: after a restart there is one bundle with the rows of an undisturbed run, one
product, and nothing else."""

from __future__ import annotations

import pytest
from killkit import Ground

pytestmark = pytest.mark.full

CHILD = {"partition": "after a partition's file", "bundle": "between the bundle and the result"}
ENGINE = {
    "accepted": "after a run was accepted",
    "ended": "between a job's end and its registration",
    "moved": "between the files' move and the database's commit",
}


@pytest.fixture(scope="module")
def sky(tmp_path_factory):
    pytest.importorskip("lsdb")
    return Ground.make_sky(tmp_path_factory.mktemp("kills") / "sky")


@pytest.fixture
def ground(tmp_path, sky):
    made = Ground(tmp_path, sky)
    yield made
    made.close()


@pytest.mark.parametrize("point", [*CHILD, *ENGINE])
def test_a_kill_there_changes_nothing_in_the_end(ground, tmp_path, point):
    once = tmp_path / "killed"
    ground.env = {"PZ_TSM_KILL_AT": point, "PZ_TSM_KILL_ONCE": str(once)}
    first = ground.engine().pid
    run = ground.ended(ground.submit("made"))
    assert once.exists(), f"nothing was killed at '{point}'"
    assert (ground.engine().pid != first) == (point in ENGINE)
    ground.check(run, products=1)
    if point in CHILD:
        assert "it goes on in another one" in ground.log(run["id"])
    if point == "partition":
        assert "from before" in (ground.data / "runs" / run["id"] / "progress.jsonl").read_text()
