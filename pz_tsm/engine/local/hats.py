"""A look into a HATS catalogue without reading it all: rows of partitions spread over the sky."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

SAMPLE_ROWS = 200_000
SAMPLE_FILES = 40


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


def sample(folder: Path) -> tuple[pa.Table, int]:
    """(table, rows in all): every row of a small catalogue, else some of each of up to 40 partitions."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pz_tsm.sources.hats import open_catalogue

    parts = [part.path for part in open_catalogue(folder).partitions]
    try:
        total = sum(pq.read_metadata(path).num_rows for path in parts)
        each = total
        if total > SAMPLE_ROWS:
            step = max(1.0, len(parts) / SAMPLE_FILES)
            parts = [parts[int(i * step)] for i in range(min(len(parts), SAMPLE_FILES))]
            each = SAMPLE_ROWS // len(parts)
        tables = [_head(pq.ParquetFile(path), each) for path in parts]
        return pa.concat_tables(tables, promote_options="permissive"), total
    except (pa.ArrowInvalid, OSError) as error:
        raise TsmError(
            f"The HATS catalogue '{folder.name}' can't be read: {error}.",
            remedy="It may be incomplete: copy it again.",
            where=str(folder),
        ) from None


def _head(file, rows: int) -> pa.Table:
    import pyarrow as pa

    batches, have = [], 0
    for batch in file.iter_batches(batch_size=max(1, min(rows, 65_536))):
        batches.append(batch.slice(0, rows - have))
        have += batches[-1].num_rows
        if have >= rows:
            break
    return pa.Table.from_batches(batches, schema=file.schema_arrow)
