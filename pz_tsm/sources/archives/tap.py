"""Tables of TAP services (NOIRLab, ESO, the Rubin Science Platform, any other), asked by ``pyvo``.

What a service gives at once is limited, and differs: the rows are counted first, and a large table is taken
by tiles of the sky; a tile that is cut off nevertheless is cut further.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.sources.archives import answers, base, regions, tiles, web
from pz_tsm.sources.archives.base import Archive, Piece
from pz_tsm.sources.archives.wanted import tap_address

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.sources.tap import Service

AT_ONCE = 10_000  # rows, at most, that are asked for without a job
PLAIN = re.compile(r"[A-Za-z_]\w*")
RESERVED = {  # words of ADQL 2.1 that are names of columns too
    "class", "cycle", "date", "day", "distance", "hour", "index", "key", "level", "match", "month", "order",
    "period", "point", "position", "range", "region", "section", "size", "source", "time", "timestamp",
    "type", "user", "value", "year", "zone",
}  # fmt: skip
TYPES = {
    "boolean": "bool", "unsignedbyte": "uint8", "short": "int16", "smallint": "int16", "int": "int32",
    "integer": "int32", "long": "int64", "bigint": "int64", "float": "float", "real": "float",
    "double": "double", "double precision": "double",
}  # fmt: skip


@dataclass
class Tap(Archive):
    """A table, or a query, of a TAP service."""

    found: list[dict[str, str]] = field(default_factory=list)
    counted: dict[str, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.address = tap_address(self.wanted.service or "")
        self.title = f"the TAP service {self.wanted.service}"

    def _service(self) -> Service:
        from pz_tsm.sources import tap

        return tap.Service(self.address, self._secret())

    def _secret(self) -> str | None:
        """The token for this service: the platform's for its own, the user's for that which they named."""
        from pz_tsm.sources import tap

        named = os.environ.get(tap.URL, "").strip().rstrip("/")
        if self.wanted.service == "rsp" or (named and named == self.address):
            return tap.token()
        return None

    def _table(self) -> str:
        name = self.wanted.tables[0]
        return name if name.startswith('"') or re.fullmatch(r"[\w.$]+", name) else f'"{name}"'

    def columns(self, ctx: Context) -> list[dict[str, str]]:
        if not self.found:
            if self.wanted.query:
                import tempfile

                with tempfile.TemporaryDirectory() as folder:
                    self.found = base.described(self.preview(1, Path(folder) / "answer", ctx))
                return self.found
            rows = self._asked(lambda: self._service().columns(self.wanted.tables[0]), ctx)
            self.found = [
                {
                    "name": str(row["column_name"]).strip('"'),
                    "type": TYPES.get(str(row["datatype"] or "").lower().removeprefix("adql:"), "string"),
                    **{key: str(row[key] or "") for key in ("unit", "ucd", "description")},
                }
                for row in rows
            ]
        if self.wanted.asked is None:
            return self.found
        base.missing(self.wanted.asked, [one["name"] for one in self.found], self.wanted.name)
        return [one for one in self.found if one["name"] in self.wanted.asked]

    def _asked(self, work: Any, ctx: Context) -> Any:
        from pz_tsm.sources import tap

        def ask() -> Any:
            try:
                return work()
            except tap.Unreachable as error:
                raise web.Broken(error.message.rstrip(".")) from None

        return web.tried(ask, ctx, self.title, self.wanted.name)

    def _positions(self, ctx: Context) -> tuple[str, str] | None:
        """Names of the columns of the position, as a query writes them."""
        self.columns(ctx)
        found = tiles.positions(
            self.found, {"tap": {"service": self.wanted.service, "table": self.wanted.tables[0]}}
        )
        return None if found is None else (quoted(found[0]), quoted(found[1]))

    def _where(self, piece: Piece | None, ctx: Context) -> str:
        """Region and tile as a WHERE, with a blank before; nothing for the whole table."""
        if self.wanted.region is None and (piece is None or (piece.tile is None and not piece.nowhere)):
            return ""
        positions = self._positions(ctx)
        if positions is None:
            raise TsmError(
                f"It can't be told which columns of '{self.wanted.name}' are its positions, to restrict it "
                "to a region.",
                remedy="Leave out the region, or give a query.",
                where="region",
            )
        said = regions.conditions(self.wanted.region, *positions)
        more = tiles.condition(piece, *positions) if piece is not None else None
        both = [f"({one})" for one in (said, more) if one]
        return f" WHERE {' AND '.join(both)}" if both else ""

    def count(self, ctx: Context) -> int | None:
        return None if self.wanted.query else self._count("", ctx)

    def _count(self, where: str, ctx: Context) -> int | None:
        where = where or self._where(None, ctx)
        if where not in self.counted:
            query = f"SELECT COUNT(*) AS n FROM {self._table()}{where}"
            try:
                told = self._asked(lambda: self._service().ask(query), ctx)
                self.counted[where] = int(told.column(0)[0].as_py())
            except web.Unreachable:
                raise
            except TsmError:  # not every service counts every table
                self.columns(ctx)  # which fails in words if there is no such table
                self.counted[where] = None
        return self.counted[where]

    def pieces(self, ctx: Context) -> list[Piece]:
        if self.wanted.query:
            return [Piece("")]
        name, rows = self.wanted.tables[0], self.count(ctx)
        if rows is None or rows <= base.PIECE or self._positions(ctx) is None:
            return [Piece(name, rows)]
        return tiles.cut(
            name,
            rows,
            lambda piece: self._count(self._where(piece, ctx), ctx),
            nowhere=self.wanted.region is None,
            told=lambda done: ctx.step(
                0.02, f"counting the rows of {self.wanted.name}: {done:,} of {rows:,}"
            ),
        )

    def fetch(self, piece: Piece, path: Path, ctx: Context) -> pa.Table:
        query = self.wanted.query or self._select(f"{self._where(piece, ctx)}", ctx)
        limit = (piece.rows if piece.rows is not None else base.PIECE) + 1
        large = piece.rows is None or piece.rows > AT_ONCE

        def ask() -> answers.Tables:
            self._service().save(query, path, ctx, maxrec=limit, large=large)
            return answers.votable(path, self.title)

        said = self._asked(ask, ctx)
        if said.overflow:
            if self.wanted.query or self._positions(ctx) is None:
                raise TsmError(
                    f"{self.title[0].upper()}{self.title[1:]} cut the answer off: it has more rows than it "
                    "gives at once.",
                    remedy="Name the table instead of a query (tap: {service, table}), or ask for less."
                    if self.wanted.query
                    else "Ask for a region of it, or for less by a query.",
                    where=self.wanted.name,
                )
            raise base.TooMany(tiles.halves(piece, nowhere=self.wanted.region is None))
        table = said.tables[0].table if said.tables else None
        if table is None:
            raise web.Broken("the answer has no table")
        return _in_order(table, self.wanted.asked)

    def _select(self, where: str, ctx: Context, top: int | None = None) -> str:
        columns = self.wanted.asked
        if columns is not None:
            self.columns(ctx)
        what = "*" if columns is None else ", ".join(quoted(one) for one in columns)
        return f"SELECT {f'TOP {top} ' if top else ''}{what} FROM {self._table()}{where}"

    def preview(self, rows: int, path: Path, ctx: Context) -> pa.Table:
        query = self.wanted.query or self._select(self._where(None, ctx), ctx, top=rows)

        def ask() -> answers.Tables:
            self._service().save(query, path, ctx, maxrec=rows, large=False)
            return answers.votable(path, self.title)

        said = self._asked(ask, ctx)
        if not said.tables:
            raise TsmError(f"{self.title} gave no table.", where=self.wanted.name)
        return _in_order(said.tables[0].table, self.wanted.asked)

    def suggested(self, schema: pa.Schema) -> dict[str, str]:
        said = [base.column(item) for item in schema]
        found = tiles.positions(said, None)
        return {} if found is None else {"ra": found[0], "dec": found[1]}

    def query(self) -> str:
        if self.wanted.query:
            return self.wanted.query
        columns = self.wanted.asked
        what = "*" if columns is None else ", ".join(quoted(one) for one in columns)
        return f"SELECT {what} FROM {self._table()}" + "".join(
            f" in {part.value}" for part in self.wanted.region or ()
        )


def quoted(name: str) -> str:
    """A column's name as a query writes it."""
    return name if PLAIN.fullmatch(name) and name.lower() not in RESERVED else f'"{name}"'


def _in_order(table: pa.Table, columns: tuple[str, ...] | None) -> pa.Table:
    """With the columns asked for, in that order and in that case of letters."""
    if columns is None:
        return table
    lower = {name.lower(): name for name in table.column_names}
    return table.select([lower.get(one.lower(), one) for one in columns]).rename_columns(list(columns))
