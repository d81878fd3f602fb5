"""``rules``: the rule packs, and whether one of one's own holds."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from pz_tsm.cli.output import print_table

if TYPE_CHECKING:
    from pz_tsm.ops.homogenize.packs import Pack


def add(commands: argparse._SubParsersAction) -> None:
    """The commands of rule packs; without one of them, the packs are listed."""
    rules = commands.add_parser("rules", help="the rule packs and the surveys that they know")
    rules.add_argument("--json", action="store_true")
    rules.set_defaults(do=list_packs)
    inner = rules.add_subparsers(title="rules commands", metavar="COMMAND")
    shown = inner.add_parser("list", help="the packs that come with pz-tsm and the surveys that they know")
    # without a default of its own: `rules --json list` stays what it says
    shown.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
    shown.set_defaults(do=list_packs)
    checked = inner.add_parser(
        "check", help="whether a rule pack can be used and its examples hold; exit status 1 if not"
    )
    checked.add_argument(
        "file", metavar="FILE", help="a rule pack, or the name of one that comes with pz-tsm"
    )
    checked.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
    checked.set_defaults(do=check_pack)


def list_packs(args: argparse.Namespace) -> int:
    from pz_tsm.ops.homogenize import packs

    found = [packs.load(name) for name in packs.shipped()]
    if args.json:
        print(
            json.dumps(
                [
                    {
                        "name": pack.name,
                        "version": pack.version,
                        "surveys": sorted(pack.surveys),
                        "proposed": sorted(_proposed(pack)),
                    }
                    for pack in found
                ]
            )
        )
        return 0
    lines = [(pack.name, pack.version, str(len(pack.surveys)), _status(pack)) for pack in found]
    print_table(("rule pack", "version", "surveys", "status"), lines)
    for pack in found:
        print(f"\n{pack.name}: {', '.join(sorted(pack.surveys))}")
    return 0


def check_pack(args: argparse.Namespace) -> int:
    from pz_tsm.ops.homogenize import packs

    pack = packs.load(args.file)
    problems = packs.check(pack)
    if args.json:
        print(json.dumps({"ok": not problems, "problems": problems}))
        return 1 if problems else 0
    for problem in problems:
        print(problem)
    what = f"Rule pack {pack.name} {pack.version}, {_count(len(pack.surveys), 'survey')}"
    if problems:
        print(f"{what}: {_count(len(problems), 'problem')}.")
        return 1
    print(f"{what}: it can be used, and its examples hold. Status: {_status(pack)}.")
    return 0


def _proposed(pack: Pack) -> list[str]:
    """Surveys whose rules no scientist has checked yet."""
    return [name for name, rules in pack.surveys.items() if pack.status_of(rules) == "proposed"]


def _status(pack: Pack) -> str:
    proposed = len(_proposed(pack))
    checked = len(pack.surveys) - proposed
    return (
        f"{checked} checked, {proposed} proposed"
        if proposed and checked
        else "proposed"
        if proposed
        else "checked"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
