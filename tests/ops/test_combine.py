"""combine: the pz-server policy against its oracles row by row; our own policy on situations made by hand."""

from __future__ import annotations

import kit
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from combinekit import OP, run, table, told

from pz_tsm.digest import table_digest
from pz_tsm.errors import TsmError
from pz_tsm.ops import get
from pz_tsm.ops.base import Context

HOMOGENIZE = get("homogenize")


@pytest.fixture(scope="session")
def homogenized(shared):
    rules = HOMOGENIZE.parse("pz-server")
    tables = kit.catalogues(shared, kit.ALL10)
    return {name: HOMOGENIZE.run(table, rules, Context()).table for name, table in tables.items()}


def same_partition(left, right) -> bool:
    return len(set(zip(left, right, strict=True))) == len(set(left)) == len(set(right))


def compare(table: pa.Table, oracle: pa.Table) -> None:
    place = {one: n for n, one in enumerate(table["CRD_ID"].to_pylist())}
    table = table.take([place[one] for one in oracle["CRD_ID"].to_pylist()])
    for name in ("tie_result", "compared_to"):
        assert table[name].to_pylist() == oracle[name].to_pylist(), name
    assert same_partition(table["group_id"].to_pylist(), oracle["group"].to_pylist())
    assert table["is_best"].to_pylist() == [one == 1 for one in oracle["tie_result"].to_pylist()]


@pytest.mark.parametrize("which", ["core6", "all10"])
@pytest.mark.parametrize("radius", ["0.5", "1.0"])
def test_pz_server_policy_equals_the_oracle_row_by_row(shared, homogenized, which, radius):
    prefixes = kit.CORE6 if which == "core6" else kit.ALL10
    tables = {name: table for name, table in homogenized.items() if name[:3] in prefixes}
    result = run(tables, policy="pz-server", radius_arcsec=float(radius))
    oracle = pq.read_table(shared / "data" / "oracles" / f"combine_{which}_r{radius}_independent.parquet")
    compare(result.table, oracle)
    reasons = dict(zip(oracle["CRD_ID"].to_pylist(), oracle["reason"].to_pylist(), strict=True))
    words = {
        "lost:z_flag": "z_flag_homogenized",
        "lost:type": "instrument_type",
        "lost:same z, id order": "CRD_ID",
    }
    for one, decided in zip(
        result.table["CRD_ID"].to_pylist(), result.table["decided_by"].to_pylist(), strict=True
    ):
        if reasons[one] in words:
            assert decided == words[reasons[one]]


def test_planted_duplicates_equal_their_oracle(shared):
    table = pq.read_table(shared / "data" / "specz" / "planted_duplicates.parquet")
    table = table.rename_columns({"z": "redshift"}).append_column(
        "row_id", pa.array(np.arange(table.num_rows))
    )
    result = run({"planted": table}, policy="pz-server", radius_arcsec=0.5)
    compare(result.table, pq.read_table(shared / "data" / "oracles" / "planted_duplicates_resolved.parquet"))


def test_pz_server_numbers_inputs_without_product_numbers_by_place(shared, homogenized):
    tables = {}
    for name in sorted(homogenized):
        if name[:3] in kit.CORE6:
            table = homogenized[name]
            place = table.column_names.index("source_product")
            text = pa.array([f"sha256:{name}"] * table.num_rows)
            tables[name[4:]] = table.set_column(place, "source_product", text)
    result = run(tables, policy="pz-server", radius_arcsec=0.5)
    assert any("product" in finding.message for finding in result.report.findings)
    oracle = pq.read_table(shared / "data" / "oracles" / "combine_core6_r0.5_independent.parquet")
    counts = np.unique(result.table["tie_result"].to_numpy(), return_counts=True)[1].tolist()
    assert counts == np.unique(oracle["tie_result"].to_numpy(), return_counts=True)[1].tolist()


def test_default_policy_on_real_catalogues_marks_conflicts_and_closes(homogenized):
    result = run(homogenized)
    table, report = result.table, result.report
    assert table.num_rows == 10_000 == report.rows_in == report.rows_out
    best = table.filter(table["is_best"])
    assert len(set(best["group_id"].to_pylist())) == best.num_rows
    assert set(best["verdict"].to_pylist()) == {"single", "won"}
    assert set(best["instrument_type"].to_pylist()) == {"s"}
    assert len(report.details["conflicts"]) == 7 and report.findings[0].level == "warning"
    assert report.details["best"] + sum(report.set_aside.values()) == 10_000


