"""Matching where the release is, when it is not on this machine: on a PZ Server, or at a TAP service.

Both give pairs and their objects' columns; what is decided from them (policy, objects that several galaxies
share, split keys, reasons) is decided here, by the same code as in memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pz_tsm import releases
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding, Report, Result
from pz_tsm.ops.match import expect_cost
from pz_tsm.releases import Profile, Release, Stored

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.ops.match.columns import Wanted
    from pz_tsm.ops.match.params import MatchParams
    from pz_tsm.ops.match.search import Pairs
    from pz_tsm.sources.hats import Catalogue
    from pz_tsm.sources.pzserver_jobs import Offer

PLACES = ("pz-server", "tap")
KEPT = 120.0  # seconds for which a plan believes what a place said last: plans are made at every edit
Answer = tuple[np.ndarray, np.ndarray]


@dataclass
class FarCatalogue:
    """What is known here of a catalogue that is read elsewhere; as ``sources.hats.Catalogue``, with no
    partitions."""

    name: str
    ra: str
    dec: str
    schema: pa.Schema
    sha256: str | None = None
    rows: int | None = None
    partitions: tuple[()] = ()


class Far(Protocol):
    """A release that is looked up elsewhere; a ``search.Search`` besides."""

    release: Release
    catalogue: FarCatalogue
    want: Wanted
    offer: Offer | None  # of a PZ Server, once it was asked

    def check(self, rows: int, names: Sequence[str]) -> None:
        """TsmError where the place can't do what the step asks, before anything is sent."""
        ...

    def connect(self) -> None:
        """Ask the place what it has; TsmError if it can't be reached or hasn't what is asked for."""
        ...

    def look(
        self, rows: pa.Table, ra: np.ndarray, dec: np.ndarray, reach_arcsec: float, seed: int
    ) -> tuple[Pairs, np.ndarray, Callable[[np.ndarray, np.ndarray], Answer] | None]:
        """As ``quality.search``; None instead of the last where the place can't make a null test."""
        ...

    def fetch(self, pairs: Pairs, names: Sequence[str] | None = None) -> pa.Table: ...

    def about(self) -> dict[str, Any]: ...

    def before(self) -> list[Finding]:
        """For a plan: where it would be made, and what will differ from a match here."""
        ...

    def told(self) -> list[Finding]:
        """How the result differs from a match here; counted where it can be."""
        ...


_said: dict[tuple[Any, ...], tuple[float, Any]] = {}


