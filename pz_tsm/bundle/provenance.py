"""What a run was made of and what it did: provenance.json, in PROV terms."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pz_tsm import bundle, releases
from pz_tsm.bundle import acknowledge, cite
from pz_tsm.version import version

if TYPE_CHECKING:
    import pyarrow as pa

RIGHTS = {
    "public": "Public; cite the surveys.",
    "rubin-data-rights": "Only for holders of Rubin data rights: it contains data of LSST objects. Don't "
    "publish it.",
}


@dataclass
class Facts:
    """What README, provenance and crate are written from."""

    name: str
    title: str
    version: str
    description: str
    creators: list[Any]
    created: str
    recipe_id: str
    lock: dict[str, Any]
    steps: list[dict[str, Any]]  # reports, in order
    rows: int
    best: int
    schema: dict[str, Any]
    access: str
    surveys: list[cite.Survey]
    parts: dict[str, int]
    photometry: dict[str, Any] | None
    profile: releases.Profile | None
    matched: bool
    release: str | None
    license: str | None = None
    params: list[Any] = field(default_factory=list)  # the recipe's steps
    public: str | None = None  # access of the public part, if there is one
    used: list[str] = field(default_factory=list)  # services and software beside ours: keys of cite.TOOLS

    @property
    def inputs(self) -> list[dict[str, Any]]:
        found = self.lock.get("inputs") or []
        return (
            [{"name": name, **one} for name, one in found.items()] if isinstance(found, dict) else list(found)
        )

    @property
    def caveats(self) -> list[str]:
        """What a user should know: the release's, and every warning of the run."""
        found = list(self.profile.caveats) if self.profile and self.matched else []
        for survey in self.surveys:
            found += [f"{survey.name}: {words}" for words in acknowledge.terms(survey).caveats]
        for step in self.steps:
            found += [one["message"] for one in step.get("findings", []) if one.get("level") == "warning"]
        return list(dict.fromkeys(found))

    def of(self, op: str) -> dict[str, Any] | None:
        """Details of the last step of that name."""
        return next((step.get("details", {}) for step in reversed(self.steps) if step.get("op") == op), None)


def gather(
    recipe: Any, lock: dict[str, Any], steps: list[dict[str, Any]], table: pa.Table, access: str, created: str
) -> Facts:
    """Facts of a run."""
    import pyarrow.compute as pc

    from pz_tsm.bundle.columns import schema_json

    best = (
        pc.sum(pc.fill_null(table["is_best"], False)).as_py()
        if "is_best" in table.column_names
        else table.num_rows
    )
    parts: dict[str, int] = {}
    if "split" in table.column_names:
        parts = {one["values"]: one["counts"] for one in pc.value_counts(table["split"]).to_pylist()}
        state = json.loads((table.schema.field("split").metadata or {}).get(b"state", b"{}"))
        declared = [*state.get("parts", {})]
        order = [*(name for name in declared if name in parts), *sorted(set(parts) - {*declared}, key=str)]
        parts = {name: parts[name] for name in order}
    release = json.loads((table.schema.metadata or {}).get(b"tsm:release", b"{}")).get("name")
    info = recipe.info
    packs = [
        step.params.get("rules")
        for step in recipe.steps
        if step.op == "homogenize" and isinstance(step.params, dict)
    ]
    packs = [name for one in packs if one for name in ([one] if isinstance(one, str) else one)]
    return Facts(
        name=recipe.name,
        title=str(info.get("title") or recipe.name),
        version=str(info.get("version") or "1.0.0"),
        description=str(
            info.get("description")
            or f"Training set for photometric redshifts, made by the recipe {recipe.name}."
        ),
        creators=list(info.get("creators") or []),
        created=created,
        recipe_id=recipe.id,
        lock=lock,
        steps=steps,
        rows=table.num_rows,
        best=int(best or 0),
        schema=schema_json(table.schema, bundle.TABLE),
        access=access,
        surveys=cite.surveys(table, packs),
        parts=parts,
        photometry=_photometry(table),
        profile=releases.of_table(table.schema),
        matched="match_dist" in table.column_names,
        release=release,
        license=info.get("license"),
        params=[step.value for step in recipe.steps],
        used=[*acknowledge.services(recipe), *_software_of(steps)],
    )


