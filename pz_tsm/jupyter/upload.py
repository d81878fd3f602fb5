"""Uploading a file to the PZ Server: its bytes go from server to server, not through the browser."""

from __future__ import annotations

import asyncio
import mimetypes
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.jupyter import paths

if TYPE_CHECKING:
    from pz_tsm.jupyter.engine import Engine
    from pz_tsm.jupyter.pzserver import PzServer

CHUNK = 2**20
KEPT = 50  # uploads that are remembered
LONGEST_NAME = 256  # characters that a server keeps of a file's name


def multipart(contents_manager: Any, body: dict[str, Any]) -> tuple[AsyncIterator[bytes], dict[str, str]]:
    """Body and headers of ``POST product-files/`` for ``{"product", "role", "contents": path, "name"?,
    "type"?}``."""
    return form(file_of(contents_manager, body), body)


def file_of(contents_manager: Any, body: dict[str, Any]) -> Path:
    """The file that a request names; TsmError if it is none that can be sent."""
    shown = body.get("contents")
    if not isinstance(shown, str):
        raise TsmError("Say which file: 'contents', its path in the file browser.", where="contents")
    path = paths.to_disk(contents_manager, shown)
    if not path.is_file():
        raise TsmError(
            f"There is no file '{shown}'.", remedy="A folder must be packed as .zip first.", where=shown
        )
    return path


def name_of(path: Path, body: dict[str, Any]) -> str:
    """What the file is called on the server: ``name``, else as it is called here."""
    name = body.get("name") or path.name
    if not isinstance(name, str) or os.path.basename(name) != name or len(name) > LONGEST_NAME:
        raise TsmError(f"'{name}' can't be a file's name there.", remedy="Give it a shorter, plain one.")
    for bad in '"\r\n':
        name = name.replace(bad, "_")
    return name


def form(
    path: Path, body: dict[str, Any], told: Callable[[int], None] = lambda size: None
) -> tuple[AsyncIterator[bytes], dict[str, str]]:
    """The multipart form of a file, read as it is sent; ``told`` gets the size of each piece of the file."""
    import secrets

    name = name_of(path, body)
    kind = body.get("type") or mimetypes.guess_type(name)[0] or "application/octet-stream"
    fields = {key: body[key] for key in ("product", "role") if body.get(key) is not None} | {"type": kind}
    mark = secrets.token_hex(16)
    head = "".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{str(value).splitlines()[0]}\r\n'
        for key, value in fields.items()
    )
    head += f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    head += f"Content-Type: {str(kind).splitlines()[0]}\r\n\r\n"
    before, after = head.encode(), f"\r\n--{mark}--\r\n".encode()
    size = path.stat().st_size

    async def stream() -> AsyncIterator[bytes]:
        yield before
        left = size
        with path.open("rb") as file:
            while left and (chunk := await asyncio.to_thread(file.read, min(CHUNK, left))):
                left -= len(chunk)
                yield chunk
                told(len(chunk))
        yield after

    headers = {
        "Content-Type": f"multipart/form-data; boundary={mark}",
        "Content-Length": str(len(before) + size + len(after)),
    }
    return stream(), headers


@dataclass
class Upload:
    """One file on its way; ``state``: running, done, failed or stopped. ``done`` and ``total`` in bytes."""

    product: int
    role: int
    path: Path
    shown: str
    name: str
    server: str
    total: int
    id: str = field(default_factory=lambda: os.urandom(6).hex())
    state: str = "running"
    done: int = 0
    file: int | None = None
    message: str | None = None
    remedy: str | None = None

    def to_json(self) -> dict[str, Any]:
        keys = ("id", "product", "role", "name", "state", "done", "total", "file", "message", "remedy")
        return {key: getattr(self, key) for key in keys} | {"contents": self.shown}


