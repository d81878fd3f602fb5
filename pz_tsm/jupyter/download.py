"""Products brought from the PZ Server into a folder of the file browser: from server to server, with
progress, resumed where an earlier try broke off, and checked against the server's checksum."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import time
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from pz_tsm.jupyter.engine import Engine
    from pz_tsm.jupyter.pzserver import PzServer

CHUNK = 2**20
PATIENCE = 1800.0  # seconds that a server may take to prepare an archive
KEPT = 50  # downloads that are remembered
ENDED = ("done", "failed", "stopped")


@dataclass
class Download:
    """One product on its way; ``state``: preparing, running, done, failed or stopped."""

    product: int
    main: bool
    folder: Path
    shown: str
    id: str = field(default_factory=lambda: os.urandom(6).hex())
    state: str = "preparing"
    done: int = 0
    total: int | None = None
    path: str | None = None
    message: str | None = None
    remedy: str | None = None

    def to_json(self) -> dict[str, Any]:
        keys = ("id", "product", "main", "state", "done", "total", "path", "message", "remedy")
        return {key: getattr(self, key) for key in keys}


class Downloads:
    """The downloads of this Jupyter server; they go on when the page that asked for them is closed."""

    def __init__(self, engine: Engine, server: PzServer, timeout: float, pause: float = 1.0) -> None:
        self._engine, self._server, self._timeout, self._pause = engine, server, timeout, pause
        self._all: dict[str, Download] = {}
        self._tasks: dict[str, asyncio.Task] = {}

    def list(self) -> list[Download]:
        """Newest first."""
        return list(reversed(self._all.values()))

    def get(self, id: str) -> Download:
        try:
            return self._all[id]
        except KeyError:
            raise TsmError("This download is not known.", remedy="Start it again.") from None

    def start(self, product: int, main: bool, folder: Path, shown: str) -> Download:
        """Begin, or join what is already on its way into that folder."""
        for one in self._all.values():
            if (one.product, one.main, one.folder) == (product, main, folder) and one.state not in ENDED:
                return one
        if not folder.is_dir():
            raise TsmError(f"There is no folder '{shown}'.", remedy="Choose another folder.", where=shown)
        one = Download(product, main, folder, shown)
        self._all[one.id] = one
        for old in [old for old in self._all.values() if old.state in ENDED][: max(0, len(self._all) - KEPT)]:
            self._all.pop(old.id)
        self._tasks[one.id] = asyncio.create_task(self._run(one))
        return one

    def stop(self, id: str) -> None:
        """End it; what has come stays, so that it can go on later."""
        self.get(id)
        if id in self._tasks:
            self._tasks[id].cancel()

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, one: Download) -> None:
        import httpx

        try:
            archive = await self._prepared(one)
            one.total, one.state = archive.get("size"), "running"
            one.path = await self._fetch(one, archive)
            one.state = "done"
        except asyncio.CancelledError:
            one.state = "stopped"
        except TsmError as error:
            one.state, one.message, one.remedy = "failed", error.message, error.remedy
        except httpx.HTTPError as error:
            one.state = "failed"
            one.message = f"The download broke off ({type(error).__name__})."
            one.remedy = "Start it again: it goes on where it was."
        except OSError as error:
            one.state = "failed"
            one.message = f"'{one.shown or '/'}' can't be written: {error.strerror or error}."
            one.remedy = "Make room there, or choose another folder."
        finally:
            self._tasks.pop(one.id, None)

    async def _prepared(self, one: Download) -> dict[str, Any]:
        """The archive's object, once it is ready."""
        place = f"products/{one.product}/download/{'main-file/' if one.main else ''}"
        archive = await self._ask("POST", f"{place}prepare/")
        until = time.monotonic() + PATIENCE
        while archive.get("status") in ("pending", "running"):
            if time.monotonic() > until:
                raise TsmError(
                    f"{self._server.name} did not prepare the download in {PATIENCE / 60:.0f} minutes.",
                    remedy="Try again later.",
                )
            await asyncio.sleep(self._pause)
            archive = await self._ask("GET", f"{place}status/")
        if archive.get("status") != "ready" or not archive.get("download_url"):
            said = archive.get("error_message") or "it says no reason"
            raise TsmError(f"{self._server.name} can't prepare the download: {said}.")
        return archive

    async def _ask(self, method: str, path: str) -> dict[str, Any]:
        upstream = await self._server.upstream()
        headers = {"Authorization": f"Token {upstream.token}", "Content-Type": "application/json"}
        answer = await self._engine.client().request(
            method, upstream.url + path, headers=headers, timeout=self._timeout
        )
        if answer.status_code >= 300:
            raise refusal(self._server.name, answer.status_code)
        try:
            said = answer.json()
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise TsmError(f"{self._server.name} does not answer as a PZ Server.")
        return said

    async def _fetch(self, one: Download, archive: dict[str, Any]) -> str:
        """The file in its folder, whole and checked; its path as the file browser shows it."""
        upstream = await self._server.upstream()
        wanted, size = archive.get("checksum"), archive.get("size")
        version = re.sub(r"\W", "", str(wanted or archive.get("source_signature") or "new"))[:16]
        part = one.folder / f".{one.product}-{version}.part"  # hidden until it is whole
        have = part.stat().st_size if part.is_file() else 0
        if size is not None and have > size:
            have = 0
        headers = {"Authorization": f"Token {upstream.token}", "Accept-Encoding": "identity"}
        if have and have != size:
            headers["Range"] = f"bytes={have}-"
        name = safe(str(archive.get("filename") or ""), one.product)
        if not (have and have == size):
            url = address(upstream.url, str(archive["download_url"]))
            async with self._engine.client().stream(
                "GET", url, headers=headers, timeout=self._timeout
            ) as answer:
                if answer.status_code not in (200, 206):
                    raise refusal(self._server.name, answer.status_code)
                if answer.status_code == 200:
                    have = 0  # it does not know how to go on
                name = safe(named(answer.headers.get("content-disposition", "")) or name, one.product)
                await self._write(one, part, have, answer)
        have = part.stat().st_size
        right = (size is None or have == size) and (
            not wanted or await asyncio.to_thread(digest, part) == wanted
        )
        if not right:
            part.unlink()
            raise TsmError(
                "What came is not what the server has: its checksum differs.", remedy="Download it again."
            )
        target = free(one.folder, name)
        part.rename(target)
        one.done = one.total = have
        return f"{one.shown.strip('/')}/{target.name}".lstrip("/")

    async def _write(self, one: Download, part: Path, have: int, answer: Any) -> None:
        one.done = have
        with part.open("r+b" if have else "wb") as file:
            file.seek(have)
            async for chunk in answer.aiter_raw(CHUNK):
                await asyncio.to_thread(file.write, chunk)
                one.done += len(chunk)


