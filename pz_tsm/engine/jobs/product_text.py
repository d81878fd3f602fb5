"""What a registered result says about itself: the product's description, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pz_tsm.engine.jobs.register import Made

ACCESS = "## How to read it"
AFTER_ACCESS = "## How it was made"


def describe(made: Made, key: int, name: str, url: str | None, columns: int, hidden: bool) -> str:
    """The whole text. ``name``: internal name; ``url``: the engine's address; ``hidden``: left a draft."""
    from pz_tsm.bundle.provenance import RIGHTS

    what = "Training set for photometric redshifts" if made.kind == "training_set" else "Redshift catalogue"
    rows = made.lock["output"]["rows"]
    lines = [f"- {rows:,} rows, {columns:,} columns"]
    parts = [part for part in made.parts if part["name"] != "all"]
    if parts:
        lines.append("- parts: " + ", ".join(f"{part['name']} {part['rows']:,}" for part in parts))
    if made.release:
        lines.append(f"- objects of the release `{made.release}`")
    lines.append(f"- access: {RIGHTS.get(made.access, made.access)}")
    if hidden:
        lines.append(
            "- not published: it may hold data of a release that this engine does not know, so that others "
            "who use the engine do not see it. Publish it if they may."
        )
    sections = [
        made.about or f"{what}, made by the recipe {made.title}.",
        "\n".join(lines),
        f"{ACCESS}\n\n{access(made, key, name, url)}",
        f"{AFTER_ACCESS}\n\n{steps(made.reports)}",
        "## How to cite\n\n`CITATION.cff` is for this data set, `references.bib` for what went into it:\n\n"
        "```bibtex\n" + "\n\n".join(text.strip() for text in made.citations) + "\n```",
        f"## Where it comes from\n\n- bundle: `{made.out}`\n- run: `{made.run}`\n"
        f"- recipe: `{made.lock['recipe']['id']}`\n- digest of the table: `{made.lock['output']['digest']}`",
    ]
    return "\n\n".join(section.rstrip() for section in sections) + "\n"


def access(made: Made, key: int, name: str, url: str | None) -> str:
    """How to read the product: with the library, the official client, and by REST. No token stands in it."""
    here = f"{url}/api/" if url else "http://127.0.0.1:PORT/api/"
    return f"""With `pz_tsm`, in a kernel on this machine:

```python
import pz_tsm

table = pz_tsm.read({{"from": {{"pzserver": "{name}"}}}})
```

With the official client `pzserver`; `ensure` finds this machine's engine, whatever its port:

```python
from pz_tsm.engine.runtime import ensure
from pzserver import PzServer

engine = ensure()
server = PzServer(token=engine.token, host=f"{{engine.url}}/api/")
table = server.get_product("{name}")
```

By REST, with your token in `$TOKEN` (the port may be another one after a restart):

```sh
curl -H "Authorization: Token $TOKEN" {here}products/{key}/
curl -H "Authorization: Token $TOKEN" -X POST {here}products/{key}/download/main-file/prepare/
```

Or from its bundle, while it is there:

```python
table = pz_tsm.read({str(made.out / "data" / "training_set.parquet")!r})
```"""


def access_part(description: str | None) -> str:
    """The part of a description that says how to read the product; empty if somebody took it out."""
    _, found, rest = (description or "").partition(f"{ACCESS}\n\n")
    return rest.partition(f"\n\n{AFTER_ACCESS}")[0].strip() if found else ""


def steps(reports: list[dict[str, Any]]) -> str:
    """The row accounting as a numbered list."""
    lines = []
    for number, report in enumerate(reports, 1):
        of = f" ({report['input']})" if report.get("input") else ""
        line = f"{number}. **{report['op']}**{of}: {report['rows_in']:,} rows in, {report['rows_out']:,} out"
        for words, key in (("left out", "dropped"), ("added", "added"), ("set aside", "set_aside")):
            counts = report.get(key) or {}
            if counts:
                line += f"; {words}: " + ", ".join(f"{count:,} {reason}" for reason, count in counts.items())
        lines.append(line)
    return "\n".join(lines)
