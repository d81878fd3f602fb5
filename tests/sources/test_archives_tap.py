"""TAP services and the SDSS as sources: the real pyvo and astroquery against the servers of this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pyvo")
pytest.importorskip("astroquery")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for the kits

from archivekit import Archives, around, zpix  # noqa: E402
from tapkit import Answer  # noqa: E402

from pz_tsm.errors import Cancelled, TsmError  # noqa: E402
from pz_tsm.ops.base import Context  # noqa: E402
from pz_tsm.recipe import Recipe, run  # noqa: E402
from pz_tsm.sources import archives, load, tap  # noqa: E402
from pz_tsm.sources.archives import base, tiles  # noqa: E402
from pz_tsm.sources.archives import tap as archive_tap  # noqa: E402

DESI = {"service": "noirlab", "table": "desi_dr1.zpix"}
SDSS = {"release": 17, "table": "SpecObj"}


def specobj(rows=400):
    table = zpix(rows)
    names = ("specObjID", "ra", "dec", "z", "zErr", "zWarning", "class")
    table.rename_columns(table.colnames, names)
    table["specObjID"] = np.arange(rows, dtype=np.uint64) + np.uint64(13_500_000_000_000_000_000)
    table["ra"], table["dec"] = table["ra"].filled(10.0), table["dec"].filled(20.0)
    table["z"].unit, table["z"].description = "", "Final redshift"
    table["run2d"] = np.where(table["ra"] < 180, "26", "v5_13_2")
    table["obs"] = "2009-11-01"
    return table


@pytest.fixture
def here(monkeypatch, tmp_path):
    monkeypatch.setattr(tap, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(tap, "LONGEST_PAUSE", 0.01)
    archives = Archives(tap={"desi_dr1.zpix": zpix()}, sdss={"SpecObj": specobj()})
    with around(archives, monkeypatch, tmp_path) as made:
        yield made


def rows_of(source, kind="tap"):
    import pyarrow.parquet as pq

    return pq.read_table(archives.fetch(kind, source, Context())["path"])


def test_a_recipe_with_a_table_of_the_data_lab(here, tmp_path):
    text = (
        "format: tsm-recipe/1\ninputs:\n  desi: {from: {tap: {service: noirlab, table: desi_dr1.zpix}}, "
        "survey: DESI_DR1}\nsteps: []\n"
    )
    result = run(Recipe.parse(text), tmp_path)
    said = result.lock["inputs"][0]
    assert said["rows"] == 500 and said["location"] == "tap:noirlab:desi_dr1.zpix"
    assert said["columns"]["ra"] == "mean_fiber_ra" and said["columns"]["z_flag"] == "zwarn"
    assert said["snapshot"]["query"] == "SELECT * FROM desi_dr1.zpix"
    assert said["snapshot"]["service"] == here.tap_server.url
    assert result.table.num_rows == 498  # two have no position


def test_only_the_columns_named_are_selected(here):
    table = rows_of({**DESI, "columns": ["targetid", "z"]})
    roles = ["mean_fiber_ra", "mean_fiber_dec", "zerr", "zwarn", "spectype"]  # that the registry knows
    assert table.column_names == ["targetid", "z", *roles] and table.num_rows == 500
    assert table.column("targetid").to_pylist() == here.tap["desi_dr1.zpix"]["targetid"].tolist()
    with pytest.raises(TsmError, match="no column 'zz'"):
        rows_of({**DESI, "columns": ["zz"]})


def test_a_large_table_comes_by_tiles_with_every_row_once(here, monkeypatch):
    monkeypatch.setattr(base, "PIECE", 60)
    table = rows_of(DESI)
    assert sorted(table.column("targetid").to_pylist()) == here.tap["desi_dr1.zpix"]["targetid"].tolist()
    selects = [one for one in here.tap_server.queries if one.startswith("SELECT *")]
    assert len(selects) > 8


def test_a_service_that_cuts_its_answers_is_asked_in_smaller_pieces(here):
    here.tap_server.limit = 70
    table = rows_of(DESI)
    assert sorted(table.column("targetid").to_pylist()) == here.tap["desi_dr1.zpix"]["targetid"].tolist()


def test_a_query_that_is_cut_off_is_an_error_with_a_remedy(here):
    here.tap_server.limit = 70
    query = {"service": "noirlab", "query": "SELECT targetid, z FROM desi_dr1.zpix WHERE zwarn = 0"}
    with pytest.raises(TsmError, match="cut the answer off") as error:
        rows_of(query)
    assert "Name the table" in error.value.remedy
    here.tap_server.limit = None
    good = int((here.tap["desi_dr1.zpix"]["zwarn"] == 0).sum())
    assert rows_of(query).num_rows == good


def test_a_region_becomes_a_condition_of_the_query(here):
    from astropy.coordinates import SkyCoord

    mine = here.tap["desi_dr1.zpix"][2:]
    there = SkyCoord(mine["mean_fiber_ra"], mine["mean_fiber_dec"], unit="deg")
    near = there.separation(SkyCoord(150, 2, unit="deg")).deg <= 30
    table = rows_of({**DESI, "region": {"ra": 150, "dec": 2, "radius_deg": 30}})
    assert sorted(table.column("targetid").to_pylist()) == mine["targetid"][near].tolist()
    over = rows_of({**DESI, "region": {"ra": [340, 20], "dec": [-90, 90]}})
    ra = np.asarray(mine["mean_fiber_ra"])
    assert over.num_rows == ((ra >= 340) | (ra <= 20)).sum()


def test_a_large_answer_comes_by_a_job_that_is_deleted(here, monkeypatch):
    monkeypatch.setattr(archive_tap, "AT_ONCE", 100)
    assert rows_of(DESI).num_rows == 500
    (job,) = here.tap_server.jobs
    assert job.phase == "COMPLETED" and job.deleted and job.maxrec == 501


def test_a_job_that_fails_says_why_and_a_stop_aborts_it(here, monkeypatch):
    monkeypatch.setattr(archive_tap, "AT_ONCE", 100)
    answered = here.tap_server.prepare
    here.tap_server.prepare = lambda job: Answer(error="disk quota exceeded") if job.number else answered(job)
    with pytest.raises(TsmError, match="disk quota exceeded"):
        rows_of(DESI)
    here.tap_server.prepare = lambda job: Answer(stays=True) if job.number else answered(job)
    stop = []
    ctx = Context(
        cancelled=lambda: bool(stop), progress=lambda f, text: stop.append(1) if "executing" in text else None
    )
    with pytest.raises(Cancelled):
        archives.fetch("tap", DESI, ctx)
    assert here.tap_server.jobs[-1].phase == "ABORTED"


def test_a_table_or_a_query_that_is_wrong_is_told_in_the_services_words(here):
    with pytest.raises(TsmError, match="no table 'desi_dr2.zpix'"):
        rows_of({"service": "noirlab", "table": "desi_dr2.zpix"})
    with pytest.raises(TsmError, match="refused the query.*syntax error"):
        rows_of({"service": "noirlab", "query": "SELEC z FROM desi_dr1.zpix"})


def test_no_token_goes_to_a_service_that_is_not_its_own(here, monkeypatch):
    monkeypatch.setenv("ACCESS_TOKEN", "of-the-platform")
    monkeypatch.setenv("PZ_TSM_TAP_TOKEN", "of-another")
    monkeypatch.setenv("PZ_TSM_TAP_URL", "http://127.0.0.1:1/api/tap")
    rows_of(DESI)
    assert here.tap_server.headers and set(here.tap_server.headers) == {None}


def test_the_platforms_tables_are_asked_with_its_token_and_stay_restricted(here, monkeypatch):
    monkeypatch.setenv("PZ_TSM_TAP_URL", here.tap_server.url)
    monkeypatch.setenv("PZ_TSM_TAP_TOKEN", "mine")
    here.tap_server.token = "mine"
    loaded = load(
        {
            "from": {"tap": {**DESI, "service": "rsp"}},
            "columns": {"ra": "mean_fiber_ra", "dec": "mean_fiber_dec", "z": "z"},
        }
    )
    assert loaded.origin["access"] == "rubin-data-rights"
    assert set(here.tap_server.headers) == {"Bearer mine"}


def test_tiles_share_no_row_and_miss_none():
    rng = np.random.default_rng(0)
    ra, dec = rng.uniform(-0.001, 360, 3000), rng.uniform(-90, 90, 3000)
    ra[:3], dec[3:6] = (0.0, 360.0, 180.0), (90.0, -90.0, 0.0)

    def inside(tile):
        open_low, open_high = (tile.ra[0] == 0, tile.ra[1] == 360)
        good = (open_low | (ra >= tile.ra[0])) & (open_high | (ra < tile.ra[1]))
        return (
            good & ((tile.dec[0] == -90) | (dec >= tile.dec[0])) & ((tile.dec[1] == 90) | (dec < tile.dec[1]))
        )

    made = tiles.cut(
        "t",
        3000,
        lambda piece: int(inside(piece.tile).sum()) if piece.tile else 0,
        nowhere=True,
        told=lambda n: None,
    )
    assert [piece.tile for piece in made] == [tiles.SKY.halves()[0], tiles.SKY.halves()[1]]
    hits = sum(inside(piece.tile).astype(int) for piece in made)
    assert (hits == 1).all()


def test_a_table_of_the_sdss_with_its_large_identifiers(here, tmp_path):
    loaded = load({"from": {"sdss": SDSS}, "survey": "SDSS"})
    assert loaded.origin["rows"] == 400 and loaded.origin["columns"]["z_flag"] == "zWarning"
    ids = set(loaded.table.column("source_row_id").to_pylist())
    assert ids == {str(13_500_000_000_000_000_000 + i) for i in range(400)}
    assert loaded.table.schema.field("redshift").metadata[b"description"] == b"Final redshift"


def test_sky_server_is_asked_by_pieces_and_what_comes_is_counted(here, monkeypatch):
    monkeypatch.setattr(base, "PIECE", 120)
    here.limits["sdss"] = 60  # less than a piece, and cut without a word
    table = rows_of({**SDSS, "columns": ["specObjID", "ra", "dec", "z"]}, "sdss")
    assert table.num_rows == 400 and len(set(table.column("specObjID").to_pylist())) == 400
    whole = rows_of(SDSS, "sdss")
    assert set(whole.column("run2d").to_pylist()) == {"26", "v5_13_2"}, "numbers here, texts there: texts"
    assert set(whole.column("obs").to_pylist()) == {"2009-11-01"}


def test_a_circle_of_the_sdss_holds_what_lies_in_it(here):
    from astropy.coordinates import SkyCoord

    mine = here.sdss["SpecObj"]
    near = SkyCoord(mine["ra"], mine["dec"], unit="deg").separation(SkyCoord(1, 5, unit="deg")).deg <= 25
    table = rows_of({**SDSS, "region": {"ra": 1, "dec": 5, "radius_deg": 25}}, "sdss")
    assert table.num_rows == near.sum() > 0


def test_an_error_of_sky_server_is_told(here):
    with pytest.raises(TsmError, match="refused the request.*no such table"):
        rows_of({"release": 17, "table": "SpecObjj"}, "sdss")
    query = {"release": 17, "query": "SELECT TOP 5 specObjID, z FROM SpecObj WHERE zWarning = 0"}
    assert rows_of(query, "sdss").num_rows == 5
