"""Installs the operation that CONTRIBUTING.md describes, from its very text, into a folder for PYTHONPATH.

    python scripts/example_operation.py FOLDER

The tests use it: what the guide says is what is run.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

GUIDE = Path(__file__).resolve().parent.parent / "CONTRIBUTING.md"


def install(folder: Path) -> None:
    """Write the guide's module and its package metadata into ``folder``."""
    text = GUIDE.read_text(encoding="utf-8")
    module = re.search(r"```python\n# (\w+)\.py\n(.*?)```", text, re.DOTALL)
    points = re.search(r'\[project\.entry-points\."pz_tsm\.ops"\]\n(.*?)```', text, re.DOTALL)
    if module is None or points is None:
        raise SystemExit("CONTRIBUTING.md has no example of an operation any more.")
    name = module[1]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(module[2], encoding="utf-8")
    metadata = folder / f"{name}-0.1.dist-info"
    metadata.mkdir(exist_ok=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n")
    (metadata / "entry_points.txt").write_text(
        "[pz_tsm.ops]\n" + points[1].replace('"', ""), encoding="utf-8"
    )


if __name__ == "__main__":
    install(Path(sys.argv[1]))
