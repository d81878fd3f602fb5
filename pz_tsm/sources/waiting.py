"""Waiting for work that is done elsewhere: ever longer pauses, in which a stop of ours is heard."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from pz_tsm.errors import Cancelled

BLINK = 0.2  # seconds after which a wait looks whether it is to end
LONGER = 1.5  # growth of the pauses


class Pauses:
    """Pauses from ``first`` to ``longest`` seconds, for ``patience`` seconds in all."""

    def __init__(
        self, first: float, longest: float, cancelled: Callable[[], bool], patience: float = math.inf
    ) -> None:
        self.next, self.longest, self.cancelled = first, longest, cancelled
        self.until = time.monotonic() + patience

    @property
    def over(self) -> bool:
        """Whether the patience is at its end; no pause goes beyond it."""
        return time.monotonic() >= self.until

    def wait(self) -> None:
        """The next pause. Cancelled, within a moment, if the user stops meanwhile."""
        end = min(time.monotonic() + self.next, self.until)
        self.next = min(self.next * LONGER, self.longest)
        while True:
            if self.cancelled():
                raise Cancelled()
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, BLINK))
