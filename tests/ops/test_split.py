"""Split: the parts that a user asked for, the same everywhere, whatever the order of the rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from matchkit import run

from pz_tsm import splits
from pz_tsm.errors import TsmError
from pz_tsm.ops import get

PARTS = {"train": 0.7, "validation": 0.15, "test": 0.15}


def table(count=20_000, **more):
    return pa.table({"row_id": np.arange(count) * 7919 - 10_000} | more)


def parts_of(result):
    return dict(zip(result["row_id"].to_pylist(), result["split"].to_pylist(), strict=True))


def test_a_part_is_the_first_whose_cumulative_share_exceeds_the_hash():
    mmh3 = pytest.importorskip("mmh3")
    for key, part in parts_of(run("split", table(2000), parts=PARTS, seed=20261123).table).items():
        u = mmh3.hash(key.to_bytes(8, "little", signed=True), 20261123, signed=False) / 2**32
        assert part == ("train" if u < 0.7 else "validation" if u < 0.85 else "test")


def test_shares_are_about_those_asked_for():
    result = run("split", table(), parts=PARTS, seed=3)
    counts = result.report.details["counts"]
    assert counts["train"] / 20_000 == pytest.approx(0.7, abs=0.02)
    assert sum(counts.values()) == 20_000 and counts["unused"] == 0


def test_order_and_other_rows_change_nothing():
    whole = run("split", table(), parts=PARTS, seed=5).table
    some = table().take(pa.array(np.random.default_rng(0).permutation(20_000)[:500]))
    few = parts_of(run("split", some, parts=PARTS, seed=5).table)
    everything = parts_of(whole)
    assert all(everything[key] == part for key, part in few.items())
    assert parts_of(run("split", table(), parts=PARTS, seed=6).table) != everything


def test_rows_with_one_key_stay_together():
    keys = np.repeat(np.arange(5000), 4)
    for name in ("split_key", "group_id"):
        result = run("split", table(**{name: keys}), parts=PARTS, seed=1).table
        assert all(len(set(four)) == 1 for four in np.array(result["split"].to_pylist()).reshape(-1, 4))


def test_only_best_rows_get_a_part():
    result = run("split", table(4, is_best=[True, False, None, True]), seed=1).table
    assert [part == "unused" for part in result["split"].to_pylist()] == [False, True, True, False]
    everything = run("split", table(4, is_best=[True, False, None, True]), seed=1, rows="all").table
    assert "unused" not in everything["split"].to_pylist()


def test_the_recipes_seed_is_the_default():
    from pz_tsm.ops.base import Context

    operation = get("split")
    ours = operation.run(table(200), operation.parse({"parts": PARTS}), Context(seed=9)).table
    assert parts_of(ours) == parts_of(run("split", table(200), parts=PARTS, seed=9).table)


def test_proportions_that_do_not_sum_to_one():
    with pytest.raises(TsmError, match=r"sum to 0\.9, not to 1.*train: 0\.777778"):
        run("split", table(5), parts={"train": 0.7, "test": 0.2})
    with pytest.raises(TsmError, match="must lie between 0 and 1"):
        run("split", table(5), parts={"train": 7, "test": 3})


def test_three_thirds_are_accepted():
    result = run("split", table(9000), parts={"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}, seed=2)
    assert set(result.table["split"].to_pylist()) == {"a", "b", "c"}


@pytest.mark.parametrize("label", ["../x", "", "a b"])
def test_a_part_is_a_files_name(label):
    with pytest.raises(TsmError, match="no name for a part"):
        run("split", table(5), parts={label: 1.0})


def test_an_unknown_method_lists_the_known_ones():
    with pytest.raises(TsmError, match="random"):
        run("split", table(5), method="randm")
    assert "random" in splits.names()


def test_keys():
    with pytest.raises(TsmError, match="key column 'nope'"):
        run("split", table(5), key="nope")
    with pytest.raises(TsmError, match="no column that a split could go by"):
        run("split", pa.table({"ra": [1.0]}))
    with pytest.raises(TsmError, match="missing in 1 rows"):
        run("split", table(2, group_id=pa.array([1, None])))


def test_an_empty_table():
    assert run("split", table(0), parts=PARTS).table["split"].type == pa.string()


def test_rows_without_a_redshift_are_told():
    result = run("split", table(4, redshift=pa.array([0.5, None, float("nan"), 0.2])))
    assert [one.count for one in result.report.findings if one.where == "redshift"] == [2]
