"""A look into a HATS catalogue without reading it all: rows of partitions spread over the sky."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

SAMPLE_ROWS = 200_000
SAMPLE_FILES = 40
SAMPLE_VALUES = 40_000_000  # rows times columns: wide catalogues are sampled more thinly


def files(folder: Path) -> list[Path]:
    """What decides the content of the catalogue in a folder: its properties and its Parquet files."""
    from pz_tsm.sources.hats import is_hats, open_catalogue

    if not is_hats(folder):
        raise TsmError(
            f"'{folder.name}' is a folder, not a catalogue.",
            remedy="Open a catalogue file, or a HATS folder (with hats.properties in it).",
            where=str(folder),
        )
    catalogue = open_catalogue(folder)
    return [catalogue.path, *(part.path for part in catalogue.partitions)]


def access(folder: Path) -> str | None:
    """Who may see the release's rows, where its profile is known."""
    from pz_tsm import releases

    release = releases.resolve({"hats": str(folder)})
    return None if release.assumed else release.profile.access


def sample(folder: Path) -> tuple[pa.Table, dict[str, int] | None]:
    """(table, what it is a sample of): every row of a small catalogue, else rows of up to 40 partitions.

    The partitions are spread over the sky, their shares are those of their rows, and so are, within each, the
    shares of its row groups: dense regions stay dense. ``{of: rows in all, partitions, read}``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pz_tsm.sources.hats import open_catalogue

    catalogue = open_catalogue(folder)
    parts = [part.path for part in catalogue.partitions]
    try:
        width = max(1, len(pq.read_schema(parts[0])))
        rows = min(SAMPLE_ROWS, max(1000, SAMPLE_VALUES // width))
        total = catalogue.rows or sum(pq.read_metadata(path).num_rows for path in parts)
        step = max(1.0, len(parts) / SAMPLE_FILES) if total > rows else 1.0
        read = [
            parts[int(i * step)] for i in range(min(len(parts), SAMPLE_FILES) if step > 1 else len(parts))
        ]
        files = [pq.ParquetFile(path) for path in read]
        there = sum(file.metadata.num_rows for file in files)
        share = min(1.0, rows / max(1, there))
        table = pa.concat_tables([_rows(file, share) for file in files], promote_options="permissive")
        sampled = {"of": max(total, there), "partitions": len(parts), "read": len(read)}
        return table, sampled if table.num_rows < sampled["of"] else None
    except (pa.ArrowInvalid, OSError) as error:
        raise TsmError(
            f"The HATS catalogue '{folder.name}' can't be read: {error}.",
            remedy="It may be incomplete: copy it again.",
            where=str(folder),
        ) from None


def _rows(file, share: float) -> pa.Table:
    """That share of a partition's rows: runs of rows evenly spaced over up to four of its row groups."""
    import numpy as np
    import pyarrow as pa

    wanted = int(np.ceil(file.metadata.num_rows * share))
    if share >= 1 or not wanted:
        return file.read()
    groups = np.unique(np.linspace(0, file.num_row_groups - 1, min(4, file.num_row_groups)).astype(int))
    tables = []
    for group in groups.tolist():
        table = file.read_row_groups([group])
        chosen = np.linspace(0, table.num_rows - 1, max(1, min(table.num_rows, wanted // len(groups))))
        tables.append(table.take(pa.array(np.unique(chosen.astype(np.int64)))))
    return pa.concat_tables(tables).slice(0, wanted)
