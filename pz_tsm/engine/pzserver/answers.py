"""How answers are sent, and what every route shares: the caller, the path, the query."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request
from starlette.responses import Response

from pz_tsm.engine.pzserver.errors import not_found
from pz_tsm.engine.pzserver.fields import Wrong, integer


class Json(Response):
    """JSON with non-ASCII text as it is. What UTF-8 can't hold becomes a question mark."""

    media_type = "application/json"

    def __init__(self, content: Any, status_code: int = 200, headers: dict[str, str] | None = None) -> None:
        super().__init__(content, status_code, headers)

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode(
            errors="replace"
        )


def empty() -> Response:
    return Response(status_code=204)


def row_id(text: str, model: str) -> int:
    """The id in a path; whatever is no id is simply not there."""
    try:
        return integer(text)
    except Wrong:
        raise not_found(model) from None


def base_url(request: Request) -> str:
    """Scheme and host as the client sees them, without a final slash."""
    said = request.headers.get("x-forwarded-proto", "").split(",")[0].strip().lower()
    scheme = said if said in ("http", "https") else request.url.scheme
    return f"{scheme}://{request.url.netloc}"


def query_of(request: Request) -> dict[str, str]:
    return dict(request.query_params)
