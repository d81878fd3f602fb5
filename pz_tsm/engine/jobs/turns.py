"""One fair queue for all work of an engine: so many at once, users in turn, a limit of waiting ones each."""

from __future__ import annotations

import os
import threading
from collections import Counter, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from pz_tsm.errors import TsmError

AT_ONCE = max(1, int(os.environ.get("PZ_TSM_RUNS", "2")))
WAITING = max(1, int(os.environ.get("PZ_TSM_RUNS_WAITING", "20")))  # of each user
LOCAL = "local"  # the user of /local

Key = Hashable
Start = Callable[[], None]


class TooMany(TsmError):
    """This user has as many waiting as may be (429)."""


@dataclass
class _Queue:
    """What one user waits for; ``served`` counts up with each turn that was given, over all users."""

    waiting: deque[tuple[Key, Start]] = field(default_factory=deque)
    served: int = -1


class Turns:
    """Gives turns; thread-safe. Next comes the user with the fewest running, of these the one served longest
    ago; a user's own come in the order in which they were asked.

    ``start`` of a turn is called outside the lock, by whoever made room; it must not block.
    """

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self.at_once = at_once
        self._limit = waiting
        self._queues: dict[str, _Queue] = {}
        self._running: dict[Key, str] = {}
        self._turn = 0
        self._lock = threading.RLock()

    def room(self, user: str) -> None:
        """TooMany if this user may not ask for another turn now."""
        with self._lock:
            queue = self._queues.get(user)
            if queue is not None and len(queue.waiting) >= self._limit:
                raise TooMany(
                    f"{len(queue.waiting)} jobs of yours wait for their turn, and no more may.",
                    remedy="Wait until some have ended, or stop those that are not needed.",
                )

    def ask(self, key: Key, user: str, start: Start, *, again: bool = False) -> None:
        """Queue; TooMany beyond the user's limit, unless the engine itself takes it up ``again``."""
        with self._lock:
            if not again:
                self.room(user)
            self._queues.setdefault(user, _Queue()).waiting.append((key, start))
        self._give()

    def drop(self, key: Key) -> bool:
        """Forget one that waits; False if it does not (any more)."""
        with self._lock:
            for queue in self._queues.values():
                for item in queue.waiting:
                    if item[0] == key:
                        queue.waiting.remove(item)
                        return True
        return False

    def done(self, key: Key) -> None:
        """The turn is over; the next one is given."""
        with self._lock:
            self._running.pop(key, None)
        self._give()

    def position(self, key: Key) -> int | None:
        """Where it stands in the queue, as turns would be given now (1 comes next); None if not waiting."""
        return self.positions().get(key)

    def positions(self) -> dict[Key, int]:
        """Of all that wait."""
        with self._lock:
            waiting = {user: [key for key, _ in queue.waiting] for user, queue in self._queues.items()}
            served = {user: queue.served for user, queue in self._queues.items()}
            running = deque(self._running.values())
            turn = self._turn
        found: dict[Key, int] = {}
        while True:
            if len(running) >= self.at_once:  # as if the longest running one ended
                running.popleft()
            user = _next(waiting, served, Counter(running))
            if user is None:
                break
            found[waiting[user].pop(0)] = len(found) + 1
            served[user] = turn = turn + 1
            running.append(user)
        return found

    def _give(self) -> None:
        while True:
            with self._lock:
                if len(self._running) >= self.at_once:
                    return
                waiting = {user: queue.waiting for user, queue in self._queues.items()}
                served = {user: queue.served for user, queue in self._queues.items()}
                user = _next(waiting, served, Counter(self._running.values()))
                if user is None:
                    return
                key, start = self._queues[user].waiting.popleft()
                self._turn += 1
                self._queues[user].served = self._turn
                self._running[key] = user
            start()


def _next(waiting: dict, served: dict[str, int], running: Counter[str]) -> str | None:
    users = [user for user, keys in waiting.items() if keys]
    return min(users, key=lambda user: (running[user], served[user]), default=None)
