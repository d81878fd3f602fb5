"""What a plan expects of a match, against the match itself; and what it refuses at once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from matchkit import OBJECTS, needs_kit, redshifts, write_hats

from pz_tsm.errors import TsmError
from pz_tsm.ops import get
from pz_tsm.ops import match as match_package
from pz_tsm.ops.base import Context
from pz_tsm.ops.match import expect_cost, expect_sky

COUNT, HALF = 130_000, 0.5


def uniform(seed, count, half=HALF):
    rng = np.random.default_rng(seed)
    return 53 + rng.uniform(-half, half, count) / np.cos(np.radians(28)), -28 + rng.uniform(
        -half, half, count
    )


@pytest.fixture(scope="module")
def objects():
    ra, dec = uniform(1, COUNT)
    flux = np.full(COUNT, 1000, dtype=np.float32)
    columns = {"objectId": np.arange(COUNT) + 9 * 10**17, "coord_ra": ra, "coord_dec": dec, "i_psfFlux": flux}
    return pa.table(columns)


@pytest.fixture(scope="module")
def release(objects, tmp_path_factory):
    """130,000 objects in a square degree, in a collection with a margin of 5 arcsec."""
    folder = tmp_path_factory.mktemp("release")
    write_hats(folder / "object", objects, 6)
    (folder / "object_5arcs").mkdir()
    (folder / "object_5arcs" / "hats.properties").write_text("hats_margin_threshold=5.0\n")
    (folder / "collection.properties").write_text(
        "obs_collection=object\nhats_primary_table_url=object\ndefault_margin=object_5arcs\n"
    )
    return str(folder)


@pytest.fixture(scope="module")
def table(objects):
    """6,000 positions: 4,500 at an object, 1,000 anywhere, 500 of another survey far away."""
    rng = np.random.default_rng(2)
    known = rng.choice(COUNT, 4500, replace=False)
    ra, dec = uniform(3, 1000)
    east, north = rng.normal(0, 0.1, (2, 4500)) / 3600
    ra = np.concatenate([objects["coord_ra"].to_numpy()[known] + east, ra, rng.uniform(150, 151, 500)])
    dec = np.concatenate([objects["coord_dec"].to_numpy()[known] + north, dec, rng.uniform(1, 2, 500)])
    return redshifts(ra, dec, np.full(6000, 0.5), survey=["VVDS"] * 5500 + ["ZCOSMOS"] * 500)


def plan(table, release, **params):
    operation = get("match")
    return operation.plan(table, operation.parse({"release": release, **params}), Context(seed=5)).report


@pytest.fixture
def large(monkeypatch):
    """As if the release were too large to be matched for a plan."""
    monkeypatch.setattr(match_package, "SMALL", 0)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("radius", [0.75, 2.0])
def test_expected_matches_are_about_those_that_are_found(table, release, radius):
    expected = plan(table, release, radius_arcsec=radius).details["expected"]
    operation = get("match")
    params = operation.parse({"release": release, "radius_arcsec": radius})
    found = operation.run(table, params, Context(seed=5)).report.details
    assert expected["matches"]["low"] <= found["matched"] <= expected["matches"]["high"]
    assert expected["matches"]["high"] - expected["matches"]["low"] < 0.1 * found["matched"]
    assert expected["chance"]["rate"] == pytest.approx(found["quality"]["null"]["rate"], rel=0.15)
    assert expected["overlap"]["inside"] >= 5500
    assert expected["sample"]["rows"] > 1000
    assert json.dumps(expected, allow_nan=False)


@pytest.mark.usefixtures("large")
def test_a_plan_and_its_rows_agree_with_what_is_expected(table, release):
    report = plan(table, release)
    assert report.details["estimated"]
    assert report.rows_out == report.details["expected"]["matches"]["rows"]


def test_a_small_release_is_no_estimate(table, release):
    details = plan(table, release).details
    assert details["expected"]["matches"] == {
        "rows": details["matched"],
        "low": details["matched"],
        "high": details["matched"],
        "exact": True,
    }
    assert details["quality"]["matched"] == details["matched"]


@pytest.mark.usefixtures("large")
def test_a_survey_that_lies_elsewhere_is_named(table, release):
    told = {one.code: one for one in plan(table, release).findings}
    assert "ZCOSMOS" in told["survey-outside"].message
    assert told["survey-outside"].count == 500


@pytest.mark.usefixtures("large")
def test_a_large_radius_is_warned_of_before_the_run(table, release):
    codes = {one.code for one in plan(table, release, radius_arcsec=3).findings}
    assert {"chance-matches", "radius-far"} <= codes
    assert "radius-far" not in {one.code for one in plan(table, release, radius_arcsec=0.5).findings}


@pytest.mark.usefixtures("large")
def test_no_overlap_is_refused(table, release):
    far = table.set_column(table.column_names.index("dec"), "dec", pa.array(np.full(6000, 60.0)))
    with pytest.raises(TsmError, match="footprint"):
        plan(far, release)


def test_a_column_of_errors_that_is_missing_is_refused(table, release):
    with pytest.raises(TsmError, match="pos_err"):
        plan(table, release, select="error-weighted", errors={"column": "pos_err"})


def test_a_job_needs_no_margin_and_is_proposed_in_words(table, release, objects, tmp_path, monkeypatch):
    bare = str(write_hats(tmp_path / "bare", objects.slice(0, 1000), 5))
    assert plan(table, bare, run="engine").details["expected"]["run"]["where"] == "engine"
    told = plan(table, release)
    assert not [one for one in told.findings if one.code == "better-as-a-job"]
    monkeypatch.setattr(expect_cost, "LONG", 0.0)
    (one,) = [one for one in plan(table, release).findings if one.code == "better-as-a-job"]
    assert one.level == "warning" and one.remedy == "run: engine."
    assert not [one for one in plan(table, release, run="memory").findings if one.code == "better-as-a-job"]


@pytest.mark.usefixtures("large")
def test_without_lsdb_the_plan_says_that_a_job_matches_in_memory(table, release, monkeypatch):
    monkeypatch.setattr(expect_cost, "has_lsdb", lambda: False)
    assert not [one for one in plan(table, release).findings if one.code == "lsdb-missing"]
    (one,) = [one for one in plan(table, release, run="engine").findings if one.code == "lsdb-missing"]
    assert "pz-tsm[lsdb]" in one.remedy and "run: memory" in one.remedy
    monkeypatch.setattr(expect_cost, "LONG", 0.0)
    made = plan(table, release)
    told = made.details["expected"]["run"]
    assert told["where"] == "memory"
    assert told["why"].startswith("LSDB is not installed here, though it takes longer")
    (one,) = [one for one in made.findings if one.code == "lsdb-missing"]
    assert "will be made in memory" in one.message
    assert not [one for one in made.findings if one.code == "better-as-a-job"]


def test_a_plan_that_matches_opens_each_footer_and_searches_once(table, objects, tmp_path, monkeypatch):
    """A small release is matched for the plan: nothing of it is sampled besides."""
    import pyarrow.parquet as pq

    from pz_tsm import sky

    release = str(write_hats(tmp_path / "few", objects.slice(0, 20_000), 7))
    opened, searched = [], []
    footer, pairs = pq.read_metadata, sky.pairs_within
    monkeypatch.setattr(pq, "read_metadata", lambda path: opened.append(str(path)) or footer(path))
    monkeypatch.setattr(sky, "pairs_within", lambda *given: searched.append(1) or pairs(*given))
    said = plan(table, release).details["expected"]
    assert said["matches"]["exact"] and said["chance"]["density_deg2"] > 0 and said["run"]["objects"] > 0
    assert opened and len(opened) == len(set(opened))
    assert len(searched) == said["run"]["partitions"]


def test_nobody_says_which_release_is_told_once_by_plan_and_run(table, release, monkeypatch):
    import pz_tsm.ops.match as module

    def told() -> int:
        return sum("Nobody says which release" in one.message for one in plan(table, release).findings)

    assert told() == 1
    monkeypatch.setattr(module, "SMALL", 10)
    assert told() == 1


def test_a_result_beyond_the_limit_is_told():
    assert not expect_cost.size(100_000, 500)["over"]
    size = expect_cost.size(3_000_000, 500)
    assert size["over"]
    assert size["bytes"] == 1_500_000_000


@pytest.mark.usefixtures("large")
def test_a_result_too_large_for_the_server_is_warned_of(table, release, monkeypatch):
    monkeypatch.setattr(expect_cost, "LARGEST", 100_000)
    (told,) = [one for one in plan(table, release).findings if one.code == "too-large"]
    assert "columns" in told.remedy


def test_what_takes_long_or_much_memory_is_proposed_as_a_job(monkeypatch):
    import psutil

    class Free:
        available = 4e9

    monkeypatch.setattr(psutil, "virtual_memory", lambda: Free)
    assert expect_cost.place("auto", 5, 1e8)[0] == "memory"
    assert expect_cost.place("auto", 500, 1e8)[0] == "engine"
    assert expect_cost.place("auto", 5, 3e9)[0] == "engine"
    assert expect_cost.place("memory", 500, 3e9)[0] == "memory"


def test_the_area_is_that_of_the_field():
    ra, dec = uniform(4, 50_000)
    assert expect_sky.area_of(expect_sky.cells(ra, dec)) == pytest.approx(1.0, rel=0.4)  # cells at the edge
    whole = expect_sky.Coverage(np.array([0]), np.array([12 << 58]), None, "all")
    assert whole.area == pytest.approx(41_252.96, rel=1e-6)
    assert (whole.at(expect_sky.cells(ra, dec)) == 0).all()


def test_the_map_of_a_catalogue_says_where_its_objects_are(objects, tmp_path):
    """A map of counts beside the catalogue is finer than its partitions: holes are seen."""
    from astropy.io import fits

    from pz_tsm.sources.hats import open_catalogue

    folder = write_hats(tmp_path / "mapped", objects.slice(0, 1000), 3)
    catalogue = open_catalogue(folder)
    whole = expect_sky.coverage(catalogue, catalogue.partitions)
    assert whole.source == "its partitions"
    ra, dec = uniform(4, 20_000)
    pixel, count = np.unique(expect_sky.cells(ra, dec) >> 2 * (29 - 8), return_counts=True)
    north = pixel[: len(pixel) // 2], count[: len(pixel) // 2]
    columns = [
        fits.Column(name, "K", array=array) for name, array in zip(("PIXEL", "VALUE"), north, strict=True)
    ]
    table = fits.BinTableHDU.from_columns(columns)
    table.header.update(ORDERING="NESTED", INDXSCHM="EXPLICIT", NSIDE=256)
    table.writeto(folder / "skymap.fits")
    sky = expect_sky.coverage(catalogue, catalogue.partitions)
    assert sky.source == "its map of order 8"
    assert sky.area < whole.area / 5
    inside = sky.at(expect_sky.cells(ra, dec)) >= 0
    assert inside.sum() == north[1].sum()
    assert np.percentile(sky.density, 80) * 3600**2 == pytest.approx(20_000, rel=0.3)


@needs_kit
def test_a_map_too_sparse_to_tell_gives_way_to_the_partitions():
    from pz_tsm.sources.hats import open_catalogue

    catalogue = open_catalogue(Path(OBJECTS))
    assert (catalogue.path / "skymap.fits").is_file()
    assert expect_sky.coverage(catalogue, catalogue.partitions).source == "its partitions"
