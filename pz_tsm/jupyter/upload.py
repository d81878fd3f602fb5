"""Uploading a file to the PZ Server: its bytes go from server to server, not through the browser."""

from __future__ import annotations

import asyncio
import mimetypes
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pz_tsm.bundle.packing import File, Packed
from pz_tsm.errors import TsmError
from pz_tsm.jupyter import paths
from pz_tsm.jupyter.transfers import Transfer, Transfers, refused

LONGEST_NAME = 256  # characters that a server keeps of a file's name


def multipart(contents_manager: Any, body: dict[str, Any]) -> tuple[AsyncIterator[bytes], dict[str, str]]:
    """Body and headers of ``POST product-files/`` for ``{"product", "role", "contents": path, "name"?,
    "type"?}``."""
    path = file_of(contents_manager, body)
    name = name_of(path, body)
    return form(content_of(path, name), name, body)


def file_of(contents_manager: Any, body: dict[str, Any]) -> Path:
    """The file or folder that a request names; TsmError if there is none."""
    shown = body.get("contents")
    if not isinstance(shown, str):
        raise TsmError("Say which file: 'contents', its path in the file browser.", where="contents")
    path = paths.to_disk(contents_manager, shown)
    if not path.exists():
        raise TsmError(f"There is no file '{shown}'.", remedy="Choose another one.", where=shown)
    return path


def content_of(path: Path, name: str) -> File | Packed:
    """What goes over the wire under that name; TsmError for a folder that is no HATS catalogue."""
    return Packed(path, name.removesuffix(".zip")) if path.is_dir() else File(path)


def name_of(path: Path, body: dict[str, Any]) -> str:
    """What the file is called on the server: ``name``, else as it is called here."""
    name = body.get("name") or (f"{path.name}.zip" if path.is_dir() else path.name)
    if not isinstance(name, str) or os.path.basename(name) != name or len(name) > LONGEST_NAME:
        raise TsmError(f"'{name}' can't be a file's name there.", remedy="Give it a shorter, plain one.")
    for bad in '"\r\n':
        name = name.replace(bad, "_")
    return name


def form(
    content: File | Packed, name: str, body: dict[str, Any], told: Callable[[int], None] = lambda size: None
) -> tuple[AsyncIterator[bytes], dict[str, str]]:
    """The multipart form of a file, read as it is sent; ``told`` gets the size of each piece of the file."""
    import secrets

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

    async def stream() -> AsyncIterator[bytes]:
        yield before
        pieces = content.pieces()
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            if piece:
                yield piece
                told(len(piece))
        yield after

    headers = {
        "Content-Type": f"multipart/form-data; boundary={mark}",
        "Content-Length": str(len(before) + content.size + len(after)),
    }
    return stream(), headers


@dataclass(kw_only=True)
class Upload(Transfer):
    """One file on its way; ``file``: its id on the server, once it is there."""

    same: ClassVar = (*Transfer.same, "role", "path", "name")
    said: ClassVar = (*Transfer.said, "role", "name", "file")

    role: int
    path: Path
    content: File | Packed
    name: str
    body: dict[str, Any]
    file: int | None = None

    def to_json(self) -> dict[str, Any]:
        return super().to_json() | {"contents": self.shown}


class Uploads(Transfers[Upload]):
    """Files on their way to the PZ Server; it drops what has come of one that is stopped."""

    unknown = ("This upload is not known.", "Send the file again.")

    def asked(self, contents_manager: Any, body: dict[str, Any]) -> Upload:
        product, role = body.get("product"), body.get("role", 0)
        if not isinstance(product, int) or role not in (0, 1, 2):
            raise TsmError("Say which product, and 'role': 0 main, 1 description, 2 auxiliary.")
        path = file_of(contents_manager, body)
        shown, name = body["contents"], name_of(path, body)
        content = content_of(path, name)
        if content.size == 0:
            raise TsmError(f"'{path.name}' is empty.", remedy="Leave it out.", where=shown)
        if self._server.remote and isinstance(content, Packed):
            self._check_size(name, content.size, shown)
        return Upload(
            product=product,
            role=role,
            path=path,
            content=content,
            shown=shown,
            name=name,
            total=content.size,
            body=body,
        )

    def _check_size(self, name: str, size: int, shown: str) -> None:
        """The page knows the size of a file, but not that of a folder."""
        from pz_tsm.sources import pzserver

        if size > pzserver.LARGEST:
            raise TsmError(
                f"'{name}' would have {size / 1e6:,.0f} MB; {self._server.name} takes "
                f"{pzserver.LARGEST / 1e6:.0f} MB.",
                remedy="Send fewer columns, or a part of the sky.",
                where=shown,
            )

    def broken(self, one: Upload, error: str) -> tuple[str, str]:
        return (
            f"Sending '{one.name}' broke off ({error}).",
            "Try again: what the server has already is not sent twice.",
        )

    def unusable(self, one: Upload, error: str) -> tuple[str, str]:
        return f"'{one.shown}' can't be read: {error}.", "Check that it is still there."

    async def carry(self, one: Upload) -> None:
        import httpx

        def told(size: int) -> None:
            one.done += size

        upstream = await self.upstream(one)
        content, headers = form(one.content, one.name, one.body, told)
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
            raise refusal(self._server.name, answer.status_code, said)
        one.file = said.get("id") if isinstance(said, dict) else None
        one.done = one.total or one.done


def refusal(name: str, status: int, said: Any) -> TsmError:
    """What an answer with an error means, in words: the server's own, where it has some."""
    if status == 413:
        return TsmError(
            f"The file is larger than {name} takes.",
            remedy="Send fewer columns, or Parquet compressed with zstd.",
        )
    if status != 401 and isinstance(said, dict) and said:
        key, value = next(iter(said.items()))
        words = str(value[0] if isinstance(value, list) and value else value)
        return TsmError(f"{name}: {words if key in ('detail', 'error') else f'{key}: {words}'}")
    return refused(name, status)