class Uploads:
    """Files on their way to the PZ Server; they go on when the page that asked for them is closed."""

    def __init__(self, engine: Engine, server: PzServer, timeout: float) -> None:
        self._engine, self._server, self._timeout = engine, server, timeout
        self._all: dict[str, Upload] = {}
        self._tasks: dict[str, asyncio.Task] = {}

    def list(self) -> list[Upload]:
        """Those to the server that is used now, newest first."""
        return [one for one in reversed(self._all.values()) if one.server == self._server.url]

    def start(self, contents_manager: Any, body: dict[str, Any]) -> Upload:
        """Begin, or join what is already on its way: the same file to the same product."""
        product, role = body.get("product"), body.get("role", 0)
        if not isinstance(product, int) or role not in (0, 1, 2):
            raise TsmError("Say which product, and 'role': 0 main, 1 description, 2 auxiliary.")
        path = file_of(contents_manager, body)
        size = path.stat().st_size
        if size == 0:
            raise TsmError(f"'{path.name}' is empty.", remedy="Leave it out.", where=body["contents"])
        one = Upload(product, role, path, body["contents"], name_of(path, body), self._server.url, size)
        same = ("product", "role", "path", "name", "server")
        for other in self._all.values():
            if other.state == "running" and all(getattr(other, key) == getattr(one, key) for key in same):
                return other
        self._all[one.id] = one
        ended = [old for old in self._all.values() if old.state != "running"]
        for old in ended[: max(0, len(self._all) - KEPT)]:
            self._all.pop(old.id)
        self._tasks[one.id] = asyncio.create_task(self._run(one, body))
        return one

    def stop(self, id: str) -> None:
        """End it; the server drops what has come."""
        if id not in self._all:
            raise TsmError("This upload is not known.", remedy="Send the file again.")
        if id in self._tasks:
            self._tasks[id].cancel()

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, one: Upload, body: dict[str, Any]) -> None:
        import httpx

        try:
            one.file = await self._send(one, body)
            one.state, one.done = "done", one.total
        except asyncio.CancelledError:
            one.state = "stopped"
        except TsmError as error:
            one.state, one.message, one.remedy = "failed", error.message, error.remedy
        except httpx.HTTPError as error:
            one.state = "failed"
            one.message = f"Sending '{one.name}' broke off ({type(error).__name__})."
            one.remedy = "Try again: what the server has already is not sent twice."
        except OSError as error:
            one.state = "failed"
            one.message = f"'{one.shown}' can't be read: {error.strerror or error}."
            one.remedy = "Check that it is still there."
        finally:
            self._tasks.pop(one.id, None)

    async def _send(self, one: Upload, body: dict[str, Any]) -> int | None:
        """The id of the product's file."""
        import httpx

        def told(size: int) -> None:
            one.done += size

        content, headers = form(one.path, body, told)
        upstream = await self._server.upstream()
        if upstream.token is None:
            raise refused(self._server.name, 401, None)
        answer = await self._engine.client().post(
            f"{upstream.url}product-files/",
            content=content,
            headers=headers | {"Authorization": f"Token {upstream.token}", "Accept": "application/json"},
            # a server may look at a large file for a while before it answers
            timeout=httpx.Timeout(max(self._timeout, 600), connect=10),
        )
        try:
            said = answer.json()
        except ValueError:
            said = None
        if answer.status_code != 201:
            raise refused(self._server.name, answer.status_code, said)
        return said.get("id") if isinstance(said, dict) else None


def refused(name: str, status: int, said: Any) -> TsmError:
    """What an answer with an error means, in words."""
    if status == 401:
        return TsmError(f"{name} does not accept the token.", remedy="Enter a new one under Account.")
    if status == 413:
        return TsmError(
            f"The file is larger than {name} takes.",
            remedy="Send fewer columns, or Parquet compressed with zstd.",
        )
    if isinstance(said, dict) and said:
        key, value = next(iter(said.items()))
        words = str(value[0] if isinstance(value, list) and value else value)
        return TsmError(f"{name}: {words if key in ('detail', 'error') else f'{key}: {words}'}")
    return TsmError(f"{name} answered with status {status}.", remedy="Try again later.")
