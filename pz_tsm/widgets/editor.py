"""The recipe editor as a widget. The Python object follows what is edited below the cell."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Unicode

from pz_tsm.errors import TsmError
from pz_tsm.widgets import backend
from pz_tsm.widgets.comm import AnsweringWidget
from pz_tsm.widgets.messages import Answer, guarded, unknown
from pz_tsm.widgets.runs import KernelRuns

if TYPE_CHECKING:
    from pz_tsm.recipe import Plan, Recipe, RunResult

KEPT = "application/vnd.pz-tsm.view+json"
REST = 0.3  # seconds without an edit, after which the notebook's output is changed


class EditWidget(AnsweringWidget):
    """A recipe being edited below a cell. Made by ``pz_tsm.edit(recipe)`` or ``recipe.edit()``.

    ``text`` is the recipe as it stands there, ``recipe`` the same, read; ``run()`` and ``plan()`` take it as
    it is now. What the editor's own *Run* made is in ``result``.
    """

    _model_name = Unicode("EditModel").tag(sync=True)
    _view_name = Unicode("EditView").tag(sync=True)

    def __init__(
        self, text: str, *, base: Path, path: Path | None = None, name: str | None = None, **kwargs: Any
    ) -> None:
        from pz_tsm.engine.local.worker import memo_bytes
        from pz_tsm.recipe.memo import Memo

        self._text = text
        self.base = base
        self.path = path
        self._name = name
        self._runs = KernelRuns()
        self._memo = Memo(memo_bytes())
        self._previews = tempfile.TemporaryDirectory(prefix="tsm-preview-")
        self._views: dict[Path, Any] = {}
        self._shown: Any = None
        self._resting: asyncio.TimerHandle | None = None
        super().__init__(**kwargs)

    @property
    def text(self) -> str:
        """The recipe's text as it stands in the editor; set, it is shown there."""
        return self._text

    @text.setter
    def text(self, text: str) -> None:
        self._take(text, "")

    @property
    def recipe(self) -> Recipe:
        """The recipe as it stands in the editor; TsmError, with the line, if it can't be read."""
        from dataclasses import replace

        from pz_tsm.recipe import Recipe

        return replace(Recipe.parse(self._text, self._name), path=self.path or self.base / "recipe.tsm.yaml")

    def plan(self) -> Plan:
        """What it would do, and what would fail."""
        import pz_tsm

        return pz_tsm.plan(self.recipe, base=self.base)

    def run(self, out: str | Path | None = None, **options: Any) -> RunResult:
        """Run it as it stands, here and now; see ``pz_tsm.run``."""
        import pz_tsm

        return pz_tsm.run(self.recipe, out, base=self.base, **options)

    @property
    def result(self) -> RunResult | None:
        """What the editor's last finished run made; None before."""
        run = self._runs.last
        return run.result if run is not None else None

    def save(self, path: str | Path | None = None, *, overwrite: bool = False) -> Path:
        """Write it as a file, by default the one that it was read from, else NAME.tsm.yaml where its relative
        paths start; returns the path. See ``Recipe.save``."""
        recipe = self.recipe
        if path is None:
            own = self.path is not None
            path = self.path if self.path is not None else self.base / f"{_plain(recipe.name)}.tsm.yaml"
            overwrite = overwrite or own
        return recipe.save(path, base=self.base, overwrite=overwrite)

    def _take(self, text: str, by: str) -> None:
        if text != self._text:
            self._text = text
            self.send({"event": "text", "text": text, "by": by})
            self._show_kept()

    def _at_once(self, id: str, method: str, args: dict[str, Any]) -> bool:
        if method == "text":
            self._take(str(args.get("text", "")), id)
            self._tell(id, Answer({}))
        return method == "text"

    def _is_slow(self, method: str, args: dict[str, Any]) -> bool:
        return method not in ("state", "status", "stop")

    def _made(self, method: str, args: dict[str, Any], cancelled: Callable[[], bool]) -> Answer:
        make = backend.METHODS.get(method)
        return guarded(method, lambda: make(self, args, cancelled)) if make else unknown(method)

    def _ipython_display_(self, **kwargs: Any) -> None:
        """Shown by a display that can be updated: what the notebook keeps is the text as it is now."""
        from IPython.display import display

        self._shown = display(self._kept(), raw=True, display_id=True)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return self._kept()

    def _show_kept(self) -> None:
        """Put the text into the notebook's output, once it has come to rest."""
        if self._shown is None:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._shown.update(self._kept(), raw=True)
            return
        if self._resting is not None:
            self._resting.cancel()
        self._resting = loop.call_later(REST, lambda: self._shown.update(self._kept(), raw=True))

    def _kept(self) -> dict[str, Any]:
        """What a saved notebook holds of it: the recipe's text; no row, and no result."""
        bundle = super()._repr_mimebundle_() or {}
        said: dict[str, Any] = {"kind": "recipe", "name": self._name or "recipe", "text": self._text}
        try:
            recipe = self.recipe
            said |= {
                "name": recipe.name,
                "inputs": list(recipe.inputs),
                "steps": [step.op for step in recipe.steps],
            }
        except TsmError:
            pass  # the text is being written
        start = Path(os.path.relpath(self.base)).as_posix()  # from the notebook's folder
        if start != ".":
            said["base"] = start
        return {**bundle, "text/plain": repr(self), KEPT: said}

    def __repr__(self) -> str:
        return f"pz_tsm.edit: a recipe (run the cell to edit it)\n\n{self._text}"


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name).strip("._") or "recipe"


def opened(recipe: Any, base: str | Path | None = None) -> EditWidget:
    """The editor of a Recipe, a Table's recipe, a recipe's text or its file; see ``pz_tsm.edit``."""
    from pz_tsm.recipe import Recipe
    from pz_tsm.recipe.model import ENDINGS
    from pz_tsm.table import Table

    if isinstance(recipe, Table):
        recipe = recipe.recipe
    if isinstance(recipe, EditWidget):
        recipe = recipe.recipe
    path: Path | None = None
    if isinstance(recipe, Recipe):
        text, name = recipe.to_text(), recipe.name
        path = recipe.path if recipe.path is not None and recipe.path.is_file() else None
    elif isinstance(recipe, str) and ("\n" in recipe or recipe.lstrip().startswith("{")):
        text, name = recipe, None
    elif isinstance(recipe, str | Path):
        path = Path(os.path.expanduser(recipe))
        read = Recipe.read(path) if path.is_file() else None
        if read is None:
            raise TsmError(
                f"There is no recipe '{path}'.",
                remedy="Name a recipe, NAME.tsm.yaml, or give its text.",
                where=str(path),
            )
        text, name = read.to_text(), read.name
    else:
        raise TsmError(
            f"A {type(recipe).__name__} is no recipe.",
            remedy="Give a recipe, its text, its file, or a table that has one.",
        )
    if path is not None and name is None:
        name = path.name.removesuffix(next((end for end in ENDINGS if path.name.endswith(end)), ""))
    start = Path(base) if base is not None else path.parent if path is not None else Path()
    return EditWidget(text, base=start.absolute(), path=path and path.absolute(), name=name)
