"""Files on their way between the PZ Server and the file browser's folders, from server to server: what
downloads and uploads share."""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from pz_tsm.jupyter.engine import Engine
    from pz_tsm.jupyter.pzserver import PzServer, Upstream

CHUNK = 2**20
KEPT = 50  # transfers of a kind that are remembered
ENDED = ("done", "failed", "stopped")


@dataclass(kw_only=True)
class Transfer:
    """One product or file on its way; ``done`` and ``total`` in bytes.

    ``state``: preparing, running, done, failed or stopped. ``shown``: path of the file or folder in the file
    browser. ``server``: which PZ Server it was begun with.
    """

    same: ClassVar[tuple[str, ...]] = ("server", "product")  # two that agree in these are one
    said: ClassVar[tuple[str, ...]] = ("id", "product", "state", "done", "total", "message", "remedy")

    product: int
    shown: str
    server: str = ""
    id: str = field(default_factory=lambda: os.urandom(6).hex())
    state: str = "running"
    done: int = 0
    total: int | None = None
    message: str | None = None
    remedy: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in self.said}

    def fail(self, message: str, remedy: str | None) -> None:
        self.state, self.message, self.remedy = "failed", message, remedy


T = TypeVar("T", bound=Transfer)


class Transfers(Generic[T]):
    """The transfers of one kind; they go on when the page that asked for them is closed."""

    unknown: ClassVar[tuple[str, str]]  # message and remedy where there is no such transfer

    def __init__(self, engine: Engine, server: PzServer, timeout: float) -> None:
        self._engine, self._server, self._timeout = engine, server, timeout
        self._all: dict[str, T] = {}
        self._tasks: dict[str, asyncio.Task] = {}

    def asked(self, contents_manager: Any, body: dict[str, Any]) -> T:
        """What a request asks for; TsmError if that can't be. Runs in a thread."""
        raise NotImplementedError

    async def carry(self, one: T) -> None:
        """Bring it there; TsmError, httpx.HTTPError or OSError where that fails."""
        raise NotImplementedError

    def broken(self, one: T, error: str) -> tuple[str, str]:
        """Message and remedy where the connection broke off."""
        raise NotImplementedError

    def unusable(self, one: T, error: str) -> tuple[str, str]:
        """Message and remedy where the file or folder here can't be used."""
        raise NotImplementedError

    def list(self) -> list[T]:
        """Those with the server that is used now, newest first."""
        return [one for one in reversed(self._all.values()) if one.server == self._server.url]

    async def start(self, contents_manager: Any, body: dict[str, Any]) -> T:
        """Begin, or join what is already on its way."""
        one = await asyncio.to_thread(self.asked, contents_manager, body)
        one.server = self._server.url
        for other in self._all.values():
            if other.state not in ENDED and all(getattr(other, key) == getattr(one, key) for key in one.same):
                return other
        self._all[one.id] = one
        ended = [old for old in self._all.values() if old.state in ENDED]
        for old in ended[: max(0, len(self._all) - KEPT)]:
            self._all.pop(old.id)
        self._tasks[one.id] = asyncio.create_task(self._run(one))
        return one

    def stop(self, id: str) -> None:
        """End it; TsmError if it is not known."""
        if id not in self._all:
            message, remedy = self.unknown
            raise TsmError(message, remedy=remedy)
        if id in self._tasks:
            self._tasks[id].cancel()

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def upstream(self, one: T) -> Upstream:
        """The server that it was begun with, and the token; TsmError if another one is used by now."""
        found = await self._server.upstream()
        if self._server.url != one.server:
            raise TsmError(
                "Another PZ Server was chosen meanwhile.", remedy="Choose the first one, then start it again."
            )
        if found.token is None:
            raise refused(self._server.name, 401)
        return found

    async def _run(self, one: T) -> None:
        import httpx

        try:
            await self.carry(one)
            one.state = "done"
        except asyncio.CancelledError:
            one.state = "stopped"
        except TsmError as error:
            one.fail(error.message, error.remedy)
        except httpx.HTTPError as error:
            one.fail(*self.broken(one, type(error).__name__))
        except OSError as error:
            one.fail(*self.unusable(one, error.strerror or type(error).__name__))
        except Exception:
            logging.getLogger(__name__).exception("a transfer failed")
            one.fail("An unexpected error.", "The Jupyter server's log has the details.")
        finally:
            self._tasks.pop(one.id, None)


def refused(name: str, status: int) -> TsmError:
    """What an answer with an error means, in words, where it says nothing itself."""
    if status == 401:
        return TsmError(f"{name} does not accept the token.", remedy="Enter a new one under Account.")
    return TsmError(f"{name} answered with status {status}.", remedy="Try again later.")
