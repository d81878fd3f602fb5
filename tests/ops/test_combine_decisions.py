"""combine: what a person decided about single rows, and the choices of how rows are paired."""

from __future__ import annotations

import pyarrow as pa
import pytest
from combinekit import OP, run, table, told

from pz_tsm.errors import TsmError

CLASH = ((1, 0, 0.5, 4, "s"), (2, 0.2, 0.9, 3, "s"), (3, 0.1, 0.9, 1, "s"))


def prefer(row, reason="looked at the spectrum"):
    return {"prefer": str(row), "reason": reason}


def exclude(row, reason="wrong object"):
    return {"exclude": str(row), "reason": reason}


def findings(result, level="warning"):
    return [one for one in result.report.findings if one.level == level]


def test_a_preferred_row_wins_over_a_conflict_and_the_conflict_stays_marked():
    result = run(table(*CLASH), decisions=[prefer(2)])
    assert told(result, "verdict", "decided_by", "rival", "is_best") == {
        1: ("lost", "decision", 2, False),
        2: ("won", "decision", 1, True),
        3: ("ineligible", "eligible", 2, False),
    }
    assert told(result, "agreement")[1] == ("conflict",)
    assert result.report.details["decisions"] == {"applied": 1, "unknown": []}
    (finding,) = findings(result)
    assert "your decisions name the best row" in finding.message


def test_a_preferred_row_wins_though_it_is_not_eligible():
    result = run(table((1, 0, 0.5, 4, "s"), (2, 0.2, 0.51, 2, "s")), decisions=[prefer(2)])
    assert told(result) == {1: ("lost", "decision", 2), 2: ("won", "decision", 1)}
    alone = run(table((7, 0, 0.5, 1, "s")), decisions=[prefer(7)])
    assert told(alone, "verdict", "decided_by", "is_best")[7] == ("single", "decision", True)


def test_an_excluded_row_counts_in_nothing_and_a_conflict_goes_with_it():
    result = run(table(*CLASH), decisions=[exclude(2)])
    found = told(result, "verdict", "decided_by", "n_meas", "n_secure", "agreement", "group_id")
    assert found[2] == ("excluded", "decision", 2, 1, "unsure", 1), "it keeps its place in the group"
    assert found[1] == ("won", "eligible", 2, 1, "unsure", 1)
    assert result.report.set_aside == {"not eligible": 1, "excluded by your decision": 1}
    assert told(result, "z_spread")[1] == (0.0,)
    assert not findings(result)


def test_an_excluded_row_links_no_others():
    rows = table((1, 0, 0.5, 4, "s"), (2, 0.5, 0.5, 4, "s"), (3, 1.2, 0.5, 4, "s"))
    assert set(told(run(rows), "group_id").values()) == {(1,)}
    found = told(run(rows, decisions=[exclude(2)]), "group_id", "is_best")
    assert found[1] == (1, True) and found[3] == (3, True) and found[2][1] is False
    bare = rows.drop_columns(["instrument_type"])
    found = told(run(bare, decisions=[exclude(2)], eligible="redshift > 0", prefer=[]), "is_best")
    assert found[3] == (True,)


def test_a_decision_about_a_row_that_is_not_there_is_told():
    result = run(table(*CLASH), decisions=[exclude(99), prefer(1)])
    assert result.report.details["decisions"] == {"applied": 1, "unknown": ["99"]}
    assert any("99" in one.message and one.remedy for one in findings(result))
    assert told(result)[1][0] == "won"


def test_of_two_preferred_rows_of_one_group_the_later_holds_and_it_is_told():
    result = run(table(*CLASH), decisions=[prefer(1), prefer(2)])
    assert told(result)[2][0] == "won" and told(result)[1] == ("lost", "decision", 2)
    assert any("prefer several rows" in one.message for one in findings(result))


def test_the_order_of_decisions_about_other_groups_changes_nothing():
    rows = table(*CLASH, (8, 50, 0.2, 4, "s"), (9, 50.1, 0.2, 4, "s"))
    one, other = (
        run(rows, decisions=order).table for order in ([prefer(2), exclude(8)], [exclude(8), prefer(2)])
    )
    assert one.equals(other)


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        ({"prefer": "1"}, "reason"),
        ({"prefer": "1", "reason": " "}, "reason"),
        ({"prefer": "1", "exclude": "2", "reason": "x"}, "one row"),
        ({"reason": "x"}, "one row"),
        ({"prefer": "first", "reason": "x"}, "no row_id"),
        ({"prefer": str(2**63), "reason": "x"}, "no row_id"),
    ],
)
def test_a_wrong_decision_is_refused_in_words(decision, words):
    with pytest.raises(TsmError, match=words):
        OP.parse({"decisions": [decision]})


