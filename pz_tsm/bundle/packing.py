"""What is sent of a file, or of the folder of a HATS catalogue: its size, known beforehand, and its bytes.

A folder goes as a zip that is made while it is sent: nothing is written to disk, and no more than one piece
of one file is in memory. Its files are stored as they are, because Parquet is compressed already.
"""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pz_tsm.errors import TsmError

PIECE = 2**20  # bytes
EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip knows no time before


class File:
    """The bytes of a file, as long as it was at first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = path.stat().st_size

    def pieces(self) -> Iterator[bytes]:
        """Its bytes in order; TsmError if it has become shorter, OSError if it can't be read."""
        return _read(Member(self._path.name, self._path, self.size, EARLIEST))


@dataclass(frozen=True)
class Member:
    """A file of a folder: its name in the zip, size in bytes, and when it was changed."""

    name: str
    path: Path
    size: int
    when: tuple[int, ...]


class Packed:
    """A HATS catalogue's folder as a zip with it, under the name ``top``, in it; hidden files are left out.

    TsmError for a folder that is none, or with a link to a folder in it, which would not be packed.
    """

    def __init__(self, folder: Path, top: str) -> None:
        from pz_tsm.sources.hats import is_hats

        if not is_hats(folder):
            raise TsmError(
                f"'{folder.name}' is a folder, but no HATS catalogue.",
                remedy="Choose a file, or the folder with hats.properties or collection.properties in it.",
                where=folder.name,
            )
        self.path = folder
        self._members = list(_members(folder, top))
        # the zip's own writer says how long it gets: its headers depend on sizes and offsets
        self.size = sum(len(piece) for piece in _zip(self._members, _blank))

    def pieces(self) -> Iterator[bytes]:
        """The zip's bytes in order; TsmError if a file has become shorter, OSError if it can't be read."""
        return _zip(self._members, _read)


class Readable:
    """What is sent as a file that can be read from its front, for clients that take files only: its length
    is known, and going back to the front begins it anew."""

    def __init__(self, content: File | Packed) -> None:
        self._content = content
        self._at = 0
        self._pieces = content.pieces()
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        """The next so many bytes, all that are left if negative; as ``pieces`` it raises TsmError."""
        parts, wanted = [], size if size >= 0 else self._content.size
        while wanted > 0:
            if not self._left:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._left = piece
            parts.append(self._left[:wanted])
            self._left = self._left[wanted:]
            wanted -= len(parts[-1])
        found = b"".join(parts)
        self._at += len(found)
        return found

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """To the front, or, to learn the length, to the end."""
        if whence == os.SEEK_END and offset == 0:
            self._at, self._pieces, self._left = self._content.size, iter(()), b""
        elif whence == os.SEEK_SET and offset == 0:
            self._at, self._pieces, self._left = 0, self._content.pieces(), b""
        else:
            raise OSError("it is made while it is read: only its front and its end can be gone to")
        return self._at


def _members(folder: Path, top: str) -> Iterator[Member]:
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if os.path.islink(os.path.join(at, name)):
                raise TsmError(
                    f"'{name}' in the catalogue '{folder.name}' is a link to another folder.",
                    remedy="Copy the catalogue with what its links point to, then send the copy.",
                    where=name,
                )
        for name in sorted(name for name in files if not name.startswith(".")):
            path = Path(at, name)
            found = path.stat()
            when = max(EARLIEST, time.localtime(found.st_mtime)[:6])
            name = PurePosixPath(top, path.relative_to(folder))
            yield Member(str(name), path, found.st_size, when)


class _Out:
    """What the zip's writer has written and nobody has taken yet; it can't go back in it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def _zip(members: list[Member], read: Callable[[Member], Iterator[bytes]]) -> Iterator[bytes]:
    out = _Out()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[arg-type]
        for member in members:
            info = zipfile.ZipInfo(member.name, member.when)  # type: ignore[arg-type]
            info.external_attr = 0o644 << 16
            info.file_size = member.size  # whether it needs the format for large files is said before it
            with archive.open(info, "w") as target:
                for piece in read(member):
                    target.write(piece)
                    yield out.take()
    yield out.take()


def _read(member: Member) -> Iterator[bytes]:
    left = member.size
    with member.path.open("rb") as file:
        while left:
            piece = file.read(min(PIECE, left))
            if not piece:
                raise TsmError(
                    f"'{member.path.name}' became shorter while it was sent.",
                    remedy="Send it again once nothing writes to it.",
                    where=member.path.name,
                )
            left -= len(piece)
            yield piece


def _blank(member: Member) -> Iterator[bytes]:
    piece = bytes(PIECE)
    for left in range(member.size, 0, -PIECE):
        yield piece[:left]
