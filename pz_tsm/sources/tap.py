"""A TAP service (IVOA): where it is, whose token goes to it, its tables, and queries with tables of ours.

The service of the Rubin Science Platform is found as its own notebooks find it: the discovery file, else the
platform's variables. Its token is read at each use and goes to the service's host and nowhere else.
``PZ_TSM_TAP_URL`` (with ``PZ_TSM_TAP_TOKEN``, if it wants one) names another service.
"""

from __future__ import annotations

import html
import json
import os
import re
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.ops.base import Context
from pz_tsm.sources.archives import web
from pz_tsm.sources.waiting import Pauses

if TYPE_CHECKING:
    import pyarrow as pa
    from astropy.table import Table

URL, TOKEN = "PZ_TSM_TAP_URL", "PZ_TSM_TAP_TOKEN"
NUBLADO = Path("/etc/nublado")
LEGACY = Path("/opt/lsst/software/jupyterlab")
PATIENCE = 3600.0  # seconds that one query may take
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0  # seconds between two looks at a job
ENDED = ("COMPLETED", "ERROR", "ABORTED")
FORGIVEN = 5  # looks in a row without an answer
QUOTED = re.compile(r'"?[\w+&./ -]+"?')  # a name that a query has to quote
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*){0,2}")


T = TypeVar("T")


class Overflow(TsmError):
    """The service cut the answer off: it has more rows than it gives at once."""


class Unreachable(TsmError):
    """The service gave no answer."""


def inside_rsp() -> bool:
    """Whether this runs in the Rubin Science Platform."""
    told = ("NUBLADO_TOKEN", "EXTERNAL_INSTANCE_URL")
    return NUBLADO.is_dir() or any(os.environ.get(name) for name in told)


def address(dataset: str) -> str:
    """The TAP service that has a dataset (dp1, ...); TsmError where none is known."""
    if url := os.environ.get(URL, "").strip():
        return url.rstrip("/")
    with suppress(OSError, ValueError, AttributeError):
        said = json.loads((NUBLADO / "discovery" / "v1.json").read_text(encoding="utf-8"))
        for name, entry in (said.get("datasets") or {}).items():
            url = ((entry.get("services") or {}).get("tap") or {}).get("url")
            if name.lower() == dataset.lower() and url:
                return str(url).rstrip("/")
    if url := os.environ.get("EXTERNAL_TAP_URL", "").strip():
        return url.rstrip("/")
    if base := os.environ.get("EXTERNAL_INSTANCE_URL", "").strip():
        return f"{base.rstrip('/')}/{os.environ.get('TAP_ROUTE', 'api/tap').strip('/')}"
    if inside_rsp():
        raise TsmError(
            f"The Rubin Science Platform names no TAP service with '{dataset}'.",
            remedy=f"Name it in {URL}; or match with a HATS catalogue (run: engine), or on the PZ Server "
            "(run: pz-server).",
            where="run",
        )
    raise TsmError(
        "TAP is for a notebook or terminal of the Rubin Science Platform, and this is none.",
        remedy=f"Run the recipe there; or name a TAP service in {URL} (its token in {TOKEN}); or match with "
        "a HATS catalogue (run: engine) or on the PZ Server (run: pz-server).",
        where="run",
    )


def token() -> str | None:
    """The token for the service of ``address``: that of a service named by the user is the user's own, never
    the platform's."""
    if os.environ.get(URL, "").strip():
        return os.environ.get(TOKEN, "").strip() or None
    mounts = os.environ.get("NUBLADO_RUNTIME_MOUNTS_DIR")
    for folder in (NUBLADO, Path(mounts) if mounts else LEGACY):
        with suppress(OSError, UnicodeDecodeError):
            if found := (folder / "secrets" / "token").read_text(encoding="ascii").strip():
                return found
    return next(
        (one for name in ("NUBLADO_TOKEN", "ACCESS_TOKEN") if (one := os.environ.get(name, "").strip())), None
    )


