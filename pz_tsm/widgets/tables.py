"""What can be explored: our tables, Arrow, pandas, astropy, anything that gives Arrow, or a file."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.view import View


def view_of(table: Any, name: str | None = None) -> View:
    """A view of the table, which is not copied where its types allow it. TsmError if it is no table."""
    if isinstance(table, View):
        return table
    if isinstance(table, str | PathLike):
        return _file(Path(table).expanduser(), name)
    said: dict[str, Any] = {"name": name or getattr(table, "name", None)}
    if hasattr(table, "arrow") and hasattr(table, "access"):  # pz_tsm.Table
        said["access"] = table.access
        table = table.arrow
    if not isinstance(said["name"], str):
        said["name"] = "table"
    return View(arrow(table), id="kernel", **said)


def arrow(table: Any):
    """An Arrow table from whatever holds columns."""
    import pyarrow as pa

    if isinstance(table, pa.Table):
        return table
    if isinstance(table, pa.RecordBatch):
        return pa.Table.from_batches([table])
    module = type(table).__module__.split(".")[0]
    if module == "pandas" and hasattr(table, "columns"):
        index = None if table.index.name or table.index.nlevels > 1 else False
        return pa.Table.from_pandas(table, preserve_index=index)
    if module == "astropy" and hasattr(table, "to_pandas"):
        return _astropy(table)
    if hasattr(table, "__arrow_c_stream__"):
        return pa.table(table)
    if isinstance(table, dict):
        return pa.table(table)
    raise TsmError(
        f"A {type(table).__name__} can't be explored.",
        remedy="Give a table (pz_tsm, Arrow, pandas, astropy, polars) or the path of a catalogue.",
    )


def _file(path: Path, name: str | None) -> View:
    """As the engine shows the file: without values that stand for none."""
    from pz_tsm.sources.tables import read_counted

    table, sentinels = read_counted(path)
    said = {"name": name or path.name, "path": str(path.resolve()), "sentinels": sentinels}
    return View(table, id="kernel", **said)


def _astropy(table: Any):
    import pyarrow as pa

    flat = [column for column in table.colnames if len(table[column].shape) == 1]
    made = pa.Table.from_pandas(table[flat].to_pandas(), preserve_index=False)
    fields = []
    for field in made.schema:
        column = table[field.name]
        said = {
            "unit": str(column.unit or ""),
            "description": str(getattr(column.info, "description", None) or ""),
        }
        fields.append(field.with_metadata({key: text for key, text in said.items() if text}))
    return made.cast(pa.schema(fields))
