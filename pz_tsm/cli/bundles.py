"""``verify`` and ``diff``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def add(commands: argparse._SubParsersAction) -> None:
    """The commands of bundles."""
    verify = commands.add_parser(
        "verify", help="recompute everything that a bundle records; exit status 1 if it differs"
    )
    verify.add_argument("bundle", metavar="DIR")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(do=verify_bundle)

    diff = commands.add_parser(
        "diff", help="what differs between two bundles or two recipes; exit status 1 if anything"
    )
    diff.add_argument("a", metavar="A")
    diff.add_argument("b", metavar="B")
    diff.add_argument("--json", action="store_true")
    diff.set_defaults(do=diff_bundles)


def verify_bundle(args: argparse.Namespace) -> int:
    from pz_tsm import bundle

    report = bundle.verify(Path(args.bundle))
    problems = [item if isinstance(item, dict) else vars(item) for item in report.problems]
    if args.json:
        print(
            json.dumps({"ok": report.ok, "problems": problems, "checked": list(report.checked)}, default=str)
        )
        return 0 if report.ok else 1
    for item in problems:
        where = f" [{item['where']}]" if item.get("where") else ""
        print(f"{item['code']}: {item['message']}{where}")
    print(
        f"{len(report.checked)} checks. "
        + ("Everything is as recorded." if report.ok else "It differs from its record.")
    )
    return 0 if report.ok else 1


def diff_bundles(args: argparse.Namespace) -> int:
    from pz_tsm import bundle

    found = bundle.diff(Path(args.a), Path(args.b))
    plain = found.to_dict() if hasattr(found, "to_dict") else found
    same = getattr(found, "same", None)
    if args.json:
        print(json.dumps(plain, default=str))
    elif hasattr(found, "to_text"):
        print(found.to_text())
    elif isinstance(plain, str):
        print(plain)
    else:
        lines = plain if isinstance(plain, list) else [f"{key}: {value}" for key, value in plain.items()]
        print("\n".join(map(str, lines)) or "No difference.")
    if same is None:
        same = plain.get("same", not plain) if isinstance(plain, dict) else not plain
    return 0 if same else 1
