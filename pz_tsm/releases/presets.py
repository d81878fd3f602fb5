"""Selections that a science team recommends, and pieces of recipes, as data: each with its source.

``presets.yaml`` holds those of the Rubin photo-z team; a release's profile may add its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pz_tsm.errors import TsmError

FILE = Path(__file__).with_name("presets.yaml")
FORMAT = "tsm-presets/1"
MADE = re.compile(r"([ugrizy]_)?snr|n_detected|bands_(observed|detected)|redshift|survey|z_flag_homogenized")


class Criterion(BaseModel):
    """One thing that a preset asks for; ``{band}`` in it stands for each band of the preset in turn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: str = Field(min_length=1, description="The condition that a row must fulfil.")
    means: str = Field("", description="In words.")


class Preset(BaseModel):
    """A named selection: the conditions of ``criteria`` in every band of ``bands``, all of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    source: str
    note: str = ""
    bands: tuple[str, ...] = tuple("ugrizy")
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    def spelled(self) -> list[tuple[str, str]]:
        """(condition, words) of every criterion, band by band."""
        found = []
        for one in self.criteria:
            bands = self.bands if "{band}" in one.when else ("",)
            found += [
                (one.when.replace("{band}", band), one.means.replace("{band}", band) or "") for band in bands
            ]
        return found

    def condition(self) -> str:
        """The whole as one condition."""
        return " AND ".join(f"({text})" if " OR " in text else text for text, _ in self.spelled())

    def columns(self) -> list[str]:
        """Columns of the release that it reads, in order; those that our own steps make are left out."""
        from pz_tsm.expr import columns, parse

        found: dict[str, None] = {}
        for text, _ in self.spelled():
            found |= dict.fromkeys(sorted(columns(parse(text))))
        return [name for name in found if not MADE.fullmatch(name)]


@dataclass(frozen=True)
class Fragment:
    """Steps of a recipe that belong together."""

    title: str
    source: str
    note: str
    steps: tuple[dict[str, Any], ...]


def shipped() -> dict[str, Preset]:
    """The shipped presets, by the names that conditions know."""
    return dict(_loaded()[0])


def fragments() -> dict[str, Fragment]:
    """The shipped pieces of recipes, by name."""
    return dict(_loaded()[1])


def named(name: str, own: dict[str, Preset] | None = None) -> Preset | None:
    """The preset of that name, those of a profile (``own``) first; '-' and '_' are the same."""
    known = {**_loaded()[0], **(own or {})}
    return known.get(name) or {key.replace("-", "_"): one for key, one in known.items()}.get(
        name.replace("-", "_")
    )


def of_table(name: str, schema: Any) -> Preset | None:
    """The preset of that name for a table: of the release that it is matched to, or a shipped one."""
    if not re.fullmatch(r"[A-Za-z][\w-]*", name) or name in schema.names:
        return None
    from pz_tsm import releases

    profile = releases.of_table(schema)
    return named(name, profile.presets if profile else None)


@cache
def _loaded() -> tuple[dict[str, Preset], dict[str, Fragment]]:
    from ruamel.yaml import YAML

    data = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))
    if data.get("format") != FORMAT:
        raise TsmError(f"{FILE.name} does not begin with 'format: {FORMAT}'.", where=FILE.name)
    pieces = {
        name: Fragment(one["title"], one["source"], one.get("note", ""), tuple(one["steps"]))
        for name, one in data["fragments"].items()
    }
    return {name: Preset.model_validate(one) for name, one in data["presets"].items()}, pieces
