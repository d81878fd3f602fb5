"""What a recipe says, and what is told of one that says it wrongly."""

from __future__ import annotations

import json
import math
import textwrap

import pytest

from pz_tsm.errors import TsmError
from pz_tsm.recipe import Recipe, canonical_json, load_yaml, plan, run

GOOD = """\
format: tsm-recipe/1   # a comment
name: train
seed: 7
inputs:
  vvds: {from: {file: a.csv}, survey: NO, columns: {ra: RA, dec: DEC, z: Z}}
  other:
    from: {file: b.csv}
    steps:
      - filter: "redshift > 1e-3"
steps:
  - homogenize
  - split: {parts: {train: 0.7, test: 0.3}}
write:
  - {format: parquet}
"""


def vectors(contract):
    return json.loads((contract / "vectors" / "yaml.json").read_text(encoding="utf-8"))


def test_scalars_mean_what_both_languages_agreed_on(contract):
    for case in vectors(contract)["scalars"]:
        value = load_yaml(f"k: {case['text']}\n")[0]["k"]
        kind = {bool: "bool", int: "int", float: "float", str: "str", type(None): "null"}[type(value)]
        assert kind == case["type"], case
        expected = case["value"]
        if kind == "int":
            assert value == int(expected), case
        elif kind == "float" and isinstance(expected, str):
            assert math.isnan(value) if expected == "nan" else value == float(expected), case
        else:
            assert value == expected, case


def test_documents_and_errors_of_the_vectors(contract):
    for case in vectors(contract)["documents"]:
        assert load_yaml(case["text"])[0] == case["value"], case
    for case in vectors(contract)["errors"]:
        with pytest.raises(TsmError) as error:
            load_yaml(case["text"])
        if case["line"]:
            assert f"ine {case['line']}" in error.value.message, case


def test_a_recipe_is_read_whole():
    recipe = Recipe.parse(GOOD)
    assert (recipe.name, recipe.seed, list(recipe.inputs)) == ("train", 7, ["vvds", "other"])
    assert recipe.inputs["vvds"].spec["survey"] == "NO"
    assert recipe.inputs["other"].steps[0].params == "redshift > 1e-3"
    assert [step.op for step in recipe.steps] == ["homogenize", "split"]
    assert recipe.to_text() == GOOD, "what was written stays as it was written"


def test_the_id_does_not_depend_on_layout():
    recipe = Recipe.parse(GOOD)
    other = Recipe.parse(json.dumps({**recipe.to_dict(), "seed": 7}))
    assert other.id == recipe.id
    assert Recipe.parse(GOOD.replace("seed: 7", "seed: 8")).id != recipe.id


def test_the_id_does_not_tell_where_a_step_runs_unless_its_rows_depend_on_it():
    text = "format: tsm-recipe/1\nname: a\ninputs: {a: {from: {file: a.parquet}}}\n"
    text += "steps: [match: {release: mock%s}]\n"
    ids = {place: Recipe.parse(text % f", run: {place}").id for place in ("memory", "engine", "pz-server")}
    assert ids["memory"] == ids["engine"] == Recipe.parse(text % "").id != ids["pz-server"]


def test_canonical_text_reads_back_as_the_same_recipe():
    from dataclasses import replace

    recipe = Recipe.parse(GOOD)
    assert Recipe.parse(replace(recipe, text=None).to_text()).id == recipe.id


def test_canonical_json_writes_numbers_as_javascript_does():
    numbers = [1e21, 1e20, 1e-6, 1e-7, 0.1, 100.0, -0.0, 9007199254740993]
    assert canonical_json(numbers) == "[1e+21,100000000000000000000,0.000001,1e-7,0.1,100,0,9007199254740993]"
    assert canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'


