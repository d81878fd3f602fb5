"""A match by a TAP service: positions are sent as a table, and joined there to the release's Object table.

For small lists: the service works on every list anew. All pairs within the reach come back, with the columns
that the step wants, so that policy and quality are those of a match in memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Amount, Context, Finding
from pz_tsm.ops.match import columns, elsewhere, quality
from pz_tsm.ops.match.columns import Wanted
from pz_tsm.ops.match.search import Pairs, ordered
from pz_tsm.releases import Release
from pz_tsm.sky.sphere import separation
from pz_tsm.sources import tap

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.ops.match.params import MatchParams

LIMIT = 50_000  # positions: more are better matched where the release is (domain knowledge of the service)
CHUNK = 10_000  # positions in one upload
LARGEST = 500_000  # rows asked for in one answer
NAMES = {  # of this module's own columns, in the service's answer
    "place": "tsm_place",
    "id": "tsm_id",
    "ra": "tsm_ra",
    "dec": "tsm_dec",
}


class TapSearch:
    """``elsewhere.Far`` by TAP. The parts of an answer are kept in the job's folder until it is whole."""

    def __init__(self, release: Release, params: MatchParams, ctx: Context) -> None:
        self.release, self.params, self.ctx = release, params, ctx
        self.service: tap.Service | None = None
        self.offer = None  # any of the table's columns can be had
        self.tables: list[pa.Table] = []  # columns of the objects, one table for each part of an answer
        self.queries = 0
        self.differences = elsewhere.Differences()
        profile = release.profile
        likely = [
            spelled(band, flux)
            for flux in profile.fluxes
            for band in profile.bands
            for spelled in (profile.flux, profile.flux_err)
        ]
        self._know(elsewhere.expected_schema(profile, [*likely, profile.ebv, *profile.extra]), likely=True)

    def check(self, rows: int, names: Sequence[str]) -> None:
        if rows > LIMIT:
            raise TsmError(
                f"{rows:,} positions are too many for an upload to the TAP service: it takes {LIMIT:,} here.",
                remedy="Use run: pz-server, or a HATS catalogue of the release with run: engine; or match a "
                "part of the list.",
                where="run",
            )

    def connect(self) -> None:
        profile = self.release.profile
        if not profile.table:
            raise TsmError(
                f"The release '{self.release.name}' has no table at a TAP service: its profile names none.",
                remedy="Name the profile (release: {name: dp1, profile: dp1}), or a profile of your own with "
                "'table'.",
                where="release",
            )
        table, service = profile.table, tap.Service.of(profile.table.split(".")[0])
        key = (service.url, hash(tap.token()), table)
        self._know(_schema(elsewhere.lately(self.ctx, key, lambda: service.columns(table))))
        self.service = service

    def look(self, rows: pa.Table, ra: np.ndarray, dec: np.ndarray, reach_arcsec: float, seed: int) -> tuple:
        self.check(len(ra), rows.column_names)
        if not len(ra):
            return ordered([]), np.zeros(0, bool), None
        pairs, inside, shifted = quality.search(self.find, ra, dec, reach_arcsec, None, seed)
        if not (pairs.sep <= reach_arcsec).any():
            raise TsmError(
                f"The TAP service has no object of '{self.release.name}' within {reach_arcsec:g} arcsec of "
                f"any of the {len(ra)} positions.",
                remedy="Choose a release that covers these catalogues, or check that their positions are in "
                "degrees (ICRS).",
                where=self.release.name,
            )
        self._compare()
        return pairs, inside, shifted

    def find(
        self, ra: np.ndarray, dec: np.ndarray, reach_arcsec: float, *, objects_of: int | None = None
    ) -> tuple[Pairs, np.ndarray]:
        """As ``search.Search.find``. The footprint is judged by the objects that were found."""
        cut = len(ra) if objects_of is None else objects_of
        parts = [
            (start, min(start + CHUNK, end), full)
            for begin, end, full in ((0, cut, True), (cut, len(ra), False))
            for start in range(begin, end, CHUNK)
        ]
        found: list[Pairs] = []
        for done, (start, end, full) in enumerate(parts):
            amount = Amount(done, len(parts), "uploads", sum(len(one) for one in found))

            def tell(phase: str, amount: Amount = amount, end: int = end) -> None:
                words = f"TAP: {end:,} of {len(ra):,} positions, {phase}"
                self.ctx.step(amount.done / amount.total, words, amount)

            found += self._part(ra[start:end], dec[start:end], start, reach_arcsec, full, tell)
        pairs = ordered(found)
        return pairs, elsewhere.footprint(ra, dec, pairs)

    def fetch(self, pairs: Pairs, names: Sequence[str] | None = None) -> pa.Table:
        import pyarrow as pa

        chosen = list(self.want.columns if names is None else names)
        if not len(pairs):
            return pa.schema([self.catalogue.schema.field(name) for name in chosen]).empty_table()
        starts = np.cumsum([0, *(table.num_rows for table in self.tables)])
        whole = pa.concat_tables([table.select(chosen) for table in self.tables])
        return whole.take(pa.array(starts[pairs.part] + pairs.place))

    def about(self) -> dict[str, Any]:
        said: dict[str, Any] = {"table": self.release.profile.table, "queries": self.queries}
        if self.service is not None:
            said["server"] = self.service.url
        return {"where": "tap", "tap": {**said, "differences": self.differences.details()}}

    def before(self) -> list[Finding]:
        if self.service is None:
            return []
        words = (
            f"This runs at the TAP service {self.service.url}, on its table {self.release.profile.table}: "
            "the positions are sent there, and fluxes come from that table. There are no partitions, so no "
            "match is lost at an edge."
        )
        return [Finding("note", words, where="run", code="by-tap")]

    def told(self) -> list[Finding]:
        return self.differences.findings()

    # the release as the service describes it

    def _know(self, schema: pa.Schema, likely: bool = False) -> None:
        profile = self.release.profile
        self.catalogue = elsewhere.FarCatalogue(self.release.name, profile.ra, profile.dec, schema)
        asked = self.params.columns
        if likely:  # nothing is refused before the service has said what it has
            have = {name.lower() for name in (*schema.names, *profile.fluxes)}
            asked = [name for name in asked or [] if name.lower() in have] or None
        self.want: Wanted = columns.wanted(
            self.release,
            self.catalogue,  # type: ignore[arg-type]
            asked,
            self.params.objects,
        )

    # the work

    def _part(
        self,
        ra: np.ndarray,
        dec: np.ndarray,
        start: int,
        reach_arcsec: float,
        full: bool,
        tell: Callable[[str], None],
    ) -> list[Pairs]:
        """Pairs of some positions, the first of which is number ``start``; ``full``: with their columns.

        An answer that the service cuts off is asked for again in halves.
        """
        try:
            answer = self._kept(ra, dec, reach_arcsec, full, tell)
        except tap.Overflow as error:
            if len(ra) < 2:
                raise error
            half = len(ra) // 2
            first = self._part(ra[:half], dec[:half], start, reach_arcsec, full, tell)
            return first + self._part(ra[half:], dec[half:], start + half, reach_arcsec, full, tell)
        place, object_id = (_whole(answer, NAMES[name]) for name in ("place", "id"))
        object_ra, object_dec = (np.asarray(answer[NAMES[name]], dtype=float) for name in ("ra", "dec"))
        number = np.full(len(place), len(self.tables), dtype=np.int64)
        if full:
            self.tables.append(answer.select(self._read()))
        sep = separation(ra[place], dec[place], object_ra, object_dec)
        there = np.arange(len(place), dtype=np.int64)
        pairs = Pairs(place + start, object_id, sep, object_ra, object_dec, number, there)
        good = np.isfinite(object_ra) & np.isfinite(object_dec) & (sep <= reach_arcsec)
        return [pairs.take(np.flatnonzero(good))]

    def _read(self) -> list[str]:
        """Columns that the rows' objects need: those wanted, and position errors where the policy asks."""
        more = self.release.profile.position_errors if self.params.select == "error-weighted" else ()
        have = self.catalogue.schema.names
        return list(dict.fromkeys([*self.want.columns, *(name for name in more if name in have)]))

    def _kept(
        self, ra: np.ndarray, dec: np.ndarray, reach_arcsec: float, full: bool, tell: Callable[[str], None]
    ) -> pa.Table:
        """The service's answer, or the one that an earlier run of the job kept."""
        import pyarrow as pa
        import pyarrow.feather as feather

        query = self.query(reach_arcsec, full)
        path = self._path(query, ra, dec)
        if path is not None and path.is_file():
            return feather.read_table(path)
        answer = self._ask(query, ra, dec, tell)
        renamed = {name.lower(): name for name in [*NAMES.values(), *(self._read() if full else [])]}
        answer = answer.rename_columns([renamed.get(name.lower(), name) for name in answer.column_names])
        missing = [name for name in renamed.values() if name not in answer.column_names]
        if missing:
            raise TsmError(
                f"The TAP service's answer has no column {', '.join(missing[:6])}.",
                remedy="Tell those who run it.",
                where=missing[0],
            )
        answer = answer.select(list(renamed.values()))
        fields = [
            self.catalogue.schema.field(name)
            if name in self.catalogue.schema.names
            else answer.schema.field(name)
            for name in answer.column_names
        ]
        try:
            answer = answer.cast(pa.schema(fields))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise TsmError(f"The TAP service's answer is not of the types that it states: {error}.") from None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.name}.{os.getpid()}.part")
            feather.write_feather(answer, part, compression="uncompressed")
            part.replace(path)
        return answer

    def _path(self, query: str, ra: np.ndarray, dec: np.ndarray) -> Path | None:
        if self.ctx.job is None or self.service is None:
            return None
        digest = hashlib.sha256(json.dumps([self.service.url, query]).encode() + ra.tobytes() + dec.tobytes())
        return self.ctx.job.folder / "match-tap" / f"{digest.hexdigest()[:32]}.arrow"

    def _ask(self, query: str, ra: np.ndarray, dec: np.ndarray, tell: Callable[[str], None]) -> pa.Table:
        from astropy.table import Table

        assert self.service is not None
        sent = Table({"place": np.arange(len(ra), dtype=np.int32), "ra": ra, "dec": dec})
        self.queries += 1
        return self.service.job(
            query, {"positions": sent}, maxrec=LARGEST, cancelled=self.ctx.cancelled, tell=tell
        )

    def query(self, reach_arcsec: float, full: bool) -> str:
        """The join in ADQL; ``full``: with the columns of the objects."""
        profile = self.release.profile
        assert profile.table is not None
        table = ".".join(_quoted(name) for name in profile.table.split("."))
        ra, dec = (f"o.{_quoted(name)}" for name in (profile.ra, profile.dec))
        wanted = [
            f"u.place AS {NAMES['place']}",
            f"o.{_quoted(self.want.id)} AS {NAMES['id']}",
            f"{ra} AS {NAMES['ra']}",
            f"{dec} AS {NAMES['dec']}",
            *(f"o.{_quoted(name)}" for name in (self._read() if full else [])),
        ]
        primary = f" AND o.{_quoted(self.want.primary)} = 1" if self.want.primary else ""
        return (
            f"SELECT {', '.join(wanted)} FROM {table} AS o, TAP_UPLOAD.positions AS u "
            f"WHERE CONTAINS(POINT('ICRS', {ra}, {dec}), "
            f"CIRCLE('ICRS', u.ra, u.dec, {reach_arcsec * 1.0001 / 3600:.12f})) = 1{primary}"
        )

    def _compare(self) -> None:
        assert self.service is not None
        add = self.differences.add
        add(
            "by-tap",
            f"Made by the TAP service {self.service.url} in {self.queries} queries. Fluxes come from its "
            f"table {self.release.profile.table}, as they are there on this day.",
        )
        add(
            "tap-footprint",
            "The service does not say where the release has objects: a position counts as outside the "
            "footprint if no object was found within a quarter of a degree of it.",
        )


