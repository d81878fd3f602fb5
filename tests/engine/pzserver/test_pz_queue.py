"""The engine's queue, as users of processes meet it: fair, limited, with memory of its own for each."""

import contextlib
import sys
import time

import pytest
from pzkit import published

GATED = """
import sys, time
from pathlib import Path
place = Path(sys.argv[1]).parent
root = next(folder for folder in place.parents if folder.name == 'processes')
with open(root / 'order', 'a') as order:
    order.write(str(place.relative_to(root)) + chr(10))
while not (root / 'gate').exists():
    time.sleep(0.02)
sys.exit(1)
"""
GREEDY = "held = bytearray(b'x') * 200_000_000; import time; time.sleep(600)"


@pytest.fixture
def engine(tmp_path, start_engine):
    """An engine that does one at a time, with users ana and bob; its jobs wait for a gate."""
    import httpx

    from pz_tsm.engine.pzserver.users import add_user

    tokens = {name: add_user(tmp_path, name) for name in ("ana", "bob")}
    with contextlib.ExitStack() as stack:
        url, state = start_engine(tmp_path, stack)
        state.turns.at_once = 1
        state.runner.command = [sys.executable, "-c", GATED]

        def client(name):
            headers = {"Authorization": f"Token {tokens[name]}"}
            return stack.enter_context(httpx.Client(base_url=f"{url}/api", headers=headers, timeout=60))

        yield state, client
        (tmp_path / "processes" / "gate").write_text("")


def submit(client, product):
    body = {"display_name": "queued", "pipeline": 2, "inputs": [product["id"]]}
    return client.post("/processes/", json=body)


def test_ten_of_one_user_do_not_hold_up_the_one_of_another(engine, tmp_path):
    state, client = engine
    ana, bob = client("ana"), client("bob")
    mine, theirs = published(ana), published(bob)
    made = [submit(ana, mine).json() for _ in range(10)]
    last = submit(bob, theirs).json()
    assert state.runner.position(last["id"]) == 1 and state.runner.position(made[1]["id"]) == 2
    order = tmp_path / "processes" / "order"
    (tmp_path / "processes" / "gate").write_text("")
    while not order.exists() or len(order.read_text().split()) < 11:
        time.sleep(0.02)
    started = order.read_text().split()
    assert started[:3] == [made[0]["path"], last["path"], made[1]["path"]]
    assert started[3:] == [process["path"] for process in made[2:]]


def test_a_user_with_too_many_waiting_is_told_so_and_nothing_is_made(engine):
    state, client = engine
    ana, bob = client("ana"), client("bob")
    mine, theirs = published(ana), published(bob)
    state.turns._limit = 2
    assert [submit(ana, mine).status_code for _ in range(3)] == [201, 201, 201]
    refused = submit(ana, mine)
    assert refused.status_code == 429 and "wait for their turn" in refused.json()["detail"]
    assert ana.get("/processes/").json()["count"] == 3
    assert submit(bob, theirs).status_code == 201


def test_a_process_that_takes_too_much_memory_is_ended_in_words(engine):
    state, client = engine
    ana = client("ana")
    state.runner.command = [sys.executable, "-c", GREEDY]
    state.runner.memory = 100_000_000
    key = submit(ana, published(ana)).json()["id"]
    while (process := ana.get(f"/processes/{key}/").json())["status"] in ("Pending", "Running"):
        time.sleep(0.02)
    assert process["status"] == "Failed"
    assert "100 MB are allowed" in process["comment"] and "PZ_TSM_JOB_MEMORY" in process["comment"]
