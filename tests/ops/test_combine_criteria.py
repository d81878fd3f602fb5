"""combine: criteria with tolerance, the last ones, and what is told of each decision."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from combinekit import OP, run, table, told

from pz_tsm.errors import TsmError

COMPARED = ("decided_by", "decided_value", "rival_value", "rival")


def test_values_within_the_tolerance_are_equal_and_the_next_criterion_decides():
    rows = table((1, 0, 0.5, 3, "s"), (2, 0.1, 0.5, 4, "s"), confidence=pa.array([0.98, 0.95], pa.float32()))
    strict = {"prefer": ["confidence", "z_flag_homogenized"]}
    assert told(run(rows, **strict), *COMPARED)[1] == ("confidence", "0.98", "0.95", 2)
    loose = {"prefer": [{"by": "confidence", "tolerance": 0.05}, "z_flag_homogenized"]}
    assert told(run(rows, **loose), *COMPARED) == {
        1: ("z_flag_homogenized", "3", "4", 2),
        2: ("z_flag_homogenized", "4", "3", 1),
    }


def test_the_tolerance_is_counted_from_the_best_of_the_group_not_from_row_to_row():
    values = pa.array([1.0, 0.92, 0.84], pa.float64())
    rows = table((1, 0, 0.5, 3, "s"), (2, 0.1, 0.5, 3, "s"), (3, 0.2, 0.5, 4, "s"), weight=values)
    prefer = [{"by": "weight", "tolerance": 0.1}, "z_flag_homogenized"]
    found = told(run(rows, prefer=prefer), "verdict", "decided_by")
    assert found[3] == ("lost", "weight"), "0.84 is near 0.92, but not near 1.0"
    assert found[2][0] == "won" or found[1][0] == "won"


def test_a_tolerance_holds_to_its_edge_in_single_precision():
    rows = table((1, 0, 0.5, 3, "s"), (2, 0.1, 0.5, 4, "s"), confidence=pa.array([1.0, 0.9], pa.float32()))
    found = told(run(rows, prefer=[{"by": "confidence", "tolerance": 0.1}, "z_flag_homogenized"]))
    assert found[2] == ("won", "z_flag_homogenized", 1)


def test_what_is_not_known_loses_to_what_is_and_ties_with_its_like():
    rows = table(
        (1, 0, 0.5, 4, "s"), (2, 0.1, 0.5, 4, "s"), redshift_err=pa.array([None, 1e-4], pa.float64())
    )
    prefer = [{"by": "redshift_err", "tolerance": 1}]
    assert told(run(rows, prefer=prefer), *COMPARED)[1] == ("redshift_err", None, "0.0001", 2)
    none = rows.set_column(7, "redshift_err", pa.nulls(2, pa.float64()))
    assert told(run(none, prefer=prefer))[1] == ("won", "row_id", 2)


def test_equal_rows_go_by_rank_then_by_the_centre_then_by_the_id():
    rows = table((1, 0, 0.5, 4, "s"), (2, 0.3, 0.5, 4, "s"), (3, 0.4, 0.5, 4, "s"), survey=["A", "B", "C"])
    found = told(run(rows), *COMPARED)
    assert found[2] == ("separation", '0.067"', '0.167"', 3), "nearest to the centre at 0.233"
    assert found[1][0] == "separation" and found[1][3] == 2
    ranked = told(run(rows, prefer=["instrument_type"], survey_rank=["C", "A"]), *COMPARED)
    assert ranked[2] == ("survey_rank", "B (not ranked)", "C (rank 1)", 3)
    two = told(run(rows.slice(0, 2)), *COMPARED)
    assert two[1] == ("row_id", "1", "2", 2), "two rows are equally far from their centre"


def test_the_row_id_decides_as_a_number():
    rows = table((10, 0, 0.5, 4, "s"), (9, 0.1, 0.5, 4, "s"))
    assert told(run(rows))[9][0] == "won"


def test_separation_can_be_a_criterion_of_its_own():
    rows = table((1, 0, 0.5, 4, "s"), (2, 0.3, 0.5, 3, "s"), (3, 0.4, 0.5, 3, "s"))
    assert told(run(rows, prefer=["separation"]))[2] == ("won", "separation", 3)
    near = [{"by": "separation", "tolerance": 0.5}, "z_flag_homogenized"]
    assert told(run(rows, prefer=near))[1][0] == "won"


def test_a_column_called_separation_is_not_the_separation_from_the_centre():
    rows = table((1, 0, 0.5, 4, "s"), (2, 0.1, 0.5, 4, "s"), separation=[9.0, 1.0])
    plain = run(rows, keep=["separation"])
    assert told(plain)[1] == ("won", "row_id", 2)
    assert "separation" not in run(rows).table.column_names
    assert told(run(rows, prefer=[{"by": '"separation"', "order": "ascending"}]))[2][0] == "won"


def test_values_rival_separation_and_dz_are_told():
    rows = table((1, 0, 0.5, 4, "s"), (2, 0.3, 0.503, 3, "s"), (3, 100, 0.1, 3, "s"))
    result = run(rows)
    found = told(result, "decided_value", "rival_value", "rival_sep", "rival_dz")
    assert found[1][:2] == ("4", "3") and found[2][:2] == ("3", "4")
    assert found[2][2] == pytest.approx(0.3, abs=1e-5)
    assert found[2][3] == pytest.approx(0.003 / 1.5015, rel=1e-4) and found[1][3] == -found[2][3]
    assert found[3] == (None, None, None, None)
    assert result.table.schema.field("rival_sep").metadata[b"unit"] == b"arcsec"
    assert result.table.schema.field("agreement").metadata[b"description"]


def test_types_and_expressions_are_told_as_people_write_them():
    rows = table((1, 0, 0.5, 4, "g"), (2, 0.1, 0.5, 4, "s"))
    found = told(run(rows, eligible="z_flag_homogenized >= 3"), *COMPARED)
    assert found[1] == ("instrument_type", "g", "s", 2)
    found = told(run(rows, eligible="redshift > 0", prefer=["row_id * 0.1"]), *COMPARED)
    assert found[1] == ("row_id * 0.1", "0.1", "0.2", 2)


def test_objects_are_single_agreeing_in_conflict_or_unsure():
    rows = table(
        (1, 0, 0.5, 4, "s"),
        (2, 10, 0.5, 4, "s"), (3, 10.1, 0.501, 3, "s"),
        (4, 20, 0.5, 4, "s"), (5, 20.1, 0.9, 3, "s"),
        (6, 30, 0.5, 4, "s"), (7, 30.1, 0.9, 2, "s"), (8, 30.2, 0.7, 3, "p"),
    )  # fmt: skip
    result = run(rows)
    found = told(result, "agreement", "n_meas", "n_secure")
    assert found[1] == ("single", 1, 1)
    assert found[2] == found[3] == ("agree", 2, 2)
    assert found[4] == found[5] == ("conflict", 2, 2)
    assert found[6] == found[7] == found[8] == ("unsure", 3, 1)
    details = result.report.details
    assert details["conflicts_total"] == 1
    assert details["conflicts"][0]["rows"][1] == {"row_id": "5", "survey": None, "redshift": 0.9, "flag": 3.0}
    forced = told(run(rows, conflicts="best"), "agreement", "is_best")
    assert forced[4] == ("conflict", True), "the mark stays where the criteria decide"


def test_a_conflict_tells_both_redshifts():
    rows = table((1, 0, 0.5, 4, "s"), (2, 0.2, 0.9, 3, "s"))
    assert told(run(rows), *COMPARED)[1] == ("delta_z", "0.5", "0.9", 2)


def test_the_report_counts_winners_criteria_and_pairs():
    rows = table(
        (1, 0, 0.5, 4, "s"), (2, 0.1, 0.5, 3, "s"), (3, 50, 0.2, 4, "s"), survey=["VVDS", "DESI", "DESI"]
    )
    details = run(rows).report.details
    assert details["winners"] == {"DESI": 1, "VVDS": 1} and details["measured"] == {"DESI": 2, "VVDS": 1}
    assert details["decided"] == {"z_flag_homogenized": 2} and details["pairs"] == 1
    assert details["verdicts"] == {"lost": 1, "single": 1, "won": 1} and details["groups"] == 2
    json.dumps(details, allow_nan=False)


def test_order_of_rows_changes_nothing_with_tolerances():
    rng = np.random.default_rng(3)
    n = 400
    rows = table(
        *((int(k), float(x), 0.5, int(f), "s") for k, x, f in zip(
            rng.permutation(n), rng.uniform(0, 60, n), rng.integers(3, 5, n), strict=True)),
        confidence=pa.array(rng.uniform(0, 1, n), pa.float32()),
    )  # fmt: skip
    prefer = [{"by": "confidence", "tolerance": 0.2}, "z_flag_homogenized", {"by": "ra", "tolerance": 1e-4}]
    straight = run(rows, prefer=prefer).table
    assert straight.equals(run(rows.take(rng.permutation(n)), prefer=prefer).table)
    best = straight.filter(straight["is_best"])
    assert (
        len(set(best["group_id"].to_pylist())) == best.num_rows == len(set(straight["group_id"].to_pylist()))
    )


def test_columns_that_criteria_read_are_kept():
    rows = table((1, 0, 0.5, 4, "s"), snr=[3.0], other=[1])
    names = run(rows, prefer=["snr"]).table.column_names
    assert "snr" in names and "other" not in names
    assert "snr" in run(rows, eligible="snr > 1").table.column_names


def test_a_stale_decision_of_an_earlier_combine_decides_nothing():
    rows = table((1, 0, 0.5, 4, "s"), (2, 0.1, 0.5, 4, "s"), n_meas=[1, 9])
    with pytest.raises(TsmError, match="'n_meas'"):
        run(rows, prefer=["n_meas"])


def test_wrong_criteria_are_named():
    with pytest.raises(TsmError, match="tolerance"):
        OP.parse({"prefer": [{"by": "redshift_err", "tolerance": -1}]})
    with pytest.raises(TsmError, match=r"redshift_err \+"):
        run(table((1, 0, 0.5, 4, "s")), prefer=["redshift_err +"])


def test_a_misspelt_criterion_is_answered_with_the_column_that_is_meant():
    rows = table((1, 0, 0.5, 3, "s"), (2, 30, 0.5, 4, "s"), redshift_err=pa.array([0.1, 0.2]))
    with pytest.raises(TsmError, match="no column 'redshift_er'") as error:
        run(rows, prefer=["redshift_er"])  # told though there is no group to decide
    assert "redshift_err" in error.value.remedy


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf")])
def test_a_tolerance_below_zero_is_refused(wrong):
    with pytest.raises(TsmError, match="parameter 'delta_z': a number from 0 upwards"):
        OP.parse({"delta_z": wrong})
