"""The photo-z team's published recipes: on the mock sky as they are, and with the columns of DP1 and DP2."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ops"))

from matchkit import write_hats

from pz_tsm import bundle, mock, releases, som, target
from pz_tsm.errors import TsmError
from pz_tsm.recipe import Recipe
from pz_tsm.recipe.planner import plan
from pz_tsm.recipe.runner import run
from pz_tsm.sources.hats import open_catalogue

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("dp1_v4", "dp2_v3p1")
RELEASE = "{hats: sky/mock_release, profile: mock}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recipes, a mock sky, and its objects again with the columns of DP1 and of DP2."""
    out = tmp_path_factory.mktemp("published")
    for name in NAMES:
        shutil.copy(EXAMPLES / f"{name}.tsm.yaml", out)
    mock.make(out / "sky", rows=8000, objects=24_000)
    catalogue = open_catalogue(out / "sky" / "mock_release")
    names = [name for name in catalogue.schema.names if name != "_healpix_29"]
    objects = pa.concat_tables(catalogue.read(part, names) for part in catalogue.partitions)
    for name in ("dp1", "dp2"):
        write_hats(out / name, as_of(name, objects), 4)
    return out


def as_of(release: str, objects: pa.Table) -> pa.Table:
    """Mock objects with the columns that the release's Object table has (lsst-object.md, section 2), and no
    other: neither DP1 nor DP2 has detect_isPrimary."""
    profile = releases.profile(release)
    kept = ["objectId", "coord_ra", "coord_dec", "ebv", "tract", "patch", "refExtendedness"]
    columns = {name: objects[name] for name in kept}
    columns |= {name: pa.array(np.full(len(objects), 1e-6)) for name in ("coord_raErr", "coord_decErr")}
    if release == "dp2":
        columns["griz_model_extendedness"] = objects["refExtendedness"]
    for band in profile.bands:
        for flux in profile.fluxes:
            have = flux if f"{band}_{flux}Flux" in objects.column_names else "gaap1p0"
            for end in ("Flux", "FluxErr"):
                columns[f"{band}_{flux}{end}"] = objects[f"{band}_{have}{end}"]
    return pa.table(columns)


