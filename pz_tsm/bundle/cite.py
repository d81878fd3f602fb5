"""Whom to cite: the surveys whose rows were kept, the release, the software. Nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from pz_tsm.releases import Profile

BIBCODE = re.compile(r"\b(\d{4})([A-Za-z&.+]{5})([\d.]{4})([A-Z.L])([\d.]{4})([A-Z.])(?=\W|$)")
ARXIV = re.compile(r"(?:arXiv:|astro-ph/)\s*([\d.]+)", re.IGNORECASE)
JOURNALS = {
    "MNRAS": "Monthly Notices of the Royal Astronomical Society",
    "ApJ": "The Astrophysical Journal",
    "ApJS": "The Astrophysical Journal Supplement Series",
    "A&A": "Astronomy and Astrophysics",
    "AJ": "The Astronomical Journal",
    "PASA": "Publications of the Astronomical Society of Australia",
    "PASP": "Publications of the Astronomical Society of the Pacific",
    "Natur": "Nature",
}

# compilations that no rule pack has, because their flags are probabilities
COMPILATIONS = {
    "NED": "NASA/IPAC Extragalactic Database (NED), funded by NASA and operated by Caltech; see SITCOMTN-154"
}


ASTROQUERY = {
    "2019AJ....157...98G": {
        "author": "{Ginsburg and others}",
        "title": "{astroquery: An Astronomical Web-querying Package in Python}",
        "year": "2019",
        "journal": "The Astronomical Journal",
        "volume": "157",
        "pages": "98",
    }
}
# services and software that a run may have used: papers by key
TOOLS: dict[str, dict[str, dict[str, str]]] = {
    "pzserver": {
        "2018A&C....25...58G": {
            "author": "{Gschwend and others}",
            "title": "{DES Science Portal: Computing Photometric Redshifts}",
            "year": "2018",
            "journal": "Astronomy and Computing",
            "volume": "25",
            "pages": "58",
        }
    },
    "vizier": ASTROQUERY,
    "sdss": ASTROQUERY,
    "lsdb": {
        "arXiv:2501.02103": {
            "author": "{Caplar and others}",
            "title": "{LSDB}",
            "eprint": "2501.02103",
            "archivePrefix": "arXiv",
        }
    },
}


@dataclass(frozen=True)
class Survey:
    """A survey with rows in the table."""

    name: str
    rows: int
    best: int
    types: dict[str, int]
    reference: str | None  # None: no rule pack knows the survey
    citation: str | None


def surveys(table: pa.Table, packs: list[str] | str | None = None, base: Path | None = None) -> list[Survey]:
    """Surveys of the rows that were kept (the best ones, if the table knows best rows), the largest first."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if "survey" not in table.column_names or not table.num_rows:
        return []
    best = pc.fill_null(table["is_best"], False) if "is_best" in table.column_names else pa.scalar(True)
    names = table["survey"].cast(pa.string())
    kinds = (
        table["instrument_type"].cast(pa.string())
        if "instrument_type" in table.column_names
        else pa.nulls(table.num_rows, pa.string())
    )
    frame = pa.table({"name": names, "kind": kinds})
    frame = frame.append_column(
        "best", best if not isinstance(best, pa.Scalar) else pa.array([True] * table.num_rows)
    )
    counts: dict[str, dict[str, Any]] = {}
    for row in frame.group_by(["name", "kind", "best"]).aggregate([([], "count_all")]).to_pylist():
        one = counts.setdefault(row["name"] or "unknown", {"rows": 0, "best": 0, "types": {}})
        one["rows"] += row["count_all"]
        if row["best"]:
            one["best"] += row["count_all"]
            kind = row["kind"] or "unknown"
            one["types"][kind] = one["types"].get(kind, 0) + row["count_all"]
    known = _rules(packs, base)
    found = []
    for name, one in sorted(counts.items(), key=lambda item: (-item[1]["best"], item[0])):
        if one["best"]:
            reference, citation = known(name)
            found.append(
                Survey(
                    name, one["rows"], one["best"], dict(sorted(one["types"].items())), reference, citation
                )
            )
    return found


def bibtex(
    found: list[Survey], profile: Profile | None, matched: bool, used: Iterable[str] = ()
) -> dict[str, str]:
    """Entries by key: one for each paper of the surveys, of the release, and of the services and software
    that were ``used`` (keys of ``TOOLS``)."""
    entries: dict[str, str] = {}
    for survey in found:
        for key, text in papers(survey):
            entries.setdefault(key, text)
    if profile is not None and matched:
        entries |= {key: text.strip() + "\n" for key, text in profile.bibtex.items()}
    for one in used:
        for key, fields in TOOLS.get(one, {}).items():
            entries[key] = _entry("article", key, fields)
    entries["pz-tsm"] = (
        "@software{pz-tsm,\n  author = {{pz-tsm contributors}},\n  title = {pz-tsm: training sets for "
        "photometric redshifts"
        f"}},\n  version = {{{_version()}}}\n}}\n"
    )
    return entries


