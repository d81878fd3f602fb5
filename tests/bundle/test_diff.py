"""Diff says in words what changed from one bundle to another."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from bundlekit import RECIPE, Made

from pz_tsm import bundle
from pz_tsm.cli import main
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
    made.table = table.set_column(3, "redshift", pa.array(redshift)).slice(2)
    try:
        other = made.write(tmp_path / "other")
    finally:
        made.table = table
    found = bundle.diff(out, other)
    assert any(line.startswith("2 rows removed: row_id 1, row_id 2") for line in found.lines)
    [told] = [line for line in found.lines if "redshifts changed" in line]
    largest = 0.001 / (1 + made.table["redshift"][2].as_py())
    assert told.startswith(f"38 redshifts changed, by {largest:.3g} of 1+z at most: row_id 3 ")
    assert found.redshifts["changed"] == 38 and found.redshifts["lost"] == 0
    assert found.columns["changed"] == ["redshift"] and found.rows["same"] == 38


def changed(made, out, **columns):
    """A bundle of the same run with other values in these rows of these columns."""
    table = made.table
    for name, values in columns.items():
        new = [values.get(row, old) for row, old in enumerate(made.table[name].to_pylist())]
        field = table.schema.field(name)
        table = table.set_column(table.column_names.index(name), field, pa.array(new, field.type))
    old, made.table = made.table, table
    try:
        return made.write(out)
    finally:
        made.table = old


def test_flags_are_told_from_what_to_what(made, out, tmp_path):
    other = changed(
        made,
        tmp_path / "other",
        z_flag_homogenized={0: 3.0, 1: 3.0, 2: None},
        redshift={4: None},
        i_gaap1p0Mag={5: 20.0, 6: 21.0},
    )
    found = bundle.diff(out, other)
    assert "z_flag_homogenized: 2 rows from 4 to 3" in found.lines
    assert "z_flag_homogenized: 1 rows from 4 to none" in found.lines
    assert "values differ in rows of both: i_gaap1p0Mag (2)" in found.lines
    assert any(line.startswith("1 redshifts changed: row_id 5 0.") for line in found.lines)
    assert found.redshifts["lost"] == 1 and found.rows["added"] == 0


def test_parts_are_told_by_their_sizes(made, out, tmp_path):
    other = Made(tmp_path / "o", RECIPE.replace("0.6, test: 0.4", "0.9, test: 0.1")).write(tmp_path / "other")
    found = bundle.diff(out, other)
    before, after = found.parts["train"]
    assert before < after and sum(found.parts["train"]) + sum(found.parts["test"]) == 80
    assert f"part 'train': {before} rows became {after}" in found.lines


def covered(folder, **said):
    from pz_tsm.bundle.qa_coverage import COVERAGE

    target = {"release": "mock", "n": 100}
    known = {"target": target, "features": ["i"], "mag_limit_90": 24.0}
    known |= {"frac_target_in_empty_cells": 0.1, "frac_target_in_sparse_cells": 0.2}
    (folder / COVERAGE).write_text(json.dumps(known | said))


def test_coverage_is_compared_for_the_same_target_only(made, out, tmp_path):
    other = made.write(tmp_path / "other")
    covered(out)
    assert bundle.diff(out, other).lines == ["coverage of the target is gone"]
    covered(other, frac_target_in_empty_cells=0.05, mag_limit_90=24.5)
    found = bundle.diff(out, other)
    assert found.lines == [
        "coverage: 10.00 % of the target in empty cells, now 5.00 %",
        "coverage: 90 % of the target is supported to 24.0 mag, now 24.5 mag",
    ]
    assert "Share of the target" in found.picture(("a", "b"))
    covered(other, target={"release": "dp1"}, mag_limit_90=24.5)
    assert [line[:25] for line in bundle.diff(out, other).lines] == ["coverage: another target,"]


def test_the_command_draws_a_picture(made, out, tmp_path, capsys):
    from xml.etree import ElementTree

    other = changed(made, tmp_path / "other", redshift={3: 1.5})
    picture = tmp_path / "out.svg"
    assert main(["diff", str(out), str(other), "--picture", str(picture)]) == 1
    assert "1 redshifts changed" in capsys.readouterr().out
    drawn = ElementTree.parse(picture).getroot()
    texts = " ".join("".join(one.itertext()) for one in drawn)
    assert "bundle" in texts and "other" in texts and "40 rows in both" in texts and "train" in texts
    assert "redshift of training rows" in texts and drawn.attrib["role"] == "img"
    recipe = out / "recipe.tsm.yaml"
    assert main(["diff", str(recipe), str(recipe), "--picture", str(picture)]) == 1
    assert "no picture" in capsys.readouterr().err


def test_the_command_says_it_as_json(made, out, tmp_path, capsys):
    assert main(["diff", str(out), str(made.write(tmp_path / "copy")), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["same"] and said["rows"] == {"added": 0, "removed": 0, "moved": 0, "same": 40, "renamed": 0}


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
