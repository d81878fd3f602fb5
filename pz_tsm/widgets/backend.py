"""What the editor's front end asks of the kernel: the ``RecipeBackend`` of src/recipe/backend.ts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.widgets import messages
from pz_tsm.widgets.messages import LIMIT, Answer

if TYPE_CHECKING:
    from pz_tsm.widgets.editor import EditWidget

Cancelled = Callable[[], bool]


class Body:
    """Bytes as ``messages`` cuts them."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __len__(self) -> int:
        return len(self._content)

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        return self._content[start:stop]


def answered(value: Any) -> Answer:
    """A JSON value; as bytes where it would not pass as one message."""
    text = json.dumps(value, ensure_ascii=True, default=str)
    if len(text) > LIMIT // 2:
        plain = json.dumps(json.loads(text, parse_constant=lambda _: None), ensure_ascii=True)
        return Answer({"in_body": True}, Body(plain.encode()))
    return Answer(json.loads(text, parse_constant=lambda _: None))


def _state(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    run = widget._runs.last
    path = widget.path if widget.path is not None else None
    return answered(
        {
            "text": widget.text,
            "path": str(path) if path is not None else "",
            "base": str(widget.base),
            "run": run.to_dict() if run is not None else None,
        }
    )


def _operations(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    from pz_tsm.engine.local.operations import describe

    return answered(describe())


def _plan(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    from pz_tsm import recipe
    from pz_tsm.recipe.memo import using

    with using(widget._memo):
        try:
            parsed: Any = recipe.Recipe.parse(args["text"], widget._name)
        except TsmError:  # the plan tells it as a finding
            parsed = args["text"]
        return answered(recipe.plan(parsed, widget.base, cancelled=cancelled).to_dict())


def _preview_split(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    """args: ``ISplitRequest`` and the text."""
    from pz_tsm.engine.local.preview_rows import preview
    from pz_tsm.recipe.memo import using

    with using(widget._memo):
        return answered(
            preview(
                args["text"],
                str(widget.base),
                widget._name,
                int(args["step"]),
                args.get("magnitude"),
                args.get("table"),
                widget._previews.name,
                cancelled,
            )
        )


def _preview_columns(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    from pz_tsm.engine.local.preview_rows import kept

    return Answer({}, Body(kept(Path(widget._previews.name), str(args["id"])).read_bytes()))


def _coverage(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    """args: ``ICoverageRequest`` and the text."""
    from pz_tsm.engine.local.coverage_rows import measure
    from pz_tsm.recipe.memo import using

    with using(widget._memo):
        where = (str(widget.base), widget._name, int(args["step"]), args.get("table"))
        return answered(measure(args["text"], *where, cancelled))


def _run(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    path = str(widget.path) if widget.path is not None else None
    return answered(widget._runs.start(args["text"], widget.base, path).to_dict())


def _status(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    return answered(widget._runs.get(str(args["id"])).to_dict())


def _stop(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    run = widget._runs.get(str(args["id"]))
    run.stop()
    return answered(run.to_dict())


def _verify(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    from pz_tsm.engine.local.worker import verify

    return answered(verify(str(args["bundle"])))


def _code(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    """The notebook's code runs where the kernel is."""
    from pz_tsm.recipe import Recipe
    from pz_tsm.recipe.code import code

    recipe = Recipe.parse(args["text"], widget._name)
    saved = widget.path is not None and widget.path.read_text(encoding="utf-8-sig") == args["text"]
    path = widget.path if saved else None
    return answered(code(recipe, base=widget.base, start=Path(), path=path).to_dict())


def _move(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    """args: the text, and ``to``, the other release as a match names it."""
    from pz_tsm.recipe import Recipe
    from pz_tsm.recipe.other_release import move

    return answered(move(Recipe.parse(args["text"], widget._name), args["to"], widget.base).to_dict())


def _save(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    widget._take(str(args["text"]), "")
    return answered({"path": str(widget.save())})


def _table(widget: EditWidget, args: dict[str, Any], cancelled: Cancelled) -> Answer:
    """A question about a table that the last run wrote: ``{path, method, args}``."""
    from pz_tsm.widgets.runs import tables_of
    from pz_tsm.widgets.tables import view_of

    path = tables_of(widget._runs.last).get(str(args["path"]))
    if path is None:
        raise TsmError("This table is not of the editor's last run.", remedy="Run the recipe again.")
    view = widget._views.get(path)
    if view is None:
        view = view_of(path)
        widget._views = {path: view}  # earlier runs' tables are not looked at again
    return messages.answer(view, str(args["method"]), args.get("args") or {}, cancelled)


METHODS: dict[str, Callable[[EditWidget, dict[str, Any], Cancelled], Answer]] = {
    "state": _state,
    "operations": _operations,
    "plan": _plan,
    "previewSplit": _preview_split,
    "previewColumns": _preview_columns,
    "coverage": _coverage,
    "run": _run,
    "status": _status,
    "stop": _stop,
    "verify": _verify,
    "code": _code,
    "move": _move,
    "save": _save,
    "table": _table,
}
