"""A run while it goes on: how far it is, and how it is stopped."""

from __future__ import annotations

import signal
import sys
from typing import Any


class Stop:
    """Ctrl-C and SIGTERM ask the run to stop and clean up; a second Ctrl-C ends it at once."""

    def __init__(self) -> None:
        self.stop = False
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def _ask(self, number: int, frame: Any) -> None:
        if self.stop and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.stop = True
        print("Stopping ...", file=sys.stderr, flush=True)

    def asked(self) -> bool:
        return self.stop


class Progress:
    """One line a step on stderr, rewritten while it runs if that is a terminal."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()

    def __call__(self, event: dict[str, Any]) -> None:
        if event["event"] != "step":
            return
        name = f"{event['op']} {event['input']}" if event.get("input") else event["op"]
        if event["state"] == "running" and self.live:
            print(
                f"\r{name}  {event['fraction']:4.0%}  {event['message'][:60]:60}",
                end="",
                file=sys.stderr,
                flush=True,
            )
        elif event["state"] == "done":
            start = "\r" if self.live else ""
            rows = "" if event["op"] == "write" else f"{event['rows_in']:,} -> {event['rows_out']:,} rows"
            print(f"{start}{name}  {rows:70}".rstrip(), file=sys.stderr, flush=True)
        elif event["state"] == "failed":
            print(
                f"{chr(13) if self.live else ''}{name}  failed{' ' * 60}".rstrip(),
                file=sys.stderr,
                flush=True,
            )
