"""A pack's own tests: its examples run through its rules, and every rule shown by an example."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.homogenize import rules_run as run_rules
from pz_tsm.ops.homogenize.pack_model import Example, Pack, SurveyRules
from pz_tsm.ops.homogenize.rows import CLASSES, TYPES

if TYPE_CHECKING:
    import pyarrow as pa


def problems(pack: Pack) -> list[str]:
    """Sentences on examples that come out otherwise, and on rules that no example shows."""
    found: list[str] = []
    for name, rules in pack.surveys.items():
        if not rules.examples:
            found.append(f"{name}: it has no examples.")
            continue
        try:
            found += [f"{name}: {said}" for said in _of_survey(name, rules)]
        except TsmError as error:
            found.append(f"{name}: {error.message}")
    return found


def _of_survey(name: str, rules: SurveyRules) -> list[str]:
    import numpy as np

    table = _table(rules.examples)
    run_rules.need_columns(table, name, rules)
    table, unread = run_rules.flag_as(table, rules.flag_type)
    applied = run_rules.apply_flags(table, rules.rules, rules.otherwise, name)
    applied.flag[unread], applied.rule[unread] = np.nan, -1
    kinds = run_rules.choose(table, rules.type_rules(), TYPES, name)
    classes = run_rules.choose(table, rules.class_, CLASSES, name)
    second = run_rules.secondary(table, rules, name)
    sure = run_rules.confidence(table, rules, name)
    found = []
    for at, example in enumerate(rules.examples):
        flag = None if np.isnan(applied.flag[at]) else int(applied.flag[at])
        class_ = CLASSES[classes[at]] if classes[at] >= 0 else "STAR" if flag == 6 else None
        got: dict[str, Any] = {
            "is": flag,
            "type": TYPES[kinds[at]] if kinds[at] >= 0 else None,
            "class": class_,
            "secondary": bool(second[at]),
            "confidence": None if np.isnan(sure[at]) else round(float(sure[at]), 6),
        }
        wanted = example.model_dump(by_alias=True, exclude_unset=True, include={"is_", *_FIELDS})
        row = ", ".join(f"{key} = {value!r}" for key, value in example.row().items())
        found += [
            f"example {at + 1} ({row}) should have {key} {value!r}, but gets {got[key]!r}."
            for key, value in wanted.items()
            if got[key] != value
        ]
    return found + _not_shown(table, rules, applied.rule, name)


_FIELDS = ("type", "class_", "secondary", "confidence")


def _not_shown(table: pa.Table, rules: SurveyRules, fired: Any, name: str) -> list[str]:
    """Rules that decide no example (of types and classes: none of which an example says the result)."""
    seen = set(fired.tolist())
    found = [
        f"no example shows the rule '{one.name}'." for at, one in enumerate(rules.rules) if at not in seen
    ]
    if rules.otherwise is not None and len(rules.rules) not in seen:
        found.append(f"no example shows 'otherwise: {rules.otherwise}'.")
    told = {field: [one.model_dump()[field] for one in rules.examples] for field in _FIELDS}
    for field, conditions in (
        ("type", [one.when for one in rules.type_rules() if one.when]),
        ("class_", [one.when for one in rules.class_]),
        ("secondary", [rules.secondary] if rules.secondary else []),
    ):
        for condition in conditions:
            true = run_rules.choose(table, [_When(condition)], ("yes",), name) == 0
            if not any(
                value not in (None, False) for value, hit in zip(told[field], true, strict=True) if hit
            ):
                found.append(f"no example shows the {field.rstrip('_')} where {condition}.")
    return found


class _When:
    """A condition in the shape of a rule."""

    otherwise = None
    is_ = "yes"

    def __init__(self, when: str) -> None:
        self.when = when


def _table(examples: list[Example]) -> pa.Table:
    """The examples' rows as a table: a column is text where any of its values is."""
    import pyarrow as pa

    rows = [one.row() for one in examples]
    columns: dict[str, Any] = {}
    for name in dict.fromkeys(key for row in rows for key in row):
        values = [row.get(name) for row in rows]
        if any(isinstance(value, str) for value in values):
            values = [value if value is None else str(value) for value in values]
        elif any(isinstance(value, float) for value in values):
            values = [value if value is None else float(value) for value in values]
        columns[name] = pa.array(values)
    return pa.table(columns) if columns else pa.table({"": pa.nulls(len(rows))})
