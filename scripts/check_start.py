"""How much JavaScript of ours each start of JupyterLab loads before anything of ours is used: 25 kB at most.

python scripts/check_start.py [FOLDER]

FOLDER is static/ of an extension that was built for production; without it, lib/ is bundled for production
in a temporary folder. What the plugins load by themselves when they start would not be seen here: that they
load nothing is tested in the browser (ui-tests/tests/start.spec.ts).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 25_000


def bundled(folder: Path) -> Path:
    """The extension, bundled for production from what `make build` has compiled."""
    for name in ("lib", "style", "schema", "node_modules", "webpack.config.js"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "package.json", folder)
    done = subprocess.run(
        [str(Path(sys.executable).with_name("jupyter-builder")), "build", str(folder)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        sys.exit(done.stdout)
    return folder / "pz_tsm" / "labextension" / "static"


def sizes(static: Path) -> dict[str, int]:
    """Bytes of the files that are loaded at the start."""
    command = ["node", str(ROOT / "scripts" / "start_files.cjs"), str(static)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return {name: (static / name).stat().st_size for name in done.stdout.split()}


def check(static: Path) -> list[str]:
    """Print what is loaded; return what is wrong with it."""
    found = sizes(static)
    total = sum(found.values())
    for name, size in found.items():
        print(f"{size:>8,}  {name}")
    print(f"{total:>8,}  bytes of JavaScript before first use; at most {LIMIT:,}")
    return (
        [f"{total:,} bytes of JavaScript are loaded at the start, {LIMIT:,} may be"] if total > LIMIT else []
    )


def main() -> int:
    if len(sys.argv) > 1:
        problems = check(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            problems = check(bundled(Path(folder)))
    print("\n".join(problems) or "start: light enough")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
