"""The bundle as an RO-Crate 1.1: its files, people, terms and steps in JSON-LD, with PROV terms."""

from __future__ import annotations

import re
from typing import Any

from pz_tsm import bundle
from pz_tsm.bundle.provenance import RIGHTS, Facts, activity
from pz_tsm.version import version

CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    {"sha256": "https://schema.org/sha256"},  # not among the terms of 1.1
]
MEDIA = {
    ".parquet": "application/vnd.apache.parquet",
    ".hdf5": "application/x-hdf5",
    ".json": "application/json",
    ".md": "text/markdown",
    ".yaml": "application/yaml",
    ".lock": "application/json",
    ".bib": "application/x-bibtex",
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".fits": "application/fits",
    ".svg": "image/svg+xml",
    ".vot": "application/x-votable+xml",
}
DATA = ("data/", "rail/")


def crate(facts: Facts, files: list[dict[str, Any]]) -> dict[str, Any]:
    """The content of ro-crate-metadata.json."""
    people = [_person(one, number) for number, one in enumerate(facts.creators)]
    places = {one["affiliation"]["@id"]: one["affiliation"] for one in people if "affiliation" in one}
    for one in people:
        if "affiliation" in one:
            one["affiliation"] = {"@id": one["affiliation"]["@id"]}
    terms = _license(facts)
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": facts.title,
        "description": facts.description,
        "version": facts.version,
        "datePublished": facts.created,
        "conditionsOfAccess": RIGHTS[facts.access],
        "hasPart": [{"@id": one["path"]} for one in files],
        "license": {"@id": terms["@id"]},
        "mentions": {"@id": "#run"},
    }
    if people:
        root["author"] = _one_or_all([{"@id": one["@id"]} for one in people])
    descriptor = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }
    software = {
        "@id": "#pz-tsm",
        "@type": "SoftwareApplication",
        "name": "pz-tsm",
        "version": version(),
    }
    steps = _steps(facts)
    last = steps[-1]["@id"] if steps else "#run"
    graph = [
        descriptor,
        root,
        *(_file(one, last) for one in files),
        *(_input(one) for one in facts.inputs),
        *([terms] if terms["@id"].startswith("#") else []),
        software,
        *people,
        *places.values(),
        _run(facts, files, people, steps),
        *steps,
    ]
    return {"@context": CONTEXT, "@graph": graph}


def _file(one: dict[str, Any], last: str) -> dict[str, Any]:
    path = one["path"]
    found = {
        "@id": path,
        "@type": "File",
        "name": path.rsplit("/", 1)[-1],
        "contentSize": str(one["bytes"]),
        "sha256": one["sha256"],
        "encodingFormat": MEDIA.get("." + path.rsplit(".", 1)[-1], "text/plain"),
    }
    return found | ({"prov:wasGeneratedBy": {"@id": last}} if path.startswith(DATA) else {})


def _input(one: dict[str, Any]) -> dict[str, Any]:
    rows = one.get("rows", "unknown number of")
    return {
        "@id": f"#input-{one.get('name')}",
        "@type": "Dataset",
        "name": str(one.get("name")),
        "description": f"{rows} rows of {one.get('product') or 'a catalogue'}",
        "identifier": str(one.get("sha256") or one.get("location") or one.get("name")),
    }


def _license(facts: Facts) -> dict[str, Any]:
    given = str(facts.license or "")
    if given.startswith(("https://", "http://")):
        return {"@id": given}
    words = "As the contributing surveys and the release say; see README.md and ACKNOWLEDGEMENTS.txt."
    return {
        "@id": "#license",
        "@type": "CreativeWork",
        "name": given or "Terms of the contributing surveys",
        "description": words,
    }


def _run(facts: Facts, files: list[dict[str, Any]], people: list, steps: list) -> dict[str, Any]:
    """The run as one act, of the steps that follow it in the graph."""
    inputs = [{"@id": f"#input-{one.get('name')}"} for one in facts.inputs]
    results = [{"@id": one["path"]} for one in files if one["path"].startswith(DATA)]
    agents = [{"@id": "#pz-tsm"}, *({"@id": one["@id"]} for one in people)]
    found = {
        "@id": "#run",
        "@type": ["CreateAction", "prov:Activity"],
        "name": f"Run of the recipe {facts.name}",
        "endTime": facts.created,
        "instrument": {"@id": "#pz-tsm"},
        "object": [*inputs, {"@id": bundle.RECIPE}],
        "result": _one_or_all(results),
        "prov:used": [*inputs, {"@id": bundle.RECIPE}],
        "prov:wasAssociatedWith": _one_or_all(agents),
    }
    return found | ({"mentions": _one_or_all([{"@id": one["@id"]} for one in steps])} if steps else {})


def _steps(facts: Facts) -> list[dict[str, Any]]:
    """One act a step, in order; each was informed by those whose rows it took."""
    found: list[dict[str, Any]] = []
    before: dict[str | None, str] = {}  # of an input that is still apart; None: of the one table
    for number, step in enumerate(facts.steps):
        name = f"#{activity(number, step['op'], step.get('input')).replace(':', '-')}"
        owner = step.get("input")
        one = {
            "@id": name,
            "@type": ["CreateAction", "prov:Activity"],
            "name": f"{step['op']} of {owner}" if owner else step["op"],
            "description": f"{step['rows_in']} rows in, {step['rows_out']} out",
            "instrument": {"@id": "#pz-tsm"},
            "prov:wasAssociatedWith": {"@id": "#pz-tsm"},
        }
        if owner and owner not in before:
            one["object"] = one["prov:used"] = {"@id": f"#input-{owner}"}
        informed = [before[owner]] if owner in before else [] if owner else list(before.values())
        if informed:
            one["prov:wasInformedBy"] = _one_or_all([{"@id": each} for each in informed])
        before = before | {owner: name} if owner else {None: name}
        found.append(one)
    return found


def _person(creator: Any, number: int) -> dict[str, Any]:
    one = creator if isinstance(creator, dict) else {"name": str(creator)}
    orcid = str(one["orcid"]).rsplit("/", 1)[-1] if one.get("orcid") else None
    person = {
        "@id": f"https://orcid.org/{orcid}" if orcid else f"#person-{number}",
        "@type": "Person",
        "name": str(one.get("name", "unknown")),
    }
    if not one.get("affiliation"):
        return person
    place = str(one["affiliation"])
    name = re.sub(r"\W+", "-", place).strip("-").lower()
    return person | {"affiliation": {"@id": f"#at-{name}", "@type": "Organization", "name": place}}


def _one_or_all(found: list[Any]) -> Any:
    """RO-Crate wants one value rather than a list of one."""
    return found[0] if len(found) == 1 else found
