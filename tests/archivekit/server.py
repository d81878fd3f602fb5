"""The archives over HTTP: VizieR at ``/viz-bin``, SkyServer at ``/dr17/...``, files at ``/files``; TAP
services are those of ``tapkit``, over a database."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpkit
import numpy as np
import tapkit
from astropy.table import Table
from tapkit import Answer, Refused, TapServer

from archivekit import vizier
from archivekit.sql import Database
from archivekit.trouble import Trouble


@dataclass
class Archives:
    """What the services have and what they were asked. ``limits``: rows that a service gives at most."""

    vizier: dict[str, Table] = field(default_factory=dict)
    tap: dict[str, Table] = field(default_factory=dict)
    sdss: dict[str, Table] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    trouble: Trouble = field(default_factory=Trouble)
    keeps: bool = False  # whether an answer of VizieR is made once, for measurements
    kept: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True  # whether files may be asked for in parts
    asked: list[dict[str, str]] = field(default_factory=list)  # of VizieR
    queries: list[str] = field(default_factory=list)  # of SkyServer
    got: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # path and headers of all requests
    url: str = ""
    tap_server: TapServer = field(default_factory=TapServer)
    vizier_tap: TapServer = field(default_factory=TapServer)

    def variables(self) -> dict[str, str]:
        """The variables that make pz-tsm ask here."""
        return {
            "PZ_TSM_VIZIER_URL": f"{self.url}/viz-bin",
            "PZ_TSM_VIZIER_TAP_URL": self.vizier_tap.url,
            "PZ_TSM_NOIRLAB_URL": self.tap_server.url,
            "PZ_TSM_ESO_URL": self.tap_server.url,
            "PZ_TSM_SDSS_URL": self.url,
        }


@contextlib.contextmanager
def serving(archives: Archives) -> Iterator[Archives]:
    """The services at addresses of this machine while the block lasts."""
    with contextlib.ExitStack() as stack:
        for server, tables in (
            (archives.tap_server, archives.tap),
            (archives.vizier_tap, archives.vizier),
        ):
            server.prepare = _answering(tables)
            stack.enter_context(tapkit.serving(server))
        stack.enter_context(_http(archives))
        yield archives


def _answering(tables: dict[str, Table]) -> Any:
    known: dict[str, Any] = {}

    def answered(job: Any) -> Answer | None:
        if known.get("tables") != {name: id(table) for name, table in tables.items()}:
            known["tables"] = {name: id(table) for name, table in tables.items()}
            known["base"] = Database(tables)
        return Answer(known["base"].run(job.query))

    return answered


@contextlib.contextmanager
def _http(archives: Archives) -> Iterator[None]:
    with httpkit.served(_Handler, archives) as archives.url:
        try:
            yield
        finally:
            archives.trouble.let_go()


class _Handler(httpkit.Handler):
    state: Archives

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self._note()
        if urlsplit(self.path).path == "/viz-bin/votable":
            wanted = vizier.asked(body)
            self.state.asked.append(wanted)
            content = self.state.kept.get(body)
            if content is None:
                content = vizier.answer(wanted, self.state.vizier, self.state.limits.get("vizier"))
                if self.state.keeps:
                    self.state.kept[body] = content
            self.give("text/xml", content)
        else:
            self.plain(404, "text/plain", b"no such place")

    def do_HEAD(self) -> None:
        self.do_GET(head=True)

    def do_GET(self, head: bool = False) -> None:
        self._note()
        place = urlsplit(self.path)
        if re.fullmatch(r"/dr\d+/en/tools/search/x_results.aspx", place.path):
            query = parse_qs(place.query)["cmd"][0]
            self.state.queries.append(query)
            self.give("text/plain", self._sky(query))
        elif place.path.startswith("/files/"):
            self._file(unquote(place.path.removeprefix("/files/")), head)
        else:
            self.plain(404, "text/plain", b"no such place")

    def _note(self) -> None:
        self.state.got.append((self.path, dict(self.headers.items())))

    def _sky(self, query: str) -> bytes:
        base = Database(self.state.sdss, describe="DBColumns")
        try:
            table = base.run(query)
        except Refused as error:
            return f'"error_message"\n"{error}"\n'.encode()
        return csv(table[: self.state.limits.get("sdss", len(table))])

    def _file(self, name: str, head: bool) -> None:
        content = self.state.files.get(name)
        if content is None:
            self.plain(404, "text/html", b"<html><body>Not Found</body></html>")
            return
        headers = {"ETag": f'"{hash(content) & 0xFFFFFF:x}"'}
        start = 0
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        fresh = self.headers.get("If-Range") in (None, headers["ETag"])
        if self.state.ranges:
            headers["Accept-Ranges"] = "bytes"
            if found and fresh and int(found[1]) < len(content):
                start = int(found[1])
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self.give("application/octet-stream", content[start:], 206 if start else 200, headers, head)

    def give(
        self,
        kind: str,
        content: bytes,
        status: int = 200,
        headers: dict[str, str] | None = None,
        head: bool = False,
    ) -> None:
        """Answer, or do what is wrong with this request."""
        wrong = self.state.trouble.next(self.path)
        if wrong is not None:
            self.state.trouble.answer(wrong, self, status, {"Content-Type": kind, **(headers or {})}, content)
        else:
            self.plain(status, kind, content, headers, head)

    def plain(
        self,
        status: int,
        kind: str,
        content: bytes,
        headers: dict[str, str] | None = None,
        head: bool = False,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if not head:
            self.wfile.write(content)


def csv(table: Table) -> bytes:
    """As SkyServer writes a result."""
    lines = ["#Table1", ",".join(table.colnames)]
    columns = []
    for name in table.colnames:
        column = table[name]
        mask = np.ma.getmaskarray(column) if hasattr(column, "mask") else np.zeros(len(column), bool)
        columns.append(
            [
                "null" if m else (repr(v) if isinstance(v, float) else str(v))
                for v, m in zip(np.asarray(column).tolist(), mask, strict=True)
            ]
        )
    lines += [",".join(row) for row in zip(*columns, strict=True)]
    return ("\n".join(lines) + "\n").encode()
