"""What homogenize tells of its rules: each value, whose rules, what is proposed; rules of a recipe."""

from __future__ import annotations

import json

import kit
import numpy as np
import pyarrow as pa
import pytest

from pz_tsm.errors import TsmError
from pz_tsm.ops import get
from pz_tsm.ops.base import Context

OP = get("homogenize")


def run(columns: dict, **params):
    rows = max(len(one) for one in columns.values() if not isinstance(one, str))
    table = pa.table({name: [one] * rows if isinstance(one, str) else one for name, one in columns.items()})
    return OP.run(table, OP.parse(params or None), Context())


def flags(result):
    return result.table["z_flag_homogenized"].to_pylist()


def rules(result):
    return result.table["flag_rule"].to_pylist()


def told(result, survey):
    return result.report.details["surveys"][survey]


def fired(table):
    return json.loads(table.schema.metadata[b"tsm:rules"])


def test_each_value_is_listed_with_its_count_meaning_and_what_it_becomes():
    result = run({"survey": "VVDS", "z_flag": [3, 3, 3, 23, 9, None]})
    three, *rest = told(result, "VVDS")["values"]
    assert three == {
        "flag": "3",
        "rows": 3,
        "is": 3,
        "meaning": "very likely, ~95 %",
        "rule": "pz-server/VVDS:digit=3",
        "mixed": False,
    }
    assert [(one["flag"], one["rows"], one["is"]) for one in rest] == [
        ("9", 1, 2),
        ("23", 1, 3),
        (None, 1, 0),
    ]
    assert rest[-1]["rule"] == "pz-server/VVDS:otherwise" and rest[-1]["meaning"] is None
    assert told(result, "VVDS")["values_total"] == 4
    assert told(result, "VVDS")["status"] == "checked" and told(result, "VVDS")["read_as"] == "rules"


def test_a_value_whose_rows_got_different_flags_is_mixed():
    result = run({"survey": "2MRS", "z_flag": ["a", "a", "a", "b"], "redshift_err": [0.0, 1e-4, 1e-4, 0.1]})
    values = told(result, "2MRS")["values"]
    assert [(one["flag"], one["rows"], one["is"], one["mixed"]) for one in values] == [
        ("a", 2, 4, True),
        ("a", 1, 3, True),
        ("b", 1, 3, False),
    ]


def test_two_rules_with_the_same_flag_do_not_make_a_value_mixed():
    result = run({"survey": "ASTRODEEP", "zspec_survey": ["-", "VANDELS", "-"]})
    values = told(result, "ASTRODEEP")["values"]
    assert [(one["flag"], one["rows"], one["is"], one["mixed"]) for one in values] == [
        (None, 2, 3, False),
        (None, 1, 3, False),
    ]
    assert values[0]["meaning"] == "photometric redshift"


def test_unmapped_values_are_listed_too():
    result = run({"survey": "OzDES", "z_flag": [4.0, 7.0, 7.0, 3.5]}, unmapped="null")
    values = told(result, "OZDES")["values"]
    assert [(one["flag"], one["rows"], one["is"], one["rule"]) for one in values] == [
        ("7", 2, None, None),
        ("3.5", 1, None, None),
        ("4", 1, 4, "pz-server/OZDES:flag=4"),
    ]


def test_of_many_values_the_most_frequent_are_listed():
    numbers = np.concatenate([np.arange(10, 400), np.full(5, 77)])
    result = run({"survey": "VVDS", "z_flag": numbers})
    values = told(result, "VVDS")["values"]
    assert len(values) == 100 and told(result, "VVDS")["values_total"] == 390
    assert (values[0]["flag"], values[0]["rows"]) == ("77", 6)


def test_the_counts_of_values_and_of_the_table_agree_on_real_catalogues(shared):
    for table in kit.catalogues(shared, kit.ALL10).values():
        result = OP.run(table, OP.parse(None), Context())
        for name, survey in result.report.details["surveys"].items():
            assert survey["values_total"] == len(survey["values"]), name
            assert sum(one["rows"] for one in survey["values"]) == survey["rows"] == table.num_rows
            by_flag: dict[str, int] = {}
            for one in survey["values"]:
                key = "none" if one["is"] is None else str(one["is"])
                by_flag[key] = by_flag.get(key, 0) + one["rows"]
            assert by_flag == survey["flags"], name
        assert set(fired(result.table)) == set(rules(result))


def test_the_table_says_what_its_rules_mean():
    result = run({"survey": ["VVDS", "DEEP2"], "z_flag": [4, -1]})
    assert fired(result.table) == {
        "pz-server/VVDS:digit=4": {"is": 4, "meaning": "secure, ~99-100 %", "status": "checked"},
        "public/DEEP2:q=-1": {"is": 6, "meaning": "star", "status": "proposed"},
    }
    again = OP.run(result.table.drop_columns(["z_flag"]), OP.parse(None), Context())
    assert fired(again.table)["pz-server/VVDS:digit=4"]["meaning"] == "secure, ~99-100 %"
    assert rules(again) == rules(result)


