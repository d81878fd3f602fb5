"""Environments of their own for other people's software that can't live in ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
UNREACHABLE = ("dns error", "failed to fetch", "error sending request", "connection", "timed out", "network")


def environment(name: str) -> Path:
    """The interpreter of ``.cache/NAME-venv``, with what ``NAME-requirements.txt`` pins: made once, and again
    when that changes. The test is skipped where the package registry can't be reached."""
    requirements = HERE / f"{name}-requirements.txt"
    home = HERE.parents[1] / ".cache" / f"{name}-venv"
    python, stamp = home / "bin" / "python", home / ".installed"
    if stamp.is_file() and stamp.read_bytes() == requirements.read_bytes():
        return python
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    assert uv, "uv makes the environment: install it with `make install`"
    subprocess.run([uv, "venv", "-q", "--clear", "-p", sys.executable, str(home)], check=True)
    done = subprocess.run(
        [uv, "pip", "install", "-q", "-p", str(python), "-r", str(requirements)],
        capture_output=True,
        text=True,
    )
    if done.returncode and any(word in done.stderr.lower() for word in UNREACHABLE):
        pytest.skip(f"the package registry can't be reached: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    stamp.write_bytes(requirements.read_bytes())
    return python
