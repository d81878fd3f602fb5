"""A match by the Training Set Maker of a PZ Server: the positions are sent, its pairs come back.

The redshifts become a product of the user there, a process matches them, and its result is joined back by
``row_id``. All objects within the radius are asked for (up to ``NEIGHBOURS``), so that the step's policy can
be applied here as it is to any other pairs.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, Finding
from pz_tsm.ops.match import elsewhere
from pz_tsm.ops.match.columns import Wanted
from pz_tsm.ops.match.pzserver_objects import Found, read
from pz_tsm.ops.match.pzserver_params import PzServerChoice
from pz_tsm.ops.match.search import Pairs, ordered
from pz_tsm.releases import Release
from pz_tsm.sources import pzserver, pzserver_jobs, pzserver_watch

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.ops.match.params import MatchParams

NEIGHBOURS = 10  # objects asked for at each position, at most
PLANNING, RUNNING = 10.0, 60.0  # seconds that the server has for an answer
UNDONE = ("none", "no", "raw", "")  # names of dereddening that is none
SENT = {  # column sent -> (column of ours, role)
    "row_id": ("row_id", "id"),
    "ra": ("ra", "ra"),
    "dec": ("dec", "dec"),
    "z": ("redshift", "z"),
    "z_err": ("z_err", "z_err"),
    "z_flag": ("z_flag_homogenized", "z_flag"),
    "survey": ("survey", "survey"),
}


class PzServerSearch:
    """``elsewhere.Far``: one process of the server for all positions."""

    def __init__(self, release: Release, params: MatchParams, ctx: Context) -> None:
        self.release, self.params, self.ctx = release, params, ctx
        self.choice = params.pz_server or PzServerChoice()
        self.offer: pzserver_jobs.Offer | None = None
        self.found: Found | None = None
        self.made: dict[str, Any] = {}
        self.differences = elsewhere.Differences()
        self.others: int | None = None  # pairs with objects that are not primary
        self._expect(params.columns[0] if params.columns else None)

    def check(self, rows: int, names: Sequence[str]) -> None:
        if self.params.columns and len(self.params.columns) > 1:
            raise TsmError(
                "The PZ Server gives one flux family at a time, as it made them beforehand; the step "
                f"asks for {', '.join(self.params.columns)}.",
                remedy="Name one flux family in 'columns', or match here (run: memory or engine).",
                where="columns",
            )

    def connect(self) -> None:
        if self.ctx.job is not None and not pzserver.configured():
            raise TsmError(
                "No PZ Server is configured but the engine that runs this job.",
                remedy=f"Set {pzserver.URL} to the PZ Server's address, or use run: engine.",
                where="run",
            )
        with pzserver.Server(PLANNING if self.ctx.planning else RUNNING) as server:
            key = (server.base, hash(server.client.headers["Authorization"]), self.release.name)
            name = self.release.name
            offer = elsewhere.lately(self.ctx, key, lambda: pzserver_jobs.offered(server, name))
        self.param = self._param(offer)
        self.offer = offer
        self._expect(self.param["flux_type"])

    def look(self, rows: pa.Table, ra: np.ndarray, dec: np.ndarray, reach_arcsec: float, seed: int) -> tuple:
        """Send, wait, fetch and join back. There is no null test: only what is to be matched is sent."""
        assert self.offer is not None
        self.param["crossmatch"]["radius_arcsec"] = reach_arcsec
        self.check(len(ra), rows.column_names)
        if not len(ra):
            return ordered([]), np.zeros(0, bool), None
        sent = _sent(rows, ra, dec)
        ids = rows["row_id"].to_numpy()
        if len(np.unique(ids)) != len(ids):
            raise TsmError(
                "Rows share a row_id: the PZ Server's result can't be joined back.", where="row_id"
            )
        digest = self._digest(sent)
        name = f"tsm_match_{self.offer.release.get('name')}_{digest[:12]}"
        folder = self.ctx.job.folder if self.ctx.job else pzserver.cache() / "matches"
        known = pzserver_jobs.Remembered.at(folder / f"pz-server-{digest[:16]}.json")
        with pzserver.Server(RUNNING) as server:
            process, product, path = self._process(server, name, sent, known)
        self.found = read(path, sent.column_names, self.release.profile, self.offer.release, self._stored())
        pairs = self._primary(self.found.pairs(ids, ra, dec))
        self.catalogue = self.found.catalogue(f"PZ Server: {self.offer.release.get('display_name')}")
        self.want = self.found.want
        self.made = {
            "process": process["id"],
            "product": product["id"],
            "internal_name": product.get("internal_name"),
            "redshifts": known.ids.get("product"),
            "n_neighbors": self.param["crossmatch"]["n_neighbors"],
        }
        self._compare(process, pairs, reach_arcsec)
        if not len(pairs):
            raise TsmError(
                f"The PZ Server found no object of '{self.release.name}' within {reach_arcsec:g} arcsec of "
                f"any of the {len(ra)} positions.",
                remedy="Choose a release that covers these catalogues, or check that their positions are in "
                "degrees (ICRS).",
                where=self.release.name,
            )
        return pairs, elsewhere.footprint(ra, dec, pairs), None

    def fetch(self, pairs: Pairs, names: Sequence[str] | None = None) -> pa.Table:
        import pyarrow as pa

        assert self.found is not None
        chosen = list(self.want.columns if names is None else names)
        return self.found.objects.select(chosen).take(pa.array(pairs.place))

    def about(self) -> dict[str, Any]:
        said: dict[str, Any] = {"flux": self.param.get("flux_type"), **self._stored(), **self.made}
        if self.offer is not None:
            said = {"server": self.offer.server, "release": self.offer.release.get("name"), **said}
        said["differences"] = self.differences.details()
        return {"where": "pz-server", "sha256": self.catalogue.sha256, "pz_server": said}

    def told(self) -> list[Finding]:
        return self.differences.findings()

    # what the server is asked for

    def _param(self, offer: pzserver_jobs.Offer) -> dict[str, Any]:
        """Parameters of the process; TsmError, with what is offered, for what the server hasn't."""
        flux, where = self.params.columns[0] if self.params.columns else None, offer.release.get("name")
        chosen = offer.flux if flux is None else _named(flux, offer.fluxes)
        if chosen is None:
            raise TsmError(
                f"The PZ Server's release '{where}' has no flux family '{flux}': its photometry was made "
                "beforehand, and other columns can't be asked for.",
                remedy=f"It has: {', '.join(offer.fluxes) or offer.flux}. Or match here (run: engine).",
                where="columns",
            )
        dust = self.choice.deredden
        dust = offer.dust if dust is None else _named(dust, offer.dereddening or (offer.dust,))
        if dust is None:
            raise TsmError(
                f"The PZ Server's release '{where}' has no dereddening '{self.choice.deredden}'.",
                remedy=f"It has: {', '.join(offer.dereddening) or offer.dust}.",
                where="pz_server",
            )
        has = offer.photometry
        kind = self.choice.photometry or (has or ("mag",))[0]
        if has and kind not in has:
            raise TsmError(
                f"The PZ Server's release '{where}' is not offered in {_words(kind)}.",
                remedy=f"It is in {' and '.join(map(_words, has))}: pz_server: {{photometry: {has[0]}}}.",
                where="pz_server",
            )
        neighbours = NEIGHBOURS if offer.most_neighbours else 1
        if neighbours == 1 and self.params.select != "nearest":
            raise TsmError(
                "The PZ Server gives the nearest object only; the step asks for "
                f"select: {self.params.select}.",
                remedy="Use select: nearest, or match here (run: memory or engine).",
                where="select",
            )
        match = {"radius_arcsec": self.params.radius_arcsec, "n_neighbors": neighbours}
        mag = {"convert_flux_to_mag": kind == "mag"}
        seed = {"random_seed": 0} if "random_seed" in offer.param else {}  # of a split that is not used here
        return {"crossmatch": match, "flux_type": chosen, **mag, "dereddening": dust, **seed}

    def _stored(self) -> dict[str, Any]:
        """What was done to the photometry before it was put into the server's catalogue."""
        dust = str(self.param.get("dereddening", "sfd"))
        done = dust.lower() not in UNDONE
        own = self.release.profile.dust_map
        same = own.lower().startswith(dust.lower())
        return {
            "photometry": "mag" if self.param.get("convert_flux_to_mag", True) else "flux",
            "dereddened": done,
            "dust_map": (own if same else dust.upper()) if done else None,
        }

    def _expect(self, flux: str | None) -> None:
        """The columns that are likely, until the result is there."""
        profile = self.release.profile
        self.param = getattr(self, "param", {})
        family = _named(flux or "", profile.fluxes) or (*profile.default_fluxes, *profile.fluxes)[0]
        stored = self._stored()
        of = (
            (profile.mag, profile.mag_err)
            if stored["photometry"] == "mag"
            else (profile.flux, profile.flux_err)
        )
        names = tuple(spelled(band, family) for band in profile.bands for spelled in of)
        known = elsewhere.states(profile, stored["dereddened"], stored["dust_map"])
        self.want = Wanted(profile.id, None, names, {name: known[name] for name in names if name in known})
        schema = elsewhere.expected_schema(profile, names)
        self.catalogue = elsewhere.FarCatalogue(self.release.name, profile.ra, profile.dec, schema)

    # what is sent, and what comes back

    def _digest(self, sent: pa.Table) -> str:
        """Names the question: the same rows, parameters and release on the same server."""
        assert self.offer is not None
        asked = [self.offer.server, self.offer.release["id"], self.offer.release.get("name"), self.param]
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode())
        for name in sent.column_names:
            digest.update(name.encode())
            column = sent[name].combine_chunks()
            digest.update(repr(column.null_count).encode())
            for value in (column.to_pylist(),) if column.type == "string" else (column.to_numpy(False),):
                digest.update(repr(value).encode() if isinstance(value, list) else value.tobytes())
        return digest.hexdigest()

    def _process(
        self, server: pzserver.Server, name: str, sent: pa.Table, known: pzserver_jobs.Remembered
    ) -> tuple[dict[str, Any], dict[str, Any], Path]:
        """The process under that name, found or submitted, at its end; its product and main file."""
        import pyarrow.parquet as pq

        assert self.offer is not None
        ctx = self.ctx
        process = pzserver_jobs.earlier(server, name, known)
        if process is not None:
            self.differences.add(
                "pz-server-earlier",
                f"The process {process['id']} on the PZ Server, of {str(process.get('created_at'))[:10]}, "
                "was asked the same before: its result is taken. Delete its product to have it made anew.",
            )
        else:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"{name}_redshifts.parquet"
                pq.write_table(sent, path)
                text = (
                    f"{sent.num_rows} redshifts sent by pz-tsm for a match with "
                    f"{self.offer.release.get('display_name')}. `row_id` joins the result back."
                )
                roles = {SENT[column][1]: column for column in sent.column_names}
                product = pzserver_jobs.publish(
                    server, f"{name}_redshifts", path, roles, text, known, self._within(0.0, 0.1)
                )
            ctx.step(0.1, "asking the PZ Server for a match")
            process = pzserver_jobs.submit(server, self.offer, name, product, self.param, known)
        ended = pzserver_watch.watch(
            server, process, ctx, lambda done, words: ctx.step(0.1 + 0.75 * min(max(done, 0.0), 1.0), words)
        )
        made, path = pzserver_watch.result(server, ended, self._within(0.85, 0.95))
        return ended, made, path

    def _within(self, start: float, end: float) -> Context:
        """The context for work whose own fractions go from 0 to 0.1."""
        outer = self.ctx.progress
        return replace(
            self.ctx,
            progress=lambda done, words: outer(start + (end - start) * min(max(done, 0) / 0.1, 1), words),
        )

    def _primary(self, pairs: Pairs) -> Pairs:
        """The pairs with primary objects, where the result says which these are and the step wants them."""
        assert self.found is not None
        name = self.release.profile.primary
        if self.params.objects != "primary" or name not in self.found.objects.column_names:
            return pairs
        flags = self.found.objects[name].to_pylist()
        good = np.array([bool(flags[place]) for place in pairs.place], dtype=bool)
        self.others = int((~good).sum())
        return pairs.take(np.flatnonzero(good))

    # how it differs

    def before(self) -> list[Finding]:
        if self.offer is None:
            return []
        stored = self._stored()
        dust = f"dereddened by {stored['dust_map']}" if stored["dereddened"] else "not dereddened"
        title = self.offer.release.get("display_name") or self.offer.release.get("name")
        note = Finding(
            "note",
            f"This runs on the PZ Server at {self.offer.server}, with its release '{title}': "
            f"{_words(stored['photometry'])} of {self.param['flux_type']}, {dust}, as it has made them. The "
            "redshifts to match become a product of yours there, which its users can see.",
            where="run",
            code="by-pz-server",
        )
        margin = Finding("note", MARGIN, where="run", code="pz-server-margin")
        primary = Finding("note", f"{PRIMARY}.", where="objects", code="pz-server-primary")
        return [note, margin, *([primary] if self.params.objects == "primary" else [])]

    def _compare(self, process: dict[str, Any], pairs: Pairs, reach_arcsec: float) -> None:
        """What differs from a match here, in words and numbers."""
        assert self.found is not None and self.offer is not None
        add, stored = self.differences.add, self._stored()
        dust = f"dereddened by {stored['dust_map']}" if stored["dereddened"] else "not dereddened"
        add(
            "by-pz-server",
            f"Made by the PZ Server at {self.offer.server}: process {process['id']}, product "
            f"{self.made.get('internal_name') or self.made.get('product')}. Its photometry was made "
            f"beforehand: {_words(stored['photometry'])} of {self.param['flux_type']}, {dust}; photometry "
            "does not do that again.",
        )
        add("pz-server-margin", MARGIN, warn=True)
        if self.params.objects == "primary":
            if self.others is None:
                words = f"{PRIMARY}; how many of them are not, its result does not say."
                add("pz-server-primary", words, warn=True)
            elif self.others:
                words = f"{PRIMARY}; {self.others} pairs with others are left out here."
                add("pz-server-primary", words, self.others)
        most = self.param["crossmatch"]["n_neighbors"]
        full = int((np.bincount(pairs.row) >= most).sum()) if len(pairs) else 0
        if most == 1:
            add(
                "pz-server-neighbours", "The server gives the nearest object only: 'match_n' is 1 throughout."
            )
        elif full:
            add(
                "pz-server-neighbours",
                f"{full} positions have {most} objects or more within {reach_arcsec:g} arcsec: the server "
                f"was asked for the nearest {most}.",
                full,
            )
        add(
            "pz-server-null-test",
            "The chance matches are not measured: only the positions to match are sent.",
        )
        unasked = pzserver_jobs.ignored(process, self.param)
        if unasked:
            add(
                "pz-server-ignored",
                f"The server did not take these parameters as they were sent: {', '.join(unasked)}.",
                None,
                True,
            )
        for text in process.get("warnings") or []:
            add("pz-server-warning", f"The PZ Server says: {text}")
        if self.found.without_state:
            shown = ", ".join(self.found.without_state[:6])
            add(
                "pz-server-names",
                f"{len(self.found.without_state)} columns of the result have names that the profile "
                f"'{self.release.profile.name}' does not know as photometry ({shown}): they are kept as "
                "they are.",
            )


MARGIN = (
    "The PZ Server reads a release stored without margins as it is: a match across the edge of a partition "
    "may then be missing. How many can't be told from here."
)
PRIMARY = "The PZ Server matches every object of the release, not the primary ones only"


def _sent(rows: pa.Table, ra: np.ndarray, dec: np.ndarray) -> pa.Table:
    """The columns that the server needs, and that bring its result back: numbers and texts, no more."""
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for name, (ours, _) in SENT.items():
        if ours not in rows.column_names:
            continue
        column = rows[ours].combine_chunks()
        if name in ("ra", "dec"):
            column = pa.array(ra if name == "ra" else dec)
        elif name == "survey":
            column = column.cast(pa.string())
        elif name != "row_id":
            column = column.cast(pa.float64())
        columns[name] = column
    return pa.table(columns)


def _named(name: str, known: Sequence[str]) -> str | None:
    """The known name that is the same in any case."""
    return next((one for one in known if one.lower() == name.lower()), None)


def _words(kind: str) -> str:
    return "magnitudes" if kind == "mag" else "fluxes"
