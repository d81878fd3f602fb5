"""What the columns mean and where the table comes from, in the headers of files that have such."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

TEXTS = ("tsm:format", "tsm:access", "tsm:recipe", "tsm:lock", "tsm:schema", "tsm:citation")
LARGEST = 60_000  # bytes that HDF5 keeps in one attribute: 64 kB with its header
META = "TSM_META"
CARD = 68  # characters that one FITS card holds


def texts(table: pa.Table) -> dict[str, str]:
    """Recipe, lock, meaning of the columns and citations, as the bundle writes them: those that are there."""
    known = table.schema.metadata or {}
    return {key: known[key.encode()].decode() for key in TEXTS if key.encode() in known}


def fits(hdu: Any, table: pa.Table) -> list[Any]:
    """Put TUCDn and TCOMMn into the table's header; the extensions that go with it (TSM_META: key, line,
    text)."""
    from astropy.io import fits as io

    for number, field in enumerate(table.schema, 1):
        known = field.metadata or {}
        if b"ucd" in known:
            hdu.header[f"TUCD{number}"] = known[b"ucd"].decode()
        if b"description" in known:
            words = known[b"description"].decode().encode("ascii", "replace").decode()
            hdu.header[f"TCOMM{number}"] = textwrap.shorten(words, CARD, placeholder="...")
    rows = [
        (key, number, line.encode())
        for key, text in texts(table).items()
        for number, line in enumerate(text.splitlines(), 1)
    ]
    if not rows:
        return []
    keys = [key for key, _, _ in rows]
    lines = [line for _, _, line in rows]
    columns = [
        io.Column("key", f"{max(map(len, keys))}A", array=keys),
        io.Column("line", "J", array=[number for _, number, _ in rows]),
        io.Column("text", f"{max(1, *map(len, lines))}A", array=lines),
    ]
    return [io.BinTableHDU.from_columns(columns, name=META)]


def hdf5(file: Any, table: pa.Table) -> None:
    """The texts as attributes of the root group; UCDs as attributes of the columns."""
    for key, text in texts(table).items():
        if len(text.encode()) <= LARGEST:
            file.attrs[key] = text
    for field in table.schema:
        ucd = (field.metadata or {}).get(b"ucd")
        if ucd:
            file[field.name].attrs["ucd"] = ucd.decode()