def test_order_of_rows_and_inputs_changes_no_byte(homogenized):
    rng = np.random.default_rng(5)
    names = [name for name in homogenized if name[:3] in kit.CORE6]
    shuffled = {
        f"x{n}": homogenized[name].take(rng.permutation(homogenized[name].num_rows))
        for n, name in enumerate(names[::-1])
    }
    straight = run({name: homogenized[name] for name in names}).table
    again = run(shuffled).table
    assert again.equals(straight) and table_digest(again) == table_digest(straight)
    assert (np.diff(straight["row_id"].to_numpy().astype(object)) > 0).all()


# situations made by hand


def test_better_flag_wins_and_the_reason_is_told():
    found = told(run(table((5, 0, 0.5, 4, "s"), (-7, 0.3, 0.5001, 3, "s"), (9, 100, 1, 3, "s"))))
    assert found == {
        5: ("won", "z_flag_homogenized", -7),
        -7: ("lost", "z_flag_homogenized", 5),
        9: ("single", None, None),
    }


def test_group_id_is_the_smallest_row_id_and_rows_are_counted():
    found = told(
        run(table((5, 0, 0.5, 4, "s"), (-7, 0.3, 0.501, 3, "s"))), "group_id", "n_meas", "z_spread", "is_best"
    )
    assert found[5][:2] == found[-7][:2] == (-7, 2)
    assert found[5][2] == pytest.approx(0.001, rel=1e-4) and (found[5][3], found[-7][3]) == (True, False)


def test_equal_rows_are_decided_by_row_id():
    found = told(run(table((5, 0, 0.5, 4, "s"), (3, 0.1, 0.5, 4, "s"))))
    assert found == {3: ("won", "row_id", 5), 5: ("lost", "row_id", 3)}


def test_secure_discordant_redshifts_are_a_conflict_without_best():
    result = run(table((1, 0, 0.5, 4, "s"), (2, 0.1, 0.9, 3, "s"), (3, 0.1, 0.9, 1, "s")))
    assert told(result) == {
        1: ("conflict", "delta_z", 2),
        2: ("conflict", "delta_z", 1),
        3: ("ineligible", "eligible", None),
    }
    assert not any(result.table["is_best"].to_pylist())
    assert result.report.details["conflicts"][0]["group_id"] == "1"
    forced = run(table((1, 0, 0.5, 4, "s"), (2, 0.1, 0.9, 3, "s")), conflicts="best")
    assert told(forced)[1][0] == "won" and forced.report.findings[0].level == "warning"


def test_an_insecure_redshift_makes_no_conflict():
    found = told(run(table((1, 0, 0.5, 4, "s"), (2, 0.1, 0.9, 1, "s"))))
    assert found == {1: ("won", "eligible", None), 2: ("ineligible", "eligible", 1)}


def test_a_secure_row_that_may_not_win_still_makes_a_conflict():
    rows = table((1, 0, 0.5, 4, "s"), (2, 0.1, 0.9, 4, "s"))
    rows = rows.set_column(rows.column_names.index("spec_class"), "spec_class", pa.array([None, "QSO"]))
    found = told(run(rows))
    assert found[1][0] == found[2][0] == "conflict"


def test_delta_z_is_relative_and_by_type():
    pair = table((1, 0, 3.0, 4, "s"), (2, 0.1, 3.0039, 4, "s"))
    assert told(run(pair, delta_z=0.001))[1][0] == "won"
    assert told(run(pair, delta_z=0.0009))[1][0] == "conflict"
    mixed = table((1, 0, 1.0, 4, "s"), (2, 0.1, 1.015, 3, "g"))
    assert told(run(mixed))[1][0] == "won"
    assert told(run(mixed, delta_z={"s": 0.001, "g": 0.001}))[1][0] == "conflict"


