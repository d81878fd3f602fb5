"""Which PZ Server is used, with which token: a remote one, or the engine's own."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pz_tsm.errors import TsmError
from pz_tsm.jupyter.engine import Engine

REMEMBERED = 60.0  # seconds for which the answer to "is this token good" is kept


@dataclass(frozen=True)
class Upstream:
    """Base URL, ending in a slash, and the token to show there (a secret), if there is one."""

    url: str
    token: str | None

    def __repr__(self) -> str:
        return f"Upstream({self.url!r})"


class PzServer:
    """``upstream()`` for requests; ``status()`` for people."""

    def __init__(self, url: str, name: str, engine: Engine) -> None:
        from pz_tsm.jupyter import servers

        self.fixed = bool(url)  # the site says which; else the user
        self._given_name = name
        self._engine = engine
        self._set(url.rstrip("/") + "/" if url else servers.read() or "")

    def _set(self, url: str) -> None:
        from pz_tsm.jupyter import servers

        self.url = url
        self.name = (self.fixed and self._given_name) or urlsplit(url).hostname or url or "this machine"
        self.kind = servers.kind(url)
        # a token of the environment is not shown to an address that was typed into a page
        self._environment = self.fixed or self.kind != "other"
        self._known: tuple[float, Upstream, dict[str, Any]] | None = None

    @property
    def remote(self) -> bool:
        return bool(self.url)

    async def choose(self, url: object) -> None:
        """Use another server from now on. TsmError where the site has said which, or for a bad address."""
        from pz_tsm.jupyter import servers

        if self.fixed:
            raise TsmError(
                f"This Jupyter server is set up for {self.name}.",
                remedy="Those who run it can change TsmApp.pzserver_url.",
            )
        url = servers.clean(url)
        await asyncio.to_thread(servers.write, url)
        self._set(url)

    async def upstream(self) -> Upstream:
        """Read anew for every request: tokens are renewed, engines restart."""
        if not self.remote:
            runtime = await self._engine.runtime()
            return Upstream(f"{runtime.url}/api/", runtime.token)
        from pz_tsm import tokens

        url = self.url  # another may be chosen meanwhile: this one's token must not go there
        return Upstream(url, await asyncio.to_thread(tokens.read, url, environment=self._environment))

    async def status(self) -> dict[str, Any]:
        """``pzserver`` of /tsm/config: never the token, only what is known of it."""
        said: dict[str, Any] = {"url": self.url, "name": self.name, "configured": self.remote}
        said |= await asyncio.to_thread(self._account)
        if not self.remote:
            return said | {"token": "present", "user": "local"}
        upstream = await self.upstream()
        if upstream.token is None:
            return said | {"token": "missing", "user": None}
        if self._known and self._known[1] == upstream and time.monotonic() - self._known[0] < REMEMBERED:
            return said | self._known[2]
        try:
            user = await self.check(upstream.url, upstream.token)
            found = {"token": "present", "user": user}
        except WrongToken:
            found = {"token": "wrong", "user": None}
        except TsmError as error:
            return said | {"token": "present", "user": None, "message": str(error)}
        self._known = (time.monotonic(), upstream, found)
        return said | found

    def _account(self) -> dict[str, Any]:
        """What else the account's view tells: other servers, and where tokens are, never what they are."""
        from pz_tsm import tokens
        from pz_tsm.jupyter import servers

        kept = tokens.place(self.url, environment=self._environment) if self.remote else None
        return {
            "kind": self.kind,
            "fixed": self.fixed,
            "choices": [] if self.fixed else servers.choices(),
            "kept": servers.from_home(kept) if kept else None,
            "rsp": servers.rsp_token_place(),
        }

    async def check(self, url: str, token: str) -> str | None:
        """The user of this token. WrongToken if the server refuses it, TsmError if it is silent."""
        import httpx

        headers = {"Authorization": f"Token {token}", "Accept": "application/json"}
        try:
            client = self._engine.client()
            answer = await client.get(url, headers=headers, timeout=10)
            if answer.status_code in (401, 403):
                raise WrongToken(f"{self.name} does not accept this token.", remedy=WHERE_FROM)
            if answer.status_code >= 300:
                raise TsmError(
                    f"{self.name} answered with status {answer.status_code}.", remedy="Try again later."
                )
            who = await client.post(f"{url}logged_user/", headers=headers, timeout=10)
            return who.json().get("username") if who.status_code == 200 else None
        except (httpx.HTTPError, ValueError) as error:
            raise TsmError(
                f"{self.name} can't be reached ({type(error).__name__}).",
                remedy="Check the network, then try again.",
            ) from None

    async def store(self, token: str) -> str | None:
        """Check a token and keep it on this machine; returns its user."""
        from pz_tsm import tokens

        if not self.remote:
            raise TsmError("The engine on this machine needs no token.")
        url, token = self.url, tokens.clean(token)
        user = await self.check(url, token)
        await asyncio.to_thread(tokens.store, url, token)
        self._known = None
        return user

    async def forget(self) -> None:
        from pz_tsm import tokens

        await asyncio.to_thread(tokens.forget, self.url)
        self._known = None


class WrongToken(TsmError):
    """The server refused the token."""


WHERE_FROM = "Get one from the PZ Server's web page: your name at the top right, then API Token."
