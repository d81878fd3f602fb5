"""Whole columns over HTTP: immutable, cached by ETag, one byte range where asked for."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Callable

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from pz_tsm.stream import Stream

STREAM = "application/vnd.apache.arrow.stream"
CHUNK = 2**20
PARTS = "X-TSM-Parts"
PARTS_LIMIT = 2**14  # characters of a header


async def arrow_response(request: Request, etag: str, make: Callable[[], Stream]) -> Response:
    """304 if the browser has it, 206 for a range of bytes, else everything, a MiB at a time.

    To one who asks for X-TSM-Parts it is said where on this machine the bytes are instead (``parts``).
    """
    headers = {
        "ETag": etag,
        "Cache-Control": "private, max-age=31536000, immutable",
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    known = [text.strip() for text in request.headers.get("if-none-match", "").split(",")]
    if etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    stream = await asyncio.to_thread(make)
    start, stop, status = 0, len(stream), 200
    span = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", request.headers.get("range", "").strip())
    if span and any(span.groups()) and request.headers.get("if-range", etag) == etag:
        first, last = _span(*span.groups(), len(stream))
        if first > last or first >= len(stream):
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{len(stream)}"})
        headers["Content-Range"] = f"bytes {first}-{last}/{len(stream)}"
        start, stop, status = first, last + 1, 206
    if PARTS in request.headers:
        said = parts(stream, start, stop)
        if len(said) <= PARTS_LIMIT:
            return Response(status_code=status, headers={**headers, PARTS: said}, media_type=STREAM)
    headers["Content-Length"] = str(stop - start)
    return StreamingResponse(_chunks(stream, start, stop), status, headers, media_type=STREAM)


def parts(stream: Stream, start: int, stop: int) -> str:
    """``{"file": path, "parts": [base64 | [place in the file, bytes], ...]}`` as JSON."""
    said = []
    for piece, first, last in stream.parts(start, stop):
        if piece.at is None:
            said.append(base64.b64encode(memoryview(piece.data)[first:last]).decode())
        else:
            said.append([piece.at + first, last - first])
        if len(said) > 1000:
            break  # far beyond the limit
    return json.dumps({"file": str(stream.mapped.path) if stream.mapped else None, "parts": said})


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last) if last else size - 1, size - 1)


async def _chunks(stream: Stream, start: int, stop: int) -> AsyncIterator[bytes]:
    for at in range(start, stop, CHUNK):
        yield await asyncio.to_thread(stream.read, at, min(at + CHUNK, stop))
