"""Match: what a user gets from redshifts and a release."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from matchkit import DATA, OBJECTS, all_objects, few_objects, needs_kit, redshifts, specz, write_hats

from pz_tsm.digest import table_digest
from pz_tsm.errors import TsmError
from pz_tsm.ops import get
from pz_tsm.ops.base import Context

ARCSEC = 1 / 3600


def match(table, release, **params):
    operation = get("match")
    return operation.run(table, operation.parse({"release": release, **params}), Context())


def pairs_of(table):
    return {
        (name, object_id): dist
        for name, object_id, dist in zip(
            table["CRD_ID"].to_pylist(),
            table["objectId"].to_pylist(),
            table["match_dist"].to_pylist(),
            strict=True,
        )
    }


@pytest.fixture
def release(tmp_path):
    return str(write_hats(tmp_path / "objects", few_objects(), 6))


@needs_kit
@pytest.mark.parametrize(("select", "oracle", "count"), [("nearest", "k1", 6850), ("all", "k10", 7164)])
def test_pairs_and_separations_are_those_of_lsdb(select, oracle, count):
    result = match(specz(), str(OBJECTS), radius_arcsec=1, select=select, objects="all")
    expected = pq.read_table(DATA / "oracles" / f"xmatch_r1_{oracle}_lsdb.parquet")
    theirs = {
        (name, object_id): dist
        for name, object_id, dist in zip(
            *(expected[n].to_pylist() for n in expected.column_names), strict=True
        )
    }
    ours = pairs_of(result.table)
    assert len(ours) == result.table.num_rows == count
    assert ours.keys() == theirs.keys()
    assert max(abs(ours[key] - theirs[key]) for key in ours) < 1e-6
    looked_at = 9509
    assert result.report.rows_in == looked_at
    assert result.report.dropped["nothing within the radius"] + result.report.dropped.get(
        "outside the footprint", 0
    ) == looked_at - len({name for name, _ in ours})


@needs_kit
def test_only_primary_objects_are_matched_unless_asked():
    result = match(specz(), str(OBJECTS), radius_arcsec=1, columns=["detect_isPrimary"])
    assert set(result.table["detect_isPrimary"].to_pylist()) == {True}
    assert result.table.num_rows == 6655  # of the 6850, those with a primary object within 1 arcsec


@needs_kit
def test_the_seven_objects_taken_by_two_groups_are_listed():
    result = match(specz(), str(OBJECTS), radius_arcsec=1, objects="all")
    counts = pa.table({"o": result.table["objectId"]}).group_by("o").aggregate([("o", "count")])
    twice = {str(o) for o, n in zip(*(c.to_pylist() for c in counts.columns), strict=True) if n > 1}
    assert len(twice) == 7
    assert {one["objectId"] for one in result.report.details["shared"]} == twice
    assert json.dumps(result.report.to_dict())
    best = result.table.filter(result.table["is_best"])
    assert len(set(best["objectId"].to_pylist())) == best.num_rows
    blended = set(
        result.table.filter(pa.compute.equal(result.table["verdict"], "blend"))["objectId"].to_pylist()
    )
    assert blended == {
        202000000754,
        202000007591,
    }  # 1.32 with 6.04, 0.31 with 2.63; the others agree or are no redshift
    assert any("202000000754" in finding.message for finding in result.report.findings)


def same_in(folder, objects, table, order, suffix):
    again = write_hats(folder, objects, order, suffix=suffix)
    first = match(table, {"hats": str(OBJECTS), "profile": "dp1"}, radius_arcsec=1)
    second = match(table, {"hats": str(again), "profile": "dp1"}, radius_arcsec=1)
    assert table_digest(first.table) == table_digest(second.table)
    assert first.report.dropped == second.report.dropped
    return first


@needs_kit
@pytest.mark.parametrize(("order", "suffix"), [(0, "/"), (2, ".parquet")])
def test_another_partitioning_gives_the_same_table(tmp_path, order, suffix):
    assert same_in(tmp_path / "again", all_objects(), specz(), order, suffix).table.num_rows == 6655


@needs_kit
def test_partitions_smaller_than_a_field_give_the_same_table(tmp_path):
    objects, table = all_objects(), specz()
    near = (objects["coord_ra"].to_numpy() > 52) & (objects["coord_ra"].to_numpy() < 54)
    table = table.filter((table["ra"].to_numpy() > 52.3) & (table["ra"].to_numpy() < 53.7))
    table = table.filter((table["dec"].to_numpy() > -30) & (table["dec"].to_numpy() < -25))
    near &= np.abs(objects["coord_dec"].to_numpy() + 27.5) < 4
    assert same_in(tmp_path / "again", objects.filter(near), table, 9, ".parquet").table.num_rows > 1000


def test_object_columns_come_with_the_match(release):
    table = redshifts([10.0, 10.1], [-30 + 0.3 * ARCSEC, -30], [0.5, 0.7])
    result = match(table, {"hats": release, "profile": "dp1"}, columns=["gaap1p0", "i_cModelFlux"]).table
    assert result["objectId"].to_pylist() == [900_000_000_000_000_000, 900_000_000_000_000_001]
    assert result["objectId"].type == pa.int64()
    assert result["match_dist"].to_pylist() == pytest.approx([0.3, 0], abs=1e-4)
    assert result["dec"][0].as_py() == -30 and result["specz_dec"][0].as_py() == pytest.approx(
        -30 + 0.3 * ARCSEC
    )
    assert result["y_gaap1p0FluxErr"].to_pylist() == [50, 50]
    assert "i_cModelFlux" in result.column_names and "g_cModelFlux" not in result.column_names
    assert set(result["release"].to_pylist()) == {"dp1"}
    assert result.schema.field("match_dist").metadata[b"unit"] == b"arcsec"
    assert result.schema.metadata[b"tsm:access"] == b"rubin-data-rights"


def test_unmatched_rows_leave_by_reason(release):
    table = redshifts([10.0, 10.05, 200.0, np.nan], [-30, -30, 30, -30], [0.5] * 4)
    report = match(table, release).report
    assert report.rows_out == 1
    assert report.dropped == {"nothing within the radius": 1, "outside the footprint": 1, "no position": 1}


def test_no_overlap_names_both_footprints(release):
    with pytest.raises(TsmError, match=r"footprint of the release 'dp1' \(seven fields.*200\.000"):
        match(redshifts([200.0], [30.0], [0.5]), {"hats": release, "profile": "dp1"})


@pytest.mark.parametrize(("asked", "near"), [("gaap1p1", "gaap1p0"), ("i_cModelFlx", "i_cModelFlux")])
def test_an_unknown_column_is_refused_with_the_nearest_name(release, asked, near):
    with pytest.raises(TsmError, match=near):
        match(redshifts([10.0], [-30.0], [0.5]), release, columns=[asked])


def test_objects_that_are_not_primary_or_have_no_position_are_left_out(tmp_path):
    objects = few_objects(3)
    objects = objects.set_column(1, "coord_ra", pa.array([10.0, float("nan"), 10.0 + 0.5 * ARCSEC]))
    objects = objects.append_column("detect_isPrimary", pa.array([False, True, True]))
    release = write_hats(tmp_path / "o", objects, 3)
    result = match(redshifts([10.0], [-30.0], [0.5]), str(release)).table
    assert result["objectId"].to_pylist() == [900_000_000_000_000_002]
    assert result["match_n"].to_pylist() == [1]


def two_on_one(release, z, **more):
    params = more.pop("params", {})
    table = redshifts([10.0, 10.0], [-30 + 0.2 * ARCSEC, -30 + 0.5 * ARCSEC], z, **more)
    result = match(table, release, **params)
    return result.table["is_best"].to_pylist(), result.table["verdict"].to_pylist(), result


def test_the_better_flag_wins_when_redshifts_agree(release):
    best, verdict, result = two_on_one(
        release, [0.5, 0.5005], z_flag_homogenized=pa.array([3.0, 4.0], pa.float32())
    )
    assert best == [False, True] and verdict == ["lost", "single"]
    assert result.table["rival"].to_pylist() == [2, None]
    assert result.report.set_aside == {"another row of the same object won": 1}
    assert set(result.table["split_key"].to_pylist()) == {1}


def test_discordant_redshifts_are_a_blend(release):
    best, verdict, result = two_on_one(release, [0.5, 0.9])
    assert best == [False, False] and verdict == ["blend", "blend"]
    assert set(result.table["split_key"].to_pylist()) == {1}
    best, verdict, result = two_on_one(release, [0.5, 0.9], params={"blends": "keep"})
    assert best == [True, True]
    assert "900000000000000000" in result.report.findings[-1].message or any(
        "900000000000000000" in finding.message for finding in result.report.findings
    )


def test_a_photometric_redshift_never_contests_a_spectrum(release):
    best, verdict, _ = two_on_one(release, [0.9, 0.5], instrument_type=["p", "s"])
    assert best == [False, True] and verdict == ["lost", "single"]


def test_second_separation_and_number_within_the_radius(tmp_path):
    objects = few_objects(2).set_column(1, "coord_ra", pa.array([10.0, 10.0]))
    objects = objects.set_column(2, "coord_dec", pa.array([-30.0, -30 + 0.6 * ARCSEC]))
    release = str(write_hats(tmp_path / "o", objects, 2))
    table = redshifts([10.0, 10.0], [-30.0, -30 - 0.5 * ARCSEC], [0.5, 0.5])
    result = match(table, release).table
    assert result["match_n"].to_pylist() == [2, 1]
    assert result["match_second_dist"].to_pylist() == [pytest.approx(0.6, abs=1e-4), None]


def test_only_best_rows_are_matched(release):
    table = redshifts([10.0, 10.0], [-30.0, -30.0], [0.5, 0.5], group_id=[1, 1], is_best=[False, True])
    result = match(table, release)
    assert result.table["row_id"].to_pylist() == [2]
    assert result.report.dropped == {"not the best measurement": 1}
    assert result.table["split_key"].to_pylist() == [1]


def test_poles_and_the_meridian(tmp_path):
    objects = few_objects(2).set_column(1, "coord_ra", pa.array([0.0, 90.0]))
    objects = objects.set_column(2, "coord_dec", pa.array([0.0, 90.0]))
    release = str(write_hats(tmp_path / "o", objects, 5))
    result = match(
        redshifts([360 - 0.3 * ARCSEC, 270.0], [0.0, 90 - 0.3 * ARCSEC], [0.5, 0.6]), release
    ).table
    assert result["match_dist"].to_pylist() == pytest.approx([0.3, 0.3], abs=1e-4)


def test_an_empty_table_has_the_right_columns(release):
    table = redshifts([10.0], [-30.0], [0.5])
    full, empty = match(table, release).table, match(table.slice(0, 0), release).table
    assert empty.num_rows == 0 and empty.schema.equals(full.schema)


def test_the_plan_counts_and_has_the_columns(release):
    operation = get("match")
    params = operation.parse({"release": release})
    table = redshifts([10.0, 10.05], [-30.0, -30.0], [0.5, 0.6])
    planned = operation.plan(table, params, Context(planning=True))
    assert planned.report.rows_out == 1
    assert planned.table.schema.equals(operation.run(table, params, Context()).table.schema)


def test_matching_twice_is_refused(release):
    once = match(redshifts([10.0], [-30.0], [0.5]), release).table
    with pytest.raises(TsmError, match="already matched"):
        match(once, release)


def test_a_clashing_column_is_parked(release):
    table = redshifts([10.0], [-30.0], [0.5], objectId=["A7"], tract=[1])
    result = match(table, release).table
    assert result["objectId__specz"].to_pylist() == ["A7"] and result["tract__specz"].to_pylist() == [1]
    assert result["tract"].to_pylist() == [5063]


def test_a_known_release_without_a_place_says_how_to_give_one(monkeypatch):
    monkeypatch.delenv("PZ_TSM_RELEASES", raising=False)
    with pytest.raises(TsmError, match="PZ_TSM_RELEASES"):
        match(redshifts([10.0], [-30.0], [0.5]), "dp1")
    with pytest.raises(TsmError, match="dp1, dp2, mock"):
        match(redshifts([10.0], [-30.0], [0.5]), "dp7")


def test_a_release_is_found_by_its_name(monkeypatch, release):
    monkeypatch.setenv("PZ_TSM_RELEASES", json.dumps({"dp2": release}))
    assert match(redshifts([10.0], [-30.0], [0.5]), "dp2").table["release"].to_pylist() == ["dp2"]


def test_an_incomplete_release_is_named(release):
    next(iter(__import__("pathlib").Path(release).rglob("*.parquet"))).unlink()
    with pytest.raises(TsmError, match="its file is missing"):
        match(redshifts([10.0], [-30.0], [0.5]), release)


def test_a_survey_may_be_shifted_and_have_its_own_radius(release):
    table = redshifts([10.0, 10.1], [-30 + 2 * ARCSEC, -30 + 2 * ARCSEC], [0.5, 0.6], survey=["A", "B"])
    assert match(table, release, shift={"a": [0, -2]}).table["survey"].to_pylist() == ["A"]
    assert match(table, release, radii={"B": 3}).table["survey"].to_pylist() == ["B"]


def test_of_agreeing_groups_the_one_that_combine_prefers_is_kept(release):
    """The order of combine, here the survey's rank, holds between groups of one object, too."""
    table = redshifts([10, 10], [-30, -30 + 1.0 * ARCSEC], [0.5, 0.501], survey=["FIRST", "SECOND"])
    combine = get("combine")
    for rank, best in ((["FIRST", "SECOND"], 1), (["SECOND", "FIRST"], 2)):
        order = {"prefer": ["survey_rank"], "survey_rank": rank}
        params = combine.parse({**order, "radius_arcsec": 0.5, "eligible": "redshift > 0"})
        merged = combine.run({"a": table}, params, Context()).table
        assert len(set(merged["group_id"].to_pylist())) == 2
        result = match(merged, {"hats": release, "profile": "dp1"}, radius_arcsec=1.2).table
        kept = [row["row_id"] for row in result.to_pylist() if row["is_best"]]
        assert kept == [best]


def test_a_table_that_is_split_is_not_matched(release):
    table = redshifts([10.0, 10.1], [-30.0, -30.0], [0.5, 0.7])
    split = get("split")
    parts = split.run(table, split.parse({"parts": {"train": 0.5, "test": 0.5}}), Context()).table
    with pytest.raises(TsmError, match="split already"):
        match(parts, {"hats": release, "profile": "dp1"})
