"""No test reaches beyond this machine: a connection to another one is an error of the test."""

from __future__ import annotations

import socket
from typing import Any

HERE = ("127.0.0.1", "::1", "localhost")


def only_here(monkeypatch: Any) -> list[str]:
    """Refuse every connection that is not to this machine; the list names those that were tried."""
    tried: list[str] = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in HERE:
            tried.append(str(address[0]))
            raise ConnectionRefusedError(f"a test must not reach {address[0]}")
        return connect(self, address)

    def looked_up(host: Any, *more: Any, **options: Any) -> Any:
        if host not in HERE and host is not None:
            tried.append(str(host))
            raise socket.gaierror(f"a test must not look up {host}")
        return look_up(host, *more, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return tried
