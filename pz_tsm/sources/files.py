"""Any table file as an Arrow table, verbatim. The content decides which format it is, never the name."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

TITLES = {
    "parquet": "Parquet",
    "fits": "FITS",
    "csv": "CSV text",
    "hdf5": "HDF5",
    "votable": "VOTable",
    "arrow": "Arrow IPC",
    "hats": "a HATS catalogue",
}
ENDINGS = {
    "parquet": (".parquet", ".parq", ".pq"),
    "fits": (".fits", ".fit", ".fits.gz", ".fit.gz", ".fz"),
    "csv": (".csv", ".tsv", ".txt", ".dat", ".ecsv", ".csv.gz", ".tsv.gz", ".txt.gz", ".dat.gz"),
    "hdf5": (".hdf5", ".h5", ".hdf"),
    "votable": (".vot", ".xml", ".votable"),
    "arrow": (".arrow", ".feather", ".ipc"),
}
SUPPORTED = "Readable formats: Parquet, FITS, CSV or TSV (also .gz), HDF5, VOTable, Arrow, HATS."
FOREIGN = (  # what else a file may turn out to be
    (
        b"PK\x03\x04",
        "a ZIP archive (or an Excel sheet)",
        "Unpack it, or save the table as CSV, FITS or Parquet.",
    ),
    (b"%PDF", "a PDF document", "Give the table itself."),
    (b"\x80\x04\x95", "a Python pickle, which is never loaded", "Save the table as Parquet."),
    (b"\x80\x05\x95", "a Python pickle, which is never loaded", "Save the table as Parquet."),
    (b"\x89PNG", "a PNG picture", "Give the table itself."),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "Unpack it."),
    (b"BZh", "a bzip2 archive", "Unpack it."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it."),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV or Parquet."),
)


def sniff(path: str | Path) -> str:
    """The format of a file, from its content: parquet, fits, csv, hdf5, votable, arrow or hats.

    Raises TsmError when there is no such file, when it is empty, or when it holds something else.
    """
    path = Path(path)
    where = path.name
    if not path.exists():
        raise TsmError(f"There is no file '{path}'.", remedy=_neighbours(path), where=where)
    if path.is_dir():
        if any(
            (path / name).is_file() for name in ("collection.properties", "hats.properties", "properties")
        ):
            return "hats"
        raise TsmError(
            f"'{path}' is a folder, and no HATS catalogue.", remedy="Name a file in it.", where=where
        )
    if not path.is_file():  # opening a pipe would wait for ever
        raise TsmError(
            f"'{path}' is a pipe or a device, not a file.",
            remedy="Write its content to a file and name that.",
            where=where,
        )
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise TsmError(
            f"'{path}' can't be read: {error.strerror}.",
            remedy="Check its permissions, or name another file.",
            where=where,
        ) from None
    if not head:
        raise TsmError(
            f"The file '{where}' is empty (0 bytes).", remedy="Fetch or write it again.", where=where
        )
    if head.startswith(b"\x1f\x8b"):
        head = _unpacked_head(path)
    kind = _kind(head)
    if kind:
        return kind
    for magic, what, remedy in FOREIGN:
        if head.startswith(magic):
            raise TsmError(f"The file '{where}' is {what}.", remedy=remedy, where=where)
    if re.match(rb"\s*(<!doctype html|<html)", head, re.I):
        raise TsmError(
            f"The file '{where}' is a web page, no table.",
            remedy="Often this is a login or error page saved under the table's name: download it again.",
            where=where,
        )
    if b"\x00" in head:
        raise TsmError(f"The file '{where}' holds no table that we know.", remedy=SUPPORTED, where=where)
    return "csv"


def _kind(head: bytes) -> str | None:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"SIMPLE  =", b"XTENSION=")):
        return "fits"
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return "hdf5"
    if head.startswith(b"ARROW1"):
        return "arrow"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and re.search(rb"<(\w+:)?VOTABLE", head):
        return "votable"
    return None


def _unpacked_head(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            return file.read(4096)
    except (OSError, EOFError) as error:
        raise TsmError(
            f"The gzip file '{path.name}' is damaged: {error}.", remedy="Fetch it again.", where=path.name
        ) from None


def _neighbours(path: Path) -> str | None:
    from difflib import get_close_matches

    if not path.parent.is_dir():
        return f"The folder '{path.parent}' does not exist either."
    near = get_close_matches(path.name, [other.name for other in path.parent.iterdir()], n=3)
    return f"Near it: {', '.join(near)}." if near else "Paths in a recipe start at the recipe's own folder."


def naming_note(path: Path, kind: str) -> str | None:
    """A sentence when the file's ending promises another format than its content is."""
    name = path.name.lower()
    for other, endings in ENDINGS.items():
        if other != kind and name.endswith(endings):
            return (
                f"'{path.name}' is named as {TITLES[other]}, but holds {TITLES[kind]}; it was read as that."
            )
    return None


