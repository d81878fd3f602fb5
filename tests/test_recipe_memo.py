"""Plans made one after another: what did not change is not worked out again, what changed is never stale."""

from __future__ import annotations

import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm.recipe import memo as kept
from pz_tsm.recipe import plan

RECIPE = """\
format: tsm-recipe/1
name: train
inputs:
  a: {from: {file: a.parquet}, survey: VVDS, id: a}
  b: {from: {file: b.parquet}, survey: DEEP2, id: b}
steps:
  - homogenize: {rules: mine.yaml}
  - combine: {radius_arcsec: 0.75}
"""
RULES = """\
format: tsm-rules/1
name: mine
version: "1"
surveys:
  VVDS: {flag: [{when: z_flag >= 3, is: 4}], otherwise: 1}
  DEEP2: {flag: [{when: z_flag >= 3, is: 3}], otherwise: 1}
"""


def catalogue(path, redshifts, flag=4):
    rows = len(redshifts)
    table = pa.table(
        {
            "id": list(range(rows)),
            "ra": [10.0 + i for i in range(rows)],
            "dec": [-1.0] * rows,
            "z": redshifts,
            "z_flag": [flag] * rows,
        }
    )
    pq.write_table(table, path, compression="none", use_dictionary=False)


@pytest.fixture
def folder(tmp_path):
    catalogue(tmp_path / "a.parquet", [0.1, 0.2, 0.3])
    catalogue(tmp_path / "b.parquet", [0.1, 0.7, 0.3])
    (tmp_path / "mine.yaml").write_text(RULES)
    return tmp_path


@pytest.fixture
def memo():
    with kept.using(kept.Memo(10_000_000)) as found:
        yield found


@pytest.fixture
def loads(monkeypatch):
    """Names of the inputs that were read from their files."""
    import pz_tsm.sources

    read, names = pz_tsm.sources.load, []

    def load(spec, base, ctx, *, name):
        names.append(name)
        return read(spec, base, ctx, name=name)

    monkeypatch.setattr(pz_tsm.sources, "load", load, raising=False)
    return names


def conflicts(made):
    return made.steps[-1]["report"].details["verdicts"].get("conflict", 0)


def flags(made, place):
    return [r["flags"] for r in made.steps[0]["report"].details["inputs"][place]["surveys"].values()]


def test_a_plan_with_a_memo_says_the_same_as_one_without(folder, memo):
    plan(RECIPE, folder)
    again = plan(RECIPE, folder).to_dict()
    with kept.using(None):
        assert again == plan(RECIPE, folder).to_dict()


def test_an_edit_of_a_step_reads_no_input_again(folder, memo, loads):
    first = plan(RECIPE, folder)
    assert loads == ["a", "b"] and conflicts(first) == 2
    wide = plan(RECIPE.replace("0.75", "0.5, delta_z: 0.9"), folder)
    assert loads == ["a", "b"] and conflicts(wide) == 0
    assert memo.hits == 4, "two inputs, homogenized each"
    plan(RECIPE.replace("name: train", "name: other"), folder)
    assert memo.hits == 9, "and the combination too"


def test_a_changed_file_is_read_again(folder, memo, loads):
    plan(RECIPE, folder)
    catalogue(folder / "b.parquet", [0.1, 0.2, 0.3])
    assert conflicts(plan(RECIPE, folder)) == 0
    assert loads == ["a", "b", "b"]


def test_a_file_replaced_by_one_of_the_same_size_and_time_is_read_again(folder, memo):
    plan(RECIPE, folder)
    before = os.stat(folder / "b.parquet")
    catalogue(folder / "new.parquet", [0.1, 0.2, 0.3])
    assert (folder / "new.parquet").stat().st_size == before.st_size
    os.utime(folder / "new.parquet", ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace(folder / "new.parquet", folder / "b.parquet")
    assert conflicts(plan(RECIPE, folder)) == 0


def test_a_changed_rule_file_is_asked_again(folder, memo):
    assert flags(plan(RECIPE, folder), "b") == [{"3": 3}]
    (folder / "mine.yaml").write_text(RULES.replace("is: 3", "is: 2"))
    assert flags(plan(RECIPE, folder), "b") == [{"2": 3}]


def test_the_same_recipe_in_another_folder_is_another_one(folder, memo, tmp_path_factory):
    plan(RECIPE, folder)
    other = tmp_path_factory.mktemp("other")
    for name in ("a.parquet", "mine.yaml"):
        shutil.copy2(folder / name, other / name)
    catalogue(other / "b.parquet", [0.1, 0.2, 0.3])
    assert conflicts(plan(RECIPE, other)) == 0


def test_findings_of_one_plan_do_not_pile_up_in_the_next(folder, memo):
    texts = [[f.message for f in plan(RECIPE, folder).all_findings] for _ in range(3)]
    assert texts[0] == texts[1] == texts[2]


def test_an_input_that_fails_is_tried_again(folder, memo):
    (folder / "b.parquet").rename(folder / "away.parquet")
    assert not plan(RECIPE, folder).ok
    (folder / "away.parquet").rename(folder / "b.parquet")
    assert plan(RECIPE, folder).ok


def test_the_memo_keeps_to_its_limit_and_drops_what_was_used_last():
    memo = kept.Memo(kept.OVERHEAD * 2 + 20_000)
    small, other = (pa.table({"x": pa.array([n] * 1000, pa.int64())}) for n in (1, 2))
    memo.put("a", "a", small)
    memo.put("a2", "the same columns take no more", small.append_column("y", small["x"]))
    assert memo.get("a") == "a" and memo.get("a2") is not None
    memo.put("b", "b", other)
    assert memo.get("a") is None and memo.get("b") == "b" and memo.bytes <= memo.limit
    memo.put("huge", "huge", pa.table({"x": pa.array(range(100_000))}))
    assert memo.get("huge") is None and memo.get("b") == "b"


def test_other_values_of_a_plan_are_remembered_too(memo):
    made = []

    def make():
        made.append(1)
        return {"rows": []}

    memo.remember(("sky", "key"), make)["rows"].append("changed by who asked")
    assert memo.remember(("sky", "key"), make) == {"rows": []} and len(made) == 1
    memo.remember(("sky", None), make)
    memo.remember(("sky", None), make)
    assert len(made) == 3, "what has no key is made each time"
