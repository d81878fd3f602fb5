"""The routes below ``/tsm``: config, token, and the two proxies. All need a user who is logged in."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from pz_tsm.errors import TsmError
from pz_tsm.jupyter import paths
from pz_tsm.jupyter.allowed import AS_GET, LOCAL, PZ, allowed, methods_of
from pz_tsm.jupyter.proxy import PARTS, TICKET, Unreachable, pass_on

DOWNLOADS = "registry/downloads"
LONGEST = 3600.0  # seconds that decoding a file may take


def routes() -> list[tuple[str, type]]:
    return [
        (r"/tsm/config", ConfigHandler),
        (r"/tsm/token", TokenHandler),
        (r"/tsm/server", ServerHandler),
        (r"/tsm/local/(.*)", LocalHandler),
        (r"/tsm/pz/(.*)", PzHandler),
    ]


class TsmHandler(APIHandler):
    """Errors in words: ``{"error": {message, remedy, where}}``, with who said it in X-TSM-Origin."""

    @property
    def tsm(self) -> dict[str, Any]:
        return self.settings["tsm"]

    def say(self, value: Any = None) -> None:
        """Answer with JSON that no cache keeps; without a value, with nothing (204)."""
        self.set_header("X-TSM-Origin", "proxy")
        self.set_header("Cache-Control", "no-store")
        if value is None:
            self.set_status(204)
        self.finish(value if value is None else json.dumps(value))

    def trouble(self, status: int, error: TsmError, origin: str = "proxy", **headers: str) -> None:
        if not self._headers_written:
            self.clear()
            for key, value in headers.items():
                self.set_header(key, value)
            self.set_status(status)
            self.set_header("X-TSM-Origin", origin)
            self.set_header("Content-Type", "application/json")
            self.finish(json.dumps({"error": error.to_dict(), "message": str(error)}))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = (kwargs.get("exc_info") or (None, None))[1]
        if status_code == 403:
            message = "You are not logged in to this Jupyter server, or the page is out of date. Reload it."
        elif isinstance(error, web.HTTPError) and error.log_message:
            message = str(error.log_message)
        else:
            message = "The Jupyter server met an unexpected error; its log has the details."
        self.trouble(status_code, TsmError(message))

    def json_body(self) -> dict[str, Any]:
        try:
            body = json.loads(self.request.body or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise TsmError("The request's body is not a JSON object.")
        return body


class ConfigHandler(TsmHandler):
    @web.authenticated
    async def get(self) -> None:
        """What the front end may know. The first question starts the engine in the background."""
        from pz_tsm.version import version

        engine = self.tsm["engine"].state()
        root = paths.root(self.contents_manager)
        self.say(
            {
                "version": version(),
                "pzserver": await self.tsm["pzserver"].status(),
                "engine": engine,
                "root": str(root) if root else "",
            }
        )


class TokenHandler(TsmHandler):
    """The PZ Server's token goes in here and never comes out."""

    @web.authenticated
    async def post(self) -> None:
        try:
            user = await self.tsm["pzserver"].store(self.json_body().get("token", ""))
        except TsmError as error:
            return self.trouble(400, error)
        self.say({"token": "present", "user": user})

    @web.authenticated
    async def delete(self) -> None:
        await self.tsm["pzserver"].forget()
        self.say()


class ServerHandler(TsmHandler):
    """Which PZ Server is used."""

    @web.authenticated
    async def post(self) -> None:
        try:
            await self.tsm["pzserver"].choose(self.json_body().get("url"))
        except TsmError as error:
            return self.trouble(400, error)
        self.say(await self.tsm["pzserver"].status())


class ProxyHandler(TsmHandler):
    """Subclasses say what is allowed and where it goes."""

    table: tuple[tuple[str, str], ...] = ()

    async def go(self, path: str) -> None:
        method = "GET" if self.request.method == "HEAD" else self.request.method
        if not allowed(self.table, method, path):
            known = methods_of(self.table, path)
            if known:
                error = TsmError(f"{method} is not possible here, only {', '.join(known)}.")
                return self.trouble(405, error, Allow=", ".join(known))
            return self.trouble(404, TsmError(f"There is nothing at '{path}'."))
        try:
            await self.forward(method, path)
        except paths.Forbidden as error:
            self.trouble(403, error)
        except Unreachable as error:
            self.trouble(502, error, "unreachable")
        except TsmError as error:
            self.trouble(400, error)

    async def forward(self, method: str, path: str) -> None:
        raise NotImplementedError

    def target(self, base: str, path: str) -> str:
        """The address there. A ``token`` in the query is Jupyter's own and stays; see ``proxy.TICKET``."""
        pairs = parse_qsl(self.request.query, keep_blank_values=True)
        pairs = [(key, value) for key, value in pairs if key not in ("token", "_xsrf")]
        query = urlencode([("token" if key == TICKET else key, value) for key, value in pairs])
        return base + path + (f"?{query}" if query else "")

    @web.authenticated
    async def get(self, path: str) -> None:
        await self.go(path)

    # APIHandler would answer OPTIONS by itself, for anybody
    head = post = put = patch = delete = options = get


