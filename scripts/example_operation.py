"""Installs an example that a guide describes, from its very text, into a folder for PYTHONPATH.

    python scripts/example_operation.py FOLDER            # the operation of CONTRIBUTING.md
    python scripts/example_operation.py FOLDER split      # the split method of docs/split.md

The tests use it: what the guide says is what is run.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = {
    "operation": (ROOT / "CONTRIBUTING.md", "pz_tsm.ops"),
    "split": (ROOT / "docs" / "split.md", "pz_tsm.split_methods"),
}


def install(folder: Path, kind: str = "operation") -> None:
    """Write the guide's module and its package metadata into ``folder``."""
    guide, group = EXAMPLES[kind]
    text = guide.read_text(encoding="utf-8")
    module = re.search(r"```python\n# (\w+)\.py\n(.*?)```", text, re.DOTALL)
    points = re.search(rf'\[project\.entry-points\."{re.escape(group)}"\]\n(.*?)```', text, re.DOTALL)
    if module is None or points is None:
        raise SystemExit(f"{guide.name} has no example of {group} any more.")
    name = module[1]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(module[2], encoding="utf-8")
    metadata = folder / f"{name}-0.1.dist-info"
    metadata.mkdir(exist_ok=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n")
    (metadata / "entry_points.txt").write_text(f"[{group}]\n" + points[1].replace('"', ""), encoding="utf-8")


if __name__ == "__main__":
    install(Path(sys.argv[1]), *sys.argv[2:3])
