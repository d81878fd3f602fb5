"""From the mock files through the operations: what comes out is what was planted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pz_tsm import mock, releases
from pz_tsm.mock.sed import EXTINCTION
from pz_tsm.ops.base import Context
from pz_tsm.ops.combine import OPERATION as COMBINE
from pz_tsm.ops.homogenize import OPERATION as HOMOGENIZE
from pz_tsm.ops.match import OPERATION as MATCH
from pz_tsm.sources import load

SURVEYS = ("deep", "wide", "grism", "prob")


@pytest.fixture(scope="module")
def sky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sky")
    mock.make(out, rows=4000, objects=9000, seed=11)
    return out


def inputs(sky: Path) -> dict[str, dict]:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load((sky / "mock.tsm.yaml").read_text(encoding="utf-8"))["inputs"]


@pytest.fixture(scope="module")
def homogenized(sky: Path) -> dict[str, pa.Table]:
    ctx = Context(base=sky)
    parameters = HOMOGENIZE.parse({"rules": "mock", "unmapped": "error"})
    loaded = {name: load(spec, sky, ctx, name=name).table for name, spec in inputs(sky).items()}
    return {name: HOMOGENIZE.run(table, parameters, ctx).table for name, table in loaded.items()}


@pytest.fixture(scope="module")
def truth(sky: Path) -> dict[str, pa.Table]:
    table = pq.read_table(sky / "truth.parquet")
    parts = {name: table.filter(pc.equal(table["survey"], f"MOCK-{name.upper()}")) for name in SURVEYS}
    return {name: part.sort_by("file_row") for name, part in parts.items()}


def test_every_flag_scheme_comes_out_as_it_was_meant(homogenized, truth) -> None:
    for name in SURVEYS:
        table, expected = homogenized[name], truth[name]
        assert table.num_rows == expected.num_rows
        for column in ("z_flag_homogenized", "instrument_type", "is_secondary"):
            assert table[column].to_pylist() == expected[column].to_pylist(), (name, column)
    prob = homogenized["prob"]
    assert np.allclose(prob["confidence"].to_numpy(), prob["z_flag"].to_numpy(), atol=1e-6)


def test_classes_are_apart_from_quality(homogenized, truth) -> None:
    wide = homogenized["wide"]["spec_class"].to_pylist()
    assert wide == truth["wide"]["class"].to_pylist()
    deep, meant = homogenized["deep"]["spec_class"].to_pylist(), truth["deep"]["class"].to_pylist()
    assert {m for d, m in zip(deep, meant, strict=True) if d == "AGN"} == {"QSO"}


def test_sentinels_are_nulls_after_loading(homogenized, truth) -> None:
    for name in ("deep", "grism", "prob"):
        none = np.array(truth[name]["kind"].to_pylist()) == "sentinel"
        z = homogenized[name]["redshift"]
        assert none.any() and pc.is_null(z, nan_is_null=True).to_numpy()[none].all()


@pytest.fixture(scope="module")
def combined(sky: Path, homogenized) -> pa.Table:
    parameters = COMBINE.parse({"radius_arcsec": 0.75, "eligible": "secure_galaxy"})
    return COMBINE.run(homogenized, parameters, Context(base=sky)).table


def joined(combined: pa.Table, homogenized, truth) -> dict[str, np.ndarray]:
    """The combined rows with the truth of each, by row_id."""
    ids = np.concatenate([homogenized[name]["row_id"].to_numpy() for name in SURVEYS])
    facts = pa.concat_tables([truth[name] for name in SURVEYS])
    order = {row: k for k, row in enumerate(ids.tolist())}
    facts = facts.take([order[row] for row in combined["row_id"].to_pylist()])
    out = {
        f"true_{name}": facts[name].to_numpy() for name in ("group", "kind", "galaxy_id", "z_true", "z_wrong")
    }
    out["true_objectId"] = np.array(facts["objectId"].to_pylist(), dtype=object)
    return out | {name: combined[name].to_numpy() for name in ("group_id", "verdict", "is_best", "redshift")}


def test_combine_finds_the_planted_groups_and_conflicts(combined, homogenized, truth) -> None:
    rows = joined(combined, homogenized, truth)
    assert len(rows["group_id"]) == sum(t.num_rows for t in homogenized.values()), "nothing is deleted"
    planted = np.isin(rows["true_kind"], ["agree", "repeat", "conflict", "chain"])
    meant, found = rows["true_group"][planted], rows["group_id"][planted]
    assert len(set(zip(meant.tolist(), found.tolist(), strict=True))) == len(set(meant.tolist()))
    conflict = rows["true_kind"] == "conflict"
    assert (
        conflict.any()
        and set(rows["verdict"][conflict]) == {"conflict"}
        and not rows["is_best"][conflict].any()
    )
    elsewhere = rows["true_group"][~conflict & (rows["verdict"] == "conflict")]  # only where a repeat failed
    assert set(elsewhere.tolist()) <= set(rows["true_group"][rows["true_z_wrong"]].tolist())
    for kind, share in (("agree", 0.95), ("chain", 0.99)):
        groups = rows["true_group"][rows["true_kind"] == kind]
        best = rows["true_group"][(rows["true_kind"] == kind) & rows["is_best"]]
        assert len(best) == len(set(best.tolist())) and len(best) > share * len(set(groups.tolist()))
    verdicts = {kind: set(rows["verdict"][rows["true_kind"] == kind]) for kind in set(rows["true_kind"])}
    assert verdicts["photoz"] == {"photo-z"} and verdicts["sentinel"] == {"ineligible"}
    assert verdicts["star"] == {"star", "ineligible"}, (
        "the deep survey's stars have no flag: z > 0.002 catches them"
    )
    assert not rows["is_best"][np.isin(rows["true_kind"], ["star", "photoz", "sentinel"])].any()


def test_match_finds_the_true_object_and_sets_blends_aside(sky: Path, combined, homogenized, truth) -> None:
    parameters = MATCH.parse({"release": {"hats": "mock_release", "profile": "mock"}, "radius_arcsec": 0.75})
    matched = MATCH.run(combined, parameters, Context(base=sky)).table
    assert matched["objectId"].type == pa.int64() and pc.min(matched["objectId"]).as_py() > 2**53
    rows = joined(matched, homogenized, truth)
    known = rows["true_objectId"] != None  # noqa: E711  an array of objects
    right = matched["objectId"].to_numpy()[known] == rows["true_objectId"][known].astype(np.int64)
    assert known.sum() > 1000 and right.mean() > 0.985
    best = rows["is_best"] & known & ~rows["true_z_wrong"]  # a single wrong redshift can't be told
    assert best.sum() > 0.95 * (rows["is_best"] & known).sum() and np.all(
        np.abs(rows["redshift"] - rows["true_z_true"])[best] / (1 + rows["true_z_true"][best]) < 0.001
    )
    both = {}
    for key, kind in zip(rows["true_group"].tolist(), rows["true_kind"].tolist(), strict=True):
        both[key] = both.get(key, 0) + (kind == "blend")
    whole = np.array([both[key] == 2 for key in rows["true_group"].tolist()])
    assert whole.any() and set(rows["verdict"][whole]) == {"blend"} and not rows["is_best"][whole].any()


def test_the_release_profile_takes_back_the_dust_that_was_put_in() -> None:
    assert releases.profile("mock").a_over_ebv == EXTINCTION
