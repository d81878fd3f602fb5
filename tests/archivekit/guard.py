"""No test reaches beyond this machine: a connection to another one is an error of the test."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archivekit.server import Archives, serving

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


@contextmanager
def around(archives: Archives, monkeypatch: Any, tmp_path: Path) -> Iterator[Archives]:
    """The archives that this process asks, and nothing else, without pauses; what comes is kept in
    ``tmp_path/cache``."""
    from pz_tsm.sources.archives import web

    monkeypatch.setenv("PZ_TSM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(web, "FIRST_PAUSE", 0.001)
    tried = only_here(monkeypatch)
    with serving(archives) as made:
        for name, value in made.variables().items():
            monkeypatch.setenv(name, value)
        yield made
    assert not tried
