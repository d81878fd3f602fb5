"""How far a search is, told by partitions."""

from __future__ import annotations

import time
from collections.abc import Callable

from pz_tsm.ops.base import Amount


class Progress:
    """Tells ``step`` (as ``Context.step``) of partitions done, rows found so far, and the time left by the
    pace since the start.

    ``already``: partitions done by an earlier run of the job, with ``rows`` rows.
    """

    def __init__(
        self, step: Callable[..., None], total: int, what: str, already: int = 0, rows: int = 0
    ) -> None:
        self.step, self.total, self.already, self.rows, self.what = step, total, already, rows, what
        self.count = already
        self.start = time.monotonic()
        if already and already < total:
            self.tell(f"{already} of {total} partitions are there from before")

    def done(self, rows: int) -> None:
        """One partition more, with so many rows."""
        self.count += 1
        self.rows += rows
        self.tell(f"{self.what} {self.count} of {self.total}")

    def tell(self, message: str) -> None:
        """Say where it is; Cancelled if the user wants it to stop."""
        now = self.count - self.already
        pace = (time.monotonic() - self.start) / now if now else None
        left = None if pace is None else round(pace * (self.total - self.count), 1)
        amount = Amount(self.count, self.total, rows=self.rows, seconds_left=left)
        self.step(self.count / max(self.total, 1), message, amount)
