"""The ways to divide: what each promises holds for every row, and doesn't depend on the rows' order."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from matchkit import run

from pz_tsm import sky, splits
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context

PARTS = {"train": 0.7, "validation": 0.2, "test": 0.1}
SURVEYS = ("DEEP2", "VVDS", "zCOSMOS")


def galaxies(count=6000, seed=1, **more):
    rng = np.random.default_rng(seed)
    return pa.table(
        {
            "row_id": rng.permutation(10 * count)[:count].astype(np.int64),
            "ra": 150 + 20 * rng.random(count),
            "dec": np.degrees(np.arcsin(rng.random(count) * 0.3)),
            "redshift": rng.gamma(3, 0.25, count),
            "i_mag": 26 - rng.gamma(2, 1.2, count),
            "survey": pa.array(np.array(SURVEYS)[rng.integers(0, 3, count)]).dictionary_encode(),
        }
        | more
    )


def parts(table, **params):
    return np.array(run("split", table, seed=7, **params).table["split"].to_pylist())


def shuffled(table, seed=3):
    order = np.random.default_rng(seed).permutation(table.num_rows)
    return table.take(pa.array(order)), order


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("random", {}),
        ("exact", {}),
        ("exact", {"sizes": {"train": 1000, "test": 77}}),
        ("stratified", {"cells": {"redshift": 0.1, "i_mag": 0.5, "survey": None}}),
        ("sky", {"order": 6, "buffer_arcsec": 120}),
        ("survey", {"hold_out": {"test": ["DEEP2"]}}),
    ],
)
def test_the_order_of_the_rows_changes_no_part(method, options):
    table = galaxies()
    other, order = shuffled(table)
    given = {"method": method, "options": options, "parts": PARTS}
    assert (parts(table, **given)[order] == parts(other, **given)).all()


@pytest.mark.parametrize("method", [name for name in splits.BUILT_IN if name != "survey"])
def test_rows_of_one_key_share_their_part(method):
    table = galaxies(split_key=np.repeat(np.arange(2000), 3))
    said = {} if method == "kfold" else {"parts": PARTS}
    three = parts(table, method=method, **said).reshape(-1, 3)
    assert (three == three[:, :1]).all()
    assert len(np.unique(three)) >= 3


def test_exact_sizes_are_exact():
    found = Counter(parts(galaxies(1003), method="exact", parts=PARTS).tolist())
    assert found == {"train": 702, "validation": 201, "test": 100}
    sized = parts(galaxies(), method="exact", parts=PARTS, options={"sizes": {"train": 4000, "test": 500}})
    assert Counter(sized.tolist()) == {"train": 4000, "test": 500, "unused": 1500}


def test_sizes_that_are_not_there_are_refused():
    with pytest.raises(TsmError, match="ask for 7,000 objects; there are 6,000"):
        parts(galaxies(), method="exact", options={"sizes": {"train": 7000}})
    with pytest.raises(TsmError, match="'dev', which the split hasn't"):
        parts(galaxies(), method="exact", options={"sizes": {"dev": 7}})


def test_every_cell_is_divided_in_the_same_proportions():
    table = galaxies()
    cells = {"redshift": 0.2, "survey": None}
    found = parts(table, method="stratified", parts=PARTS, options={"cells": cells})
    cell = [
        (int(z // 0.2), name)
        for z, name in zip(table["redshift"].to_pylist(), table["survey"].to_pylist(), strict=True)
    ]
    names, place = np.unique([f"{a} {b}" for a, b in cell], return_inverse=True)
    assert len(names) > 20
    for number in range(len(names)):
        mine = found[place == number]
        for name, share in PARTS.items():
            assert abs((mine == name).sum() - share * len(mine)) < 1
    total = {name: (found == name).mean() for name in PARTS}
    assert total == pytest.approx(PARTS, abs=0.005)


def test_cells_of_one_row_favour_no_part():
    table = galaxies(3000, cell=np.arange(3000))
    found = parts(table, method="stratified", parts=PARTS, options={"cells": {"cell": None}})
    assert (found == "train").mean() == pytest.approx(0.7, abs=0.03)
    assert (found == "test").mean() == pytest.approx(0.1, abs=0.02)


def test_what_has_no_value_is_a_cell_of_its_own():
    z = np.where(np.arange(900) % 3 == 0, np.nan, 0.5)
    found = parts(
        galaxies(900).set_column(3, "redshift", pa.array(z, mask=np.arange(900) % 9 == 0)),
        method="stratified",
        parts={"train": 0.5, "test": 0.5},
    )
    assert sorted(np.unique(found[np.isnan(z)], return_counts=True)[1]) == [150, 150]


def test_cells_are_checked():
    with pytest.raises(TsmError, match="redshif"):
        parts(galaxies(), method="stratified", options={"cells": {"redshif": 0.1}})
    with pytest.raises(TsmError, match="say how wide"):
        parts(galaxies(), method="stratified", options={"cells": {"redshift": None}})
    with pytest.raises(TsmError, match="holds no numbers"):
        parts(galaxies(), method="stratified", options={"cells": {"survey": 2}})


def test_a_pixel_of_the_sky_is_in_one_part_and_a_buffer_keeps_parts_apart():
    table = galaxies(20_000)
    found = parts(table, method="sky", parts=PARTS, options={"order": 5})
    import astropy.units as u
    from astropy.coordinates import Latitude, Longitude
    from cdshealpix import nested

    ra, dec = table["ra"].to_numpy(), table["dec"].to_numpy()
    pixel = nested.lonlat_to_healpix(Longitude(ra, u.deg), Latitude(dec, u.deg), 5)
    assert all(len(np.unique(found[pixel == one])) == 1 for one in np.unique(pixel))
    i, j, _ = sky.self_pairs(ra, dec, 300)
    assert (found[i] != found[j]).any()
    apart = parts(table, method="sky", parts=PARTS, options={"order": 5, "buffer_arcsec": 300})
    across = (apart[i] != apart[j]) & (apart[i] != "unused") & (apart[j] != "unused")
    assert not across.any()
    assert 0 < (apart == "unused").mean() < 0.2
    assert (apart[apart != "unused"] == found[apart != "unused"]).all()


def test_held_out_surveys_are_whole_and_the_rest_keeps_its_ratio():
    table = galaxies()
    found = parts(table, method="survey", parts=PARTS, options={"hold_out": {"test": ["deep2"]}})
    survey = np.array(table["survey"].to_pylist())
    assert (found[survey == "DEEP2"] == "test").all() and (found[survey != "DEEP2"] != "test").all()
    assert (found == "train").sum() / (found == "validation").sum() == pytest.approx(3.5, rel=0.15)


def test_an_object_that_a_held_out_survey_has_seen_goes_with_it():
    table = galaxies(4, group_id=[1, 1, 2, 3]).set_column(
        5, "survey", pa.array(["VVDS", "DEEP2", "VVDS", "VVDS"])
    )
    found = parts(table, method="survey", options={"hold_out": {"test": ["DEEP2"]}})
    assert list(found) == ["test", "test", "train", "train"]


def test_held_out_surveys_are_checked():
    with pytest.raises(TsmError, match="No row is of the survey 'DEEP3'"):
        parts(galaxies(), method="survey", options={"hold_out": {"test": ["DEEP3"]}})
    with pytest.raises(TsmError, match="'dev', which the split hasn't"):
        parts(galaxies(), method="survey", options={"hold_out": {"dev": ["DEEP2"]}})
    with pytest.raises(TsmError, match="held out for two parts"):
        parts(galaxies(), method="survey", options={"hold_out": {"test": ["VVDS"], "train": ["vvds"]}})


def test_folds_are_equal_and_numbered():
    table = run("split", galaxies(), method="kfold", options={"folds": 4}, seed=7).table
    names, counts = np.unique(table["split"].to_pylist(), return_counts=True)
    assert list(names) == ["fold_1", "fold_2", "fold_3", "fold_4"]
    assert counts / 6000 == pytest.approx(0.25, abs=0.02)
    assert table["fold"].to_pylist() == [int(name[-1]) for name in table["split"].to_pylist()]
    with pytest.raises(TsmError, match="names its parts itself"):
        parts(galaxies(), method="kfold", parts=PARTS)


def test_the_audit_counts_what_parts_share():
    table = galaxies(5000, tract=np.arange(5000) // 100)
    result = run("split", table, parts=PARTS, seed=7)
    found = np.array(result.table["split"].to_pylist())
    audit = result.report.details["leakage"]
    ra, dec = table["ra"].to_numpy(), table["dec"].to_numpy()
    i, j, _ = sky.self_pairs(ra, dec, 5.0)
    assert audit["near"] == (found[i] != found[j]).sum()
    assert audit["tracts"] == {"shared": 50, "of": 50}


def bundle_of(folder, table, measurements=None):
    """As much of a bundle as a lock reads."""
    (folder / "data").mkdir(parents=True)
    pq.write_table(table, folder / "data" / "training_set.parquet")
    if measurements is not None:
        pq.write_table(measurements, folder / "data" / "measurements.parquet")
    return folder


def combined(*catalogues):
    """All measurements, in groups within 1 arcsec; the group's smallest row_id is its best row."""
    table = pa.concat_tables(catalogues)
    ids = table["row_id"].to_numpy()
    i, j, _ = sky.self_pairs(table["ra"].to_numpy(), table["dec"].to_numpy(), 1.0)
    label = np.asarray(sky.components(len(ids), i, j))
    smallest = np.full(len(ids), np.iinfo(np.int64).max)
    np.minimum.at(smallest, label, ids)
    group = smallest[label]
    return table.append_column("group_id", pa.array(group)).append_column("is_best", pa.array(group == ids))


