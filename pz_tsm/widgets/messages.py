"""Answers to the front end's questions, in messages that pass any websocket: at most 1 MB each.

A question is ``{id, method, args}``; an answer ``{id, ok: true, result, part, of}`` with one binary buffer
(a part of an Arrow IPC stream, to be put together in order) or ``{id, ok: false, error: {message, remedy,
where}}``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.view import View, to_ipc

LIMIT = 2**20 - 2**14  # bytes of a buffer: with its JSON the message stays below 1 MB

Message = tuple[dict[str, Any], list[Any]]
log = logging.getLogger("pz_tsm.widgets")


def answers(view: View, id: str, method: str, args: dict[str, Any]) -> Iterator[Message]:
    """The messages that answer one question; the work is done when the first is asked for."""
    try:
        result, body = METHODS[method](view, args)
    except TsmError as error:
        yield {"id": id, "ok": False, "error": error.to_dict()}, []
        return
    except KeyError:
        if method in METHODS:
            raise
        yield (
            failure(
                id, f"The kernel's side knows no '{method}'.", "Update pz-tsm in the kernel's environment."
            ),
            [],
        )
        return
    except Exception as error:
        log.exception("%s failed", method)
        yield failure(id, f"This failed in a way that was not foreseen: {type(error).__name__}: {error}"), []
        return
    if body is None:
        yield {"id": id, "ok": True, "result": result, "part": 0, "of": 1}, []
        return
    of = max(1, -(-len(body) // LIMIT))
    for part in range(of):
        content = {"id": id, "ok": True, "part": part, "of": of}
        if part == 0:
            content["result"] = result
        yield content, [body[part * LIMIT : (part + 1) * LIMIT]]


def failure(id: str, message: str, remedy: str | None = None) -> dict[str, Any]:
    return {"id": id, "ok": False, "error": {"message": message, "remedy": remedy, "where": None}}


def _info(view: View, args: dict[str, Any]) -> tuple[dict[str, Any], None]:
    return view.info(), None


def _window(view: View, args: dict[str, Any]) -> tuple[dict[str, Any], memoryview]:
    """args: ``IWindowRequest``."""
    sort = args.get("sort") or {}
    part = view.window(
        int(args.get("start") or 0),
        int(args.get("count") or 0),
        args.get("columns"),
        sort.get("column"),
        bool(sort.get("descending")),
        args.get("where"),
        args.get("search"),
    )
    return {"start": part.start, "total": part.total}, part.ipc


def _columns(view: View, args: dict[str, Any]) -> tuple[dict[str, Any], memoryview]:
    """args: ``{names: [...]}``."""
    return {}, to_ipc(view.columns(list(args["names"])))


METHODS = {"info": _info, "window": _window, "columns": _columns}
