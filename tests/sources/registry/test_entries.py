"""Every shipped entry of the registry: complete, in words that the rest of the product knows."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from pz_tsm.ops.homogenize import packs
from pz_tsm.recipe.canonical import flow
from pz_tsm.recipe.model import Recipe
from pz_tsm.sources import registry
from pz_tsm.sources.registry import pack
from pz_tsm.sources.registry.model import MEANING, Stated
from pz_tsm.sources.registry.reading import read_entries
from pz_tsm.sources.registry.shipped import shipped

FILES = sorted(pack.FOLDER.glob("*.yaml"))
ENTRIES = {entry.id: entry for entry in shipped()}
# no rules, on purpose: probabilities, part of another catalogue, or not known
WITHOUT_SURVEY = {"ned", "candels_kodra", "hst_hyperion", "atlas_mao"}

each = pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)


def facts(entry):
    """Every statement of an entry, with its place."""
    for name in ("reference", "rows", "area_deg2", "z_range", "frame", "flags", "object_type", "matches"):
        if getattr(entry, name) is not None:
            yield name, getattr(entry, name)
    for name in ("citation", "acknowledgement", "licence"):
        if getattr(entry, name) is not None:
            yield name, getattr(entry, name)
    for name in ("caveats", "footprint"):
        yield from ((f"{name}[{i}]", one) for i, one in enumerate(getattr(entry, name) or []))


def recipe_of(entry, number):
    written = flow(registry.recipe_input(entry, number))
    return Recipe.parse(f"format: tsm-recipe/1\ninputs: {{it: {written}}}\nsteps: []\n")


def test_all_48_are_there_each_in_a_file_of_its_name():
    assert len(FILES) == 48
    assert {path.stem for path in FILES} == set(ENTRIES)
    assert all(read_entries(path.read_text("utf-8"), path.name)[0].id == path.stem for path in FILES)


def test_what_is_read_at_the_start_is_what_the_files_and_the_rule_packs_say():
    assert pack.PACKED.read_text("utf-8") == pack.packed(), "run make schemas"


@each
def test_entry_is_complete(entry):
    assert entry.reference.text and entry.cite
    assert entry.access or entry.no_access
    for way in entry.access:
        assert way.source is not None or way.page or way.file or way.note, (
            "a way, or a plain statement why none"
        )
        assert way.confidence in MEANING and way.columns_confidence in MEANING
    assert entry.flags.meaning or entry.flags.note, "the flags, or that their meaning is not known"
    assert not entry.own


@each
def test_every_fact_says_how_sure_it_is_and_what_is_verified_where(entry):
    for place, fact in facts(entry):
        assert isinstance(fact, Stated) and fact.confidence in MEANING, place
        if place in ("reference", "flags", "frame", "matches") and fact.confidence == "verified":
            assert fact.source, f"{place}: verified, but not where"
    for shape in entry.footprint or []:
        assert shape.confidence == "unverified", "footprints are rough circles and boxes, from memory"


@each
def test_the_survey_and_its_flags_are_those_of_the_rule_packs(entry):
    if entry.survey is None:
        assert entry.id in WITHOUT_SURVEY
        assert entry.flags.status == "none" and not entry.flags.rules
        return
    hits = [(one, hit) for name in packs.shipped() if (hit := (one := packs.load(name)).find(entry.survey))]
    assert hits, f"no rule pack knows survey {entry.survey}"
    owner, (name, rules) = hits[0]
    assert name == entry.survey, "its name in the pack, no alias"
    assert entry.flags.status == owner.status_of(rules)
    assert [rule.is_ for rule in entry.flags.rules] == [rule.is_ for rule in rules.rules]
    assert entry.flags.needs == rules.needs
    kinds = {one.is_ or one.otherwise for one in rules.type_rules()}
    assert entry.type in kinds, f"type {entry.type}, but the rules give {kinds}"


@each
def test_every_address_is_one(entry):
    addresses = [way.page for way in entry.access if way.page]
    for way in entry.access:
        if way.kind == "url":
            addresses.append(way.source["url"])
        if way.kind == "tap" and "://" in way.source["tap"]["service"]:
            addresses.append(way.source["tap"]["service"])
    for address in addresses:
        parts = urlsplit(address)
        assert parts.scheme in ("http", "https") and "." in parts.netloc, address
        assert not any(mark in address for mark in (" ", "<", ">", "*")), address


@each
def test_a_recipe_takes_every_source(entry):
    for number, way in enumerate(entry.access):
        if way.source is None:
            with pytest.raises(registry.TsmError, match="can't be fetched"):
                registry.recipe_input(entry, number)
            continue
        spec = recipe_of(entry, number).inputs["it"].spec
        assert spec["from"] == way.source and spec.get("survey") == entry.survey
        for role, name in spec.get("columns", {}).items():
            assert way.columns[role] == [name]


@each
def test_every_source_is_recognised_again(entry):
    for number, way in enumerate(entry.access):
        if way.source is not None:
            found = registry.known(recipe_of(entry, number).inputs["it"].spec["from"])
            assert found is not None and found[0].id == entry.id and found[1].source == way.source
