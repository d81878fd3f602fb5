"""``python -m benchmarks NAME|all``: one JSON line a bar; exit status 1 if one misses its bar."""

from __future__ import annotations

import sys
from importlib import import_module

from benchmarks.measure import show

NAMES = ("combine", "coverage", "match", "match_scale", "jobs", "sources", "archives", "bundle", "explorer")


def main(names: list[str]) -> int:
    wanted = list(NAMES) if names in ([], ["all"]) else names
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. Known: {', '.join(NAMES)}, all.", file=sys.stderr)
        return 2
    missed = False
    for name in wanted:
        found = import_module(f"benchmarks.{name}").run()
        for result in [found] if isinstance(found, dict) else found:
            show(result)
            missed |= result["ok"] is False
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