def test_a_lock_keeps_every_galaxys_part_when_catalogues_are_added(tmp_path):
    """Without it, some of those that gain a measurement change sides, because their group's name does."""
    rng = np.random.default_rng(5)
    a = galaxies(8000)
    a = a.set_column(0, "row_id", pa.array(2 * a["row_id"].to_numpy()))
    half = a.take(pa.array(np.arange(0, 8000, 2)))
    new = galaxies(4000, seed=9)
    new = new.set_column(1, "ra", pa.array(new["ra"].to_numpy() + 40))
    b = pa.concat_tables([half, new])
    b = b.set_column(0, "row_id", pa.array(2 * rng.permutation(80_000)[:8000] + 1))
    first = run("split", combined(a), parts=PARTS, seed=7).table
    before = dict(zip(first["row_id"].to_pylist(), first["split"].to_pylist(), strict=True))
    bundle_of(tmp_path / "first", first)
    both = combined(a, b)

    def part_of_group(table):
        best = table.filter(table["is_best"])
        return dict(zip(best["group_id"].to_pylist(), best["split"].to_pylist(), strict=True))

    def changed(table):
        """Galaxies of A that gained a member of B: how many there are, and the moves of those that moved."""
        now = part_of_group(table)
        groups = dict(zip(table["row_id"].to_pylist(), table["group_id"].to_pylist(), strict=True))
        gained = half["row_id"].to_pylist()
        moves = [(before[row], now[groups[row]]) for row in gained]
        return len(moves), [move for move in moves if move[0] != move[1]]

    count, moved = changed(run("split", both, parts=PARTS, seed=7).table)
    assert count == 4000 and 0.15 < len(moved) / count < 0.31
    locked = run("split", both, Context(base=tmp_path), parts=PARTS, seed=7, lock="first")
    assert changed(locked.table) == (4000, [])
    assert locked.report.details["lock"] == {"kept": 8000, "new": 4000, "merged_to_test": 0}
    trained = {row for row, part in part_of_group(locked.table).items() if part == "train"}
    groups = dict(zip(both["row_id"].to_pylist(), both["group_id"].to_pylist(), strict=True))
    assert not any(groups[row] in trained for row, part in before.items() if part == "test")


