"""The bundle's README.md: what it is, how it was made, who may see it, whom to cite, how to make it again."""

from __future__ import annotations

from typing import Any

from pz_tsm import bundle
from pz_tsm.bundle import acknowledge, inputs
from pz_tsm.bundle.provenance import RIGHTS, Facts
from pz_tsm.version import version

ABOUT = {
    bundle.TABLE: "the training set, all rows and columns",
    bundle.MEASUREMENTS: "all measurements of every galaxy, as before the match",
    bundle.EXCLUDED: "the rows that left, at which step (`step`, an activity of provenance.json) and why "
    "(`reason`), with the catalogue's position and redshift",
    bundle.PUBLIC: "the public part",
}


def render(facts: Facts, files: list[str]) -> str:
    """The whole text."""
    sections = [
        f"# {facts.title}\n\n{facts.description}\n\n{_what(facts)}",
        f"## Access rights\n\n{_access(facts)}",
        f"## How it was made\n\n{_steps(facts.steps)}",
        _photometry(facts),
        f"## Contributing surveys\n\n{_surveys(facts)}",
        f"## Caveats\n\n{_list(facts.caveats) or 'None known.'}",
        f"## Columns of {bundle.TABLE}\n\n{_columns(facts.schema)}",
        f"## Files\n\n{_list(_file(name) for name in files)}",
        "## How to cite\n\n`CITATION.cff` is for this data set, `references.bib` for the surveys"
        f"{', the release' if facts.matched else ''} and the software whose work is in it; "
        f"`{acknowledge.FILE}` is for the acknowledgements of a paper.",
        f"## How to make it again\n\n```\npip install pz-tsm=={version()}\npz-tsm run {bundle.RECIPE} -o "
        f"again --base DIR\n"
        f"pz-tsm verify .\n```\n\nDIR is the folder from which the inputs' paths start; the run says whether "
        f"its rows are those that the lock names. The recipe's id is `{facts.recipe_id}`, the digest of the "
        f"table `{facts.lock['output']['digest']}`.{inputs.readme(facts.inputs)}",
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _access(facts: Facts) -> str:
    if facts.public is None:
        return RIGHTS[facts.access]
    return (
        f"{RIGHTS[facts.access]}\n\n`{bundle.PUBLIC}` has its own: {RIGHTS[facts.public]} It holds the "
        "redshifts as they were before the match, and nothing that comes from an object of a release."
    )


def _file(name: str) -> str:
    return f"`{name}`: {ABOUT[name]}" if name in ABOUT else f"`{name}`"


def _what(facts: Facts) -> str:
    lines = [
        f"- version {facts.version}, made {facts.created} by pz-tsm {version()}",
        f"- {facts.rows} rows, of which {facts.best} are training rows (`is_best`)",
    ]
    if facts.parts:
        lines.append("- parts: " + ", ".join(f"{name} {count}" for name, count in facts.parts.items()))
    if facts.release:
        lines.append(
            f"- photometry: {facts.profile.title if facts.profile else facts.release} (`{facts.release}`)"
        )
    return "\n".join(lines)


def _steps(steps: list[dict[str, Any]]) -> str:
    lines = []
    for number, step in enumerate(steps, 1):
        what = f"{step['op']} ({step['input']})" if step.get("input") else step["op"]
        line = f"{number}. **{what}**: {step['rows_in']} rows in, {step['rows_out']} out"
        for title, counts in (
            ("dropped", step.get("dropped")),
            ("added", step.get("added")),
            ("set aside", step.get("set_aside")),
        ):
            if counts:
                line += f"; {title}: " + ", ".join(f"{count} {reason}" for reason, count in counts.items())
        lines.append(line)
    return "\n".join(lines) or "No steps."


def _photometry(facts: Facts) -> str:
    if not facts.photometry:
        return ""
    lines = []
    for name, one in facts.photometry.items():
        dust = f"dereddened with {one['dust_map']}" if one["dereddened"] else "not corrected for extinction"
        offset = f", zero-point offsets {one['ab_offsets']}" if one["ab_offsets"] else ""
        point = f", zero point {one['zeropoint']}" if one["zeropoint"] is not None else ""
        lines.append(
            f"- {name} ({', '.join(one['bands'])}): AB magnitudes{point}, {dust}{offset}; null where not "
            f"observed, "
            "NaN where the flux is not positive (RAIL files: inf and NaN)"
        )
    return "## Photometry\n\n" + "\n".join(lines)


def _surveys(facts: Facts) -> str:
    if not facts.surveys:
        return "The table names no survey."
    lines = ["| survey | rows | types | reference | licence |", "|---|---|---|---|---|"]
    for one in facts.surveys:
        kinds = ", ".join(f"{kind} {count}" for kind, count in one.types.items())
        lines.append(
            f"| {_cell(one.name)} | {one.best} | {kinds} | "
            f"{_cell(one.reference or 'not known: ask the catalogue')} | "
            f"{_cell(acknowledge.terms(one).licence or 'not known')} |"
        )
    missing = acknowledge.unknown(facts.surveys)
    if missing:
        lines += [
            "",
            f"No terms of use are known for {', '.join(missing)}: ask whoever made the catalogue before you "
            "publish its rows.",
        ]
    return "\n".join(lines)


def _columns(schema: dict[str, Any]) -> str:
    lines = ["| column | type | unit | meaning |", "|---|---|---|---|"]
    for one in schema["columns"]:
        lines.append(
            f"| {_cell(one['name'])} | {one['type']} | {one.get('unit', '')} | "
            f"{_cell(one.get('description', ''))} |"
        )
    return "\n".join(lines)


def _list(lines: Any) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
