"""Tables as Arrow IPC streams without a copy: the stream's pieces are the table's own memory, or parts of a
file."""

from __future__ import annotations

import os
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


class Mapped:
    """A file of Arrow data in memory that the system reads when it is touched."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa

        self.path = path
        self._fd = os.open(path, os.O_RDONLY)  # rows are still there when the file has been removed
        self.size = os.fstat(self._fd).st_size
        self.buffer = pa.memory_map(str(path)).read_buffer()

    def place(self, address: int, size: int) -> int | None:
        """Where in the file the bytes at an address of memory are; None if they are not of it."""
        at = address - self.buffer.address
        return at if 0 <= at <= self.size - size else None

    def read(self, start: int, size: int) -> bytes:
        """Bytes of the file; other threads run meanwhile, as they can't while mapped memory is copied."""
        parts = []
        while size > 0 and (part := os.pread(self._fd, size, start)):
            parts.append(part)
            start, size = start + len(part), size - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def __del__(self) -> None:
        os.close(self._fd)


@dataclass(frozen=True)
class Piece:
    """Bytes in memory, or (``at`` is a number) bytes of the stream's file."""

    data: Any
    size: int
    at: int | None = None


class Stream:
    """A table as an Arrow IPC stream of one record batch, uncompressed. Nothing is copied before ``read``."""

    def __init__(self, table: pa.Table, mapped: Mapped | None = None) -> None:
        import pyarrow as pa

        from pz_tsm.summary import one_chunk

        arrays = [one_chunk(column) for column in table.columns]
        schema = pa.schema(
            [field.with_type(array.type) for field, array in zip(table.schema, arrays, strict=True)]
        )
        sink = _Pieces()
        with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), schema) as writer:
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
        self.mapped = mapped
        self.pieces = _located(sink.pieces, mapped)
        self._ends = []
        size = 0
        for piece in self.pieces:
            size += piece.size
            self._ends.append(size)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """The bytes from ``start`` to ``stop``."""
        parts = []
        for piece, first, last in self.parts(start, stop):
            if piece.at is None:
                parts.append(memoryview(piece.data)[first:last])
            else:
                parts.append(self.mapped.read(piece.at + first, last - first))
        if len(parts) == 1 and isinstance(parts[0], bytes):
            return parts[0]
        return b"".join(parts)

    def parts(self, start: int = 0, stop: int | None = None) -> list[tuple[Piece, int, int]]:
        """The pieces that hold these bytes, with which of their own bytes."""
        stop = len(self) if stop is None else min(stop, len(self))
        found = []
        index = bisect_right(self._ends, start)
        while start < stop:
            piece, begin = self.pieces[index], self._ends[index] - self.pieces[index].size
            last = min(piece.size, stop - begin)
            found.append((piece, start - begin, last))
            start, index = begin + last, index + 1
        return found


class _Pieces:
    """A file for Arrow's writer that keeps what is written, as it is."""

    closed = False

    def __init__(self) -> None:
        self.pieces: list[Any] = []

    def write(self, data: Any) -> int:
        self.pieces.append(data)
        return len(data)

    def writable(self) -> bool:
        return True

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def _located(pieces: list[Any], mapped: Mapped | None) -> list[Piece]:
    """With small pieces put together, and those that are parts of the file said to be."""
    found: list[Piece] = []
    small = bytearray()

    def settle() -> None:
        if small:
            found.append(Piece(bytes(small), len(small)))
            small.clear()

    for data in pieces:
        size = len(data)
        address = getattr(data, "address", None)
        at = mapped.place(address, size) if mapped is not None and address is not None else None
        if size < 4096:
            small += memoryview(data)
        elif size:
            settle()
            found.append(Piece(data, size, at))
    settle()
    return found
