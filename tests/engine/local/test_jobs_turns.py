"""The queue of an engine: so many at once, users in turn, a limit each."""

import asyncio
import threading

import pytest

from pz_tsm.engine.jobs import create
from pz_tsm.engine.jobs.folder import Folder
from pz_tsm.engine.jobs.manager import Jobs, NotNow
from pz_tsm.engine.jobs.turns import TooMany, Turns


@pytest.fixture
def begun():
    return []


def ask(turns, begun, user, *names):
    for name in names:
        turns.ask(name, user, lambda name=name: begun.append(name))


def test_who_asks_for_one_is_not_behind_who_asks_for_ten(begun):
    turns = Turns(at_once=1)
    ask(turns, begun, "ana", *(f"a{i}" for i in range(10)))
    ask(turns, begun, "bob", "b0")
    assert begun == ["a0"] and turns.position("b0") == 1 and turns.position("a1") == 2
    turns.done("a0")
    assert begun == ["a0", "b0"]
    turns.done("b0")
    turns.done("a1")
    assert begun == ["a0", "b0", "a1", "a2"]
    assert turns.positions() == {f"a{i}": i - 2 for i in range(3, 10)}


def test_no_more_than_so_many_run_and_the_queue_tells_the_order_in_which_it_serves(begun):
    turns = Turns(at_once=2)
    ask(turns, begun, "ana", "a0", "a1", "a2", "a3")
    ask(turns, begun, "bob", "b0", "b1")
    ask(turns, begun, "eve", "e0")
    assert begun == ["a0", "a1"]
    told = sorted(turns.positions(), key=turns.positions().get)
    for name in [*begun, *told]:
        turns.done(name)
    assert begun == ["a0", "a1", *told] and set(told[:2]) == {"b0", "e0"}


def test_beyond_the_limit_one_is_told_so_and_others_are_not(begun):
    turns = Turns(at_once=1, waiting=2)
    ask(turns, begun, "ana", "a0", "a1", "a2")
    with pytest.raises(TooMany, match="2 jobs of yours wait"):
        ask(turns, begun, "ana", "a3")
    ask(turns, begun, "bob", "b0")
    turns.ask("a3", "ana", lambda: begun.append("a3"), again=True)  # the engine's own, after a restart
    assert turns.drop("a1") and not turns.drop("a1") and not turns.drop("a0")
    for name in ("a0", "b0", "a2", "a3"):
        turns.done(name)
    assert begun == ["a0", "b0", "a2", "a3"]


@pytest.fixture
def failed(tmp_path):
    """The id of a run that has failed."""
    said = {"recipe": "x", "base": str(tmp_path), "out": str(tmp_path / "out"), "path": None}
    return Folder.create(tmp_path / "runs", "x", **said, state="failed", ended="2026").id


def test_a_run_that_two_ask_to_try_again_at_once_waits_once_and_stays(tmp_path, failed):
    id = failed
    turns = Turns(at_once=1)
    turns.ask("of another", "ana", lambda: None)

    async def ask():
        jobs = Jobs(tmp_path / "runs", turns=turns)
        await jobs.start()
        asked = (jobs.retry(id), jobs.retry(id), jobs.delete(id))
        said = await asyncio.gather(*asked, return_exceptions=True)
        listed = jobs.list()
        await jobs.close()
        return said, listed

    (first, *others), listed = asyncio.run(ask())
    assert first["state"] == "pending" and all(isinstance(other, NotNow) for other in others)
    assert [(run["id"], run["position"]) for run in listed] == [(id, 1)]


def test_a_run_that_is_stopped_in_the_moment_in_which_its_turn_comes_does_not_run(
    tmp_path, failed, monkeypatch
):
    coming, stopped = threading.Event(), threading.Event()
    place = create.place

    def slow(state):
        coming.set()
        assert stopped.wait(60)
        return place(state)

    monkeypatch.setattr(create, "place", slow)

    async def ask():
        jobs = Jobs(tmp_path / "runs", turns=Turns(at_once=1))
        await jobs.start()
        await jobs.retry(failed)
        assert await asyncio.to_thread(coming.wait, 60)
        told = await jobs.stop(failed)
        stopped.set()
        while jobs.busy():
            await asyncio.sleep(0)
        after = jobs.get(failed)
        await jobs.close()
        return told["state"], after["state"], after["started"]

    assert asyncio.run(ask()) == ("stopped", "stopped", None)
