"""``catalogues``: the registry of public catalogues of redshifts."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pz_tsm.sources.registry import Access, Entry


def add(commands: argparse._SubParsersAction) -> None:
    """The command ``catalogues``; ``catalogues show ID`` tells all of one."""
    shown = commands.add_parser(
        "catalogues",
        help="public catalogues of redshifts; 'catalogues show ID' tells all of one",
        description="Public catalogues of redshifts: where they are, what their columns and flags mean, what "
        "to cite. 'pz-tsm catalogues show ID' tells all of one.",
    )
    shown.add_argument("words", nargs="*", metavar="TEXT", help="words of name, survey, field or reference")
    shown.add_argument(
        "--near",
        type=_numbers(3),
        metavar="RA,DEC,DEG",
        help="a circle on the sky that the catalogue touches",
    )
    shown.add_argument("--type", choices=("s", "g", "p"), help="spectra, grism or prism, photometry")
    shown.add_argument("--z", type=_numbers(2), metavar="LO,HI", help="redshifts between these")
    shown.add_argument(
        "--rows", type=_numbers(2), metavar="LO,HI", help="a number of redshifts between these"
    )
    shown.add_argument("--release", choices=("dp1", "dp2"), help="with objects matched in this release")
    shown.add_argument("--json", action="store_true")
    shown.set_defaults(do=list_or_show)


def list_or_show(args: argparse.Namespace) -> int:
    """List what fits, or show one."""
    if args.words[:1] == ["show"]:
        return _show(args.words[1:], args.json)
    from pz_tsm.sources.registry import find

    text = " ".join(args.words)
    found = find(text, type=args.type, near=args.near, z=args.z, rows=args.rows, release=args.release)
    if args.json:
        lines = [{**entry.to_dict(), "not_known": found.unknown.get(entry.id, [])} for entry in found]
        print(json.dumps(lines, ensure_ascii=False))
        return 0
    if not found:
        print("No catalogue fits.", file=sys.stderr)
        return 0
    print(found)
    print("\n? is unverified. More of one: pz-tsm catalogues show ID", file=sys.stderr)
    return 0


def _show(names: list[str], as_json: bool) -> int:
    from pz_tsm.errors import TsmError
    from pz_tsm.sources.registry import entry

    if len(names) != 1:
        raise TsmError("'show' shows one catalogue.", remedy="For example: pz-tsm catalogues show vvds_final")
    one = entry(names[0])
    print(json.dumps(one.to_dict(), ensure_ascii=False) if as_json else "\n".join(_page(one)))
    return 0


def _page(entry: Entry) -> list[str]:
    """An entry in words, each fact with how sure it is."""
    from pz_tsm.sources.registry import MEANING

    kinds = {"s": "spectra", "g": "grism or prism", "p": "photometry"}
    lines = [f"{entry.name} ({entry.id})", ""]
    lines += _fact("type", f"{entry.type}, {kinds[entry.type]}")
    lines += _fact(
        "reference",
        _join(entry.reference.text, entry.reference.bibcode, entry.reference.doi),
        entry.reference,
    )
    if entry.rows:
        value = entry.rows.value
        lines += _fact("redshifts", "number not known" if value is None else f"{value:,}", entry.rows)
    if entry.area_deg2:
        lines += _fact("area", f"{entry.area_deg2.value:,g} square degrees", entry.area_deg2)
    if entry.z_range:
        lines += _fact("redshift", "{:g} to {:g}".format(*entry.z_range.value), entry.z_range)
    lines += _fact("frame", f"positions {entry.frame.coords}; redshift {entry.frame.z_frame}", entry.frame)
    if entry.fields:
        lines += _fact("fields", ", ".join(entry.fields))
    matched = [
        f"{name.upper()} {n:,}" for name in ("dp1", "dp2") if (n := getattr(entry.matches, name)) is not None
    ]
    if matched:
        lines += _fact("matched in", ", ".join(matched), entry.matches)
    lines += ["", "flags"]
    lines += _fact("meaning", entry.flags.meaning or "not known", entry.flags)
    lines += _rules(entry)
    if entry.object_type:
        lines += _fact("objects", entry.object_type.text, entry.object_type)
    for count, way in enumerate(entry.access):
        lines += ["", f"access {count}{f', {way.part}' if way.part else ''}", *_access(way)]
    if entry.no_access:
        lines += ["", "access", *_fact("none", entry.no_access)]
    if entry.caveats:
        lines += ["", "mind"]
        lines += [line for caveat in entry.caveats for line in _fact("-", caveat.text, caveat)]
    lines += ["", "cite", *_fact("-", entry.cite, entry.citation or entry.reference)]
    for label, said in (("thank", entry.acknowledgement), ("licence", entry.licence)):
        if said:
            lines += _fact(label, said.text, said)
    if entry.own:
        lines += ["", f"From {entry.origin}."]
    first = next((i for i, way in enumerate(entry.access) if way.source is not None), None)
    if first is not None:
        from pz_tsm.recipe.canonical import flow

        lines += ["", "in a recipe", f"  inputs: {{{entry.id}: {flow(entry.recipe_input(first))}}}"]
    return [*lines, "", *(f"[{name}] {meaning}" for name, meaning in MEANING.items())]


def _rules(entry: Entry) -> list[str]:
    flags = entry.flags
    if flags.status == "none":
        survey = f" of survey {entry.survey}" if entry.survey else ""
        return _fact("rules", f"no rule pack that comes with pz-tsm has rules for the flags{survey}")
    lines = _fact("rules", f"{flags.status} ({flags.pack}), survey {entry.survey}")
    for rule in flags.rules:
        becomes = "-" if rule.is_ is None else rule.is_
        lines.append(f"    {becomes}  {rule.when}{f'  ({rule.meaning})' if rule.meaning else ''}")
    if flags.needs:
        lines += _fact("need", f"columns {', '.join(flags.needs)}")
    return lines


def _access(way: Access) -> list[str]:
    lines = _fact(
        "from", json.dumps(way.source) if way.source else _join(way.page, way.file) or "not known", way
    )
    if way.source and way.page:
        lines += _fact("page", way.page)
    if way.size or way.rows is not None:
        lines += _fact("size", _join(way.size, None if way.rows is None else f"{way.rows:,} rows"))
    if way.columns:
        said = ", ".join(f"{role}: {' or '.join(names)}" for role, names in way.columns.items())
        lines += _fact("columns", f"{said} [{way.columns_confidence}]")
    if way.others:
        lines += _fact("also", ", ".join(way.others))
    if way.columns_note:
        lines += _fact("", way.columns_note)
    return lines


def _fact(label: str, text: str, stated: Any = None) -> list[str]:
    """A line of a page, wrapped; with how sure it is, where it is from and what is to be noted."""
    if stated is not None:
        source = getattr(stated, "source", None)
        text += f" [{stated.confidence}{f': {source}' if isinstance(source, str) else ''}]"
        if stated.note:
            text += f" {stated.note}"
    return textwrap.wrap(
        text,
        100,
        initial_indent=f"  {label:<10} ",
        subsequent_indent=" " * 13,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _join(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _numbers(count: int) -> Callable[[str], tuple[float, ...]]:
    """Numbers with commas between them."""

    def read(text: str) -> tuple[float, ...]:
        try:
            values = tuple(float(part) for part in text.split(","))
        except ValueError:
            values = ()
        if len(values) != count:
            raise argparse.ArgumentTypeError(f"'{text}' is not {count} numbers with commas between them")
        return values

    return read
