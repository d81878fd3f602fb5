"""Products brought from the PZ Server into a folder of the file browser: from server to server, with
progress, resumed where an earlier try broke off, and checked against the server's checksum."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import time
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urljoin

from pz_tsm.errors import TsmError
from pz_tsm.jupyter import paths
from pz_tsm.jupyter.proxy import below
from pz_tsm.jupyter.transfers import CHUNK, Transfer, Transfers, refused

PATIENCE = 1800.0  # seconds that a server may take to prepare an archive
PAUSE = 1.0  # seconds between two questions whether it is ready


@dataclass(kw_only=True)
class Download(Transfer):
    """One product on its way: its ``main`` file, or all as an archive. ``path``: where it is, once whole."""

    same: ClassVar = (*Transfer.same, "main", "folder")
    said: ClassVar = (*Transfer.said, "main", "path")

    main: bool
    folder: Path
    state: str = "preparing"
    path: str | None = None


class Downloads(Transfers[Download]):
    """Products on their way here; what has come of one that is stopped stays, so that it can go on later."""

    unknown = ("This download is not known.", "Start it again.")

    def asked(self, contents_manager: Any, body: dict[str, Any]) -> Download:
        product, shown = body.get("product"), body.get("contents", "")
        if not isinstance(product, int) or not isinstance(shown, str):
            raise TsmError("Say which product, and 'contents', the folder it goes to.")
        folder = paths.to_disk(contents_manager, shown)
        if not folder.is_dir():
            raise TsmError(f"There is no folder '{shown}'.", remedy="Choose another folder.", where=shown)
        return Download(product=product, main=body.get("main") is True, folder=folder, shown=shown)

    def broken(self, one: Download, error: str) -> tuple[str, str]:
        return f"The download broke off ({error}).", "Start it again: it goes on where it was."

    def unusable(self, one: Download, error: str) -> tuple[str, str]:
        return (
            f"'{one.shown or '/'}' can't be written: {error}.",
            "Make room there, or choose another folder.",
        )

    async def carry(self, one: Download) -> None:
        archive = await self._prepared(one)
        one.total, one.state = archive.get("size"), "running"
        one.path = await self._fetch(one, archive)

    async def _prepared(self, one: Download) -> dict[str, Any]:
        """The archive's object, once it is ready."""
        place = f"products/{one.product}/download/{'main-file/' if one.main else ''}"
        archive = await self._ask(one, "POST", f"{place}prepare/")
        until = time.monotonic() + PATIENCE
        while archive.get("status") in ("pending", "running"):
            if time.monotonic() > until:
                raise TsmError(
                    f"{self._server.name} did not prepare the download in {PATIENCE / 60:.0f} minutes.",
                    remedy="Try again later.",
                )
            await asyncio.sleep(PAUSE)
            archive = await self._ask(one, "GET", f"{place}status/")
        if archive.get("status") != "ready" or not archive.get("download_url"):
            said = archive.get("error_message") or "it says no reason"
            raise TsmError(f"{self._server.name} can't prepare the download: {said}.")
        return archive

    async def _ask(self, one: Download, method: str, path: str) -> dict[str, Any]:
        upstream = await self.upstream(one)
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
        upstream = await self.upstream(one)
        wanted, size = archive.get("checksum"), archive.get("size")
        version = re.sub(r"\W", "", str(wanted or archive.get("source_signature") or "new"))[:16]
        what = one.product if one.main else f"{one.product}-all"
        part = one.folder / f".{what}-{version}.part"  # hidden until it is whole
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
    if status in (403, 404):
        return TsmError(f"{name} does not give this product.", remedy="It may be gone, or not be for you.")
    return refused(name, status)


def address(base: str, url: str) -> str:
    """A download address below the configured base, whatever host the server thinks it has."""
    path, query = below(url, base)
    return urljoin(base, "./" + path) + (f"?{query}" if query else "")


def named(disposition: str) -> str:
    """The file name that a Content-Disposition gives."""
    message = Message()
    message["Content-Disposition"] = disposition or "attachment"
    return message.get_filename() or ""


def safe(name: str, product: int) -> str:
    """A name for a file of the user's: no folder, not hidden, no control characters."""
    name = re.sub(r"[\x00-\x1f/\\]", "_", os.path.basename(name)).lstrip(". ").strip()
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
