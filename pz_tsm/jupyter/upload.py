"""Uploading a file to the PZ Server: its bytes go from server to server, not through the browser."""

from __future__ import annotations

import asyncio
import mimetypes
import secrets
from collections.abc import AsyncIterator
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.jupyter import paths

CHUNK = 2**20


def multipart(contents_manager: Any, body: dict[str, Any]) -> tuple[AsyncIterator[bytes], dict[str, str]]:
    """Body and headers of ``POST product-files/`` for ``{"product", "role", "contents": path, "type"?}``."""
    shown = body.get("contents")
    if not isinstance(shown, str):
        raise TsmError("Say which file: 'contents', its path in the file browser.", where="contents")
    path = paths.to_disk(contents_manager, shown)
    if not path.is_file():
        raise TsmError(
            f"There is no file '{shown}'.", remedy="A folder must be packed as .zip first.", where=shown
        )
    name = path.name.replace('"', "_").replace("\r", "_").replace("\n", "_")
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
        yield after

    headers = {
        "Content-Type": f"multipart/form-data; boundary={mark}",
        "Content-Length": str(len(before) + size + len(after)),
    }
    return stream(), headers
