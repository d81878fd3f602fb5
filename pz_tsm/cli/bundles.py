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
    verify.add_argument(
        "--again", action="store_true", help="recompute everything, also what held before for the same bytes"
    )
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(do=verify_bundle)

    diff = commands.add_parser(
        "diff", help="what differs between two bundles or two recipes; exit status 1 if anything"
    )
    diff.add_argument("a", metavar="A")
    diff.add_argument("b", metavar="B")
    diff.add_argument("--picture", metavar="OUT.svg", help="redshifts, parts and coverage of two bundles")
    diff.add_argument("--json", action="store_true")
    diff.set_defaults(do=diff_bundles)


def verify_bundle(args: argparse.Namespace) -> int:
    from pz_tsm import bundle

    report = bundle.verify(Path(args.bundle), again=args.again)
    if args.json:
        print(json.dumps(report.to_dict(), default=str))
        return 0 if report.ok else 1
    for word, found in (("", report.problems), ("warning ", report.warnings)):
        for item in found:
            where = f" [{item['where']}]" if item.get("where") else ""
            print(f"{word}{item['code']}: {item['message']}{where}")
    if report.remembered:
        print(f"{report.remembered[0].upper()}{report.remembered[1:]} (--again recomputes everything).")
    print(
        f"{len(report.checked)} checks. "
        + ("Everything is as recorded." if report.ok else "It differs from its record.")
    )
    return 0 if report.ok else 1


def diff_bundles(args: argparse.Namespace) -> int:
    from pz_tsm import bundle

    first, second = Path(args.a), Path(args.b)
    found = bundle.diff(first, second)
    if args.picture:
        names = (first.resolve().name, second.resolve().name)
        if names[0] == names[1]:
            names = (str(first), str(second))
        Path(args.picture).write_text(found.picture(names), encoding="utf-8")
    print(json.dumps(found.to_dict(), default=str) if args.json else found.to_text())
    return 0 if found.same else 1
