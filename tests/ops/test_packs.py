"""Rule packs as data: complete, with references and meanings, true to their sources, shown by examples."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from ruamel.yaml import YAML

from pz_tsm.errors import TsmError
from pz_tsm.ops import get
from pz_tsm.ops.base import Context
from pz_tsm.ops.homogenize import packs
from pz_tsm.ops.homogenize.packs import Pack

OP = get("homogenize")
HEAD = 'format: tsm-rules/1\nname: mine\nversion: "1"\nsurveys:\n'
REGISTERED = {  # entries of the registry by the name that the packs have for the survey
    "desi_edr": "DESI",
    "6dfgs_dr3": "6DFGS",
    "vvds_final": "VVDS",
    "vuds_dr1": "VUDS",
    "vandels_dr4": "VANDELS",
    "zcosmos_bright": "ZCOSMOS",
    "primus_dr1": "PRIMUS",
    "threedhst_v415": "3D-HST",
    "mosdef_final": "MOSDEF",
    "ozdes_dr2": "OZDES",
    "vimos_goodss": "VIMOS",
    "jades_dr3": "JADES",
    "astrodeep_gs43": "ASTRODEEP",
    "astrodeep_jwst": "ASTRODEEP-JWST",
    "euclid_q1_spe": "EUCLID_Q1",
    "help_dmu23": "HELP-DMU23",
    "xmm_lss_stalin": "XMM_LSS",
}
WITHOUT_RULE = {"ned", "candels_kodra", "hst_hyperion", "atlas_mao"}  # public.yaml says why


def facts(path):
    return YAML(typ="safe", pure=True).load(path.read_text())


@pytest.fixture(scope="session")
def sources(shared):
    return facts(shared / "domain" / "quality_flags.yaml")["surveys"]


@pytest.fixture(scope="session")
def registry(shared):
    return {one["id"]: one for one in facts(shared / "domain" / "public-specz-catalogs.yaml")["catalogs"]}


def pack(text: str) -> Pack:
    return Pack.model_validate(YAML(typ="safe", pure=True).load(HEAD + text))


def flag_of(name: str, value, **columns) -> int | None:
    """The flag of one row of a survey, by the shipped packs."""
    table = pa.table({"survey": [name, name], "z_flag": [value, value], **columns})
    rules = [one for one in packs.shipped() if packs.load(one).find(name.upper())][0]
    try:
        result = OP.run(table, OP.parse({"rules": rules, "unmapped": "null"}), Context())
    except TsmError as error:
        assert "No row gets a homogenized flag" in error.message
        return None
    return result.table["z_flag_homogenized"][0].as_py()


@pytest.mark.parametrize("name", packs.shipped())
def test_every_rule_of_a_shipped_pack_is_shown_by_an_example_that_holds(name):
    assert packs.check(packs.load(name)) == []


@pytest.mark.parametrize("name", packs.shipped())
def test_shipped_packs_say_where_they_come_from_and_what_each_value_means(name):
    one = packs.load(name)
    assert one.version and one.reference and one.title
    for survey, rules in one.surveys.items():
        assert rules.reference, survey
        assert all(rule.meaning for rule in rules.flag), survey
        assert one.status == "checked" or rules.facts["flags"], survey


def test_the_pipelines_pack_has_every_survey_of_its_source(sources):
    ours = packs.load("pz-server")
    assert len(sources) == 38 and {name.upper() for name in sources} == set(packs.known([ours]))
    for name, source in sources.items():
        _, rules = ours.find(name.upper())
        needed = [{"z_err": "redshift_err"}.get(one, one) for one in source["extra_columns_needed"]]
        assert rules.needs == needed, name
        assert rules.reference == source["reference"], name
        given = {one.is_ for one in rules.flag} | {rules.otherwise}
        assert given >= {one["homogenized"] for one in source["rules"]}, name
        if source["flag_kind"] != "constant":
            assert rules.otherwise == source["otherwise"], name
        if source["instrument_type"] in ("s", "g", "p"):
            assert rules.type == source["instrument_type"], name


def test_each_value_of_the_source_becomes_what_the_source_says(sources):
    tried = 0
    for name, source in sources.items():
        if source["flag_kind"] not in ("value", "last_digit") or name == "VIPERS_PDR2":
            continue
        extra = {one: ["s", "s"] for one in source["extra_columns_needed"]}
        for rule in source["rules"]:
            value = float(re.fullmatch(r".* = (-?[\d.]+)", rule["when"])[1])
            assert flag_of(name, value, **extra) == rule["homogenized"], (name, rule)
            tried += 1
            if source["flag_kind"] == "last_digit":
                assert flag_of(name, value + 20) == rule["homogenized"], (name, rule)
        if source["flag_kind"] == "value":
            assert flag_of(name, 77.0, **extra) is None, name
    assert tried > 100


def test_each_public_catalogue_has_a_rule_or_a_reason(registry):
    shipped = [packs.load(name) for name in packs.shipped()]
    for entry in registry:
        name = REGISTERED.get(entry, entry).upper()
        hit = next((one.name for one in shipped if one.find(name)), None)
        src = str(registry[entry]["flags"].get("src"))
        expected = None if entry in WITHOUT_RULE else "public" if src == "PROPOSED" else "pz-server"
        assert hit == expected, entry


def test_proposed_rules_are_those_of_the_registry(registry):
    tried = 0
    for entry in registry.values():
        table = entry["flags"].get("map", {})
        if entry["flags"].get("src") != "PROPOSED":
            continue
        for value, flag in table.items():
            digits = re.search(r"(\d+)$", str(value)) if str(value) != "else" else None
            number = value if isinstance(value, int) else float(digits[1]) if digits else 77.0
            assert flag_of(entry["id"], number) == flag, (entry["id"], value)
            tried += 1
        if "default" in entry["flags"]:
            assert flag_of(entry["id"], 1.0) == entry["flags"]["default"]
            tried += 1
    assert tried > 50


def test_the_proposed_rules_say_so():
    proposed = packs.load("public")
    assert proposed.status == "proposed"
    assert {proposed.status_of(rules) for rules in proposed.surveys.values()} == {"proposed"}
    assert packs.shipped()[:2] == ("pz-server", "public")
    assert not set(packs.known([proposed])) & set(packs.known([packs.load("pz-server")]))


def test_a_run_reads_the_same_rules_as_the_check():
    for name in packs.shipped():
        whole = Pack.model_validate(facts(packs.RULES / f"{name}.yaml"))
        assert any(rules.examples for rules in whole.surveys.values())
        assert packs.load(name).model_dump() == whole.model_dump()


GOOD = (
    '  KECK:\n    flag: [{when: "z_flag = 1", is: 4}, {when: "z_flag = 2", is: 2}]\n'
    '    otherwise: 0\n    type: [{when: "grism = 1", is: g}, {otherwise: s}]\n'
    '    class: [{when: "z_flag = 2", is: QSO}]\n    secondary: "slit = 2"\n    examples:\n'
    "      - {z_flag: 1, grism: 1, slit: 1, is: 4, type: g}\n"
    "      - {z_flag: 2, grism: 0, slit: 2, is: 2, class: QSO, secondary: true}\n"
    "      - {z_flag: 7, grism: 0, slit: 1, is: 0}\n"
)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("is: 4, type: g", "is: 3, type: g", "example 1 (z_flag = 1, grism = 1, slit = 1) should have is 3"),
        ("is: 4, type: g", "is: 4, type: s", "should have type 's', but gets 'g'"),
        ("class: QSO, sec", "class: null, sec", "should have class None, but gets 'QSO'"),
        ("      - {z_flag: 7, grism: 0, slit: 1, is: 0}\n", "", "no example shows 'otherwise: 0'"),
        ("z_flag: 2, grism: 0", "z_flag: 1, grism: 0", "no example shows the rule 'z_flag = 2'"),
        (", secondary: true", "", "no example shows the secondary where slit = 2"),
        (", type: g}", "}", "no example shows the type where grism = 1"),
        ("slit", "slot", None),
        ('"slit = 2"', '"slot = 2"', "slot"),
    ],
)
def test_a_pack_of_ones_own_is_checked_by_its_examples(old, new, said):
    assert packs.check(pack(GOOD)) == []
    assert old in GOOD
    found = packs.check(pack(GOOD.replace(old, new)))
    assert (found == []) if said is None else any(said in one for one in found), found
    assert all(one.startswith("KECK: ") for one in found)


def test_a_pack_without_examples_is_told_so():
    assert packs.check(pack('  KECK: {flag: [{when: "z_flag = 1", is: 4}]}\n')) == [
        "KECK: it has no examples."
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '  A:\n    flag:\n      - {when: "q = 1", is: 4}\n      - {when: "q = 2", is: 5}\n',
            "line 8, surveys > A > flag > 1 > is: 5 is no homogenized flag; allowed are 0, 1, 2, 3, 4, 6",
        ),
        ("  A:\n    flags: []\n", "line 5, surveys > A: there is no field 'flags' here; did you mean 'flag'"),
        ("  A:\n    type: s\n", "survey A has no flag rules"),
        (
            '  A:\n    flag: [{when: "q = 1", is: 4}]\n    type: [{when: "q = 1", is: x}]\n',
            "line 7, surveys > A > type: entry 1, is: 'x' is no instrument type; allowed are s, g, p",
        ),
        ("  A:\n    flag: [{when: 3, is: 4}]\n", "a condition is a text, not 3"),
    ],
)
def test_errors_in_a_file_name_line_value_and_what_is_allowed(tmp_path, text, words):
    (tmp_path / "bad.yaml").write_text(HEAD + text)
    with pytest.raises(TsmError, match=re.escape(words)):
        packs.load("bad.yaml", tmp_path)
