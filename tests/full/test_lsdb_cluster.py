"""The match by LSDB on a Dask cluster of separate processes, and against astropy, on the mock release."""

from __future__ import annotations

from pathlib import Path

import astropy.units as u
import numpy as np
import pyarrow as pa
import pytest
from astropy.coordinates import SkyCoord, search_around_sky

from pz_tsm import mock, recipe
from pz_tsm.mock.healpix import pixel
from pz_tsm.mock.release import ReleaseWriter
from pz_tsm.ops.base import Context, JobPlace
from pz_tsm.ops.match import OPERATION as MATCH
from pz_tsm.sources.hats import open_catalogue

pytestmark = pytest.mark.full
pytest.importorskip("lsdb")
GB = 10**9
RADIUS = 1.0


@pytest.fixture(scope="module")
def sky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sky")
    mock.make(out, rows=12_000, objects=45_000, seed=2)
    return out


@pytest.fixture(scope="module")
def address():
    """Of a Dask scheduler with two worker processes."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit="2GB"
    ) as cluster:
        yield cluster.scheduler_address


def bytes_of(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(pa.concat_tables([table.slice(0, 0), table.combine_chunks()]))
    return sink.getvalue().to_pybytes()


def objects(sky: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Position and id of the primary objects."""
    catalogue = open_catalogue(sky / "mock_release")
    names = ["coord_ra", "coord_dec", "objectId", "detect_isPrimary"]
    table = pa.concat_tables(catalogue.read(part, names) for part in catalogue.partitions)
    table = table.filter(table["detect_isPrimary"])
    return tuple(table[name].to_numpy() for name in names[:3])


def positions(sky: Path) -> pa.Table:
    """Around the mock's objects, to every side, so that edges of partitions are crossed."""
    ra, dec, _ = objects(sky)
    rng = np.random.default_rng(9)
    some = rng.choice(len(ra), 8000)
    north = dec[some] + rng.normal(0, 0.7, 8000) / 3600
    east = ra[some] + rng.normal(0, 0.7, 8000) / 3600 / np.cos(np.radians(dec[some]))
    return rows_at(east % 360, north)


def rows_at(ra: np.ndarray, dec: np.ndarray) -> pa.Table:
    count = len(ra)
    return pa.table(
        {
            "row_id": np.arange(1, count + 1),
            "ra": ra,
            "dec": dec,
            "redshift": np.full(count, 0.5),
            "survey": ["MOCK"] * count,
            "z_flag_homogenized": pa.array(np.full(count, 4, dtype=np.float32)),
            "instrument_type": ["s"] * count,
        }
    )


def match(table: pa.Table, release: dict, folder: Path, run: str, executor: dict | None = None, **params):
    given = {"release": release, "radius_arcsec": RADIUS, "run": run, **params}
    job = JobPlace(folder, 2 * GB, executor or {})
    return MATCH.run(table, MATCH.parse(given), Context(job=job))


def test_processes_of_a_cluster_give_the_bytes_of_the_match_in_memory(sky, address, tmp_path):
    release = {"hats": str(sky / "mock_release"), "profile": "mock"}
    table = positions(sky)
    here = match(table, release, tmp_path / "here", "memory", unmatched="keep")
    executor = {"kind": "dask", "address": address}
    there = match(table, release, tmp_path / "there", "engine", executor, unmatched="keep")
    assert there.report.details["executor"] == {"kind": "dask", "workers": 2}
    assert bytes_of(there.table) == bytes_of(here.table)
    threads = match(table, release, tmp_path / "threads", "engine", {"threads": 2}, unmatched="keep")
    assert bytes_of(threads.table) == bytes_of(here.table)