def test_two_decisions_about_one_row_are_refused():
    with pytest.raises(TsmError, match="row 1"):
        OP.parse({"decisions": [prefer(1), exclude(1)]})


def test_an_id_may_be_given_as_a_number():
    assert OP.parse({"decisions": [{"prefer": -7, "reason": "x"}]}).decisions[0].row_id == "-7"


# pairs


def test_radii_by_survey():
    rows = table((1, 0, 0.1, 4, "s"), (2, 3, 0.1, 4, "s"), survey=["6dFGS", "VVDS"])
    assert told(run(rows), "n_meas")[1] == (1,)
    assert told(run(rows, radii={"6DFGS": 5}), "n_meas")[1] == (2,)


def test_an_unknown_survey_in_radii_is_told_with_the_known():
    rows = table((1, 0, 0.1, 4, "s"), survey=["VVDS"])
    (finding,) = findings(run(rows, radii={"VDVS": 5}))
    assert "VDVS" in finding.message and "VVDS" in finding.message and "VVDS" in finding.remedy
    assert not findings(run(rows, radii={"vvds": 5}))
    assert not findings(run(rows, survey_rank=["DESI", "VVDS"])), "a rank may name more surveys"
    assert findings(run(rows, survey_rank=["DEZI"]))


def test_position_errors_part_what_is_too_far_for_them():
    rows = table((1, 0, 0.1, 4, "s"), (2, 0.6, 0.1, 4, "s"), pos_err=pa.array([0.1, 0.01], pa.float64()))
    assert told(run(rows, errors={"column": "pos_err"}), "n_meas")[1] == (1,)
    assert told(run(rows, errors={"column": "pos_err", "sigma": 6}), "n_meas")[1] == (2,)
    with pytest.raises(TsmError, match="'pos_er'") as error:
        run(rows, errors={"column": "pos_er"})
    assert "pos_err" in error.value.remedy


def test_pairs_may_have_to_agree_in_redshift():
    result = run(table(*CLASH), agree=True)
    found = told(result, "group_id", "verdict")
    assert found[1] == (1, "single") and found[2][0] == found[3][0] == 2
    assert result.report.details["conflicts_total"] == 0


def test_chains_are_kept_or_split_by_redshift():
    rows = table((1, 0, 0.5, 4, "s"), (2, 0.6, 0.5, 3, "s"), (3, 1.2, 0.9, 4, "s"))
    kept = run(rows)
    assert told(kept, "group_id", "chain_arcsec")[3] == (1, pytest.approx(1.2, abs=1e-4))
    assert kept.report.details["chains"] == 1 and kept.report.details["chains_split"] == 0
    split = run(rows, chains="split")
    assert told(split, "group_id", "verdict") == {1: (1, "won"), 2: (1, "lost"), 3: (3, "single")}
    assert split.report.details["chains"] == 0 and split.report.details["chains_split"] == 1


def test_offsets_between_surveys_are_told_and_removed_when_asked():
    n = 40
    pairs = [(2 * k + s, 100 * k + 0.9 * s, 0.1 + 0.01 * k, 4, "s") for k in range(n) for s in (0, 1)]
    rows = table(*pairs, survey=["A", "B"] * n)
    told_only = run(rows, radius_arcsec=1)
    (offset,) = told_only.report.details["offsets"]
    assert offset["a"] == "A" and offset["dra_arcsec"] == pytest.approx(0.9, abs=1e-3)
    assert offset["pairs"] == n and offset["applied"] is False
    removed = run(rows, radius_arcsec=1, offsets=True)
    assert removed.report.details["offsets"][0]["applied"] is True
    assert removed.report.details["groups"] == n


def test_pz_server_says_that_it_ignores_decisions_and_pairing():
    rows = table((1, 0, 0.5, 4, "s"), CRD_ID=["CRD019_1"])
    result = run(rows, policy="pz-server", decisions=[prefer(1)], chains="split", radii={"VVDS": 2})
    (finding,) = findings(result)
    assert all(name in finding.message for name in ("decisions", "chains", "radii"))
