"""A decoded table on disk: every column as an Arrow stream of its own, one after the other in one file.

Columns are written as they are decoded, so that no whole table is in memory, and are mapped when the table
is opened. Text of few different values is there twice: as it is, for conditions, sorting and search, and by
its codes, as it goes to the browser.
"""

from __future__ import annotations

import base64
import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.view import View

COLUMNS, PLACES, INFO = "columns.arrow", "places.json", "info.json"
ALIGNED = 64


class Writer:
    """``add`` the columns, from any thread and in any order; ``finish`` with the summary."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = (folder / COLUMNS).open("wb")
        self._lock = threading.Lock()
        self._places: dict[str, tuple[int, int]] = {}
        self._coded: dict[str, tuple[int, int]] = {}

    def add(self, field: pa.Field, column: pa.Array) -> None:
        from pz_tsm.codes import coded

        self._places[field.name] = self._put(field.name, column)
        codes = coded(column)
        if codes is not None:
            self._coded[field.name] = self._put(field.name, codes)

    def _put(self, name: str, column: pa.Array) -> tuple[int, int]:
        """Where in the file a column now stands: start and bytes."""
        import pyarrow as pa

        from pz_tsm.stream import Stream

        stream = Stream(pa.Table.from_arrays([column], [name]))
        with self._lock:
            start = self._file.tell()
            for piece in stream.pieces:
                self._file.write(piece.data)
            self._file.write(bytes(-self._file.tell() % ALIGNED))
        return start, len(stream)

    def finish(self, schema: pa.Schema, info: dict[str, Any]) -> None:
        size = self._file.tell()
        self._file.close()
        places = {
            "size": size,
            "schema": base64.b64encode(schema.serialize()).decode(),
            "columns": [self._places[name] for name in schema.names],
            "coded": self._coded,
        }
        _write(self._folder / PLACES, places)
        _write(self._folder / INFO, info)

    def close(self) -> None:
        self._file.close()


def load(folder: Path) -> View | None:
    """The table in a folder of the cache; None if there is none, or not all of it."""
    import pyarrow as pa

    from pz_tsm.stream import Mapped
    from pz_tsm.view import View

    try:
        places = json.loads((folder / PLACES).read_text(encoding="utf-8"))
        info = json.loads((folder / INFO).read_text(encoding="utf-8"))
        mapped = Mapped(folder / COLUMNS)
    except (OSError, ValueError):
        return None
    if mapped.size != places["size"]:
        return None
    schema = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(places["schema"])))

    def read(start: int, size: int) -> pa.ChunkedArray:
        return pa.ipc.open_stream(mapped.buffer.slice(start, size)).read_all().column(0)

    table = pa.Table.from_arrays([read(*place) for place in places["columns"]], schema=schema)
    coded = {name: read(*place) for name, place in places["coded"].items()}
    return View(table, info, mapped, coded)


def used(folder: Path) -> tuple[float, int]:
    """When a table was opened last, and its bytes on disk. OSError if there is none."""
    return (folder / INFO).stat().st_mtime, (folder / COLUMNS).stat().st_size


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, allow_nan=False), encoding="utf-8")