def refusal(name: str, status: int) -> TsmError:
    """What an answer with an error means, in words."""
    if status == 401:
        return TsmError(f"{name} does not accept the token.", remedy="Enter a new one under Account.")
    if status in (403, 404):
        return TsmError(f"{name} does not give this product.", remedy="It may be gone, or not be for you.")
    return TsmError(f"{name} answered with status {status}.", remedy="Try again later.")


def address(base: str, url: str) -> str:
    """A download address below the configured base, whatever host the server thinks it has."""
    found, there = urlsplit(url), urlsplit(base)
    path = found.path
    if path.startswith(there.path):
        path = path[len(there.path) :]
    elif "/api/" in path:
        path = path.partition("/api/")[2]
    query = f"?{found.query}" if found.query else ""
    return urljoin(base, "./" + path.lstrip("/")) + query


def named(disposition: str) -> str:
    """The file name that a Content-Disposition gives."""
    message = Message()
    message["Content-Disposition"] = disposition or "attachment"
    return message.get_filename() or ""


def safe(name: str, product: int) -> str:
    """A name for a file of the user's: no folder, not hidden, no control characters."""
    name = re.sub(r"[\x00-\x1f/\\]", "_", os.path.basename(name)).lstrip(".").strip()
    return name[:200] or f"product_{product}"


def free(folder: Path, name: str) -> Path:
    """That name, or the next one that is free: nothing of the user's is written over."""
    stem, dot, ending = name.partition(".")
    path, turn = folder / name, 1
    while path.exists():
        path, turn = folder / f"{stem}_{turn}{dot}{ending}", turn + 1
    return path


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