def _schema(rows: list[dict[str, Any]]) -> pa.Schema:
    """The columns of a table as TAP_SCHEMA describes them: types of VOTable or ADQL."""
    import pyarrow as pa

    kinds = {
        "boolean": pa.bool_(),
        "short": pa.int16(),
        "smallint": pa.int16(),
        "int": pa.int32(),
        "integer": pa.int32(),
        "long": pa.int64(),
        "bigint": pa.int64(),
        "float": pa.float32(),
        "real": pa.float32(),
        "double": pa.float64(),
    }
    fields = []
    for row in rows:
        kind = re.sub(r"[^a-z].*", "", str(row["datatype"]).lower())
        said = {key: row[key] for key in ("unit", "ucd", "description") if row.get(key)}
        fields.append(pa.field(str(row["column_name"]), kinds.get(kind, pa.string()), metadata=said or None))
    return pa.schema(fields)


def _quoted(name: str) -> str:
    """A name in ADQL: as it is where that is allowed, else in quotation marks."""
    return name if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'


def _whole(table: pa.Table, name: str) -> np.ndarray:
    import pyarrow as pa

    column = table[name]
    if not pa.types.is_integer(column.type) or column.null_count:
        raise TsmError(
            f"The TAP service gives '{name}' as {column.type}; whole numbers of 64 bits are needed.",
            remedy="Tell those who run it.",
            where=name,
        )
    return column.combine_chunks().to_numpy().astype(np.int64)
