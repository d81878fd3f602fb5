"""Notebook widgets, the kernel's side: the explorer over a table that stays in the kernel."""

from __future__ import annotations

from typing import Any

__all__ = ["ExploreWidget", "Selection", "explore"]


def explore(table: Any, *, name: str | None = None, save_rows: int = 0, row: int | None = None) -> Any:
    """Look at a table below a notebook cell; the widget's ``selection`` is what you select there.

    ``table``: a ``pz_tsm.Table``, an Arrow table, a pandas or astropy one, or the path of a catalogue.
    ``save_rows``: so many of the first rows are saved with the notebook, as plain text, for those who read it
    without a kernel; none as a rule, because tables may not be for everybody.
    ``row``: the ``row_id`` of a row whose details are open at first; of a combined table they say why its
    object has its redshift. TsmError if the table has no such row.
    """
    from pz_tsm.widgets.explorer import ExploreWidget
    from pz_tsm.widgets.tables import view_of

    return ExploreWidget(view_of(table, name), save_rows=save_rows, row=row)


def __getattr__(attribute: str) -> Any:
    if attribute in ("ExploreWidget", "Selection"):
        from pz_tsm.widgets import explorer as module

        return getattr(module, attribute)
    raise AttributeError(f"module 'pz_tsm.widgets' has no attribute {attribute!r}")