BAD = {
    "no format": ("inputs: {a: x.csv}", "format", None),
    "a format of the future": ("format: tsm-recipe/9\ninputs: {a: x.csv}", "tsm-recipe/9", "newer"),
    "an unknown key": ("format: tsm-recipe/1\nimputs: {}", "Line 2", "inputs"),
    "an unknown key of an input": (
        "format: tsm-recipe/1\ninputs:\n  a: {from: {file: x}, surway: V}",
        "Line 3",
        "survey",
    ),
    "an unknown role": (
        "format: tsm-recipe/1\ninputs:\n  a: {from: {file: x}, columns: {zflag: V}}",
        "zflag",
        "z_flag",
    ),
    "no inputs": ("format: tsm-recipe/1\nsteps: []", "no inputs", "inputs:"),
    "an input from nowhere": ("format: tsm-recipe/1\ninputs:\n  a: {survey: V}", "Line 3", "file"),
    "two sources": ("format: tsm-recipe/1\ninputs: {a: {from: {file: x, vizier: y}}}", "one source", None),
    "two operations in one step": (
        "format: tsm-recipe/1\ninputs: {a: x}\nsteps:\n  - combine:\n    radius_arcsec: 1",
        "Line 4",
        "indent",
    ),
    "a step that is a number": ("format: tsm-recipe/1\ninputs: {a: x}\nsteps: [3]", "Line 3", None),
    "a seed that is no number": ("format: tsm-recipe/1\nseed: x\ninputs: {a: x}", "Line 2", None),
    "a survey that is a number": (
        "format: tsm-recipe/1\ninputs: {a: {from: x, survey: 6}}",
        "must be a text",
        'survey: "6"',
    ),
    "broken YAML": ("format: tsm-recipe/1\ninputs: {a: [}", "line 2", None),
    "a key twice": ("format: tsm-recipe/1\nname: a\nname: b", "Line 3", None),
    "a writer without format": ("format: tsm-recipe/1\ninputs: {a: x}\nwrite: [{tag: x}]", "format", None),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_told_with_its_line_and_a_remedy(case):
    text, said, remedy = BAD[case]
    with pytest.raises(TsmError) as error:
        Recipe.parse(text)
    assert said in error.value.message
    if remedy:
        assert remedy in (error.value.remedy or "")
    assert not plan(text).ok, "the plan says it too, and does not raise"


COLUMNS = "survey: VVDS, columns: {id: NUM, ra: RA, dec: DEC, z: Z, z_flag: FLAG}"


def catalogue(path, rows=40, survey="VVDS", flags=(3, 4), shift=0.0):
    lines = ["NUM,RA,DEC,Z,FLAG"]
    for i in range(rows):
        ra, dec, z = 150 + 0.01 * i + shift, 2 + 0.001 * i, 0.1 + 0.01 * i
        lines.append(f"{i},{ra:.6f},{dec:.6f},{z:.4f},{flags[i % len(flags)]}")
    path.write_text("\n".join(lines) + "\n")
    return path


def recipe_text(steps: str, inputs: str = "") -> str:
    inputs = inputs or f"  a: {{from: {{file: a.csv}}, {COLUMNS}}}"
    return f"format: tsm-recipe/1\nname: r\ninputs:\n{inputs}\nsteps:\n{textwrap.indent(steps, '  ')}"


def test_a_plan_counts_rows_and_names_columns(tmp_path):
    catalogue(tmp_path / "a.csv")
    made = plan(recipe_text("- homogenize\n- combine\n- filter: redshift < 0.3\n- split\n"), tmp_path)
    assert made.ok, [finding.message for finding in made.all_findings]
    assert [step["op"] for step in made.steps] == ["homogenize", "combine", "filter", "split"]
    assert made.steps[0]["rows_in"] == 40
    assert 0 < made.steps[2]["rows_out"] < 40
    assert {"split", "group_id"} <= {column["name"] for column in made.columns}
    assert made.bytes > 0
    json.dumps(made.to_dict())


def test_a_plan_tells_all_that_would_fail(tmp_path):
    catalogue(tmp_path / "a.csv")
    inputs = (
        f"  a: {{from: {{file: a.csv}}, {COLUMNS.replace('VVDS', 'NOBODY')}}}\n"
        "  b: {from: {file: none.csv}}"
    )
    steps = "- homogenize\n- combin: {radius_arcsec: 1}\n- filter: {condition: redshift > 0, wrong: 1}\n"
    made = plan(recipe_text(steps, inputs), tmp_path)
    said = " ".join(f"{one.message} {one.remedy}" for one in made.all_findings if one.level == "error")
    assert not made.ok
    for word in ("none.csv", "NOBODY", "combin", "Did you mean 'combine'", "wrong"):
        assert word in said, said


def test_a_missing_column_is_told_before_anything_runs(tmp_path):
    catalogue(tmp_path / "a.csv")
    made = plan(recipe_text("- filter: redshfit > 1\n"), tmp_path)
    (finding,) = [finding for finding in made.all_findings if finding.level == "error"]
    assert "redshfit" in finding.message and "redshift" in (finding.remedy or "")


def test_a_format_that_does_not_fit_is_told_by_the_plan(tmp_path):
    catalogue(tmp_path / "a.csv")
    text = recipe_text("- homogenize\n") + "write: [{format: papyrus}]\n"
    assert "papyrus" in " ".join(finding.message for finding in plan(text, tmp_path).all_findings)


def test_a_cut_on_quality_before_combine_is_warned_of(tmp_path):
    catalogue(tmp_path / "a.csv")
    steps = "- homogenize\n- filter: z_flag_homogenized >= 3\n- combine\n"
    found = plan(recipe_text(steps), tmp_path).all_findings
    warnings = [finding.message for finding in found if finding.level == "warning"]
    assert any("before combine" in text and "z_flag_homogenized" in text for text in warnings)
    late = plan(recipe_text("- homogenize\n- combine\n- filter: z_flag_homogenized >= 3\n"), tmp_path)
    assert not any("before combine" in finding.message for finding in late.all_findings)


def test_the_seed_and_the_parts_decide_the_split(tmp_path):
    catalogue(tmp_path / "a.csv", rows=200)
    text = recipe_text("- split\n")
    one, again = run(text, tmp_path), run(text, tmp_path)
    other = run(text.replace("name: r\n", "name: r\nseed: 5\n"), tmp_path)
    assert one.digest == again.digest != other.digest


def test_steps_of_one_input_run_on_it_alone(tmp_path):
    catalogue(tmp_path / "a.csv")
    catalogue(tmp_path / "b.csv", shift=1.0)
    inputs = (
        f"  a: {{from: {{file: a.csv}}, {COLUMNS}, steps: [{{filter: redshift < 0.2}}]}}\n"
        f"  b: {{from: {{file: b.csv}}, {COLUMNS}}}"
    )
    result = run(recipe_text("- homogenize\n- combine\n", inputs), tmp_path)
    kept = result.table.column("source_product").to_pylist()
    assert sorted(kept.count(name) for name in set(kept)) == [10, 40]
    reports = {(report.op, report.input): report for report in result.reports}
    assert reports["filter", "a"].rows_out == 10
    assert ("filter", "b") not in reports


def test_the_same_catalogue_twice_is_refused(tmp_path):
    catalogue(tmp_path / "a.csv")
    catalogue(tmp_path / "b.csv")
    inputs = f"  a: {{from: {{file: a.csv}}, {COLUMNS}}}\n  b: {{from: {{file: b.csv}}, {COLUMNS}}}"
    text = recipe_text("- homogenize\n- combine\n", inputs)
    with pytest.raises(TsmError, match="'a' and 'b' are the same catalogue"):
        run(text, tmp_path)
    assert not plan(text, tmp_path).ok


def test_nothing_left_is_an_error_not_an_empty_set(tmp_path):
    catalogue(tmp_path / "a.csv")
    text = recipe_text("- filter: redshift > 8\n")
    with pytest.raises(TsmError, match="No row is left"):
        run(text, tmp_path)
    assert not plan(text, tmp_path).ok


def test_events_tell_every_step(tmp_path):
    catalogue(tmp_path / "a.csv")
    events = []
    run(recipe_text("- homogenize\n- split\n"), tmp_path, None, events.append)
    steps = [event for event in events if event["event"] == "step"]
    done = [(event["op"], event["input"]) for event in steps if event["state"] == "done"]
    assert done == [("load", "a"), ("homogenize", "a"), ("split", None)]
    assert events[-1]["event"] == "done" and events[-1]["counts"]["rows"] == 40


def test_the_lock_says_what_was_used(tmp_path):
    import hashlib

    path = catalogue(tmp_path / "a.csv")
    lock = run(recipe_text("- homogenize: {rules: pz-server}\n- split\n"), tmp_path).lock
    (entry,) = lock["inputs"]
    assert lock["format"] == "tsm-lock/1"
    assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert entry["location"] == "a.csv" and entry["rows"] == 40
    (pack,) = lock["rule_packs"]
    assert pack["name"] == "pz-server" and len(pack["sha256"]) == 64
    assert lock["software"]["pz-tsm"] and lock["seed"] == 0
    assert str(tmp_path) not in json.dumps(lock)


def test_restricted_access_stays_on_whatever_is_made(tmp_path):
    catalogue(tmp_path / "a.csv")
    catalogue(tmp_path / "b.csv", shift=1.0)
    inputs = (
        f"  a: {{from: {{file: a.csv}}, {COLUMNS}}}\n"
        f"  b: {{from: {{file: b.csv}}, access: rubin-data-rights, {COLUMNS}}}"
    )
    steps = "- homogenize\n- combine\n- filter: redshift < 0.2\n- split\n"
    result = run(recipe_text(steps, inputs), tmp_path)
    assert result.table.schema.metadata[b"tsm:access"] == b"rubin-data-rights"


def test_the_existing_pipeline_is_reproduced_through_the_whole_path(shared):
    """The kit's ten surveys from their files, by recipe, against the oracle: every row and its rivals."""
    import pyarrow.parquet as pq

    data = shared / "data"
    inputs = {}
    for entry in load_yaml((data / "catalogs.yaml").read_text())[0]["catalogs"]:
        name = entry["internal_name"]
        if name[4:] not in ("elais_fbmc", "previous_product"):
            inputs[name[4:]] = {"from": {"file": entry["path"]}, "columns": entry["columns"], "id": name}
    steps = [
        {"homogenize": {"rules": "pz-server", "unmapped": None}},
        {"combine": {"policy": "pz-server", "radius_arcsec": 1}},
    ]
    table = run(json.dumps({"format": "tsm-recipe/1", "inputs": inputs, "steps": steps}), data).table

    def fates(answer):
        columns = (answer[name].to_pylist() for name in ("CRD_ID", "tie_result", "compared_to"))
        return {row: (fate, rivals or "") for row, fate, rivals in zip(*columns, strict=True)}

    oracle = pq.read_table(data / "oracles" / "combine_all10_r1.0_independent.parquet")
    assert fates(table) == fates(oracle) and len(table) == 10_000


def test_inputs_that_are_matched_each_by_itself_are_not_put_together(small_sky):
    match = "{match: {release: {hats: mock_release, profile: mock}}}"
    text = (
        "format: tsm-recipe/1\ninputs:\n"
        f"  a: {{from: {{file: mock_deep.parquet}}, steps: [{match}]}}\n"
        f"  b: {{from: {{file: mock_wide.fits}}, survey: MOCK-WIDE, steps: [{match}]}}\nsteps: [split]\n"
    )
    with pytest.raises(TsmError, match="each by itself"):
        run(text, small_sky)
    assert any("each by itself" in one.message for one in plan(text, small_sky).all_findings)


def test_a_plan_goes_on_after_a_match_that_it_estimates(small_sky, monkeypatch):
    import pz_tsm.ops.match as match

    text = (small_sky / "mock.tsm.yaml").read_text()
    exact = plan(text, small_sky)
    monkeypatch.setattr(match, "SMALL", 0)
    found = plan(text, small_sky)
    assert found.ok and "No row would be left at the end." not in [one.message for one in found.all_findings]
    after = [one for one in found.steps if one["op"] in ("match", "photometry", "filter", "split")]
    expected = after[0]["report"].details["expected"]["matches"]["rows"]
    assert expected > 0 and all(one["estimated"] and one["rows_out"] == expected for one in after)
    matched = next(one for one in exact.steps if one["op"] == "match")["rows_out"]
    assert abs(expected - matched) < 0.2 * matched
    rows = exact.steps[-1]["rows_out"]
    assert 0.5 < (found.bytes / expected) / (exact.bytes / rows) < 2, "bytes of a row"
    assert any("once the match has run" in one.message for one in after[2]["findings"])
