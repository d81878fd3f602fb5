"""combine on skies that nobody thought of: what must hold for any catalogues (hypothesis draws them)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pz_tsm.digest import table_digest
from pz_tsm.ops import get
from pz_tsm.ops.base import Context

OP = get("combine")
STEP = 0.3  # arcsec between grid points: no two of them are 0.75 arcsec apart, within 0.1 arcsec
RADIUS = 0.75
CENTRES = {
    "equator": (150.0, 2.0),
    "meridian": (0.0, -30.0),
    "pole": (40.0, 90.0),
    "south": (200.0, -89.9995),
}

rows = st.lists(
    st.tuples(
        st.integers(0, 7),  # place on a grid of STEP: east,
        st.integers(0, 7),  # north
        st.sampled_from([0.1, 0.1002, 0.5, 0.5004, 0.52, 1.4, None]),
        st.sampled_from([0, 1, 2, 3, 4, 6, None]),
        st.sampled_from(["s", "s", "s", "g", "p", None]),
        st.sampled_from(["ALPHA", "BETA", "GAMMA"]),
    ),
    min_size=1,
    max_size=25,
)
fair = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def at(centre: str, east: np.ndarray, north: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ra, dec of offsets in arcsec from a centre, by rotating the tangent point: exact at the poles too."""
    ra0, dec0 = np.radians(CENTRES[centre])
    x, y = np.radians(east / 3600), np.radians(north / 3600)
    away = np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
    tilt = np.array([[np.cos(dec0), 0, -np.sin(dec0)], [0, 1, 0], [np.sin(dec0), 0, np.cos(dec0)]])
    turn = np.array([[np.cos(ra0), -np.sin(ra0), 0], [np.sin(ra0), np.cos(ra0), 0], [0, 0, 1]])
    v = turn @ tilt @ away
    return np.degrees(np.arctan2(v[1], v[0])) % 360, np.degrees(np.arcsin(np.clip(v[2], -1, 1)))


def sky(drawn: list, centre: str = "equator") -> pa.Table:
    east, north, z, flag, kind, survey = zip(*drawn, strict=True)
    ra, dec = at(centre, STEP * np.array(east, float), STEP * np.array(north, float))
    ids = np.array([hash_of(n) for n in range(len(drawn))], dtype=np.int64)
    return pa.table(
        {
            "row_id": ids,
            "source_product": [f"{one.lower()}_catalogue" for one in survey],
            "survey": pa.array(survey, pa.string()),
            "ra": ra,
            "dec": dec,
            "redshift": pa.array(z, pa.float64()),
            "z_flag_homogenized": pa.array(flag, pa.float32()),
            "instrument_type": pa.array(kind, pa.string()),
            "spec_class": pa.array(["STAR" if one == 6 else None for one in flag], pa.string()),
        }
    )


def hash_of(n: int) -> int:
    """Ids without order, positive and negative, as real ones are."""
    return (n * 0x9E3779B97F4A7C15 + 12345) % 2**64 - 2**63


def run(tables: dict[str, pa.Table], **params) -> tuple[pa.Table, object]:
    result = OP.run(tables, OP.parse({"radius_arcsec": RADIUS, **params}), Context())
    return result.table, result.report


def partition(table: pa.Table) -> set[frozenset[int]]:
    groups: dict[int, list[int]] = {}
    for row, group in zip(table["row_id"].to_pylist(), table["group_id"].to_pylist(), strict=True):
        groups.setdefault(group, []).append(row)
    return {frozenset(members) for members in groups.values()}


def by_hand(drawn: list) -> set[frozenset[int]]:
    """Groups of the rows that are not photometric, by looking at every pair of grid places."""
    solid = [n for n, one in enumerate(drawn) if one[4] != "p"]
    group = {n: {n} for n in solid}
    for a in solid:
        for b in solid:
            if STEP * np.hypot(drawn[a][0] - drawn[b][0], drawn[a][1] - drawn[b][1]) <= RADIUS:
                group[a] |= group[b]
                for member in group[a]:
                    group[member] = group[a]
    return {frozenset(hash_of(n) for n in members) for members in group.values()}


@fair
@given(rows, st.randoms(use_true_random=False), st.sampled_from(["default", "pz-server"]))
def test_neither_the_order_of_rows_nor_that_of_inputs_matters(drawn, random, policy):
    table = sky(drawn)
    if policy == "pz-server":  # this policy's last criterion is the place of a row in its file
        place = pa.array(np.arange(1, len(drawn) + 1))
        table = table.append_column("CRD_ID", pa.array([f"CRD001_{n}" for n in place.to_pylist()]))
    apart = {
        name: table.filter(pa.array([one == name for one in table["survey"].to_pylist()]))
        for name in ("ALPHA", "BETA", "GAMMA")
    }
    apart = {name: part for name, part in apart.items() if part.num_rows}
    straight, _ = run(apart, policy=policy)
    names = list(apart)
    random.shuffle(names)
    shuffled = {}
    for name in names:
        places = list(range(apart[name].num_rows))
        random.shuffle(places)
        shuffled[f"other_{name}"] = apart[name].take(places)
    again, _ = run(shuffled, policy=policy)
    assert table_digest(again) == table_digest(straight)
    assert again.equals(straight)


