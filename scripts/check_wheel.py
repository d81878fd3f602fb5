"""Build the sdist and the wheel, look into the wheel, install it in an empty environment and ask Jupyter."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import check_start

ROOT = Path(__file__).resolve().parent.parent
UNWANTED = re.compile(
    r"(^|/)(tests?|__tests__|node_modules|ui-tests|src|benchmarks)/|\.(tsx?|tsbuildinfo)$|yarn\.lock$"
)
WANTED = (
    "pz_tsm/__init__.py",
    "share/jupyter/labextensions/pz-tsm/package.json",
    "share/jupyter/labextensions/pz-tsm/install.json",
    "etc/jupyter/jupyter_server_config.d/pz_tsm.json",
)


def copy_of_sources(target: Path) -> Path:
    """What git would commit, in another folder: the build there leaves the working tree's own alone."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target / "node_modules").symlink_to(ROOT / "node_modules")
    return target


def run(*command: object, cwd: Path = ROOT, **env: str) -> str:
    print("$", *(str(part) for part in command), flush=True)
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print(done.stdout)
        sys.exit(f"exit code {done.returncode}")
    return done.stdout


def main() -> int:
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        source = copy_of_sources(Path(folder, "source"))
        run("jlpm", "build:prod", cwd=source)
        problems += check_start.check(source / "pz_tsm" / "labextension" / "static")
        run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, cwd=source)
        wheel = next(Path(folder).glob("*.whl"))
        names = zipfile.ZipFile(wheel).namelist()
        problems += [f"the wheel holds {name}" for name in names if UNWANTED.search(name)]
        problems += [f"the wheel lacks {name}" for name in WANTED if not any(n.endswith(name) for n in names)]
        print(f"{wheel.name}: {len(names)} files, {wheel.stat().st_size / 1e6:.2f} MB")

        venv = Path(folder, "venv")
        run(sys.executable, "-m", "venv", "--without-pip", venv)
        python = venv / "bin" / "python"
        uv = [sys.executable, "-m", "uv", "pip", "install", "--python", python]
        run(*uv, wheel, "jupyterlab", "-c", "requirements.lock")
        home = {"HOME": folder, "JUPYTER_CONFIG_DIR": f"{folder}/config"}
        home["PATH"] = f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}"
        for kind, line in (("labextension", r"pz-tsm v\S+ .*OK"), ("server", r"pz_tsm\.jupyter\s+\S*\s*OK")):
            part = ["labextension", "list"] if kind == "labextension" else ["server", "extension", "list"]
            out = run(python, "-m", "jupyter", *part, **home)
            plain = re.sub(r"\x1b\[[0-9;]*m", "", out)
            if not re.search(line, plain):
                print(plain)
                problems.append(f"jupyter {' '.join(part)} does not say OK for pz-tsm")
        run(venv / "bin" / "pz-tsm", "--help", **home)
    print("\n".join(problems) or "wheel: installs and is seen by Jupyter")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
