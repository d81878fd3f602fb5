"""Arrow IPC files (also called Feather)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pz_tsm.sources.files import refuse_repeated
from pz_tsm.sources.formats.common import only
from pz_tsm.sources.formats.parquet import plain


def read(path: Path, *, columns: Sequence[str] | None = None, **_: Any) -> Any:
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    refuse_repeated(table.column_names, path.name)
    return plain(table.select(only(table.column_names, columns, path.name)))


def names(path: Path) -> list[str]:
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).schema.names
