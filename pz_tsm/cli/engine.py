"""``engine``: a PZ Server of one's own."""

from __future__ import annotations

import argparse


def add(commands: argparse._SubParsersAction) -> None:
    """The commands of the engine."""
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


def _engine(command: str, args: argparse.Namespace) -> int:
    from pz_tsm.engine import commands

    return int(getattr(commands, command)(args) or 0)
