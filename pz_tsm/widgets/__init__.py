"""Notebook widgets, the kernel's side: the explorer over a table that stays in the kernel, and the editor of
a recipe that runs there."""

from __future__ import annotations

from typing import Any

__all__ = ["EditWidget", "ExploreWidget", "Selection", "edit", "explore"]


def explore(table: Any, *, name: str | None = None, save_rows: int = 0, row: int | None = None) -> Any:
    """Look at a table below a notebook cell; the widget's ``selection`` is what you select there.

    ``table``: a ``pz_tsm.Table``, an Arrow table, a pandas or astropy one, or the path of a catalogue.
    ``save_rows``: so many of the first rows are saved with the notebook, as plain text, for those who read it
    without a kernel; none as a rule. TsmError if the table is not public: notebooks go from hand to hand.
    ``row``: the ``row_id`` of a row whose details are open at first; of a combined table they say why its
    object has its redshift. TsmError if the table has no such row.
    """
    from pz_tsm.widgets.explorer import ExploreWidget
    from pz_tsm.widgets.tables import view_of

    return ExploreWidget(view_of(table, name), source=table, save_rows=save_rows, row=row)


def edit(recipe: Any, *, base: Any = None) -> Any:
    """Edit a recipe below a notebook cell; what is edited there is the widget's ``text`` and ``recipe``.

    ``recipe``: a ``pz_tsm.Recipe``, its text, the path of its file, or a ``pz_tsm.Table`` that has one.
    ``base``: the folder from which its relative paths start, if not the file's own or the working folder.
    The notebook keeps the text, no rows. TsmError if there is no such file, or it can't be read.
    """
    from pz_tsm.widgets.editor import opened

    return opened(recipe, base)


def __getattr__(attribute: str) -> Any:
    if attribute in ("ExploreWidget", "Selection"):
        from pz_tsm.widgets import explorer as module

        return getattr(module, attribute)
    if attribute == "EditWidget":
        from pz_tsm.widgets.editor import EditWidget

        return EditWidget
    raise AttributeError(f"module 'pz_tsm.widgets' has no attribute {attribute!r}")
