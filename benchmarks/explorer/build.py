"""The labextension as a release has it, built from ``lib`` into the cache folder."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.explorer.peers import CACHE, ROOT

NAME = "pz-tsm"
CONFIGURATION = ("package.json", "yarn.lock", "install.json", "webpack.config.js")


def production() -> Path:
    """A ``share/jupyter`` folder with the built extension; built again when ``lib`` or ``style`` changed."""
    home = CACHE / "release"
    stamp = home / ".built"
    state = _state()
    if not stamp.exists() or stamp.read_text() != state:
        print("bench: building the extension as a release has it", file=sys.stderr)
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for name in ("lib", "style", "schema"):
            shutil.copytree(ROOT / name, home / name)
        for name in CONFIGURATION:
            shutil.copy(ROOT / name, home)
        (home / "node_modules").symlink_to(ROOT / "node_modules")
        built = home / "pz_tsm" / "labextension"
        built.mkdir(parents=True)
        command = [Path(sys.executable).with_name("jupyter-builder"), "build", "."]
        made = subprocess.run(command, cwd=home, capture_output=True, text=True)
        if made.returncode != 0:
            raise SystemExit(f"The extension could not be built:\n{made.stdout[-2000:]}{made.stderr[-2000:]}")
        extensions = home / "share" / "jupyter" / "labextensions"
        extensions.mkdir(parents=True)
        (extensions / NAME).symlink_to(built)
        stamp.write_text(state)
    return home / "share" / "jupyter"


def _state() -> str:
    """A hash of what is built."""
    digest = hashlib.sha256()
    for name in CONFIGURATION:
        digest.update((ROOT / name).read_bytes())
    for folder in ("lib", "style", "schema"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and not file.name.endswith((".map", ".d.ts")):
                digest.update(str(file.relative_to(ROOT)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
