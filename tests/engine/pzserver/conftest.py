"""An engine in this process behind a real socket, with three users."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for pzkit
ADMIN = "a" * 40


@dataclass
class Live:
    """A running engine. ``tokens`` by user name; ``as_user(name)`` is an HTTP client of that user."""

    url: str
    data: Path
    tokens: dict[str, str]
    state: Any
    clients: list[httpx.Client] = field(default_factory=list)

    def as_user(self, name: str) -> httpx.Client:
        headers = {"Authorization": f"Token {self.tokens[name]}"}
        client = httpx.Client(base_url=f"{self.url}/api", headers=headers, timeout=60)
        self.clients.append(client)
        return client

    def official(self, name: str) -> Any:
        """The official client, unmodified, of that user."""
        from pzserver import PzServer

        return PzServer(token=self.tokens[name], host=f"{self.url}/api/")


def serve(data: Path, stack: contextlib.ExitStack) -> tuple[str, Any]:
    """Start an engine over ``data`` in a thread; it ends with the stack. Returns its address and state."""
    import uvicorn

    from pz_tsm.engine.app import create_app

    app = create_app(data, ADMIN)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()

    def end() -> None:
        server.should_exit = True
        thread.join(20)
        listener.close()

    stack.callback(end)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    until = time.monotonic() + 30
    while not server.started:
        assert thread.is_alive() and time.monotonic() < until, "the engine did not start"
        thread.join(0.01)
    return url, app.state.engine


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One engine for a test module: users ana and bob, the admin ``local``."""
    from pz_tsm.engine.pzserver.users import add_user

    data = tmp_path_factory.mktemp("engine")
    with contextlib.ExitStack() as stack:
        url, state = serve(data, stack)
        tokens = {"ana": add_user(data, "ana"), "bob": add_user(data, "bob"), "local": ADMIN}
        running = Live(url, data, tokens, state)
        yield running
        for client in running.clients:
            client.close()


CSV = "specObjID,RAJ2000,DEJ2000,zspec,zerr,qf\n" + "".join(
    f"{1000 + i},{150 + i / 100:.4f},{2 + i / 200:.4f},{0.1 + i / 50:.4f},0.0001,{3 + i % 2}\n"
    for i in range(25)
)


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    """A redshift catalogue of 25 rows."""
    path = tmp_path / "my cat.csv"
    path.write_text(CSV)
    return path


@pytest.fixture(scope="session")
def start_engine():
    """``serve(data, stack)``, for tests that start and end engines themselves."""
    return serve


@pytest.fixture
def ana(live):
    return live.as_user("ana")


@pytest.fixture
def bob(live):
    return live.as_user("bob")


@pytest.fixture
def admin(live):
    return live.as_user("local")
