"""Where partitions are worked on: what the configuration says, the pool, and its trouble in words."""

from __future__ import annotations

import json
import threading
from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from pz_tsm import scale
from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.scale import pool as pools
from pz_tsm.scale.pool import Pool, pool
from pz_tsm.scale.work import through


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("threads", {"kind": "threads", "threads": None}),
        ("threads:3", {"kind": "threads", "threads": 3}),
        ("tcp://node7:8786", {"kind": "dask", "address": "tcp://node7:8786"}),
        ('{"kind": "dask", "address": "tls://node7:8786"}', {"kind": "dask", "address": "tls://node7:8786"}),
        ("kind: slurm\nslurm: {queue: short, jobs: 3}", {"kind": "slurm"}),
    ],
)
def test_the_environment_says_it_shortly_or_as_a_map(monkeypatch, tmp_path, text, expected):
    monkeypatch.setenv(scale.ENVIRONMENT, text)
    (tmp_path / scale.FILE).write_text("kind: threads\nthreads: 9\n")
    found = scale.configured(tmp_path).model_dump()
    assert {key: found[key] for key in expected} == expected
    assert scale.read(found).model_dump() == found  # as it goes into a job
    assert json.loads(json.dumps(found)) == found


def test_the_engines_folder_says_it_where_the_environment_does_not(monkeypatch, tmp_path):
    monkeypatch.delenv(scale.ENVIRONMENT, raising=False)
    assert scale.configured(tmp_path) == scale.configured(None) == scale.Executor()
    (tmp_path / scale.FILE).write_text("kind: slurm\nslurm:\n  queue: short\n  memory: 24GB\n")
    found = scale.configured(tmp_path)
    assert found.slurm is not None and (found.slurm.queue, found.slurm.memory) == ("short", "24GB")
    monkeypatch.setenv(scale.ENVIRONMENT, str(tmp_path / scale.FILE))
    assert scale.configured(None) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: dask", "address"),
        ("cluster", "can't be understood"),
        ("{kind: threads, cores: 3}", "cores"),
        ("threads:0", "threads"),
        ("[: nothing", "can't be understood"),
        ("gone.yaml", "can't be read"),
    ],
)
def test_what_can_not_be_understood_is_named_with_the_remedy(monkeypatch, tmp_path, text, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(scale.ENVIRONMENT, text)
    with pytest.raises(TsmError, match=said) as refused:
        scale.configured()
    assert "tcp://" in refused.value.remedy


def test_threads_are_as_many_as_cores_or_as_asked():
    with pool(scale.Executor(threads=3)) as here:
        assert here.about() == {"kind": "threads", "workers": 3}
        assert here.at_once(100, 1000) == 3 and here.at_once(400, 1000) == 2 and here.at_once(5000, 1000) == 1
    with pool(scale.Executor()) as here:
        assert here.about()["workers"] == pools.cores()


def test_at_most_so_many_are_under_way_and_every_answer_is_told():
    under_way, most, answers = set(), [0], {}

    def tasks():
        for number in range(12):
            under_way.add(number)
            most[0] = max(most[0], len(under_way))
            yield number, pow, (number, 2)

    def done(key, answer):
        under_way.discard(key)
        answers[key] = answer

    with pool(scale.Executor(threads=4)) as here:
        through(here, tasks(), 3, done)
    assert answers == {number: number**2 for number in range(12)} and most[0] <= 3


def test_a_stop_is_heard_while_a_task_runs_and_the_others_never_begin():
    held, asked, begun = threading.Event(), threading.Event(), []

    def slow(number):
        begun.append(number)
        asked.set()
        held.wait(60)

    with pool(scale.Executor(threads=1)) as here:
        with pytest.raises(Cancelled):
            through(here, ((n, slow, (n,)) for n in range(5)), 5, lambda key, answer: None, asked.is_set)
        held.set()
        here.futures.shutdown(wait=True)
    assert begun == [0]


def test_the_first_failure_ends_the_work():
    with pool(scale.Executor(threads=1)) as here, pytest.raises(ZeroDivisionError):
        through(here, [(n, divmod, (1, n)) for n in (2, 0, 1)], 1, lambda key, answer: None)


def test_no_scheduler_at_the_address_is_told(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(pools, "ANSWER", 0.3)
    with pytest.raises(TsmError, match="No Dask scheduler answers at tcp://127.0.0.1:1") as refused:
        with pool(scale.Executor(kind="dask", address="tcp://127.0.0.1:1")):
            pass
    assert scale.ENVIRONMENT in refused.value.remedy


def test_slurm_without_its_package_says_what_to_install():
    with pytest.raises(TsmError, match="dask-jobqueue") as refused:
        with pool(scale.Executor(kind="slurm")):
            pass
    assert "pip install dask-jobqueue" in refused.value.remedy


class Cluster:
    """What a pool asks of a Dask client, without a cluster behind it."""

    def __init__(self, versions: dict[str, str | Exception], workers: int = 2) -> None:
        self.versions = versions
        self.workers = {f"tcp://w{n}": {"nthreads": 2, "memory_limit": 4_000_000_000} for n in range(workers)}
        self.status = "running"
        self.scheduler = SimpleNamespace(address="tcp://scheduler:8786")

    def scheduler_info(self, **_: int) -> dict:
        return {"workers": self.workers}

    def run(self, function, package, on_error):
        return {address: self.versions[package] for address in self.workers}

    def get_executor(self, **_: object) -> SimpleNamespace:
        return SimpleNamespace(submit=lambda function, *args: self.future)

    def sync(self, function) -> None:
        pass


def test_another_version_on_a_worker_is_refused(monkeypatch):
    monkeypatch.setattr(pools, "version", lambda: "1.2.3")
    with pytest.raises(TsmError, match="tcp://w0 has pz-tsm 1.0.0; here it is 1.2.3") as refused:
        pools._cluster(Cluster({"pz-tsm": "1.0.0"}), "dask", lambda: False, 0)
    assert '"pz-tsm[lsdb]==1.2.3"' in refused.value.remedy
    with pytest.raises(TsmError, match="tcp://w0 has no lsdb"):
        missing = Cluster({"pz-tsm": "1.2.3", "lsdb": ImportError("lsdb")})
        pools._cluster(missing, "dask", lambda: False, 0)
    here = pools._cluster(Cluster({"pz-tsm": "1.2.3", "lsdb": "0.10.4"}), "dask", lambda: False, 0)
    assert here.about() == {"kind": "dask", "workers": 2}
    assert here.at_once(10**9, 0) == 4, "two threads in each of two workers"
    assert here.at_once(2 * 10**9, 0) == 2, "a worker holds one of that size"


def test_a_scheduler_without_workers_is_told_and_the_wait_can_be_stopped():
    with pytest.raises(TsmError, match="tcp://scheduler:8786 has no worker"):
        pools._cluster(Cluster({}, workers=0), "dask", lambda: False, 0)
    with pytest.raises(Cancelled):
        pools._cluster(Cluster({}, workers=0), "dask", lambda: True, 60)


def lost(name: str) -> Exception:
    return type(name, (Exception,), {})("tcp://w0")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (lost("KilledWorker"), "lost again and again while they worked on"),
        (lost("FutureCancelledError"), "connection to it was lost"),
    ],
)
def test_lost_workers_are_told_in_words(error, said):
    client = Cluster({})
    client.future = Future()
    client.future.set_exception(error)
    here = Pool("dask", client.get_executor(), client=client)
    with pytest.raises(TsmError, match=said):
        through(here, [("partition 5/77", print, ())], 1, lambda key, answer: None)


def test_a_cluster_that_lost_all_its_workers_or_its_scheduler_is_given_up():
    client = Cluster({}, workers=0)
    client.future = Future()
    here = Pool("dask", client.get_executor(), client=client, patience=0)
    with pytest.raises(TsmError, match="no worker") as refused:
        through(here, [("one", print, ())], 1, lambda key, answer: None)
    assert "not done again" in refused.value.remedy
    client.status = "closed"
    here = Pool("dask", client.get_executor(), client=client)
    with pytest.raises(TsmError, match="closed the connection"):
        through(here, [("one", print, ())], 1, lambda key, answer: None)
