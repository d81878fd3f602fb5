"""Tables written and read again: the folder of a bundle, one file, and a training set as a catalogue."""

from __future__ import annotations

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

import pz_tsm
from pz_tsm import mock, recipe
from pz_tsm.errors import TsmError


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("again")
    mock.make(folder, rows=3000, objects=9000)
    recipe.run((folder / "mock.tsm.yaml").read_text(), folder, folder / "out")
    return folder


@pytest.fixture(scope="module")
def run(made):
    return pq.read_table(made / "out" / "data" / "training_set.parquet").drop_columns(["tsm_id"])


def values(table):
    """Every value in its place, NaN and null told apart."""
    return repr(table.to_pydict())


def test_a_bundle_is_read_as_it_was_written(made, run):
    table = pz_tsm.read(made / "out")
    assert values(table.arrow) == values(run)
    assert table.name == "mock" and table.access == "public"
    assert [report.op for report in table.reports][-2:] == ["filter", "split"]
    assert table.report.rows_out == len(table)
    first = table.why(at=0)
    assert str(table["row_id"][0]) in str(first.to_dict() if hasattr(first, "to_dict") else first)
    assert len(table.conflicts()) >= 0 and table.recipe.to_text() == (
        made / "out" / "recipe.tsm.yaml"
    ).read_text(encoding="utf-8")


def test_steps_after_it_come_after_those_of_the_bundle(made, run, tmp_path, monkeypatch):
    table = pz_tsm.split(pz_tsm.read(made / "out"), parts={"a": 0.5, "b": 0.5})
    assert table.report.details["key"] == "split_key"
    steps = table.recipe.steps
    assert [step.op for step in steps[-2:]] == ["split", "split"]
    assert steps[-1].params == {"parts": {"a": 0.5, "b": 0.5}, "seed": 0}
    assert table.recipe.seed == 20261123
    again = recipe.run(table.recipe, made, tmp_path / "whole")
    same = dict(zip(again.table["row_id"].to_pylist(), again.table["split"].to_pylist(), strict=True))
    assert same == dict(zip(table["row_id"].tolist(), table["split"].tolist(), strict=True))


def test_a_bundle_read_again_is_written_again(made, tmp_path):
    table = pz_tsm.read(made / "out")
    folder = table.write(tmp_path / "copy")
    assert pz_tsm.verify(folder).ok
    files = [one / "data" / "training_set.parquet" for one in (folder, made / "out")]
    assert values(pq.read_table(files[0])) == values(pq.read_table(files[1]))


def test_what_a_bundle_says_itself_is_not_said_again_and_it_is_merged_by_its_file(made):
    with pytest.raises(TsmError, match="says itself what survey is"):
        pz_tsm.read(made / "out", survey="MINE")
    other = pz_tsm.homogenize(pz_tsm.read(made / "mock_wide.fits", survey="MOCK-WIDE"), rules="mock")
    merged = pz_tsm.combine([pz_tsm.read(made / "out" / "data" / "training_set.parquet"), other])
    assert merged.recipe.inputs.keys() == {"training_set", "mock_wide"}


def test_a_training_set_read_as_a_catalogue_keeps_galaxies_together(made, tmp_path):
    rows = pq.read_table(made / "out" / "data" / "measurements.parquet")
    table = pz_tsm.read(made / "out" / "data" / "measurements.parquet")
    (note,) = [one for one in table.findings if "NAME__orig" in one.message]
    assert "pz_tsm.read(FOLDER)" in note.remedy
    split = pz_tsm.split(table, parts={"a": 0.5, "b": 0.5}, rows="all")
    assert split.report.details["key"] == "group_id__orig"
    groups, parts = split["group_id__orig"], split["split"]
    counts = np.unique(rows["group_id"].to_numpy(), return_counts=True)[1]
    assert (counts > 1).sum() > 20
    for group in np.unique(groups):
        assert len(set(parts[groups == group])) == 1
    # what another program calls group_id need not keep galaxies together
    foreign = tmp_path / "foreign.parquet"
    pq.write_table(rows.drop_columns(["row_id", "tsm_id"]).replace_schema_metadata({}), foreign)
    other = pz_tsm.split(pz_tsm.read(foreign), parts={"a": 0.5, "b": 0.5}, rows="all")
    assert other.report.details["key"] == "row_id"


@pytest.mark.parametrize("name", ["one.parquet", "one.csv", "one.fits", "one.hdf5"])
def test_a_file_s_name_gives_one_file_that_says_where_it_comes_from(made, tmp_path, name):
    wide = pz_tsm.read(made / "mock_wide.fits", survey="MOCK-WIDE")
    table = pz_tsm.homogenize(wide, rules="mock")
    path = table.write(tmp_path / name)
    assert path == tmp_path / name and path.is_file()
    beside = {one.name for one in tmp_path.iterdir()} - {name}
    assert beside == ({"one.csv-metadata.json"} if name.endswith(".csv") else set())
    said = provenance(path)
    assert "homogenize" in said["tsm:recipe"] and "mock_wide.fits" in said["tsm:recipe"]
    assert "MOCK-WIDE" in said["tsm:citation"] and "public" in said["tsm:access"]
    back = pz_tsm.read(path)
    assert len(back) == len(table) and back.access == "public"
    np.testing.assert_allclose(np.sort(back["ra"]), np.sort(table["ra"]))


def provenance(path):
    if path.suffix == ".parquet":
        return {key.decode(): text.decode() for key, text in pq.read_schema(path).metadata.items()}
    if path.suffix == ".csv":
        said = json.loads(path.with_name(f"{path.name}-metadata.json").read_text())
        assert said["table"] == path.name and said["columns"]
        return said
    if path.suffix == ".hdf5":
        h5py = pytest.importorskip("h5py")
        with h5py.File(path) as file:
            return dict(file.attrs)
    from astropy.table import Table

    lines = Table.read(path, hdu="TSM_META")
    keys = {str(key) for key in lines["key"]}
    return {key: "\n".join(str(one["text"]) for one in lines if str(one["key"]) == key) for key in keys}


def test_one_file_is_not_written_over_another_or_left_in_part(made, tmp_path, monkeypatch):
    table = pz_tsm.read(made / "mock_wide.fits", survey="MOCK-WIDE")
    path = tmp_path / "one.csv"
    path.write_text("mine")
    with pytest.raises(TsmError, match="already") as refused:
        table.write(path)
    assert "overwrite=True" in refused.value.remedy and path.read_text() == "mine"
    with pytest.raises(TsmError, match="makes a folder") as refused:
        table.write(tmp_path / "two.parquet", write=["parquet", "fits"])
    assert "write('two', write=...)" in refused.value.remedy
    with pytest.raises(TsmError, match="no folder"):
        table.write(tmp_path / "nowhere" / "one.fits")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(pq, "write_table", full)
        with pytest.raises(TsmError, match="disk is full"):
            table.write(tmp_path / "two.parquet")
    assert [one.name for one in tmp_path.iterdir()] == ["one.csv"]
    assert table.write(path, overwrite=True).read_text() != "mine"
    assert (tmp_path / "one.csv-metadata.json").is_file()


def test_a_file_s_name_with_its_own_format_is_one_file_and_a_plain_name_is_a_bundle(made, tmp_path):
    table = pz_tsm.read(made / "mock_wide.fits", survey="MOCK-WIDE")
    assert table.write(tmp_path / "one.fits", write=["fits"]).is_file()
    assert (table.write(tmp_path / "bundle") / "recipe.tsm.yaml").is_file()
