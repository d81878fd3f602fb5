"""What differs between two bundles, or two recipes, in words."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import bundle
from pz_tsm.bundle import diff_tables
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

COVERED = ("frac_target_in_empty_cells", "frac_target_in_sparse_cells", "mag_limit_90")


@dataclass
class Difference:
    """``lines``: in words. Of recipes only ``recipe``, one line a difference. Of bundles too: ``rows``
    {added, removed, moved, same, renamed}; ``columns`` {added, removed, changed}; ``redshifts`` {changed,
    lost, gained, largest} (empty if none changed; largest |dz|/(1+z)); ``flags`` [{column, from, to, rows}];
    ``parts`` {name: [rows before, after]}; ``coverage`` {a, b, same_target}, where both measured it."""

    lines: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    recipe: list[str] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    redshifts: dict[str, Any] = field(default_factory=dict)
    flags: list[dict[str, Any]] = field(default_factory=list)
    parts: dict[str, list[int]] = field(default_factory=dict)
    coverage: dict[str, Any] = field(default_factory=dict)
    redshift_counts: dict[str, Any] = field(default_factory=dict)  # {width, a, b}: for the picture

    @property
    def same(self) -> bool:
        return not self.lines

    def to_text(self) -> str:
        return "\n".join(self.lines) or "No difference."

    def to_dict(self) -> dict[str, Any]:
        return {"same": self.same, **asdict(self)}

    def picture(self, names: tuple[str, str]) -> str:
        """SVG of two bundles, called by ``names``; TsmError if recipes were compared."""
        from pz_tsm.bundle import diff_picture

        if not self.rows:
            raise TsmError("Recipes have no picture.", remedy="Give the folders of two bundles.")
        return diff_picture.picture(self, names)


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
        diff_tables.compare(_read(a), _read(b), found)
        _coverage(a, b, found)
    else:
        from pz_tsm.recipe import Recipe

        found.recipe = compare(Recipe.read(a).to_dict(), Recipe.read(b).to_dict())
        found.lines += found.recipe
    return found


def since(folder: Path | str, table: pa.Table) -> list[str]:
    """In words, what of ``table`` is another than in a bundle's training set; empty if its table is gone."""
    folder = Path(folder)
    if not (folder / bundle.TABLE).is_file():
        return []
    found = Difference()
    old = _read(folder)
    made_again = {"tsm_id"} - set(table.column_names)
    old = old.drop_columns([name for name in made_again if name in old.column_names])
    diff_tables.compare(old, table, found)
    return found.lines


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


def _coverage(a: Path, b: Path, found: Difference) -> None:
    """How much of the target each covers; numbers are compared for the same target only."""
    first, second = _covered(a), _covered(b)
    for one, other, what in ((first, second, "gone"), (second, first, "new")):
        if one is not None and other is None:
            found.lines.append(f"coverage of the target is {what}")
    if first is None or second is None:
        return
    same = first.get("target") == second.get("target") and first.get("features") == second.get("features")
    sides = [{name: one.get(name) for name in COVERED} for one in (first, second)]
    found.coverage = {"a": sides[0], "b": sides[1], "same_target": same}
    if not same:
        found.lines.append("coverage: another target, or other features: the numbers can't be compared")
        return
    for name, words in zip(COVERED, ("in empty cells", "in sparse cells", "is supported to"), strict=True):
        before, after = (one[name] for one in sides)
        if before != after and name == "mag_limit_90":
            told = ["no magnitude" if one is None else f"{one:.1f} mag" for one in (before, after)]
            found.lines.append(f"coverage: 90 % of the target {words} {told[0]}, now {told[1]}")
        elif before != after:
            found.lines.append(
                f"coverage: {100 * before:.2f} % of the target {words}, now {100 * after:.2f} %"
            )


def _covered(folder: Path) -> dict[str, Any] | None:
    from pz_tsm.bundle.qa_coverage import COVERAGE

    try:
        said = json.loads((folder / COVERAGE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) and all(name in said for name in COVERED) else None


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
