"""A training set that is read column by column gives what the whole table gives."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pz_tsm.bundle import reading, rules, values
from pz_tsm.digest import table_digest
from pz_tsm.recipe import Recipe

RECIPE = """\
format: tsm-recipe/1
name: r
inputs: {a: {from: {file: a.csv}}}
steps: [{split: {parts: {a: 1}}}]
"""


def table(rows: int = 60_000) -> pa.Table:
    rng = np.random.default_rng(5)
    own = pa.array(rng.normal(20, 2, rows))
    return pa.table(
        {
            "tsm_id": [f"{k:x}" for k in range(rows)],
            "row_id": rng.permutation(rows),
            "redshift": rng.uniform(0, 3, rows),
            "own": own,
            "split": rng.choice(["train", "test"], rows),
            "spec_class": pa.array(rng.choice(["GALAXY", "STAR", None], rows)),
            "name": [f"object {k}" for k in range(rows)],
            "many": [[k] for k in range(rows)],
        }
    ).replace_schema_metadata({"tsm:access": "public"})


def everything(field: pa.Field) -> bool:
    return True


@pytest.mark.parametrize("ordered", [True, False])
def test_digest_columns_and_what_was_looked_at(tmp_path, ordered):
    made = table().sort_by("row_id") if ordered else table()
    pq.write_table(made, tmp_path / "t.parquet", row_group_size=7_000)
    seen = reading.by_column(tmp_path / "t.parquet", everything, lambda field, column: len(column))
    assert seen.digest == table_digest(made.drop_columns(["tsm_id"]))
    assert seen.table.equals(made) and seen.table.schema.metadata == made.schema.metadata
    assert seen.found == dict.fromkeys(made.column_names, made.num_rows)
    assert list(seen.found) == made.column_names
    whole = reading.read(tmp_path / "t.parquet")
    assert pa.types.is_dictionary(whole.schema.field("split").type)
    assert table_digest(whole.drop_columns(["tsm_id"])) == seen.digest


def test_without_ids_all_columns_order_the_rows(tmp_path):
    made = table(100).select(["redshift", "name", "split"])
    pq.write_table(made, tmp_path / "t.parquet")
    seen = reading.by_column(tmp_path / "t.parquet", everything, lambda field, column: None)
    assert seen.digest == table_digest(made.take(pa.array(range(99, -1, -1))))
    assert table_digest(reading.read(tmp_path / "t.parquet")) == seen.digest


def test_numbers_that_nobody_knows_do_not_stay(tmp_path):
    pq.write_table(table(100), tmp_path / "t.parquet")
    keep = rules.looked_at(Recipe.parse(RECIPE))
    seen = reading.by_column(tmp_path / "t.parquet", keep, values.odd_numbers)
    assert set(seen.schema.names) - set(seen.table.column_names) == {"own"}
    rail = Recipe.parse(RECIPE + "write: [{format: rail-hdf5}]\n")
    sky = Recipe.parse(RECIPE.replace("{parts: {a: 1}}", "{method: sky, parts: {a: 1}}"))
    by_own = Recipe.parse(RECIPE.replace("{parts: {a: 1}}", "{key: own, parts: {a: 1}}"))
    for recipe in (None, rail, sky, by_own):
        assert rules.looked_at(recipe)(pa.field("own", pa.float64()))


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32()])
@pytest.mark.parametrize("value", values.SENTINELS)
def test_every_number_that_stands_for_none_is_counted(kind, value):
    for others in ([], [0.1, None, float("nan")], [20.0] * 40_000, [float("inf"), 500.0], [-10.0, 10.0]):
        column = pa.chunked_array([pa.array([*others, value, *others, value], kind)])
        assert values.odd_numbers(pa.field("own", kind), column)[0] == 2, others
        assert values.odd_numbers(pa.field("own", kind), pa.chunked_array([pa.array(others, kind)]))[0] == 0


def test_keys_in_several_parts_are_counted_once_each():
    rng = np.random.default_rng(7)
    keys = pa.chunked_array([pa.array(rng.integers(0, 400, 600)), pa.array(rng.integers(0, 400, 300))])
    parts = pa.chunked_array([pa.array(rng.choice(["a", "b", "c"], 900))])
    pairs = pa.table({"key": keys, "part": parts}).group_by(["key", "part"]).aggregate([])
    each = pairs.group_by("key").aggregate([([], "count_all")])["count_all"]
    wanted = pc.sum(pc.greater(each, 1)).as_py()
    assert rules._in_several(keys, parts) == wanted > 0
    assert rules._in_several(keys, pa.chunked_array([pa.array(["a"] * 900)])) == 0
    assert rules._in_several(keys.slice(0, 0), parts.slice(0, 0)) == 0
