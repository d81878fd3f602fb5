"""Why a redshift was chosen: told from a combined table alone, in words that a scientist reads."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parent / "ops"))  # combinekit.py, kit.py

import kit
from combinekit import run, table

from pz_tsm import explain
from pz_tsm.errors import TsmError
from pz_tsm.ops import get
from pz_tsm.ops.base import Context

SURVEYS = ["VVDS", "2dFGRS", "DESI", "VIMOS", "VVDS", "DESI", "VVDS", "DESI"]


@pytest.fixture
def rows():
    """Three that agree, an object in conflict, a single one with flag 2, and another conflict."""
    made = table(
        (1, 0, 0.5, 3, "s"),
        (2, 0.3, 0.5003, 4, "s"),
        (3, 0.3, 0.7, 1, "s"),
        (4, 50, 0.5, 4, "s"),
        (5, 50.4, 0.9, 3, "s"),
        (6, 90, 0.3, 2, "s"),
        (7, 120, 0.1, 4, "s"),
        (8, 120, 0.4, 4, "s"),
        survey=SURVEYS,
        source_row_id=[f"id{n}" for n in range(8)],
        z_flag_orig=["23", "4", "1", "4", "3", "2", "4", "4"],
        flag_rule=["p/VVDS#1", "p/2dFGRS#1", *["p/x#1"] * 6],
        redshift_err=[3e-4] * 8,
    )
    rules = {
        "p/VVDS#1": {"is": 3, "meaning": "secure, secondary", "status": "checked"},
        "p/2dFGRS#1": {"is": 4, "meaning": "99 % sure", "status": "proposed"},
    }
    return made.replace_schema_metadata({"tsm:rules": json.dumps(rules)})


def test_the_path_to_each_verdict_is_told(rows):
    said = explain.why(run(rows).table, 1)
    assert said["row_id"] == "1" and said["group_id"] == "1" and said["best"] == "2"
    assert [one["row_id"] for one in said["measurements"]] == ["2", "1", "3"], "best first"
    assert (said["n_meas"], said["n_secure"], said["agreement"]) == (3, 2, "agree")
    assert said["radius_arcsec"] == 0.75 and said["tolerance"] == {"s": 0.005, "g": 0.01, "p": 0.15}
    assert [one["by"] for one in said["criteria"]] == [
        "instrument_type", "z_flag_homogenized", "survey_rank", "separation", "row_id",
    ]  # fmt: skip
    lost = said["measurements"][1]
    assert lost["sentence"] == (
        "VVDS flag 23 ('secure, secondary' in the survey's words) became 3. It lost to 2dFGRS id1 on "
        'z_flag_homogenized: 3 against 4; 0.30" apart; redshifts differ by 0.0002 in dz/(1+z).'
    )
    assert (lost["rule"], lost["rule_status"], lost["rival"]) == ("p/VVDS#1", "checked", "2")
    assert "became 4 by a proposed rule" in said["measurements"][0]["sentence"]
    assert "may not win: z_flag_homogenized is 1, where" in said["measurements"][2]["sentence"]
    assert "The best is 2dFGRS id1, z = 0.5003" in said["sentence"]
    assert "agree within 0.0003" in said["sentence"]
    json.dumps(said, allow_nan=False)


def test_positions_are_drawn_from_the_centre_also_at_the_pole(rows):
    combined = run(rows).table
    one, other = explain.why(combined, 4)["measurements"]
    assert one["east_arcsec"] == pytest.approx(-0.2, abs=1e-3) and one["north_arcsec"] == 0
    assert other["east_arcsec"] == pytest.approx(0.2, abs=1e-3)
    polar = table((1, 0, 0.5, 4, "s"), (2, 0, 0.5, 3, "s"))
    polar = polar.set_column(1, "ra", pa.array([0.0, 180.0]))
    polar = polar.set_column(2, "dec", pa.array([90 - 0.1 / 3600] * 2))
    said = explain.why(run(polar).table, 1)
    apart = np.hypot(*(
        np.subtract(*(m[name] for m in said["measurements"])) for name in ("east_arcsec", "north_arcsec")
    ))  # fmt: skip
    assert apart == pytest.approx(0.2, abs=1e-4) and said["dec"] == pytest.approx(90)


def test_a_conflict_says_both_redshifts_and_what_is_allowed(rows):
    said = explain.why(run(rows).table, 5)
    assert said["best"] is None and said["agreement"] == "conflict"
    assert (
        "VIMOS id3 says 0.5, VVDS id4 0.9" in said["sentence"]
        and "No row is the best until you decide" in said["sentence"]
    )
    assert "0.005 is allowed" in said["measurements"][0]["sentence"]
    place = said["conflict_place"]
    assert place == {"place": 1, "total": 2, "previous": None, "next": "7"}
    assert explain.why(run(rows).table, 8)["conflict_place"]["previous"] == "4"
    between = explain.why(run(rows).table, 6)["conflict_place"]
    assert between == {"place": None, "total": 2, "previous": "4", "next": "7"}


def test_a_decision_is_told_with_its_reason(rows):
    decisions = [
        {"prefer": "5", "reason": "H alpha is clear"},
        {"exclude": "3", "reason": "another object"},
    ]
    combined = run(rows, decisions=decisions).table
    said = explain.why(combined, 4)
    winner, loser = said["measurements"]
    assert winner["row_id"] == said["best"] == "5"
    assert (
        winner["decision"] == {"kind": "prefer", "reason": "H alpha is clear"} and loser["decision"] is None
    )
    assert "wins by your decision: H alpha is clear" in winner["sentence"]
    assert "lost to VVDS id4 by your decision: H alpha is clear" in loser["sentence"]
    assert "Your decision: VVDS id4" in said["sentence"]
    out = explain.why(combined, 1)["measurements"][-1]
    assert out["verdict"] == "excluded" and "You excluded it: another object." in out["sentence"]


def test_a_chain_and_a_tolerance_are_told():
    chain = table((1, 0, 0.5, 4, "s"), (2, 0.6, 0.5, 3, "s"), (3, 1.2, 0.5, 4, "s"))
    assert '1.20" wide, with a radius of 0.75"' in explain.why(run(chain).table, 1)["sentence"]
    rows = table((1, 0, 0.5, 4, "s"), (2, 0.1, 0.5, 3, "s"), weight=[1.0, 3.0])
    said = explain.why(run(rows, prefer=[{"by": "weight", "tolerance": 1}]).table, 1)
    assert (
        "weight: 1 against 3 (within 1 of the group's best counts as equal)"
        in said["measurements"][1]["sentence"]
    )


def test_a_parquet_file_opened_later_explains_itself(rows, tmp_path):
    combined = run(rows, decisions=[{"prefer": "5", "reason": "spectrum"}]).table
    pq.write_table(combined, tmp_path / "t.parquet")
    again = pq.read_table(tmp_path / "t.parquet")
    for row in range(1, 9):
        assert explain.why(again, row) == explain.why(combined, row)


def test_rules_of_all_inputs_are_kept_whatever_their_order(rows):
    other = table((20, 500, 0.5, 4, "s"), survey=["DESI"])
    other = other.replace_schema_metadata({"tsm:rules": json.dumps({"p/DESI#1": {"meaning": "good"}})})
    one, two = run({"a": rows, "b": other}).table, run({"x": other, "y": rows}).table
    assert one.schema.equals(two.schema, check_metadata=True)
    assert set(json.loads(one.schema.metadata[b"tsm:rules"])) == {"p/VVDS#1", "p/2dFGRS#1", "p/DESI#1"}


def test_a_table_of_older_columns_is_explained_as_far_as_it_goes(rows):
    combined = run(rows).table
    new = ["decided_value", "rival_value", "rival_sep", "rival_dz", "n_secure", "agreement", "chain_arcsec"]
    old = combined.drop_columns(new).replace_schema_metadata({})
    said = explain.why(old, 1)
    assert said["n_secure"] is None and said["criteria"] == [] and said["policy"] is None
    lost = said["measurements"][1]
    assert lost["rival_sep"] is None and "lost to 2dFGRS id1 on z_flag_homogenized" in lost["sentence"]
    assert explain.conflicts(old)["group_id"].to_pylist() == [4, 7], "by the verdict"
    bare = old.select(["row_id", "group_id", "redshift"])
    assert len(explain.why(bare, 1)["measurements"]) == 3
    assert explain.objects(bare).num_rows == 4 and explain.conflicts(bare).num_rows == 0


def test_the_pipelines_own_policy_is_explained_too(rows):
    made = rows.append_column("CRD_ID", pa.array([f"CRD014_{n}" for n in range(8)]))
    combined = run(made, policy="pz-server").table
    said = explain.why(combined, 1)
    assert said["policy"] == "pz-server" and said["chain_arcsec"] is None
    assert [one["by"] for one in said["criteria"]][-1] == "CRD_ID"
    assert "lost to 2dFGRS id1 on z_flag_homogenized" in said["measurements"][1]["sentence"]
    tie = explain.why(combined, 7)["measurements"][0]["sentence"]
    assert "differ by more than 0.001" in tie


def test_what_a_match_made_of_a_row_is_told(rows):
    combined = run(rows).table
    for verdict, decided, words in (
        ("blend", "same object", "redshifts disagree: it is set aside"),
        ("lost", "same object", "lost to row 77: both have the same object"),
        ("unmatched", "match", "no object of the release"),
    ):
        table = combined
        for name, value in (("verdict", verdict), ("decided_by", decided), ("rival", 77)):
            column = pa.array([value] * len(table), table.schema.field(name).type)
            table = table.set_column(table.column_names.index(name), name, column)
        assert words in explain.why(table, 6)["measurements"][0]["sentence"]


def test_what_is_not_there_is_said(rows):
    with pytest.raises(TsmError, match="not combined"):
        explain.why(rows, 1)
    with pytest.raises(TsmError, match="row_id 99"):
        explain.why(run(rows).table, 99)
    with pytest.raises(TsmError, match="not combined"):
        explain.conflicts(rows)


def test_rows_out_of_order_and_parts_of_a_table_are_explained(rows):
    combined = run(rows).table
    turned = combined.take([7, 6, 5, 4, 3, 2, 1, 0])
    said = explain.why(turned, 1)
    assert said["best"] == "2" and {one["row_id"]: one["row"] for one in said["measurements"]} == {
        "1": 7, "2": 6, "3": 5,
    }  # fmt: skip
    part = combined.filter(combined["is_best"])
    assert [one["row_id"] for one in explain.why(part, 2)["measurements"]] == ["2"]


def test_conflicts_are_a_table(rows):
    found = explain.conflicts(run(rows, decisions=[{"prefer": "8", "reason": "x"}]).table)
    assert found.to_pylist()[0] | {"ra": 0, "dec": 0, "z_spread": 0} == {
        "group_id": 4, "row_id": 4, "best": None, "ra": 0, "dec": 0, "n_meas": 2, "n_secure": 2,
        "z_spread": 0, "surveys": "VIMOS, VVDS", "redshifts": "0.5, 0.9",
    }  # fmt: skip
    assert found["best"].to_pylist() == [None, 8]


def test_objects_are_one_row_each(rows):
    found = explain.objects(run(rows).table)
    assert found["group_id"].to_pylist() == [1, 4, 6, 7]
    assert found["best"].to_pylist() == [2, None, None, None]
    assert found["redshift"].to_pylist() == [0.5003, None, None, None]
    assert found["agreement"].to_pylist() == ["agree", "conflict", "single", "conflict"]
    assert found["surveys"].to_pylist() == ["2dFGRS, DESI, VVDS", "VIMOS, VVDS", "DESI", "DESI, VVDS"]


def test_an_explanation_is_shown_as_text_and_as_safe_html(rows):
    evil = rows.set_column(rows.column_names.index("survey"), "survey", pa.array(["<b>V</b>", *SURVEYS[1:]]))
    shown = explain.Why(explain.why(run(evil).table, 1))
    text, page = repr(shown), shown._repr_html_()
    assert "Object 1. 3 measurements" in text and "23 → 3" in text and "lost to 2dFGRS id1" in text
    assert "<b>" not in page and "&lt;b&gt;V" in page and "color" not in page
    assert shown.best == 2 and shown.agreement == "agree" and len(shown.measurements) == 3


# the two policies


def test_what_differs_between_the_policies_is_counted_by_reason():
    made = table(
        (1, 0, 0.5, 4, "s"), (2, 0.1, 0.9, 3, "s"),  # conflict: the pipeline takes flag 4
        (3, 10, 0.5, 3, "p"),  # photo-z
        (4, 20, 0.5, 2, "s"),  # not eligible
        (5, 30, 0.5, 4, "s"), (6, 30.1, 0.502, 4, "s"),  # unresolved within 0.001
        (10, 40, 0.5, 4, "s"), (9, 40.1, 0.5, 4, "s"),  # 10 is before 9 as text
        (11, 50, 0.5, 4, "s"), (12, 50.1, 0.5, 3, "s"),  # no difference
        CRD_ID=[f"CRD014_{n}" for n in (1, 2, 3, 4, 5, 6, 10, 9, 11, 12)],
    )  # fmt: skip
    found = explain.policies(made)
    assert found.counts == {
        "photo-z": 1, "ineligible": 1, "conflict": 1, "tie": 1, "last": 2,
    }  # fmt: skip
    assert found.total == sum(found.counts.values()) == 6
    reasons = {one["row_id"]: one["reason"] for one in found.rows.to_pylist()}
    assert reasons == {1: "conflict", 3: "photo-z", 4: "ineligible", 5: "tie", 9: "last", 10: "last"}
    assert found.best == {"default": 3, "pz-server": 5}
    assert "here no row is the best" in repr(found) and "<table>" in found._repr_html_()
    json.dumps(found.to_dict())
    theirs = run(made, policy="pz-server", keep=["CRD_ID"]).table
    assert explain.policies(theirs).counts == found.counts
    ours = run(made, keep=["CRD_ID"]).table
    assert explain.policies(ours).counts == found.counts


def test_order_of_criteria_and_decisions_are_reasons(rows):
    made = table((1, 0, 0.5, 4, "g"), (2, 0.1, 0.5, 3, "s"), (3, 50, 0.2, 4, "s"), (4, 50.1, 0.2, 3, "s"))
    decisions = [{"prefer": "4", "reason": "x"}]
    found = explain.policies(made, eligible="z_flag_homogenized >= 3", decisions=decisions)
    assert found.counts == {"decision": 2, "criteria": 2}


def test_on_real_catalogues_the_reasons_add_up(shared):
    homogenize = get("homogenize")
    rules = homogenize.parse("pz-server")
    tables = {
        name: homogenize.run(one, rules, Context()).table
        for name, one in kit.catalogues(shared, kit.CORE6).items()
    }
    found = explain.policies(tables, radius_arcsec=0.5)
    assert found.total == sum(found.counts.values()) and 0 < found.rows.num_rows <= 200
    gained = found.rows.filter(found.rows["ours_is_best"]).num_rows
    assert gained and set(found.rows["reason"].to_pylist()) == set(found.counts)


def test_a_matched_table_is_not_compared_with_the_other_policy():
    made = run(table((1, 0, 0.5, 4, "s"))).table
    matched = made.append_column("match_dist", pa.array([0.1], pa.float32()))
    with pytest.raises(TsmError, match="matched since it was combined"):
        explain.policies(matched)


def test_what_a_match_decided_later_holds_over_the_measurements():
    made = run(table((1, 0, 0.5, 4, "s"), (2, 0.1, 0.5, 3, "s"))).table
    later = made.slice(0, 1)
    for name, value in (("verdict", "unmatched"), ("decided_by", "match"), ("is_best", False)):
        later = later.set_column(later.column_names.index(name), name, pa.array([value]))
    assert explain.why(made, 2)["best"] == "1"
    said = explain.why(made, 2, later=later)
    assert said["best"] is None and len(said["measurements"]) == 2
    first = next(one for one in said["measurements"] if one["row_id"] == "1")
    assert first["verdict"] == "unmatched" and "no object of the release" in first["sentence"]
    other = next(one for one in said["measurements"] if one["row_id"] == "2")
    assert other["verdict"] == "lost", "rows that the match does not have are told as combine left them"
