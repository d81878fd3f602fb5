"""The peers, in environments of their own below the cache folder. None of them is a dependency of pz-tsm."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "bench"
QUAK = "quak==0.3.5"
DUCKDB = "@duckdb/duckdb-wasm@1.32.0"


def quak() -> Path | None:
    """The Python of an environment with quak, and with pz-tsm and the locked versions of what it needs.

    Both widgets run in a kernel of it. None where quak can't be installed.
    """
    home = CACHE / "venv"
    python = home / "bin" / "python"
    stamp = home / ".installed"
    if not stamp.exists():
        print(f"bench: installing {QUAK} into {home.relative_to(ROOT)}", file=sys.stderr)
        uv = Path(sys.executable).with_name("uv")
        lock = ROOT / "requirements.lock"
        try:
            _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, home])
            _run([uv, "pip", "install", "--quiet", "--python", python, "-r", lock, QUAK])
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"bench: no quak: {error}", file=sys.stderr)
            return None
        site = next((home / "lib").glob("python*")) / "site-packages"
        (site / "pz-tsm.pth").write_text(f"{ROOT}\n")
        stamp.touch()
    return python


def duckdb() -> Path | None:
    """The ``node_modules`` folder that has duckdb-wasm; None where it can't be installed."""
    home = CACHE / "node"
    found = home / "node_modules"
    if not (found / "@duckdb" / "duckdb-wasm" / "dist" / "duckdb-eh.wasm").exists():
        print(f"bench: installing {DUCKDB} into {home.relative_to(ROOT)}", file=sys.stderr)
        npm = shutil.which("npm")
        if npm is None:
            print("bench: no duckdb-wasm: there is no npm", file=sys.stderr)
            return None
        home.mkdir(parents=True, exist_ok=True)
        flags = ["--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--loglevel=error"]
        try:
            _run([npm, "install", *flags, "--prefix", home, DUCKDB])
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"bench: no duckdb-wasm: {error}", file=sys.stderr)
            return None
    return found


def _run(command: list) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT, env=environment)
