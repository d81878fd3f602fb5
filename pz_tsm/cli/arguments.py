"""The commands and their arguments."""

from __future__ import annotations

import argparse
from typing import Any

from pz_tsm.cli import (
    bundles,
    catalogues,
    compilations,
    engine,
    operations,
    products,
    recipes,
    rules,
    sources,
    targets,
)

SUBJECTS = (
    *(recipes, bundles, products, catalogues, compilations),
    *(operations, sources, rules, targets, engine),
)


def parser() -> argparse.ArgumentParser:
    """All commands; each sets ``do``, the function that does it."""
    made = argparse.ArgumentParser(
        prog="pz-tsm", description="Training sets for photometric redshifts, made from recipes."
    )
    made.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    commands = made.add_subparsers(title="commands", metavar="COMMAND")
    for subject in SUBJECTS:
        subject.add(commands)
    return made


class _Version(argparse.Action):
    """Print the version, looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from pz_tsm.version import version

        print(f"pz-tsm {version()}")
        parser.exit()
