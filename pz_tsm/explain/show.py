"""An explanation as a notebook or a terminal shows it."""

from __future__ import annotations

import html
from typing import Any

from pz_tsm.explain.words import number

HEADS = ("", "survey", "id", "z", "error", "flag", "type", "verdict", "decided by", "sep", "dz/(1+z)")


class Why:
    """All measurements of one object and the path to each verdict; ``data`` is the whole, as JSON values."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    @property
    def sentence(self) -> str:
        """The object in words."""
        return self.data["sentence"]

    @property
    def measurements(self) -> list[dict[str, Any]]:
        """The measurements, best first."""
        return self.data["measurements"]

    @property
    def best(self) -> int | None:
        """row_id of the best measurement."""
        return None if self.data["best"] is None else int(self.data["best"])

    @property
    def agreement(self) -> str | None:
        """single, agree, conflict or unsure."""
        return self.data["agreement"]

    def __repr__(self) -> str:
        rows = [HEADS, *(_cells(one, self.data["row_id"]) for one in self.measurements)]
        widths = [max(len(row[k]) for row in rows) for k in range(len(HEADS))]
        shown = [k for k in range(len(HEADS)) if k == 0 or any(row[k] for row in rows[1:])]
        lines = ["  ".join(row[k].ljust(widths[k]) for k in shown).rstrip() for row in rows]
        told = [f"{k}. {one['sentence']}" for k, one in enumerate(self.measurements, 1)]
        return "\n".join([f"Object {self.data['group_id']}. {self.sentence}", "", *lines, "", *told])

    def _repr_html_(self) -> str:
        """The same; it takes the colours of the page."""
        cells = [_cells(one, self.data["row_id"]) for one in self.measurements]
        shown = [k for k in range(len(HEADS)) if k == 0 or any(row[k] for row in cells)]
        left = "style='text-align:left'"
        heads = "".join(f"<th {left}>{HEADS[k]}</th>" for k in shown)
        body = "".join(
            "<tr>" + "".join(f"<td {left}>{html.escape(row[k])}</td>" for k in shown) + "</tr>"
            for row in cells
        )
        told = "".join(f"<li>{html.escape(one['sentence'])}</li>" for one in self.measurements)
        return (
            f"<div><strong>Object {html.escape(self.data['group_id'])}</strong> {html.escape(self.sentence)}"
            f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table><ol>{told}</ol></div>"
        )


def _cells(one: dict[str, Any], asked: str) -> tuple[str, ...]:
    flag = one["z_flag_homogenized"]
    original = f"{one['z_flag_orig']} → " if one["z_flag_orig"] is not None else ""
    return (
        ("*" if one["is_best"] else "") + (">" if one["row_id"] == asked else ""),
        str(one["survey"] or ""),
        str(one["source_row_id"] or one["row_id"]).strip(),
        number(one["redshift"]),
        "" if one["redshift_err"] is None else f"{one['redshift_err']:.2g}",
        f"{original}{number(flag)}",
        one["instrument_type"] or "",
        one["verdict"] or "",
        one["decided_by"] or "",
        "" if one["rival_sep"] is None else f'{one["rival_sep"]:.2f}"',
        "" if one["rival_dz"] is None else f"{one['rival_dz']:.2g}",
    )
