"""Errors of the contract: a status and the body that the real server would send."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """Ends a request with this status and JSON body."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body
        self.headers = headers or {}


def unauthorized(detail: str) -> ApiError:
    return ApiError(401, {"detail": detail}, {"WWW-Authenticate": 'Bearer realm="api"'})


def forbidden(detail: str = "You do not have permission to perform this action.") -> ApiError:
    return ApiError(403, {"detail": detail})


def not_found(model: str) -> ApiError:
    """404 for a row that is not there or that the caller may not see."""
    return ApiError(404, {"detail": f"No {model} matches the given query."})


def invalid(field: str, message: str) -> ApiError:
    """400 about one field, in the list shape of most endpoints."""
    return ApiError(400, {field: [message]})
