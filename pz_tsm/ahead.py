"""Work for threads of this process: what numpy, Arrow and hashlib do, they do beside each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")

THREADS = 2  # more gain little: most of what is done here waits for memory


@contextmanager
def begun(function: Callable[..., Made], *args: Any) -> Iterator[Callable[[], Made]]:
    """``result()``: what ``function`` makes of ``args``, worked out by a thread since the block began."""
    with ThreadPoolExecutor(1, thread_name_prefix="pz-tsm-begun") as pool:
        yield pool.submit(function, *args).result


def ahead(function: Callable[[Item], Made], items: Iterable[Item], threads: int = THREADS) -> Iterator[Made]:
    """``function`` of each item, in order, worked out by threads while the caller is busy with those before.

    At most ``threads + 1`` results are there at a time. What ``function`` raises is raised here.
    """
    with ThreadPoolExecutor(threads, thread_name_prefix="pz-tsm-ahead") as pool:
        waiting: deque[Future[Made]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()
