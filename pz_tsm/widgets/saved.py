"""What a saved notebook keeps of a table when the user asks for it: the first rows, as plain HTML."""

from __future__ import annotations

from html import escape
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.view import View

HOLDERS = {"rubin-data-rights": "holders of Rubin data rights"}


def refuse_restricted(view: View) -> None:
    """TsmError if the rows are not for everybody: who gets the notebook would get them."""
    info = view.info()
    if info["access"] != "public":
        raise TsmError(
            f"The rows of '{info['name']}' are for {HOLDERS.get(info['access'], info['access'])}: none is "
            "saved in a notebook.",
            remedy="Leave save_rows out, or save rows of the redshift catalogues, from before the match.",
            where="save_rows",
        )


def first_rows(view: View, count: int) -> str:
    """The first rows as an HTML table, with of how many; TsmError if they are not for everybody."""
    refuse_restricted(view)
    info = view.info()
    window = view.window(0, count)
    shown = window.table.num_rows
    rows = window.table.to_pylist()
    said = f"{info['name']}: first {shown:,} of {info['rows']:,} rows (public)"
    heads = "".join(f"<th>{escape(_head(column))}</th>" for column in info["columns"])
    body = "".join(
        "<tr>"
        + "".join(f"<td>{escape(_cell(row[name]))}</td>" for name in window.table.column_names)
        + "</tr>"
        for row in rows
    )
    return (
        f"<table><caption>{escape(said)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def _head(column: dict[str, Any]) -> str:
    return f"{column['name']} [{column['unit']}]" if column["unit"] else column["name"]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.9g}" if isinstance(value, float) else str(value)
