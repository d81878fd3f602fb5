"""The explorer as a widget. Rows travel in messages when looked at; none is in its saved state."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from traitlets import Unicode

from pz_tsm.view import View
from pz_tsm.widgets.comm import AnsweringWidget
from pz_tsm.widgets.messages import LIMIT, Answer, answer, guarded, is_slow

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

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


class ExploreWidget(AnsweringWidget):
    """A view of a table below a cell. Made by ``pz_tsm.explore(table)``."""

    _model_name = Unicode("ExploreModel").tag(sync=True)
    _view_name = Unicode("ExploreView").tag(sync=True)

    def __init__(
        self, view: View, *, source: Any = None, save_rows: int = 0, row: int | None = None, **kwargs: Any
    ) -> None:
        self._view = view
        self._source = source
        self._row = None if row is None else _known_row(view, row)
        if save_rows > 0:
            from pz_tsm.widgets.saved import refuse_restricted

            refuse_restricted(view)
        self._save_rows = save_rows
        self._condition = ""
        self._watching: list[Callable[[Selection], None]] = []
        super().__init__(**kwargs)
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

    def on_select(self, watch: Callable[[Selection], None]) -> None:
        """Call ``watch(selection)`` whenever what is selected has changed."""
        self._watching.append(watch)

    def _select(self, condition: str | None) -> int:
        condition = (condition or "").strip()
        total = int(self._view.mask(condition).sum()) if condition else self._view.rows
        changed, self._condition = condition != self._condition, condition
        for watch in self._watching if changed else ():
            watch(self.selection)
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

    def _made(self, method: str, args: dict[str, Any], cancelled: Callable[[], bool]) -> Answer:
        if method == "share":
            from pz_tsm.widgets.sharing import share

            return guarded(method, lambda: Answer(share(self._view, self._source, args)))
        return answer(self._view, method, args, cancelled)

    def _is_slow(self, method: str, args: dict[str, Any]) -> bool:
        return method == "share" or is_slow(method, args)

    def _at_once(self, id: str, method: str, args: dict[str, Any]) -> bool:
        if method == "select":
            self._tell(id, self._selected(args))
        return method == "select"

    def _selected(self, args: dict[str, Any]) -> Answer:
        from pz_tsm.errors import TsmError

        try:
            return Answer({"total": self._select(args.get("where"))})
        except TsmError as error:
            return Answer(error=error.to_dict())

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
