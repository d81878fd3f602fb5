"""Check a bundle: recompute everything that it records, and say in words what differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import bundle
from pz_tsm.bundle import (
    columns,
    inputs,
    public,
    qa,
    qa_coverage,
    reading,
    records,
    remembered,
    rules,
    values,
)
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

NEEDED = (
    bundle.TABLE,
    bundle.RECIPE,
    bundle.LOCK,
    bundle.CHECKSUMS,
    "provenance.json",
    "schema.json",
    "README.md",
    "ro-crate-metadata.json",
    "CITATION.cff",
    "references.bib",
)


@dataclass
class VerifyReport:
    """``problems`` and ``warnings``: {code, message, where}; ``checked``: what was looked at, in words;
    ``remembered``: that an earlier verification of the same bytes speaks for all but their sha256, in
    words."""

    problems: list[dict[str, str | None]] = field(default_factory=list)
    warnings: list[dict[str, str | None]] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    remembered: str | None = None

    @property
    def ok(self) -> bool:
        return not self.problems

    def problem(self, code: str, message: str, where: str | None = None) -> None:
        self.problems.append({"code": code, "message": message, "where": where})

    def warning(self, code: str, message: str, where: str | None = None) -> None:
        self.warnings.append({"code": code, "message": message, "where": where})

    def to_dict(self) -> dict[str, Any]:
        return {"ok": self.ok, "problems": self.problems, "warnings": self.warnings, "checked": self.checked}


def verify(path: Path | str, again: bool = False) -> VerifyReport:
    """All checks of a bundle's folder. TsmError only if there is no bundle at all; damage becomes
    problems.

    Where every rule held before for the same bytes, their sha256 is all that is computed, and the report says
    so; ``again``: compute everything, whatever is remembered.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise TsmError(
            f"There is no bundle '{path}'.", remedy="Name the folder that a run wrote.", where=str(path)
        )
    if not any((folder / name).is_file() for name in (bundle.CHECKSUMS, bundle.LOCK, bundle.RECIPE)):
        raise TsmError(
            f"'{path}' is no bundle: it has neither {bundle.CHECKSUMS} nor {bundle.RECIPE}.",
            remedy="Name the folder that a run wrote.",
            where=str(path),
        )
    seen, hashes = remembered.states(folder), None
    if not again and remembered.may_be_known(seen):
        hashes = _hashes(folder, seen)
        known = remembered.recall(seen, hashes)
        if known is not None:
            words = remembered.line(known)
            return VerifyReport([], known["warnings"], [*known["checked"], words], words)
    report, files = VerifyReport(), VerifyReport()
    with ThreadPoolExecutor(1, thread_name_prefix="pz-tsm-verify") as pool:
        hashed = pool.submit(_files, folder, files, seen or {}, hashes)  # once, while the rest is looked at
        provenance = _contents(folder, report)
        hashes = hashed.result()
        records.hashes(folder, provenance, report, hashes)
        inputs.check(folder, hashes, report)
    for name in ("problems", "warnings", "checked"):
        getattr(report, name)[:0] = getattr(files, name)
    if report.ok and seen is not None and seen == remembered.states(folder):
        remembered.keep(seen, {name: hashes[name] for name in seen}, report)
    return report


def _contents(folder: Path, report: VerifyReport) -> dict[str, Any] | None:
    """All checks but those of the files' hashes; returns provenance.json."""
    import pyarrow.parquet as pq

    recipe = _guarded(report, bundle.RECIPE, lambda: _recipe(folder / bundle.RECIPE))
    keep = rules.looked_at(recipe)
    seen = _guarded(
        report,
        bundle.TABLE,
        lambda: reading.by_column(folder / bundle.TABLE, keep, values.odd_numbers),
    )
    table = seen.table if seen is not None else None
    lock = _guarded(report, bundle.LOCK, lambda: _object(folder / bundle.LOCK))
    provenance = _guarded(report, "provenance.json", lambda: _object(folder / "provenance.json"))
    if recipe is not None:
        _same_recipe(recipe, lock, table, folder, report)
    if table is not None:
        rules.columns(seen.schema, recipe, report)
        values.check(table, rules.homogenized(recipe), report, seen.found)
        rules.unique_objects(table, recipe, report)
        rules.split(table, recipe, report)
        _digest(seen, lock, report)
        rules.rail_files(folder, table, recipe, report)
        rules.citations(folder, table, report)
        records.rights(table, lock, report)
        records.identities(table, report)
    others = {
        path: _guarded(report, path, lambda path=path: reading.read(folder / path))
        for path in (bundle.MEASUREMENTS, bundle.EXCLUDED, bundle.PUBLIC)
    }
    schema = _guarded(report, "schema.json", lambda: _object(folder / "schema.json"))
    if schema is not None:
        for path, one in ((bundle.TABLE, table), *others.items()):
            if one is not None:
                _schema(pq.read_schema(folder / path), schema, report, path)
    records.others(folder, others, lock, report)
    records.excluded(others[bundle.EXCLUDED], provenance, report)
    public.check(folder, others[bundle.PUBLIC], others[bundle.MEASUREMENTS], lock, recipe, report)
    if provenance is not None:
        records.provenance(provenance, table, lock, recipe, report)
        _accounting(provenance, table, report)
    qa.check(folder, table, provenance, report)
    qa_coverage.check(folder, table, provenance, report)
    return provenance


