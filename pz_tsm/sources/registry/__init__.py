"""The registry of public catalogues of redshifts: where they are, what their columns and flags mean, what to
cite, and how sure each of these facts is.

The entries are data (``catalogues/ID.yaml``); a user or a group adds files of their own with the variable
``PZ_TSM_REGISTRY``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.sources.registry import recipes
from pz_tsm.sources.registry.model import MEANING, SHIPPED, Access, Entry
from pz_tsm.sources.registry.own import named, own_entries
from pz_tsm.sources.registry.recipes import chosen, recipe_input
from pz_tsm.sources.registry.search import Found, search
from pz_tsm.sources.registry.shipped import shipped

__all__ = [
    "MEANING", "SHIPPED", "Access", "Entry", "Found", "catalogues", "chosen", "collected", "entries", "entry",
    "find", "known", "recipe_input",
]  # fmt: skip


def entries(own: Sequence[str | Path] = ()) -> tuple[Entry, ...]:
    """All entries: the shipped ones, those of ``PZ_TSM_REGISTRY``, those of ``own`` (paths, addresses,
    ``pzserver:NAME``). An own entry takes the place of another with its id.

    Raises TsmError naming file, entry and field if one of the own files is wrong.
    """
    mine = own_entries([*named(), *own])
    if not mine:
        return shipped()
    found = {one.id: one for one in (*shipped(), *mine)}
    return tuple(found.values())


def collected(own: Sequence[str | Path] = ()) -> tuple[tuple[Entry, ...], list[TsmError]]:
    """As ``entries``, but a place that can't be read takes nothing else away: (entries, what is wrong)."""
    found = {one.id: one for one in shipped()}
    problems = []
    for place in [*named(), *own]:
        try:
            found |= {one.id: one for one in own_entries([place])}
        except TsmError as error:
            problems.append(error)
    return tuple(found.values()), problems


def entry(id: str, own: Sequence[str | Path] = ()) -> Entry:
    """The entry with this id, whatever the case. Raises TsmError naming the nearest ids."""
    from pz_tsm.expr import nearest

    readable, problems = collected(own)
    every = {one.id.lower(): one for one in readable}
    found = every.get(id.strip().lower())
    if found is not None:
        return found
    if problems:  # it may be there
        raise problems[0]
    close = [one for one in every if one.startswith(id.strip().lower())][:3]
    close = close or nearest(id, list(every)) or [one.id for one in search(every.values(), id)[:3]]
    raise TsmError(
        f"The registry has no catalogue '{id}'.",
        remedy=f"Did you mean {' or '.join(close)}?" if close else "pz-tsm catalogues lists them.",
        where=id,
    )


def find(
    text: str | None = None,
    *,
    type: str | None = None,
    near: tuple[float, float, float] | None = None,
    z: tuple[float | None, float | None] | None = None,
    rows: tuple[float | None, float | None] | None = None,
    release: str | None = None,
    own: Sequence[str | Path] = (),
) -> Found:
    """Catalogues that fit, the most useful (objects matched in DP2) first.

    ``text``: words of name, survey, field, reference or table. ``type``: s, g or p. ``near``: a circle (ra,
    dec, radius) in degrees that the footprint touches. ``z``, ``rows``: ranges that overlap; None is open.
    ``release``: dp1 or dp2, with matched objects. Where a catalogue's footprint, range or number is not
    known, it is not left out: it stands last, and ``.unknown`` of the answer names what is not known.

        pz_tsm.catalogues("vvds")
        pz_tsm.catalogues(near=(53.1, -27.8, 0.5), type="s")[0].recipe_input()
    """
    return search(entries(own), text, type=type, near=near, z=z, rows=rows, release=release)


catalogues = find  # as the library calls it


def known(source: Any, own: Sequence[str | Path] = ()) -> tuple[Entry, Access] | None:
    """Which entry and which access the ``from:`` of a recipe's input is; None if the registry has none."""
    return recipes.known(source, collected(own)[0])
