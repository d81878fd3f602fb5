"""The photo-z team's presets and recipe pieces on a mock sky, as a user writes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from ruamel.yaml import YAML

from pz_tsm import mock, releases
from pz_tsm.recipe import run

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PRESETS = ("gold", "gold_4_band", "dp2_galaxy_recommended")


@pytest.fixture(scope="module")
def sky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("selections")
    mock.make(out, rows=3000, objects=9000, seed=2)
    return out


@pytest.fixture(scope="module")
def head(sky: Path) -> str:
    """The mock's recipe up to the photometry, with the columns of all presets."""
    text = (sky / "mock.tsm.yaml").read_text(encoding="utf-8")
    match = "{release: {hats: mock_release, profile: mock}, radius_arcsec: 0.75, columns: [gaap1p0, %s]}"
    return (
        text[: text.index("  - match")]
        + f"  - match: {match % ', '.join(PRESETS)}\n  - photometry: {{to: mag}}\n"
    )


def criteria(table: pa.Table, preset: str) -> dict[str, np.ndarray]:
    """Each criterion on each row, worked out by hand: words -> true where it holds (false where unknown)."""

    def of(name: str) -> np.ndarray:
        return table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)

    bands = "griz" if preset == "gold_4_band" else "ugrizy"
    if preset != "dp2_galaxy_recommended":
        found = {f"detected in {band}": of(f"{band}_snr") >= 5 for band in bands}
        found["PSF flux in i above 5 sigma"] = of("i_psfFlux") > 5 * of("i_psfFluxErr")
        found["extended in g or r"] = (of("g_extendedness") > 0.5) | (of("r_extendedness") > 0.5)
        return found
    found = {f"extended in {band}": of(f"{band}_extendedness") == 1 for band in bands}
    flags = {
        "psfFlux_flag": "PSF flux measured in",
        "pixelFlags_saturatedCenter": "centre not saturated in",
        "pixelFlags_crCenter": "no cosmic ray at the centre in",
        "pixelFlags_interpolatedCenter": "centre not interpolated in",
        "pixelFlags_sensor_edgeCenter": "centre off the sensor's edge in",
        "invalidPsfFlag": "PSF valid in",
        "cModel_flag": "cModel fitted in",
        "extendedness_flag": "extendedness measured in",
    }
    for flag, words in flags.items():
        found |= {f"{words} {band}": of(f"{band}_{flag}") == 0 for band in bands}
    return found


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_cuts_the_mock_and_counts_by_criterion(sky: Path, head: str, preset: str) -> None:
    before = run(head, base=sky).table
    result = run(head + f"  - filter: {preset}\n", base=sky)
    report = result.reports[-1]
    by_hand = criteria(before, preset)
    best = before["is_best"].to_numpy()
    passing = best & np.all(list(by_hand.values()), axis=0)
    assert 100 < passing.sum() < best.sum()
    kept = result.table.filter(result.table["is_best"])["row_id"].to_pylist()
    assert sorted(kept) == sorted(before["row_id"].to_numpy()[passing].tolist())
    counted = {one["means"]: one["fails"] for one in report.details["criteria"]}
    assert counted == {words: int((best & ~true).sum()) for words, true in by_hand.items()}
    assert report.rows_in == report.rows_out + sum(report.dropped.values())


def test_gold_as_a_mark_removes_nothing(sky: Path, head: str) -> None:
    cut = run(head + "  - filter: gold\n", base=sky).table
    marked = run(head + "  - filter: {condition: gold, flag: in_gold}\n", base=sky)
    assert marked.reports[-1].rows_in == marked.table.num_rows
    golden = marked.table.filter(pc.and_(marked.table["in_gold"], marked.table["is_best"]))
    assert sorted(golden["row_id"].to_pylist()) == sorted(cut.filter(cut["is_best"])["row_id"].to_pylist())
    assert marked.reports[-1].details["flagged"] == golden.num_rows


def test_the_example_is_the_fragment_with_a_mock_release() -> None:
    steps = YAML(typ="safe", pure=True).load((EXAMPLES / "match_ecdfs.tsm.yaml").read_text())["steps"]
    own = [
        {name: dict(value) if isinstance(value, dict) else value for name, value in step.items()}
        for step in steps
    ]
    assert own[0]["homogenize"].pop("rules") == "mock"
    assert own[2]["match"].pop("release")["profile"] == "mock"
    meant = [dict(step) for step in releases.fragments()["match_ecdfs"].steps]
    meant[0] = {"homogenize": {}}
    meant[2] = {"match": {key: value for key, value in meant[2]["match"].items() if key != "release"}}
    assert own == meant
