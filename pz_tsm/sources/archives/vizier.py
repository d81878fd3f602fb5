"""VizieR, asked as ``astroquery.vizier`` asks it: every row, positions computed in degrees where the table's
own are not, a large table by its record numbers.

``PZ_TSM_VIZIER_URL`` names another server (``https://host/viz-bin``), ``PZ_TSM_VIZIER_TAP_URL`` that which
counts rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.sources.archives import answers, base, regions, sphere, web
from pz_tsm.sources.archives.base import Archive, Piece

if TYPE_CHECKING:
    import pyarrow as pa

USUAL, VARIABLE = "https://vizier.cds.unistra.fr/viz-bin", "PZ_TSM_VIZIER_URL"
COMPUTED = ("_RAJ2000", "_DEJ2000")  # positions in degrees, J2000, that VizieR works out from the table's own
RECORD = "recno"  # VizieR's own numbers, which may change: no column unless it is named
ROLES = ("ra", "dec")
ALL = "**"


@dataclass
class VizieR(Archive):
    """Tables of VizieR."""

    title: str = "VizieR"
    heads: list[Any] = field(default_factory=list)  # of each table: Named with one row
    rows: dict[str, int | None] | None = None

    def __post_init__(self) -> None:
        self.address = web.based(USUAL, VARIABLE)
        self.session = web.session(self.address, rebase={USUAL: self.address})

    def _client(self, columns: list[str], rows: int, **more: Any) -> Any:
        try:
            from astroquery.vizier import VizierClass
        except ImportError:
            raise base.needs("astroquery", "VizieR") from None
        client = VizierClass(columns=columns, row_limit=rows, vizier_server="vizier.cds.unistra.fr", **more)
        self.session.headers["User-Agent"] = client._session.headers["User-Agent"]
        client._session = self.session
        return client

    def _asked(
        self,
        tables: str | list[str],
        columns: list[str],
        rows: int,
        path: Path,
        ctx: Context,
        *,
        part: regions.Part | None = None,
        numbers: tuple[int, int | None] | None = None,
    ) -> answers.Tables:
        """One answer. No answer is taken from the client's own cache, which holds pickles."""
        client = self._client(columns, rows)
        from astroquery import cache_conf

        if numbers is not None:
            first, last = numbers
            client.column_filters = {RECORD: f">={first}" if last is None else f"{first}..{last}"}
        circle = None if part is None else sphere.around(part)

        def ask() -> answers.Tables:
            with cache_conf.set_temp("cache_active", False):
                if circle is None:
                    answer = client.get_catalogs_async(tables)
                else:
                    import astropy.units as u
                    from astropy.coordinates import SkyCoord

                    centre = SkyCoord(circle.ra, circle.dec, unit="deg", frame="fk5")
                    answer = client.query_region_async(
                        centre, radius=circle.radius * u.deg, catalog=tables, cache=False
                    )
            web.save(answer, path, ctx, web.progress(ctx, self.title))
            return answers.votable(path, self.title)

        return web.tried(ask, ctx, self.title, f"VizieR, {self._named(tables)}")

    def _named(self, tables: str | list[str]) -> str:
        return tables if isinstance(tables, str) else ", ".join(tables)

    def _header(self, ctx: Context) -> list[Any]:
        """The tables of the request with their columns; TsmError naming what the catalogue has."""
        if self.heads:
            return self.heads
        import tempfile

        found = []
        for wanted in self.wanted.tables:
            with tempfile.TemporaryDirectory() as folder:
                said = self._asked(wanted, [ALL, *COMPUTED], 1, Path(folder) / "head.xml", ctx)
            exact = [one for one in said.tables if one.name == wanted]
            inside = [one for one in said.tables if one.name.startswith(f"{wanted}/")]
            if not exact and not inside:
                raise TsmError(
                    f"VizieR has no table '{wanted}'.",
                    remedy="Look it up at https://vizier.cds.unistra.fr, and give its whole name, such as "
                    "J/A+A/609/A84/vipersw1.",
                    where=wanted,
                )
            if not exact and len({tuple(one.table.column_names) for one in inside}) > 1:
                shown = "; ".join(f"{one.name} ({one.description[:60]})" for one in inside[:8])
                raise TsmError(
                    f"The catalogue '{wanted}' has {len(inside)} tables with different columns.",
                    remedy=f"Name one of them: {shown}.",
                    where=wanted,
                )
            found += exact or inside
        names = {tuple(one.table.column_names) for one in found}
        if len(names) > 1 and self.wanted.asked is None:
            raise TsmError(
                f"The tables {', '.join(one.name for one in found)} have different columns.",
                remedy="Give each as an input of its own, or name the columns they share: columns: [...].",
                where=found[0].name,
            )
        self.heads = found
        return found

    def _output(self, ctx: Context) -> list[str]:
        """Names of the columns of the result: those asked for, or all; computed positions where needed."""
        head = self._header(ctx)[0].table
        names = head.column_names
        if self.wanted.asked is None:
            return [name for name in names if name != RECORD or name in self.wanted.extra]
        for one in self._header(ctx):
            base.missing(self.wanted.asked, one.table.column_names, one.name)
        own = list(self.wanted.asked)
        region = self.wanted.region or ()
        cut = len(region) > 1 or any(isinstance(part, regions.Box) for part in region)
        if cut or set(COMPUTED) <= set(self._positions(head.schema)):
            own += [name for name in COMPUTED if name in names and name not in own]
        return own

    def _positions(self, schema: pa.Schema) -> list[str]:
        """The table's own columns of decimal positions, J2000 or ICRS; those that VizieR computes where it
        has none; nothing where it can't tell."""
        own = [
            next((item.name for item in _mains_first(schema) if _is_decimal(item, role)), None)
            for role in ROLES
        ]
        if all(own):
            return [str(name) for name in own]
        return list(COMPUTED) if set(COMPUTED) <= set(schema.names) else []

    def suggested(self, schema: pa.Schema) -> dict[str, str]:
        return dict(zip(ROLES, self._positions(schema), strict=False))

    def columns(self, ctx: Context) -> list[dict[str, str]]:
        head = self._header(ctx)[0].table
        return [base.column(head.schema.field(name)) for name in self._output(ctx)]

    def names(self, ctx: Context) -> list[str]:
        return self._header(ctx)[0].table.column_names

    def count(self, ctx: Context) -> int | None:
        found = self._counted(ctx) if self.wanted.region is None else {}
        rows = [found.get(one.name) for one in self._header(ctx)]
        return sum(rows) if rows and None not in rows else None

    def _counted(self, ctx: Context) -> dict[str, int | None]:
        """Rows of each table, as VizieR's TAP service counts them; None where it doesn't answer."""
        if self.rows is None:
            self.rows = {
                one.name: self._told(f'SELECT COUNT(*) AS n FROM "{one.name}"') for one in self._header(ctx)
            }
        return self.rows

    def _told(self, query: str) -> int | None:
        from pz_tsm.sources.archives.wanted import tap_address
        from pz_tsm.sources.tap import Service

        try:
            return int(Service(tap_address("vizier"), None).ask(query).column(0)[0].as_py())
        except TsmError:
            return None

    def size(self, ctx: Context) -> base.Count:
        """Of a region about: VizieR itself decides what lies within its edge."""
        if self.wanted.region is None:
            return super().size(ctx)
        ra, dec = (*self._positions(self._header(ctx)[0].table.schema), "", "")[:2]
        if not ra or ra in COMPUTED:  # columns that its TAP service does not have
            return base.Count(None, None, False)
        said = regions.conditions(self.wanted.region, f'"{ra}"', f'"{dec}"')
        told = [
            self._told(f'SELECT COUNT(*) AS n FROM "{one.name}" WHERE {said}') for one in self._header(ctx)
        ]
        rows = None if None in told else sum(told)
        return base.Count(rows, None if rows is None else rows * self.width(ctx), False)

    def pieces(self, ctx: Context) -> list[Piece]:
        found = []
        counted = self._counted(ctx) if self.wanted.region is None else {}
        for one in self._header(ctx):
            rows = counted.get(one.name)
            if self.wanted.region is not None:
                found += [Piece(one.name, part=i) for i in range(len(self.wanted.region))]
            elif rows is None or rows <= base.PIECE or RECORD not in one.table.column_names:
                found.append(Piece(one.name, rows))
            else:
                starts = range(1, rows + 1, base.PIECE)
                found += [Piece(one.name, None, numbers=(a, a + base.PIECE - 1)) for a in starts]
                found.append(Piece(one.name, None, numbers=(starts[-1] + base.PIECE, None)))
        return found

    def fetch(self, piece: Piece, path: Path, ctx: Context) -> pa.Table:
        names = self._output(ctx)
        asked = [ALL, *COMPUTED] if self.wanted.asked is None else names
        part = None if piece.part is None else (self.wanted.region or ())[piece.part]
        said = self._asked(piece.table, asked, -1, path, ctx, part=part, numbers=piece.numbers)
        if said.overflow:
            raise TsmError(
                f"VizieR cut '{piece.table}' off: it has more rows than it gives at once.",
                remedy="Restrict it to a region: vizier: {table: ..., region: {ra, dec, radius_deg}}.",
                where=piece.table,
            )
        table = next((one.table for one in said.tables if one.name == piece.table), None)
        if table is None:  # no row fits
            table = self._head_of(piece.table, ctx).slice(0, 0)
        lacking = [name for name in names if name not in table.column_names]
        if lacking and self.wanted.asked is not None:  # its answers to long lists are not always whole
            said = self._asked(piece.table, [ALL, *COMPUTED], -1, path, ctx, part=part, numbers=piece.numbers)
            table = next((one.table for one in said.tables if one.name == piece.table), table)
        base.missing(names, table.column_names, piece.table)
        self.warnings += [one for one in said.warnings if "unknown" in one]
        if piece.part is not None:
            table = self._inside(table, piece.part)
        table = table.select(names)
        if len(self._header(ctx)) > 1:
            import pyarrow as pa

            table = table.append_column("vizier_table", pa.array([piece.table] * table.num_rows, pa.string()))
        return table

    def _head_of(self, name: str, ctx: Context) -> pa.Table:
        return next(one.table for one in self._header(ctx) if one.name == name)

    def _inside(self, table: pa.Table, part: int) -> pa.Table:
        """The rows of one part of the region that lie in none before it."""
        region = self.wanted.region or ()
        if len(region) == 1 and isinstance(region[0], regions.Circle):
            return table
        if not set(COMPUTED) <= set(table.column_names):
            raise TsmError(
                f"'{self.wanted.name}' has no positions that VizieR can compare with a box or several "
                "regions.",
                remedy="Give one circle, or no region and a filter.",
                where="region",
            )
        return table.filter(
            sphere.only_in(region, part, table.column(COMPUTED[0]), table.column(COMPUTED[1]))
        )

    def preview(self, rows: int, path: Path, ctx: Context) -> pa.Table:
        names = self._output(ctx)
        part = (self.wanted.region or (None,))[0]
        said = self._asked(self._header(ctx)[0].name, [ALL, *COMPUTED], rows, path, ctx, part=part)
        return (said.tables[0].table if said.tables else self._header(ctx)[0].table.slice(0, 0)).select(names)

    def query(self) -> str:
        return "; ".join(
            [
                f"-source={','.join(one.name for one in self.heads) or ','.join(self.wanted.tables)}",
                f"-out={','.join(self.wanted.asked or ('**',))}",
                "-out.max=unlimited",
                *(str(part.value) for part in self.wanted.region or ()),
            ]
        )


def _mains_first(schema: pa.Schema) -> list[pa.Field]:
    own = [item for item in schema if item.name not in COMPUTED]
    return sorted(own, key=lambda item: "main" not in base.column(item)["ucd"].lower())


def _is_decimal(item: pa.Field, role: str) -> bool:
    """Whether a column is a position in degrees of J2000 or ICRS."""
    import pyarrow.types as pt

    said = base.column(item)
    if not pt.is_floating(item.type) or said["unit"] not in ("deg", "degree", "degrees"):
        return False
    names = r"_?(ra|alpha|rightasc).*" if role == "ra" else r"_?(de|delta).*"
    if "1950" in item.name or "1950" in said["description"]:
        return False
    return bool(
        re.match(rf"pos\.eq\.{role}(;meta\.main)?$|pos_eq_{role}(_main)?$", said["ucd"].lower())
        or (not said["ucd"] and re.match(names, item.name.lower()))
    )
