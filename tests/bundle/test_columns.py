"""Every column of every file says unit, UCD and meaning; astropy knows the UCDs and the units."""

from __future__ import annotations

import json
import re

import astropy.units as u
import h5py
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.io.votable.ucd import parse_ucd

from pz_tsm import bundle, mock
from pz_tsm.bundle import rail
from pz_tsm.recipe import run

STEPS = """\
  - weight: {target: target.parquet, features: [i_gaap1p0Mag, g_gaap1p0Mag - r_gaap1p0Mag], part: train}
  - filter: {condition: "i_snr > 100", flag: bright}
write:
"""
TABLES = (bundle.TABLE, bundle.MEASUREMENTS, bundle.EXCLUDED, bundle.PUBLIC)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """A mock run with all formats."""
    sky = tmp_path_factory.mktemp("sky")
    mock.make(sky, rows=1500, objects=4500, seed=2)
    text = (sky / "mock.tsm.yaml").read_text()
    text = re.sub(r"write:\n", STEPS, text)
    text += "".join(f"  - {{format: {one}}}\n" for one in ("fits", "csv", "hdf5", "public"))
    run(text, sky, sky / "out")
    return sky / "out"


def known(field) -> dict[str, str]:
    return {key.decode(): text.decode() for key, text in (field.metadata or {}).items()}


def valid(ucd: str) -> bool:
    try:
        return bool(parse_ucd(ucd, check_controlled_vocabulary=True, has_colon=False))
    except ValueError:
        return False


@pytest.mark.parametrize("name", TABLES)
def test_every_column_of_a_parquet_file(out, name):
    for field in pq.read_schema(out / name):
        said = known(field)
        assert said.get("description"), f"{name}: {field.name} says nothing"
        assert valid(said.get("ucd", "")), f"{name}: {field.name}: {said}"
        if "unit" in said:
            u.Unit(said["unit"], format="vounit")
        if field.name.endswith(("Mag", "MagErr", "Flux", "FluxErr", "dec", "sep", "dist")):
            assert "unit" in said, f"{name}: {field.name} has no unit"


def test_the_check_of_ucds_finds_a_wrong_one():
    assert valid("stat.error;src.redshift")
    assert not valid("arith.diff;src.redshift") and not valid("src.redshfit") and not valid("")


def test_fits_says_the_same(out):
    schema = pq.read_schema(out / bundle.TABLE)
    with fits.open(out / "data" / "training_set.fits") as hdus:
        header, columns = hdus[1].header, hdus[1].columns
        assert columns.names == schema.names
        for number, field in enumerate(schema, 1):
            said = known(field)
            assert header.get(f"TUCD{number}") == said.get("ucd"), field.name
            if pa.types.is_floating(field.type):
                assert header.get(f"TUNIT{number}") == said.get("unit"), field.name
            assert header[f"TCOMM{number}"][:20] == said["description"][:20]
        meta = hdus["TSM_META"].data
        lines = [row["text"] for row in meta if row["key"] == "tsm:recipe"]
        assert "\n".join(lines).strip() == (out / bundle.RECIPE).read_text().strip()
        assert {"tsm:citation", "tsm:schema", "tsm:lock", "tsm:access"} <= set(meta["key"])


def test_hdf5_says_the_same(out):
    with h5py.File(out / "data" / "training_set.hdf5") as file:
        for field in pq.read_schema(out / bundle.TABLE):
            said, attributes = known(field), file[field.name].attrs
            for key in ("unit", "ucd", "description"):
                assert attributes.get(key) == said.get(key), (field.name, key)
        assert file.attrs["tsm:recipe"] == (out / bundle.RECIPE).read_text()


def test_csv_has_its_meanings_beside_it(out):
    said = json.loads((out / "data" / "training_set.csv-metadata.json").read_text())
    schema = pq.read_schema(out / bundle.TABLE)
    assert [one["name"] for one in said["columns"]] == schema.names
    assert said["tsm:access"] == "public"
    meanings = {one["name"]: one for one in said["columns"]}
    assert meanings["i_gaap1p0Mag"]["unit"] == "mag"
    assert meanings["i_gaap1p0Mag"]["ucd"] == "phot.mag;em.opt.I"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("com_cam", "i_cModelMag i_cModelMagErr"),
        ("com_cam_4band", "i_cModelMag i_cModelMagErr"),
        ("com_cam_gaap", "i_gaap1p0Mag i_gaap1p0MagErr"),
        ("com_cam_gaap_4band", "i_gaap1p0Mag i_gaap1p0MagErr"),
        ("lsstcam_gaap", "i_gaap1p0Mag i_gaap1p0MagErr"),
        ("lsstcam_gaap_4band", "i_gaap1p0Mag i_gaap1p0MagErr"),
        ("lsst_gaap_1p0", "i_gaap1p0Mag i_gaap1p0MagErr"),
        ("lsst_gaap_1p0_4band", "i_gaap1p0Mag i_gaap1p0MagErr"),
        ("dc2", "mag_i_cModel_obj_dered magerr_i_cModel_obj_dered"),
        ("rubin", "LSST_obs_i LSST_obs_i_err"),
        ("roman_rubin", "LSST_obs_i LSST_obs_i_err"),
        ("flagship", "mag_i_lsst mag_i_lsst_err"),
        ("rail_demo", "mag_i_lsst mag_err_i_lsst"),
    ],
)
def test_the_templates_of_every_catalogue_tag(out, tmp_path, tag, expected):
    table = pq.read_table(out / bundle.TABLE)
    bands = 4 if tag.endswith("_4band") else 6
    rail.write(tmp_path, table, {"format": "rail-hdf5", "catalog_tag": tag})
    with h5py.File(tmp_path / "train.hdf5") as file:
        assert {*expected.split(), "redshift", "objectId"} <= set(file)
        assert len(file) == 2 * bands + 2
        assert all(one.dtype.kind in "fi" for one in file.values())


def test_no_tag_is_left_out():
    cases = test_the_templates_of_every_catalogue_tag.pytestmark[0].args[1]
    assert {tag for tag, _ in cases} == set(rail.TAGS)
