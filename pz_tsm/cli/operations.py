"""``ops``: what a recipe may use."""

from __future__ import annotations

import argparse
import json

from pz_tsm.cli.output import print_table


def add(commands: argparse._SubParsersAction) -> None:
    """The command that lists operations."""
    ops = commands.add_parser("ops", help="the operations that a recipe may use, or one with its parameters")
    ops.add_argument("name", nargs="?", metavar="NAME")
    ops.add_argument("--json", action="store_true")
    ops.set_defaults(do=list_operations)


def list_operations(args: argparse.Namespace) -> int:
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
        print_table(("operation", "what it does", ""), [(op.name, op.summary, "") for op in found])
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
    print_table(("parameter", "default", ""), lines)
    return 0
