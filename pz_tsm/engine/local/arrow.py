"""Whole columns over HTTP: immutable, cached by ETag, one byte range where asked for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

STREAM = "application/vnd.apache.arrow.stream"
CHUNK = 2**20


async def arrow_response(request: Request, etag: str, make: Callable[[], memoryview]) -> Response:
    """304 if the browser has it, 206 for a range of bytes, else everything, a MiB at a time."""
    headers = {
        "ETag": etag,
        "Cache-Control": "private, max-age=31536000, immutable",
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    if etag in [text.strip() for text in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    body = await asyncio.to_thread(make)
    size = len(body)
    span = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", request.headers.get("range", "").strip())
    status = 200
    if span and any(span.groups()) and request.headers.get("if-range", etag) == etag:
        first, last = _span(*span.groups(), size)
        if first > last or first >= size:
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        body = body[first : last + 1]
        status = 206
    headers["Content-Length"] = str(len(body))
    return StreamingResponse(_chunks(body), status, headers, media_type=STREAM)


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last) if last else size - 1, size - 1)


def _chunks(body: memoryview) -> Iterator[bytes]:
    for start in range(0, len(body), CHUNK):
        yield bytes(body[start : start + CHUNK])