class LocalHandler(ProxyHandler):
    """``/tsm/local/*`` to the engine's ``/local/*``."""

    table = LOCAL
    _waiting: asyncio.Task | None = None

    def on_connection_close(self) -> None:
        """Stop was pressed, or the page left: the engine is told by our going away too."""
        if self._waiting is not None:
            self._waiting.cancel()

    async def forward(self, method: str, path: str) -> None:
        content = None
        if method == "POST":
            body = self.json_body() if self.request.body else {}
            if path in ("tables", "verify", DOWNLOADS, *paths.OF_RECIPES) or path.endswith("/export"):
                body = await asyncio.to_thread(paths.rewrite, self.contents_manager, path, body)
            if path in ("tables", *paths.OF_RECIPES):
                server = self.tsm["pzserver"]
                body |= {"server": server.url if server.remote else None}
            content = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if content else {}
        if path.endswith("/columns") and self.request.method == "GET":
            headers[PARTS] = "1"
        engine = self.tsm["engine"]
        once_more = True
        while True:
            try:
                runtime = await engine.runtime()
            except TsmError as error:
                raise Unreachable(error.message, remedy=error.remedy, where=error.where) from None
            try:
                passing = pass_on(
                    self,
                    engine.client(),
                    method,
                    self.target(f"{runtime.url}/local/", path),
                    runtime.token,
                    name="The engine",
                    content=content,
                    headers=headers,
                    timeout=max(self.tsm["timeout"], LONGEST if method == "POST" else 0),
                )
                if path == "tables":  # decoded to the end: it is asked for again
                    return await passing
                self._waiting = asyncio.create_task(passing)
                with suppress(asyncio.CancelledError):
                    await self._waiting
                return
            except LookupError:  # the table's file is not to be had here: then by the engine
                if self._headers_written:
                    raise
                headers.pop(PARTS)
            except Unreachable:
                engine.lost(runtime)  # it ended when idle, or was killed: once more with another one
                if not once_more or self._headers_written:
                    raise
                once_more = False


class PzHandler(ProxyHandler):
    """``/tsm/pz/*`` to the PZ Server's ``/api/*``."""

    table = PZ

    async def forward(self, method: str, path: str) -> None:
        server = self.tsm["pzserver"]
        if method == "POST" and AS_GET.fullmatch(path):
            method = "GET"
        content = self.request.body if method in ("POST", "PUT", "PATCH") else None
        headers: dict[str, str] = {}
        if path == "product-files/" and method == "POST" and self._is_json():
            from pz_tsm.jupyter.upload import multipart

            content, headers = await asyncio.to_thread(multipart, self.contents_manager, self.json_body())
        if path == "processes/" and method == "POST" and self._is_json():
            from pz_tsm.jupyter.process_form import with_flags

            content, headers = await asyncio.to_thread(with_flags, self.contents_manager, self.json_body())
        for last in (False, True):
            try:
                upstream = await server.upstream()
            except TsmError as error:
                raise Unreachable(error.message, remedy=error.remedy, where=error.where) from None
            if upstream.token is None:
                from pz_tsm.jupyter.pzserver import WHERE_FROM

                return self.trouble(401, TsmError(f"There is no token for {server.name}.", remedy=WHERE_FROM))
            try:
                return await pass_on(
                    self,
                    self.tsm["engine"].client(),
                    method,
                    self.target(upstream.url, path),
                    upstream.token,
                    name=server.name if server.remote else "The engine",
                    content=content,
                    headers=headers,
                    timeout=self.tsm["timeout"],
                    rebase=(upstream.url, url_path_join(self.base_url, "tsm/pz") + "/"),
                )
            except Unreachable:
                if server.remote or last or self._headers_written or not isinstance(content, bytes | None):
                    raise
                self.tsm["engine"].lost(await self.tsm["engine"].runtime())

    def _is_json(self) -> bool:
        return self.request.headers.get("Content-Type", "").startswith("application/json")
