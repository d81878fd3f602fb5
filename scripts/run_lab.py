"""`make run`: JupyterLab with the extension, the engine and a mock sky, in .tsm/.

python scripts/run_lab.py [--port 8888] [--browser]
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".tsm"
WORKSPACE = HOME / "workspace"
CONFIG = HOME / "config"


def free_port(wanted: int) -> int:
    """The wanted port, or the next free one."""
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    sys.exit(f"no free port from {wanted} to {wanted + 99}")


def prepare() -> None:
    """The workspace with its mock sky, and a configuration that asks no questions."""
    WORKSPACE.mkdir(parents=True, exist_ok=True)
    mock = WORKSPACE / "mock"
    if not mock.exists():
        print("Making the mock sky ...", flush=True)
        half_made = WORKSPACE / ".mock-in-the-making"
        subprocess.run(["rm", "-rf", str(half_made)], check=True)
        # what it prints names the folder that is about to be renamed
        made = subprocess.run(
            [sys.executable, "-m", "pz_tsm.cli", "mock", str(half_made)], stdout=subprocess.PIPE, text=True
        )
        if made.returncode:
            sys.exit(made.stdout or "The mock sky could not be made.")
        half_made.rename(mock)
    # The engine's catalogues; quick and harmless when they are there already.
    subprocess.run(
        [sys.executable, "-m", "pz_tsm.cli", "engine", "seed", str(mock), "--data", str(HOME / "engine")],
        check=True,
    )
    page = CONFIG / "labconfig" / "page_config.json"
    if not page.exists():
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(
            json.dumps(
                {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}, indent=2
            )
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8888")))
    parser.add_argument("--browser", action="store_true", help="open a browser too")
    options = parser.parse_args()

    prepare()
    port = free_port(options.port)
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(16)
    environment = {
        **os.environ,
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_DIR": str(CONFIG),
        "PZ_TSM_DATA": str(HOME / "engine"),
    }
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={WORKSPACE}",
    ]
    if not options.browser:
        command.append("--ServerApp.open_browser=False")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    address = f"http://127.0.0.1:{port}/lab/tree/mock/mock.tsm.yaml?token={token}"
    print(f"\n  JupyterLab:  {address}\n  stop it with Ctrl+C\n", flush=True)
    os.chdir(WORKSPACE)
    os.execve(sys.executable, command, environment)


if __name__ == "__main__":
    main()