def lately(ctx: Context, key: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
    """What a place says of itself: asked anew in a run, not more than once in a while in plans."""
    if not ctx.planning:
        return ask()
    when, value = _said.get(key, (-KEPT, None))
    if time.monotonic() - when > KEPT:
        value = ask()
        _said[key] = time.monotonic(), value
    return value


def opened(
    params: MatchParams, ctx: Context, rows: int
) -> tuple[Far | None, Release, Catalogue | FarCatalogue, Wanted]:
    """What the step looks up its ``rows`` in: a far place, asked what it has, or (None) the release here."""
    from pz_tsm.ops.match import columns
    from pz_tsm.sources.hats import open_catalogue

    if params.run in PLACES:
        far = _place(params, ctx)
        far.connect()
        return far, far.release, far.catalogue, far.want
    release = resolve(params.release, ctx.base, rows)
    catalogue = open_catalogue(release.path)
    return None, release, catalogue, columns.wanted(release, catalogue, params.columns, params.objects)


def _place(params: MatchParams, ctx: Context) -> Far:
    release = far_release(params.release, ctx.base)
    if params.run == "tap":
        from pz_tsm.ops.match.tap import TapSearch

        return TapSearch(release, params, ctx)
    from pz_tsm.ops.match.pzserver import PzServerSearch

    return PzServerSearch(release, params, ctx)


def far_release(spec: str | dict[str, Any], base: Path = Path()) -> Release:
    """A release by its name and profile; its folder need not be known, and is not read.

    A name that no profile has is taken as that of the place, with what is safe to assume.
    """
    given = spec if isinstance(spec, dict) else {"name": spec}
    profile, name = given.get("profile"), given.get("name")
    if isinstance(spec, dict) and spec.get("hats") and not profile:
        known = releases.resolve(spec, base)
        return Release(known.name, known.profile, Path(known.name), known.assumed)
    if isinstance(spec, str) and spec.lower() not in releases.names():
        if spec in releases.locations() or spec.endswith(releases.YAML_ENDS) or (base / spec).is_dir():
            known = releases.resolve(spec, base)
            return Release(known.name, known.profile, Path(known.name), known.assumed)
        return Release(spec, releases.profile("unnamed"), Path(spec), assumed=True)
    own = str(profile or name)
    if own.endswith(releases.YAML_ENDS) and not Path(own).is_absolute():
        own = str(base / own)
    made = releases.profile(own)
    return Release(str(name or made.name).lower() if not profile else str(name or made.name), made, Path(own))


def resolve(spec: str | dict[str, Any], base: Path, rows: int) -> Release:
    """The release on this machine; where it isn't here, the error says how else ``rows`` can be matched."""
    try:
        return releases.resolve(spec, base)
    except TsmError as error:
        name = spec.get("profile") if isinstance(spec, dict) and not spec.get("hats") else spec
        if not isinstance(name, str) or name.lower() not in releases.names():
            raise
        from pz_tsm.ops.match import tap
        from pz_tsm.sources.tap import inside_rsp

        small = rows <= tap.LIMIT
        if inside_rsp():
            there = (
                f"run: tap ({rows:,} rows: few enough for an upload to the TAP service)"
                if small
                else f"not run: tap, which takes at most {tap.LIMIT:,} rows of these {rows:,}"
            )
        else:
            there = f"inside the Rubin Science Platform run: tap (at most {tap.LIMIT:,} rows)"
        raise TsmError(
            error.message,
            remedy=f"{(error.remedy or '').rstrip('.')}. Or match where the release is: run: pz-server (the "
            f"Training Set Maker of the PZ Server); {there}.",
            where=error.where,
        ) from None


def expected_schema(profile: Profile, names: Sequence[str]) -> pa.Schema:
    """Columns that a catalogue of that profile is expected to have, for a plan that can't ask."""
    import pyarrow as pa

    own = {profile.id: pa.int64(), profile.ra: pa.float64(), profile.dec: pa.float64()}
    return pa.schema([*own.items(), *((name, pa.float32()) for name in names if name not in own)])


def states(profile: Profile, dereddened: bool, dust_map: str | None) -> dict[str, dict]:
    """The photometric state of every column that the profile names, as the place says it is stored."""
    from pz_tsm.ops.match import columns

    stored = Stored(dereddened=dereddened, dust_map=dust_map)
    return columns.states(profile, profile.fluxes, stored, stored)


def footprint(ra: np.ndarray, dec: np.ndarray, pairs: Pairs) -> np.ndarray:
    """For every position whether objects were found in its cell of the sky or one beside it.

    In memory the release's own objects decide; from afar only those that were found are known.
    """
    from pz_tsm.ops.match.search import Footprint

    sky = Footprint()
    if len(pairs):
        sky.add(pairs.ra, pairs.dec)
    inside = sky.holds(ra, dec)
    inside[pairs.row] = True
    return inside


@dataclass
class Differences:
    """How a result made elsewhere differs from one made here: words, and how many rows where it is known."""

    found: list[dict[str, Any]] = field(default_factory=list)

    def add(self, code: str, words: str, count: int | None = None, warn: bool = False) -> None:
        self.found.append({"code": code, "what": words, "count": count, "warn": warn})

    def findings(self) -> list[Finding]:
        return [
            Finding("warning" if one["warn"] else "note", one["what"], count=one["count"], code=one["code"])
            for one in self.found
        ]

    def details(self) -> list[dict[str, Any]]:
        return [{key: one[key] for key in ("code", "what", "count")} for one in self.found]


def plan(table: pa.Table, params: MatchParams, ctx: Context, positions: int) -> Result:
    """What a match elsewhere would do: where, about how many rows, what the place lacks. Nothing is sent.

    A place that can't be reached, or that wants a token, is a finding; the columns are then those that the
    release's profile makes likely. ``positions``: rows to match.
    """
    from pz_tsm.ops.match import columns, offers

    far = _place(params, ctx)
    far.check(positions, table.column_names)
    report = Report("match", table.num_rows, 0)
    try:
        far.connect()
    except TsmError as error:
        report.findings.append(Finding("error", error.message, error.remedy, error.where, code="not-there"))
    schema = columns.result_schema(table.schema, far.release, far.catalogue, far.want)  # type: ignore[arg-type]
    schema = columns.with_asked(schema, params)
    report.rows_out = table.num_rows if params.unmatched == "keep" else positions
    if left := table.num_rows - report.rows_out:
        report.dropped["not matched: other rows, or no position"] = left
    width = columns.bytes_per_row(table, schema) if table.num_rows else 8.0 * len(schema)
    report.details.update(
        estimated=True,
        at_most=positions,
        release=far.release.name,
        columns=list(far.want.columns),
        expected={
            "rows": positions,
            "select": params.select,
            "result": expect_cost.size(report.rows_out, width),
        },
        offers=(
            offers.of_server(far.offer)
            if params.run == "pz-server"
            else offers.here(far.release, far.catalogue.schema.names)
        ),
        **far.about(),
    )
    report.findings += far.before()
    return Result(schema.empty_table(), report.close())