def read_raw(
    path: str | Path,
    *,
    columns: Sequence[str] | None = None,
    text: Sequence[str] = (),
    group: str | None = None,
) -> pa.Table:
    """Any supported file as it stands: names and values verbatim, text as ``string``, native byte order.

    ``columns``: only these. ``text``: columns of a text file to keep as text (identifiers). ``group``: which
    group of an HDF5 file. Units, UCDs and descriptions go to the field metadata (keys unit, ucd,
    description). Raises TsmError for what can't be read, in words.
    """
    path = Path(path)
    kind = sniff(path)
    reader = import_module(f"pz_tsm.sources.formats.{kind}")
    with _in_words(path, kind):
        table = reader.read(path, columns=columns, text=tuple(text), group=group)
    refuse_repeated(table.column_names, path.name)
    return table


def column_names(path: str | Path) -> tuple[list[str] | None, bool]:
    """The columns of a file, where they are known without reading it, and whether they are stored apart: to
    read one then costs its own bytes only."""
    path = Path(path)
    kind = sniff(path)
    reader = import_module(f"pz_tsm.sources.formats.{kind}")
    if not hasattr(reader, "names"):
        return None, False
    with _in_words(path, kind):
        names = reader.names(path)
    refuse_repeated(names, path.name)
    return names, kind in ("parquet", "hdf5", "arrow")


def text_names(path: str | Path) -> list[str]:
    """The column names of a text file; an empty list for other formats."""
    path = Path(path)
    if sniff(path) != "csv":
        return []
    from pz_tsm.sources.formats import csv

    with _in_words(path, "csv"):
        return csv.names(path)


@contextmanager
def _in_words(path: Path, kind: str) -> Iterator[None]:
    """Whatever a reader raises on bytes that are not what they seem becomes a TsmError."""
    import pyarrow as pa

    try:
        yield
    except (TsmError, MemoryError):
        raise
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error, pa.ArrowException) as error:
        raise TsmError(
            f"'{path.name}' looks like {TITLES[kind]}, but can't be read: {_plain(error)}.",
            remedy="It may be damaged or cut off: fetch or write it again.",
            where=path.name,
        ) from None


def refuse_repeated(names: Sequence[str], where: str) -> None:
    """TsmError when a name stands for two columns."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise TsmError(
            f"'{where}' has several columns named '{twice[0]}'"
            + (f" (also repeated: {', '.join(twice[1:4])})." if twice[1:] else "."),
            remedy="Rename or drop them in the file: it can't be told which one is meant.",
            where=twice[0],
        )


def refuse_truncated(path: Path, kind: str, detail: str = "") -> TsmError:
    """The error for a file that ends too early."""
    return TsmError(
        f"The {TITLES[kind]} file '{path.name}' is cut off{detail}.",
        remedy="The download or copy did not finish: fetch it again.",
        where=path.name,
    )


def file_sha256(path: str | Path) -> str:
    """sha256 of a file's bytes; of a folder, that of its files' names and hashes."""
    path = Path(path)
    digest = hashlib.sha256()
    if path.is_dir():
        for file in sorted(item for item in path.rglob("*") if item.is_file()):
            digest.update(f"{file.relative_to(path).as_posix()}\0{file_sha256(file)}\n".encode())
        return digest.hexdigest()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _plain(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")[:200]