@fair
@given(rows, st.sampled_from(sorted(CENTRES)))
def test_groups_are_the_transitive_closure_wherever_on_the_sky(drawn, centre):
    table, _ = run({"a": sky(drawn, centre)})
    photometric = {hash_of(n) for n, one in enumerate(drawn) if one[4] == "p"}
    found = {group - photometric for group in partition(table)} - {frozenset()}
    assert found == by_hand(drawn)


@fair
@given(rows, st.sampled_from(sorted(CENTRES)))
def test_the_place_on_the_sky_changes_no_decision(drawn, centre):
    names = ["row_id", "group_id", "is_best", "verdict", "decided_by", "rival", "n_meas"]
    here, _ = run({"a": sky(drawn)})
    there, _ = run({"a": sky(drawn, centre)})
    assert there.select(names).equals(here.select(names))


@fair
@given(rows)
def test_combining_again_changes_nothing_and_best_rows_are_alone(drawn):
    once, _ = run({"a": sky(drawn)})
    twice, _ = run({"a": once})
    assert twice.equals(once)
    best = once.filter(once["is_best"])
    if best.num_rows:
        again, _ = run({"a": best})
        assert set(again["verdict"].to_pylist()) == {"single"}
        assert again["row_id"].equals(best["row_id"])


@fair
@given(rows, st.sampled_from(["default", "pz-server"]), st.sampled_from(["keep", "split"]))
def test_one_best_row_an_object_and_every_row_is_accounted_for(drawn, policy, chains):
    params = {"policy": policy} if policy == "pz-server" else {"chains": chains}
    table, report = run({"a": sky(drawn)}, **params)
    assert table.num_rows == len(drawn) == report.rows_in == report.rows_out
    best = table.filter(table["is_best"])
    assert len(set(best["group_id"].to_pylist())) == best.num_rows
    assert best.num_rows + sum(report.set_aside.values()) == len(drawn)
    sizes = {int(size): count for size, count in report.details["group_sizes"].items()}
    assert sum(size * count for size, count in sizes.items()) == len(drawn)
    members = set(table["row_id"].to_pylist())
    for row, group, rival in zip(
        *(table[name].to_pylist() for name in ("row_id", "group_id", "rival")), strict=True
    ):
        assert group in members and rival != row
        assert rival is None or rival in members


@fair
@given(rows, st.sampled_from(["default", "pz-server"]))
def test_the_values_of_every_row_are_its_own(drawn, policy):
    """Nothing is averaged or filled in: the winner is one measurement, whole."""
    given_rows = sky(drawn).sort_by("row_id")
    table, _ = run({"a": sky(drawn)}, policy=policy)
    names = ["row_id", "ra", "dec", "redshift", "z_flag_homogenized", "instrument_type", "survey"]
    assert table.select(names).to_pydict() == given_rows.select(names).to_pydict()


@fair
@given(rows, rows)
def test_a_catalogue_elsewhere_changes_nothing_here(here, elsewhere):
    alone, _ = run({"a": sky(here)})
    far = sky(elsewhere, "south")
    ids = pa.array([hash_of(1000 + n) for n in range(len(elsewhere))], pa.int64())
    far = far.set_column(0, "row_id", ids)
    both, _ = run({"a": sky(here), "b": far})
    mine = both.filter(pa.compute.is_in(both["row_id"], value_set=alone["row_id"]))
    names = ["row_id", "group_id", "is_best", "verdict", "decided_by", "rival", "n_meas", "z_spread"]
    assert mine.select(names).combine_chunks().equals(alone.select(names).combine_chunks())


def test_the_hand_made_groups_can_fail():
    """The comparison above sees a difference: with a radius that joins other places, it is not equal."""
    drawn = [(0, 0, 0.1, 4, "s", "ALPHA"), (3, 0, 0.1, 4, "s", "BETA")]
    table, _ = run({"a": sky(drawn)}, radius_arcsec=1.0)
    assert partition(table) != by_hand(drawn)


@pytest.mark.parametrize("centre", sorted(CENTRES))
def test_places_of_the_tests_are_as_far_apart_as_said(centre):
    from pz_tsm.sky import separation

    ra, dec = at(centre, np.array([0.0, 0.9]), np.array([0.0, 1.2]))
    assert separation(ra[:1], dec[:1], ra[1:], dec[1:])[0] == pytest.approx(1.5, abs=1e-6)