def test_photo_z_joins_a_group_but_links_none():
    result = run(table((1, 0, 0.5, 4, "s"), (2, 0.6, 0.8, 3, "p"), (3, 1.1, 2.0, 4, "s")))
    found = told(result, "group_id", "verdict", "rival")
    assert found == {1: (1, "single", None), 2: (2, "photo-z", 3), 3: (2, "won", None)}


def test_photo_z_rows_make_no_chains():
    result = run(table(*((n, 0.6 * n, 0.5, 3, "p") for n in range(5))), eligible="redshift > 0")
    groups = [one[0] for one in told(result, "group_id").values()]
    assert groups == [0, 0, 2, 2, 4]


def test_stars_are_named_and_do_not_win():
    result = run(table((1, 0, 0.5, 4, "s"), (2, 0.1, 0.0001, 6, "s"), (3, 50, 0.0, 6, "s")))
    assert told(result) == {
        1: ("won", "eligible", None),
        2: ("star", "eligible", 1),
        3: ("star", "eligible", None),
    }
    assert result.report.set_aside == {"star": 2}


def test_rows_without_position_stay_alone():
    rows = table((1, 0, 0.5, 4, "s"), (2, 0, 0.5, 4, "s"))
    rows = rows.set_column(1, "ra", pa.array([10.0, None]))
    found = told(run(rows), "group_id", "verdict", "decided_by")
    assert found == {1: (1, "single", None), 2: (2, "ineligible", "position")}


def test_survey_rank_and_other_criteria():
    rows = table(
        (1, 0, 0.5, 4, "s"), (2, 0.1, 0.5, 4, "s"), survey=["VVDS", "DESI"], redshift_err=[1e-3, None]
    )
    assert told(run(rows, survey_rank=["DESI", "vvds"]))[2] == ("won", "survey_rank", 1)
    assert told(run(rows, survey_rank=["vvds"]))[1] == ("won", "survey_rank", 2)
    assert told(run(rows, prefer=["redshift_err"]))[1] == ("won", "redshift_err", 2)
    assert told(run(rows, prefer=[{"by": "row_id * 2", "order": "descending"}]))[2] == (
        "won",
        "row_id * 2",
        1,
    )
    with pytest.raises(TsmError, match="'confidnce'"):
        run(rows, prefer=["confidnce"])
    with pytest.raises(TsmError, match="is text"):
        run(rows, prefer=["survey"])


def test_chains_are_reported():
    result = run(table((1, 0, 0.5, 4, "s"), (2, 0.6, 0.5, 4, "s"), (3, 1.2, 0.5, 4, "s")))
    assert result.report.details["chains"] == 1 and "chains" in result.report.findings[0].message
    assert result.report.details["group_sizes"] == {"3": 1}


def test_group_across_ra_zero():
    rows = table((1, 0, 0.5, 4, "s"), (2, 0, 0.5, 3, "s"))
    rows = rows.set_column(1, "ra", pa.array([359.99999, 0.00001]))
    assert told(run(rows))[2] == ("lost", "z_flag_homogenized", 1)


def test_columns_kept_are_the_canonical_ones_and_those_asked_for():
    rows = table((1, 0, 0.5, 4, "s"), z_flag=["x"], mag=[22.5], other=[1])
    assert "mag" not in run(rows).table.column_names and "z_flag" not in run(rows).table.column_names
    kept = run({"a": rows, "b": table((2, 9, 0.5, 4, "s"))}, keep=["mag"]).table
    assert kept["mag"].to_pylist() == [22.5, None]
    with pytest.raises(TsmError, match="'mga'") as error:
        run(rows, keep=["mga"])
    assert "'mag'" in error.value.remedy or "mag" in error.value.remedy


def test_the_same_catalogue_twice_is_refused():
    rows = table((1, 0, 0.5, 4, "s"), (2, 9, 0.5, 4, "s"))
    with pytest.raises(TsmError, match="'a' and 'b' share 2 row_ids"):
        run({"a": rows, "b": rows})
    with pytest.raises(TsmError, match="not unique"):
        run(table((1, 0, 0.5, 4, "s"), (1, 9, 0.5, 4, "s")))


def test_missing_columns_are_named_with_the_step_that_makes_them():
    bare = table((1, 0, 0.5, 4, "s")).drop_columns(["z_flag_homogenized"])
    with pytest.raises(TsmError, match="z_flag_homogenized") as error:
        run(bare)
    assert "homogenize" in error.value.remedy
    with pytest.raises(TsmError, match="no column 'dec'"):
        run(bare.drop_columns(["dec"]))


