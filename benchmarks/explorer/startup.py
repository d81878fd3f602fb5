"""How much longer a Jupyter server takes to start because of us: the import of the server extension."""

from __future__ import annotations

import statistics
import subprocess
import sys

# what every server has imported by then, and after it what an extension's start imports of ours
CODE = """
import jupyter_server.serverapp, jupyter_server.extension.application, jupyter_server.base.handlers
import time
start = time.perf_counter()
import pz_tsm.jupyter
[point] = pz_tsm.jupyter._jupyter_server_extension_points()
import pz_tsm.jupyter.handlers
pz_tsm.jupyter.handlers.routes()
print(time.perf_counter() - start)
"""


def seconds(times: int = 9) -> list[float]:
    """One value a fresh interpreter."""
    return [
        float(subprocess.run([sys.executable, "-c", CODE], check=True, capture_output=True, text=True).stdout)
        for _ in range(times)
    ]


def median_ms(times: int = 9) -> float:
    return 1000 * statistics.median(seconds(times))
