"""A large table by tiles of the sky: cut until no tile has more rows than are asked for at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.sources.archives import base
from pz_tsm.sources.archives.base import Piece
from pz_tsm.sources.archives.regions import Tile

DEEPEST = 40  # halvings: tiles of an arcsecond
SKY = Tile()


def positions(
    columns: Sequence[Mapping[str, str]], source: Mapping[str, Any] | None
) -> tuple[str, str] | None:
    """Columns of right ascension and declination, by the registry, UCDs, or names; None if it can't be
    told."""
    import pyarrow as pa

    from pz_tsm.sources import columns as names

    have = [item["name"] for item in columns]
    if source is not None:
        from pz_tsm.sources import registry

        known = registry.known(source)
        if known is not None:
            lists = known[1].columns
            found = [
                next((one for one in lists.get(role, []) if one in have), None) for role in ("ra", "dec")
            ]
            if all(found):
                return str(found[0]), str(found[1])
    schema = pa.schema(
        [
            pa.field(
                item["name"],
                pa.string() if item["type"] == "string" else pa.float64(),
                metadata={"ucd": item["ucd"]} if item["ucd"] else None,
            )
            for item in columns
        ]
    )
    guessed = names.guess(schema, skip=set(names.NAMES) - {"ra", "dec"})
    if len(guessed["ra"]) == 1 and len(guessed["dec"]) == 1:
        return guessed["ra"][0], guessed["dec"][0]
    return None


def condition(piece: Piece, ra: str, dec: str) -> str | None:
    """A piece as a condition; None for all rows."""
    if piece.nowhere:
        return f"{ra} IS NULL OR {dec} IS NULL"
    return None if piece.tile is None else piece.tile.condition(ra, dec)


def halves(piece: Piece, *, nowhere: bool) -> list[Piece]:
    """A piece in two; of the whole table also the rows without a position. TsmError if it is too small."""
    tile = piece.tile or SKY
    if piece.nowhere or tile.depth >= DEEPEST:
        raise TsmError(
            "The service gives fewer rows at once than it has at one place.",
            remedy="Ask for less by a query.",
            where=piece.table,
        )
    first, second = tile.halves()
    made = [Piece(piece.table, tile=first), Piece(piece.table, tile=second)]
    return [*made, Piece(piece.table, nowhere=True)] if piece.tile is None and nowhere else made


def cut(
    table: str,
    rows: int,
    count: Callable[[Piece], int | None],
    *,
    nowhere: bool,
    told: Callable[[int], None],
) -> list[Piece]:
    """Pieces of at most ``base.PIECE`` rows, each counted; ``nowhere``: with one for rows without position.

    ``count`` may answer None; such a piece is asked for as it is, and cut if the service cuts its answer.
    """
    made: list[Piece] = []
    without = Piece(table, nowhere=True)
    lost = count(without) if nowhere else 0
    if lost != 0:
        made.append(replace(without, rows=lost))
    done = lost or 0
    todo = [Piece(table, None if lost is None else rows - lost, SKY)]
    while todo:
        piece = todo.pop()
        told(done)
        if piece.rows == 0:
            continue
        small = piece.rows is None or piece.rows <= base.PIECE
        if small and piece.tile is not SKY or piece.tile is not None and piece.tile.depth >= DEEPEST:
            made.append(piece)
            done += piece.rows or 0
            continue
        assert piece.tile is not None
        first, second = (Piece(table, None, tile) for tile in piece.tile.halves())
        have = count(first)
        rest = None if have is None or piece.rows is None else piece.rows - have
        todo += [replace(second, rows=rest), replace(first, rows=have)]
    return made
