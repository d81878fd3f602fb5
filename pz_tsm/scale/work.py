"""Working through many tasks: so many at a time, as they come, with a stop that is heard at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, TypeVar

from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.scale.pool import Pool

EVERY = 0.2  # seconds between two looks for a stop
Key = TypeVar("Key")


def through(
    pool: Pool,
    tasks: Iterable[tuple[Key, Callable[..., Any], tuple[Any, ...]]],
    at_once: int | Callable[[], int],
    done: Callable[[Key, Any], None],
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Run ``(key, function, arguments)`` of all tasks; ``done(key, answer)`` is called here, as each ends.

    At most ``at_once`` are under way, and no more answers than that are held. Cancelled is raised within a
    moment of the wish; tasks that have not begun are dropped, those that run are not waited for. What a task
    raises is raised here, after the others were dropped.
    """
    waiting: dict[Future, Key] = {}
    source = iter(tasks)
    more = True
    try:
        while more or waiting:
            limit = at_once() if callable(at_once) else at_once
            while more and len(waiting) < limit:
                if cancelled():
                    raise Cancelled()
                task = next(source, None)
                if task is None:
                    more = False
                else:
                    key, function, args = task
                    waiting[pool.submit(function, *args)] = key
            if not waiting:
                break
            ready, _ = wait(waiting, timeout=EVERY, return_when=FIRST_COMPLETED)
            if cancelled():
                raise Cancelled()
            for future in ready:
                key = waiting.pop(future)
                done(key, _answer(pool, future, key))
            del ready
            pool.check()
    finally:
        for future in waiting:
            future.cancel()


def _answer(pool: Pool, future: Future, key: Any) -> Any:
    try:
        return future.result()
    except (TsmError, Cancelled):
        raise
    except BaseException as error:
        told = pool.told(error, str(key))
        if told is None:
            raise
        raise told from error
