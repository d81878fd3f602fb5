"""A whole recipe against a script by hand, writing, verifying: ``bundle_recipe``, ``_write``, ``_verify``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ROWS, OBJECTS, ROUNDS = 3_000_000, 2_000_000, 3


def run() -> Iterator[dict[str, Any]]:
    from benchmarks import bundle_recipe, bundle_verify, bundle_write

    yield from bundle_recipe.run(ROWS // 30, OBJECTS, ROUNDS)
    yield from bundle_write.run(ROWS, ROUNDS)
    yield from bundle_verify.run(ROWS // 2, ROUNDS)
