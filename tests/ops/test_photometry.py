"""Photometry: the numbers a user checks by hand, and that no correction is applied twice."""

from __future__ import annotations

import json
import math

import numpy as np
import pyarrow as pa
import pytest
from matchkit import few_objects, redshifts, write_hats

from pz_tsm.errors import TsmError
from pz_tsm.ops import get
from pz_tsm.ops.base import Context


def run(name, table, **params):
    operation = get(name)
    return operation.run(table, operation.parse(params), Context())


def photometry(table, **params):
    return run("photometry", table, **params).table


def fluxes(g, err=None, **more):
    err = [50.0] * len(g) if err is None else err
    columns = {"g_gaap1p0Flux": pa.array(g, pa.float64()), "g_gaap1p0FluxErr": pa.array(err, pa.float64())}
    return pa.table(columns | more)


@pytest.fixture
def matched(tmp_path):
    def make(profile):
        release = write_hats(tmp_path / profile, few_objects(3), 4)
        table = redshifts([10.0, 10.1], [-30.0, -30.0], [0.5, 0.6])
        return run("match", table, release={"hats": str(release), "profile": profile}).table

    return make


def test_the_vectors_of_the_formulas():
    table = photometry(fluxes([1.0, 3.631e12, 1000.0]))
    mags = table["g_gaap1p0Mag"].to_pylist()
    assert mags[0] == pytest.approx(31.4, abs=1e-6)
    assert mags[1] == pytest.approx(-6.56e-5, abs=1e-6)
    assert mags[2] == pytest.approx(23.9, abs=1e-6)
    assert table["g_gaap1p0MagErr"][2].as_py() == pytest.approx(0.05428681, abs=1e-8)
    assert table.schema.field("g_gaap1p0Mag").type == pa.float32()


def test_not_observed_is_null_and_not_positive_is_nan():
    table = photometry(fluxes([None, float("nan"), -5.0, 0.0, 100.0]))
    mags = table["g_gaap1p0Mag"]
    assert mags.is_null().to_pylist() == [True, True, False, False, False]
    assert [math.isnan(m) for m in mags.to_pylist()[2:]] == [True, True, False]
    assert table["bands_observed"].to_pylist() == [0, 0, 2, 2, 2]
    assert table["g_gaap1p0Flux"].to_pylist()[2] == -5


def test_band_masks_and_detections():
    table = fluxes(
        [1000.0, 100.0], y_gaap1p0Flux=pa.array([None, 600.0]), y_gaap1p0FluxErr=pa.array([None, 100.0])
    )
    result = photometry(table)
    assert result["bands_observed"].to_pylist() == [0b10, 0b100010]
    assert result["bands_detected"].to_pylist() == [0b10, 0b100000]
    assert result["n_detected"].to_pylist() == [1, 1]
    assert result["g_snr"].to_pylist() == [20, 2]
    assert photometry(table, detect_snr=1)["n_detected"].to_pylist() == [1, 2]
    assert [str(result.schema.field(n).type) for n in ("bands_observed", "n_detected", "g_snr")] == [
        "int16",
        "int8",
        "float",
    ]


@pytest.mark.parametrize(("profile", "a_u"), [("dp1", 4.81), ("dp2", 4.78)])
def test_dereddening_takes_the_coefficients_of_the_release(matched, profile, a_u):
    table = photometry(matched(profile), deredden="sfd", flux="gaap1p0")
    assert table["u_gaap1p0Mag"][0].as_py() == pytest.approx(23.9 - 0.1 * a_u, abs=1e-5)


def test_dereddened_magnitudes_and_their_state(matched):
    table = photometry(matched("dp2"), deredden="sfd")
    assert table["u_gaap1p0Mag"][0].as_py() == pytest.approx(23.9 - 4.78 * 0.1, abs=1e-5)
    assert table["i_cModelMag"][0].as_py() == pytest.approx(31.4 - 2.5 * math.log10(2000) - 0.206, abs=1e-5)
    assert table["u_gaap1p0MagErr"][0].as_py() == pytest.approx(0.05428681, abs=1e-7)
    state = json.loads(table.schema.field("u_gaap1p0Mag").metadata[b"state"])
    assert state["dereddened"] is True and state["dust_map"] == "SFD98" and state["a_over_ebv"] == 4.78
    assert table["u_gaap1p0Flux"][0].as_py() == 1000  # raw fluxes stay


def test_a_correction_is_never_applied_twice(matched):
    once = photometry(matched("dp2"), deredden="sfd", offsets="dp2-c26202")
    with pytest.raises(TsmError, match="already dereddened"):
        photometry(once, deredden="sfd")
    with pytest.raises(TsmError, match="already has the zero-point offsets"):
        photometry(once, offsets="dp2-c26202")


def test_offsets_of_dp2(matched):
    table = photometry(matched("dp2"), offsets="dp2-c26202")
    assert table["u_gaap1p0Mag"][0].as_py() == pytest.approx(23.9 - 0.071, abs=1e-5)
    assert table["i_gaap1p0Mag"][0].as_py() == pytest.approx(23.9 + 0.011, abs=1e-5)


def test_offsets_that_the_release_has_not(matched):
    with pytest.raises(TsmError, match="no zero-point offsets 'dp2-c26202'"):
        photometry(matched("dp1"), offsets="dp2-c26202")


def test_one_family_by_name_in_any_case(matched):
    table = photometry(matched("dp1"), flux="cmodel")
    assert "g_cModelMag" in table.column_names and "g_gaap1p0Mag" not in table.column_names
    assert table["g_snr"].to_pylist() == [50, 50]
    with pytest.raises(TsmError, match="gaap1p0"):
        photometry(table, flux="gaap1p5")


def test_corrected_fluxes_stand_beside_the_raw_ones(matched):
    table = photometry(matched("dp1"), to="flux", deredden="sfd")
    assert table["g_gaap1p0Flux_corrected"][0].as_py() == pytest.approx(1000 * 10 ** (0.4 * 0.364), rel=1e-6)
    assert table["g_gaap1p0FluxErr_corrected"][0].as_py() == pytest.approx(50 * 10 ** (0.4 * 0.364), rel=1e-6)
    with pytest.raises(TsmError, match="already dereddened"):
        photometry(table, to="flux", deredden="sfd")


def test_missing_extinction_is_said():
    table = fluxes([1000.0, 1000.0], ebv=pa.array([0.1, None]))
    result = run("photometry", table, deredden="sfd")
    assert result.table["g_gaap1p0Mag"].is_null().to_pylist() == [False, True]
    assert any("no E(B-V)" in finding.message for finding in result.report.findings)
    with pytest.raises(TsmError, match="needs the column 'ebv'"):
        photometry(fluxes([1.0]), deredden="sfd")


def test_no_fluxes_at_all():
    with pytest.raises(TsmError, match="no fluxes"):
        photometry(pa.table({"ra": [1.0]}))


def test_an_empty_table_gets_the_columns():
    full, empty = photometry(fluxes([1.0])), photometry(fluxes([1.0]).slice(0, 0))
    assert empty.schema.equals(full.schema) and np.isfinite(full["g_gaap1p0Mag"][0].as_py())


def test_a_correction_that_a_later_step_undoes_is_said(matched):
    once = photometry(matched("dp2"), deredden="sfd")
    words = [one.message for one in run("photometry", once, offsets="dp2-c26202").report.findings]
    assert any("the dereddening of an earlier step" in one for one in words)
    assert not run("photometry", photometry(matched("dp1")), deredden="sfd").report.findings
