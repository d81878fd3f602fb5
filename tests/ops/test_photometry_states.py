"""Photometry: what a release corrected already, and the three states of a band through every format."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from matchkit import few_objects, redshifts, run, write_hats

from pz_tsm import releases
from pz_tsm.errors import TsmError

PROFILE = """\
format: tsm-release/1
name: dereddened
title: Dereddened magnitudes of DP1, 99.0 where there is none
access: public
id: objectId
ra: coord_ra
dec: coord_dec
bands: [u, g, r, i, z, y]
fluxes: [gaap1p0]
default_fluxes: [gaap1p0]
a_over_ebv: {u: 4.81, g: 3.64, r: 2.70, i: 2.06, z: 1.58, y: 1.31}
extra: [tract]
stored_mag: {dereddened: true}
"""
COUNT = 1000


def positions(count=COUNT):
    number = np.arange(count)
    return {
        "objectId": pa.array(900_000_000_000_000_000 + number),
        "coord_ra": pa.array(10 + number / 1000),
        "coord_dec": pa.array(np.full(count, -30.0)),
        "tract": pa.array(np.full(count, 1)),
    }


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """1,000 objects as raw fluxes, and as the dereddened magnitudes that an independent script made of them:
    {kind: matched table}. Every tenth flux is null, every eleventh negative."""
    folder = tmp_path_factory.mktemp("releases")
    rng = np.random.default_rng(5)
    a_over_ebv = releases.profile("dp1").a_over_ebv
    ebv = rng.uniform(0, 0.3, COUNT)
    raw, mags = positions(), positions()
    raw["ebv"] = pa.array(ebv.astype(np.float64))
    for band, a_band in a_over_ebv.items():
        flux = 10 ** rng.uniform(1, 5, COUNT)
        flux[rng.permutation(COUNT)[:90]] *= -1
        error = np.abs(flux) * rng.uniform(0.01, 0.4, COUNT)
        hidden = np.zeros(COUNT, bool)
        hidden[rng.permutation(COUNT)[:100]] = True
        raw[f"{band}_gaap1p0Flux"] = pa.array(flux, mask=hidden)
        raw[f"{band}_gaap1p0FluxErr"] = pa.array(error, mask=hidden)
        mag = [
            99.0 if gone or f <= 0 else 31.4 - 2.5 * math.log10(f) - a_band * e
            for f, e, gone in zip(flux, ebv, hidden, strict=True)
        ]
        mag_err = [
            99.0 if gone or f <= 0 else 2.5 / math.log(10) * s / f
            for f, s, gone in zip(flux, error, hidden, strict=True)
        ]
        mags[f"{band}_gaap1p0Mag"] = pa.array(np.array(mag, np.float32))
        mags[f"{band}_gaap1p0MagErr"] = pa.array(np.array(mag_err, np.float32))
    write_hats(folder / "raw", pa.table(raw), 6)
    write_hats(folder / "mags", pa.table(mags), 6)
    (folder / "mags.yaml").write_text(PROFILE)
    table = redshifts(raw["coord_ra"].to_numpy(), raw["coord_dec"].to_numpy(), np.full(COUNT, 0.5))
    specs = {
        "raw": {"hats": str(folder / "raw"), "profile": "dp1"},
        "mags": {"hats": str(folder / "mags"), "profile": str(folder / "mags.yaml")},
    }
    return {kind: run("match", table, release=spec).table for kind, spec in specs.items()}


def values(table, name):
    return table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)


def test_raw_fluxes_and_dereddened_magnitudes_give_the_same(both):
    made = {kind: run("photometry", table, deredden="sfd") for kind, table in both.items()}
    raw, mags = made["raw"].table, made["mags"].table
    assert raw.num_rows == mags.num_rows == COUNT
    for band in "ugrizy":
        name = f"{band}_gaap1p0Mag"
        a, b = values(raw, name), values(mags, name)
        assert (np.isfinite(a) == np.isfinite(b)).all() and np.isfinite(a).sum() > 750
        assert np.nanmax(np.abs(a - b)) < 1e-5
        assert np.nanmax(np.abs(values(raw, name + "Err") - values(mags, name + "Err"))) < 1e-5
        good = np.isfinite(a)
        assert np.allclose(
            values(raw, f"{band}_snr")[good], values(mags, f"{band}_snr")[good], rtol=1e-5, atol=0
        )
        states = [json.loads(one.schema.field(name).metadata[b"state"]) for one in (raw, mags)]
        assert [(one["dereddened"], one["dust_map"], one["system"]) for one in states] == [
            (True, "SFD98", "AB")
        ] * 2
    assert raw["bands_detected"].equals(mags["bands_detected"])
    assert (values(mags, "y_gaap1p0Mag")[np.isfinite(values(mags, "y_gaap1p0Mag"))] < 40).all()
    assert any("not done again" in one.message for one in made["mags"].report.findings)
    assert made["mags"].table["y_gaap1p0Mag"].null_count > 100


def test_what_the_release_corrected_by_another_map_is_refused(both):
    table = both["mags"]
    for name in table.column_names:
        if name.endswith("Mag"):
            field = table.schema.field(name)
            state = json.loads(field.metadata[b"state"]) | {"dust_map": "Planck"}
            field = field.with_metadata({**field.metadata, b"state": json.dumps(state).encode()})
            table = table.set_column(table.column_names.index(name), field, table[name])
    with pytest.raises(TsmError, match=r"already dereddened \(Planck\)") as error:
        run("photometry", table, deredden="sfd")
    assert error.value.remedy == "Set deredden: none."
    kept = run("photometry", table).table
    assert np.array_equal(values(kept, "g_gaap1p0Mag"), values(table, "g_gaap1p0Mag"), equal_nan=True)


def test_the_magnitudes_of_a_release_are_corrected_once(both):
    """A release whose magnitudes are not dereddened: the step does it, and no second step does it again."""
    table = both["mags"]
    for name in table.column_names:
        if name.endswith("Mag"):
            field = table.schema.field(name)
            state = json.loads(field.metadata[b"state"]) | {"dereddened": False, "dust_map": None}
            field = field.with_metadata({**field.metadata, b"state": json.dumps(state).encode()})
            table = table.set_column(table.column_names.index(name), field, table[name])
    table = table.append_column("ebv", pa.array(np.full(COUNT, 0.1)))
    once = run("photometry", table, deredden="sfd").table
    gone = values(table, "u_gaap1p0Mag") - values(once, "u_gaap1p0Mag")
    assert np.nanmax(np.abs(gone - 0.481)) < 1e-5
    with pytest.raises(TsmError, match="already dereddened"):
        run("photometry", once, deredden="sfd")
    plain = run("photometry", table).table
    assert np.array_equal(values(plain, "u_gaap1p0Mag"), values(table, "u_gaap1p0Mag"), equal_nan=True)


def test_signal_to_noise_of_every_family_on_request(tmp_path):
    release = {"hats": str(write_hats(tmp_path / "o", few_objects(2), 4)), "profile": "dp1"}
    matched = run("match", redshifts([10.0], [-30.0], [0.5]), release=release).table
    first, every = (run("photometry", matched, snr=snr).table for snr in ("first", "all"))
    assert "g_cModel_snr" not in first.column_names
    assert every["g_snr"].to_pylist() == [20] and every["g_cModel_snr"].to_pylist() == [50]


STATES = {"not observed": None, "not positive": -5.0, "zero": 0.0, "detected": 1000.0}


@pytest.fixture
def three():
    """One row a state, in the band g; the band i is observed in all rows, and negative in one."""
    columns = {
        "row_id": pa.array([1, 2, 3, 4]),
        "objectId": pa.array([900_000_000_000_000_000 + n for n in range(4)]),
        "redshift": pa.array([0.5] * 4),
        "is_best": pa.array([True] * 4),
    }
    for band in "ugrizy":
        flux = [1000.0, -5.0, 1000.0, 1000.0] if band == "i" else list(STATES.values())
        columns[f"{band}_gaap1p0Flux"] = pa.array(flux, pa.float64())
        columns[f"{band}_gaap1p0FluxErr"] = pa.array(
            [None if f is None else 50.0 for f in flux], pa.float64()
        )
    return run("photometry", pa.table(columns)).table


def state_of(table, name):
    null = table[name].is_null().to_pylist()
    nan = [value is not None and math.isnan(value) for value in table[name].to_pylist()]
    return ["null" if a else "NaN" if b else "number" for a, b in zip(null, nan, strict=True)]


G = ["null", "NaN", "NaN", "number"]
I = ["number", "NaN", "number", "number"]  # noqa: E741


def test_the_states_stay_apart_in_parquet(three, tmp_path):
    pq.write_table(three, tmp_path / "t.parquet")
    back = pq.read_table(tmp_path / "t.parquet")
    assert state_of(back, "g_gaap1p0Mag") == G and state_of(back, "i_gaap1p0Mag") == I
    assert back["bands_observed"].to_pylist() == [0b001000, 63, 63, 63]
    assert back["bands_detected"].to_pylist() == [0b001000, 0, 0b001000, 63]
    assert back["g_gaap1p0Flux"].to_pylist() == list(STATES.values())
    assert json.loads(back.schema.field("g_gaap1p0Mag").metadata[b"state"])["kind"] == "mag"


def test_the_states_stay_apart_in_pandas(three):
    from pz_tsm.table import _frame

    frame = _frame(three)
    for name, states in (("g_gaap1p0Mag", G), ("i_gaap1p0Mag", I)):
        assert frame[name].isna().tolist() == [one == "null" for one in states]
        assert frame[name].map(math.isfinite, na_action="ignore").eq(True).tolist() == [
            one == "number" for one in states
        ]
    back = pa.Table.from_pandas(frame, preserve_index=False)
    assert state_of(back, "g_gaap1p0Mag") == G and state_of(back, "i_gaap1p0Mag") == I
    assert back["objectId"].type == pa.int64() and frame["objectId"].dtype == "int64"
    assert frame["bands_observed"].tolist() == [0b001000, 63, 63, 63]


def test_the_states_stay_apart_in_rail_files(three, tmp_path):
    """RAIL's own values: inf where not observed, NaN where observed and not detected."""
    import h5py

    from pz_tsm.bundle import rail

    files = rail.write(tmp_path, three, {"format": "rail-hdf5", "catalog_tag": "lsst_gaap_1p0"})
    with h5py.File(Path(files[0])) as file:
        g, i = file["g_gaap1p0Mag"][:], file["i_gaap1p0Mag"][:]
        error = file["g_gaap1p0MagErr"][:]
        assert file["objectId"].dtype == np.int64
    assert np.isposinf(g).tolist() == [True, False, False, False]
    assert np.isnan(g).tolist() == [False, True, True, False]
    assert np.isnan(i).tolist() == [False, True, False, False]
    assert np.isposinf(error).tolist() == [True, False, False, False]
    assert g[3] == pytest.approx(23.9, abs=1e-5)