def of(folder: Path, name: str, *changes: tuple[str, str]) -> Recipe:
    text = (folder / f"{name}.tsm.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return Recipe.parse(text)


@pytest.fixture(scope="module")
def dp2(folder: Path) -> tuple[pa.Table, dict]:
    """As it is, but with caps so low that a small sky reaches them; what resample reported."""
    recipe = of(folder, "dp2_v3p1", ("MOCK-WIDE: 100, MOCK-DEEP: 20", "MOCK-WIDE: 2, MOCK-DEEP: 1"))
    result = run(recipe, folder, folder / "capped")
    assert bundle.verify(folder / "capped").ok, bundle.verify(folder / "capped").problems
    details = {report.op: report.details for report in result.reports}
    return pq.read_table(folder / "capped" / bundle.TABLE), details


def cells(table: pa.Table) -> list[tuple]:
    i, z = table["i_gaap1p0Mag"].to_numpy(), table["redshift"].to_numpy()
    survey = table["survey"].to_pylist()
    return [
        (name, np.floor(a * 10 + 1e-8), np.floor(b * 10 + 1e-8))
        for name, a, b in zip(survey, i, z, strict=True)
    ]


def part(table: pa.Table, name: str) -> pa.Table:
    return table.filter(np.array(table["split"].to_pylist()) == name)


def most(table: pa.Table) -> dict[str, int]:
    found: dict[tuple, int] = {}
    for cell in cells(table):
        if np.isfinite(cell[1]):
            found[cell] = found.get(cell, 0) + 1
    return {
        name: max(n for cell, n in found.items() if cell[0] == name) for name in {one[0] for one in found}
    }


def test_no_capped_cell_is_over_its_cap(dp2) -> None:
    table, details = dp2
    highest = most(part(table, "train"))
    assert highest["MOCK-WIDE"] == 2 and highest["MOCK-DEEP"] == 1, "the caps are reached, and held"
    assert max(highest["MOCK-PROB"], highest["MOCK-GRISM"]) > 2, "the others are not capped"
    counted = details["cap"]["by_survey"]
    assert counted["MOCK-PROB"]["rows"] == counted["MOCK-PROB"]["kept"]
    assert counted["MOCK-WIDE"]["rows"] > counted["MOCK-WIDE"]["kept"]


def test_caps_as_published_hold_too(folder: Path) -> None:
    recipe = of(folder, "dp2_v3p1")
    cap = next(step.params for step in recipe.steps if step.op == "cap")
    assert cap["cells"] == {"i_gaap1p0Mag": 0.1, "redshift": 0.1}
    assert cap["surveys"].items() >= {"DESI_DR1": 100, "SDSS_DR17": 100, "2MRS": 20, "6DFGS": 20}.items()
    table = run(recipe, folder).table
    assert most(part(table, "train"))["MOCK-DEEP"] <= 20 and most(part(table, "train"))["MOCK-WIDE"] <= 100


def test_the_resampled_part_fills_the_cells_as_the_target_does(dp2, folder: Path) -> None:
    table, details = dp2
    sample = target.read(folder / "sky" / "target.parquet")
    said = details["resample"]

    def features(of: pa.Table) -> np.ndarray:
        m = {band: of[f"{band}_gaap1p0Mag"].to_numpy(zero_copy_only=False) for band in "griz"}
        return np.column_stack([m["i"], m["g"] - m["r"], m["r"] - m["i"], m["i"] - m["z"]])

    theirs = features(sample.table)
    theirs = theirs[np.isfinite(theirs).all(axis=1)]
    learned = som.learn(theirs, said["side"], said["seed"])
    share = np.bincount(learned.cells(theirs), minlength=learned.size) / len(theirs)
    test = part(table, "test")
    cell = learned.cells(features(test))
    assert cell.tolist() == test["som_cell"].to_pylist()
    had = table.filter(pa.compute.is_valid(table["som_cell"]))
    available = np.bincount(had["som_cell"].to_numpy(), minlength=learned.size)
    count, wanted = np.bincount(cell, minlength=learned.size), said["size"] * share
    served = available > 0
    assert (np.abs(count - wanted)[served] <= np.sqrt(wanted[served]) + 1).all()
    assert share[served].sum() > 0.9 and test.num_rows > 100
    far = [
        np.abs(np.bincount(c, minlength=learned.size) / len(c) - share).sum()
        for c in (cell, had["som_cell"].to_numpy())
    ]
    assert far[0] < 0.6 * far[1], "nearer to the target than before"


def test_stars_and_quasars_are_gone_and_a_fifth_was_set_aside(dp2) -> None:
    table, details = dp2
    assert min(table["redshift"].to_pylist()) >= 0.001
    assert "QSO" not in set(table["spec_class"].to_pylist())
    before = part(table, "test").num_rows
    had = pa.compute.sum(pa.compute.is_valid(table["som_cell"])).as_py()
    assert before < had and abs(had / table.num_rows - 0.2) < 0.02


def test_dp1_v4_is_what_the_paper_says(folder: Path) -> None:
    table = run(of(folder, "dp1_v4"), folder).table
    best = table.filter(table["is_best"])
    assert set(best["instrument_type"].to_pylist()) == {"s"}
    assert min(best["i_snr"].to_pylist()) >= 20
    for band in "ugrizy":
        assert np.isfinite(best[f"{band}_gaap1p0Mag"].to_numpy()).all()
    assert max(best["match_dist"].to_pylist()) <= 0.75
    counts = {name: part(best, name).num_rows for name in ("train", "test")}
    assert abs(counts["train"] / best.num_rows - 0.7) < 0.03 and sum(counts.values()) == best.num_rows


@pytest.mark.parametrize(("name", "release"), [("dp1_v4", "dp1"), ("dp2_v3p1", "dp2")])
def test_the_recipe_fits_the_release_that_it_was_made_for(folder: Path, name: str, release: str) -> None:
    changes = [(RELEASE, f"{{hats: {release}, profile: {release}}}")]
    if release == "dp2":
        photometry = {"to": "mag", "deredden": "sfd"}
        where = {"hats": str(folder / "dp2"), "profile": "dp2"}
        target.draw(
            where,
            folder / "dp2_target.parquet",
            columns=["gaap1p0"],
            where="i_snr >= 10",
            photometry=photometry,
        )
        changes.append(("sky/target.parquet", "dp2_target.parquet"))
    recipe = of(folder, name, *changes)
    planned = plan(recipe, folder)
    assert not [one.message for one in planned.all_findings if one.level == "error"]
    result = run(recipe, folder, folder / f"as_{release}")
    assert bundle.verify(folder / f"as_{release}").ok
    assert result.table.schema.metadata[b"tsm:access"] == b"rubin-data-rights"
    said = json.loads((folder / f"as_{release}" / "provenance.json").read_text())
    a_u = {"dp1": 4.81, "dp2": 4.78}[release]
    assert (
        said["photometry"]["gaap1p0"]["a_over_ebv"]["u"] == a_u
        and said["release"]["table"] == f"{release}.Object"
    )


def test_a_mock_target_does_not_serve_dp2(folder: Path) -> None:
    recipe = of(folder, "dp2_v3p1", (RELEASE, "{hats: dp2, profile: dp2}"))
    with pytest.raises(TsmError, match="can't be compared"):
        run(recipe, folder)


def test_a_flux_that_dp2_has_no_more_is_said_by_the_plan(folder: Path) -> None:
    def errors(release: str) -> list[str]:
        place = f"{{hats: {release}, profile: {release}}}"
        recipe = of(folder, "dp1_v4", (RELEASE, place), ("[gaap1p0]", "[gaap1p0, gaap1p5]"))
        return [one.message for one in plan(recipe, folder).all_findings if one.level == "error"]

    assert errors("dp1") == []
    assert re.search("gaap1p5", " ".join(errors("dp2")))


@pytest.mark.parametrize("name", NAMES)
def test_every_step_names_its_source(name: str) -> None:
    lines = (EXAMPLES / f"{name}.tsm.yaml").read_text(encoding="utf-8").splitlines()
    steps = [
        number for number, line in enumerate(lines) if re.match(r"  - \w+:", line) and "format" not in line
    ]
    assert len(steps) >= 6
    for number in steps:
        above = number - 1
        while lines[above - 1].startswith("  #"):
            above -= 1
        assert re.match(r"  # (SITCOMTN-154|RTN-124|not of RTN-124)", lines[above]), lines[number]
