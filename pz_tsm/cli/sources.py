"""``sources``: what a recipe's inputs are, what is kept of them, and what has changed where they come
from."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def add(commands: argparse._SubParsersAction) -> None:
    """The command ``sources``."""
    sources = commands.add_parser(
        "sources", help="where a recipe's inputs come from, what is kept of them, and what has changed there"
    )
    sources.add_argument("recipe", metavar="RECIPE")
    sources.add_argument(
        "--check",
        action="store_true",
        help="fetch what comes from archives again and compare; exit status 1 if something has changed",
    )
    sources.add_argument("--update", action="store_true", help="as --check, and take what is new from now on")
    sources.add_argument("--json", action="store_true")
    sources.add_argument(
        "--base", metavar="DIR", help="where relative paths start (default: the folder of the recipe)"
    )
    sources.set_defaults(do=tell_sources)


def tell_sources(args: argparse.Namespace) -> int:
    from pz_tsm.cli.progress import Stop
    from pz_tsm.ops.base import Context
    from pz_tsm.recipe import Recipe

    recipe = Recipe.read(args.recipe)
    base = Path(args.base or Path(args.recipe).parent)
    ctx = Context(base=base, cancelled=Stop().asked)
    told = [
        _input(item.name, item.spec, ctx, args.check or args.update, args.update)
        for item in recipe.inputs.values()
    ]
    if args.json:
        print(json.dumps(told, default=str))
    else:
        for said in told:
            _show(said)
    changed = any(said.get("changes") and not said["changes"]["same"] for said in told)
    return 1 if changed and not args.update else 0


def _input(name: str, spec: Mapping[str, Any], ctx: Any, check: bool, update: bool) -> dict[str, Any]:
    """What is known of one input, as plain values."""
    from pz_tsm.sources import archives, fetching

    source = fetching.source_of(spec, name)
    kind = fetching.kind_of(source)
    said: dict[str, Any] = {"name": name, "kind": kind, "snapshot": None}
    if kind not in archives.KINDS:
        said["source"] = f"{kind}:{source.get(kind)}" if kind else None
        if kind == "file":
            said["exists"] = (ctx.base / Path(str(source["file"])).expanduser()).exists()
        return said
    from pz_tsm.sources.archives import changes, snapshots

    wanted, archive, keys = archives.asked(kind, source[kind], spec.get("columns"))
    said |= {"source": wanted.name}
    kept = snapshots.find(wanted)
    if kept is None:
        return said
    said["snapshot"] = {**snapshots.record(kept), "bytes": kept["bytes"], "path": str(kept["path"])}
    if check:
        found, new = changes.check(archive, kept, keys(kept["path"]), ctx)
        said["changes"] = {**found.to_dict(), "text": str(found)}
        if update and not found.none:
            snapshots.adopt(wanted, new)
            said["updated"] = True
    return said


def _show(said: Mapping[str, Any]) -> None:
    print(f"{said['name']}: {said['source']}")
    kept = said["snapshot"]
    if kept is not None:
        rows = f"{kept['rows']:,} rows, " if kept.get("rows") is not None else ""
        when = kept["when"][:16].replace("T", " ")
        print(f"  snapshot of {when} UTC: {rows}{kept['bytes'] / 1e6:,.1f} MB, sha256 {kept['sha256'][:16]}")
    elif "exists" in said:
        print("  a file" if said["exists"] else "  a file that is not there")
    elif said["kind"] == "pzserver":
        print("  a product of a PZ Server, kept by its checksum")
    else:
        print("  not fetched yet: a run will")
    if "changes" in said:
        print(f"  at the source: {said['changes']['text']}")
        if said.get("updated"):
            print("  from now on the new rows are taken")
