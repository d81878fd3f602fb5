"""Presets of the photo-z team after a match: rows flagged or cut, and which criterion removed how many."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from matchkit import few_objects, redshifts, run, write_hats

from pz_tsm.errors import TsmError
from pz_tsm.releases import presets

COUNT = 6
FLAGS = presets.shipped()["dp2_galaxy_recommended"].columns()


def release(folder):
    """Object 0 is golden; 1 faint in u and y; 2 a point; 3 faint in u, and a point; 4 has no PSF flux;
    5 is golden, its r band saturated."""
    table = few_objects(COUNT)
    faint = {"u": [1, 3], "y": [1]}
    for band, rows in faint.items():
        flux = np.full(COUNT, 1000, np.float32)
        flux[rows] = 100
        name = f"{band}_gaap1p0Flux"
        table = table.set_column(table.column_names.index(name), name, pa.array(flux))
    point = np.isin(np.arange(COUNT), [2, 3])
    more = {
        "i_psfFlux": pa.array([900.0] * 4 + [None, 900.0]),
        "i_psfFluxErr": pa.array([50.0] * COUNT),
        "g_extendedness": np.where(point, 0.0, 1.0),
        "r_extendedness": np.where(point, 0.0, 1.0),
    }
    for name in FLAGS:
        if name not in more:
            more[name] = np.ones(COUNT) if name.endswith("extendedness") else np.zeros(COUNT, bool)
    more["r_pixelFlags_saturatedCenter"] = np.arange(COUNT) == 5
    for name, values in more.items():
        table = table.append_column(name, pa.array(values))
    return {"hats": str(write_hats(folder / "o", table, 4)), "profile": "dp2"}


@pytest.fixture
def measured(tmp_path):
    def make(*columns):
        rows = redshifts(10 + np.arange(COUNT) / 10, [-30.0] * COUNT, [0.5] * COUNT)
        table = run("match", rows, release=release(tmp_path), columns=["gaap1p0", *columns]).table
        return run("photometry", table, flux="gaap1p0").table

    return make


def objects_of(table):
    return [one % 10 for one in table["objectId"].to_pylist()]


def test_a_preset_brings_its_columns_and_cuts_with_counts(measured):
    result = run("filter", measured("gold"), condition="gold")
    assert objects_of(result.table) == [0, 5]
    assert result.report.dropped == {"fails: gold": 4}
    by_words = {one["means"]: one for one in result.report.details["criteria"]}
    assert list(by_words)[:2] == ["detected in u", "detected in g"]
    assert (by_words["detected in u"]["fails"], by_words["detected in u"]["only"]) == (2, 0)
    assert by_words["detected in y"]["fails"] == 1
    extended = by_words["extended in g or r"]
    assert (extended["fails"], extended["only"], extended["left"]) == (2, 1, 2)
    assert by_words["PSF flux in i above 5 sigma"]["only"] == 1


def test_four_bands_and_the_flags_of_dp2(measured):
    table = measured("gold_4_band", "dp2-galaxy-recommended")
    assert objects_of(run("filter", table, condition="gold_4_band").table) == [0, 1, 5]
    for name in ("dp2_galaxy_recommended", "dp2-galaxy-recommended"):
        result = run("filter", table, condition=name)
        assert objects_of(result.table) == [0, 1, 4]
        removed = {one["means"] for one in result.report.details["criteria"] if one["fails"]}
        assert "centre not saturated in r" in removed
    both = run("filter", table, condition="gold_4_band AND NOT dp2_galaxy_recommended").table
    assert objects_of(both) == [5]


def test_rows_are_marked_and_none_leaves(measured):
    result = run("filter", measured("gold"), condition="gold", flag="in_gold")
    assert result.table["in_gold"].to_pylist() == [True, False, False, False, None, True]
    assert result.report.rows_out == COUNT and not result.report.dropped
    assert result.report.details["flagged"] == 2 and result.report.details["criteria"]
    later = run("filter", result.table, condition="in_gold = TRUE").table
    assert objects_of(later) == [0, 5]
    with pytest.raises(TsmError, match="a column 'in_gold' already"):
        run("filter", result.table, condition="gold", flag="in_gold")


def test_columns_that_a_preset_lacks_are_named(measured, tmp_path):
    with pytest.raises(TsmError, match="Preset 'gold': There is no column") as error:
        run("filter", measured(), condition="gold")
    assert "columns of the match" in error.value.remedy
    plain = {"hats": str(write_hats(tmp_path / "plain", few_objects(2), 4)), "profile": "dp2"}
    with pytest.raises(TsmError, match="reads columns that the release 'dp2' hasn't: i_psfFlux"):
        run("match", redshifts([10.0], [-30.0], [0.5]), release=plain, columns=["gold"])


def test_the_parts_of_any_condition_are_counted(measured):
    table = measured()
    report = run("filter", table, condition="u_snr >= 5 AND y_snr >= 5 AND n_detected > 1").report
    assert [(one["when"], one["fails"], one["left"]) for one in report.details["criteria"]] == [
        ("u_snr >= 5", 2, 4),
        ("y_snr >= 5", 1, 4),
        ("n_detected > 1", 0, 4),
    ]
    assert "criteria" not in run("filter", table, condition="u_snr >= 5").report.details


def test_a_preset_of_the_users_own_release(tmp_path):
    spec = release(tmp_path)
    profile = (presets.FILE.parent / "dp2.yaml").read_text()
    own = "presets:\n  bright: {title: Bright, source: me, criteria: [{when: u_gaap1p0Flux > 500}]}\n"
    (tmp_path / "own.yaml").write_text(profile.replace("name: dp2", "name: own", 1) + own)
    rows = redshifts(10 + np.arange(COUNT) / 10, [-30.0] * COUNT, [0.5] * COUNT)
    spec["profile"] = str(tmp_path / "own.yaml")
    table = run("match", rows, release=spec, columns=["gaap1p0", "bright"]).table
    assert objects_of(run("filter", table, condition="bright").table) == [0, 2, 4, 5]
