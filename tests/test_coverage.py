"""Coverage: what the meter says is what one counts by hand, and what can't be compared gets no score."""

from __future__ import annotations

import json
from html import escape

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pz_tsm import bundle, coverage, target
from pz_tsm.errors import TsmError
from pz_tsm.ops import get
from pz_tsm.ops.base import Context

FEATURES = ["i_gaap1p0Mag", "g_gaap1p0Mag - i_gaap1p0Mag"]


@pytest.fixture(scope="module")
def release(small_sky):
    return {"hats": str(small_sky / "mock_release"), "profile": "mock"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, release):
    place = tmp_path_factory.mktemp("coverage")
    target.draw(release, place / "target.parquet", objects=4000, where="i_snr >= 5", seed=1)
    return place


@pytest.fixture(scope="module")
def table(release):
    drawn = target.draw(release, objects=4000, where="i_snr >= 5", seed=2).table
    rng = np.random.default_rng(4)
    count = drawn.num_rows
    return drawn.append_column("redshift", pa.array(rng.gamma(3, 0.25, count))).append_column(
        "survey", pa.array(np.where(rng.random(count) < 0.8, "WIDE", "DEEP"))
    )


@pytest.fixture(scope="module")
def prepared(table, folder):
    return coverage.prepare(table, target.read("target.parquet", folder), FEATURES, side=6)


def everything(table):
    return np.ones(table.num_rows, dtype=bool)


def test_a_set_drawn_as_the_target_leaves_hardly_anything_empty(prepared, table):
    found = prepared.of(everything(table))
    assert found["frac_target_in_empty_cells"] < 0.01
    assert sum(one["n_target"] for one in found["cells"]) == found["n_target"]
    assert sum(one["n_train"] for one in found["cells"]) <= found["rows"]
    assert max(found["ks"].values()) < 0.05
    assert found["cannot_see"] == coverage.BLIND


def test_a_bright_set_supports_the_target_to_its_own_limit(prepared, table):
    mag = table["i_gaap1p0Mag"].to_numpy(zero_copy_only=False)
    cut = float(np.nanquantile(mag, 0.5))
    found = prepared.of(mag < cut)
    whole = prepared.of(everything(table))
    assert found["mag_limit_90"] == pytest.approx(cut, abs=0.6)
    assert found["mag_limit_90"] < whole["mag_limit_90"]
    faint = sum(one["n_target"] for one in found["cells"] if one["flag"] == "empty") / found["n_target"]
    assert found["frac_target_in_empty_cells"] == pytest.approx(faint) and faint > 0.2
    assert found["ks"]["i_gaap1p0Mag"] == pytest.approx(0.5, abs=0.05)


def test_the_grid_counts_every_row_once_and_its_states_add_up(prepared, table):
    found = prepared.of(everything(table))
    grid = found["grid"]
    assert sum(grid["n_train"]) == found["rows"] and sum(grid["n_target"]) == found["n_target"]
    assert len(grid["n_train"]) == grid["columns"] * grid["rows"]
    state = found["states"]["grid"]
    assert state["filled"] + state["sparse"] + state["empty"] == sum(n > 0 for n in grid["n_target"])


def test_surveys_redshifts_and_noise_are_those_of_the_rows(prepared, table):
    rows = np.array(table["survey"].to_pylist()) == "DEEP"
    found = prepared.of(rows)
    assert [one["survey"] for one in found["by_survey"]] == ["DEEP"]
    assert {share for share in found["by_survey"][0]["share"] if share is not None} == {1.0}
    z = table["redshift"].to_numpy()[rows & prepared.good]
    assert found["redshift"]["median"] == pytest.approx(np.median(z), abs=1e-5)
    both = [(a, b) for a, b in zip(found["snr"]["train"], found["snr"]["target"], strict=True) if a and b]
    assert len(both) > 3 and all(0.5 < a / b < 2 for a, b in both)
    assert found["effective_sample_size"] is None


def test_weights_tell_how_many_rows_they_leave(table, folder):
    weight = np.where(np.arange(table.num_rows) % 2, 1.0, 3.0)
    weighted = table.append_column("weight", pa.array(weight))
    found = coverage.prepare(weighted, target.read("target.parquet", folder), FEATURES, side=4).of(
        everything(table)
    )
    assert found["effective_sample_size"] == pytest.approx(0.8 * found["rows"], rel=0.01)


