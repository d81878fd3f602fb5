"""The shipped entries in one file: YAML takes too long to read at each start.

``catalogues.json`` is made from ``catalogues/*.yaml`` and the rule packs by ``make schemas``, and checked to
be up to date by the tests. Nothing else writes it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pz_tsm.sources.registry.model import FORMAT, Entry
from pz_tsm.sources.registry.reading import read_entries
from pz_tsm.sources.registry.rules import with_rules

HERE = Path(__file__).parent
FOLDER = HERE / "catalogues"
PACKED = HERE / "catalogues.json"


def packed() -> str:
    """The text of ``catalogues.json`` as it should be."""
    entries = [
        entry
        for path in sorted(FOLDER.glob("*.yaml"))
        for entry in read_entries(path.read_text("utf-8"), path.name)
    ]
    return text({"format": FORMAT, "entries": [_plain(with_rules(entry)) for entry in entries]})


def schema() -> dict[str, Any]:
    """The JSON Schema of a file of entries."""
    from pz_tsm.sources.registry.model import OwnFile

    return OwnFile.model_json_schema()


def text(value: Any) -> str:
    """Laid out like the other generated files."""
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _plain(entry: Entry) -> dict[str, Any]:
    return entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
