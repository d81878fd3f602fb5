"""Finding or starting the user's engine: every part that needs one calls ``ensure``.

In the engine's data folder: ``engine.lock`` is held by the engine for its life, ``start.lock`` while one is
being started, ``runtime.json`` (readable by the user alone) says where it listens and is touched as long as
it lives.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError

HEARTBEAT = 20.0  # seconds between touches of runtime.json
STALE = 90.0  # seconds without a touch after which an engine of another host counts as gone


@dataclass(frozen=True)
class Runtime:
    """A running engine. ``token`` is a secret: never log it, never send it to a browser."""

    url: str
    token: str
    pid: int

    def __repr__(self) -> str:
        return f"Runtime(url={self.url!r}, token=..., pid={self.pid})"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Token {self.token}"}


def data_folder(data: Path | str | None = None) -> Path:
    """The engine's data folder: as given, else ``PZ_TSM_DATA``, else the user's own data folder."""
    if data is None:
        data = os.environ.get("PZ_TSM_DATA")
    if data is None:
        from platformdirs import user_data_dir

        data = user_data_dir("pz-tsm")
    return Path(os.path.abspath(Path(data).expanduser()))


def ensure(
    data: Path | str | None = None, *, timeout: float = 60.0, env: dict[str, str] | None = None
) -> Runtime:
    """The running engine of this data folder, started if there is none. Takes seconds: call it in a thread.

    ``env``: further environment variables for an engine that has to be started.

    TsmError says why there can't be one: a live engine of another host, a folder that can't be written, an
    engine that ended at once (with the end of its log).
    """
    from filelock import FileLock, Timeout

    folder = make_folder(data_folder(data))
    found = running(folder)
    if found is not None and not _outdated(folder):
        return found
    try:
        with FileLock(folder / "start.lock", timeout=timeout):
            found = running(folder)
            if found is not None and _outdated(folder):
                if not _retire(found, timeout):
                    return found
                found = None
            return found if found is not None else _start(folder, timeout, env or {})
    except Timeout:
        raise TsmError(
            "Another program has been starting the engine for too long.",
            remedy=f"Look into {folder / 'engine.log'}, then try again.",
        ) from None


def _outdated(folder: Path) -> bool:
    """Whether the engine that runs was started by another version of this package."""
    from pz_tsm.version import version

    return (read(folder) or {}).get("version") != version()


def _retire(runtime: Runtime, timeout: float) -> bool:
    """End an engine of another version, unless it has jobs: then it stays until they are done."""
    import psutil

    try:
        process = psutil.Process(runtime.pid)
        if _ask(runtime, "/local/health").get("busy", True):
            return False
        process.terminate()
        process.wait(timeout)
    except psutil.NoSuchProcess:
        return True
    except (psutil.Error, OSError, ValueError):
        return False
    return True


def current(data: Path | str | None = None) -> Runtime | None:
    """The engine that runs now, or None; nothing is started."""
    folder = data_folder(data)
    return running(folder) if folder.is_dir() else None


def running(folder: Path) -> Runtime | None:
    """The engine that answers for this data folder, or None. TsmError if another host's engine is alive."""
    said = read(folder)
    if said is None:
        return None
    if said["host"] != socket.gethostname():
        if _age(folder / "runtime.json", folder) < STALE:
            raise TsmError(
                f"An engine for {folder} is already running on the machine '{said['host']}'.",
                remedy=f"End it there, or wait {STALE:.0f} seconds after that machine has gone; "
                "or set PZ_TSM_DATA to another folder.",
            )
        return None
    runtime = Runtime(said["url"], said["token"], said["pid"])
    return runtime if healthy(runtime) else None


def healthy(runtime: Runtime, timeout: float = 5.0) -> bool:
    """Whether that engine (and no other program that got its port) answers."""
    try:
        return _ask(runtime, "/local/health", timeout).get("pid") == runtime.pid
    except (OSError, ValueError):
        return False


def _ask(runtime: Runtime, path: str, timeout: float = 5.0) -> dict[str, Any]:
    import urllib.request

    request = urllib.request.Request(runtime.url + path, headers=runtime.headers)
    # 127.0.0.1, whatever http_proxy says
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=timeout) as answer:
        return json.load(answer)


def read(folder: Path) -> dict[str, Any] | None:
    """What runtime.json says, or None if there is none that can be trusted."""
    path = folder / "runtime.json"
    try:
        if path.stat().st_uid != os.getuid():
            return None
        said = json.loads(path.read_text(encoding="utf-8"))
        return said if {"url", "token", "pid", "host"} <= said.keys() else None
    except (OSError, ValueError, AttributeError):
        return None


def write(folder: Path, url: str, token: str) -> None:
    """Say where this process listens, to this user alone."""
    from pz_tsm.version import version

    said = {
        "url": url,
        "token": token,
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "version": version(),
    }
    handle, part = tempfile.mkstemp(prefix=".runtime-", dir=folder)  # 0600 by itself
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(said, file)
    os.replace(part, folder / "runtime.json")


def forget(folder: Path) -> None:
    """Remove runtime.json if it is about this process."""
    said = read(folder)
    if said is not None and said["pid"] == os.getpid() and said["host"] == socket.gethostname():
        (folder / "runtime.json").unlink(missing_ok=True)


def make_folder(folder: Path) -> Path:
    """The data folder, made for this user alone if it was not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError("it may not be written")
    except OSError as error:
        raise TsmError(
            f"The engine's data folder {folder} can't be used: {error.strerror or error}.",
            remedy="Set PZ_TSM_DATA to another folder.",
        ) from None
    return folder


def _start(folder: Path, timeout: float, env: dict[str, str]) -> Runtime:
    log_path = folder / "engine.log"
    _limit(log_path)
    with open(os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
        begin = log.tell()
        child = subprocess.Popen(
            [sys.executable, "-m", "pz_tsm.engine.serve", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=_environment() | env,
            start_new_session=True,
        )
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        said = read(folder)
        if said is not None and said["pid"] == child.pid:
            runtime = Runtime(said["url"], said["token"], said["pid"])
            if healthy(runtime):
                return runtime
        if child.poll() is not None:
            raise TsmError(
                f"The engine ended while it was starting: {_tail(log_path, begin)}",
                remedy=f"Its log is {log_path}.",
            )
        time.sleep(0.05)
    child.kill()
    raise TsmError(
        f"The engine did not start within {timeout:.0f} seconds.", remedy=f"Its log is {log_path}."
    )


def _environment() -> dict[str, str]:
    """The engine's environment: ours, without the secrets that it has no use for."""
    secret = ("JUPYTER_TOKEN", "JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN")
    return {key: value for key, value in os.environ.items() if key not in secret}


def _age(path: Path, folder: Path) -> float:
    """Seconds since the file was touched, by the clock of the file system that holds it."""
    with tempfile.TemporaryFile(dir=folder) as probe:
        os.write(probe.fileno(), b"0")
        return os.fstat(probe.fileno())[stat.ST_MTIME] - path.stat().st_mtime


def _limit(log: Path, size: int = 5_000_000) -> None:
    if log.exists() and log.stat().st_size > size:
        log.replace(log.with_name("engine.log.1"))


def _tail(log: Path, begin: int) -> str:
    with log.open("rb") as file:
        file.seek(begin)
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing."
