"""The rows and parts that a split is shown with before it runs are those of the run."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm import recipe as recipes
from pz_tsm.engine.local import preview_rows as preview
from pz_tsm.ops.base import Context
from pz_tsm.recipe import Recipe

RECIPE = """format: tsm-recipe/1
name: previewed
inputs:
  deep: {{from: {{file: deep.parquet}}, survey: VVDS}}
steps:
  - combine:
      radius_arcsec: 0.75
      eligible: redshift > 0
      prefer: [survey_rank]
      keep: [mag_g, mag_i, mag_i_err]
  - split: {split}
"""


@pytest.fixture
def folder(tmp_path):
    draw = np.random.default_rng(8)
    count = 400
    table = pa.table(
        {
            "id": np.arange(count),
            "ra": 150 + draw.random(count),
            "dec": 2 + draw.random(count),
            "redshift": draw.random(count) * 2,
            "z_flag_homogenized": np.full(count, 4.0),
            "instrument_type": ["s"] * count,
            "mag_g": 23 + draw.random(count),
            "mag_i": 22 + draw.random(count),
            "mag_i_err": draw.random(count),
        }
    )
    pq.write_table(table, tmp_path / "deep.parquet")
    return tmp_path


def ask(client, folder, split, **what):
    text = RECIPE.format(split=split)
    return client.post("/local/preview", json={"text": text, "base": str(folder), "step": 1, **what})


def stream(client, id):
    answer = client.get(f"/local/previews/{id}")
    assert answer.status_code == 200, answer.text
    assert "immutable" in answer.headers["cache-control"]
    return pa.ipc.open_stream(io.BytesIO(answer.content)).read_all()


def made(folder, split):
    """What the run gives each key."""
    recipes.run(RECIPE.format(split=split), folder, folder / "out")
    table = pq.read_table(folder / "out" / "data" / "training_set.parquet")
    return dict(zip(table["group_id"].to_pylist(), table["split"].to_pylist(), strict=True))


def test_keys_redshifts_magnitudes_and_places_of_the_rows_come_as_columns(client, folder):
    answer = ask(client, folder, "{method: random, parts: {train: 0.6, test: 0.4}}")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["source"], said["key"], said["labels"], said["parts"]) == (
        "plan",
        "group_id",
        ["train", "test"],
        None,
    )
    assert (said["magnitude"], said["magnitudes"]) == ("mag_i", ["mag_i", "mag_g"])
    assert said["report"]["details"]["leakage"]["shared"] == {"group_id": 0}
    columns = stream(client, said["columns"])
    assert columns.column_names == ["key", "redshift", "magnitude", "ra", "dec"]
    assert columns.num_rows == said["rows"] == said["of"] == 400
    other = ask(client, folder, "{method: random, parts: {train: 0.5, test: 0.5}}", magnitude="mag_g").json()
    assert other["magnitude"] == "mag_g" and other["columns"] != said["columns"]


def test_another_split_of_the_same_rows_has_the_same_columns(client, folder):
    one = ask(client, folder, "{method: random, parts: {train: 0.6, test: 0.4}}").json()
    two = ask(client, folder, "{method: exact, parts: {train: 0.5, test: 0.5}, seed: 4}").json()
    assert one["columns"] == two["columns"] and two["seed"] == 4


def test_the_parts_of_a_stratified_split_are_those_of_the_run(client, folder):
    split = "{method: stratified, options: {cells: {redshift: 0.2, mag_i: 0.5}}}"
    said = ask(client, folder, split).json()
    keys = stream(client, said["columns"])["key"].to_pylist()
    parts = [said["labels"][number] for number in stream(client, said["parts"])["part"].to_pylist()]
    assert dict(zip(keys, parts, strict=True)) == made(folder, split)


def test_where_a_match_is_only_estimated_other_rows_are_shown_and_named(folder):
    """A large match knows its rows when it has run: those before it, or those of the last run."""
    split = "{method: exact, parts: {train: 0.5, test: 0.5}}"
    step = Recipe.parse(RECIPE.format(split=split)).steps[1]
    ids = pa.array(range(40), pa.int64())
    before = {"": pa.table({"row_id": ids, "group_id": ids})}
    found = preview._without(step, before, None, Context(base=folder, planning=True))
    assert found.source == "before_match" and found.report.details["counts"]["train"] == 20
    last = folder / "training_set.parquet"
    pq.write_table(pa.table({"row_id": ids[:10], "split_key": ids[:10]}), last)
    found = preview._without(step, before, str(last), Context(base=folder, planning=True))
    rows, number = found.rows()
    assert (found.source, found.state["key"], rows.num_rows) == ("run", "split_key", 10)
    assert sorted(number.tolist()) == [0] * 5 + [1] * 5


def test_a_split_that_fails_says_why(client, folder):
    answer = ask(client, folder, "{method: stratified, options: {cells: {colour: 0.2}}}")
    assert answer.status_code == 400
    assert "colour" in answer.json()["error"]["message"]


def test_a_step_that_is_no_split_is_refused(client, folder):
    answer = ask(client, folder, "{method: random}", step=0)
    assert answer.status_code == 400 and "no split" in answer.json()["error"]["message"]


def test_a_preview_that_is_no_longer_kept_is_not_found(client, folder):
    assert client.get(f"/local/previews/{'0' * 32}").status_code == 404
    assert client.get("/local/previews/..%2Fx").status_code == 404
