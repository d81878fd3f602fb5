"""homogenize against the oracle of the existing pipeline, and in the situations that go wrong in practice."""

from __future__ import annotations

import kit
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm.errors import TsmError
from pz_tsm.expr import mask, parse
from pz_tsm.ops import get
from pz_tsm.ops.base import Context
from pz_tsm.ops.homogenize import packs

OP = get("homogenize")


def run(table: pa.Table, **params):
    return OP.run(table, OP.parse(params or None), Context())


def small(**columns) -> pa.Table:
    n = max(len(value) for value in columns.values() if isinstance(value, list))
    return pa.table(
        {name: value if isinstance(value, list) else [value] * n for name, value in columns.items()}
    )


def column(result, name):
    return result.table.column(name).to_pylist()


@pytest.fixture(scope="session")
def oracle(shared):
    table = pq.read_table(shared / "data" / "oracles" / "combine_all10_r0.5_independent.parquet")
    names = ("CRD_ID", "z_flag_homogenized", "instrument_type_homogenized")
    return {
        one: (flag, kind)
        for one, flag, kind in zip(*(table[name].to_pylist() for name in names), strict=True)
    }


@pytest.mark.parametrize("prefix", kit.ALL10)
@pytest.mark.parametrize("rules", ["pz-server", "default"])
def test_flag_and_type_of_every_row_equal_the_oracle(shared, oracle, prefix, rules):
    (table,) = kit.catalogues(shared, (prefix,)).values()
    result = run(table, rules=rules)
    got = zip(column(result, "z_flag_homogenized"), column(result, "instrument_type"), strict=True)
    wrong = [
        (one, pair, oracle[one])
        for one, pair in zip(kit.crd_ids(table), got, strict=True)
        if pair != oracle[one]
    ]
    assert table.num_rows == 1000 and not wrong
    assert None not in column(result, "flag_rule")


def test_elais_is_taken_with_its_types(shared):
    (table,) = kit.catalogues(shared, ("020",)).values()
    told = run(table, rules="pz-server").report.details["surveys"]["ELAISFBMC"]
    assert told["flags"] == {"0": 2528, "1": 72, "3": 1060, "6": 102}
    assert set(told["types"]) == {"s", "p"}


def test_previous_product_keeps_its_flags(shared):
    table = pq.read_table(shared / "data" / "specz" / "previous_product_slice.parquet")
    result = run(table)
    assert column(result, "z_flag_homogenized") == table["z_flag_homogenized"].to_pylist()
    assert column(result, "instrument_type") == table["instrument_type_homogenized"].to_pylist()
    assert set(column(result, "flag_rule")) <= {"given", None}


def test_secure_galaxy_keeps_no_star_photo_z_or_zero_redshift(shared):
    parts = [run(table).table for table in kit.catalogues(shared, kit.ALL10).values()]
    names = ["z_flag_homogenized", "instrument_type", "spec_class", "redshift"]
    table = pa.concat_tables([part.select(names) for part in parts])
    kept = table.filter(mask("secure_galaxy", table))
    assert 4000 < kept.num_rows < 7000
    assert set(kept["z_flag_homogenized"].to_pylist()) == {3, 4}
    assert set(kept["instrument_type"].to_pylist()) == {"s"}
    assert not {"STAR", "QSO"} & set(kept["spec_class"].to_pylist())
    assert min(kept["redshift"].to_pylist()) > 0.002


def test_survey_column_missing_is_refused_by_name(shared):
    table = pq.read_table(shared / "data" / "bad_inputs" / "test_survey_col_missing.parquet")
    with pytest.raises(TsmError, match="'survey'") as error:
        run(table)
    assert error.value.where == "survey" and "survey: NAME" in error.value.remedy


def test_unsupported_survey_is_refused_by_name(shared):
    table = pq.read_table(shared / "data" / "bad_inputs" / "test_survey_not_supported.parquet")
    with pytest.raises(TsmError, match="NOT_SUPPORTED.*100 rows") as error:
        run(table)
    assert "VVDS" in error.value.remedy


def test_misspelt_survey_gets_the_nearest_name():
    with pytest.raises(TsmError) as error:
        run(small(survey="VANDLES", z_flag=[3]))
    assert "Did you mean VANDELS" in error.value.remedy


def test_rows_without_a_survey_are_counted():
    with pytest.raises(TsmError, match="2 rows have no survey"):
        run(small(survey=["VVDS", None, None], z_flag=[3, 3, 4]))


def test_missing_columns_of_a_survey_are_named():
    with pytest.raises(TsmError, match="DESI needs columns 'SPECTYPE', 'ZCAT_PRIMARY'"):
        run(small(survey="DESI", z_flag=[0], redshift_err=[1e-4]))
    with pytest.raises(TsmError, match="2MRS needs column 'redshift_err'") as error:
        run(small(survey="2MRS", z_flag=[0]))
    assert "z_err" in error.value.remedy
    with pytest.raises(TsmError, match="VVDS needs column 'z_flag'"):
        run(small(survey="VVDS", x=[0]))


