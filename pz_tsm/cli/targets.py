"""``target``: a sample of a release's objects, to weight, resample or judge a training set by."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def add(commands: argparse._SubParsersAction) -> None:
    """The command ``target``."""
    target = commands.add_parser("target", help="draw a target sample from a release of objects")
    target.add_argument("release", metavar="RELEASE", help="a known release, or the folder of a HATS one")
    target.add_argument("-o", "--out", required=True, metavar="FILE", help="Parquet file to write")
    target.add_argument(
        "--profile", metavar="NAME", help="what the folder's columns are: dp1, dp2, mock, ..."
    )
    target.add_argument("--objects", type=int, default=200_000, metavar="N", help="to draw (%(default)s)")
    target.add_argument(
        "--columns", metavar="A,B", help="flux families and columns; without, the release's usual ones"
    )
    target.add_argument(
        "--where", metavar="CONDITION", help="cut them: 'i_snr >= 10 AND bands_observed = 63'"
    )
    target.add_argument("--deredden", choices=("none", "sfd"), default="none", help="as in photometry")
    target.add_argument("--seed", type=int, default=0, metavar="N")
    target.add_argument("--json", action="store_true")
    target.set_defaults(do=draw_target)


def draw_target(args: argparse.Namespace) -> int:
    from pz_tsm import target
    from pz_tsm.errors import TsmError

    out = Path(args.out)
    if out.exists():
        raise TsmError(f"'{out}' exists already.", remedy="Name another file.", where=str(out))
    if args.objects < 1:
        raise TsmError(f"{args.objects} objects can't be drawn.", where="objects")
    release: Any = args.release
    if args.profile:
        release = {"hats": args.release, "profile": args.profile}

    def progress(fraction: float, message: str) -> None:
        if sys.stderr.isatty():
            print(f"\r{fraction:4.0%}  {message:60}", end="", file=sys.stderr, flush=True)

    found = target.draw(
        release,
        out,
        objects=args.objects,
        columns=args.columns.split(",") if args.columns else None,
        where=args.where,
        photometry={"to": "mag", "deredden": args.deredden},
        seed=args.seed,
        progress=progress,
    )
    about = found.about
    if args.json:
        print(json.dumps(about))
        return 0
    cut = f", {about['objects']:,} of them with {about['cuts']}" if about["cuts"] else ""
    print(f"{about['drawn']:,} of {about['of']:,} objects of {about['release']} drawn{cut}: {out}")
    return 0
