"""JupyterLab for the browser tests: a folder of its own with a mock sky, and an engine that ends with it.

The engine is empty until a test seeds it. It knows two operations of other packages: the one that
CONTRIBUTING.md describes, and one that takes its time. Never use this configuration elsewhere: it takes all
protection away.
"""

import atexit
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from jupyterlab.galata import configure_jupyter_server

from pz_tsm import mock

here = Path(__file__).resolve().parent
home = Path(os.environ["TSM_UI_HOME"])
work = home / "work"
work.mkdir(parents=True)
mock.make(work / "mock")

packages = home / "packages"
subprocess.run([sys.executable, here.parent / "scripts" / "example_operation.py", packages], check=True)
shutil.copy(here / "unhurried.py", packages)
metadata = packages / "unhurried-0.1.dist-info"
metadata.mkdir()
(metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: unhurried\nVersion: 0.1\n")
(metadata / "entry_points.txt").write_text("[pz_tsm.ops]\nunhurried = unhurried:OPERATION\n")

# the services that hold public catalogues, on this machine, with a mock of VIPERS W1; its W4 is missing
sys.path.insert(0, str(here.parent / "tests"))
from archivekit import Archives, serving, vipers  # noqa: E402

archives = serving(Archives(vizier={"J/A+A/609/A84/vipersw1": vipers(3000)}))
os.environ.update(archives.__enter__().variables())
os.environ["PZ_TSM_CACHE"] = str(home / "cache")

os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(packages), os.environ.get("PYTHONPATH")]))
os.environ["PZ_TSM_DATA"] = str(home / "engine")
os.environ["JUPYTER_CONFIG_DIR"] = os.environ["XDG_CONFIG_HOME"] = str(home / "config")
os.environ["JUPYTER_RUNTIME_DIR"] = str(home / "runtime")
os.environ["IPYTHONDIR"] = str(home / "ipython")
os.environ["JUPYTERLAB_GALATA_ROOT_DIR"] = str(work)

c = get_config()  # noqa: F821
configure_jupyter_server(c)
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = int(os.environ["TSM_UI_PORT"])
c.ServerApp.allow_root = True
c.ServerApp.log_level = c.LabApp.log_level = "ERROR"
# all of it goes to a file, which a test looks into
log = {"class": "logging.FileHandler", "level": "DEBUG", "filename": str(home / "jupyter.log")}
c.Application.logging_config = {
    "handlers": {"file": log},
    "loggers": {
        name: {"level": "DEBUG", "handlers": ["console", "file"]}
        for name in ("ServerApp", "LabApp", "TsmApp")
    },
}
logging.basicConfig(filename=home / "jupyter.log", level=logging.DEBUG)
c.LabApp.user_settings_dir = str(home / "settings")
c.LabApp.workspaces_dir = str(home / "workspaces")


def tidy() -> None:
    """End the engine, which would otherwise go on until it has been idle for long, and remove its folder."""
    with suppress(OSError, ValueError, KeyError):
        os.kill(json.loads((home / "engine" / "runtime.json").read_text())["pid"], signal.SIGTERM)
    shutil.rmtree(home, ignore_errors=True)


atexit.register(tidy)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
