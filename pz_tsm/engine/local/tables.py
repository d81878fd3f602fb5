"""Tables that the engine has opened: decoded once by a child into its cache, memory-mapped from then on."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.local import cache
from pz_tsm.engine.local.workers import WorkerError, Workers
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    from pz_tsm.view import View

FORMAT = "3"  # part of every id: change it when summaries, types or the cache's files change
OPEN = 16  # views kept open
LARGE = 200_000_000  # bytes of a file: such are decoded one at a time, beside the others


class UnknownTable(TsmError):
    """No such table in the cache (404)."""


class Tables:
    """``open`` a file or a product; ``get`` a table by its id. Ids are of content: the same rows for ever.

    The folder may be deleted at any time, and engines with data folders of their own may share it.
    """

    def __init__(self, folder: Path, workers: Workers, cache_bytes: int | None = None) -> None:
        self._folder = folder
        self._workers = workers
        self._cache_bytes = limit() if cache_bytes is None else cache_bytes
        self._views: OrderedDict[str, View] = OrderedDict()
        self._opening: dict[str, asyncio.Task[None]] = {}
        self._turns = {True: asyncio.Semaphore(1), False: asyncio.Semaphore(2)}

    def clear(self) -> None:
        """Remove what a killed engine was decoding."""
        for part in self._folder.glob(".part-*"):
            lock = _lock(self._folder, part.name.split("-")[1])
            if _taken(lock):
                shutil.rmtree(part, ignore_errors=True)
                lock.release()

    async def close(self) -> None:
        """Give up what is being decoded."""
        for task in list(self._opening.values()):
            task.cancel()
        await asyncio.gather(*self._opening.values(), return_exceptions=True)

    async def open(self, path: Path, said: dict[str, Any] | None = None) -> View:
        """A view of a catalogue file or HATS folder. ``said``: name, roles, access, citation, if known.

        However many ask at the same time, it is decoded once; it is decoded to the end when they have gone.
        """
        path = Path(os.path.abspath(path))
        said = {key: value for key, value in (said or {}).items() if value}
        content = await asyncio.to_thread(content_key, path)
        id = _hash(content, json.dumps(said, sort_keys=True)) if said else content
        if await asyncio.to_thread((self._folder / id / cache.INFO).exists):
            try:
                return await self.get(id)
            except UnknownTable:
                pass
        self._views.pop(id, None)
        task = self._opening.get(id)
        if task is None:
            said = {"name": path.name, "path": str(path), **said, "id": id}
            task = self._opening[id] = asyncio.create_task(self._decode(path, content, id, said))
            task.add_done_callback(
                lambda done: (self._opening.pop(id, None), done.cancelled() or done.exception())
            )
        await asyncio.shield(task)
        return await self.get(id)

    def file(self, id: str) -> Path:
        """The columns of an opened table on disk; its folder is what ``cache.load`` takes."""
        return self._folder / id / cache.COLUMNS

    async def get(self, id: str) -> View:
        """The view of an opened table; UnknownTable if the cache has no such table (any more)."""
        if id in self._views:
            self._views.move_to_end(id)
            return self._views[id]
        view = await asyncio.to_thread(self._load, id)
        self._views[id] = view
        while len(self._views) > OPEN:
            self._views.popitem(last=False)
        return view

    def _load(self, id: str) -> View:
        folder = self._folder / id
        view = cache.load(folder) if re.fullmatch(r"[0-9a-f]{32}", id) else None
        if view is None:
            raise UnknownTable(
                "This table is no longer open in the engine.", remedy="Open its file again.", where=id
            )
        os.utime(folder / cache.INFO)
        return view

    async def _decode(self, path: Path, content: str, id: str, said: dict[str, Any]) -> None:
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True, mode=0o700)
        lock = _lock(self._folder, id)
        while not _taken(lock):  # another engine with the same cache decodes it
            await asyncio.sleep(0.1)
        part = None
        try:
            if await asyncio.to_thread(cache.load, self._folder / id) is not None:
                return  # that one has done it
            large = not path.is_dir() and path.stat().st_size > LARGE
            async with self._turns[large]:
                part = await self._to_part(path, id, said)
            if await asyncio.to_thread(content_key, path) != content:
                from pz_tsm.engine.local.decode import changed

                raise changed(path)
            await asyncio.to_thread(self._settle, part, id)
        finally:
            if part is not None:
                await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
            lock.release()

    async def _to_part(self, path: Path, id: str, said: dict[str, Any]) -> Path:
        """The folder that the file was decoded into; begun anew if somebody deletes the cache meanwhile."""
        while True:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = Path(tempfile.mkdtemp(prefix=f".part-{id}-", dir=self._folder))
            try:
                await self._workers.call("decode", source=str(path), folder=str(part), said=said)
                return part
            except BaseException as error:
                if part.exists() or not isinstance(error, WorkerError):
                    await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
                    raise

    def _settle(self, part: Path, id: str) -> None:
        target = self._folder / id
        if target.exists():
            shutil.rmtree(target)
        part.rename(target)
        self._trim(keep={id, *self._views})

    def _trim(self, keep: set[str]) -> None:
        """Remove the tables not used for longest while the cache is too large. An open map keeps its rows."""
        found = []
        for folder in self._folder.iterdir():
            if folder.name.startswith("."):
                continue
            try:
                found.append((*cache.used(folder), folder))
            except OSError:
                shutil.rmtree(folder, ignore_errors=True)
        total = sum(size for _, size, _ in found)
        for _, size, folder in sorted(found):
            if total <= self._cache_bytes:
                break
            if folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)
                total -= size


def limit() -> int:
    """Bytes that the cache may hold: ``PZ_TSM_CACHE_GB``, else 6 GB. TsmError if that is no number."""
    text = os.environ.get("PZ_TSM_CACHE_GB", "6")
    try:
        return int(float(text) * 1e9)
    except (ValueError, OverflowError):
        raise TsmError(f"PZ_TSM_CACHE_GB must be a number of gigabytes, not '{text}'.") from None


def content_key(path: Path) -> str:
    """32 hex digits of path, size, time and inode; of a folder, of every file that says what is in it."""
    try:
        if path.is_dir():
            from pz_tsm.engine.local import hats

            files = hats.files(path)
        else:
            files = [path]
        parts = [str(path)]
        for file in files:
            stat = file.stat()
            parts.append(f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ino}")
    except FileNotFoundError:
        raise TsmError(
            f"There is no file '{path.name}'.", remedy=f"It was looked for at {path}.", where=str(path)
        ) from None
    except PermissionError:
        raise TsmError(
            f"The file '{path.name}' may not be read by you.",
            remedy="Ask its owner for permission.",
            where=str(path),
        ) from None
    return _hash(*parts)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join((FORMAT, *parts)).encode()).hexdigest()[:32]


def _lock(folder: Path, id: str):
    from filelock import FileLock

    locks = folder / ".locks"
    locks.mkdir(parents=True, exist_ok=True, mode=0o700)
    return FileLock(locks / id, thread_local=False)


def _taken(lock) -> bool:
    """Whether it is ours now."""
    from filelock import Timeout

    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True
