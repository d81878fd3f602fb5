"""Answers to the front end's questions, in messages that pass any websocket: at most 1 MB each.

A question is ``{id, method, args}``; an answer ``{id, ok: true, result, part, of}`` with one binary buffer
(a part of an Arrow IPC stream, to be put together in order) or ``{id, ok: false, error: {message, remedy,
where}}``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pz_tsm import errors
from pz_tsm.errors import TsmError
from pz_tsm.stream import Stream
from pz_tsm.view import Cancelled, View

LIMIT = 2**20 - 2**14  # bytes of a buffer: with its JSON the message stays below 1 MB

MOST_CONFLICTS = 1000  # in one answer

Message = tuple[dict[str, Any], list[Any]]
log = logging.getLogger("pz_tsm.widgets")


@dataclass(frozen=True)
class Answer:
    """A result with or without a stream; or an error as JSON."""

    result: dict[str, Any] | None = None
    body: Stream | None = None
    error: dict[str, Any] | None = None


def answer(
    view: View, method: str, args: dict[str, Any], cancelled: Callable[[], bool] = lambda: False
) -> Answer:
    """Do what is asked. Safe in a thread; Cancelled if ``cancelled()`` turns true meanwhile."""
    if method not in METHODS:
        return unknown(method)

    def make() -> Answer:
        if method in ("window", "export"):
            return Answer(*METHODS[method](view, args, cancelled))
        return Answer(*METHODS[method](view, args))

    return guarded(method, make)


def unknown(method: str) -> Answer:
    """To a question of a newer front end."""
    said = f"The kernel's side knows no '{method}'."
    return Answer(error=_error(said, "Update pz-tsm in the kernel's environment."))


def guarded(method: str, make: Callable[[], Answer]) -> Answer:
    """What ``make`` gives, or in words what went wrong; Cancelled goes on."""
    try:
        return make()
    except TsmError as error:
        return Answer(error=error.to_dict())
    except (Cancelled, errors.Cancelled):
        raise
    except Exception as error:
        log.exception("%s failed", method)
        return Answer(
            error=_error(f"This failed in a way that was not foreseen: {type(error).__name__}: {error}")
        )


def is_slow(method: str, args: dict[str, Any]) -> bool:
    """Whether the answer may take long, and is to be made in a thread."""
    looks = any(args.get(key) for key in ("sort", "where", "search"))
    return method in ("summaries", "export", "why", "conflicts") or (method == "window" and looks)


def messages(id: str, made: Answer) -> Iterator[Message]:
    """An answer as the messages that carry it."""
    if made.error is not None:
        yield {"id": id, "ok": False, "error": made.error}, []
        return
    if made.body is None:
        yield {"id": id, "ok": True, "result": made.result, "part": 0, "of": 1}, []
        return
    of = max(1, -(-len(made.body) // LIMIT))
    for part in range(of):
        content = {"id": id, "ok": True, "part": part, "of": of}
        if part == 0:
            content["result"] = made.result
        yield content, [made.body.read(part * LIMIT, (part + 1) * LIMIT)]


def _error(message: str, remedy: str | None = None) -> dict[str, Any]:
    return {"message": message, "remedy": remedy, "where": None}


def _info(view: View, args: dict[str, Any]) -> tuple[dict[str, Any], None]:
    return view.info(), None


def _summaries(view: View, args: dict[str, Any]) -> tuple[dict[str, Any], None]:
    return view.summaries(), None


def _window(
    view: View, args: dict[str, Any], cancelled: Callable[[], bool] = lambda: False
) -> tuple[dict[str, Any], Stream]:
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
        cancelled,
    )
    return {"start": part.start, "total": part.total}, Stream(part.table)


def _columns(view: View, args: dict[str, Any]) -> tuple[dict[str, Any], Stream]:
    """args: ``{names: [...]}``."""
    return {}, view.stream(list(args["names"]))


def _why(view: View, args: dict[str, Any]) -> tuple[dict[str, Any], None]:
    """args: ``{row_id: "..."}``, the id as text because it does not fit a JSON number."""
    from pz_tsm import explain

    return explain.why(view.table, int(args["row_id"])), None


def _conflicts(view: View, args: dict[str, Any]) -> tuple[dict[str, Any], None]:
    """args: ``{start, count}``."""
    from pz_tsm import explain
    from pz_tsm.explain.group import records

    found = explain.conflicts(view.table)
    start, count = int(args.get("start") or 0), int(args.get("count") or 0)
    part = found.slice(start, min(count, MOST_CONFLICTS))
    return {"total": found.num_rows, "conflicts": records(part, tuple(found.column_names))}, None


def _export(
    view: View, args: dict[str, Any], cancelled: Callable[[], bool] = lambda: False
) -> tuple[dict[str, Any], None]:
    """args: ``IExportRequest``; a relative path starts at the kernel's working directory."""
    from pz_tsm.export import export

    sort = args.get("sort") or {}
    saved = export(
        view,
        str(args["path"]),
        args.get("format") or "parquet",
        where=args.get("where") or "",
        sort=sort.get("column"),
        descending=bool(sort.get("descending")),
        columns=args.get("columns"),
        cancelled=cancelled,
    )
    return saved, None


METHODS = {
    "info": _info,
    "summaries": _summaries,
    "window": _window,
    "columns": _columns,
    "why": _why,
    "conflicts": _conflicts,
    "export": _export,
}
