"""The match as a job, by LSDB, gives the rows of the match in memory; it goes on where it was, and stops."""

from __future__ import annotations

import shutil
from importlib import util
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from matchkit import few_objects, redshifts, write_hats

from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.ops import get
from pz_tsm.ops.base import Context, JobPlace

pytest.importorskip("lsdb")
ARCSEC = 1 / 3600
GB = 10**9


def objects() -> pa.Table:
    """4,000 objects: clumps at both poles, across RA 0/360 and elsewhere; some null, some not primary."""
    rng = np.random.default_rng(4)
    centres = [
        (0.0, 0.0),
        (180.0, 89.999),
        (40.0, -89.9995),
        (359.9999, -30.0),
        (45.0, 41.8),
        (200.0, 2.0),
        (120.0, 20.0),
    ]
    ra, dec = np.empty(0), np.empty(0)
    for lon, lat in centres:
        north = np.clip(lat + rng.uniform(-0.3, 0.3, 660), -90, 90)
        east = rng.uniform(-0.3, 0.3, 660) / np.maximum(np.cos(np.radians(north)), 1e-4)
        ra, dec = np.append(ra, (lon + east) % 360), np.append(dec, north)
    # a place where four HEALPix pixels of order 0 meet is a partition's edge at every order
    edge_ra, edge_dec = (
        45 + rng.uniform(-2, 2, 40) * ARCSEC,
        np.degrees(np.arcsin(2 / 3)) + rng.uniform(-2, 2, 40) * ARCSEC,
    )
    ra, dec = np.append(ra, edge_ra), np.append(dec, edge_dec)
    size = len(ra)
    flux = rng.normal(100, 80, size).astype(np.float32)
    flux[::11] = np.nan
    return pa.table(
        {
            "objectId": pa.array(8 * 10**17 + rng.permutation(size)),
            "coord_ra": pa.array(ra),
            "coord_dec": pa.array(np.where(np.arange(size) % 97 == 3, np.nan, dec)),
            "coord_raErr": pa.array(rng.uniform(1e-6, 3e-5, size)),
            "coord_decErr": pa.array(rng.uniform(1e-6, 3e-5, size)),
            "detect_isPrimary": pa.array(np.arange(size) % 5 > 0),
            "tract": pa.array(np.arange(size, dtype=np.int32)),
            "i_gaap1p0Flux": pa.array(flux, mask=np.arange(size) % 13 == 0),
            "i_gaap1p0FluxErr": pa.array(np.full(size, 5, dtype=np.float32)),
            "note": pa.array([None if i % 7 else f"object {i}" for i in range(size)]),
        }
    )


def positions(of: pa.Table) -> pa.Table:
    """Redshifts at two thirds of the objects (some twice), near others, in their field, and far away."""
    rng = np.random.default_rng(5)
    ra, dec = of["coord_ra"].to_numpy(), of["coord_dec"].to_numpy()
    some = rng.choice(np.flatnonzero(np.isfinite(dec) & (np.abs(ra - 120) > 1)), 2600)
    north = np.clip(dec[some] + rng.normal(0, 0.4, 2600) * ARCSEC, -90, 90)
    east = ra[some] + rng.normal(0, 0.4, 2600) * ARCSEC / np.maximum(np.cos(np.radians(north)), 1e-6)
    far_ra, far_dec = rng.uniform(100, 101, 60), rng.uniform(50, 51, 60)
    near_ra, near_dec = 200 + rng.uniform(-0.9, 0.9, 400), 2 + rng.uniform(-0.9, 0.9, 400)  # and its edges
    edge_ra, edge_dec = 120 + rng.uniform(0.4, 0.9, 90), 20 + rng.uniform(-0.9, 0.9, 90)  # beside a field
    ra = np.concatenate([east % 360, far_ra, near_ra, edge_ra])
    dec = np.concatenate([north, far_dec, near_dec, edge_dec])
    survey = ["VVDS"] * 1500 + ["DEEP2"] * (len(ra) - 1500)
    return redshifts(ra, dec, rng.uniform(0.1, 1.5, len(ra)), survey=survey)


@pytest.fixture(scope="module")
def sky(tmp_path_factory: pytest.TempPathFactory) -> tuple[pa.Table, Path]:
    of = objects()
    return positions(of), write_hats(tmp_path_factory.mktemp("lsdb") / "object", of, 4)


class Place:
    """A job that remembers what was told, and may be stopped at some amount."""

    def __init__(self, folder: Path, stop_at: int | None = None, memory: int = 2 * GB, **executor) -> None:
        self.job = JobPlace(folder, memory, executor)
        self.amounts: list = []
        self.stop_at = stop_at

    def context(self) -> Context:
        return Context(seed=3, job=self.job, measured=self.amounts.append, cancelled=self.stopped)

    def stopped(self) -> bool:
        return self.stop_at is not None and any(one.done >= self.stop_at for one in self.amounts)


