"""The mock sky: the same bytes for the same seed, and files that agree with the truth beside them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pz_tsm import mock
from pz_tsm.errors import TsmError

SMALL = {"rows": 2400, "objects": 6000}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("mock")
    mock.make(out, **SMALL, seed=7)
    return out


@pytest.fixture(scope="module")
def truth(made: Path) -> pa.Table:
    return pq.read_table(made / "truth.parquet")


@pytest.fixture(scope="module")
def objects(made: Path) -> pa.Table:
    return read_hats(made / "mock_release" / "object")


def read_hats(path: Path) -> pa.Table:
    files = sorted((path / "dataset").rglob("Npix=*.parquet"))
    return pa.concat_tables([pq.read_table(file, partitioning=None) for file in files])


def survey_files(made: Path) -> dict[str, dict[str, np.ndarray]]:
    import h5py
    import pyarrow.csv as csv
    from astropy.io import fits

    def columns(table: pa.Table) -> dict[str, np.ndarray]:
        return {name: table[name].to_numpy() for name in table.column_names}

    wide = fits.getdata(made / "mock_wide.fits", 1)
    with h5py.File(made / "mock_prob.hdf5") as file:
        prob = {name: data[:] for name, data in file.items()}
    return {
        "MOCK-DEEP": columns(pq.read_table(made / "mock_deep.parquet")),
        "MOCK-WIDE": {name: np.asarray(wide[name]) for name in wide.names},
        "MOCK-GRISM": columns(csv.read_csv(made / "mock_grism.csv")),
        "MOCK-PROB": prob,
    }


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes_other_seed_other_rows(made: Path, tmp_path: Path) -> None:
    mock.make(tmp_path / "again", **SMALL, seed=7)
    mock.make(tmp_path / "other", **SMALL, seed=8)
    first, again, other = digests(made), digests(tmp_path / "again"), digests(tmp_path / "other")
    assert first == again
    names = [*mock.FILES, "truth.parquet"]
    assert all(first[name] != other[name] for name in names)


def test_making_it_again_in_the_same_folder_leaves_nothing_of_the_old_sky(made: Path, tmp_path: Path) -> None:
    mock.make(tmp_path, rows=900, objects=9000, seed=3)
    mock.make(tmp_path, **SMALL, seed=7)
    assert digests(tmp_path) == digests(made)


def test_as_many_rows_and_objects_as_asked_for(made: Path, objects: pa.Table, tmp_path: Path) -> None:
    assert objects.num_rows == SMALL["objects"]
    assert sum(len(next(iter(t.values()))) for t in survey_files(made).values()) == SMALL["rows"]
    made_more = mock.make(tmp_path, rows=3000, objects=600, seed=1)  # more measurements than objects
    assert sum(made_more["rows"].values()) == 3000 and made_more["objects"] == 600


def test_truth_describes_every_row_of_every_file(made: Path, truth: pa.Table) -> None:
    keys = {
        "MOCK-DEEP": ("ALPHA", "DELTA", "Z"),
        "MOCK-WIDE": ("TARGET_RA", "TARGET_DEC", "Z"),
        "MOCK-GRISM": ("RAJ2000", "DEJ2000", "z_best"),
        "MOCK-PROB": ("ra_deg", "dec_deg", "z_best"),
    }
    tolerance = {"s": 0.0008, "g": 0.003}
    for survey, columns in survey_files(made).items():
        part = truth.filter(pc.equal(truth["survey"], survey))
        ra, dec, z = (columns[name] for name in keys[survey])
        assert part["file_row"].to_numpy().tolist() == list(range(len(z)))
        kind, kind_of_z = part["kind"].to_numpy(), part["instrument_type"].to_numpy()
        true, wrong = part["z_true"].to_numpy(), part["z_wrong"].to_numpy()
        none = kind == "sentinel"
        assert np.all(np.isnan(z[none]) | (z[none] == -99) | (z[none] == 9.9999))
        assert not np.any((z[~none] < -0.01) | (z[~none] > 9))
        off = np.abs(z - true) / (1 + true)
        for code, limit in tolerance.items():
            right = ~none & ~wrong & (kind_of_z == code) & (part["class"].to_numpy() != "STAR")
            assert np.all(off[right] < limit)
        assert np.all(off[wrong & ~none & (kind_of_z == "s")] > 0.02)
        assert np.all((ra >= 0) & (ra < 360))


def test_every_survey_has_its_flag_scheme_and_its_traps(made: Path) -> None:
    files = survey_files(made)
    flags = files["MOCK-DEEP"]["ZFLAGS"]
    assert {0, 1, 2, 3, 4, 9} <= set(flags.tolist())
    assert ((flags > 10) & (flags < 20)).any() and ((flags >= 20) & (flags < 30)).any()
    assert set(np.unique(files["MOCK-DEEP"]["survey_name"])) == {"MOCK-DEEP"}
    wide = files["MOCK-WIDE"]
    assert {0, 4, 2564} <= set(wide["ZWARN"].tolist())
    assert {"GALAXY", "QSO", "STAR"} == set(np.unique(wide["SPECTYPE"]))
    assert not wide["ZCAT_PRIMARY"].all() and wide["TARGETID"].min() > 2**53
    repeated = np.isin(wide["TARGETID"], wide["TARGETID"][~wide["ZCAT_PRIMARY"]])
    assert repeated.sum() > (~wide["ZCAT_PRIMARY"]).sum()
    grism = files["MOCK-GRISM"]
    assert set(grism["grade"]) == set("ABCDX") and set(grism["source"]) == {"spec", "grism", "phot"}
    assert set(grism["grade"][grism["source"] == "phot"]) <= {"A", "B"}
    prob = files["MOCK-PROB"]
    assert prob["prob"].min() == 0 and prob["prob"].max() <= 1 and set(prob["kind"]) == {b"s", b"g", b"p"}


def test_planted_groups_are_what_their_names_say(made: Path, truth: pa.Table) -> None:
    rows = truth.to_pylist()
    groups: dict[int, list[dict]] = {}
    for row in rows:
        groups.setdefault(row["group"], []).append(row)
    kinds = {row["kind"] for row in rows}
    assert kinds == {"single", "agree", "conflict", "chain", "blend", "star", "qso", "photoz", "sentinel"} | {
        "repeat"
    }
    for members in groups.values():
        kind = members[0]["kind"]
        assert all(member["kind"] == kind for member in members), "a group is of one kind"
        if kind == "conflict":
            assert len(members) == 2 and [m["z_wrong"] for m in members].count(True) == 1
            assert all(m["z_flag_homogenized"] >= 3 and m["instrument_type"] == "s" for m in members)
        if kind == "repeat":
            assert len({m["survey"] for m in members}) == 2 == len(members)
            assert len({m["galaxy_id"] for m in members}) == 1
        if kind == "chain":
            assert len(members) == 3
        if kind == "blend":
            assert len({m["galaxy_id"] for m in members}) == 2 and len({m["objectId"] for m in members}) == 1
        if kind == "agree":
            assert len(members) >= 2 and len({m["galaxy_id"] for m in members}) == 1
    across = [g for g in groups.values() if g[0]["kind"] == "agree" and len({m["survey"] for m in g}) > 1]
    within = [g for g in groups.values() if g[0]["kind"] == "agree" and len({m["survey"] for m in g}) == 1]
    assert across and within


def test_only_what_was_planted_lies_together_on_the_sky(made: Path, truth: pa.Table) -> None:
    from scipy.spatial import cKDTree

    positions = {
        "MOCK-DEEP": ("ALPHA", "DELTA"),
        "MOCK-WIDE": ("TARGET_RA", "TARGET_DEC"),
        "MOCK-GRISM": ("RAJ2000", "DEJ2000"),
        "MOCK-PROB": ("ra_deg", "dec_deg"),
    }
    files = survey_files(made)
    group, kind = truth["group"].to_numpy(), truth["kind"].to_numpy()
    ra, dec = np.empty(len(group)), np.empty(len(group))
    survey, row = truth["survey"].to_numpy(), truth["file_row"].to_numpy()
    for name, (lon, lat) in positions.items():
        mine = survey == name
        ra[mine], dec[mine] = files[name][lon][row[mine]], files[name][lat][row[mine]]
    a, d = np.radians(ra), np.radians(dec)
    xyz = np.stack([np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d)], axis=1)
    pairs = cKDTree(xyz).query_pairs(np.radians(0.75 / 3600), output_type="ndarray")
    assert np.array_equal(group[pairs[:, 0]], group[pairs[:, 1]]), "no chance pair within 0.75 arcsec"
    expected = {"agree", "repeat", "conflict", "chain"}
    assert set(kind[pairs[:, 0]]) == expected
    joined = np.zeros(len(group), bool)
    joined[pairs.ravel()] = True
    assert joined[np.isin(kind, list(expected))].all() and not joined[kind == "blend"].any()
    chains = kind[pairs[:, 0]] == "chain"
    assert chains.sum() * 3 == (kind == "chain").sum() * 2, "the ends of a chain meet only through the middle"


def test_object_ids_are_exact_only_as_integers(objects: pa.Table, truth: pa.Table) -> None:
    ids = objects["objectId"].to_numpy()
    assert ids.dtype == np.int64 and ids.min() > 2**53 and all(len(str(i)) == 18 for i in ids[:50])
    assert len(np.unique(ids)) == len(ids)
    assert len(np.unique(ids.astype(np.float64))) < len(ids), "through a float they would collide"
    primary = objects.filter(objects["detect_isPrimary"])
    assert 0 < objects.num_rows - primary.num_rows < 0.03 * objects.num_rows
    known = pc.drop_null(truth["objectId"]).to_numpy()
    assert np.isin(known, primary["objectId"].to_numpy()).all() and len(known) < truth.num_rows


def test_the_release_looks_like_a_survey(objects: pa.Table) -> None:
    ra = objects["coord_ra"].to_numpy()
    assert (ra > 359).any() and (ra < 1).any() and ((ra > 52) & (ra < 54)).any()
    assert objects["u_gaap1p0Flux"].null_count > 0 and objects["y_cModelFlux"].null_count > 0
    assert objects["i_gaap1p0Flux"].null_count == 0
    assert pc.min(objects["u_gaap1p0Flux"]).as_py() < 0, "faint objects scatter below zero"
    ebv = objects["ebv"].to_numpy()
    assert ebv.min() >= 0.01 and ebv.max() <= 0.1 and np.ptp(ebv) > 0.02
    assert set(objects["refExtendedness"].to_numpy()) == {0.0, 1.0}


def test_partitions_hold_their_own_rows_in_order(made: Path) -> None:
    release = made / "mock_release"
    listed = [line.split(",") for line in (release / "object" / "partition_info.csv").read_text().split()[1:]]
    assert len(listed) >= 3
    for order, pixel in ((int(a), int(b)) for a, b in listed):
        name = f"Norder={order}/Dir={pixel // 10000 * 10000}/Npix={pixel}.parquet"
        table = pq.read_table(release / "object" / "dataset" / name, partitioning=None)
        index = table["_healpix_29"].to_numpy()
        assert np.all(np.diff(index) >= 0) and np.all(index >> (2 * (29 - order)) == pixel)


def test_margins_hold_what_is_near_but_outside(tmp_path: Path) -> None:
    """Brute force: of every pair within 5 arcsec across an edge, each stands in the margin of the other."""
    from scipy.spatial import cKDTree

    mock.make(tmp_path, rows=300, objects=30_000, seed=5)
    release = tmp_path / "mock_release"
    objects = read_hats(release / "object")
    a, d = np.radians(objects["coord_ra"].to_numpy()), np.radians(objects["coord_dec"].to_numpy())
    xyz = np.stack([np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d)], axis=1)
    index, ids = objects["_healpix_29"].to_numpy(), objects["objectId"].to_numpy()
    pairs = cKDTree(xyz).query_pairs(np.radians(5.0 / 3600), output_type="ndarray")
    pairs = np.concatenate([pairs, pairs[:, ::-1]])
    crossing = 0
    lines = (release / "object" / "partition_info.csv").read_text().split()[1:]
    for order, pixel in (map(int, line.split(",")) for line in lines):
        inside = index >> (2 * (29 - order)) == pixel
        needed = set(ids[pairs[:, 1][inside[pairs[:, 0]] & ~inside[pairs[:, 1]]]].tolist())
        name = f"Norder={order}/Dir={pixel // 10000 * 10000}/Npix={pixel}.parquet"
        path = release / "object_5arcs" / "dataset" / name
        held = set(pq.read_table(path, partitioning=None)["objectId"].to_pylist()) if path.exists() else set()
        assert needed <= held and not held & set(ids[inside].tolist())
        crossing += len(needed)
    assert crossing > 0


def test_wrong_sizes_and_foreign_folders_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(TsmError, match="at least 100 rows"):
        mock.make(tmp_path / "a", rows=3)
    (tmp_path / "b" / "mock_release").mkdir(parents=True)
    (tmp_path / "b" / "mock_release" / "thesis.txt").write_text("mine")
    with pytest.raises(TsmError, match="no mock release"):
        mock.make(tmp_path / "b", rows=300, objects=300)
    assert (tmp_path / "b" / "mock_release" / "thesis.txt").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(TsmError, match="write into"):
        mock.make(tmp_path / "file", rows=300, objects=300)


def test_the_command_line_says_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mock.main([str(tmp_path / "sky"), "--rows", "300", "--objects", "900", "--seed", "4"]) == 0
    said = capsys.readouterr().out
    assert "mock_release: 900 objects" in said and "mock.tsm.yaml" in said


def test_stars_are_points_and_galaxies_are_not(objects: pa.Table) -> None:
    """PSF fluxes and extendedness, band by band, where the object is bright enough to tell."""
    for band in "gri":
        psf, model = (objects[f"{band}_{name}Flux"].to_numpy() for name in ("psf", "cModel"))
        error = objects[f"{band}_cModelFluxErr"].to_numpy()
        extended = objects[f"{band}_extendedness"].to_numpy()
        clear = np.isfinite(extended) & (model > 30 * error)
        star, galaxy = clear & (extended == 0), clear & (extended == 1)
        assert star.sum() > 50 and galaxy.sum() > 50
        assert np.median(psf[star] / model[star]) == pytest.approx(1, abs=0.01)
        assert np.percentile(psf[galaxy] / model[galaxy], 95) < 0.96
    known = pc.is_valid(objects["i_extendedness"])
    both = objects.filter(known)
    assert both["i_extendedness"].to_pylist() == both["refExtendedness"].to_pylist()
    assert objects["i_psfFlux"].type == objects["i_psfFluxErr"].type == pa.float32()


def test_flags_are_set_where_the_band_is_bad(objects: pa.Table) -> None:
    flags = [name for name in objects.column_names if name.endswith("_flag") or "Flag" in name]
    assert len(flags) == 6 * 8 and {objects[name].type for name in flags} == {pa.bool_()}
    unseen = pc.is_null(objects["u_cModelFlux"])
    assert pc.any(unseen).as_py()
    of_u = [name for name in flags if name.startswith("u_")]
    assert all(pc.all(objects.filter(unseen)[name]).as_py() for name in of_u)
    rest = objects.filter(pc.invert(unseen))
    assert all(0 < pc.sum(rest[name]).as_py() < 0.05 * rest.num_rows for name in of_u)
    assert rest["u_extendedness"].is_null().equals(rest["u_extendedness_flag"])
    bright = pc.and_(pc.equal(objects["i_extendedness"], 0), pc.greater(objects["i_cModelFlux"], 3.5e5))
    saturated = objects.filter(bright)["i_pixelFlags_saturatedCenter"]
    assert len(saturated) and pc.all(saturated).as_py()
