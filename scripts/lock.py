"""Write requirements.lock from pyproject.toml: all extras, all platforms, Python 3.11 or later."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
# Made by `make lock` from pyproject.toml, for Python 3.11 and later.
# pzserver 0.3.7 keeps pandas below 3, and that keeps lsdb at 0.10.4.
"""


def main() -> int:
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--all-extras", "--universal"]
    command += [
        "--python-version",
        "3.11",
        "--no-emit-index-url",
        "--no-annotate",
        "--no-header",
        "--upgrade",
    ]
    done = subprocess.run([*command, "--quiet"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        return done.returncode
    if re.search(r"://|^-|^/", done.stdout, re.M):
        print("the lock would hold an address or a path: not written")
        return 1
    (ROOT / "requirements.lock").write_text(HEADER + done.stdout, encoding="utf-8")
    print(f"requirements.lock: {len(done.stdout.splitlines())} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
