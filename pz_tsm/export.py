"""Rows of a table that pass a condition, as a file that says whose they are and who may see them.

The file appears whole or not at all: it is written under another name beside its place, and never over a file
that is there.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pz_tsm.errors import TsmError
from pz_tsm.version import version

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from pz_tsm.view import View

BATCH = 131_072  # rows written at a time, whatever their number
FORMATS = ("parquet", "csv")
# what a bundle says of all of its rows, and no longer holds for some of them
OF_THE_WHOLE = {"tsm:recipe", "tsm:lock", "tsm:schema", "tsm:format"}
TAKEN = "name"  # ``where`` of the error for a name that a file has already


def export(
    view: View,
    path: Path | str,
    format: str = "parquet",
    *,
    where: str = "",
    sort: str | None = None,
    descending: bool = False,
    columns: list[str] | None = None,
    rename: dict[str, str] | None = None,
    part: Path | str | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Write the rows for which the condition is true: ``{path, rows, bytes, access}``.

    ``rename``: what some columns are called in the file. ``part``: the name it has while it is written.
    TsmError, and nothing left behind, if the file is there, the disk is full, or a column or the condition is
    wrong. Cancelled if ``cancelled()`` turns true.
    """
    path = Path(os.path.abspath(path))
    part = Path(part) if part is not None else part_of(path)
    if format not in FORMATS:
        raise TsmError(f"Rows can't be saved as '{format}'.", remedy=f"Formats: {', '.join(FORMATS)}.")
    if columns is not None and not columns:
        raise TsmError("No column was chosen to be saved.", remedy="Choose at least one.", where="columns")
    check_place(path)
    rows = view.passing(where, sort, descending)
    table = view.columns(columns) if columns is not None else view.table
    count = table.num_rows if rows is None else len(rows)
    schema = _renamed(_schema(view, table, where, sort, descending, count), rename or {})
    try:
        with open_new(part) as file:
            (_parquet if format == "parquet" else _csv)(file, schema, _batches(table, rows, cancelled))
        settle(part, path)
    except OSError as error:
        raise in_words(error, path, part) from None
    finally:
        with suppress(OSError):
            part.unlink()
    access = schema.metadata[b"tsm:access"].decode()
    return {"path": str(path), "rows": count, "bytes": path.stat().st_size, "access": access}


def part_of(path: Path) -> Path:
    """The name that a file has while it is written: hidden, beside its place."""
    return path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.part")


def check_place(path: Path) -> None:
    """TsmError unless a new file can be made there."""
    if path.exists() or path.is_symlink():
        raise _taken(path)
    if not path.parent.is_dir():
        raise TsmError(
            f"There is no folder '{path.parent.name}' to save in.",
            remedy="Make it first, or choose another one.",
            where="folder",
        )


def open_new(path: Path) -> BinaryIO:
    return path.open("xb")


def _taken(path: Path) -> TsmError:
    number = 2
    while (free := path.with_name(f"{path.stem}_{number}{path.suffix}")).exists():
        number += 1
    return TsmError(
        f"There is a file '{path.name}' already; it was left as it is.",
        remedy=f"Save it as '{free.name}', for example.",
        where=TAKEN,
    )


