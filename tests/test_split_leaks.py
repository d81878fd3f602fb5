"""No galaxy and no object stands in two parts, for any seed, also when a later cut leaves one row of a
pair."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

sys.path.insert(0, str(Path(__file__).parent / "ops"))

from matchkit import OBJECTS, few_objects, needs_kit, redshifts, run, specz, write_hats  # noqa: E402

PARTS = {"train": 0.7, "validation": 0.15, "test": 0.15}
ARCSEC = 1 / 3600


def leaks(table: pa.Table) -> int:
    """Objects and groups with rows in two parts."""
    parts = np.array(table["split"].to_pylist())
    used = parts != "unused"
    count = 0
    for name in ("objectId", "group_id", "split_key"):
        if name in table.column_names:
            keys = table[name].to_numpy()[used]
            pairs = {(key, part) for key, part in zip(keys.tolist(), parts[used].tolist(), strict=True)}
            count += len(pairs) - len(set(keys.tolist()))
    return count


@pytest.fixture(scope="module")
def chained(tmp_path_factory):
    """Objects a, b, c; group 1 near a and b (two measurements), group 2 near b and c: one component."""
    objects = few_objects(3).set_column(1, "coord_ra", pa.array([10.0] * 3))
    objects = objects.set_column(2, "coord_dec", pa.array([-30 + k * ARCSEC for k in (0, 0.8, 1.6)]))
    release = write_hats(tmp_path_factory.mktemp("sky") / "o", objects, 4)
    table = redshifts(
        [10.0] * 4, [-30 + k * ARCSEC for k in (0.1, 0.7, 0.9, 1.5)], [0.5] * 4, group_id=[1, 1, 3, 3]
    )
    return run("match", table, release=str(release), radius_arcsec=0.3, rows="all").table


def test_a_chain_of_groups_and_objects_has_one_key(chained):
    assert chained["objectId"].to_numpy().tolist() == [900_000_000_000_000_000 + k for k in (0, 1, 1, 2)]
    assert chained["split_key"].to_pylist() == [1, 1, 1, 1]


def test_a_later_cut_that_leaves_one_row_moves_nothing(chained):
    for seed in range(100):
        whole = run("split", chained, parts=PARTS, seed=seed, rows="all").table
        assert leaks(whole) == 0
        for row in range(4):
            alone = run("split", chained.slice(row, 1), parts=PARTS, seed=seed, rows="all").table
            assert alone["split"][0] == whole["split"][row]


@needs_kit
@pytest.mark.parametrize("select", ["nearest", "all"])
def test_no_leak_in_the_kit_for_a_hundred_seeds(select):
    table = run(
        "match", specz(), release=str(OBJECTS), radius_arcsec=1, select=select, objects="all", blends="keep"
    ).table
    halves = [table.slice(0, table.num_rows // 2), table.slice(table.num_rows // 2)]
    for seed in range(100):
        whole = run("split", table, parts=PARTS, seed=seed, rows="all").table
        assert leaks(whole) == 0
        if seed % 20 == 0:
            cut = pa.concat_tables(
                run("split", half, parts=PARTS, seed=seed, rows="all").table for half in halves
            )
            assert cut["split"].to_pylist() == whole["split"].to_pylist()
