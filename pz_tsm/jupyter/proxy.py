"""Passing a request on: no credential of the browser goes out, no cookie of the other side comes in."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import httpx

REQUEST_HEADERS = ("Accept", "Content-Type", "Range", "If-None-Match", "If-Range")
ANSWER_HEADERS = (
    "Content-Type",
    "Content-Length",
    "Content-Range",
    "Content-Encoding",
    "Content-Disposition",
    "Accept-Ranges",
    "ETag",
    "Last-Modified",
    "Cache-Control",
    "X-TSM-Total",
    "X-TSM-Start",
)
JSON_LIMIT = 32 * 2**20  # bytes of JSON in which addresses are re-based; larger answers pass as they are
CHUNK = 2**18
PIECE = 2**20
PARTS = "X-TSM-Parts"  # the engine says where on this machine the bytes are, instead of sending them
TICKET = "ticket"  # what a download address's ``token`` is called here: ``token`` in a query is Jupyter's own


class Unreachable(TsmError):
    """The other side did not answer (502)."""


async def pass_on(
    handler: Any,
    client: httpx.AsyncClient,
    method: str,
    url: str,
    token: str,
    *,
    name: str,
    content: Any = None,
    headers: dict[str, str] | None = None,
    timeout: float,
    rebase: tuple[str, str] | None = None,
) -> None:
    """Send the request and stream the answer into the tornado handler.

    ``rebase``: (base URL there, base URL here) for addresses in JSON. Unreachable, before anything was
    written, if there is no answer; a broken stream ends the answer short.
    """
    import httpx

    out = {key: handler.request.headers[key] for key in REQUEST_HEADERS if key in handler.request.headers}
    out |= {"Accept-Encoding": "identity", "Authorization": f"Token {token}"} | (headers or {})
    limit = httpx.Timeout(timeout, connect=10)
    try:
        request = client.build_request(method, url, content=content, headers=out, timeout=limit)
        answer = await client.send(request, stream=True)
    except httpx.HTTPError as error:
        raise Unreachable(
            f"{name} can't be reached ({type(error).__name__}).",
            remedy="Check that it is running, then try again.",
        ) from None
    try:
        if answer.is_redirect:
            where = urlsplit(answer.headers.get("location", "")).hostname or "another address"
            raise Unreachable(
                f"{name} sends us elsewhere ({where}), which is not followed.",
                remedy="Check the address that is configured for it, and whether it is being serviced.",
            )
        handler.set_status(answer.status_code)
        handler.set_header("X-TSM-Origin", "upstream")
        for key in ANSWER_HEADERS:
            if key in answer.headers:
                handler.set_header(key, answer.headers[key])
        secure(handler, answer.headers.get("content-type", ""))
        if PARTS in answer.headers:
            await send_parts(handler, json.loads(answer.headers[PARTS]))
        elif rebase and _is_small_json(answer):
            await _finish_json(handler, answer, *rebase)
        else:
            await _stream(handler, answer)
    finally:
        await answer.aclose()


def secure(handler: Any, kind: str) -> None:
    """What comes from elsewhere is data: it never runs as a page of this Jupyter server."""
    handler.set_header("X-Content-Type-Options", "nosniff")
    handler.set_header("Content-Security-Policy", "default-src 'none'; sandbox")
    handler.clear_header("Set-Cookie")
    plain = ("text/html", "application/xhtml", "image/svg", "text/xml", "application/xml")
    if not kind:
        handler.set_header("Content-Type", "application/octet-stream")
    elif kind.lower().startswith(plain):
        handler.set_header("Content-Type", "text/plain; charset=utf-8")


async def _stream(handler: Any, answer: httpx.Response) -> None:
    import httpx
    from tornado.iostream import StreamClosedError

    kind = handler._headers["Content-Type"]  # finish would make it JSON
    if handler.request.method == "HEAD" or answer.status_code in (204, 304):
        if answer.status_code != 304:
            handler.clear_header("Content-Length")
        await handler.finish(set_content_type=kind)
        return
    try:
        async for chunk in answer.aiter_raw(CHUNK):
            handler.write(chunk)
            await handler.flush()
    except StreamClosedError:  # the browser gave up
        return
    except httpx.HTTPError:
        handler.log.warning("%s: the answer broke off", handler.request.path)
        if handler.request.connection is not None:
            handler.request.connection.stream.close()  # a broken answer, not a short one
        return
    await handler.finish(set_content_type=kind)


async def send_parts(handler: Any, said: dict[str, Any]) -> None:
    """Send what the engine pointed at: read in a thread, a piece at a time, as fast as the browser takes it.

    LookupError, before anything was written, if the file is not to be had here.
    """
    from tornado.iostream import StreamClosedError

    file, spans = -1, []
    try:
        if said["file"] is not None:
            file = os.open(said["file"], os.O_RDONLY | os.O_NOFOLLOW)
            if os.fstat(file).st_uid != os.getuid():
                raise LookupError
        for part in said["parts"]:
            if isinstance(part, str):
                spans.append((base64.b64decode(part), 0, 0))
            else:
                at, size = part
                spans += [
                    (None, start, min(PIECE, at + size - start)) for start in range(at, at + size, PIECE)
                ]
        handler.set_header("Content-Length", str(sum(len(data) if data else size for data, _, size in spans)))
        kind = handler._headers["Content-Type"]
        for data, at, size in spans:
            data = data if data is not None else await asyncio.to_thread(os.pread, file, size, at)
            handler.write(data)
            await handler.flush()
        await handler.finish(set_content_type=kind)
    except StreamClosedError:  # the browser gave up
        return
    except OSError:
        raise LookupError from None
    finally:
        if file >= 0:
            os.close(file)


def _is_small_json(answer: httpx.Response) -> bool:
    size = answer.headers.get("content-length", "0")
    return (
        answer.headers.get("content-type", "").startswith("application/json")
        and size.isdigit()
        and int(size) <= JSON_LIMIT
    )


async def _finish_json(handler: Any, answer: httpx.Response, there: str, here: str) -> None:
    from contextlib import suppress

    from tornado.iostream import StreamClosedError

    body = await answer.aread()
    handler.clear_header("Content-Encoding")
    try:
        value = json.loads(body)
        changed = rebased(value, there, here)
        if changed != value:
            body = json.dumps(changed, ensure_ascii=False).encode()
    except ValueError:
        pass
    handler.set_header("Content-Length", str(len(body)))
    if handler.request.method != "HEAD" and answer.status_code not in (204, 304):
        handler.write(body)
    with suppress(StreamClosedError):  # the browser gave up
        await handler.finish()


def rebased(value: Any, there: str, here: str) -> Any:
    """The same JSON with addresses of the upstream interface (whatever their scheme) as addresses of ours."""
    if isinstance(value, dict):
        return {
            key: _address(item, there, here) if key == "download_url" else rebased(item, there, here)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [rebased(item, there, here) for item in value]
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        base = urlsplit(there)
        if urlsplit(value).hostname == base.hostname and urlsplit(value).path.startswith(base.path):
            return _address(value, there, here)
    return value


def _address(value: Any, there: str, here: str) -> Any:
    """``https://any.host/api/products/5/download/file/?token=...`` as an address of ours.

    The host is not looked at: behind a gateway a server may not know its own name. Requests go to the
    configured one only.
    """
    if not isinstance(value, str):
        return value
    path, query = below(value, there)
    pairs = parse_qsl(query, keep_blank_values=True)
    query = urlencode([(TICKET if key == "token" else key, item) for key, item in pairs])
    return here + path + (f"?{query}" if query else "")


def below(url: str, base: str) -> tuple[str, str]:
    """Path below a server's base URL, and query, of an address that may name it by another host."""
    found, start = urlsplit(url), urlsplit(base).path
    path = found.path
    if path.startswith(start):
        path = path[len(start) :]
    elif "/api/" in path:
        path = path.partition("/api/")[2]
    return path.lstrip("/"), found.query