def _software_of(steps: list[dict[str, Any]]) -> list[str]:
    """Whose work did the match, where it was not ours."""
    engines = [str((step.get("details") or {}).get("engine", "")) for step in steps]
    return ["lsdb"] if any(one.startswith("lsdb") for one in engines) else []


def activity(number: int, op: str, name: str | None = None) -> str:
    """The id of the step of that number (from 0) in the accounting; ``name`` of its input, if it has one."""
    return f"step:{number}:{op}" + (f":{name}" if name else "")


def provenance(facts: Facts, files: list[dict[str, Any]]) -> dict[str, Any]:
    """The content of provenance.json."""
    entities = [{"id": f"input:{one.get('name')}", "type": "input", **one} for one in facts.inputs]
    entities += [{"id": f"file:{one['path']}", "type": "output", **one} for one in files]
    activities, counts, used, generated = [], [], [], []
    for number, step in enumerate(facts.steps):
        name = activity(number, step["op"], step.get("input"))
        activities.append(
            {"id": name, "op": step["op"], "input": step.get("input"), "details": step.get("details", {})}
        )
        counts.append(
            {
                "activity": name,
                "in": step["rows_in"],
                "out": step["rows_out"],
                "added": step.get("added", {}),
                "dropped_by_reason": step.get("dropped", {}),
                "set_aside": step.get("set_aside", {}),
            }
        )
        if step.get("input"):
            used.append({"activity": name, "entity": f"input:{step['input']}", "role": "input"})
    if activities:
        generated = [
            {"activity": activities[-1]["id"], "entity": f"file:{one['path']}", "role": "output"}
            for one in files
        ]
    agents = [{"id": "software:pz-tsm", "name": "pz-tsm", "version": version(), "role": "software"}]
    agents += [
        {"id": f"person:{i}", "role": "creator", **(one if isinstance(one, dict) else {"name": str(one)})}
        for i, one in enumerate(facts.creators)
    ]
    match, combine, split = facts.of("match"), facts.of("combine"), facts.of("split")
    profile = facts.profile if facts.matched else None
    return {
        "format": bundle.FORMAT,
        "title": facts.title,
        "version": facts.version,
        "created": facts.created,
        "creator": facts.creators,
        "description": facts.description,
        "access_rights": facts.access,
        "recipe": {"id": facts.recipe_id, "path": bundle.RECIPE},
        "steps": facts.params,
        "release": {
            "name": facts.release,
            "doi": profile.doi,
            "table": profile.table,
            "access": profile.access,
        }
        if profile
        else None,
        "photometry": facts.photometry,
        "match": match,
        "deduplication": combine,
        "split": split,
        "homogenization": facts.of("homogenize"),
        "counts_by_survey": [
            {
                "survey": one.name,
                "rows": one.rows,
                "best": one.best,
                "types": one.types,
                "reference": one.reference,
                "license": acknowledge.terms(one).licence,
            }
            for one in facts.surveys
        ],
        "counts": counts,
        "rows": facts.rows,
        "best": facts.best,
        "parts": facts.parts,
        "software": facts.lock.get("software", {}),
        "inputs": facts.inputs,
        "known_caveats": facts.caveats,
        "output": facts.lock.get("output"),
        "entities": entities,
        "activities": activities,
        "agents": agents,
        "used": used,
        "generated": generated,
        "associated": [{"activity": one["id"], "agent": "software:pz-tsm"} for one in activities],
    }


def _photometry(table: pa.Table) -> dict[str, Any] | None:
    """State of the magnitudes, by flux family."""
    found: dict[str, Any] = {}
    for column in table.schema:
        text = (column.metadata or {}).get(b"state")
        state = json.loads(text) if text else {}
        if state.get("kind") != "mag":
            continue
        one = found.setdefault(
            state["flux"],
            {
                "system": state.get("system"),
                "zeropoint": state.get("zeropoint"),
                "dereddened": state.get("dereddened"),
                "dust_map": state.get("dust_map"),
                "ab_offsets": state.get("offset"),
                "a_over_ebv": {},
                "bands": [],
                "nondetection": "NaN",
                "nonobserved": "null",
            },
        )
        one["bands"].append(state["band"])
        if state.get("a_over_ebv") is not None:
            one["a_over_ebv"][state["band"]] = state["a_over_ebv"]
    return found or None
