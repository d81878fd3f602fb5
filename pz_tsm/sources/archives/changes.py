"""What has changed at a source since its snapshot: rows added, removed, changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.ops.base import Context
from pz_tsm.sources.archives import snapshots
from pz_tsm.sources.archives.wanted import Wanted

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

BATCH = 100_000  # rows that are looked at together


@dataclass(frozen=True)
class Changes:
    """``by``: the columns that name a row; without, a changed row is one removed and one added."""

    rows_before: int
    rows_now: int
    added: int
    removed: int
    changed: int
    by: tuple[str, ...]
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]

    @property
    def none(self) -> bool:
        """Whether everything is as it was."""
        return not (self.added or self.removed or self.changed or self.columns_added or self.columns_removed)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "same": self.none}

    def __str__(self) -> str:
        if self.none:
            return f"nothing has changed ({self.rows_now:,} rows)"
        rows = f"{self.added:,} rows added, {self.removed:,} removed"
        if self.by:
            rows += f", {self.changed:,} changed (by {', '.join(self.by)})"
        for what, names in (("new columns", self.columns_added), ("columns gone", self.columns_removed)):
            rows += f"; {what}: {', '.join(names[:8])}" if names else ""
        return f"{rows}; {self.rows_before:,} rows then, {self.rows_now:,} now"


def check(archive: Any, kept: Mapping[str, Any], keys: Sequence[str], ctx: Context) -> tuple[Changes, Any]:
    """Fetch a request anew, beside its snapshot ``kept``: (what changed, the new snapshot)."""
    if archive.wanted.columns is not None:
        have = set(archive.names(ctx))
        more = [item["name"] for item in kept["columns"] if item["name"] in have]
        archive.wanted = replace(archive.wanted, extra=tuple(more))
    place = checked(archive.wanted)
    new = snapshots.make(archive, ctx, place)
    for old in place.iterdir():  # of a check before
        if old.is_file() and old.suffix != ".lock" and not old.name.startswith(new["sha256"][:16]):
            old.unlink()
    ctx.step(0.95, f"comparing {archive.wanted.name}")
    return compare(kept["path"], new["path"], keys), new


def checked(wanted: Wanted) -> Path:
    """Folder of what was fetched to compare."""
    return snapshots.folder(wanted) / "checked"


def compare(before: Path, now: Path, keys: Sequence[str] = ()) -> Changes:
    """Two states of one table, row by row; rows with the same key are told apart by their order."""
    import numpy as np

    names = [_names(path) for path in (before, now)]
    shared = [name for name in names[0] if name in names[1]]
    keys = [key for key in keys if key in shared]
    (old, old_content), (new, new_content) = (_identities(path, shared, keys) for path in (before, now))
    _, i, j = np.intersect1d(old, new, assume_unique=True, return_indices=True)
    return Changes(
        len(old),
        len(new),
        len(new) - len(j),
        len(old) - len(i),
        int((old_content[i] != new_content[j]).sum()) if keys else 0,
        tuple(keys),
        tuple(name for name in names[1] if name not in shared),
        tuple(name for name in names[0] if name not in shared),
    )


def _identities(path: Path, shared: list[str], keys: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """64 bits that name each row, none twice, and 64 bits of its content."""
    import numpy as np

    from pz_tsm.sources import content

    named, held = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
    for table in _batches(path, shared):
        bits = content.row_bits(table.select(shared))
        held.append(bits)
        named.append(content.row_bits(table.select(list(keys))) if keys else bits)
    name, inside = np.concatenate(named), np.concatenate(held)
    order = np.lexsort((inside, name))
    name, inside = name[order], inside[order]
    starts = np.flatnonzero(np.r_[True, name[1:] != name[:-1]]) if len(name) else np.zeros(0, int)
    sizes = np.diff(np.r_[starts, len(name)])
    ordinal = (np.arange(len(name)) - np.repeat(starts, sizes)).astype(np.uint64)
    with np.errstate(over="ignore"):
        return name + ordinal * np.uint64(0x9E3779B97F4A7C15), inside


def _names(path: Path) -> list[str]:
    import pyarrow.parquet as pq

    if Path(path).suffix == ".parquet":
        return pq.read_schema(path).names
    from pz_tsm.sources import files

    return files.read_raw(path).column_names


def _batches(path: Path, names: list[str]) -> Iterator[pa.Table]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if Path(path).suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(BATCH, columns=names):
                yield pa.Table.from_batches([batch])
        return
    from pz_tsm.sources import files

    yield files.read_raw(path)