def test_groups_that_grow_together_and_disagree_go_to_test(tmp_path):
    old = pa.table({"row_id": [1, 2, 3, 4], "split": ["train", "test", "train", "train"]})
    bundle_of(tmp_path / "old", old)
    now = pa.table({"row_id": [1, 2, 3, 4, 5], "group_id": [1, 1, 3, 3, 5]})
    result = run("split", now, Context(base=tmp_path), rows="all", lock="old", seed=1)
    assert result.table["split"].to_pylist()[:4] == ["test", "test", "train", "train"]
    assert result.report.details["lock"] == {"kept": 1, "new": 1, "merged_to_test": 1}
    with pytest.raises(TsmError, match="has rows in the part 'test', which this split hasn't"):
        run("split", now, Context(base=tmp_path), lock="old", parts={"train": 0.5, "dev": 0.5})


def test_a_galaxy_is_known_by_measurements_that_the_match_left_behind(tmp_path):
    """Its best row may be another one this time; those before the match tell that it is the same galaxy."""
    measured = pa.table({"row_id": [10, 11, 20], "group_id": [10, 10, 20]})
    old = pa.table({"row_id": [10, 20], "group_id": [10, 20], "split": ["test", "train"]})
    bundle_of(tmp_path / "old", old, measured)
    now = pa.table({"row_id": [5, 20], "group_id": [5, 20], "split_key": [5, 20]})
    whole = pa.table({"row_id": [5, 11, 20], "group_id": [5, 5, 20]})
    ctx = Context(base=tmp_path, measurements=whole)
    assert run("split", now, ctx, lock="old", seed=2).table["split"].to_pylist() == ["test", "train"]


def test_a_folder_that_is_no_bundle_is_named(tmp_path):
    with pytest.raises(TsmError, match="'.*nowhere' is no bundle"):
        run("split", galaxies(10), Context(base=tmp_path), lock="nowhere")
