"""Flag-translation files that a user uploads with a Combine process, brought to our rule packs.

Two forms are read: a rule pack of ours (``format: tsm-rules/1``) and the pipeline's own YAML, whose tables
of values are taken over. Its Python expressions are never evaluated: those that read the same in our
condition language are taken over too, others are refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError

RADIUS_ARCSEC = 0.5
SHIPPED = ("pz-server", "default")  # named first, the pipeline's own pack judges as the pipeline does
FLAGS = (0, 1, 2, 3, 4, 6)


@dataclass
class Translation:
    """``rules``: what the step homogenize takes."""

    rules: list[str] = field(default_factory=lambda: list(SHIPPED))
    radius_arcsec: float = RADIUS_ARCSEC
    notes: list[str] = field(default_factory=list)


def read_translation(path: str | None, work: Path) -> Translation:
    """The translation of a process: the shipped packs, before them the uploaded file if there is one."""
    if not path:
        return Translation()
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    name = Path(path).name
    try:
        body = YAML(typ="safe").load(Path(path).read_text())
    except (YAMLError, OSError, UnicodeDecodeError) as error:
        raise TsmError(
            f"The flag translation file {name} is no readable YAML: {error}.", where=name
        ) from None
    if not isinstance(body, dict):
        raise TsmError(f"The flag translation file {name} is empty or no mapping.", where=name)
    if str(body.get("format", "")).startswith("tsm-rules/"):
        return Translation([path, *SHIPPED])
    rules = body.get("translation_rules")
    if not isinstance(rules, dict) or not rules:
        raise TsmError(f"The flag translation file {name} has no 'translation_rules'.", where=name)
    pack = {
        "format": "tsm-rules/1",
        "name": re.sub(r"\W", "-", Path(name).stem) or "uploaded",
        "version": "1",
        "surveys": {
            str(survey).upper(): survey_rules(str(survey), rule or {}) for survey, rule in rules.items()
        },
    }
    target = work.parent / "uploaded_rules.yaml"
    with open(target, "w") as file:
        YAML(typ="safe").dump(pack, file)
    try:
        radius = float(body.get("crossmatch_radius_arcsec", RADIUS_ARCSEC))
    except (TypeError, ValueError):
        raise TsmError(
            f"{name}: crossmatch_radius_arcsec must be a number.", where="crossmatch_radius_arcsec"
        ) from None
    return Translation([str(target), *SHIPPED], radius)


def survey_rules(survey: str, rule: dict[str, Any]) -> dict[str, Any]:
    flags, otherwise = conditions(survey, rule.get("z_flag_translation"), "z_flag")
    for one in flags:
        if one["is"] not in FLAGS:
            raise TsmError(
                f"Survey {survey}: {one['is']!r} is no homogenized flag (0, 1, 2, 3, 4, 6).", where=survey
            )
    found: dict[str, Any] = {"flag": flags, "otherwise": otherwise}
    if any("'" in one["when"] for one in flags):
        found["flag_type"] = "text"
    kinds = rule.get("instrument_type_translation")
    if isinstance(kinds, str):
        found["type"] = kinds
    elif kinds:
        listed, default = conditions(survey, kinds, "instrument_type")
        found["type"] = default if not listed else [*listed, {"otherwise": default}]
    return found


def conditions(survey: str, given: Any, column: str) -> tuple[list[dict[str, Any]], Any]:
    """``when``/``is`` pairs of a table of values with its ``default`` and ``conditions``."""
    if given is None:
        return [], None
    if not isinstance(given, dict):
        raise TsmError(f"Survey {survey}: a table of values is expected, not {given!r}.", where=survey)
    table = {str(value): result for value, result in given.items() if value not in ("default", "conditions")}
    numbers = all(re.fullmatch(r"-?\d+(\.\d+)?", text) for text in table)
    found = []
    for text, result in table.items():
        literal = text if numbers else "'" + text.replace("'", "''") + "'"
        found.append({"when": f"{column} = {literal}", "is": result})
    for one in given.get("conditions") or []:
        expression = (
            one.get("expr", one.get("expression", one.get("when"))) if isinstance(one, dict) else None
        )
        if expression is None:
            raise TsmError(f"Survey {survey}: a condition lacks its expression.", where=survey)
        found.append({"when": translated(survey, str(expression)), "is": one.get("value", one.get("is"))})
    return found, given.get("default")


def translated(survey: str, expression: str) -> str:
    """A Python comparison in our condition language; TsmError if it is more than that."""
    from pz_tsm.expr import parse

    text = expression.replace("==", "=").replace("!=", "<>").replace("&", " AND ").replace("|", " OR ")
    text = re.sub(r"(?<![\w'])~", " NOT ", text)
    text = re.sub(r'"([^"]*)"', r"'\1'", text)
    try:
        parse(text)
    except TsmError as error:
        raise TsmError(
            f"Survey {survey}: the expression '{expression}' can't be used here ({error.message}).",
            remedy="Write the rule as a rule pack of pz-tsm (format: tsm-rules/1): Python is not evaluated.",
            where=survey,
        ) from None
    return text
