"""``compare``: two compilations of redshifts, object by object."""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def add(commands: argparse._SubParsersAction) -> None:
    """The command ``compare``."""
    compare = commands.add_parser(
        "compare", help="objects added, lost or changed from one compilation to another"
    )
    compare.add_argument("first", metavar="A", help="a catalogue or a bundle's data/*.parquet")
    compare.add_argument("second", metavar="B")
    compare.add_argument(
        "--radius", type=float, default=0.75, metavar="ARCSEC", help="the same object within"
    )
    compare.add_argument(
        "--delta-z", type=float, default=1e-4, metavar="DZ", help="|dz|/(1+z) that is no change (%(default)s)"
    )
    compare.add_argument("-o", "--out", metavar="FILE", help="write the objects as Parquet")
    compare.add_argument("--json", action="store_true")
    compare.set_defaults(do=compare_compilations)


def compare_compilations(args: argparse.Namespace) -> int:
    from pz_tsm.compilations import compare
    from pz_tsm.errors import TsmError

    out = Path(args.out) if args.out else None
    if out is not None and out.exists():
        raise TsmError(f"'{out}' exists already.", remedy="Name another file.", where=str(out))
    result = compare(args.first, args.second, radius_arcsec=args.radius, delta_z=args.delta_z)
    print(json.dumps(result.to_dict()) if args.json else repr(result))
    if out is not None:
        import pyarrow.parquet as pq

        pq.write_table(result.table, out)
    return 0
