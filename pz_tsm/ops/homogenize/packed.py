"""The shipped rule packs as JSON, without their examples: YAML takes too long to read at each start.

``rules/packed.json`` is made from ``rules/*.yaml`` by ``make schemas``, and checked to be up to date by the
tests. It names each pack by the sha256 of its YAML: text that has changed since is not in it, and is parsed.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).parent / "rules"
PACKED = RULES / "packed.json"


def known(text: str) -> dict[str, Any] | None:
    """What a pack's YAML says but for the examples; None if it is not that of a shipped pack."""
    return _packed().get(_name(text))


def packed() -> str:
    """The text of ``packed.json`` as it should be."""
    from ruamel.yaml import YAML

    made = {}
    for path in sorted(RULES.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        made[_name(text)] = YAML(typ="safe", pure=True).load(without_examples(text))
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def without_examples(text: str) -> str:
    """The YAML of a pack without what only its check reads: nearly half of it."""
    return re.sub(r"(?m)^ {4}examples:.*\n(?:(?: {5}.*)?\n)*", "", text)


@cache
def _packed() -> dict[str, dict[str, Any]]:
    try:
        return json.loads(PACKED.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
