"""What a service does wrong when a test asks for it: one kind of trouble for one request."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Trouble:
    """Troubles of the requests to come, one after another; none when they are used up.

    ``503``, ``429``: that status; ``page``: a web page of an error, status 200; ``broken``: half of the bytes
    announced; ``cut``: half of the document, and no length announced; ``slow``: no byte until ``let_go``.
    ``only``: those requests that it is for (their path).
    """

    coming: list[str] = field(default_factory=list)
    only: Callable[[str], bool] = lambda path: True
    waiting: threading.Event = field(default_factory=threading.Event)
    free: threading.Event = field(default_factory=threading.Event)

    def next(self, path: str) -> str | None:
        return self.coming.pop(0) if self.coming and self.only(path) else None

    def let_go(self) -> None:
        self.free.set()

    def answer(self, kind: str, handler: Any, status: int, headers: dict[str, str], content: bytes) -> None:
        """Answer wrongly."""
        if kind in ("429", "503"):
            handler.plain(int(kind), "text/plain", b"too busy", {"Retry-After": "0"})
        elif kind == "page":
            handler.plain(200, "text/html", b"<html><body><h1>Down for maintenance</h1></body></html>")
        elif kind == "slow":
            self.waiting.set()
            self.free.wait(20)
            handler.close_connection = True
        else:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            if kind == "broken":
                handler.send_header("Content-Length", str(len(content)))
            handler.send_header("Connection", "close")
            handler.end_headers()
            handler.wfile.write(content[: len(content) // 2])
            handler.close_connection = True
