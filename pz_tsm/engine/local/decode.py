"""From a catalogue file to a table of the cache, some columns at a time."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import summary, view
from pz_tsm.engine.local import cache
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

TOGETHER = 256 * 2**20  # bytes of a file whose columns are decoded together, where they are stored row by row
THREADS = 2  # columns at work at the same time


def decode(source: str, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Read a catalogue into ``folder``, see ``cache``; ``said`` goes to ``describe``."""
    path, target = Path(source), Path(folder)
    out = cache.Writer(target)
    try:
        if path.is_dir():
            from pz_tsm.engine.local import hats

            table, sampled = hats.sample(path)
            said = {"access": hats.access(path), **said, "sampled": sampled}
            tables = iter([table])
        else:
            tables = _tables(path)
        _write(path, tables, out, said)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _full(path, target) from None
    finally:
        out.close()
    return {}


def _write(path: Path, tables: Iterator[pa.Table], out: cache.Writer, said: dict[str, Any]) -> None:
    import pyarrow as pa

    from pz_tsm.sources.tables import could_be, value_roles, without_sentinels

    fields: list[pa.Field] = []
    infos: dict[str, dict[str, Any]] = {}
    sentinels: dict[str, list[dict[str, Any]]] = {}
    held: list[tuple[pa.Field, pa.Array]] = []  # redshifts, perhaps: only all columns together tell

    def take(field: pa.Field, column: Any) -> pa.Field:
        plain = summary.simple(pa.Table.from_arrays([column], schema=pa.schema([field])))
        field, array = plain.schema.field(0), summary.one_chunk(plain.column(0))
        roles = could_be(field)
        if roles & {"z", "z_err"}:
            held.append((field, array))
        else:
            keep(field, array, {field.name: min(roles)} if roles else {})
        return field

    def keep(field: pa.Field, array: pa.Array, roles: dict[str, str]) -> None:
        array, found = without_sentinels(field, array, roles)
        if found:
            sentinels[field.name] = found
        out.add(field, array)
        infos[field.name] = summary.column(field, array)

    rows, metadata = None, None
    with ThreadPoolExecutor(THREADS) as pool:
        for table in tables:
            if rows not in (None, table.num_rows):
                raise changed(path)
            rows, metadata = table.num_rows, table.schema.metadata
            fields += pool.map(take, table.schema, table.columns)
            del table
        roles = value_roles(pa.schema(fields))
        list(pool.map(lambda one: keep(*one, roles), held))
    schema = pa.schema(fields, metadata=metadata)
    columns = [infos[name] for name in schema.names]
    out.finish(schema, view.describe(schema, rows or 0, columns=columns, sentinels=sentinels, **said))


def _tables(path: Path) -> Iterator[pa.Table]:
    """The file's columns, in tables that follow each other; mostly one, where they are stored row by row."""
    from pz_tsm import sources
    from pz_tsm.sources.files import column_names

    names, apart = column_names(path)
    size = path.stat().st_size * (4 if path.name.endswith(".gz") else 1)
    if not names or not (apart or size > TOGETHER):
        yield sources.read_raw(path)
        return
    each = THREADS if apart else max(1, len(names) * TOGETHER // size)
    for start in range(0, len(names), each):
        yield sources.read_raw(path, columns=names[start : start + each])


def changed(path: Path) -> TsmError:
    return TsmError(
        f"'{path.name}' was changed while it was read.",
        remedy="Open it again when it is complete.",
        where=str(path),
    )


def _full(path: Path, folder: Path) -> TsmError:
    free = shutil.disk_usage(folder.parent).free
    return TsmError(
        f"There is no room to decode '{path.name}': the disk of the engine's cache is full "
        f"({free / 1e9:.1f} GB are free in {folder.parent}).",
        remedy="Make room there (what is in it can be deleted at any time), or choose another folder with "
        "PZ_TSM_CACHE.",
        where=str(path),
    )