def test_another_release_gets_no_score(table, folder):
    with pytest.raises(TsmError, match="can't be compared"):
        coverage.prepare(table.replace_schema_metadata(None), target.read("target.parquet", folder), FEATURES)
    with pytest.raises(TsmError, match="a magnitude and a colour"):
        coverage.prepare(table, target.read("target.parquet", folder), FEATURES[:1])


RECIPE = """format: tsm-recipe/1
name: covered
seed: 3
inputs:
  deep:
    from: {file: mock_deep.parquet}
    survey: MOCK-DEEP
    columns: {id: NUM, ra: ALPHA, dec: DELTA, z: Z, z_flag: ZFLAGS}
steps:
  - homogenize: {rules: mock}
  - combine: {radius_arcsec: 0.75}
  - match: {release: {hats: mock_release, profile: mock}}
  - photometry: {to: mag}
  - filter: bands_observed = 63 AND i_snr >= 5
  - split: {parts: {train: 0.8, test: 0.2}}
  - coverage: {target: TARGET, features: [i_gaap1p0Mag, g_gaap1p0Mag - i_gaap1p0Mag], side: 5}
"""


@pytest.fixture(scope="module")
def written(small_sky, folder, tmp_path_factory):
    from pz_tsm import recipe

    out = tmp_path_factory.mktemp("out") / "bundle"
    recipe.run(RECIPE.replace("TARGET", str(folder / "target.parquet")), small_sky, out)
    return out


def test_a_bundle_keeps_the_coverage_and_verify_counts_it_again(written):
    said = json.loads((written / "qa" / "coverage.json").read_text())
    assert said["part"] == "train" and said["target"]["mock"] is True
    picture = (written / "qa" / "coverage.svg").read_text()
    assert f"filled: {said['states']['grid']['filled']} cells" in picture
    report = bundle.verify(written)
    assert report.ok and "coverage of the target" in report.checked


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda said: said["cells"][0].update(n_target=said["cells"][0]["n_target"] + 1), "hold"),
        (lambda said: said.update(frac_target_in_empty_cells=0.99), "in empty cells does not follow"),
        (lambda said: said.update(rows_without_features=7 + said["rows_without_features"]), "other rows"),
        (lambda said: said["grid"]["n_train"].__setitem__(0, 9999), "don't hold its"),
    ],
)
def test_a_changed_number_is_found(written, tmp_path, change, expected):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(written, copy)
    said = json.loads((copy / "qa" / "coverage.json").read_text())
    change(said)
    (copy / "qa" / "coverage.json").write_text(json.dumps(said))
    problems = [one for one in bundle.verify(copy).problems if one["code"] == "Q2"]
    assert any(expected in one["message"] for one in problems)


def test_the_plan_of_a_step_says_what_is_covered(table, folder):
    operation = get("coverage")
    best = table.append_column("is_best", pc.greater(table["redshift"], 0.5))
    params = operation.parse({"target": "target.parquet", "features": FEATURES, "side": 4})
    result = operation.run(best, params, Context(base=folder, planning=True))
    found = result.report.details["coverage"]
    assert found["rows"] + found["rows_without_features"] == pc.sum(best["is_best"]).as_py()
    assert [one.code for one in result.report.findings][:1] == ["coverage"]
    assert result.table is best


def test_planning_without_rows_gives_no_score(table, folder):
    operation = get("coverage")
    params = operation.parse({"target": "target.parquet", "features": FEATURES})
    report = operation.run(table.slice(0, 0), params, Context(base=folder, planning=True)).report
    assert "coverage" not in report.details and "once the match has run" in report.findings[0].message


