"""How many rows each part of a condition removes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pz_tsm.expr import Expr, mask, parse, to_text
from pz_tsm.expr.syntax import Binary, Preset

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from pz_tsm.releases.presets import Preset as Selection


def terms(tree: Expr, known: Selection | None) -> list[tuple[str, str]]:
    """(condition, words) of what a condition asks for: the criteria of a preset, else the parts that AND
    joins."""
    if known is not None:
        return known.spelled()
    if isinstance(tree, Preset):
        tree = tree.body
    found, stack = [], [tree]
    while stack:
        one = stack.pop()
        if isinstance(one, Binary) and one.op == "AND":
            stack += [one.right, one.left]
        else:
            found.append((to_text(one), ""))
    return found


def count(listed: list[tuple[str, str]], table: pa.Table, tested: np.ndarray) -> list[dict[str, Any]]:
    """Of each term: the tested rows that fail it, those that fail it only, and those left after it and the
    terms before it. A condition that is null fails."""
    import numpy as np

    if len(listed) < 2:
        return []
    failing = np.array([tested & ~mask(parse(text), table) for text, _ in listed])
    alone = failing.sum(axis=0) == 1
    left = tested.copy()
    found = []
    for (text, words), fails in zip(listed, failing, strict=True):
        left &= ~fails
        one = {"when": text, "fails": int(fails.sum()), "only": int((fails & alone).sum())}
        found.append({**one, "left": int(left.sum()), **({"means": words} if words else {})})
    return found
