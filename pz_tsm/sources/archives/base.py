"""What every archive can do: describe its columns, count its rows, say its pieces, fetch one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.sources.archives.regions import Tile
from pz_tsm.sources.archives.wanted import Wanted

if TYPE_CHECKING:
    import pyarrow as pa

PIECE = 200_000  # rows that are asked for at a time
BYTES = {"bool": 1, "int8": 1, "uint8": 1, "int16": 2, "int32": 4, "float": 4, "float32": 4, "string": 16}


@dataclass(frozen=True)
class Count:
    """How much an archive has. ``rows``, ``bytes``: None where it doesn't tell; ``exact``: the rows were
    counted there, now. ``bytes`` of a table are about those of its snapshot in memory."""

    rows: int | None
    bytes: int | None
    exact: bool


@dataclass(frozen=True)
class Piece:
    """A part of what is wanted that is asked for at once.

    ``rows``: as counted, None where not; ``tile``: of the sky, ``nowhere`` the rows without a position;
    ``numbers``: first and last record number, None for no end.
    """

    table: str
    rows: int | None = None
    tile: Tile | None = None
    nowhere: bool = False
    numbers: tuple[int, int | None] | None = None
    part: int | None = None  # which part of the region

    def to_dict(self) -> dict[str, Any]:
        tile = None if self.tile is None else [*self.tile.ra, *self.tile.dec, self.tile.depth]
        return {
            "table": self.table,
            "rows": self.rows,
            "tile": tile,
            "nowhere": self.nowhere,
            "numbers": None if self.numbers is None else list(self.numbers),
            "part": self.part,
        }

    @classmethod
    def of(cls, said: dict[str, Any]) -> Piece:
        tile, numbers = said["tile"], said["numbers"]
        return cls(
            said["table"],
            said["rows"],
            None if tile is None else Tile((tile[0], tile[1]), (tile[2], tile[3]), tile[4]),
            said["nowhere"],
            None if numbers is None else (numbers[0], numbers[1]),
            said["part"],
        )


class TooMany(Exception):
    """The service cut its answer off: the piece must be taken in these smaller ones."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        super().__init__("too many rows")
        self.pieces = tuple(pieces)


@dataclass
class Archive(ABC):
    """One request to one service. Methods raise TsmError in words, and Cancelled."""

    wanted: Wanted
    title: str = ""  # the service, as messages name it
    address: str = ""
    warnings: list[str] = field(default_factory=list)

    @abstractmethod
    def columns(self, ctx: Context) -> list[dict[str, str]]:
        """Its columns at this time: name, type, unit, ucd, description; of a restricted request those asked
        for."""

    def names(self, ctx: Context) -> list[str]:
        """The names of all its columns, whichever are asked for."""
        wanted, self.wanted = self.wanted, replace(self.wanted, columns=None)
        try:
            return [one["name"] for one in self.columns(ctx)]
        finally:
            self.wanted = wanted

    @abstractmethod
    def count(self, ctx: Context) -> int | None:
        """Rows of the request, counted by the service; None where it doesn't tell."""

    @abstractmethod
    def pieces(self, ctx: Context) -> list[Piece]:
        """In what pieces to ask for it."""

    @abstractmethod
    def fetch(self, piece: Piece, path: Path, ctx: Context) -> pa.Table:
        """One piece; the answer is put into ``path``. TooMany if it must be cut further."""

    @abstractmethod
    def query(self) -> str:
        """The request in the service's own words, for the record."""

    @abstractmethod
    def preview(self, rows: int, path: Path, ctx: Context) -> pa.Table:
        """The first rows."""

    def head(self, rows: int, ctx: Context) -> tuple[pa.Table, int | None] | None:
        """Of a file: its first rows from its first bytes, and how many it has if it tells; None if that can't
        be."""
        return None

    def suggested(self, schema: pa.Schema) -> dict[str, str]:
        """Columns whose role the archive itself knows."""
        return {}

    def size(self, ctx: Context) -> Count:
        rows = self.count(ctx)
        if rows is None:
            return Count(None, None, False)
        return Count(rows, rows * self.width(ctx), True)

    def width(self, ctx: Context) -> int:
        """About how many bytes a row takes in memory."""
        return sum(BYTES.get(item["type"], 8) for item in self.columns(ctx))


def missing(wanted: Sequence[str], names: Sequence[str], where: str) -> None:
    """TsmError when a column that is asked for isn't there, naming those that are like it."""
    for name in wanted:
        if name not in names:
            from pz_tsm.sources.columns import no_such_column

            raise no_such_column(name, names, where)


def needs(package: str, what: str) -> TsmError:
    """The error where an optional package isn't installed."""
    return TsmError(
        f"{what} needs the package {package}, which is not installed.",
        remedy='Install it: pip install "pz-tsm[public]".',
        where=package,
    )


def described(table: pa.Table) -> list[dict[str, str]]:
    """The columns of a table with what is known of them."""
    return [column(item) for item in table.schema]


def column(item: pa.Field) -> dict[str, str]:
    said = {key.decode(): value.decode("utf-8", "replace") for key, value in (item.metadata or {}).items()}
    return {"name": item.name, "type": str(item.type)} | {
        key: said.get(key, "") for key in ("unit", "ucd", "description")
    }
