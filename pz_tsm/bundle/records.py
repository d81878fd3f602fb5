"""What the files of a bundle say of each other: a change of one alone is found, new checksums or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import bundle
from pz_tsm.bundle.formats import access

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.bundle.verify import VerifyReport


def provenance(
    said: dict, table: pa.Table | None, lock: dict | None, recipe: Any, report: VerifyReport
) -> None:
    """P1: provenance.json repeats what the recipe, the lock and the table say."""
    wanted: dict[str, Any] = {}
    if recipe is not None:
        wanted["recipe.id"] = recipe.id
        wanted["steps"] = _plain([step.value for step in recipe.steps])
    if lock is not None:
        wanted |= {"output": lock.get("output"), "software": lock.get("software", {})}
        if isinstance(lock.get("inputs"), list):
            wanted["inputs"] = lock["inputs"]
    if table is not None:
        wanted |= {"rows": table.num_rows, "access_rights": access(table)}
        if "split" in table.column_names:
            counts = table["split"].value_counts().to_pylist()
            wanted["parts"] = {one["values"]: one["counts"] for one in counts}
    for key, value in wanted.items():
        found: Any = said
        for name in key.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        if found != value:
            report.problem("P1", f"provenance.json says something else of '{key}'.", "provenance.json")
    report.checked.append(f"{len(wanted)} records of provenance.json")


def hashes(folder: Path, said: dict | None, report: VerifyReport, found: dict[str, str]) -> None:
    """P2: the files' hashes in provenance.json and in the crate are those of the files; ``found``: sha256 of
    files, by name."""
    from pz_tsm.bundle.write import sha256

    try:
        crate = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))
        files = [(one["@id"], one["sha256"]) for one in crate["@graph"] if one.get("@type") == "File"]
    except FileNotFoundError:
        files = []
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        report.problem("P2", "ro-crate-metadata.json can't be read.", "ro-crate-metadata.json")
        files = []
    entities = said.get("entities") if isinstance(said, dict) else None
    files += [
        (one.get("path"), one.get("sha256"))
        for one in (entities if isinstance(entities, list) else [])
        if isinstance(one, dict) and one.get("type") == "output"
    ]
    known = dict(found)
    wrong = set()
    for name, digest in files:
        path = folder / str(name)
        if ".." in Path(str(name)).parts or Path(str(name)).is_absolute() or not path.is_file():
            wrong.add(str(name))
        else:
            if str(name) not in known:
                known[str(name)] = sha256(path)
            if digest != known[str(name)]:
                wrong.add(str(name))
    for name in sorted(wrong):
        report.problem("P2", f"The file {name} is not the one that provenance.json or the crate names.", name)
    report.checked.append(f"{len(files)} hashes of provenance.json and the crate")


def rights(table: pa.Table, lock: dict | None, report: VerifyReport) -> None:
    """A1: the table's access is no wider than that of the inputs and the release."""
    from pz_tsm.ops.match.columns import most_restrictive

    inputs = (lock or {}).get("inputs")
    stated = [one.get("access") or "public" for one in inputs or [] if isinstance(one, dict)]
    stated.append(((lock or {}).get("release") or {}).get("access") or "public")
    if access(table) == "public" and most_restrictive(*stated) != "public":
        report.problem("A1", "The table says 'public', but its inputs or its release are not.", bundle.TABLE)
    report.checked.append("access")


def identities(table: pa.Table, report: VerifyReport) -> None:
    """E1: tsm_id is made of row_id and objectId."""
    from pz_tsm.bundle.write import tsm_ids

    if {"tsm_id", "row_id"} <= set(table.column_names) and not tsm_ids(table).equals(
        table["tsm_id"].combine_chunks()
    ):
        report.problem("E1", "The column 'tsm_id' is not made of row_id and objectId.", "tsm_id")


def others(folder: Path, tables: dict[str, pa.Table | None], lock: dict | None, report: VerifyReport) -> None:
    """D1: the measurements and the excluded rows are those that the lock names."""
    output = (lock or {}).get("output") or {}
    for key, path in (("measurements", bundle.MEASUREMENTS), ("excluded", bundle.EXCLUDED)):
        table = tables[path]
        there = (folder / path).exists()
        if there != (key in output):
            word = "is not named by the lock" if there else "is missing"
            report.problem("D1", f"{path} {word}.", path)
        if table is None or key not in output:
            continue
        if digest(table) != output[key]:
            report.problem("D1", f"The rows of {path} are not those that the lock names.", path)
        report.checked.append(f"digest of {table.num_rows} rows of {path}")


def excluded(table: pa.Table | None, said: dict | None, report: VerifyReport) -> None:
    """E9: of every step as many excluded rows as the accounting has, by reason where rows say theirs."""
    if table is None or not isinstance((said or {}).get("counts"), list):
        return
    import pyarrow as pa

    found: dict[str, dict[str | None, int]] = {}
    try:
        texts = pa.table({name: table[name].cast(pa.string()) for name in ("step", "reason")})
    except (KeyError, pa.ArrowException):
        report.problem("E9", "It lacks the columns 'step' and 'reason'.", bundle.EXCLUDED)
        return
    for one in texts.group_by(["step", "reason"]).aggregate([([], "count_all")]).to_pylist():
        found.setdefault(one["step"], {})[one["reason"]] = one["count_all"]
    for one in said["counts"]:
        if not isinstance(one, dict) or not isinstance(one.get("dropped_by_reason"), dict):
            continue
        name, dropped = str(one.get("activity")), one["dropped_by_reason"]
        by = found.pop(name, {})
        if None in by:  # the operation doesn't say the reason of each row, nor which of several copies left
            same = bool(one.get("added")) or sum(by.values()) == sum(dropped.values())
        else:
            same = by == {reason: count for reason, count in dropped.items() if count}
        if not same:
            report.problem(
                "E9",
                f"{bundle.EXCLUDED} has other rows of {name} than the accounting left out.",
                bundle.EXCLUDED,
            )
    for name in found:
        report.problem("E9", f"{bundle.EXCLUDED} names {name}, which is no step.", bundle.EXCLUDED)
    report.checked.append(f"{table.num_rows} excluded rows against the accounting")


def digest(table: pa.Table) -> str:
    """Of a bundle's table file, as the lock has it: without the column ``tsm_id``, made of two others."""
    from pz_tsm.digest import table_digest

    return table_digest(table.drop_columns(["tsm_id"]) if "tsm_id" in table.column_names else table)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))