def match(table: pa.Table, release: Path, place: Place, **params):
    params = {"release": {"hats": str(release), "profile": "dp1"}, "unmatched": "keep", **params}
    return get("match").run(table, get("match").parse(params), place.context())


def values(table: pa.Table) -> str:
    """Every value in its place, NaN and null told apart."""
    return repr(table.to_pydict())


def same(table: pa.Table, release: Path, folder: Path, **params) -> Place:
    """Both places give the same table and account."""
    memory = match(table, release, Place(folder), run="memory", **params)
    place = Place(folder)
    job = match(table, release, place, run="engine", **params)
    assert job.table.schema.equals(memory.table.schema, check_metadata=True)
    assert values(job.table) == values(memory.table)
    here, there = memory.report.to_dict(), job.report.to_dict()
    assert there["details"].pop("engine").startswith("lsdb ")
    assert there["details"].pop("executor") == {"kind": "threads", "workers": 2}
    assert here == there
    assert job.report.details["matched"] > 1000
    return place


def answers(folder: Path) -> list[Path]:
    return sorted(folder.glob("match-*/*.arrow"))


@pytest.fixture(autouse=True)
def two_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    from pz_tsm.scale import pool

    monkeypatch.setattr(pool, "cores", lambda: 2)


@pytest.mark.parametrize(("order", "suffix"), [(0, ".parquet"), (3, "/"), (8, ".parquet")])
def test_rows_order_types_and_reasons_are_those_of_the_match_in_memory(sky, tmp_path, order, suffix):
    """At the poles, across RA 0/360, at edges of partitions and of the footprint, without any margin."""
    table, _ = sky
    release = write_hats(tmp_path / "object", objects(), order, suffix=suffix)
    place = same(table, release, tmp_path / "job")
    if order == 8:  # small partitions without a position say how far the footprint goes
        assert len({one.total for one in place.amounts}) == 2


def test_a_partition_of_several_files_is_one_partition(sky, tmp_path):
    table, _ = sky
    release = write_hats(tmp_path / "object", objects(), 2, suffix="/")
    for file in list(release.glob("dataset/*/*/*/part0.parquet")):
        whole = pq.read_table(file, partitioning=None)
        cut = whole.num_rows // 3
        pq.write_table(whole.slice(0, cut), file)
        pq.write_table(whole.slice(cut), file.with_name("part1.parquet"))
    same(table, release, tmp_path / "job")


@pytest.mark.parametrize(
    "params",
    [
        {"select": "all", "radius_arcsec": 2.0},
        {"select": "one-to-one", "objects": "all"},
        {"select": "error-weighted", "errors": {"surveys": {"VVDS": 0.3}}, "columns": ["note", "tract"]},
        {"columns": ["coord_ra", "note", "objectId"], "unmatched": "drop", "radii": {"DEEP2": 3.0}},
    ],
)
def test_every_policy_gives_the_same(sky, tmp_path, params):
    table, release = sky
    same(table, release, tmp_path, **params)