def test_proposed_rules_are_not_used_in_silence():
    result = run({"survey": ["DEEP2", "DEEP2", "UDSZ", "VVDS"], "z_flag": [3, 4, 23, 4]})
    assert flags(result) == [3, 4, 3, 4]
    (finding,) = result.report.findings
    assert finding.level == "warning" and finding.count == 3
    assert "DEEP2 (2 rows, pack public), UDSZ (1 rows, pack public)" in finding.message
    assert told(result, "DEEP2")["status"] == "proposed"
    own = run(
        {"survey": "DEEP2", "z_flag": [3]}, surveys={"DEEP2": {"flag": [{"when": "z_flag = 3", "is": 3}]}}
    )
    assert not own.report.findings and told(own, "DEEP2")["status"] == "checked"


def test_a_survey_of_the_recipe_keeps_what_it_does_not_say():
    only_flags = {"VVDS": {"flag": [{"when": "DIGIT(z_flag) >= 3", "is": 4}]}}
    result = run({"survey": "VVDS", "z_flag": [3, 14, 23]}, surveys=only_flags)
    assert flags(result) == [4, 4, 4]
    assert result.table["spec_class"].to_pylist() == [None, "AGN", None]
    assert result.table["is_secondary"].to_pylist() == [False, False, True]
    assert told(result, "VVDS")["citation"] == "2013A&A...559A..14L"
    with pytest.raises(TsmError, match="VVDS '2'"):  # the pack's otherwise went with its flag rules
        run({"survey": "VVDS", "z_flag": [3, 2]}, surveys=only_flags)
    only_type = run({"survey": "VVDS", "z_flag": [3]}, surveys={"VVDS": {"type": "g"}})
    assert flags(only_type) == [3] and only_type.table["instrument_type"].to_pylist() == ["g"]
    assert rules(only_type) == ["recipe/VVDS:digit=3"]


def test_one_more_rule_changes_one_value():
    also = {"VVDS": {"also": [{"when": "DIGIT(z_flag) = 9", "is": 3}]}}
    result = run({"survey": "VVDS", "z_flag": [9, 29, 2, 7]}, surveys=also)
    assert flags(result) == [3, 3, 2, 0]


def test_the_meaning_of_a_value_stays_when_it_becomes_something_else():
    change = {"OzDES": {"flag": [{"when": "z_flag  = 3", "is": 2}, {"when": "z_flag = 9", "is": 0}]}}
    result = run({"survey": "OZDES", "z_flag": [3, 9]}, surveys=change)
    assert flags(result) == [2, 0]
    assert [one["meaning"] for one in told(result, "OZDES")["values"]] == [">= 95 %", None]


def test_changing_a_survey_by_another_name_of_it():
    for name in ("MOCK_DEEP", "mock-deep"):
        result = run({"survey": ["MOCK-DEEP", "MOCK_DEEP"], "z_flag": [9, 9]},
                     surveys={name: {"also": [{"when": "z_flag = 9", "is": 3}]}})  # fmt: skip
        assert flags(result) == [3, 3], name


def test_columns_that_only_replaced_rules_needed_are_not_asked_for():
    rule = {"flag": [{"when": "z_flag = 0", "is": 4}], "class": []}
    assert flags(run({"survey": "DESI_DR1", "z_flag": [0]}, surveys={"DESI_DR1": rule})) == [4]


def test_a_new_survey_needs_flag_rules():
    with pytest.raises(TsmError, match="KECK in 'surveys:' have no 'flag'") as error:
        run({"survey": "KECK", "z_flag": [1]}, surveys={"KECK": {"type": "s"}})
    assert "flag: [{when" in error.value.remedy


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            {"flag": [{"when": "z_flag = 1", "is": 5}]},
            "5 is no homogenized flag; allowed are 0, 1, 2, 3, 4, 6",
        ),
        ({"flags": []}, "there is no field 'flags' here; did you mean 'flag'"),
        (
            {"type": [{"when": "a = 1", "is": "x"}]},
            "entry 1, is: 'x' is no instrument type; allowed are s, g, p",
        ),
        (
            {"confidence": [{"when": "a = 1", "is": 2}]},
            "entry 1, is: Input should be less than or equal to 1",
        ),
    ],
)
def test_errors_in_a_recipes_rules_name_place_value_and_what_is_allowed(rule, words):
    with pytest.raises(TsmError, match="surveys.VVDS") as error:
        OP.parse({"surveys": {"VVDS": rule}})
    assert words in error.value.message


FRACTIONS = {"z_flag": [0.3, 0.995, 1.0], "type": "s"}