def test_columns_that_an_archive_writes_in_another_case_are_read():
    given = {"survey": "DESI", "z_flag": [0, 0, 4], "redshift": 0.5, "redshift_err": 1e-4}
    kinds, primary = ["GALAXY", "STAR", "GALAXY"], [True, True, True]
    usual = run(small(**given, SPECTYPE=kinds, ZCAT_PRIMARY=primary))
    other = run(small(**given, spectype=kinds, zcat_primary=primary))
    assert column(other, "z_flag_homogenized") == column(usual, "z_flag_homogenized") == [4, 6, 1]
    assert "spectype" in other.table.column_names and "SPECTYPE" not in other.table.column_names
    assert any("'SPECTYPE' from 'spectype'" in one.message for one in other.report.findings)


def test_two_inputs_that_differ_by_case_fill_each_others_rows():
    result = run(
        small(
            survey="DESI",
            z_flag=[0, 0],
            redshift=0.5,
            redshift_err=1e-4,
            SPECTYPE=["STAR", None],
            spectype=[None, "STAR"],
            ZCAT_PRIMARY=True,
        )
    )
    assert column(result, "z_flag_homogenized") == [6, 6]


def test_class_is_not_quality():
    result = run(small(survey="VVDS", z_flag=[4, 14, 24, 214, 9, 0], redshift=0.5))
    assert column(result, "z_flag_homogenized") == [4, 4, 4, 4, 2, 0]
    assert column(result, "spec_class") == [None, "AGN", None, "AGN", None, None]
    assert column(result, "is_secondary") == [False, False, True, True, False, False]
    assert column(result, "confidence")[0] == pytest.approx(0.99) and column(result, "confidence")[5] is None
    assert column(result, "flag_rule")[3] == "pz-server/VVDS:digit=4"
    assert column(result, "z_flag_orig") == ["4", "14", "24", "214", "9", "0"]


def test_stars_keep_flag_6_and_get_their_class():
    result = run(small(survey="6dFGS", z_flag=[6, 4]))
    assert column(result, "z_flag_homogenized") == [6, 4] and column(result, "spec_class") == ["STAR", None]


def test_mixed_surveys_in_one_input_go_by_their_own_rules():
    result = run(small(survey=["vvds", "PRIMUS", "VVDS ", "2dFGRS"], z_flag=[3, 4, 9, 5]))
    assert column(result, "z_flag_homogenized") == [3, 3, 2, 4]
    assert column(result, "instrument_type") == ["s", "g", "s", "s"]
    assert result.report.details["surveys"]["VVDS"]["rows"] == 2
    assert result.report.details["surveys"]["2DFGRS"]["citation"] == "2001MNRAS.328.1039C"


def test_unmapped_flags_are_listed_with_counts():
    table = small(survey="OzDES", z_flag=[4, 7, 7, 8, None])
    with pytest.raises(TsmError, match=r"3 rows .*OZDES '7' \(2 rows\), OZDES '8' \(1 rows\)") as error:
        run(table)
    assert "unmapped: null" in error.value.remedy
    result = run(table, unmapped="null")
    assert column(result, "z_flag_homogenized") == [4, None, None, None, None]
    (finding,) = result.report.findings
    assert finding.level == "warning" and finding.count == 3
    assert result.report.details["unmapped"][0] == {"survey": "OZDES", "flag": "7", "rows": 2}


def test_flags_as_text_or_float_are_read():
    assert column(run(small(survey="VVDS", z_flag=["3", " 24 ", "2.5"])), "z_flag_homogenized") == [3, 4, 2]
    assert column(run(small(survey="JADES", z_flag=["A", "b", "4"])), "z_flag_homogenized") == [4, 3, 4]
    assert column(run(small(survey="JADES", z_flag=[4.0, 3.0])), "z_flag_homogenized") == [4, 3]
    with pytest.raises(TsmError, match="VVDS 'good'"):
        run(small(survey="VVDS", z_flag=["3", "good"]))


def test_probabilities_are_read_over_the_whole_input():
    result = run(small(survey="VVDS", type="s", z_flag=[0.0, 0.5, 0.7, 0.9, 0.99, 1.0, None]))
    assert column(result, "z_flag_homogenized") == [0, 1, 2, 3, 4, 4, None]
    assert column(result, "confidence")[1] == 0.5
    assert "probabilities" in result.report.findings[0].message
    whole = run(small(survey="VVDS", type="s", z_flag=[0.0, 1.0, 1.0]))
    assert column(whole, "z_flag_homogenized") == [0, 1, 1]


