"""Request bodies: JSON, urlencoded and multipart, all accepted everywhere, as one kind of mapping."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile

from pz_tsm.engine.pzserver.errors import ApiError

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass
class Body:
    """``values``: field to value (in a form: text; the last one if repeated). ``form``: whether it came as a
    form."""

    values: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[Any]] = field(default_factory=dict)
    files: dict[str, UploadFile] = field(default_factory=dict)
    form: bool = False

    def many(self, name: str) -> Any:
        """A list field: repeated form fields, or the JSON value as it is. A missing field is None."""
        return self.lists.get(name) if self.form else self.values.get(name)


async def read_body(request: Request) -> Body:
    """Dependency of every writing endpoint. An empty body is an empty mapping whatever its content type
    says."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in FORM_TYPES:
        body = Body(form=True)
        try:
            form = await request.form()
        except Exception as error:  # starlette's parser errors have no common base
            raise ApiError(400, {"detail": f"Form parse error - {getattr(error, 'detail', error)}"}) from None
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                body.files[name] = value
            else:
                body.values[name] = value
                body.lists.setdefault(name, []).append(value)
        return body
    raw = await request.body()
    if not raw.strip():
        return Body()
    if kind not in ("application/json", ""):
        raise ApiError(415, {"detail": f'Unsupported media type "{kind}" in request.'})
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, {"detail": f"JSON parse error - {error}"}) from None
    if values is None:
        return Body()
    if not isinstance(values, dict):
        detail = f"Invalid data. Expected a dictionary, but got {type(values).__name__}."
        raise ApiError(400, {"non_field_errors": [detail]})
    return Body(values=values)
