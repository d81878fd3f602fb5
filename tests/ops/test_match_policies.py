"""Match: which pairs the policies take, and rows without an object."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from matchkit import OBJECTS, few_objects, needs_kit, redshifts, run, specz, write_hats

from pz_tsm.digest import table_digest
from pz_tsm.errors import TsmError
from pz_tsm.ops import get
from pz_tsm.ops.base import Context

ARCSEC = 1 / 3600
DEC = -30.0


def at(*north):
    """Declinations so many arcsec north of -30."""
    return [DEC + one * ARCSEC for one in north]


def objects_at(folder, *north, **more):
    """A release of objects at right ascension 10, so many arcsec north of -30; ids end in 0, 1, ..."""
    table = few_objects(len(north))
    table = table.set_column(1, "coord_ra", pa.array([10.0] * len(north)))
    table = table.set_column(2, "coord_dec", pa.array(at(*north)))
    for name, values in more.items():
        table = table.append_column(name, pa.array(values))
    return {"hats": str(write_hats(folder, table, 5)), "profile": "dp1"}


def rows_at(*north, z=None, **more):
    return redshifts([10.0] * len(north), at(*north), z or [0.5] * len(north), **more)


def taken(result):
    """row_id -> last digit of its object."""
    table = result.table
    ids = table["objectId"].to_pylist()
    return {
        row: None if one is None else one % 10
        for row, one in zip(table["row_id"].to_pylist(), ids, strict=True)
    }


def test_one_to_one_takes_the_best_pairs(tmp_path):
    """Row 1 is nearest to object 0, but row 2 is closer still; row 1 then gets object 1."""
    release = objects_at(tmp_path / "o", 0.0, 1.0)
    table = rows_at(0.3, 0.1)
    assert taken(run("match", table, release=release, radius_arcsec=2)) == {1: 0, 2: 0}
    result = run("match", table, release=release, radius_arcsec=2, select="one-to-one")
    assert taken(result) == {1: 1, 2: 0}
    assert result.table["match_dist"].to_pylist() == pytest.approx([0.7, 0.1], abs=1e-3)
    assert result.table["is_best"].to_pylist() == [True, True]


def test_one_to_one_names_who_lost_to_whom(tmp_path):
    release = objects_at(tmp_path / "o", 0.0)
    table = rows_at(0.3, 0.1, 9.0, z=[0.9, 0.5, 0.5])
    result = run("match", table, release=release, select="one-to-one")
    assert taken(result) == {2: 0}
    assert result.report.dropped == {"nothing within the radius": 1, "lost to a closer one": 1}
    lost = result.report.details["lost"]
    assert [(one["row_id"], one["to"], one["redshifts"]) for one in lost] == [("1", "2", [0.9, 0.5])]
    assert any("may be blends" in finding.message for finding in result.report.findings)
    assert json.dumps(result.report.to_dict())
    same = run("match", rows_at(0.3, 0.1, z=[0.5, 0.5]), release=release, select="one-to-one")
    assert not same.report.findings


def test_one_to_one_ties_go_to_the_smaller_object_then_row(tmp_path):
    release = objects_at(tmp_path / "o", 0.0, 0.0)
    table = rows_at(0.25, 0.25, 0.25)
    assert taken(run("match", table, release=release, select="one-to-one")) == {1: 0, 2: 1}
    turned = table.take(pa.array([2, 1, 0]))
    assert taken(run("match", turned, release=release, select="one-to-one")) == {1: 0, 2: 1}


def test_measurements_of_one_galaxy_share_their_object(tmp_path):
    """What competes is the galaxy: its measurements do not take the object from each other."""
    release = objects_at(tmp_path / "o", 0.0, 1.0)
    table = rows_at(0.1, 0.2, 0.3, group_id=[1, 1, 3], is_best=[True, False, True])
    result = run("match", table, release=release, select="one-to-one", rows="all", radius_arcsec=2)
    assert taken(result) == {1: 0, 2: 0, 3: 1}


def greedy(pairs):
    """The definition, written plainly: (sep, object, row) from the smallest on."""
    rows, objects = {}, set()
    for sep, one, row in sorted(pairs):
        if row not in rows and one not in objects:
            rows[row], _ = (one, round(sep, 4)), objects.add(one)
    return rows


@needs_kit
def test_one_to_one_is_the_greedy_list_of_all_pairs():
    release = {"hats": str(OBJECTS), "profile": "dp1"}
    every = run("match", specz(), release=release, radius_arcsec=2, select="all", objects="all").table
    ours = run("match", specz(), release=release, radius_arcsec=2, select="one-to-one", objects="all").table
    columns = [every[name].to_pylist() for name in ("match_dist", "objectId", "row_id")]
    plain = greedy(zip(*columns, strict=True))
    got = {
        row: (one, round(sep, 4))
        for row, one, sep in zip(
            *(ours[name].to_pylist() for name in ("row_id", "objectId", "match_dist")), strict=True
        )
    }
    assert got == plain
    assert len(set(ours["objectId"].to_pylist())) == ours.num_rows > 6000


@needs_kit
def test_the_order_of_rows_decides_nothing():
    table, release = specz(), {"hats": str(OBJECTS), "profile": "dp1"}
    turned = table.take(pa.array(np.random.default_rng(3).permutation(table.num_rows)))
    for params in ({"select": "one-to-one"}, {"unmatched": "keep"}):
        one, two = (
            run("match", rows, release=release, radius_arcsec=2, **params) for rows in (table, turned)
        )
        assert table_digest(one.table) == table_digest(two.table)


def test_error_weighted_prefers_the_object_within_its_errors(tmp_path):
    """The nearer object is known to 0.02 arcsec and is 10 sigma off; the farther one to 0.4."""
    errors = np.array([0.02, 0.4]) * ARCSEC
    release = objects_at(tmp_path / "o", 0.0, 0.9, coord_raErr=errors, coord_decErr=errors)
    table = rows_at(0.4, pos_err=[0.04])
    assert taken(run("match", table, release=release)) == {1: 0}
    params = {"select": "error-weighted", "errors": {"column": "pos_err", "sigma": 20}}
    result = run("match", table, release=release, **params)
    assert taken(result) == {1: 1}
    assert result.table["match_sigma"][0].as_py() == pytest.approx(
        0.5 / np.sqrt(0.04**2 + 0.4**2 + 0.05**2), rel=1e-3
    )
    assert result.report.details["object_errors"] == ["coord_raErr", "coord_decErr"]


def test_error_weighted_refuses_what_is_too_far_for_its_errors(tmp_path):
    release = objects_at(tmp_path / "o", 0.0)
    table = rows_at(0.5, 0.5, 0.5, survey=["SHARP", "BLURRED", "UNKNOWN"])
    params = {"select": "error-weighted", "errors": {"surveys": {"sharp": 0.05, "blurred": 0.2}}}
    result = run("match", table, release=release, **params)
    assert taken(result) == {2: 0, 3: 0}  # 10, 2.5 and unknown errors away
    assert result.report.dropped == {"nothing within the position errors": 1}


def test_error_weighted_needs_errors():
    match = get("match")
    with pytest.raises(TsmError, match="needs 'errors'"):
        match.parse({"release": "dp1", "select": "error-weighted"})
    with pytest.raises(TsmError, match="used by select 'error-weighted' only"):
        match.parse({"release": "dp1", "errors": {"column": "e"}})
    with pytest.raises(TsmError, match="name a 'column'"):
        match.parse({"release": "dp1", "select": "error-weighted", "errors": {}})


def test_a_missing_column_of_errors_is_named(tmp_path):
    release = objects_at(tmp_path / "o", 0.0)
    with pytest.raises(TsmError, match="no column 'pos_err'") as error:
        run("match", rows_at(0.1), release=release, select="error-weighted", errors={"column": "pos_err"})
    assert "keep" in error.value.remedy


def unmatched_rows():
    """One row for each reason, and one with an object."""
    return redshifts(
        [10.0, 10.0, 10.0, 10.0, 200.0, np.nan],
        [*at(0.1, 0.3, 0.1, 50.0), 30.0, DEC],
        [0.5] * 6,
        group_id=[1, 2, 1, 4, 5, 6],
        is_best=[True, True, False, True, True, True],
        verdict=["won", "single", "lost", "single", "single", "single"],
    )


def test_rows_without_an_object_are_kept_with_the_reason(tmp_path):
    release = objects_at(tmp_path / "o", 0.0)
    result = run("match", unmatched_rows(), release=release, select="one-to-one", unmatched="keep")
    table, report = result.table, result.report
    assert table["row_id"].to_pylist() == [1, 2, 3, 4, 5, 6]
    assert table["match_reason"].to_pylist() == [
        None,
        "lost to a closer one",
        "not the best measurement",
        "nothing within the radius",
        "outside the footprint",
        "no position",
    ]
    assert report.rows_in == report.rows_out == 6 and not report.dropped
    assert report.set_aside == {
        "lost to a closer one": 1,
        "nothing within the radius": 1,
        "outside the footprint": 1,
        "no position": 1,
    }
    assert table["is_best"].to_pylist() == [True, False, False, False, False, False]
    assert table["verdict"].to_pylist()[:3] == ["won", "unmatched", "lost"]
    assert table["rival"].to_pylist()[1] == 1
    for name in ("objectId", "release", "match_dist", "match_n", "g_gaap1p0Flux", "ebv"):
        assert table[name].null_count == 5, name
    assert table["objectId"].type == pa.int64()
    assert table["dec"][1].as_py() == pytest.approx(at(0.3)[0])
    assert table["specz_dec"][1].as_py() == table["dec"][1].as_py()
    assert table["split_key"].to_pylist() == [1, 1, 1, 4, 5, 6]  # row 2 may be the same galaxy as row 1
    assert b"no object was found" in table.schema.field("ra").metadata[b"description"]


def test_the_matched_rows_are_the_same_with_and_without_the_others(tmp_path):
    release = objects_at(tmp_path / "o", 0.0)
    for select in ("nearest", "all", "one-to-one"):
        kept = run("match", unmatched_rows(), release=release, select=select, unmatched="keep").table
        gone = run("match", unmatched_rows(), release=release, select=select).table
        kept = kept.filter(pa.compute.is_null(kept["match_reason"])).drop_columns(["match_reason"])
        assert table_digest(kept) == table_digest(gone)


def test_the_plan_and_an_empty_table_have_the_columns_of_the_run(tmp_path):
    release = objects_at(tmp_path / "o", 0.0)
    operation = get("match")
    for more in ({"unmatched": "keep"}, {"select": "error-weighted", "errors": {"surveys": {"MOCK": 1}}}):
        params = operation.parse({"release": release, **more})
        table = unmatched_rows()
        full = operation.run(table, params, Context()).table
        assert operation.run(table.slice(0, 0), params, Context()).table.schema.equals(full.schema)
        planned = operation.plan(table, params, Context(planning=True))
        assert planned.table.schema.equals(full.schema)


def test_later_steps_leave_the_unmatched_out_of_the_training_set(tmp_path):
    """Null magnitudes, part "unused", out of RAIL files; a filter of the best rows removes them."""
    from pz_tsm.bundle import rail

    release = objects_at(tmp_path / "o", 0.0)
    table = run("match", unmatched_rows(), release=release, unmatched="keep").table
    table = run("photometry", table, deredden="sfd", flux="gaap1p0").table
    assert table["i_gaap1p0Mag"].null_count == 4 and table["bands_observed"].to_pylist()[-1] == 0
    parts = run("split", table, parts={"train": 1.0}).table
    by_row = dict(zip(parts["row_id"].to_pylist(), parts["split"].to_pylist(), strict=True))
    assert by_row == {1: "train", 2: "unused", 3: "unused", 4: "unused", 5: "unused", 6: "unused"}
    assert [(name, some.num_rows) for name, some in rail.parts(parts)] == [("train", 1)]
    files = rail.write(tmp_path / "rail", parts, {"format": "rail-hdf5", "catalog_tag": "com_cam_gaap"})
    assert [path.name for path in files] == ["train.hdf5", "catalog_tag.yaml"]
    cut = run("filter", table, condition="i_snr > 1")
    assert set(cut.table["group_id"].to_pylist()) == {1}


def test_every_row_may_have_a_part_if_asked(tmp_path):
    release = objects_at(tmp_path / "o", 0.0)
    table = run("match", unmatched_rows(), release=release, unmatched="keep").table
    parts = run("split", table, parts={"train": 1.0}, rows="all").table
    assert set(parts["split"].to_pylist()) == {"train"}


def two_groups(release, kinds, z, **params):
    table = rows_at(0.1, 0.2, z=z, instrument_type=kinds)
    metadata = params.pop("metadata", None)
    table = table.replace_schema_metadata(metadata) if metadata else table
    return run("match", table, release=release, **params).table["verdict"].to_pylist()


def test_agreeing_means_what_it_means_in_combine(tmp_path):
    """By instrument type, the larger of two; one number for all; else as combine was told."""
    release = objects_at(tmp_path / "o", 0.0)
    z = [0.5, 0.512]  # |dz|/(1+z) is 0.008
    assert two_groups(release, ["s", "s"], z) == ["blend", "blend"]
    assert sorted(two_groups(release, ["s", "g"], z)) == ["lost", "single"]
    assert sorted(two_groups(release, ["s", "s"], z, delta_z=0.009)) == ["lost", "single"]
    assert two_groups(release, ["s", "g"], z, delta_z=0.001) == ["blend", "blend"]
    assert sorted(two_groups(release, ["s", "s"], z, delta_z={"s": 0.01})) == ["lost", "single"]
    combine = get("combine")
    params = combine.parse({"radius_arcsec": 0.05, "eligible": "redshift > 0", "delta_z": {"s": 0.02}})
    merged = combine.run({"a": rows_at(0.1, 0.2, z=z)}, params, Context()).table
    result = run("match", merged, release=release)
    assert sorted(result.table["verdict"].to_pylist()) == ["lost", "single"]
    assert result.report.details["delta_z"]["s"] == 0.02


def test_a_large_release_is_estimated_and_a_small_one_matched(tmp_path, monkeypatch):
    """The plan says what is expected; of a large release without matching it, of a small one exactly."""
    import pz_tsm.ops.match as module

    objects = few_objects(400)
    objects = objects.set_column(1, "coord_ra", pa.array(10 + np.arange(400) / 1000))
    release = {"hats": str(write_hats(tmp_path / "o", objects, 6)), "profile": "dp1"}
    north = np.where(np.arange(400) < 300, 0.1, 8.0)  # every fourth has no object
    table = redshifts(10 + np.arange(400) / 1000, DEC + north * ARCSEC, [0.5] * 400)
    operation = get("match")
    params = operation.parse({"release": release})
    small = operation.plan(table, params, Context(planning=True)).report
    assert small.rows_out == 300 and small.details["expected"]["matches"]["exact"]
    monkeypatch.setattr(module, "SMALL", 10)
    large = operation.plan(table, params, Context(planning=True))
    expected = large.report.details["expected"]
    assert large.report.details["estimated"] and not expected["matches"]["exact"]
    assert expected["matches"]["low"] <= 300 <= expected["matches"]["high"]
    assert large.report.rows_out == expected["matches"]["rows"]
    assert large.report.rows_out + sum(large.report.dropped.values()) == 400
    kept = operation.parse({"release": release, "unmatched": "keep"})
    assert operation.plan(table, kept, Context(planning=True)).report.rows_out == 400


def test_the_quality_of_the_match_is_in_the_report(tmp_path):
    release = objects_at(tmp_path / "o", 0.0)
    report = run("match", rows_at(0.1, 5.0), release=release).report
    assert report.details["quality"]["matched"] == 1 and report.details["quality"]["rows"] == 2
    assert json.dumps(report.to_dict())


def compared_rows(ra, dec, z, **more):
    """Best rows, as combine leaves the winners of groups: each was compared with a rival in its own group."""
    count = len(ra)
    values = {"decided_value": ["4"] * count, "rival_value": ["3"] * count, "rival": [99] * count}
    for name in ("rival_sep", "rival_dz"):
        values[name] = pa.array([0.25] * count, pa.float32())
    return redshifts(ra, dec, z, is_best=[True] * count, verdict=["won"] * count, **values, **more)


def test_what_combine_compared_is_not_told_of_what_the_match_decided(tmp_path):
    release = objects_at(tmp_path / "o", 0.0, 20.0, 40.0)
    table = compared_rows(
        [10.0] * 6,
        at(0.2, 0.5, 20.2, 20.5, 40.1, 60.0),
        [0.5, 0.5015, 0.5, 0.9, 0.5, 0.5],  # agree, a blend, alone, no object
        z_flag_homogenized=pa.array([4, 3, 4, 4, 4, 4], pa.float32()),
    )
    found = run("match", table, release=release, unmatched="keep").table
    names = ("verdict", "decided_value", "rival_value", "rival", "rival_sep", "rival_dz")
    told = dict(enumerate(zip(*(found[name].to_pylist() for name in names), strict=True), 1))
    untouched = ("won", "4", "3", 99, 0.25, 0.25)
    assert told[1] == told[5] == untouched
    assert told[2][:4] == ("lost", None, None, 1)
    assert told[2][4:] == (pytest.approx(0.3, abs=1e-4), pytest.approx(0.0015 / 1.50075, rel=1e-4))
    assert told[3] == told[4] == ("blend", None, None, None, None, None)
    assert told[6] == ("unmatched", None, None, None, None, None)


def test_surveys_that_no_row_has_are_told(tmp_path):
    release = objects_at(tmp_path / "o", 0.0)
    names = {"shift": {"MOCKK": [0.1, 0]}, "radii": {"mock": 0.5, "VVDS": 1}}
    found = run("match", rows_at(0.1), release=release, **names).report.findings
    told = {one.where: (one.level, one.remedy) for one in found if "that no row has" in one.message}
    assert told == {
        "MOCKK": ("warning", "Did you mean MOCK?"),
        "VVDS": ("warning", "Take them out of 'radii'."),
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"radii": {"MOCK": -1}},
        {"radii": {"MOCK": 600}},
        {"shift": {"MOCK": [float("nan"), 0]}},
        {"delta_z": -1},
        {"delta_z": float("nan")},
    ],
)
def test_numbers_that_mean_nothing_are_refused(wrong):
    with pytest.raises(TsmError, match=f"parameter '{next(iter(wrong))}"):
        get("match").parse({"release": "dp1", **wrong})