def citation_cff(name: str, info: dict[str, Any], found: list[Survey]) -> str:
    """CITATION.cff 1.2.0 of the data set."""
    creators = info.get("creators") or []
    lines = [
        "cff-version: 1.2.0",
        "message: Cite this training set, and the surveys in references.bib.",
        "type: dataset",
        f"title: {_quoted(info.get('title') or name)}",
        f"version: {_quoted(str(info.get('version') or '1.0.0'))}",
        "authors:",
    ]
    for creator in creators:
        one = creator if isinstance(creator, dict) else {"name": str(creator)}
        lines.append(f"  - name: {_quoted(str(one.get('name', 'unknown')))}")
        if one.get("orcid"):
            orcid = str(one["orcid"]).rsplit("/", 1)[-1]
            lines.append(f"    orcid: https://orcid.org/{orcid}")
    if not creators:
        lines.append(f"  - name: {_quoted(f'The makers of {name}')}")
    if info.get("license"):
        lines.append(f"license: {_quoted(str(info['license']))}")
    if found:
        lines.append("references:")
    for survey in found:
        lines += [
            "  - type: article",
            f"    title: {_quoted(survey.name)}",
            "    authors:",
            f"      - name: {_quoted(survey.reference or f'{survey.name} (reference not known)')}",
        ]
        arxiv = ARXIV.search(survey.reference or "")
        if arxiv:
            lines.append(f"    url: https://arxiv.org/abs/{arxiv.group(1)}")
    return "\n".join(lines) + "\n"


def papers(survey: Survey) -> list[tuple[str, str]]:
    """(key, BibTeX) of every paper that the survey's reference names."""
    found = []
    reference = survey.reference or ""
    text = f"{reference} {survey.citation or ''}"
    for match in BIBCODE.finditer(text):
        year, journal, volume, _, page, _ = match.groups()
        code, short = match.group(0), journal.strip(".")
        author = _author_before(text, match.start())
        found.append(
            (
                code,
                _entry(
                    "article",
                    code,
                    {
                        "author": f"{{{author or survey.name}}}",
                        "title": f"{{{survey.name}}}",
                        "note": f"{{{reference or survey.name}}}",
                        "year": year,
                        "journal": JOURNALS.get(short, short),
                        "volume": volume.strip("."),
                        "pages": page.strip("."),
                        "adsurl": f"https://ui.adsabs.harvard.edu/abs/{code.replace('&', '%26')}",
                    },
                ),
            )
        )
    for match in ARXIV.finditer(text):
        number = match.group(1).rstrip(".")
        prefix = "astro-ph/" if "astro-ph/" in match.group(0) else ""
        key = f"arXiv:{prefix}{number}"
        found.append(
            (
                key,
                _entry(
                    "article",
                    key,
                    {
                        "author": f"{{{_author_before(text, match.start()) or survey.name}}}",
                        "title": f"{{{survey.name}}}",
                        "eprint": f"{prefix}{number}",
                        "archivePrefix": "arXiv",
                    },
                ),
            )
        )
    if not found and reference:
        key = re.sub(r"\W+", "-", survey.name).strip("-").lower()
        found.append((key, _entry("misc", key, {"title": f"{{{survey.name}}}", "note": reference})))
    return found


def _author_before(text: str, place: int) -> str | None:
    """'Colless+2001 2001MNRAS...' gives 'Colless and others'."""
    match = re.search(r"([A-Z][\w'. -]*?)\s*(?:\+|et al\.?|Collaboration)[^;:,]*$", text[:place])
    if not match:
        return None
    name = match.group(1).strip()
    return f"{name} Collaboration" if "Collaboration" in match.group(0) else f"{name} and others"


def _entry(kind: str, key: str, fields: dict[str, str]) -> str:
    values = {name: value if value.startswith("{") else f"{{{value}}}" for name, value in fields.items()}
    body = ",\n".join(
        f"  {name} = {value.replace('&', chr(92) + '&') if name != 'adsurl' else value}"
        for name, value in values.items()
    )
    return f"@{kind}{{{key},\n{body}\n}}\n"


def _rules(packs: list[str] | str | None, base: Path | None):
    """Function from a survey's name to (reference, citation), by the rule packs."""
    try:
        from pz_tsm.ops.homogenize import packs as module

        chosen = [packs] if isinstance(packs, str) else list(packs or [])
        names = dict.fromkeys([*(name for name in chosen if name != "default"), *module.shipped()])
        loaded = []
        for name in names:
            try:
                loaded.append(module.load(name, base))
            except (
                Exception
            ):  # a pack that is gone must not stop a bundle: the survey is then listed without reference
                continue
    except ImportError:
        loaded = []

    def lookup(survey: str) -> tuple[str | None, str | None]:
        for pack in loaded:
            hit = pack.find(survey.upper())
            if hit and (hit[1].reference or hit[1].citation):
                return hit[1].reference or hit[1].citation, hit[1].citation
        return COMPILATIONS.get(survey.upper()), None

    return lookup


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


def _version() -> str:
    from pz_tsm.version import version

    return version()
