"""``mock``, ``plan`` and ``run``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pz_tsm.cli.output import json_line, number, print_findings, print_table
from pz_tsm.cli.progress import Progress, Stop
from pz_tsm.errors import TsmError


def add(commands: argparse._SubParsersAction) -> None:
    """The commands of recipes."""
    mock = commands.add_parser(
        "mock", help="a mock sky: catalogues, HATS release, truth, a recipe that uses them"
    )
    mock.add_argument("out", metavar="OUT", help="folder to write into")
    mock.add_argument("--rows", type=int, default=20_000, help="redshift measurements (default: %(default)s)")
    mock.add_argument(
        "--objects", type=int, default=60_000, help="objects of the release (default: %(default)s)"
    )
    mock.add_argument(
        "--seed", type=int, default=1, help="the same seed gives the same bytes (default: %(default)s)"
    )
    mock.add_argument(
        "--close-stars",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of the measurements that are of a star 0.5 arcsec from a galaxy, or of such a galaxy",
    )
    mock.set_defaults(do=make_mock)

    plan = commands.add_parser(
        "plan", help="what would happen and what would fail; exit status 1 if it would"
    )
    plan.add_argument("recipe", metavar="RECIPE")
    plan.add_argument("--json", action="store_true", help="the plan as JSON")
    plan.add_argument(
        "--base", metavar="DIR", help="where relative paths start (default: the folder of the recipe)"
    )
    plan.add_argument(
        "--release",
        metavar="RELEASE",
        help="as if moved to this release (a name or a HATS folder): what does not exist there, what changed",
    )
    plan.add_argument("--write", metavar="FILE", help="with --release: save the moved recipe")
    plan.set_defaults(do=plan_recipe)

    run = commands.add_parser("run", help="run a recipe and write a bundle")
    run.add_argument("recipe", metavar="RECIPE")
    run.add_argument(
        "-o", "--out", metavar="DIR", required=True, help="folder of the bundle; must not exist yet"
    )
    run.add_argument(
        "--json", action="store_true", help="progress as JSON lines (stderr), accounting as JSON (stdout)"
    )
    run.add_argument(
        "--base", metavar="DIR", help="where relative paths start (default: the folder of the recipe)"
    )
    run.add_argument("--overwrite", action="store_true", help="replace an older bundle in DIR")
    run.add_argument(
        "--inputs-mb",
        type=float,
        metavar="MB",
        help="copy what came from archives into the bundle, where the terms allow it, up to this size in all "
        "(default: 100; 0 for no copies)",
    )
    run.set_defaults(do=run_recipe)


def make_mock(args: argparse.Namespace) -> int:
    from pz_tsm.mock import make

    made = make(args.out, args.rows, args.objects, args.seed, close_stars=args.close_stars)
    for name, rows in made["rows"].items():
        print(f"{name}: {rows:,} rows")
    print(f"mock_release: {made['objects']:,} objects in {made['partitions']} partitions")
    print(f"Now try: pz-tsm run {made['recipe']} -o {Path(made['out']) / 'out'}")
    return 0


def plan_recipe(args: argparse.Namespace) -> int:
    from pz_tsm.recipe import Recipe, plan

    recipe = Recipe.read(args.recipe)
    base = Path(args.base or Path(args.recipe).parent)
    moved = _moved(recipe, args, base)
    if moved is not None:
        recipe = moved.recipe
    made = plan(recipe, base) if moved is None or moved.located else None
    fine = (made is None or made.ok) and (moved is None or moved.ok)
    if args.json:
        told = {} if made is None else made.to_dict()
        if moved is not None:
            told |= {"ok": fine, "moved": [finding.to_dict() for finding in moved.findings]}
        print(json.dumps(told, default=str))
        return 0 if fine else 1
    if moved is not None:
        print(f"From {moved.old.name} to {moved.new.name}:")
        print_findings(moved.findings)
    if made is None:
        print(f"Where {moved.new.name} stands on this machine is not known, so the steps are not planned.")
    else:
        _tell_plan(made)
    return 0 if fine else 1


def _moved(recipe: Any, args: argparse.Namespace, base: Path) -> Any:
    """The recipe at another release, if asked for."""
    from pz_tsm import releases
    from pz_tsm.recipe.other_release import move

    if not args.release:
        if args.write:
            raise TsmError("'--write' saves a moved recipe.", remedy="Name the release: --release NAME.")
        return None
    known = args.release.lower() in releases.names() or args.release in releases.locations()
    moved = move(recipe, args.release if known else str(Path(args.release).resolve()), base)
    if args.write:
        moved.recipe.save(args.write, base=base)
    return moved


def _tell_plan(made: Any) -> None:
    lines = [("input " + item["name"], "", number(item["rows"]), "") for item in made.inputs]
    for step in made.steps:
        title = f"{step['op']} ({step['input']})" if step["input"] else step["op"]
        about = "about " if step["estimated"] and step["rows_out"] is not None else ""
        lines.append((title, number(step["rows_in"]), about + number(step["rows_out"]), step["where"]))
    print_table(("", "rows in", "rows out", "where"), lines)
    if made.bytes is not None:
        print(f"The result: {len(made.columns)} columns, about {made.bytes / 1e6:,.1f} MB, {made.access}.")
    print_findings(made.all_findings)
    errors = sum(finding.level == "error" for finding in made.all_findings)
    print("It would run." if made.ok else f"It would fail: {errors} error{'s' if errors > 1 else ''}.")


def run_recipe(args: argparse.Namespace) -> int:
    from pz_tsm.recipe import Recipe, run
    from pz_tsm.recipe.lock import beside

    recipe = Recipe.read(args.recipe)
    stopping = Stop()
    show = json_line if args.json else Progress()
    try:
        result = run(
            recipe,
            Path(args.base or Path(args.recipe).parent),
            Path(args.out),
            show,
            stopping.asked,
            overwrite=args.overwrite,
            lock=beside(args.recipe),
            inputs_mb=args.inputs_mb,
        )
    except TsmError as error:
        error.told = True  # as the run's last event
        raise
    result.replay += _changed_rows(Path(args.recipe).parent, result)
    if args.json:
        print(
            json.dumps(
                {
                    "bundle": str(result.bundle),
                    "rows": result.table.num_rows,
                    "output": result.lock["output"],
                    "accounting": [report.to_dict() for report in result.reports],
                    "replay": [finding.to_dict() for finding in result.replay],
                },
                default=str,
            )
        )
        return 0
    _accounting(result.reports)
    print_findings(result.findings, sys.stderr)
    counts = _parts(result.table)
    print(f"{result.table.num_rows:,} rows" + (f" ({counts})" if counts else "") + f" in {result.bundle}")
    return 0


def _changed_rows(folder: Path, result: Any) -> list[Any]:
    """Of a replay that gave other rows: which, where the bundle's own table is at hand."""
    from pz_tsm.bundle.diff import since
    from pz_tsm.ops.base import Finding

    if not any(finding.level == "warning" for finding in result.replay):
        return []
    return [
        Finding("warning", f"Against the bundle's rows: {line}.", where="lock")
        for line in since(folder, result.table)
    ]


def _accounting(reports: Sequence[Any]) -> None:
    lines = []
    for report in reports:
        name = f"{report.op} {report.input}" if report.input else report.op
        lines.append((name, f"{report.rows_in:,}", f"{report.rows_out:,}", ""))
        lines += [("", "", f"+{count:,}", reason) for reason, count in report.added.items()]
        lines += [("", "", f"-{count:,}", reason) for reason, count in report.dropped.items()]
        lines += [
            ("", "", f"({count:,})", f"set aside: {reason}") for reason, count in report.set_aside.items()
        ]
    print_table(("step", "rows in", "rows out", ""), lines)


def _parts(table: Any) -> str:
    from pz_tsm.recipe.runner import _parts as parts

    return ", ".join(f"{name} {count:,}" for name, count in parts(table).items())
