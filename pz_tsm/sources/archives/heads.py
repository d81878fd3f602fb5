"""The first rows of a large file of the web from its first bytes: for a plan, before a run fetches all of it.

Text and the plain tables of FITS begin with their rows, packed by gzip or not; of other formats nothing can
be told so.
"""

from __future__ import annotations

import io
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.sources import files

if TYPE_CHECKING:
    import pyarrow as pa

BYTES = 4_000_000  # that are asked for
LOOKED_AT = 65_536  # that tell the format
UNPACKED = 40_000_000  # at most, of a file packed by gzip
GZIP = b"\x1f\x8b"
BLOCK, CARD = 2880, 80  # bytes of a block, and of a line of a header (FITS Standard 4.0, sections 3.1, 3.3)
END = b"END".ljust(CARD)


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
    at = 0
    while at < len(start):
        header, size = _header(start, at)
        if header is None:
            return None, None
        data = at + size
        if header.get("XTENSION", "").strip() in ("BINTABLE", "TABLE"):
            width, total = header["NAXIS1"], header["NAXIS2"]
            few = min(rows, total, (len(start) - data) // max(width, 1))
            if header.get("PCOUNT", 0) or few < 1:  # values apart from the rows; or rows longer than this
                return None, None
            header["NAXIS2"] = few
            body = start[data : data + few * width]
            pad = b" " if header["XTENSION"].strip() == "TABLE" else b"\0"
            whole = start[:at] + header.tostring().encode("ascii") + body + pad * (-len(body) % BLOCK)
            return whole, total
        at = data + -(-_length(header) // BLOCK) * BLOCK
    return None, None


def _header(start: bytes, at: int) -> tuple[Any, int]:
    """The header that begins at a byte, and its size; None if it isn't whole."""
    from astropy.io import fits

    last = next((one for one in range(at, len(start), CARD) if start[one : one + CARD] == END), None)
    if last is None:
        return None, 0
    size = -(-(last + CARD - at) // BLOCK) * BLOCK
    try:
        return fits.Header.fromfile(io.BytesIO(start[at : at + size])), size
    except (OSError, ValueError, EOFError):
        return None, 0


def _length(header: Any) -> int:
    """Bytes of the data after a header (FITS Standard 4.0, section 4.4.1 and 7.1)."""
    axes = [header[f"NAXIS{one + 1}"] for one in range(header.get("NAXIS", 0))]
    if not axes:
        return 0
    cells = 1
    for one in axes:
        cells *= one
    return abs(header["BITPIX"]) // 8 * header.get("GCOUNT", 1) * (header.get("PCOUNT", 0) + cells)