def test_a_recipe_gives_the_same_digest_in_every_place_and_replays(sky, address, tmp_path):
    text = (sky / "mock.tsm.yaml").read_text(encoding="utf-8")
    assert "match:" in text
    here = recipe.run(text, sky)
    text_engine = text.replace("match: {", "match: {run: engine, ", 1)
    assert text_engine != text
    job = JobPlace(tmp_path, 2 * GB, {"kind": "dask", "address": address})
    there = recipe.run(text_engine, sky, job=job)
    assert next(one for one in there.reports if one.op == "match").details["engine"].startswith("lsdb")
    assert there.digest == here.digest
    again = recipe.run(text, sky, lock=there.lock)  # in memory, with the lock of the job
    assert again.digest == there.digest
    assert again.replay[-1].message == "A replay: the rows are those that the lock names."
    assert not any("release" in one.message for one in again.replay)


def test_none_is_missing_and_none_is_more_than_astropy_finds(sky, tmp_path):
    table = positions(sky)
    release = {"hats": str(sky / "mock_release"), "profile": "mock"}
    found = match(table, release, tmp_path, "engine", select="all", blends="keep").table
    ours = set(zip(found["row_id"].to_pylist(), found["objectId"].to_pylist(), strict=True))
    ra, dec, ids = objects(sky)
    assert ours == by_astropy(table, ra, dec, ids) and len(ours) > 5000


def test_poles_right_ascension_zero_and_partition_edges_against_astropy(tmp_path):
    """Releases without a margin where trouble is, in partitions of several sizes."""
    rng = np.random.default_rng(3)
    edge = np.degrees(np.arcsin(2 / 3))  # with RA 0, 90, ...: four pixels of every order meet
    centres = [(10.0, 90.0), (200.0, -90.0), (0.0, -30.0), (0.0, edge), (45.0, 0.0), (90.0, -edge)]
    ra, dec = np.empty(0), np.empty(0)
    for lon, lat in centres:
        north = np.clip(lat + rng.uniform(-20, 20, 900) / 3600, -90, 90)
        east = rng.uniform(-20, 20, 900) / 3600 / np.maximum(np.cos(np.radians(north)), 1e-6)
        ra, dec = np.append(ra, (lon + east) % 360), np.append(dec, north)
    ids = rng.permutation(len(ra)) + 6 * 10**17
    for order in (0, 5, 9):
        folder = written(tmp_path / f"order{order}", ra, dec, ids, order)
        north = np.clip(dec + rng.normal(0, 0.4, len(dec)) / 3600, -90, 90)
        east = ra + rng.normal(0, 0.4, len(ra)) / 3600 / np.maximum(np.cos(np.radians(north)), 1e-9)
        table = rows_at(east % 360, north)
        release = {"hats": str(folder), "profile": "mock"}
        found = match(table, release, tmp_path / f"job{order}", "engine", select="all", columns=["tract"])
        pairs = set(zip(found.table["row_id"].to_pylist(), found.table["objectId"].to_pylist(), strict=True))
        assert pairs == by_astropy(table, ra, dec, ids) and len(pairs) > 5000


def by_astropy(table: pa.Table, ra: np.ndarray, dec: np.ndarray, ids: np.ndarray) -> set[tuple[int, int]]:
    """Pairs within the radius by astropy's own search."""
    left = SkyCoord(table["ra"].to_numpy() * u.deg, table["dec"].to_numpy() * u.deg)
    right = SkyCoord(ra * u.deg, dec * u.deg)
    i, j, _, _ = search_around_sky(left, right, RADIUS * u.arcsec)
    return set(zip(table["row_id"].to_numpy()[i].tolist(), ids[j].tolist(), strict=True))


def written(path: Path, ra: np.ndarray, dec: np.ndarray, ids: np.ndarray, order: int) -> Path:
    """A collection of those objects without a margin, all partitions of one order."""
    cells = pixel(ra, dec, 29)
    sort = np.argsort(cells)
    columns = {"objectId": ids, "coord_ra": ra, "coord_dec": dec, "tract": ids % 1000, "_healpix_29": cells}
    table = pa.table({name: values[sort] for name, values in columns.items()})
    owner = cells[sort] >> (2 * (29 - order))
    pixels = [(order, int(one)) for one in np.unique(owner)]
    writer = ReleaseWriter(path, {one: [] for one in pixels}, table.schema, margins=False)
    for one in pixels:
        writer.write(one, table.filter(pa.array(owner == one[1])))
    writer.close()
    return path