@pytest.mark.parametrize("sentinel", [99.0, -99.0, 999.0, -9.99])
@pytest.mark.parametrize("kind", [pa.float32(), pa.float64()])
def test_sentinels_are_no_magnitudes_without_a_match_too(sentinel, kind):
    table = pa.table(
        {
            "i_gaap1p0Mag": pa.array([22.0, sentinel], kind),
            "i_gaap1p0MagErr": pa.array([0.1, sentinel], kind),
        }
    )
    made = run("photometry", table).table
    for name in table.column_names:
        assert made[name].is_null().to_pylist() == [False, True]
    assert made["bands_observed"].to_pylist() == [0b001000, 0] and made["n_detected"].to_pylist() == [1, 0]


def test_an_unknown_error_of_a_known_magnitude_is_no_missing_band_in_rail(three, tmp_path):
    import h5py

    from pz_tsm.bundle import rail

    name = "g_gaap1p0MagErr"
    column = pa.array([None, None, None, None], pa.float32())
    table = three.set_column(three.column_names.index(name), three.schema.field(name), column)
    files = rail.write(tmp_path, table, {"format": "rail-hdf5", "catalog_tag": "lsst_gaap_1p0"})
    with h5py.File(Path(files[0])) as file:
        error = file[name][:]
    assert np.isposinf(error).tolist() == [True, False, False, False]
    assert np.isnan(error).tolist() == [False, True, True, True]
