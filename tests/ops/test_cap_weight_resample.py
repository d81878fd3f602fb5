"""What makes a training set fairer: caps that hold, weights that are density ratios, parts that follow a
target."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from matchkit import run

from pz_tsm import target
from pz_tsm.cli import main
from pz_tsm.digest import table_digest
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.ops.resample import drawn, most

FEATURES = ["i_gaap1p0Mag", "g_gaap1p0Mag - i_gaap1p0Mag"]
CELLS = {"i_gaap1p0Mag": 0.5, "redshift": 0.2}


@pytest.fixture(scope="module")
def release(small_sky):
    return {"hats": str(small_sky / "mock_release"), "profile": "mock"}


@pytest.fixture(scope="module")
def place(tmp_path_factory, release):
    """A folder with a target, and the context of a recipe that stands there."""
    folder = tmp_path_factory.mktemp("target")
    target.draw(release, folder / "target.parquet", objects=4000, where="i_snr >= 5", seed=1)
    return Context(base=folder)


@pytest.fixture(scope="module")
def objects(release):
    """Objects of the release as a split training set: three in four for training; one survey is large."""
    table = target.draw(release, objects=4000, where="i_snr >= 5", seed=2).table
    count = table.num_rows
    rng = np.random.default_rng(4)
    return table.append_column("row_id", table["objectId"]).append_column(
        "redshift", pa.array(rng.gamma(3, 0.25, count))
    ).append_column("survey", pa.array(np.where(rng.random(count) < 0.8, "WIDE", "DEEP"))).append_column(
        "split", pa.array(np.where(np.arange(count) % 4 == 3, "test", "train"))
    )  # fmt: skip


def cells(table, part):
    rows = np.array(table["split"].to_pylist()) == part
    mag, z = table["i_gaap1p0Mag"].to_numpy(zero_copy_only=False), table["redshift"].to_numpy()
    survey = table["survey"].to_pylist()
    names = [
        f"{survey[k]} {np.floor(mag[k] / 0.5)} {np.floor(z[k] / 0.2 + 1e-9)}" for k in np.flatnonzero(rows)
    ]
    return dict(zip(*np.unique(names, return_counts=True), strict=True))


def test_no_cell_is_above_its_cap_and_what_is_below_keeps_all(objects):
    result = run("cap", objects, cells=CELLS, surveys={"wide": 5})
    before, after = cells(objects, "train"), cells(result.table, "train")
    assert max(count for name, count in before.items() if name.startswith("WIDE")) > 20
    for name, count in before.items():
        assert after[name] == (min(count, 5) if name.startswith("WIDE") else count)
    assert cells(result.table, "test") == cells(objects, "test")
    assert result.report.set_aside == {
        "above the cap of WIDE": sum(before.values()) - sum(after.values()),
    }


def test_the_rows_that_a_cap_keeps_do_not_depend_on_their_order(objects):
    order = np.random.default_rng(0).permutation(objects.num_rows)
    one = run("cap", objects, cells=CELLS, others=3).table
    other = run("cap", objects.take(pa.array(order)), cells=CELLS, others=3).table
    assert np.array_equal(np.array(one["split"].to_pylist())[order], np.array(other["split"].to_pylist()))


def test_caps_are_checked(objects):
    with pytest.raises(TsmError, match="there is no cap"):
        run("cap", objects, cells=CELLS)
    with pytest.raises(TsmError, match="has no column 'split'"):
        run("cap", objects.drop_columns(["split"]), cells=CELLS, others=3)
    with pytest.raises(TsmError, match="No row is in the part 'dev'") as trouble:
        run("cap", objects, cells=CELLS, others=3, part="dev")
    assert "test, train" in trouble.value.remedy
    told = run("cap", objects, cells=CELLS, surveys={"DESI": 100}).report.findings
    assert [one.where for one in told] == ["DESI"]


def flat(rows, split=None):
    """Rows with one feature, x, as a table matched to the mock release."""
    columns = {"row_id": np.arange(len(rows)), "x": rows}
    if split is not None:
        columns["split"] = split
    return pa.table(columns)


@pytest.fixture
def uniform(tmp_path, objects):
    """A target with x uniform in [0, 1), and how to make a table that may be compared with it."""

    def made(rows):
        part = np.full(len(rows), "train")
        return flat(rows, part).replace_schema_metadata(objects.schema.metadata)

    import json

    import pyarrow.parquet as pq

    about = {"format": target.FORMAT, "release": "mock_release", "profile": "mock"}
    table = pa.table({"x": np.random.default_rng(1).random(50_000)})
    table = table.replace_schema_metadata({target.KEY: json.dumps(about)})
    pq.write_table(table, tmp_path / "flat.parquet")
    return made, Context(base=tmp_path)


def test_weights_are_the_ratio_of_the_densities(uniform):
    made, ctx = uniform
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.random(8000) * 0.5, 0.5 + rng.random(2000) * 0.5, [np.nan]])
    result = run("weight", made(x), ctx, target="flat.parquet", features=["x"], k=50)
    weight = result.table["weight"].to_numpy(zero_copy_only=False)
    assert weight[(x > 0.05) & (x < 0.45)].mean() == pytest.approx(0.5 / 0.8, rel=0.05)
    assert weight[(x > 0.55) & (x < 0.95)].mean() == pytest.approx(0.5 / 0.2, rel=0.05)
    assert result.table["weight"].null_count == 1 and result.report.findings[0].count == 1
    used = weight[:-1]
    expected = used.sum() ** 2 / (used**2).sum()
    assert result.report.details["effective_sample_size"] == pytest.approx(expected, rel=1e-5)


def test_too_few_rows_for_the_neighbours_are_refused(uniform):
    made, ctx = uniform
    with pytest.raises(TsmError, match="7 rows of the part 'train' have all features; more than 20"):
        run("weight", made(np.linspace(0, 1, 7)), ctx, target="flat.parquet", features=["x"])


def test_a_resampled_part_follows_the_target_in_every_cell(objects, place):
    bright = objects["i_gaap1p0Mag"].to_numpy(zero_copy_only=False) < 23.5
    keep = bright | (np.random.default_rng(3).random(objects.num_rows) < 0.3)
    skewed = objects.filter(pa.array(keep))
    result = run("resample", skewed, place, target="target.parquet", features=FEATURES, part="train", side=4)
    details = result.report.details
    theirs = target.read("target.parquet", place.base)
    from pz_tsm import som
    from pz_tsm.ops.cells import features

    values, good = features(theirs.table, FEATURES)
    learned = som.learn(values[good], 4, 0)
    share = np.bincount(learned.cells(values[good]), minlength=16) / good.sum()
    cell = result.table["som_cell"].fill_null(-1).to_numpy()
    drew = np.array(result.table["split"].to_pylist()) == "train"
    had = np.array(skewed["split"].to_pylist()) == "train"
    assert not (drew & ~had).any() and not (drew & (cell < 0)).any()
    counts = np.bincount(cell[drew], minlength=16)
    expected = details["size"] * share
    reached = counts > 0
    assert reached.sum() >= 12
    assert (np.abs(counts - expected)[reached] <= np.sqrt(expected[reached]) + 0.5).all()
    assert details["drawn"] == drew.sum() > 200
    before = np.bincount(cell[had & (cell >= 0)], minlength=16) / had.sum()
    assert np.abs(before - share).max() > 0.05, "the part was skewed before"


def test_a_size_that_some_cells_can_not_reach_is_told(objects, place):
    asked = {"target": "target.parquet", "features": FEATURES, "part": "train", "side": 4}
    result = run("resample", objects, place, size=100_000, **asked)
    assert any(
        "have fewer rows than a part of 100000 asks for" in one.message for one in result.report.findings
    )
    assert result.report.set_aside.get("more in its cell than the target asks for", 0) == 0


def test_the_largest_size_leaves_no_cell_short_by_more_than_its_poisson_error():
    rng = np.random.default_rng(8)
    for _ in range(50):
        share = rng.dirichlet(np.ones(9))
        available = rng.integers(0, 60, 9)
        size = most(share, available)
        held = available > 0
        short = size * share - drawn(share, available, size)
        assert (short <= np.sqrt(size * share) + 0.5)[held].all()
        larger = (size + 2 + size // 50) * share
        assert (larger - available > np.sqrt(larger))[held].any()


def test_what_can_not_be_compared_gets_no_score(objects, place, tmp_path, release):
    asked = {"target": "target.parquet", "features": FEATURES, "part": "train"}
    with pytest.raises(TsmError, match="the table names no release: they can't be compared"):
        run("weight", objects.replace_schema_metadata(None), place, **asked)
    target.draw(release, tmp_path / "corrected.parquet", objects=500, photometry={"deredden": "sfd"})
    with pytest.raises(TsmError, match="'i_gaap1p0Mag' is not the same in the table and in the target"):
        asked["target"] = "corrected.parquet"
        run("weight", objects, Context(base=tmp_path), **asked)
    with pytest.raises(TsmError, match="There is no target sample .*nothing.parquet"):
        run("weight", objects, place, target="nothing.parquet", features=FEATURES)
    import pyarrow.parquet as pq

    pq.write_table(objects.replace_schema_metadata(None), tmp_path / "other.parquet")
    with pytest.raises(TsmError, match=r"other\.parquet is no target sample"):
        run("weight", objects, Context(base=tmp_path), target="other.parquet", features=FEATURES)


def test_a_target_says_what_it_is_and_the_same_seed_draws_the_same(release, tmp_path, capsys):
    hats = release["hats"]
    for name in ("a", "b"):
        command = ["target", hats, "--profile", "mock", "-o", str(tmp_path / name), "--objects", "800"]
        assert main([*command, "--where", "i_snr >= 5", "--deredden", "sfd"]) == 0
    said = capsys.readouterr().out.splitlines()[0]
    one, other = (target.read(name, tmp_path) for name in ("a", "b"))
    assert table_digest(one.table) == table_digest(other.table)
    assert one.about["objects"] == one.table.num_rows < one.about["drawn"] < one.about["of"] == 4000
    assert one.about["drawn"] == pytest.approx(800, abs=120)
    assert f"{one.about['objects']:,} of them with i_snr >= 5" in said
    assert one.about["dereddened"] and one.about["mock"] and one.about["flux"][0] == "gaap1p0"
    assert main(["target", hats, "-o", str(tmp_path / "a")]) == 1
    assert "exists already" in capsys.readouterr().err


def test_plans_learn_the_map_of_a_target_once_and_again_when_it_changes(
    objects, release, tmp_path, monkeypatch
):
    from pz_tsm import som
    from pz_tsm.recipe import memo

    target.draw(release, tmp_path / "t.parquet", objects=2000, where="i_snr >= 5", seed=1)
    ctx, asked = Context(base=tmp_path), {"target": "t.parquet", "features": FEATURES, "side": 4}
    learn, learned = som.learn, []
    monkeypatch.setattr(som, "learn", lambda *given: learned.append(given[1:]) or learn(*given))
    alone = run("resample", objects, ctx, part="train", **asked)
    with memo.using(memo.Memo(10_000_000)):
        made = [run("resample", objects, ctx, part=part, **asked) for part in ("train", "test")]
        run("coverage", objects, ctx, **asked)
        assert len(learned) == 2, "once alone, once for all of them"
        assert table_digest(made[0].table) == table_digest(alone.table)
        run("coverage", objects, ctx, **asked | {"side": 5})
        run("coverage", objects, ctx, **asked | {"seed": 9})
        run("coverage", objects, ctx, **asked | {"features": FEATURES[::-1]})
        assert len(learned) == 5
        target.draw(release, tmp_path / "t.parquet", objects=3000, where="i_snr >= 5", seed=1)
        run("coverage", objects, ctx, **asked)
        assert len(learned) == 6
