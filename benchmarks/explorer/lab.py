"""JupyterLab with the production build of the extension and an engine, in a folder that goes with them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PORTS = range(8951, 8960)
TOKEN = "bench"  # the server listens on this machine only, for as long as the benchmark runs


@dataclass(frozen=True)
class Lab:
    url: str
    token: str
    work: Path


def free_port() -> int:
    for port in PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise SystemExit(f"Ports {PORTS.start} to {PORTS.stop - 1} are all taken.")


@contextmanager
def lab(files: list[Path], shares: list[Path], kernel: Path | None) -> Iterator[Lab]:
    """A server whose folder has links to these files; ``shares`` are looked into for extensions first.

    ``kernel``: the Python of the notebook's kernel, where it isn't the server's.
    """
    home = Path(tempfile.mkdtemp(prefix="tsm-bench-"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server goes too
    work = home / "work"
    work.mkdir()
    for file in files:
        os.link(file, work / file.name) if _same_disk(file, work) else shutil.copy(file, work)
    _kernel_spec(home / "share", kernel or Path(sys.executable))
    port = free_port()
    environment = os.environ | {
        "JUPYTER_PATH": os.pathsep.join(map(str, [home / "share", *shares])),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(_settings(home)),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "PZ_TSM_DATA": str(home / "engine"),
        "JUPYTER_TOKEN": TOKEN,
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--allow-root", "--ServerApp.ip=127.0.0.1"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={work}"),
        *("--ServerApp.open_browser=False", "--LabApp.expose_app_in_browser=True"),
        *("--ServerApp.log_level=ERROR", "--LabApp.log_level=ERROR"),
    ]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=work, env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, server, home / "log")
            yield Lab(url, TOKEN, work)
        finally:
            server.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                server.wait(20)
            server.kill()
            with suppress(OSError, ValueError, KeyError):
                os.kill(json.loads((home / "engine" / "runtime.json").read_text())["pid"], signal.SIGTERM)
            shutil.rmtree(home, ignore_errors=True)


def _same_disk(file: Path, folder: Path) -> bool:
    return file.stat().st_dev == folder.stat().st_dev


def _settings(home: Path) -> Path:
    """No question about news, no toasts: they would lie over what is clicked."""
    folder = home / "settings" / "@jupyterlab" / "apputils-extension"
    folder.mkdir(parents=True)
    silent = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
    (folder / "notification.jupyterlab-settings").write_text(json.dumps(silent))
    return home / "settings"


def _kernel_spec(share: Path, python: Path) -> None:
    folder = share / "kernels" / "bench"
    folder.mkdir(parents=True)
    spec = {
        "argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "bench",
        "language": "python",
    }
    (folder / "kernel.json").write_text(json.dumps(spec))


def _wait(url: str, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and server.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{url}/api", timeout=5):
            return
        time.sleep(0.2)
    raise SystemExit("JupyterLab did not start:\n" + log.read_text(errors="replace")[-3000:])
