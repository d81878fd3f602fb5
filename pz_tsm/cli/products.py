"""``publish`` and ``pull``: bundles as products of a PZ Server."""

from __future__ import annotations

import argparse
import json


def add(commands: argparse._SubParsersAction) -> None:
    """The commands of products."""
    publish = commands.add_parser(
        "publish", help="make a product of a bundle (or of a file) on the PZ Server that is configured"
    )
    publish.add_argument("what", metavar="DIR")
    publish.add_argument("--name", help="of the product (default: the recipe's title)")
    publish.add_argument("--release", help="LSST release that the rows belong to, as the server names it")
    publish.add_argument(
        "--data-rights",
        action="store_true",
        help="all users of the server may see rows of Rubin data-rights holders",
    )
    publish.add_argument("--json", action="store_true")
    publish.set_defaults(do=_publish)

    pull = commands.add_parser("pull", help="fetch a bundle that was published, as it was written")
    pull.add_argument("product", metavar="PRODUCT", help="its id or internal name")
    pull.add_argument("-o", "--out", metavar="DIR", required=True, help="folder of the bundle")
    pull.add_argument("--overwrite", action="store_true", help="replace an older bundle in DIR")
    pull.set_defaults(do=_pull)


def _publish(args: argparse.Namespace) -> int:
    from pz_tsm.publishing import publish

    made = publish(args.what, args.name, release=args.release, data_rights=args.data_rights)
    if args.json:
        said = {"id": made.id, "name": made.name, "server": made.server, "notes": list(made.notes)}
        print(json.dumps(said))
        return 0
    for note in made.notes:
        print(f"note: {note}.")
    print(f"{made.name} (product {made.id}) is published on {made.server}")
    return 0


def _pull(args: argparse.Namespace) -> int:
    from pz_tsm.pulling import pull

    print(pull(args.product, args.out, overwrite=args.overwrite))
    return 0