def test_a_job_that_was_ended_goes_on_where_it_was(sky, tmp_path):
    """Half of the partitions are there, one is half written, and others belong to another recipe."""
    table, release = sky
    whole = match(table, release, Place(tmp_path), run="engine")
    files = answers(tmp_path)
    half = files[::2]
    for file in files[1::2]:
        file.unlink()
    half[0].write_bytes(half[0].read_bytes()[: half[0].stat().st_size // 2])
    half[1].with_name(f".{half[1].name}.77").write_bytes(b"not yet")
    written = {file: file.stat().st_mtime_ns for file in half}
    place = Place(tmp_path)
    again = match(table, release, place, run="engine")
    assert values(again.table) == values(whole.table)
    assert answers(tmp_path) == files
    assert [file.stat().st_mtime_ns == written[file] for file in half] == [False] + [True] * (len(half) - 1)
    assert (
        place.amounts[0].done == len(half) - 1
    )  # the edge of the footprint comes with partitions of its own

    before = {file: file.stat().st_mtime_ns for file in files}
    other = match(table, release, Place(tmp_path), run="engine", radius_arcsec=3.0)
    assert other.report.details["matched"] > whole.report.details["matched"]
    assert len(answers(tmp_path)) > len(files)
    assert {file: file.stat().st_mtime_ns for file in files} == before


def test_a_release_that_changed_is_read_again(sky, tmp_path):
    table, release = sky
    release = Path(shutil.copytree(release, tmp_path / "object"))
    first = match(table, release, Place(tmp_path / "job"), run="engine")
    for file in release.glob("dataset/*/*/*.parquet"):
        part = pq.read_table(file, partitioning=None)
        shifted = pa.array(part["tract"].to_numpy() + 1)
        pq.write_table(part.set_column(part.column_names.index("tract"), "tract", shifted), file)
    again = match(table, release, Place(tmp_path / "job"), run="engine", columns=["tract"])
    memory = match(table, release, Place(tmp_path / "job"), run="memory", columns=["tract"])
    assert values(again.table) == values(memory.table) and first.table.num_rows == again.table.num_rows


def test_progress_counts_partitions_rows_and_time_left(sky, tmp_path):
    table, release = sky
    place = Place(tmp_path)
    match(table, release, place, run="engine")
    first = [one for one in place.amounts if one.total == place.amounts[0].total]
    counts = [one.done for one in first]
    assert counts[0] == 0 and counts == sorted(counts) and counts[-1] == first[0].total
    rows = [one.rows for one in first]
    assert rows == sorted(rows) and rows[-1] > 1500
    assert first[0].seconds_left is None and first[-1].seconds_left == 0
    assert all(one.unit == "partitions" for one in place.amounts)


def test_a_stop_is_heard_and_what_is_done_is_kept(sky, tmp_path):
    table, release = sky
    stopped = Place(tmp_path, stop_at=2, threads=1)
    with pytest.raises(Cancelled):
        match(table, release, stopped, run="engine")
    kept = answers(tmp_path)
    assert 2 <= len(kept) <= 3
    place = Place(tmp_path)
    assert match(table, release, place, run="engine").table.num_rows == table.num_rows
    assert place.amounts[0].done == len(kept)


def test_memory_bounds_the_partitions_under_way(sky, tmp_path, monkeypatch):
    """With memory for one partition only one is worked on at a time, though there are four threads."""
    from pz_tsm.ops.match import lsdb_search
    from pz_tsm.scale import work

    under_way, most = [0], [0]
    through = work.through

    def counted(pool, tasks, at_once, done, cancelled):
        def begun():
            for task in tasks:
                under_way[0] += 1
                most[0] = max(most[0], under_way[0])
                yield task

        def ended(key, answer):
            under_way[0] -= 1
            done(key, answer)

        through(pool, begun(), at_once, ended, cancelled)

    monkeypatch.setattr(work, "through", counted)
    table, release = sky
    for memory, expected in ((1, 1), (8 * GB, 4)):
        most[0] = 0
        match(table, release, Place(tmp_path / str(memory), memory=memory, threads=4), run="engine")
        assert most[0] == expected
    assert lsdb_search.COPIES > 1


def test_memory_is_asked_for_and_auto_is_as_proposed(sky, tmp_path, monkeypatch):
    from pz_tsm.ops.match import expect_cost

    table, release = sky
    assert "engine" not in match(table, release, Place(tmp_path), run="memory").report.details
    assert "run" not in match(table, release, Place(tmp_path), run="memory").report.details
    small = match(table, release, Place(tmp_path)).report.details
    assert "engine" not in small
    assert small["run"] == {
        "asked": "auto",
        "where": "memory",
        "why": "the part of the release that is read is small",
    }
    large = match(table, release, Place(tmp_path, memory=1)).report.details
    assert "engine" in large and large["run"]["where"] == "engine"
    assert "GB of memory" in large["run"]["why"]
    monkeypatch.setattr(expect_cost, "LONG", 0.0)
    assert "engine" in match(table, release, Place(tmp_path)).report.details
    outside = get("match").parse({"release": str(release), "run": "engine"})
    assert "engine" not in get("match").run(table, outside, Context()).report.details


def test_without_lsdb_it_says_what_to_install(sky, tmp_path, monkeypatch):
    table, release = sky
    find_spec = util.find_spec
    monkeypatch.setattr(
        util, "find_spec", lambda name, *more: None if name == "lsdb" else find_spec(name, *more)
    )
    with pytest.raises(TsmError, match="not installed") as refused:
        match(table, release, Place(tmp_path), run="engine")
    assert "pz-tsm[lsdb]" in refused.value.remedy
    place = Place(tmp_path, memory=1)
    made = match(table, release, place)
    assert made.report.details.get("engine") is None
    assert made.report.details["run"]["where"] == "memory"
    assert made.report.details["run"]["why"].startswith("LSDB is not installed, though it needs about")
    (one,) = [one for one in made.report.findings if one.code == "lsdb-missing"]
    assert "GB of memory" in one.message and "pz-tsm[lsdb]" in one.remedy


def test_a_release_that_lsdb_cannot_open_is_told(tmp_path):
    release = write_hats(tmp_path / "object", few_objects(), 3)
    (release / "dataset" / "_common_metadata").unlink()
    with pytest.warns(UserWarning), pytest.raises(TsmError, match="LSDB can't open") as refused:
        match(redshifts([10.0], [-30.0], [0.5]), release, Place(tmp_path), run="engine")
    assert "run: memory" in refused.value.remedy


def test_a_broken_partition_is_named_in_words(tmp_path):
    release = write_hats(tmp_path / "object", few_objects(), 3)
    for file in release.glob("dataset/*/*/*.parquet"):
        size = file.stat().st_size
        with file.open("r+b") as bytes_of:
            bytes_of.seek(4)
            bytes_of.write(b"\xff" * (size // 2))
    with pytest.raises(TsmError, match="can't be read"):
        match(redshifts([10.0], [-30.0], [0.5]), release, Place(tmp_path), run="engine")
