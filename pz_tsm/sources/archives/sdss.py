"""Tables of the SDSS by SkyServer's SQL, asked by ``astroquery.sdss``.

SkyServer cuts long answers without a word, so every piece is counted first and what comes is compared with
that. ``PZ_TSM_SDSS_URL`` names another server.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.sources.archives import answers, base, regions, tiles, web
from pz_tsm.sources.archives.base import Archive, Piece

if TYPE_CHECKING:
    import pyarrow as pa

USUAL, VARIABLE = "https://skyserver.sdss.org", "PZ_TSM_SDSS_URL"
MOST = 500_000  # rows that SkyServer gives at once
POSITION = ("ra", "dec")


@dataclass
class Sdss(Archive):
    """A table, or a query, of a data release."""

    found: list[dict[str, str]] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.address = web.based(USUAL, VARIABLE)
        self.title = f"the SkyServer of SDSS DR{self.wanted.release}"
        self.session = web.session(self.address, rebase={USUAL: self.address})

    def _asked(self, query: str, path: Path, ctx: Context) -> pa.Table:
        try:
            from astroquery.sdss import SDSSClass
        except ImportError:
            raise base.needs("astroquery", "the SDSS") from None
        client = SDSSClass()
        self.session.headers["User-Agent"] = client._session.headers["User-Agent"]
        client._session = self.session

        def ask() -> pa.Table:
            answer = client.query_sql_async(query, data_release=self.wanted.release, cache=False)
            web.save(answer, path, ctx, web.progress(ctx, self.title))
            return answers.csv(path, self.title)

        return web.tried(ask, ctx, self.title, self.wanted.name)

    def _short(self, query: str, ctx: Context) -> pa.Table:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            return self._asked(query, Path(folder) / "answer", ctx)

    def columns(self, ctx: Context) -> list[dict[str, str]]:
        if not self.found:
            query = self.wanted.query or f"SELECT TOP 1 * FROM {self.wanted.tables[0]}"
            said = {} if self.wanted.query else self._described(ctx)
            table = self._short(query, ctx)
            self.found = [one | said.get(one["name"].lower(), {}) for one in base.described(table)]
        if self.wanted.asked is None:
            return self.found
        base.missing(self.wanted.asked, [one["name"] for one in self.found], self.wanted.name)
        return [one for one in self.found if one["name"] in self.wanted.asked]

    def _described(self, ctx: Context) -> dict[str, dict[str, str]]:
        """Units, UCDs and descriptions, by name in lower case; of a view those of its table."""
        name = self.wanted.tables[0].rpartition(".")[2]
        query = (
            "SELECT name, unit, ucd, description FROM DBColumns "
            f"WHERE tablename = '{name}' OR tablename = '{name}All'"
        )
        try:
            rows = self._short(query, ctx).to_pylist()
        except web.Unreachable:
            raise
        except TsmError:  # the rows are there without
            return {}
        return {
            str(row["name"]).lower(): {key: str(row[key] or "") for key in ("unit", "ucd", "description")}
            for row in rows
        }

    def _where(self, piece: Piece | None) -> str:
        said = regions.conditions(self.wanted.region, *POSITION, geometry=False)
        more = tiles.condition(piece, *POSITION) if piece is not None else None
        both = [f"({one})" for one in (said, more) if one]
        return f" WHERE {' AND '.join(both)}" if both else ""

    def _count(self, where: str, ctx: Context) -> int:
        if where not in self.counted:
            table = self._short(f"SELECT COUNT(*) AS n FROM {self.wanted.tables[0]}{where}", ctx)
            self.counted[where] = int(table.column(0)[0].as_py())
        return self.counted[where]

    def count(self, ctx: Context) -> int | None:
        return None if self.wanted.query else self._count(self._where(None), ctx)

    def pieces(self, ctx: Context) -> list[Piece]:
        if self.wanted.query:
            return [Piece("")]
        name, rows = self.wanted.tables[0], self._count(self._where(None), ctx)
        names = {one["name"].lower() for one in self._all(ctx)}
        if rows <= base.PIECE:
            return [Piece(name, rows)]
        if not set(POSITION) <= names:
            raise TsmError(
                f"'{self.wanted.name}' has {rows:,} rows, more than SkyServer gives at once, and no ra and "
                "dec to take it by pieces.",
                remedy="Ask for less by a query.",
                where=self.wanted.name,
            )
        return tiles.cut(
            name,
            rows,
            lambda piece: self._count(self._where(piece), ctx),
            nowhere=self.wanted.region is None,
            told=lambda done: ctx.step(
                0.02, f"counting the rows of {self.wanted.name}: {done:,} of {rows:,}"
            ),
        )

    def _all(self, ctx: Context) -> list[dict[str, str]]:
        self.columns(ctx)
        return self.found

    def _select(self, where: str, top: int | None = None) -> str:
        what = "*" if self.wanted.asked is None else ", ".join(f"[{one}]" for one in self.wanted.asked)
        return f"SELECT {f'TOP {top} ' if top else ''}{what} FROM {self.wanted.tables[0]}{where}"

    def fetch(self, piece: Piece, path: Path, ctx: Context) -> pa.Table:
        if not self.wanted.query:
            self.columns(ctx)
        table = self._asked(self.wanted.query or self._select(self._where(piece)), path, ctx)
        if self.wanted.query and table.num_rows >= MOST:
            raise TsmError(
                f"The query gave {table.num_rows:,} rows, as many as SkyServer gives at once: there "
                "may be more.",
                remedy="Name the table instead (sdss: {release: ..., table: ...}), or ask for less.",
                where="query",
            )
        if piece.rows is not None and table.num_rows < piece.rows:
            raise base.TooMany(tiles.halves(piece, nowhere=self.wanted.region is None))
        return self._told(table)

    def _told(self, table: pa.Table) -> pa.Table:
        """With units, UCDs and descriptions."""
        import pyarrow as pa

        said = {one["name"].lower(): one for one in self.found}
        fields = []
        for item in table.schema:
            known = said.get(item.name.lower(), {})
            more = {key: known[key] for key in ("unit", "ucd", "description") if known.get(key)}
            fields.append(item.with_metadata(more or None))
        return table.cast(pa.schema(fields))

    def preview(self, rows: int, path: Path, ctx: Context) -> pa.Table:
        if self.wanted.query:
            return self._asked(self.wanted.query, path, ctx)
        self.columns(ctx)
        return self._told(self._asked(self._select(self._where(None), top=rows), path, ctx))

    def suggested(self, schema: pa.Schema) -> dict[str, str]:
        lower = {name.lower(): name for name in schema.names}
        return {role: lower[role] for role in POSITION if role in lower}

    def query(self) -> Any:
        return self.wanted.query or self._select(self._where(None))
