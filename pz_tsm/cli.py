"""The command line: ``pz-tsm mock | plan | run | verify | diff | ops | rules | engine``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pz_tsm.errors import Cancelled, TsmError

LEVELS = ("error", "warning", "note")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Exit status: 0, 1 something is wrong, 2 wrong arguments, 130 stopped."""
    parser = _parser()
    args = parser.parse_args(arguments)
    if not hasattr(args, "do"):
        parser.print_help()
        return 2
    try:
        return args.do(args)
    except TsmError as error:
        _say_error(error, getattr(args, "json", False))
        return 1
    except (Cancelled, KeyboardInterrupt):
        print("Stopped." if args.do is _mock else "Stopped. Nothing was written.", file=sys.stderr)
        return 130
    except MemoryError:
        _say_error(
            TsmError("There is not enough memory.", remedy="Use fewer columns, or a larger machine."), False
        )
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:  # a file that may not be read, a disk that is full
        about = f"'{error.filename}' can't be used" if error.filename else "A file can't be used"
        _say_error(
            TsmError(
                f"{about}: {error.strerror or error}.",
                remedy="Check that it is there and that you may use it.",
            ),
            getattr(args, "json", False),
        )
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pz-tsm", description="Training sets for photometric redshifts, made from recipes."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

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
    mock.set_defaults(do=_mock)

    plan = commands.add_parser(
        "plan", help="what would happen and what would fail; exit status 1 if it would"
    )
    plan.add_argument("recipe", metavar="RECIPE")
    plan.add_argument("--json", action="store_true", help="the plan as JSON")
    plan.add_argument(
        "--base", metavar="DIR", help="where relative paths start (default: the folder of the recipe)"
    )
    plan.set_defaults(do=_plan)

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
    run.set_defaults(do=_run)

    verify = commands.add_parser(
        "verify", help="recompute everything that a bundle records; exit status 1 if it differs"
    )
    verify.add_argument("bundle", metavar="DIR")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(do=_verify)

    diff = commands.add_parser(
        "diff", help="what differs between two bundles or two recipes; exit status 1 if anything"
    )
    diff.add_argument("a", metavar="A")
    diff.add_argument("b", metavar="B")
    diff.add_argument("--json", action="store_true")
    diff.set_defaults(do=_diff)

    ops = commands.add_parser("ops", help="the operations that a recipe may use, or one with its parameters")
    ops.add_argument("name", nargs="?", metavar="NAME")
    ops.add_argument("--json", action="store_true")
    ops.set_defaults(do=_ops)

    rules = commands.add_parser("rules", help="the rule packs and the surveys that they know")
    rules.add_argument("--json", action="store_true")
    rules.set_defaults(do=_rules)

    engine = commands.add_parser("engine", help="the engine: a PZ Server of one's own").add_subparsers(
        title="engine commands", metavar="COMMAND", required=True
    )
    start = engine.add_parser("start", help="the engine in the foreground")
    start.add_argument("--data", metavar="DIR", help="its data folder (default: the user's)")
    start.add_argument("--port", type=int, help="port on 127.0.0.1 (default: a free one)")
    start.add_argument("--idle-minutes", type=float, help="end after so long without use or jobs")
    start.set_defaults(do=lambda args: _engine("start", args))
    user = engine.add_parser("add-user", help="a new user; prints the token, alone on the last line")
    user.add_argument("name", metavar="NAME")
    user.add_argument("--data", metavar="DIR", help="its data folder (default: the user's)")
    user.add_argument("--admin", action="store_true")
    user.set_defaults(do=lambda args: _engine("add_user", args))
    seed = engine.add_parser("seed", help="publish a mock sky in it: catalogues, a compilation, a release")
    seed.add_argument("mock", metavar="DIR", help="what `pz-tsm mock DIR` made")
    seed.add_argument("--data", metavar="DIR", help="its data folder (default: the user's)")
    seed.set_defaults(do=lambda args: _engine("seed", args))
    return parser


