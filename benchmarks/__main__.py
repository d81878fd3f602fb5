"""``python -m benchmarks NAME|all``: one JSON line a benchmark; exit status 1 if one misses its bar."""

from __future__ import annotations

import sys
from importlib import import_module

from benchmarks.measure import show

NAMES = ("combine", "match")


def main(names: list[str]) -> int:
    wanted = list(NAMES) if names in ([], ["all"]) else names
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. Known: {', '.join(NAMES)}, all.", file=sys.stderr)
        return 2
    results = []
    for name in wanted:
        results.append(import_module(f"benchmarks.{name}").run())
        show(results[-1])
    return 0 if all(result["ok"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