class Service:
    """One TAP service. Errors are TsmError in words; no message holds the token."""

    def __init__(self, url: str, secret: str | None) -> None:
        try:
            from pyvo.dal import TAPService
            from pyvo.utils import http as pyvo_http
        except ImportError:
            raise TsmError(
                "TAP needs the package pyvo, which is not installed.",
                remedy='Install it: pip install "pz-tsm[public]".',
                where="run",
            ) from None
        self.url = url
        self.session = web.session(url, secret=secret)
        self.session.headers["User-Agent"] = pyvo_http.USER_AGENT
        self.client = TAPService(url, session=self.session)

    @classmethod
    def of(cls, dataset: str) -> Service:
        """The service that has a dataset, with its token; TsmError where there is none."""
        url, secret = address(dataset), token()
        if secret is None and not os.environ.get(URL, "").strip():
            raise TsmError(
                f"There is no token for the TAP service at {url}.",
                remedy="Log in to the Rubin Science Platform again: its token file is missing.",
                where="run",
            )
        return cls(url, secret)

    def ask(self, query: str, maxrec: int | None = None) -> pa.Table:
        """The answer to a short query, at once."""
        return self._said(lambda: self.client.run_sync(query, maxrec=maxrec))

    def columns(self, table: str) -> list[dict[str, Any]]:
        """Columns of a table as the service describes them: name, datatype, unit, ucd, description; TsmError
        if it has no such table."""
        if not NAME.fullmatch(table) and not QUOTED.fullmatch(table):
            raise TsmError(f"'{table}' is no name of a table.", where=table)
        names = [table] if NAME.fullmatch(table) else [table.strip('"'), f'"{table.strip(chr(34))}"']
        rows = []
        while names and not rows:  # services differ in whether they keep the quotes
            rows = self.ask(
                "SELECT column_name, datatype, unit, ucd, description FROM tap_schema.columns "
                f"WHERE table_name = '{names.pop(0)}'"
            ).to_pylist()
        if not rows:
            raise TsmError(
                f"The TAP service at {self.url} has no table '{table}'.",
                remedy="Check its name; that of a release stands in its profile, as 'table'.",
                where=table,
            )
        return rows

    def save(self, query: str, path: Path, ctx: Context, *, maxrec: int | None, large: bool) -> None:
        """The answer to a query, as the VOTable that the service sends, in a file; a large one by a job.

        Nothing is parsed here; an answer that was cut off says so in itself (QUERY_STATUS).
        """
        if large:
            self._job(
                query,
                {},
                maxrec,
                ctx.cancelled,
                lambda phase: ctx.step(0.02, f"{self.url}: {phase}"),
                PATIENCE,
                lambda job: web.save(self.session.get(job.result_uri), path, ctx),
            )
            return
        answer = self.client.create_query(query, maxrec=maxrec).submit(post=True)
        if answer.status_code in (400, 422):  # the reason stands in the document
            raise self._words(ValueError(_reason(answer.content)), refused=True)
        web.save(answer, path, ctx, web.progress(ctx, self.url))

    def job(
        self,
        query: str,
        uploads: Mapping[str, Table],
        *,
        maxrec: int | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        tell: Callable[[str], None] = lambda phase: None,
        patience: float = PATIENCE,
    ) -> pa.Table:
        """The answer to a query as a job of the service, with tables sent along (TAP_UPLOAD.name).

        ``tell`` hears the job's phase. A stop of ours (``cancelled``), and more than ``patience`` seconds,
        abort it. Overflow if the service cut the answer off.
        """
        return self._job(
            query,
            uploads,
            maxrec,
            cancelled,
            tell,
            patience,
            lambda job: self._said(lambda: job.fetch_result(max_retries=2)),
        )

    def _job(
        self,
        query: str,
        uploads: Mapping[str, Table],
        maxrec: int | None,
        cancelled: Callable[[], bool],
        tell: Callable[[str], None],
        patience: float,
        result: Callable[[Any], T],
    ) -> T:
        job = self._tried(lambda: self.client.submit_job(query, uploads=dict(uploads), maxrec=maxrec))
        try:
            self._tried(job.run)
            self._wait(job, cancelled, tell, patience)
            self._tried(job.raise_if_error)
            return result(job)
        except BaseException:
            with suppress(Exception):
                if job.phase not in ENDED:
                    job.abort()
            raise
        finally:
            with suppress(Exception):
                job.delete()

    def _wait(
        self, job: Any, cancelled: Callable[[], bool], tell: Callable[[str], None], patience: float
    ) -> None:
        """Until the job has ended; a stop of ours, and too long a wait, abort it."""
        pauses, silent = Pauses(FIRST_PAUSE, LONGEST_PAUSE, cancelled, patience), 0
        while True:
            try:
                phase, silent = str(job.phase), 0
            except Exception as error:
                silent += 1
                if silent > FORGIVEN:
                    raise self._words(error) from None
                phase = "no answer"
            tell(phase.lower())
            if phase in ENDED:
                if phase == "ABORTED":
                    raise TsmError(
                        "The TAP service aborted the query.",
                        remedy="Run again, with fewer rows.",
                        where="run",
                    )
                return
            pauses.wait()
            if pauses.over:
                raise TsmError(
                    f"The TAP service did not answer in {patience / 60:.0f} minutes; the query was aborted.",
                    remedy="Run again later, or with fewer rows; or use run: pz-server.",
                    where="run",
                )

    def _said(self, work: Callable[[], Any]) -> pa.Table:
        """A result as a table; a cut one is no result."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of astropy about units, and pyvo's of a cut result
            result = self._tried(work)
            if str(result.status[0]).upper() == "OVERFLOW":
                raise Overflow(
                    f"The TAP service cut its answer off after {len(result)} rows.",
                    remedy="Ask for fewer rows, or a smaller radius.",
                    where="run",
                )
            return as_arrow(result.to_table())

    def _tried(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except (TsmError, Cancelled):
            raise
        except Exception as error:  # pyvo lets those of requests, astropy and its own through
            raise self._words(error) from None

    def _words(self, error: Exception, *, refused: bool = False) -> TsmError:
        """What went wrong, in words: refused, unreachable, or what the service says of the query."""
        text = re.sub(r"\s+", " ", str(getattr(error, "reason", None) or error)).strip()
        text = text.removeprefix("Query Error: ")[:400]
        code = getattr(error, "code", None)  # of HTTP, where pyvo knows it
        if code in (401, 403) or re.search(r"unauthori[sz]ed|forbidden|authenticat", text, re.IGNORECASE):
            return TsmError(
                f"The TAP service at {self.url} does not accept the token.",
                remedy=f"Log in to the Rubin Science Platform again, or check {TOKEN}.",
                where="run",
            )
        if refused or type(error).__name__ == "DALQueryError":
            return TsmError(
                f"The TAP service refused the query: {text.rstrip('.')}.",
                remedy="If it asks for less, use fewer rows or a smaller radius.",
                where="run",
            )
        return Unreachable(
            f"The TAP service at {self.url} can't be reached or gave no answer: {text.rstrip('.')}.",
            remedy=f"Check the network, and the address in {URL} if it is set; then run again.",
            where="run",
        )


def as_arrow(table: Table) -> pa.Table:
    """An astropy table as Arrow; masked values and those not finite of whole columns stay what they are,
    texts become strings."""
    import numpy as np
    import pyarrow as pa

    arrays, fields = [], []
    for name in table.colnames:
        column = table[name]
        mask = np.asarray(column.mask) if getattr(column, "mask", None) is not None else None
        values = np.asarray(column)
        if values.dtype.kind in "OSU":
            texts = [
                None if (mask is not None and mask[i]) or value is None else _text(value)
                for i, value in enumerate(values.tolist())
            ]
            array = pa.array(texts, pa.string())
        else:
            plain = values.astype(values.dtype.newbyteorder("="))
            array = pa.array(plain, mask=mask if mask is not None and mask.any() else None)
        arrays.append(array)
        said = {"unit": str(column.unit or ""), "description": column.description or ""}
        fields.append(pa.field(name, array.type, metadata={k: v for k, v in said.items() if v} or None))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _reason(content: bytes) -> str:
    """What an error document says, without markup."""
    text = content[:20_000].decode("utf-8", "replace")
    found = re.search(r"""<INFO[^>]*["']ERROR["'][^>]*>(.*?)</INFO>""", text, re.S)
    return html.unescape(re.sub(r"<[^>]+>", " ", found[1] if found else text)).strip() or "no reason given"


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