def settle(part: Path, path: Path) -> None:
    """Give the file its name, unless another one took it meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise _taken(path) from None
    except OSError:  # a disk without hard links
        check_place(path)
        os.rename(part, path)


def in_words(error: OSError, path: Path, part: Path) -> TsmError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return TsmError(
            f"The disk is full: '{path.name}' was not saved ({_size(part)} of it fitted).",
            remedy="Make room, save fewer rows or columns, or choose a folder on another disk. Parquet takes "
            "less room than CSV.",
            where="folder",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return TsmError(
            f"You may not write into the folder '{path.parent.name}'.",
            remedy="Choose a folder of your own.",
            where="folder",
        )
    if error.errno in (errno.ENAMETOOLONG, errno.EINVAL):
        return TsmError(f"'{path.name[:60]}' can't be a file's name here.", where=TAKEN)
    return TsmError(f"'{path.name}' could not be saved: {error.strerror or error}.", where="folder")


def _size(part: Path) -> str:
    try:
        return f"{part.stat().st_size / 1e6:,.1f} MB"
    except OSError:
        return "nothing"


def _schema(
    view: View, table: pa.Table, where: str, sort: str | None, descending: bool, count: int
) -> pa.Schema:
    """Types as they are, what the explorer says of each column, and where the rows come from."""
    import pyarrow as pa

    info = view.info()
    said = {column["name"]: column for column in info["columns"]}
    fields = []
    for item in table.schema:
        known = dict(item.metadata or {})
        for key in ("unit", "ucd", "description"):
            text = said.get(item.name, {}).get(key)
            if text:
                known.setdefault(key.encode(), text.encode())
        kind = pa.string() if pa.types.is_large_string(item.type) else item.type
        fields.append(pa.field(item.name, kind, metadata=known or None))
    meta = {key.decode(): text.decode("utf-8", "replace") for key, text in _stated(table).items()}
    of = info.get("sampled")
    more = {
        "tsm:access": info["access"],
        "tsm:source": info["name"],
        "tsm:condition": where.strip(),
        "tsm:rows": f"{count} of {view.rows}",
        "tsm:sorted": f"{sort}{' descending' if descending else ''}" if sort else "",
        "tsm:sampled": f"the rows are a sample of {of['of']}" if of else "",
        "tsm:citation": info.get("citation") or "",
        "tsm:roles": json.dumps({k: v for k, v in info["roles"].items() if v in table.column_names}),
        "tsm:written": datetime.now(UTC).isoformat(timespec="seconds"),
        "tsm:software": f"pz-tsm {version()}",
    }
    return pa.schema(fields, metadata=meta | {key: text for key, text in more.items() if text})


def _renamed(schema: pa.Schema, names: dict[str, str]) -> pa.Schema:
    """The same columns under other names; TsmError for one that is not there, or a name given twice."""
    import pyarrow as pa

    missing = [name for name in names if name not in schema.names]
    if missing:
        raise TsmError(f"There is no column '{missing[0]}' to rename.", where="rename")
    fields = [item.with_name(names.get(item.name, item.name)) for item in schema]
    taken: set[str] = set()
    for item in fields:
        if item.name in taken or not item.name.strip():
            raise TsmError(
                f"Two columns would be called '{item.name}'." if item.name in taken else "A name is empty.",
                remedy="Give each column a name of its own.",
                where="rename",
            )
        taken.add(item.name)
    meta = dict(schema.metadata or {})
    if names and b"tsm:roles" in meta:
        roles = json.loads(meta[b"tsm:roles"])
        meta[b"tsm:roles"] = json.dumps(
            {role: names.get(name, name) for role, name in roles.items()}
        ).encode()
    return pa.schema(fields, metadata=meta)


def _stated(table: pa.Table) -> dict[bytes, bytes]:
    found = table.schema.metadata or {}
    return {
        key: text
        for key, text in found.items()
        if key.startswith(b"tsm:") and key.decode() not in OF_THE_WHOLE
    }


def _batches(table: pa.Table, rows: np.ndarray | None, cancelled: Callable[[], bool]) -> Iterator[pa.Table]:
    from pz_tsm.view import Cancelled

    total = table.num_rows if rows is None else len(rows)
    for start in range(0, total, BATCH):
        if cancelled():
            raise Cancelled
        yield table.slice(start, BATCH) if rows is None else table.take(rows[start : start + BATCH])


def _parquet(file: BinaryIO, schema: pa.Schema, batches: Iterator[pa.Table]) -> None:
    import pyarrow.parquet as pq

    writer = pq.ParquetWriter(file, schema, compression="zstd", compression_level=3, version="2.6")
    try:
        for batch in batches:
            writer.write_table(batch.rename_columns(schema.names).cast(schema))
    except BaseException:
        with suppress(OSError):  # or it would try to end the file when it is collected
            writer.close()
        raise
    writer.close()


def _csv(file: BinaryIO, schema: pa.Schema, batches: Iterator[pa.Table]) -> None:
    """Comma-separated below a header of comments: ECSV, for astropy as well as pandas (``comment="#"``)."""
    import pyarrow as pa
    from pyarrow import csv

    from pz_tsm.sources.formats import ecsv

    meta = {key.decode(): text.decode() for key, text in schema.metadata.items()}
    file.write(ecsv.header_text(schema, meta).encode())
    # True and False, as Python and ECSV write them
    fields = [
        pa.field(item.name, pa.string() if pa.types.is_boolean(item.type) else item.type) for item in schema
    ]
    options = csv.WriteOptions(include_header=False)
    for batch in batches:
        columns = [_words(column) for column in batch.columns]
        plain = pa.Table.from_arrays(columns, names=schema.names).cast(pa.schema(fields))
        csv.write_csv(plain, file, options)


def _words(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(column, "True", "False") if pa.types.is_boolean(column.type) else column