def test_a_stand_in_for_no_position_is_refused():
    rows = table(*((n, 0, 0.5, 4, "s") for n in range(2500)))
    with pytest.raises(TsmError, match="2500 rows have the same position"):
        run(rows)


def test_stale_results_of_a_previous_product_do_not_count():
    rows = table(
        (1, 0, 0.5, 4, "s"), tie_result=[0], compared_to=["CRD1_9"], is_best=[False], CRD_ID=["CRD019_1"]
    )
    result = run(rows, policy="pz-server")
    assert told(result, "tie_result", "compared_to", "is_best") == {1: (1, None, True)}


def test_pz_server_says_which_parameters_it_does_not_use():
    rows = table((1, 0, 0.5, 4, "s"), CRD_ID=["CRD019_1"])
    (finding,) = run(rows, policy="pz-server", conflicts="best").report.findings
    assert "conflicts" in finding.message
    assert not run(rows, policy="pz-server", delta_z=0.001).report.findings


@pytest.mark.parametrize("policy", ["default", "pz-server"])
def test_no_rows(policy):
    result = run(table((1, 0, 0.5, 4, "s")).slice(0, 0), policy=policy)
    assert result.table.num_rows == 0 and "group_id" in result.table.column_names


def test_wrong_parameters_are_named():
    for bad, words in (
        ({"radius": 1}, "radius"),
        ({"radius_arcsec": -1}, "radius_arcsec"),
        ({"policy": "x"}, "policy"),
    ):
        with pytest.raises(TsmError, match=words):
            OP.parse(bad)


def test_schema_serves_a_form():
    properties = OP.params.model_json_schema()["properties"]
    assert properties["policy"]["enum"] == ["default", "pz-server"]
    assert all("title" in one and "description" in one for one in properties.values())


def test_z_spread_is_that_of_secure_redshifts():
    result = run(table((1, 0, 0.5, 4, "s"), (2, 0.1, 0.502, 3, "s"), (3, 0.2, 3.9, 1, "s")))
    assert result.table["z_spread"].to_pylist() == pytest.approx([0.002] * 3, abs=1e-6)


def test_a_star_flag_is_no_better_quality_than_4():
    result = run(
        table((1, 0, 0.5, 4, "s"), (2, 0.1, 0.0, 6, "s")),
        eligible="z_flag_homogenized >= 3",
        conflicts="best",
    )
    assert result.table["is_best"].to_pylist() == [True, False]


def test_pz_server_numbers_stay_apart_when_inputs_are_one_table_already():
    parts = {
        name: table((10 * place + 1, 0, 0.5, 4, "s"), (10 * place + 2, 9, 0.5, 4, "s")).append_column(
            "source_product", pa.array([name] * 2)
        )
        for place, name in enumerate(["014_a", "015_b"])
    }
    apart = run(parts, policy="pz-server").table
    merged = run({"": pa.concat_tables(parts.values())}, policy="pz-server").table
    assert len(set(merged["CRD_ID"].to_pylist())) == 4
    assert {one[:7] for one in merged["CRD_ID"].to_pylist()} == {"CRD014_", "CRD015_"}
    assert {one[:7] for one in apart["CRD_ID"].to_pylist()} == {"CRD014_", "CRD015_"}


def test_metadata_of_one_input_do_not_stand_for_all():
    first, second = table((1, 0, 0.5, 4, "s")), table((2, 9, 0.5, 4, "s"))
    parts = {}
    for name, one in (("a", first), ("b", second)):
        said = {"ucd": "src.redshift", "source_column": f"z_{name}"}
        field = one.schema.field("redshift").with_metadata(said)
        one = one.set_column(one.column_names.index("redshift"), field, one["redshift"])
        parts[name] = one.replace_schema_metadata({"tsm:source": name})
    result = run(parts).table
    assert result.schema.field("redshift").metadata == {b"ucd": b"src.redshift"}
    assert b"tsm:source" not in result.schema.metadata
    turned = run({"b": parts["b"], "a": parts["a"]}).table
    assert turned.schema.equals(result.schema, check_metadata=True)
