"""Tables of steps that are handed over, as Arrow IPC files: read and written batch by batch."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 250_000  # of a batch


def given(folder: Path, number: int) -> Path:
    """The file of the step's table of that number."""
    return folder / f"{number}.arrow"


def made(folder: Path) -> Path:
    """The file of the step's result."""
    return folder / "result.arrow"


def write(table: pa.Table, path: Path, check: Callable[[], None] = lambda: None) -> None:
    """A whole file or none; ``check`` is called between batches and may raise."""
    import pyarrow as pa

    part = path.with_name(f".{path.name}.part")
    try:
        with pa.OSFile(str(part), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            for batch in table.unify_dictionaries().to_batches(max_chunksize=ROWS):
                check()
                writer.write_batch(batch)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def read(path: Path) -> pa.Table:
    """The table in memory of its own: the file may go."""
    import pyarrow as pa

    with pa.OSFile(str(path), "rb") as source:
        return pa.ipc.open_file(source).read_all().combine_chunks()
