"""The services in a process of their own, for measurements: ``python alone.py ROWS`` prints its variables."""

from __future__ import annotations

import json
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from archivekit import Archives, serving, vipers

    archives = Archives(vizier={"J/A+A/609/A84/vipersw1": vipers(int(sys.argv[1]))}, keeps=True)
    with serving(archives):
        print(json.dumps(archives.variables()), flush=True)
        sys.stdin.read()  # until the caller closes it
