"""Verify finds what was changed, and names it."""

from __future__ import annotations

import hashlib
import json
import re

import h5py
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pz_tsm import bundle
from pz_tsm.errors import TsmError

TABLE = "data/training_set.parquet"


def problems(out):
    report = bundle.verify(out)
    assert json.dumps(report.to_dict())
    return {(one["code"], one["where"]) for one in report.problems}


def sign_again(out):
    """What a careful forger does: new checksums."""
    path = out / "checksums.sha256"
    lines = []
    for line in path.read_text().splitlines():
        name = line.split("  ")[1]
        lines.append(f"{hashlib.sha256((out / name).read_bytes()).hexdigest()}  {name}")
    path.write_text("\n".join(lines) + "\n")


def change(out, name, values):
    path = out / TABLE
    table = pq.ParquetFile(path).read()
    field = table.schema.field(name)
    table = table.set_column(
        table.column_names.index(name), field, pa.array(values(table[name].to_pylist()), field.type)
    )
    pq.write_table(table, path)
    sign_again(out)


def test_an_untouched_bundle_is_right(out):
    report = bundle.verify(out)
    assert report.ok, report.problems
    assert len(report.checked) > 6


@pytest.mark.parametrize("place", [10, 500, -100])
def test_one_byte_in_the_table(out, place):
    path = out / TABLE
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(data)
    assert ("E8", TABLE) in problems(out)


@pytest.mark.parametrize(
    "name", [TABLE, "README.md", "recipe.tsm.lock", "rail/test.hdf5", "recipe.tsm.yaml", "provenance.json"]
)
def test_a_file_that_is_gone(out, name):
    (out / name).unlink()
    report = bundle.verify(out)
    assert any(one["where"] == name and "missing" in one["message"] for one in report.problems)


def test_a_file_that_was_added(out):
    (out / "data" / "more.parquet").write_bytes(b"x")
    report = bundle.verify(out)
    assert [one["where"] for one in report.problems] == ["data/more.parquet"]
    assert "added" in report.problems[0]["message"]


def test_a_swapped_part_label_is_found_even_with_new_checksums(out):
    change(out, "split", lambda parts: ["test" if parts[0] == "train" else "train", *parts[1:]])
    found = problems(out)
    assert ("S1", "split") in found and ("D1", TABLE) in found
    words = next(one["message"] for one in bundle.verify(out).problems if one["code"] == "S1")
    assert re.search(r"row_id 1 is in '(test|train)', not in '(test|train)'", words)


def test_changed_redshifts_are_found_even_with_new_checksums(out):
    change(out, "redshift", lambda z: [z[0] + 0.01, *z[1:]])
    assert ("D1", TABLE) in problems(out)


def test_swapped_rail_files_are_found_even_with_new_checksums(out):
    rail = out / "rail"
    (rail / "train.hdf5").rename(rail / "x")
    (rail / "test.hdf5").rename(rail / "train.hdf5")
    (rail / "x").rename(rail / "test.hdf5")
    sign_again(out)
    assert {code for code, _ in problems(out)} == {"F1"}


def test_a_changed_magnitude_in_a_rail_file(out):
    with h5py.File(out / "rail" / "train.hdf5", "r+") as file:
        file["i_gaap1p0Mag"][0] += 0.1
    sign_again(out)
    words = [one["message"] for one in bundle.verify(out).problems]
    assert len(words) == 1 and "'i_gaap1p0Mag' of rail/train.hdf5" in words[0]


def test_a_changed_recipe(out):
    path = out / "recipe.tsm.yaml"
    path.write_text(path.read_text().replace("seed: 7", "seed: 8"))
    sign_again(out)
    assert ("R1", "recipe.tsm.yaml") in problems(out) and ("S1", "split") in problems(out)


def test_sums_that_do_not_close(out):
    path = out / "provenance.json"
    said = json.loads(path.read_text())
    said["counts"][1]["dropped_by_reason"]["bad luck"] = 3
    path.write_text(json.dumps(said))
    sign_again(out)
    report = bundle.verify(out)
    assert [one["code"] for one in report.problems] == ["E9"] and "don't add up" in report.problems[0][
        "message"
    ]


def test_sentinels_and_flags(out):
    change(out, "u_gaap1p0Mag", lambda mags: [99.0, *mags[1:]])
    change(out, "z_flag_homogenized", lambda flags: [5.0, *flags[1:]])
    found = problems(out)
    assert ("E6", "u_gaap1p0Mag") in found and ("E4", "z_flag_homogenized") in found


def test_an_object_in_two_rows(out):
    change(out, "objectId", lambda ids: [ids[1], *ids[1:]])
    assert ("E2", "objectId") in problems(out)


def test_a_missing_citation(out):
    (out / "references.bib").write_text("")
    sign_again(out)
    assert ("E10", "2MRS") in problems(out)


def test_a_table_cut_short(out):
    path = out / TABLE
    path.write_bytes(path.read_bytes()[:-200])
    words = [one["message"] for one in bundle.verify(out).problems]
    assert any("can't be read" in word for word in words)


def test_no_bundle(tmp_path):
    with pytest.raises(TsmError, match="no bundle"):
        bundle.verify(tmp_path)
    with pytest.raises(TsmError, match="no bundle"):
        bundle.verify(tmp_path / "nowhere")
