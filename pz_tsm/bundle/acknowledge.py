"""Whom to thank, and under which terms: of the surveys with rows kept, the release, the services that were
used. Where nothing is known of a survey, it is named."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pz_tsm.bundle.cite import Survey
    from pz_tsm.bundle.provenance import Facts

FILE = "ACKNOWLEDGEMENTS.txt"
MADE_UP = "MOCK-"  # surveys of pz_tsm.mock
SERVICES = {
    "pzserver": "PZ Server: IDAC-Brazil, LIneA, INCT do e-Universo (465376/2014-2) and FINEP (0883/24).",
    "vizier": "VizieR: the catalogue access tool of CDS, Strasbourg (2000A&AS..143...23O).",
    "sdss": "SDSS: its acknowledgement for the data release that was asked for, at sdss.org.",
}


@dataclass(frozen=True)
class Terms:
    """What is known of a survey's wishes; None where nothing is."""

    acknowledgement: str | None = None
    licence: str | None = None
    caveats: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        return bool(self.acknowledgement or self.licence)


def terms(survey: Survey) -> Terms:
    """Of the registry's entries for the survey: by its name there, or by the paper that both cite."""
    if survey.name.upper().startswith(MADE_UP):
        return Terms(licence="made up by pz-tsm")
    papers = f"{survey.reference or ''} {survey.citation or ''}"
    found = [
        one
        for one in _entries()
        if survey.name.upper() in {str(name).upper() for name in (one.survey, one.id, one.name)}
        or (one.reference.bibcode and one.reference.bibcode in papers)
    ]
    return Terms(
        _joined(one.acknowledgement for one in found),
        _joined(one.licence for one in found),
        tuple(dict.fromkeys(_words(text) for one in found for text in one.caveats)),
    )


def unknown(found: list[Survey]) -> list[str]:
    """Names of the surveys whose terms nobody has written down."""
    return [one.name for one in found if not terms(one).known]


def services(recipe: Any) -> list[str]:
    """The services that the recipe's inputs come from, by the key of ``from``: pzserver, vizier, ..."""
    found = set()
    for item in recipe.inputs.values():
        source = item.spec.get("from")
        found |= {key for key in (source if isinstance(source, dict) else ()) if key != "file"}
    return sorted(found)


def text(facts: Facts) -> str:
    """The file: what to put into a paper's acknowledgements."""
    profile = facts.profile
    lines = [f"Acknowledgements for work with the training set '{facts.title}'.", ""]
    for one in facts.surveys:
        known = terms(one)
        words = [f"{one.best} rows"]
        words += [f"cite {one.reference}"] if one.reference else ["no reference is known"]
        words += [f"licence: {known.licence}"] if known.licence else []
        words += [known.acknowledgement] if known.acknowledgement else []
        lines.append(f"{one.name}: {'; '.join(words)}")
    missing = unknown(facts.surveys)
    if missing:
        lines += [
            "",
            f"No terms of use are known for: {', '.join(missing)}. Ask whoever made the catalogue before you "
            "publish its rows.",
        ]
    if profile is not None and facts.matched:
        dois = ", ".join(dict.fromkeys(profile.doi.values()))
        facility = f" Facilities: {', '.join(profile.facility)}." if profile.facility else ""
        words = f" Cite {dois}, with the acknowledgement that its pages ask for." if dois else ""
        lines += ["", f"{profile.title}:{words or ' nothing to cite.'}{facility}"]
    said = [SERVICES[key] for key in facts.used if key in SERVICES]
    if said:
        lines += ["", *said]
    return "\n".join(lines) + "\n"


@cache
def _entries() -> tuple[Any, ...]:
    """The registry's; own entries that can't be read are left out: they must not stop a bundle."""
    from pz_tsm.sources import registry

    return tuple(registry.collected()[0])


def _joined(texts: Any) -> str | None:
    return " ".join(dict.fromkeys(_words(one) for one in texts if one)) or None


def _words(said: Any) -> str:
    doubt = " (unverified)" if getattr(said, "confidence", None) == "unverified" else ""
    return f"{getattr(said, 'text', said)}{doubt}"
