"""Values as text: canonical JSON (RFC 8785) for identities, and YAML that people read."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from pz_tsm.recipe.yaml_core import scalar

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./+-]*")


def canonical_json(value: Any) -> str:
    """RFC 8785: keys sorted, no blanks, numbers as JavaScript writes them. Integers keep all their digits."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical_json(key)}:{canonical_json(value[key])}" for key in keys) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(canonical_json(item) for item in value) + "]"
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """A float as ECMAScript's Number.toString writes it."""
    if not math.isfinite(value):
        return json.dumps(str(value))  # JSON has no such number
    if value == 0:
        return "0"
    text = repr(value)
    mantissa, _, power = text.partition("e")
    if not power:
        return mantissa.removesuffix(".0")
    exponent = int(power)
    sign = "-" if mantissa.startswith("-") else ""
    digits = mantissa.lstrip("-").replace(".", "").removesuffix("0") or "0"
    if 0 <= exponent < 21:
        return sign + digits + "0" * (exponent - len(digits) + 1)
    if -7 < exponent < 0:
        return sign + "0." + "0" * (-exponent - 1) + digits
    head = digits[0] + ("." + digits[1:] if digits[1:] else "")
    return f"{sign}{head}e{'+' if exponent > 0 else '-'}{abs(exponent)}"


def flow(value: Any) -> str:
    """A value on one line of YAML: ``{radius_arcsec: 0.75, eligible: secure_galaxy}``."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, str):
        plain = (
            PLAIN.fullmatch(value)
            and scalar(value) == value
            and value.lower() not in ("yes", "no", "on", "off")
        )
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    if isinstance(value, float):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return json.dumps(value)


def _key(key: Any) -> str:
    text = str(key)
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def document(value: dict[str, Any]) -> str:
    """A recipe as text: inputs, steps and writes one a line."""
    lines: list[str] = []
    for key, item in value.items():
        if isinstance(item, dict) and item and key == "inputs":
            lines.append(f"{key}:")
            for name, spec in item.items():
                steps = spec.get("steps") if isinstance(spec, dict) else None
                if not steps:
                    lines.append(f"  {_key(name)}: {flow(spec)}")
                    continue
                lines.append(f"  {_key(name)}:")
                lines += [f"    {_key(k)}: {flow(v)}" for k, v in spec.items() if k != "steps"]
                lines.append("    steps:")
                lines += [f"      - {_item(step)}" for step in steps]
        elif isinstance(item, list) and item and key in ("steps", "write"):
            lines.append(f"{key}:")
            lines += [f"  - {_item(step)}" for step in item]
        else:
            lines.append(f"{_key(key)}: {flow(item)}")
    return "\n".join(lines) + "\n"


def _item(step: Any) -> str:
    if isinstance(step, dict) and len(step) == 1:
        ((name, params),) = step.items()
        return f"{_key(name)}: {flow(params)}"
    return flow(step)
