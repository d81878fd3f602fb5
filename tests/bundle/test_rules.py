"""Each rule of the format (E1-E10, W1-W4): a good bundle that is broken in one way, and the rule is named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from bundlekit import Made
from test_verify import sign_again

from pz_tsm.cli import main

Change = Callable[[pa.Table], pa.Table]


@pytest.fixture(scope="module")
def two(tmp_path_factory) -> Made:
    """A run on two surveys, of the same size in each part."""
    made = Made(tmp_path_factory.mktemp("two"))
    names = np.full(made.table.num_rows, "VVDS")
    for rows in rows_of(made.table).values():
        names[rows[::2]] = "2MRS"
    place = made.table.column_names.index("survey")
    table = made.table.set_column(place, "survey", pa.array(names.tolist()))
    made.table = table.append_column("group_id", table["row_id"])
    return made


def put(name: str, values: dict[int, Any]) -> Change:
    """Other values in these rows of a column."""

    def change(table: pa.Table) -> pa.Table:
        old = table[name].to_pylist()
        new = [values.get(row, value) for row, value in enumerate(old)]
        field = table.schema.field(name)
        return table.set_column(table.column_names.index(name), field, pa.array(new, field.type))

    return change


def typed(name: str, kind: pa.DataType) -> Change:
    def change(table: pa.Table) -> pa.Table:
        return table.set_column(table.column_names.index(name), name, table[name].cast(kind))

    return change


def rows_of(table: pa.Table) -> dict[str, list[int]]:
    parts = np.array(table["split"].to_pylist())
    return {part: np.flatnonzero(parts == part).tolist() for part in ("train", "test")}


def one_object_twice(table: pa.Table) -> pa.Table:
    first, second = rows_of(table)["train"][:2]
    return put("objectId", {second: table["objectId"][first].as_py()})(table)


def one_group_in_two_parts(table: pa.Table) -> pa.Table:
    rows = rows_of(table)
    return put("group_id", {rows["test"][0]: table["group_id"][rows["train"][0]].as_py()})(table)


def mostly_one_survey(table: pa.Table) -> pa.Table:
    return put("survey", dict.fromkeys(rows_of(table)["train"][4:], "VVDS"))(table)


def one_byte(out: Path) -> None:
    data = bytearray((out / "README.md").read_bytes())
    data[0] ^= 1
    (out / "README.md").write_bytes(data)


def lost_rows(out: Path) -> None:
    said = json.loads((out / "provenance.json").read_text())
    said["counts"][-1]["dropped_by_reason"] = {"nobody knows": 3}
    (out / "provenance.json").write_text(json.dumps(said))
    sign_again(out)


def no_papers(out: Path) -> None:
    text = (out / "references.bib").read_text()
    (out / "references.bib").write_text(re.sub(r"@\w+\{2012ApJS[^@]*", "", text))
    sign_again(out)


# what is changed in the table before the bundle is written, or in the folder after it; and what verify names
IN_THE_TABLE: dict[str, tuple[Change, str]] = {
    "E1": (lambda table: table.drop_columns(["release"]), "release"),
    "E1 type": (typed("match_n", pa.int64()), "match_n"),
    "E2": (one_object_twice, "objectId"),
    "E3": (put("redshift", {0: 20.0}), "redshift"),
    "E3 null": (put("redshift", {0: None}), "redshift"),
    "E4": (put("z_flag_homogenized", {0: 5.0}), "z_flag_homogenized"),
    "E5": (one_group_in_two_parts, "group_id"),
    "E6": (put("ebv", {0: -9.99}), "ebv"),
    "E7": (put("i_gaap1p0Mag", {0: 45.0}), "i_gaap1p0Mag"),
    "W1": (put("instrument_type", {0: "p"}), "instrument_type"),
    "W2": (put("match_n", {0: 2}), "match_n"),
    "W3": (mostly_one_survey, "survey"),
    "W4": (put("bands_observed", {row: 30 for row in range(10)}), "bands_observed"),
}
IN_THE_FOLDER: dict[str, tuple[Callable[[Path], None], str]] = {
    "E8": (one_byte, "README.md"),
    "E9": (lost_rows, "step:3:split"),
    "E10": (no_papers, "2MRS"),
}
SAID = re.compile(r"^(?:warning )?([A-Z]\d+): .*\[(.*)\]$", re.M)


def verified(out: Path, capsys) -> tuple[int, set[tuple[str, str]], str]:
    """Exit status, what is named, and the text."""
    capsys.readouterr()
    code = main(["verify", str(out)])
    text = capsys.readouterr().out
    return code, set(SAID.findall(text)), text


def test_there_is_a_case_for_every_rule():
    named = {name.split()[0] for name in (*IN_THE_TABLE, *IN_THE_FOLDER)}
    assert named == {*(f"E{number}" for number in range(1, 11)), *(f"W{number}" for number in range(1, 5))}


def test_the_good_bundle_breaks_none(two, tmp_path, capsys):
    code, named, text = verified(two.write(tmp_path / "good"), capsys)
    assert (code, named) == (0, set()), text


@pytest.mark.parametrize("name", IN_THE_TABLE)
def test_rows_and_columns_that_break_a_rule(two, tmp_path, capsys, name):
    change, where = IN_THE_TABLE[name]
    table, two.table = two.table, change(two.table)
    try:
        out = two.write(tmp_path / "out")
    finally:
        two.table = table
    code, named, text = verified(out, capsys)
    rule = name.split()[0]
    assert named == {(rule, where)}, text
    warned = rule in ("E7", "W1", "W2", "W3", "W4")
    assert code == (0 if warned else 1) and text.startswith("warning ") == warned


@pytest.mark.parametrize("name", IN_THE_FOLDER)
def test_files_that_break_a_rule(two, tmp_path, capsys, name):
    out = two.write(tmp_path / "out")
    change, where = IN_THE_FOLDER[name]
    change(out)
    code, named, text = verified(out, capsys)
    assert (name, where) in named and code == 1, text
    assert {rule for rule, _ in named} <= {name, "P2"}, text  # P2: the crate has hashes, too


def test_an_unknown_type_where_flags_were_homogenized(tmp_path, tmp_path_factory, capsys):
    from pz_tsm import bundle, mock
    from pz_tsm.recipe import run

    sky = tmp_path / "sky"
    mock.make(sky, rows=300, objects=900)
    text = re.sub(r"  - match.*?(?=write:)", "", (sky / "mock.tsm.yaml").read_text(), flags=re.S)
    text = re.sub(r"  - \{format: rail.*\n", "", text)
    made = run(text, sky)
    table = put("instrument_type", {0: "x"})(made.table)
    out = tmp_path / "out"
    lock = {key: value for key, value in made.lock.items() if key != "output"}
    bundle.write(out, table, recipe=text, lock=lock, reports=made.reports)
    assert ("E4", "instrument_type") in verified(out, capsys)[1]


def test_stars_near_zero_are_no_trouble(two, tmp_path, capsys):
    count = two.table.num_rows
    table = two.table.append_column("spec_class", pa.array([None] * count, pa.string()))
    for spec_class, expected in ((None, {("E3", "redshift")}), ("STAR", set())):
        old, two.table = two.table, put("spec_class", {0: spec_class})(put("redshift", {0: 0.0002})(table))
        try:
            out = two.write(tmp_path / f"out-{spec_class}")
        finally:
            two.table = old
        code, named, _ = verified(out, capsys)
        assert (code, named) == (0, expected)
