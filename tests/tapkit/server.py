"""TAP 1.1 over HTTP as pyvo uses it: /sync, and /async with jobs (UWS), uploads, error documents, overflow.

``TapServer.tables`` are astropy tables by name. What a test wants to be otherwise it says in ``prepare``: a
function of a job (or of a query at /sync) that may return an ``Answer``. ``jobs`` and ``headers`` hold what
was asked. Jobs don't work in the background: one that is asked about is done a phase further.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import httpkit
from astropy.table import Table

from tapkit.adql import Refused, answered

XML = "application/xml"
VOTABLE = "application/x-votable+xml"
PHASES = ("QUEUED", "EXECUTING")


@dataclass
class Answer:
    """What a job comes to: a table (cut off or not), an error, or phases in which it stays for ever."""

    table: Table | None = None
    overflow: bool = False
    error: str | None = None
    phases: tuple[str, ...] = PHASES
    stays: bool = False


@dataclass
class Job:
    """A query that was sent: its text, the tables with it, and how far it is."""

    number: int
    query: str
    uploads: dict[str, Table]
    maxrec: int | None
    phase: str = "PENDING"
    seen: int = 0
    answer: Answer | None = None
    deleted: bool = False


@dataclass
class TapServer:
    """The service's state; ``serving`` gives it an address."""

    tables: dict[str, Table] = field(default_factory=dict)
    token: str | None = None
    limit: int | None = None  # rows in an answer, at most
    prepare: Callable[[Job], Answer | None] = lambda job: None
    jobs: list[Job] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)  # of /sync
    headers: list[str | None] = field(default_factory=list)  # Authorization of each request
    url: str = ""

    def work(self, job: Job) -> Answer:
        """The answer to a job, worked out once."""
        if job.answer is None:
            try:
                job.answer = self.prepare(job) or Answer(answered(job.query, self.tables, job.uploads))
            except Refused as error:
                job.answer = Answer(error=str(error))
            table = job.answer.table
            most = min(one for one in (self.limit, job.maxrec, 10**9) if one is not None)
            if table is not None and len(table) > most:
                job.answer.table, job.answer.overflow = table[:most], True
        return job.answer

    def advance(self, job: Job) -> None:
        """One phase further, as each look at a running job does."""
        if job.phase not in ("RUN", *PHASES):
            return
        answer = self.work(job)
        if job.seen < len(answer.phases):
            job.phase = answer.phases[job.seen]
            job.seen += 1
        elif not answer.stays:
            job.phase = "COMPLETED" if answer.error is None else "ERROR"


@contextlib.contextmanager
def serving(server: TapServer) -> Iterator[TapServer]:
    """The service at an address of this machine while the block lasts."""

    with httpkit.served(_Handler, server) as address:
        server.url = f"{address}/api/tap"
        yield server


