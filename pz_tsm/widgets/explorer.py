"""The explorer as a widget. Rows travel in messages when looked at; none is in its saved state."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from ipywidgets import DOMWidget
from traitlets import Unicode

from pz_tsm.version import version
from pz_tsm.view import View
from pz_tsm.widgets.messages import LIMIT, answer, is_slow, messages

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

MODULE = "pz-tsm"
FIRST_ROWS = 200  # the front end's page
FIRST_COLUMNS = 80  # as many as it shows at first


class Selection:
    """What is selected in a view: a condition, the rows for which it is true, and these rows as a table."""

    def __init__(self, view: View, condition: str) -> None:
        self._view = view
        self.condition = condition

    @property
    def mask(self) -> np.ndarray:
        """Boolean array, one value a row of the whole table; all true when nothing is selected."""
        import numpy as np

        if not self.condition.strip():
            return np.ones(self._view.rows, dtype=bool)
        return np.asarray(self._view.mask(self.condition), dtype=bool)

    @property
    def table(self) -> pa.Table:
        """The selected rows, in the table's order."""
        import pyarrow as pa

        return self._view.table.filter(pa.array(self.mask))

    def __len__(self) -> int:
        return int(self.mask.sum())

    def __repr__(self) -> str:
        return f"<selection: {self.condition or 'all rows'} ({len(self):,} of {self._view.rows:,} rows)>"


class ExploreWidget(DOMWidget):
    """A view of a table below a cell. Made by ``pz_tsm.explore(table)``."""

    _model_name = Unicode("ExploreModel").tag(sync=True)
    _model_module = Unicode(MODULE).tag(sync=True)
    _model_module_version = Unicode(f"^{version()}").tag(sync=True)
    _view_name = Unicode("ExploreView").tag(sync=True)
    _view_module = Unicode(MODULE).tag(sync=True)
    _view_module_version = Unicode(f"^{version()}").tag(sync=True)

    def __init__(self, view: View, *, save_rows: int = 0, row: int | None = None, **kwargs: Any) -> None:
        self._view = view
        self._row = None if row is None else _known_row(view, row)
        self._save_rows = save_rows
        self._condition = ""
        self._running: dict[str, asyncio.Task] = {}
        super().__init__(**kwargs)
        self.on_msg(self._asked)
        self._greet()

    @property
    def table(self) -> pa.Table:
        """The whole table as the view shows it, whatever is selected."""
        return self._view.table

    @property
    def selection(self) -> Selection:
        """What is selected now; later selections don't change it."""
        return Selection(self._view, self._condition)

    def select(self, condition: str) -> Selection:
        """Select by a condition, as a brush in a plot does. TsmError says what is wrong with it."""
        self._select(condition)
        self.send({"event": "selected", "where": self._condition})
        return self.selection

    def _select(self, condition: str | None) -> int:
        condition = (condition or "").strip()
        total = int(self._view.mask(condition).sum()) if condition else self._view.rows
        self._condition = condition
        return total

    def _greet(self) -> None:
        """Tell unasked what every view asks first: rows are seen two trips to the kernel earlier."""
        info = self._view.info()
        names = [column["name"] for column in info["columns"]]
        buffers = []
        hello: dict[str, Any] = {"event": "hello", "info": info}
        if len(names) <= FIRST_COLUMNS:
            try:
                window = self._view.window(0, FIRST_ROWS, names)
                rows = window.ipc
            except Exception:
                rows = b""  # it fails again when asked for, and is told then
            if 0 < len(rows) <= LIMIT // 2:
                hello["window"] = {"count": FIRST_ROWS, "total": window.total}
                buffers = [rows]
        if self._row is not None:
            hello["row"] = str(self._row)
        self.send(hello, buffers)

    def _asked(self, _: Any, content: Any, buffers: Any) -> None:
        if not isinstance(content, dict) or "id" not in content:
            return
        id, method, args = content["id"], content.get("method"), content.get("args") or {}
        if method == "cancel":
            task = self._running.pop(args.get("id"), None)
            if task is not None:
                task.cancel()
            self.send({"id": id, "ok": True, "result": {}, "part": 0, "of": 1})
            return
        if method == "select":
            self.send(self._selected(id, args))
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no loop: a plain Python program, or a test
            for message, body in messages(id, answer(self._view, method, args)):
                self.send(message, body)
            return
        task = loop.create_task(self._answer(id, method, args))
        self._running[id] = task
        task.add_done_callback(lambda _: self._running.pop(id, None))

    async def _answer(self, id: str, method: str, args: dict[str, Any]) -> None:
        if is_slow(method, args):  # the kernel answers other questions meanwhile
            gone = threading.Event()
            try:
                made = await asyncio.to_thread(answer, self._view, method, args, gone.is_set)
            except asyncio.CancelledError:
                gone.set()
                raise
        else:
            made = answer(self._view, method, args)
        for message, body in messages(id, made):
            self.send(message, body)
            await asyncio.sleep(0)  # lets the kernel take a cancel, or another question, between two parts

    def _selected(self, id: str, args: dict[str, Any]) -> dict[str, Any]:
        from pz_tsm.errors import TsmError

        try:
            total = self._select(args.get("where"))
        except TsmError as error:
            return {"id": id, "ok": False, "error": error.to_dict()}
        return {"id": id, "ok": True, "result": {"total": total}, "part": 0, "of": 1}

    def _repr_keys(self):
        """Nothing of the state: the text that stands for the widget says what the table was."""
        return iter(())

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """With a line for a notebook that is opened again without its kernel; our front end shows it then."""
        bundle = super()._repr_mimebundle_(**kwargs) or {}
        info = self._view.info()
        said = {"name": info["name"], "rows": info["rows"], "columns": len(info["columns"])}
        bundle |= {"application/vnd.pz-tsm.view+json": said}
        if self._save_rows > 0:
            from pz_tsm.widgets.saved import first_rows

            bundle["text/html"] = first_rows(self._view, self._save_rows)
        return bundle

    def __repr__(self) -> str:
        info = self._view.info()
        name, columns = info["name"], len(info["columns"])
        return (
            f"pz_tsm.explore: {name}, {info['rows']:,} rows, {columns} columns (run the cell to look at it)"
        )


def _known_row(view: View, row: int) -> int:
    """The row's id, if the table has it; TsmError else."""
    from pz_tsm.errors import TsmError

    if "row_id" not in view.schema.names:
        raise TsmError(
            "The table has no column 'row_id', so none of its rows can be opened by it.",
            remedy="Leave 'row' out and choose a row in the view.",
            where="row_id",
        )
    if view.window(count=0, where=f"row_id = {int(row)}").total == 0:
        raise TsmError(f"The table has no row with row_id {int(row)}.", where="row_id")
    return int(row)
