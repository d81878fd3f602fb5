"""The entries that come with the product, read once."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from pz_tsm.sources.registry.model import Entry

PACKED = Path(__file__).parent / "catalogues.json"  # made by pack.py


@cache
def shipped() -> tuple[Entry, ...]:
    """All of them, by id."""
    content = json.loads(PACKED.read_text(encoding="utf-8"))
    return tuple(Entry.model_validate(one) for one in content["entries"])
