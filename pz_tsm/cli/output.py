"""What the commands print: errors, findings, tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from pz_tsm.errors import TsmError

LEVELS = ("error", "warning", "note")


def say_error(error: TsmError, as_json: bool) -> None:
    if as_json:
        if not getattr(error, "told", False):  # a run has told it as its last event
            json_line({"event": "error", **error.to_dict()})
        return
    print(f"pz-tsm: {error.message}", file=sys.stderr)
    if error.remedy:
        print(f"        {error.remedy}", file=sys.stderr)


def json_line(event: dict[str, Any]) -> None:
    print(json.dumps(event, default=str), file=sys.stderr, flush=True)


def print_findings(findings: Sequence[Any], stream: Any = None) -> None:
    for finding in sorted(findings, key=lambda item: LEVELS.index(item.level)):
        print(
            f"{finding.level}: {finding.message}" + (f" {finding.remedy}" if finding.remedy else ""),
            file=stream or sys.stdout,
        )


def print_table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    rows = [tuple(heads), *map(tuple, lines)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    for row in rows:
        cells = [
            cell.rjust(width) if heads[i].startswith("rows") else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"
