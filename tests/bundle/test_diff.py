"""Diff says in words what changed from one bundle to another."""

from __future__ import annotations

import pytest
from bundlekit import RECIPE, Made

from pz_tsm import bundle
from pz_tsm.errors import TsmError


def test_a_bundle_does_not_differ_from_its_copy(made, out, tmp_path):
    assert bundle.diff(out, made.write(tmp_path / "copy")).same


def test_another_seed_moves_rows(made, out, tmp_path):
    other = Made(tmp_path / "o", RECIPE.replace("seed: 7", "seed: 8")).write(tmp_path / "other")
    found = bundle.diff(out, other)
    assert "recipe: seed: 7 became 8" in found.lines
    assert found.rows["moved"] > 0 and found.rows["added"] == found.rows["removed"] == 0
    assert any("moved from 'train' to 'test'" in line for line in found.lines)


def test_rows_gone_and_values_changed(made, out, tmp_path):
    table = made.table
    redshift = made.table["redshift"].to_numpy() + 0.001
    import pyarrow as pa

    made.table = table.set_column(3, "redshift", pa.array(redshift)).slice(2)
    try:
        other = made.write(tmp_path / "other")
    finally:
        made.table = table
    lines = bundle.diff(out, other).lines
    assert any(line.startswith("2 rows removed: row_id 1, row_id 2") for line in lines)
    assert any("values differ in 38 common rows: redshift" in line for line in lines)


def test_recipes(tmp_path):
    (tmp_path / "a.tsm.yaml").write_text(RECIPE)
    changed = RECIPE.replace("train: 0.6, test: 0.4", "train: 0.5, test: 0.5").replace(
        "  - photometry", '  - filter: "redshift > 0"\n  - photometry'
    )
    (tmp_path / "b.tsm.yaml").write_text(changed)
    lines = bundle.diff(tmp_path / "a.tsm.yaml", tmp_path / "b.tsm.yaml").lines
    assert 'step 2 is new: {"filter": "redshift > 0"}' in lines
    assert "step 4.split.parts.train: 0.6 became 0.5" in lines


def test_a_bundle_and_a_recipe(out):
    with pytest.raises(TsmError, match="can't be compared"):
        bundle.diff(out, out / "recipe.tsm.yaml")
