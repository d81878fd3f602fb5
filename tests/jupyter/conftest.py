"""A Jupyter server with our extension, and a fake PZ Server or engine that notes what it was asked."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403

from pz_tsm.engine.runtime import Runtime
from pz_tsm.errors import TsmError

SECRET = "5ec2e7" * 6 + "abcd"
ENGINE_TOKEN = "e4" * 20


class Fake:
    """Answers by path: ``answers[path] = (status, headers, body)``; ``asked`` holds what came in.

    ``holds[path]``: an event that the answer waits for. ``plain[path]``: the body for one without parts.
    """

    def __init__(self):
        self.answers, self.holds, self.plain = {}, {}, {}
        self.asked = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one(self):
                size = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(size)
                path, _, query = self.path.partition("?")
                fake.asked.append((self.command, path, query, dict(self.headers.items()), body))
                if path in fake.holds:
                    fake.holds[path].wait(60)
                token = self.headers.get("Authorization", "")
                if SECRET not in token and ENGINE_TOKEN not in token:
                    status, headers, out = 401, {}, b'{"detail": "Invalid token."}'
                else:
                    status, headers, out = fake.answers.get(path, (404, {}, b'{"detail": "Not found."}'))
                if path in fake.plain and "X-TSM-Parts" not in self.headers:
                    status, headers, out = 200, {}, fake.plain[path]
                self.send_response(status)
                for key, value in (
                    {"Content-Type": "application/json", "Set-Cookie": "sessionid=evil"} | headers
                ).items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(out)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(out)

            do_GET = do_POST = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = handle_one

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def says(self, path, value, status=200, **headers):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.answers[path] = (status, headers, body)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def fake():
    found = Fake()
    yield found
    found.close()


@pytest.fixture
def engine(monkeypatch, fake):
    """The fake stands for the engine; counts how often one was asked for."""
    calls = []

    def ensure(data=None, *, timeout=60.0, env=None):
        calls.append(data)
        return Runtime(fake.url, ENGINE_TOKEN, 4711)

    monkeypatch.setattr("pz_tsm.engine.runtime.ensure", ensure)
    return calls


@pytest.fixture(autouse=True)
def no_real_engine(request, monkeypatch):
    """Only the whole path starts an engine; elsewhere it is the fake or none."""
    if "engine" in request.fixturenames or request.module.__name__.endswith("test_whole"):
        return

    def none(*args, **kwargs):
        raise TsmError("There is no engine in this test.")

    monkeypatch.setattr("pz_tsm.engine.runtime.ensure", none)


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("PZSERVER_TOKEN", raising=False)
    monkeypatch.delenv("PZ_TSM_PZSERVER_TOKEN", raising=False)


@pytest.fixture
def settings():
    """``c.TsmApp`` of the test's server; a test module may override it."""
    return {}


@pytest.fixture
def jp_server_config(settings):
    return {
        "ServerApp": {"jpserver_extensions": {"pz_tsm.jupyter": True}, "allow_unauthenticated_access": False},
        "TsmApp": settings,
    }
