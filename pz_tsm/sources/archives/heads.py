"""The first rows of a large file of the web from its first bytes: for a plan, before a run fetches all of it.

Text and plain binary tables of FITS begin with their rows, packed by gzip or not; of other formats nothing
can be told so.
"""

from __future__ import annotations

import io
import sys
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from pz_tsm.errors import TsmError
from pz_tsm.sources import files
from pz_tsm.sources.formats import fits_plain

if TYPE_CHECKING:
    import pyarrow as pa

BYTES = 4_000_000  # that are asked for
LOOKED_AT = 65_536  # that tell the format
UNPACKED = 40_000_000  # at most, of a file packed by gzip
GZIP = b"\x1f\x8b"
NAXIS2 = b"NAXIS2  = "  # rows of a table; numbers end in column 30 (FITS Standard 4.0, sections 4.2.3, 7.3.1)


def table(start: bytes, rows: int) -> tuple[pa.Table, int | None] | None:
    """The first rows of the file that begins with ``start``, and how many rows it has if it tells; None if
    its format has none at its beginning. TsmError for what is no table at all.
    """
    if start.startswith(GZIP):
        try:
            start = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, UNPACKED)
        except zlib.error:
            return None
    with tempfile.TemporaryDirectory(prefix="pz-tsm-") as work:
        path = Path(work) / "file"
        path.write_bytes(start[:LOOKED_AT])
        kind = files.sniff(path)
        made, count = _fits(start, rows) if kind == "fits" else (None, None)
        if kind == "csv":
            made = start[: start.rfind(b"\n") + 1]
        if not made:
            return None
        path.write_bytes(made)
        del made
        try:
            return files.read_raw(path).slice(0, rows), count
        except TsmError:  # a line that is cut in a quoted text, and the like: the run tells what is wrong
            return None


def _fits(start: bytes, rows: int) -> tuple[bytes | None, int | None]:
    """A FITS file with the first rows of the first table, and how many the table has."""
    try:
        header = fits_plain.first_table(io.BytesIO(start), sys.maxsize)
        width, total = header.whole("NAXIS1"), header.whole("NAXIS2")
        apart = header.whole("PCOUNT", 0)
    except fits_plain.Unusual:
        return None, None
    few = min(rows, total, (len(start) - header.end) // max(width, 1))
    if apart or few < 1:  # values apart from the rows; or rows longer than this
        return None, None
    at = start.rindex(NAXIS2, 0, header.end)
    card = (NAXIS2 + str(few).rjust(20).encode()).ljust(fits_plain.CARD)
    body = start[header.end : header.end + few * width]
    whole = start[:at] + card + start[at + len(card) : header.end] + body
    return whole + bytes(-len(body) % fits_plain.UNIT), total
