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
from typing import Any

from pz_tsm.engine.local.workers import Workers
from pz_tsm.errors import TsmError
from pz_tsm.view import View

FORMAT = "1"  # part of every id: change it when summaries or types change
OPEN = 16  # views kept open
CACHE_BYTES = int(float(os.environ.get("PZ_TSM_CACHE_GB", "6")) * 1e9)


class UnknownTable(TsmError):
    """No such table in the cache (404)."""


class Tables:
    """``open`` a file or a product; ``get`` a table by its id. Ids are of content: the same rows for ever."""

    def __init__(self, folder: Path, workers: Workers, cache_bytes: int = CACHE_BYTES) -> None:
        self._folder = folder
        self._workers = workers
        self._cache_bytes = cache_bytes
        self._views: OrderedDict[str, View] = OrderedDict()
        self._opening: dict[str, asyncio.Lock] = {}

    def clear(self) -> None:
        """Remove what a killed engine was decoding."""
        for part in self._folder.glob(".part-*"):
            shutil.rmtree(part, ignore_errors=True)

    async def open(self, path: Path, said: dict[str, Any] | None = None) -> View:
        """A view of a catalogue file or HATS folder. ``said``: name, roles, access, citation, if known."""
        path = Path(os.path.abspath(path))
        said = {key: value for key, value in (said or {}).items() if value}
        content = await asyncio.to_thread(content_key, path)
        id = _hash(content, json.dumps(said, sort_keys=True)) if said else content
        async with self._opening.setdefault(id, asyncio.Lock()):
            try:
                view = await self.get(id)
            except UnknownTable:
                said = {"name": path.name, "path": str(path), **said, "id": id}
                await self._decode(path, id, said)
                view = await self.get(id)
        self._opening.pop(id, None)
        return view

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
        if not re.fullmatch(r"[0-9a-f]{32}", id) or not (folder / "info.json").exists():
            raise UnknownTable(
                "This table is no longer open in the engine.", remedy="Open its file again.", where=id
            )
        os.utime(folder / "info.json")
        info = json.loads((folder / "info.json").read_text(encoding="utf-8"))
        return View.open(folder / "table.arrow", info)

    async def _decode(self, path: Path, id: str, said: dict[str, Any]) -> None:
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True, mode=0o700)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=self._folder))
        try:
            await self._workers.call("decode", source=str(path), folder=str(part), said=said)
            await asyncio.to_thread(self._settle, part, id)
        finally:
            await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)

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
            try:
                if folder.name.startswith(".part-"):
                    continue
                used = (folder / "info.json").stat().st_mtime
                found.append((used, (folder / "table.arrow").stat().st_size, folder))
            except OSError:
                shutil.rmtree(folder, ignore_errors=True)
        total = sum(size for _, size, _ in found)
        for _, size, folder in sorted(found):
            if total <= self._cache_bytes:
                break
            if folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)
                total -= size


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