def test_a_meter_answers_for_each_cut_as_a_new_measurement_would(table, folder):
    meter = coverage.meter(table, folder / "target.parquet", FEATURES, side=6)
    shown = meter("i_gaap1p0Mag < 23.5")
    cut = table.filter(pc.less(table["i_gaap1p0Mag"], 23.5))
    fresh = coverage.meter(cut, folder / "target.parquet", FEATURES, side=6)().numbers
    assert shown.numbers == fresh
    mask = np.asarray(table["i_gaap1p0Mag"]) < 23.5
    assert meter(mask).numbers == shown.numbers
    assert meter().numbers["rows"] > shown.numbers["rows"]
    with pytest.raises(TsmError, match="a condition, or a mask"):
        meter(mask[:5])
    with pytest.raises(TsmError, match="nothing"):
        meter("nothing < 3")


def test_what_a_notebook_shows_has_the_numbers_and_no_rows(table, folder):
    shown = coverage.meter(table, folder / "target.parquet", FEATURES, side=6)("redshift < 0.7")
    html = shown._repr_html_()
    assert "<svg" in html and "redshift &lt; 0.7" in html and escape(coverage.BLIND) in html
    for said in ("filled", "sparse", "empty", "90 %", "Survey DEEP", "S/N", "Redshifts"):
        assert said in html
    values = (
        [str(value) for value in table["row_id"].slice(0, 50).to_pylist()]
        if "row_id" in table.column_names
        else []
    )
    values += [str(value) for value in table["redshift"].slice(0, 50).to_pylist()]
    assert not any(value in html for value in values)
    assert "of the target lie in empty cells" in repr(shown)


def test_a_meter_follows_what_is_selected(table, folder, monkeypatch):
    import pz_tsm

    shown = []

    class Display:
        def update(self, value):
            shown.append(value)

    def display(value, display_id):
        shown.append(value)
        return Display()

    monkeypatch.setattr("IPython.display.display", display)
    view = pz_tsm.explore(table)
    coverage.meter(table, folder / "target.parquet", FEATURES, side=6).follow(view)
    view.select("redshift < 0.5")
    view.select("redshift < 0.5")
    assert [one.label for one in shown] == ["", "redshift < 0.5"]
    assert shown[1].numbers["rows"] < shown[0].numbers["rows"]


def test_the_step_is_a_function_that_takes_the_magnitudes_that_are_there(release, folder):
    import pz_tsm

    drawn = target.draw(release, objects=4000, where="i_snr >= 5", seed=2).table
    sample = target.read("target.parquet", folder)
    names = coverage.meter(drawn, sample, side=4).coverage.features
    assert names[0] == "i_gaap1p0Mag" and "g_gaap1p0Mag - r_gaap1p0Mag" in names
    assert callable(pz_tsm.coverage) and pz_tsm.coverage.meter is coverage.meter
    with pytest.raises(TsmError, match="takes one Table"):
        pz_tsm.coverage(3, "target.parquet")


def test_the_distance_of_two_distributions_is_that_of_scipy():
    from scipy.stats import ks_2samp

    from pz_tsm.coverage.measure import Ranked, _ks

    draw = np.random.default_rng(3)
    for ours, theirs in ((300, 50), (7, 900), (400, 400)):
        one, other = draw.normal(0.2, 1, ours).round(1), draw.normal(0, 1.2, theirs).round(1)
        assert _ks(one, Ranked.of(other)) == pytest.approx(ks_2samp(one, other).statistic)


def test_cuts_of_the_same_rows_count_as_if_they_were_new(table, folder):
    """What a plan keeps of the rows of the one before changes no number, whichever comes first."""
    from pz_tsm.recipe.memo import Memo, using

    table = (
        table.append_column("row_id", pa.array(np.arange(table.num_rows) * 3))
        if ("row_id" not in table.column_names)
        else table
    )
    sample = target.read("target.parquet", folder)
    brighter = table.set_column(
        table.column_names.index("i_gaap1p0Mag"),
        table.schema.field("i_gaap1p0Mag"),
        pc.subtract(table["i_gaap1p0Mag"], pa.scalar(0.5, table["i_gaap1p0Mag"].type)),
    )
    cuts = [table.slice(100, 900), table, table.slice(500), brighter]

    def measured(one):
        return coverage.prepare(one, sample, FEATURES, side=6).of(everything(one))

    with using(Memo(100_000_000)):
        remembered = [measured(one) for one in cuts]
    assert remembered == [measured(one) for one in cuts]
