"""What the rule packs say of an entry's flags, so that the registry never says anything else."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pz_tsm.ops.homogenize.packs import Pack
    from pz_tsm.sources.registry.model import Entry


@cache
def _packs() -> tuple[Pack, ...]:
    from pz_tsm.ops.homogenize import packs

    return tuple(packs.load(name) for name in packs.shipped() if name != "mock")


def with_rules(entry: Entry) -> Entry:
    """The entry with status, pack, needed columns and rules of its flags, from the first pack that knows its
    survey."""
    from pz_tsm.sources.registry.model import FlagMeaning

    hit = None
    if entry.survey:
        hit = next(((pack, *found) for pack in _packs() if (found := pack.find(entry.survey.upper()))), None)
    if hit is None:
        given = {"status": "none", "pack": None, "needs": [], "rules": []}
    else:
        pack, _, rules = hit
        given = {
            "status": pack.status_of(rules),
            "pack": f"{pack.name} {pack.version}",
            "needs": list(rules.needs),
            "rules": [FlagMeaning(when=one.when, is_=one.is_, meaning=one.meaning) for one in rules.rules],
        }
    made = entry.model_copy(update={"flags": entry.flags.model_copy(update=given)})
    made._origin = entry._origin
    return made


def known_surveys() -> set[str]:
    """Names and other names of all surveys that the shipped packs have rules for, in upper case."""
    return {
        name.upper()
        for pack in _packs()
        for survey, rules in pack.surveys.items()
        for name in (survey, *rules.aliases)
    }