def _hashes(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """sha256 of these files, by name."""
    from pz_tsm.ahead import ahead
    from pz_tsm.bundle.write import sha256

    names = sorted(names)
    return dict(zip(names, ahead(lambda name: sha256(folder / name), names), strict=True))


def _files(
    folder: Path, report: VerifyReport, seen: Iterable[str], hashes: dict[str, str] | None
) -> dict[str, str]:
    """E8: the files are those listed, byte for byte. Returns the sha256 of those that are there; ``hashes``:
    those that are known already, ``seen``: what else there is to hash."""
    for name in NEEDED:
        if not (folder / name).is_file():
            report.problem("E8", f"The file {name} is missing.", name)
    listed: dict[str, str] = {}
    sums = folder / bundle.CHECKSUMS
    if sums.is_file():
        for number, line in enumerate(sums.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            digest, _, name = line.partition("  ")
            if len(digest) != 64 or not name or Path(name).is_absolute() or ".." in Path(name).parts:
                report.problem(
                    "E8",
                    f"Line {number} of {bundle.CHECKSUMS} can't be read: '{line[:80]}'.",
                    bundle.CHECKSUMS,
                )
                continue
            listed[name] = digest
    found = dict(hashes or {})
    there = {name for name in listed if (folder / name).is_file()} | set(seen)
    found |= _hashes(folder, there - found.keys())
    for name, digest in sorted(listed.items()):
        if name not in found:
            if name not in NEEDED:
                report.problem("E8", f"The file {name} is missing.", name)
        elif found[name] != digest:
            report.problem(
                "E8", f"The file {name} is not the one that was written: its sha256 differs.", name
            )
    if sums.is_file():
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            ignored = not set(remembered.IGNORED).isdisjoint(Path(name).parts)
            if path.is_dir() or name == bundle.CHECKSUMS or ignored:
                continue
            if name not in listed:
                report.problem(
                    "E8", f"The file {name} was added later: {bundle.CHECKSUMS} does not list it.", name
                )
    report.checked.append(f"sha256 of {len(listed)} files")
    return found


def _same_recipe(
    recipe: Any, lock: dict | None, table: pa.Table | None, folder: Path, report: VerifyReport
) -> None:
    """The recipe is the one that the lock and the table name."""
    said = ((lock or {}).get("recipe") or {}).get("id")
    if said and said != recipe.id:
        report.problem("R1", "The recipe is not the one that the lock names: its id differs.", bundle.RECIPE)
    inside = ((table.schema.metadata or {}).get(b"tsm:recipe", b"") if table is not None else b"").decode()
    if inside and inside != (folder / bundle.RECIPE).read_text(encoding="utf-8"):
        report.problem("R1", f"The recipe inside {bundle.TABLE} is not {bundle.RECIPE}.", bundle.TABLE)
    report.checked.append("the recipe's id")
    inside = ((table.schema.metadata or {}).get(b"tsm:lock", b"") if table is not None else b"").decode()
    if inside and lock is not None and _plain(inside) != lock:
        report.problem("R2", f"The lock inside {bundle.TABLE} is not {bundle.LOCK}.", bundle.TABLE)
    if lock is not None and lock.get("seed", recipe.seed) != recipe.seed:
        report.problem("R2", "The lock names another seed than the recipe.", bundle.LOCK)


def _plain(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _digest(seen: reading.Seen, lock: dict | None, report: VerifyReport) -> None:
    said = ((lock or {}).get("output") or {}).get("digest")
    if not said:
        if lock is not None:
            report.problem("D1", "The lock names no digest of the table.", bundle.LOCK)
        return
    if seen.digest != said:
        report.problem(
            "D1",
            f"The rows of {bundle.TABLE} are not those that the lock names: the digest differs.",
            bundle.TABLE,
        )
    report.checked.append(f"digest of {seen.table.num_rows} rows")


def _schema(schema: pa.Schema, said: dict[str, Any], report: VerifyReport, path: str) -> None:
    """E1: the columns of a table file are those of schema.json."""
    if path != bundle.TABLE:
        others = said.get("others")
        if others is None:  # a bundle that was made when schema.json had the training set only
            return
        there = [one for one in others if isinstance(one, dict) and one.get("table") == path]
        said = there[0] if there else {}
    listed = {one.get("name"): one.get("type") for one in said.get("columns", []) if isinstance(one, dict)}
    real = {one.name: str(one.type) for one in schema}
    for name in sorted(set(listed) ^ set(real), key=str):
        where = path if name in listed else "schema.json"
        report.problem("E1", f"The column '{name}' is missing in {where}.", name)
    for name in sorted(set(listed) & set(real)):
        if listed[name] != real[name]:
            report.problem(
                "E1", f"The column '{name}' is {real[name]}; schema.json says {listed[name]}.", name
            )
    elsewhere = {one.get("name"): one for one in said.get("columns", []) if isinstance(one, dict)}
    for one in columns.columns_json(schema, path)["columns"]:
        name = one["name"]
        if name in elsewhere and listed[name] == one["type"] and elsewhere[name] != one:
            report.problem("E1", f"schema.json says something else of the column '{name}'.", name)
    report.checked.append(f"{len(real)} columns of {path} against schema.json")


def _accounting(provenance: dict, table: pa.Table | None, report: VerifyReport) -> None:
    """E9: every step's rows add up, and the last step's are those of the table."""
    counts = provenance.get("counts")
    if not isinstance(counts, list) or not counts:
        report.problem("E9", "provenance.json has no row accounting.", "provenance.json")
        return
    for one in counts:
        try:
            name, start, end = one["activity"], int(one["in"]), int(one["out"])
            added, dropped = (
                sum(one.get("added", {}).values()),
                sum(one.get("dropped_by_reason", {}).values()),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            report.problem(
                "E9", f"An entry of the row accounting can't be read: {str(one)[:80]}.", "provenance.json"
            )
            continue
        if start + added != end + dropped:
            report.problem(
                "E9",
                f"The rows of {name} don't add up: {start} in and {added} added, {end} out and {dropped} "
                f"dropped.",
                name,
            )
    last = _rows_at_the_end(provenance, counts)
    if table is not None and last != table.num_rows:
        report.problem(
            "E9", f"The last step gave {last} rows; {bundle.TABLE} has {table.num_rows}.", bundle.TABLE
        )
    report.checked.append(f"row accounting of {len(counts)} steps")


def _rows_at_the_end(provenance: dict, counts: list) -> int | None:
    """Rows that the last step gave; where inputs were still apart at the end, those of all of them."""
    activities = provenance.get("activities")
    owner = {
        one.get("id"): one.get("input")
        for one in (activities if isinstance(activities, list) else [])
        if isinstance(one, dict)
    }
    last: dict[Any, Any] = {}
    for one in counts:
        name = owner.get(one.get("activity")) if isinstance(one, dict) else None
        if name is None or None in last:  # from here on there is one table
            name, last = None, {}
        last[name] = one.get("out") if isinstance(one, dict) else None
    return sum(last.values()) if all(isinstance(rows, int) for rows in last.values()) else None


def _guarded(report: VerifyReport, name: str, read: Callable[[], Any]) -> Any:
    """What ``read`` returns; a problem and None if the file is there and can't be read, None if it is
    missing."""
    try:
        return read()
    except FileNotFoundError:
        return None
    except TsmError as error:
        report.problem("E8", f"{name} can't be read: {error.message}", name)
    except Exception as error:
        report.problem(
            "E8",
            f"{name} can't be read: {str(error).splitlines()[0] if str(error) else type(error).__name__}.",
            name,
        )
    return None


def _object(path: Path) -> dict[str, Any]:
    value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise TsmError("it is no JSON object.")
    return value


def _recipe(path: Path) -> Any:
    from pz_tsm.recipe import Recipe

    if not path.is_file():
        raise FileNotFoundError
    return Recipe.parse(path.read_text(encoding="utf-8"))
