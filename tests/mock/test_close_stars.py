"""Stars half an arcsecond from galaxies: cuts on objects come after the match, and this is why."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pz_tsm import mock
from pz_tsm.errors import TsmError
from pz_tsm.recipe import run

INPUTS = """\
format: tsm-recipe/1
name: close
inputs:
  deep:
    from: {file: mock_deep.parquet}
    columns: {id: NUM, ra: ALPHA, dec: DELTA, z: Z, z_flag: ZFLAGS, survey: survey_name}
  wide:
    from: {file: mock_wide.fits}
    survey: MOCK-WIDE
    columns: {id: TARGETID, ra: TARGET_RA, dec: TARGET_DEC, z: Z, z_err: ZERR, z_flag: ZWARN}
steps:
  - homogenize: {rules: mock}
  - combine: {radius_arcsec: 0.3, eligible: "z_flag_homogenized >= 3"}  # stars may win: nobody looked
  - match: {release: {hats: mock_release, profile: mock}, radius_arcsec: 0.75, columns: [gaap1p0, gold]}
"""
AFTER = INPUTS + "  - photometry: {to: mag}\n  - filter: gold\n"


@pytest.fixture(scope="module")
def sky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("close")
    mock.make(out, rows=4000, objects=12_000, seed=3, close_stars=0.2)
    return out


@pytest.fixture(scope="module")
def truth(sky: Path) -> pa.Table:
    return pq.read_table(sky / "truth.parquet")


def rows_of(folder: Path, recipe: str) -> pa.Table:
    return run(recipe, base=folder).table


def spectra(table: pa.Table, truth: pa.Table, kind: str) -> dict[str, np.ndarray]:
    """Best rows that are spectra of that kind: which object they found, the true one, and its neighbour."""
    close = truth.filter(pc.equal(truth["kind"], kind))
    facts = {
        (survey, name): (own, beside)
        for survey, name, own, beside in zip(
            *(close[c].to_pylist() for c in ("survey", "source_id", "objectId", "neighbour_objectId")),
            strict=True,
        )
    }
    found, true, neighbour = [], [], []
    best = table.filter(table["is_best"])
    for survey, name, found_id in zip(
        *(best[c].to_pylist() for c in ("survey", "source_row_id", "objectId")), strict=True
    ):
        if (survey, name) in facts:
            found.append(found_id)
            true.append(facts[survey, name][0])
            neighbour.append(facts[survey, name][1])
    return {"found": np.array(found), "true": np.array(true), "neighbour": np.array(neighbour)}


def test_the_truth_says_which_spectra_have_a_star_or_a_galaxy_beside(sky: Path, truth: pa.Table) -> None:
    files = sorted((sky / "mock_release" / "object" / "dataset").rglob("Npix=*.parquet"))
    objects = pa.concat_tables([pq.read_table(file, partitioning=None) for file in files])
    objects = objects.filter(objects["detect_isPrimary"])
    place = {one: k for k, one in enumerate(objects["objectId"].to_pylist())}
    close = truth.filter(pc.starts_with(truth["kind"], "close-"))
    assert close.num_rows == pytest.approx(0.2 * truth.num_rows, rel=0.05)
    assert pc.count_distinct(close["objectId"]).as_py() == close.num_rows, "each pair has one spectrum"
    own, beside = (
        objects.take([place[i] for i in close[name].to_pylist()])
        for name in ("objectId", "neighbour_objectId")
    )
    east = (own["coord_ra"].to_numpy() - beside["coord_ra"].to_numpy() + 180) % 360 - 180
    east = east * np.cos(np.radians(own["coord_dec"].to_numpy()))
    north = own["coord_dec"].to_numpy() - beside["coord_dec"].to_numpy()
    assert np.allclose(np.hypot(east, north) * 3600, 0.5, atol=1e-3)
    star = pc.equal(close["kind"], "close-star").to_numpy()
    assert star.mean() == pytest.approx(0.5, abs=0.02)
    assert ((close["class"].to_numpy() == "STAR") == star).all()
    assert (own["refExtendedness"].to_numpy() == np.where(star, 0, 1)).all()
    assert (beside["refExtendedness"].to_numpy() == np.where(star, 1, 0)).all()
    assert pc.all(
        pc.is_null(truth.filter(pc.invert(pc.starts_with(truth["kind"], "close-")))["neighbour_objectId"])
    ).as_py()


def test_with_gold_after_the_match_no_star_lands_on_a_galaxy(sky: Path, truth: pa.Table) -> None:
    matched, golden = rows_of(sky, INPUTS), rows_of(sky, AFTER)
    before, after = (spectra(table, truth, "close-star") for table in (matched, golden))
    assert len(before["found"]) > 300, "the stars' spectra are there when the match is made"
    assert (before["found"] == before["true"]).all()
    assert len(after["found"]) == 0, "and gold removes all of them, with their own objects"
    galaxies = spectra(golden, truth, "close-galaxy")
    assert len(galaxies["found"]) > 100 and (galaxies["found"] == galaxies["true"]).all()


def test_cut_before_the_match_the_stars_land_on_galaxies(sky: Path, truth: pa.Table, tmp_path: Path) -> None:
    """Why objects are not cut before: the same recipe on a release of extended objects only."""
    for name in ("mock_deep.parquet", "mock_wide.fits"):
        shutil.copy(sky / name, tmp_path / name)
    shutil.copytree(sky / "mock_release", tmp_path / "mock_release")
    for path in (tmp_path / "mock_release" / "object" / "dataset").rglob("Npix=*.parquet"):
        table = pq.read_table(path, partitioning=None)
        pq.write_table(table.filter(pc.equal(table["refExtendedness"], 1.0)), path)
    wrong = spectra(rows_of(tmp_path, AFTER), truth, "close-star")
    assert len(wrong["found"]) > 100 and (wrong["found"] == wrong["neighbour"]).all()


def test_the_rest_of_the_sky_is_the_same_without_the_trap(tmp_path: Path) -> None:
    made = [mock.make(tmp_path / str(share), 900, 3000, 5, close_stars=share) for share in (0.0, 0.1)]
    assert [sum(one["rows"].values()) for one in made] == [900, 900]
    plain = pq.read_table(tmp_path / "0.0" / "truth.parquet")
    assert not pc.any(pc.starts_with(plain["kind"], "close-")).as_py()
    with pytest.raises(TsmError, match="At most 30%"):
        mock.make(tmp_path / "no", close_stars=0.5)