def test_given_flags_off_the_scale_are_refused():
    with pytest.raises(TsmError, match="not on the scale: 5, 9.*2 rows, the first is row 2"):
        run(small(survey="VVDS", z_flag_homogenized=[4, 9, 5], instrument_type="s"))
    with pytest.raises(TsmError, match="not s, g or p: 'x'"):
        run(small(z_flag_homogenized=[4], instrument_type_homogenized=["x"]))


def test_an_input_where_nothing_is_mapped_is_refused():
    with pytest.raises(TsmError, match="No row gets a homogenized flag"):
        run(small(survey="OzDES", z_flag=pa.array([None, None], pa.int64()).to_pylist(), x=[1, 2]))


def test_rules_of_the_recipe_come_first():
    mine = {
        "flag": [{"when": "z_flag >= 10", "is": 4}],
        "otherwise": 1,
        "type": [{"when": "fibre = 1", "is": "s"}, {"otherwise": "g"}],
    }
    result = run(small(survey=["NEW", "VVDS"], z_flag=[12, 3], fibre=[1, 0]), surveys={"New": mine})
    assert column(result, "z_flag_homogenized") == [4, 3]
    assert column(result, "instrument_type") == ["s", "s"]
    assert column(result, "flag_rule") == ["recipe/NEW:z_flag >= 10", "pz-server/VVDS:digit=3"]
    over = run(small(survey="VVDS", z_flag=[3], fibre=[0]), surveys={"VVDS": mine})
    assert column(over, "z_flag_homogenized") == [1] and column(over, "instrument_type") == ["g"]


def test_a_pack_of_ones_own(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        'format: tsm-rules/1\nname: mine\nversion: "2"\n'
        'surveys:\n  KECK:\n    flag: [{when: "q = 1", is: 4}]\n    type: s\n'
    )
    table = small(survey="Keck", q=[1, 1])
    result = OP.run(table, OP.parse("mine.yaml"), Context(base=tmp_path))
    assert column(result, "flag_rule") == ["mine/KECK:q = 1"] * 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("surveys: {}", "does not begin with"),
        (
            'format: tsm-rules/1\nname: x\nversion: "1"\nsurveys: {A: {flag: [{when: "q >", is: 4}]}}',
            "ends too early",
        ),
        (
            'format: tsm-rules/1\nname: x\nversion: "1"\nsurveys: {A: {flag: [{when: "q = 1", is: 5}]}}',
            "surveys > A",
        ),
        ("format: [tsm", "line"),
    ],
)
def test_a_broken_pack_says_where(tmp_path, text, words):
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(TsmError, match=words):
        OP.run(small(survey="A", q=[1]), OP.parse("bad.yaml"), Context(base=tmp_path))


def test_unknown_pack_names_the_nearest():
    with pytest.raises(TsmError, match="no rule pack 'pzserver'") as error:
        run(small(survey="A", q=[1]), rules="pzserver")
    assert "pz-server" in error.value.remedy


def test_the_shipped_packs_hold_38_surveys_and_parse():
    pack = packs.load("pz-server")
    assert len(pack.surveys) >= 38
    for rules in pack.surveys.values():
        assert rules.flag and all(parse(rule.when) for rule in rules.flag)
        assert rules.reference


def test_running_twice_changes_nothing():
    once = run(small(survey="VVDS", z_flag=[3, 14, 9], redshift=0.3)).table
    twice = run(once).table
    for name in ("z_flag_homogenized", "instrument_type", "spec_class"):
        assert twice[name].to_pylist() == once[name].to_pylist()


def test_no_rows_are_fine_when_planning():
    table = small(survey=["VVDS"], z_flag=[3]).slice(0, 0)
    result = OP.run(table, OP.parse(None), Context(planning=True))
    assert result.table.num_rows == 0 and "flag_rule" in result.table.column_names


def test_schema_serves_a_form():
    schema = OP.params.model_json_schema()
    assert set(schema["properties"]) == {"rules", "unmapped", "surveys"}
    assert schema["properties"]["unmapped"]["enum"] == ["error", "null"]
    assert all("title" in one and "description" in one for one in schema["properties"].values())


def test_columns_of_the_source_with_our_names_are_not_lost():
    table = small(survey="VVDS", z_flag=[4, 13], redshift=0.3, confidence=["high", "low"])
    result = run(table)
    assert column(result, "confidence__orig") == ["high", "low"]
    assert column(result, "confidence") == pytest.approx([0.99, 0.95])


def test_what_an_earlier_step_made_stays_also_without_the_flags():
    once = run(small(survey="VVDS", z_flag=[4, 23], redshift=0.3)).table
    again = run(once.drop_columns(["z_flag"])).table
    for name in ("z_flag_orig", "flag_rule", "confidence", "is_secondary", "z_flag_homogenized"):
        assert again[name].to_pylist() == once[name].to_pylist(), name
    assert not [name for name in again.column_names if name.endswith("__orig")]