def test_a_survey_whose_rules_fit_fractions_goes_by_them():
    result = run({"survey": "EUCLID_Q1", **FRACTIONS})
    assert rules(result) == [f"pz-server/EUCLID_Q1:{one}" for one in ("p<0.7", "p>=0.99", "p>=0.99")]
    (finding,) = result.report.findings
    assert finding.level == "note" and "EUCLID_Q1 (3 rows)" in finding.message
    assert result.table["confidence"].to_pylist() == pytest.approx([0.3, 0.995, 1.0])


def test_the_pipelines_pack_reads_probabilities_first_as_the_pipeline_does():
    constant = run({"survey": "ELG_FIGS", **FRACTIONS})
    assert flags(constant) == [3, 3, 3] and rules(constant) == ["pz-server/ELG_FIGS:always"] * 3
    pipeline = run({"survey": "ELG_FIGS", **FRACTIONS}, rules="pz-server")
    assert flags(pipeline) == [1, 4, 4] and told(pipeline, "ELG_FIGS")["read_as"] == "probabilities"
    (finding,) = pipeline.report.findings
    assert (
        finding.level == "warning"
        and "rules for the flags of ELG_FIGS, which are not used" in finding.message
    )


def test_rules_that_take_the_digit_say_nothing_about_fractions():
    result = run({"survey": ["VVDS", "OZDES", "NED"], "z_flag": [0.98, 0.5, 0.98], "type": "s"})
    assert flags(result) == [3, 1, 3]
    assert set(rules(result)) == {"pz-server/probability:p<0.99", "pz-server/probability:p<0.7"}
    (finding,) = result.report.findings
    assert finding.level == "warning" and finding.count == 3
    assert "rules for the flags of VVDS, OZDES" in finding.message


def test_surveys_of_one_input_are_read_each_in_its_way():
    result = run({"survey": ["ELG_FIGS", "NED", "ELG_FIGS"], "z_flag": [0.2, 0.2, 0.9], "type": "s"})
    assert flags(result) == [3, 1, 3]
    assert result.table["confidence"].to_pylist() == [None, pytest.approx(0.2), None]
    assert [one["rows"] for one in result.report.details["probability"]] == [1]


def test_rules_that_the_recipe_wrote_come_before_probabilities():
    mine = {"flag": [{"when": "z_flag > 0.25", "is": 4}], "otherwise": 1, "type": "s"}
    for packs in ("default", "pz-server"):
        result = run({"survey": "NED", "z_flag": [0.3, 0.2]}, surveys={"NED": mine}, rules=packs)
        assert flags(result) == [4, 1]


def test_a_recipe_changes_one_value_of_probabilities_only():
    also = {"also": [{"when": "z_flag >= 0.98", "is": 4}]}
    for name in ("NED", "VVDS"):  # one without a pack, one whose rules say nothing about fractions
        result = run({"survey": name, "z_flag": [0.98, 0.5], "type": "s"}, surveys={name: also})
        assert flags(result) == [4, 1]
        assert rules(result) == [f"recipe/{name}:z_flag >= 0.98", "pz-server/probability:p<0.7"]


def test_the_pack_that_a_recipe_builds_on_is_told():
    result = run({"survey": "VVDS", "z_flag": [9]}, surveys={"VVDS": {"also": []}})
    assert told(result, "VVDS")["pack"] == "recipe"
    assert told(result, "VVDS")["based_on"].startswith("pz-server ")


def test_proposed_rules_do_not_come_before_probabilities():
    hetdex = {"survey": "HETDEX", "z_flag": [0.95, 0.5], "type": "s"}
    assert flags(run(hetdex)) == [3, 1]
    assert flags(run(hetdex, rules="public")) == [3, 2]


def test_rules_whose_columns_are_missing_give_way_to_probabilities():
    result = run({"survey": "2MRS", "z_flag": [0.98, 0.5], "type": "s"})
    assert flags(result) == [3, 1]
    with_error = run({"survey": "2MRS", "z_flag": [0.98, 0.5], "type": "s", "redshift_err": [1e-4, 0.1]})
    assert flags(with_error) == [4, 3]


def test_a_table_of_another_order_gets_the_same_flags_and_the_same_report():
    rng = np.random.default_rng(5)
    flag = rng.choice([0, 1, 2, 3, 4, 9, 13, 24], 500)
    name = rng.choice(["VVDS", "VUDS", "OZDES"], 500)
    table = pa.table({"survey": name, "z_flag": flag, "row": np.arange(500)})
    one = OP.run(table, OP.parse({"unmapped": "null"}), Context())
    other = OP.run(table.take(rng.permutation(500)), OP.parse({"unmapped": "null"}), Context())
    assert other.table.sort_by("row").equals(one.table)
    assert other.report.details["surveys"] == one.report.details["surveys"]
