"""What differs between two bundles, or two recipes, in words."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import bundle
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

MANY = 20  # rows named one by one


@dataclass
class Difference:
    """``lines``: in words. ``rows``: {added, removed, moved, changed} counts; ``recipe``: one line a
    difference."""

    lines: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    recipe: list[str] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)

    @property
    def same(self) -> bool:
        return not self.lines

    def to_text(self) -> str:
        return "\n".join(self.lines) or "No difference."

    def to_dict(self) -> dict[str, Any]:
        return {
            "same": self.same,
            "lines": self.lines,
            "rows": self.rows,
            "recipe": self.recipe,
            "columns": self.columns,
        }


def diff(a: Path | str, b: Path | str) -> Difference:
    """Differences from ``a`` to ``b``: both bundles (folders), or both recipes (files)."""
    a, b = Path(a), Path(b)
    for path in (a, b):
        if not path.exists():
            raise TsmError(f"There is no bundle or recipe '{path}'.", where=str(path))
    if a.is_dir() != b.is_dir():
        raise TsmError("A bundle and a recipe can't be compared.", remedy="Give two bundles, or two recipes.")
    found = Difference()
    if a.is_dir():
        first, second = _recipe_of(a), _recipe_of(b)
        found.recipe = compare(first, second)
        found.lines += [f"recipe: {line}" for line in found.recipe]
        found.lines += _inputs(a, b)
        _tables(_read(a), _read(b), found)
    else:
        from pz_tsm.recipe import Recipe

        found.recipe = compare(Recipe.read(a).to_dict(), Recipe.read(b).to_dict())
        found.lines += found.recipe
    return found


def compare(a: Any, b: Any, path: str = "") -> list[str]:
    """Differences of two plain values, one line each, with the path to them."""
    name = path or "the recipe"
    if isinstance(a, dict) and isinstance(b, dict):
        lines = []
        for key in [*a, *(key for key in b if key not in a)]:
            inside = f"{path}.{key}" if path else str(key)
            if key not in b:
                lines.append(f"{inside} is gone (was {_short(a[key])})")
            elif key not in a:
                lines.append(f"{inside} is new: {_short(b[key])}")
            else:
                lines += compare(a[key], b[key], inside)
        return lines
    if isinstance(a, list) and isinstance(b, list) and path == "steps":
        return _steps(a, b)
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [
            line
            for i, (x, y) in enumerate(zip(a, b, strict=True))
            for line in compare(x, y, f"{path}[{i + 1}]")
        ]
    return [] if a == b and type(a) is type(b) else [f"{name}: {_short(a)} became {_short(b)}"]


def _steps(a: list[Any], b: list[Any]) -> list[str]:
    """Steps are paired by their operation, in order."""
    import difflib

    def names(steps: list[Any]) -> list[str]:
        return [next(iter(step)) if isinstance(step, dict) else str(step) for step in steps]

    lines = []
    for what, i1, i2, j1, j2 in difflib.SequenceMatcher(
        None, names(a), names(b), autojunk=False
    ).get_opcodes():
        if what == "equal":
            for x, y in zip(range(i1, i2), range(j1, j2), strict=True):
                lines += compare(a[x], b[y], f"step {y + 1}")
            continue
        lines += [f"step {i + 1} is gone: {_short(a[i])}" for i in range(i1, i2)]
        lines += [f"step {j + 1} is new: {_short(b[j])}" for j in range(j1, j2)]
    return lines


def _inputs(a: Path, b: Path) -> list[str]:
    first, second = _lock_inputs(a), _lock_inputs(b)
    lines = []
    for name in sorted(set(first) | set(second)):
        if name in first and name in second and first[name] != second[name]:
            lines.append(f"input '{name}': its content differs (sha256)")
    return lines


def _tables(a: pa.Table, b: pa.Table, found: Difference) -> None:
    from pz_tsm.ids import table_digest

    first, second = _rows(a), _rows(b)
    added = [key for key in second if key not in first]
    removed = [key for key in first if key not in second]
    both = [key for key in first if key in second]
    parts_a, parts_b = _column(a, "split"), _column(b, "split")
    moved = [key for key in both if parts_a and parts_b and parts_a[first[key]] != parts_b[second[key]]]
    gone, new = (
        [n for n in a.column_names if n not in b.column_names],
        [n for n in b.column_names if n not in a.column_names],
    )
    found.columns = {"removed": gone, "added": new, "changed": []}
    found.rows = {"added": len(added), "removed": len(removed), "moved": len(moved), "same": len(both)}
    if gone:
        found.lines.append(f"columns gone: {', '.join(gone)}")
    if new:
        found.lines.append(f"columns new: {', '.join(new)}")
    for what, keys in (("added", added), ("removed", removed)):
        if keys:
            found.lines.append(f"{len(keys)} rows {what}: {_named(keys)}")
    changes: dict[tuple[str, str], list] = {}
    for key in moved:
        changes.setdefault((parts_a[first[key]], parts_b[second[key]]), []).append(key)
    for (old, part), keys in sorted(changes.items(), key=str):
        found.lines.append(f"{len(keys)} rows moved from '{old}' to '{part}': {_named(keys)}")
    import pyarrow as pa_

    x, y = (
        a.take(pa_.array([first[key] for key in both], pa_.int64())),
        b.take(pa_.array([second[key] for key in both], pa_.int64())),
    )
    for name in a.column_names:
        if name == "split" or name not in b.column_names:
            continue
        if table_digest(_single(x, name)) != table_digest(_single(y, name)):
            found.columns["changed"].append(name)
    if found.columns["changed"]:
        found.lines.append(f"values differ in {len(both)} common rows: {', '.join(found.columns['changed'])}")


def _single(table: pa.Table, name: str) -> pa.Table:
    """One column with the row's place, so that rows are compared in order."""
    import pyarrow as pa

    return pa.table({"row_id": pa.array(range(table.num_rows), pa.int64()), "value": table[name]})


def _rows(table: pa.Table) -> dict[tuple, int]:
    names = [name for name in ("row_id", "objectId") if name in table.column_names]
    return {key: i for i, key in enumerate(zip(*(table[name].to_pylist() for name in names), strict=True))}


def _column(table: pa.Table, name: str) -> list | None:
    return table[name].to_pylist() if name in table.column_names else None


def _named(keys: list[tuple]) -> str:
    return ", ".join(f"row_id {key[0]}" for key in keys[:MANY]) + (", ..." if len(keys) > MANY else "")


def _read(folder: Path) -> pa.Table:
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(folder / bundle.TABLE).read()
    except Exception:
        raise TsmError(
            f"'{folder}' has no table {bundle.TABLE} that can be read.", where=str(folder)
        ) from None


def _recipe_of(folder: Path) -> dict[str, Any]:
    from pz_tsm.recipe import Recipe

    return Recipe.read(folder / bundle.RECIPE).to_dict()


def _lock_inputs(folder: Path) -> dict[str, str]:
    try:
        inputs = json.loads((folder / bundle.LOCK).read_text(encoding="utf-8")).get("inputs", [])
    except (OSError, ValueError):
        return {}
    return {str(one.get("name")): str(one.get("sha256")) for one in inputs if isinstance(one, dict)}


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else value
    return text if len(text) <= 120 else text[:117] + "..."
