"""A pool that works on partitions, opened as the executor says; its trouble is told in words."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor as Futures
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.scale import ENVIRONMENT, Executor, Slurm
from pz_tsm.version import version

if TYPE_CHECKING:
    from distributed import Client

ANSWER = 10  # seconds that a scheduler has to answer
ALONE = 60.0  # seconds without any worker, after which a cluster is given up
PACKAGES = ("pz-tsm", "lsdb")  # that workers need
LOOK = 2.0  # seconds between two looks at the cluster's workers
SAME = 'Install the same in the environment of the workers: pip install "pz-tsm[lsdb]=={}".'
USED = 0.7  # of a worker's memory that partitions may take


@dataclass
class Pool:
    """``submit`` as of ``concurrent.futures``; ``workers``: how many tasks it can run at once."""

    kind: str
    futures: Futures
    threads: int = 1
    client: Client | None = None
    patience: float = ALONE
    _seen: float = field(default_factory=time.monotonic)
    _looked: float = 0.0

    def submit(self, function: Callable[..., Any], *args: Any) -> Future:
        return self.futures.submit(function, *args)

    def at_once(self, bytes_each: float, memory: float) -> int:
        """How many tasks of that size to have under way: what fits into ``memory`` (bytes) of this process,
        or into that of the cluster's workers; never less than one."""
        if self.client is None:
            return max(1, min(self.threads, int(memory // max(bytes_each, 1))))
        here = 0
        for worker in self._workers().values():
            limit = worker.get("memory_limit") or float("inf")
            fits = int(min(worker["nthreads"], USED * limit // max(bytes_each, 1)))
            here += max(1, fits)
        return max(here, self.threads, 1)

    def check(self) -> None:
        """TsmError when the scheduler or all workers are gone."""
        now = time.monotonic()
        if self.client is None or now - self._looked < LOOK:
            return
        self._looked = now
        if self.client.status not in ("running", "connecting"):
            raise _gone("The Dask scheduler has closed the connection.")
        if self._workers():
            self._seen = now
        elif now - self._seen > self.patience:
            raise _gone(f"The Dask cluster has had no worker for {self.patience:.0f} seconds.")

    def told(self, error: BaseException, what: str) -> TsmError | None:
        """Words for a task that failed because of the place; None if the fault is the task's own."""
        name = type(error).__name__
        if name == "KilledWorker":
            return TsmError(
                f"Workers of the Dask cluster were lost again and again while they worked on {what}: most "
                "likely they ran out of memory.",
                remedy="Give the workers more memory, or match fewer columns.",
                where="executor",
            )
        if name in ("CancelledError", "FutureCancelledError", "CommClosedError", "FuturesCancelledError"):
            return _gone("The Dask cluster dropped the work, or the connection to it was lost.")
        return None

    def about(self) -> dict[str, Any]:
        """Kind and number of workers, for the report."""
        return {
            "kind": self.kind,
            "workers": self.threads if self.client is None else len(self._workers()),
        }

    def _workers(self) -> dict[str, Any]:
        try:
            return self.client.scheduler_info(n_workers=-1)["workers"] if self.client else {}
        except (OSError, ValueError, KeyError):
            return {}


@contextmanager
def pool(executor: Executor, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Pool]:
    """The pool of an executor, closed at the end; what has not begun by then is dropped.

    TsmError where there is no scheduler, no worker, or one with another version of this package.
    """
    if executor.kind == "threads":
        count = executor.threads or cores()
        threads = ThreadPoolExecutor(count, thread_name_prefix="pz-tsm")
        try:
            yield Pool("threads", threads, count)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
    elif executor.kind == "dask":
        with _client(executor.address or "") as client:
            yield _cluster(client, "dask", cancelled, ANSWER)
    else:
        options = executor.slurm or Slurm()
        with _slurm(options) as cluster, _client(cluster) as client:
            here = _cluster(client, "slurm", cancelled, 60 * options.wait_minutes)
            here.threads = options.jobs * options.cores
            here.patience = 60 * options.wait_minutes
            yield here


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cluster(client: Client, kind: str, cancelled: Callable[[], bool], patience: float) -> Pool:
    """The pool of a cluster, once it has a worker and the workers have what they need."""
    found = Pool(kind, client.get_executor(pure=False, retries=1), client=client)
    until = time.monotonic() + patience
    while not found._workers():
        if cancelled():
            raise Cancelled()
        if time.monotonic() > until:
            raise TsmError(
                f"The Dask scheduler at {client.scheduler.address} has no worker.",
                remedy="Start workers (dask worker ADDRESS), or look at the queue's log.",
                where="executor",
            )
        client.sync(_moment)
    _same_versions(client)
    return found


async def _moment() -> None:
    """Wait a little on the client's own loop."""
    import asyncio

    await asyncio.sleep(0.2)


def _same_versions(client: Client) -> None:
    """TsmError where a worker lacks a package, or has another version of this one."""
    for package in PACKAGES:
        here = version() if package == "pz-tsm" else None
        for address, there in client.run(metadata.version, package, on_error="return").items():
            if isinstance(there, BaseException):
                raise TsmError(
                    f"The Dask worker {address} has no {package}.",
                    remedy=SAME.format(version()),
                    where="executor",
                )
            if here is not None and there != here:
                raise TsmError(
                    f"The Dask worker {address} has {package} {there}; here it is {here}.",
                    remedy=SAME.format(here),
                    where="executor",
                )


@contextmanager
def _client(address: Any) -> Iterator[Client]:
    try:
        from distributed import Client
    except ImportError:
        raise TsmError(
            "A Dask cluster is configured, but 'distributed' is not installed.",
            remedy='pip install "pz-tsm[lsdb]".',
            where="executor",
        ) from None
    try:
        client = Client(address, timeout=ANSWER, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise TsmError(
            f"No Dask scheduler answers at {address} within {ANSWER} seconds ({type(error).__name__}).",
            remedy=f"Start it (dask scheduler), or correct {ENVIRONMENT}: threads needs none.",
            where="executor",
        ) from None
    try:
        yield client
    finally:
        client.close(timeout=2)


@contextmanager
def _slurm(options: Slurm) -> Iterator[Any]:
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError:
        raise TsmError(
            "The executor is SLURM, but 'dask-jobqueue' is not installed.",
            remedy="pip install dask-jobqueue (on the machine of the engine).",
            where="executor",
        ) from None
    asked = {
        "queue": options.queue,
        "account": options.account,
        "interface": options.interface,
        "python": options.python,
    }
    with SLURMCluster(
        cores=options.cores,
        processes=1,
        memory=options.memory,
        walltime=options.walltime,
        job_script_prologue=options.prologue,
        job_extra_directives=options.directives,
        **{key: value for key, value in asked.items() if value is not None},
    ) as cluster:
        cluster.adapt(minimum_jobs=1, maximum_jobs=options.jobs)
        yield cluster


def _gone(message: str) -> TsmError:
    return TsmError(
        message,
        remedy="Look at the cluster and run again: partitions that are done are not done again.",
        where="executor",
    )