class _Version(argparse.Action):
    """Print the version, looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from pz_tsm.version import version

        print(f"pz-tsm {version()}")
        parser.exit()


def _mock(args: argparse.Namespace) -> int:
    from pz_tsm.mock import make

    made = make(args.out, args.rows, args.objects, args.seed)
    for name, rows in made["rows"].items():
        print(f"{name}: {rows:,} rows")
    print(f"mock_release: {made['objects']:,} objects in {made['partitions']} partitions")
    print(f"Now try: pz-tsm run {made['recipe']} -o {Path(made['out']) / 'out'}")
    return 0


def _plan(args: argparse.Namespace) -> int:
    from pz_tsm.recipe import Recipe, plan

    recipe = Recipe.read(args.recipe)
    made = plan(recipe, Path(args.base or Path(args.recipe).parent))
    if args.json:
        print(json.dumps(made.to_dict(), default=str))
        return 0 if made.ok else 1
    lines = [("input " + item["name"], "", _number(item["rows"]), "") for item in made.inputs]
    for step in made.steps:
        title = f"{step['op']} ({step['input']})" if step["input"] else step["op"]
        about = "about " if step["estimated"] and step["rows_out"] is not None else ""
        lines.append((title, _number(step["rows_in"]), about + _number(step["rows_out"]), step["where"]))
    _table(("", "rows in", "rows out", "where"), lines)
    if made.bytes is not None:
        print(f"The result: {len(made.columns)} columns, about {made.bytes / 1e6:,.1f} MB, {made.access}.")
    _findings(made.all_findings)
    errors = sum(finding.level == "error" for finding in made.all_findings)
    print("It would run." if made.ok else f"It would fail: {errors} error{'s' if errors > 1 else ''}.")
    return 0 if made.ok else 1


def _run(args: argparse.Namespace) -> int:
    from pz_tsm.recipe import Recipe, run
    from pz_tsm.recipe.lock import beside

    recipe = Recipe.read(args.recipe)
    stopping = _Stop()
    show = _json_line if args.json else _Progress()
    try:
        result = run(
            recipe,
            Path(args.base or Path(args.recipe).parent),
            Path(args.out),
            show,
            stopping.asked,
            overwrite=args.overwrite,
            lock=beside(args.recipe),
        )
    except TsmError as error:
        error.told = True  # as the run's last event
        raise
    if args.json:
        print(
            json.dumps(
                {
                    "bundle": str(result.bundle),
                    "rows": result.table.num_rows,
                    "output": result.lock["output"],
                    "accounting": [report.to_dict() for report in result.reports],
                },
                default=str,
            )
        )
        return 0
    _accounting(result.reports)
    _findings(result.findings, sys.stderr)
    counts = _parts(result.table)
    print(f"{result.table.num_rows:,} rows" + (f" ({counts})" if counts else "") + f" in {result.bundle}")
    return 0


class _Stop:
    """Ctrl-C and SIGTERM ask the run to stop and clean up; a second Ctrl-C ends it at once."""

    def __init__(self) -> None:
        self.stop = False
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def _ask(self, number: int, frame: Any) -> None:
        if self.stop and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.stop = True
        print("Stopping ...", file=sys.stderr, flush=True)

    def asked(self) -> bool:
        return self.stop


def _json_line(event: dict[str, Any]) -> None:
    print(json.dumps(event, default=str), file=sys.stderr, flush=True)


class _Progress:
    """One line a step on stderr, rewritten while it runs if that is a terminal."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()

    def __call__(self, event: dict[str, Any]) -> None:
        if event["event"] != "step":
            return
        name = f"{event['op']} {event['input']}" if event.get("input") else event["op"]
        if event["state"] == "running" and self.live:
            print(
                f"\r{name}  {event['fraction']:4.0%}  {event['message'][:60]:60}",
                end="",
                file=sys.stderr,
                flush=True,
            )
        elif event["state"] == "done":
            start = "\r" if self.live else ""
            rows = "" if event["op"] == "write" else f"{event['rows_in']:,} -> {event['rows_out']:,} rows"
            print(f"{start}{name}  {rows:70}".rstrip(), file=sys.stderr, flush=True)
        elif event["state"] == "failed":
            print(
                f"{chr(13) if self.live else ''}{name}  failed{' ' * 60}".rstrip(),
                file=sys.stderr,
                flush=True,
            )


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
    _table(("step", "rows in", "rows out", ""), lines)


def _verify(args: argparse.Namespace) -> int:
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


def _diff(args: argparse.Namespace) -> int:
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


def _ops(args: argparse.Namespace) -> int:
    from pz_tsm import ops

    names = [args.name] if args.name else list(ops.names())
    found = [ops.get(name) for name in names]
    if args.json:
        print(
            json.dumps(
                [
                    {
                        "name": op.name,
                        "title": op.title,
                        "summary": op.summary,
                        "scope": op.scope,
                        "main": op.main,
                        "schema": op.params.model_json_schema(),
                    }
                    for op in found
                ]
            )
        )
        return 0
    if not args.name:
        _table(("operation", "what it does", ""), [(op.name, op.summary, "") for op in found])
        return 0
    print(found[0].summary)
    lines = []
    for name, item in found[0].params.model_fields.items():
        default = (
            "required"
            if item.is_required()
            else json.dumps(item.get_default(call_default_factory=True), default=str)
        )
        lines.append((name, default, item.description or ""))
    _table(("parameter", "default", ""), lines)
    return 0


def _rules(args: argparse.Namespace) -> int:
    from pz_tsm.ops.homogenize import packs

    found = [packs.load(name) for name in packs.shipped()]
    if args.json:
        print(
            json.dumps([{"name": p.name, "version": p.version, "surveys": sorted(p.surveys)} for p in found])
        )
        return 0
    for pack in found:
        print(f"{pack.name} {pack.version}: {', '.join(sorted(pack.surveys))}")
    return 0


def _engine(command: str, args: argparse.Namespace) -> int:
    from pz_tsm.engine import commands

    return int(getattr(commands, command)(args) or 0)


def _say_error(error: TsmError, as_json: bool) -> None:
    if as_json:
        if not getattr(error, "told", False):  # a run has told it as its last event
            _json_line({"event": "error", **error.to_dict()})
        return
    print(f"pz-tsm: {error.message}", file=sys.stderr)
    if error.remedy:
        print(f"        {error.remedy}", file=sys.stderr)


def _findings(findings: Sequence[Any], stream: Any = None) -> None:
    for finding in sorted(findings, key=lambda item: LEVELS.index(item.level)):
        print(
            f"{finding.level}: {finding.message}" + (f" {finding.remedy}" if finding.remedy else ""),
            file=stream or sys.stdout,
        )


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    rows = [tuple(heads), *map(tuple, lines)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    for row in rows:
        cells = [
            cell.rjust(width) if heads[i].startswith("rows") else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def _parts(table: Any) -> str:
    from pz_tsm.recipe.runner import _parts as parts

    return ", ".join(f"{name} {count:,}" for name, count in parts(table).items())


if __name__ == "__main__":
    sys.exit(main())
