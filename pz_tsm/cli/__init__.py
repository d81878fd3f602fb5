"""The command line, ``pz-tsm``: mock, plan, run, verify, diff, catalogues, ops, rules, engine and others."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pz_tsm.cli import recipes
from pz_tsm.cli.arguments import parser
from pz_tsm.cli.output import say_error
from pz_tsm.errors import Cancelled, TsmError

__all__ = ["main", "parser"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Exit status: 0, 1 something is wrong, 2 wrong arguments, 130 stopped."""
    commands = parser()
    args = commands.parse_args(arguments)
    if not hasattr(args, "do"):
        commands.print_help()
        return 2
    try:
        return args.do(args)
    except TsmError as error:
        say_error(error, getattr(args, "json", False))
        return 1
    except (Cancelled, KeyboardInterrupt):
        print(
            "Stopped." if args.do is recipes.make_mock else "Stopped. Nothing was written.", file=sys.stderr
        )
        return 130
    except MemoryError:
        say_error(
            TsmError("There is not enough memory.", remedy="Use fewer columns, or a larger machine."), False
        )
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:  # a file that may not be read, a disk that is full
        about = f"'{error.filename}' can't be used" if error.filename else "A file can't be used"
        say_error(
            TsmError(
                f"{about}: {error.strerror or error}.",
                remedy="Check that it is there and that you may use it.",
            ),
            getattr(args, "json", False),
        )
        return 1
