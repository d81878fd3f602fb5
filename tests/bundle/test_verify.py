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
    """What a careful forger does: new hashes in provenance, crate and checksums."""
    for name, key, place in (
        ("provenance.json", "entities", "path"),
        ("ro-crate-metadata.json", "@graph", "@id"),
    ):
        said = json.loads((out / name).read_text())
        for one in said[key]:
            if "sha256" in one and (out / str(one.get(place))).is_file():
                one["sha256"] = hashlib.sha256((out / one[place]).read_bytes()).hexdigest()
        (out / name).write_text(json.dumps(said))
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


@pytest.mark.parametrize(
    ("name", "edit", "code"),
    [
        ("recipe.tsm.lock", lambda said: said["inputs"][0].update(sha256="1" * 64), "R2"),
        ("recipe.tsm.lock", lambda said: said.update(seed=8), "R2"),
        ("provenance.json", lambda said: said.update(parts={"train": 40}), "P1"),
        ("provenance.json", lambda said: said.update(access_rights="public"), "P1"),
        ("provenance.json", lambda said: said["recipe"].update(id="0"), "P1"),
        ("schema.json", lambda said: said["columns"][3].update(unit="furlong"), "E1"),
    ],
)
def test_a_record_that_contradicts_another(out, name, edit, code):
    said = json.loads((out / name).read_text())
    edit(said)
    (out / name).write_text(json.dumps(said))
    sign_again(out)
    assert code in {one for one, _ in problems(out)}


def test_a_text_that_was_changed_with_new_checksums_only(out):
    (out / "README.md").write_text("Anything.")
    path = out / "checksums.sha256"
    digest = hashlib.sha256(b"Anything.").hexdigest()
    path.write_text(re.sub(r"\w{64}  README.md", f"{digest}  README.md", path.read_text()))
    assert problems(out) == {("P2", "README.md")}


def test_access_can_not_be_widened(out):
    path = out / TABLE
    table = pq.ParquetFile(path).read()
    assert table.schema.metadata[b"tsm:access"] == b"rubin-data-rights"
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, b"tsm:access": b"public"}), path)
    sign_again(out)
    assert ("P1", "provenance.json") in problems(out)


def test_ids_of_rows_are_recomputed(out):
    change(out, "tsm_id", lambda ids: ["x", *ids[1:]])
    assert ("E1", "tsm_id") in problems(out)


def test_measurements_are_checked_too(made, tmp_path):
    out = made.write(tmp_path / "with", measurements=made.table)
    assert bundle.verify(out).ok, bundle.verify(out).problems
    path = out / "data" / "measurements.parquet"
    pq.write_table(pq.ParquetFile(path).read().slice(1), path)
    sign_again(out)
    assert problems(out) == {("D1", "data/measurements.parquet")}


def test_inputs_that_stay_apart_add_up(tmp_path):
    from pz_tsm.recipe import run

    for name in ("a", "b"):
        table = pa.table(
            {"id": [f"{name}{i}" for i in range(5)], "ra": [10.0 + i for i in range(5)], "dec": [0.0] * 5}
        )
        pq.write_table(table.append_column("z", pa.array([0.3] * 5)), tmp_path / f"{name}.parquet")
    text = "format: tsm-recipe/1\ninputs: {a: {from: {file: a.parquet}}, b: {from: {file: b.parquet}}}\n"
    run(text, tmp_path, tmp_path / "out")
    assert bundle.verify(tmp_path / "out").ok, bundle.verify(tmp_path / "out").problems


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