class _Handler(httpkit.Handler):
    state: TapServer

    def do_GET(self) -> None:
        place = self._place()
        if place is None:
            return
        if place == ["sync"]:
            self._sync({key: values[-1] for key, values in parse_qs(urlsplit(self.path).query).items()})
            return
        job = self._job(place)
        if job is None:
            return
        if place[2:] == ["results", "result"]:
            answer = self.state.work(job)
            self._send(200, VOTABLE, votable(answer.table, answer.overflow))
        elif place[2:] == ["error"]:
            self._send(200, VOTABLE, failed(self.state.work(job).error or ""))
        else:
            self.state.advance(job)
            self._send(200, XML, summary(job, f"{self.state.url}/async/{job.number}"))

    def do_POST(self) -> None:
        fields, files = self._body()
        place = self._place()
        if place is None:
            return
        if place == ["sync"]:
            self._sync(fields)
        elif place == ["async"]:
            uploads = {}
            for one in filter(None, fields.get("UPLOAD", "").split(";")):
                name, source = one.split(",", 1)
                uploads[name] = Table.read(io.BytesIO(files[source.removeprefix("param:")]), format="votable")
            job = Job(len(self.state.jobs) + 1, fields["QUERY"], uploads, _whole(fields.get("MAXREC")))
            self.state.jobs.append(job)
            self._go(job)
        elif (job := self._job(place)) is not None:
            if place[2:] == ["phase"]:
                job.phase = "RUN" if fields.get("PHASE") == "RUN" else "ABORTED"
            self._go(job)

    def do_DELETE(self) -> None:
        place = self._place()
        job = None if place is None else self._job(place)
        if job is not None:
            job.deleted = True
            self._go(job)

    def _place(self) -> list[str] | None:
        """Path below the service; None if it was answered already (no token, no such place)."""
        given = self.headers.get("Authorization")
        self.state.headers.append(given)
        if self.state.token is not None and given != f"Bearer {self.state.token}":
            self._send(401, "text/plain", b"Authentication required")
            return None
        path = urlsplit(self.path).path
        if not path.startswith("/api/tap/"):
            self._send(404, "text/plain", b"no such place")
            return None
        return [one for one in path.removeprefix("/api/tap/").split("/") if one]

    def _job(self, place: list[str]) -> Job | None:
        number = _whole(place[1]) if len(place) > 1 and place[0] == "async" else None
        if number is None or not 0 < number <= len(self.state.jobs):
            self._send(404, "text/plain", b"no such job")
            return None
        return self.state.jobs[number - 1]

    def _sync(self, fields: dict[str, str]) -> None:
        self.state.queries.append(fields["QUERY"])
        job = Job(0, fields["QUERY"], {}, _whole(fields.get("MAXREC")))
        answer = self.state.work(job)
        if answer.error is not None:
            self._send(400, VOTABLE, failed(answer.error))
        else:
            self._send(200, VOTABLE, votable(answer.table, answer.overflow))

    def _go(self, job: Job) -> None:
        self._send(303, "text/plain", b"", Location=f"{self.state.url}/async/{job.number}")

    def _body(self) -> tuple[dict[str, str], dict[str, bytes]]:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type") or ""
        if not kind.startswith("multipart/"):
            return {key: values[-1] for key, values in parse_qs(content.decode()).items()}, {}
        whole: Message = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content)
        fields, files = {}, {}
        for part in whole.get_payload():
            assert isinstance(part, Message)
            name = part.get_param("name", header="content-disposition")
            value = part.get_payload(decode=True)
            assert isinstance(name, str) and isinstance(value, bytes)
            if part.get_filename() is None:
                fields[name] = value.decode()
            else:
                files[name] = value
        return fields, files

    def _send(self, status: int, kind: str, content: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def votable(table: Table | None, overflow: bool = False) -> bytes:
    """A result; that it was cut off stands after the table, as DALI has it."""
    out = io.BytesIO()
    (Table() if table is None else table).write(out, format="votable")
    text = re.sub(r"<RESOURCE[^>]*>", _OK, out.getvalue().decode(), count=1)
    cut = '<INFO name="QUERY_STATUS" value="OVERFLOW"/></RESOURCE>' if overflow else "</RESOURCE>"
    return text.replace("</RESOURCE>", cut).encode()


_OK = '<RESOURCE type="results"><INFO name="QUERY_STATUS" value="OK"/>'


def failed(message: str) -> bytes:
    """An error document."""
    return (
        '<?xml version="1.0"?><VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">'
        f'<RESOURCE type="results"><INFO name="QUERY_STATUS" value="ERROR">{escape(message)}</INFO>'
        "</RESOURCE></VOTABLE>"
    ).encode()


def summary(job: Job, url: str) -> bytes:
    """A job as UWS describes it."""
    error = job.answer.error if job.answer is not None and job.phase == "ERROR" else None
    said = (
        f'<uws:errorSummary type="fatal" hasDetail="true"><uws:message>{escape(error)}</uws:message>'
        "</uws:errorSummary>"
        if error
        else ""
    )
    result = (
        f'<uws:result id="result" xlink:href="{url}/results/result"/>' if job.phase == "COMPLETED" else ""
    )
    phase = "QUEUED" if job.phase == "RUN" else job.phase
    return (
        '<?xml version="1.0"?><uws:job xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1">'
        f"<uws:jobId>{job.number}</uws:jobId><uws:ownerId>me</uws:ownerId><uws:phase>{phase}</uws:phase>"
        "<uws:executionDuration>600</uws:executionDuration>"
        f"<uws:parameters><uws:parameter id='QUERY'>{escape(job.query)}</uws:parameter></uws:parameters>"
        f"<uws:results>{result}</uws:results>{said}</uws:job>"
    ).encode()


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
