"""Neighbours on the sphere against brute force: poles, RA 0/360, tiny and large radii."""

from __future__ import annotations

import numpy as np
import pytest

from pz_tsm import sky


@pytest.fixture(params=["compiled", "numpy"], autouse=True)
def way(request, monkeypatch):
    """Every test runs with the compiled search and with the one by numpy, whatever the size."""
    kernels = sky.load() if request.param == "compiled" else None
    if request.param == "compiled" and kernels is None:
        pytest.skip("numba can't be used here")
    monkeypatch.setattr(sky, "compiled", lambda rows: kernels)


def brute(ra1, dec1, ra2, dec2, radius):
    sep = sky.separation(ra1[:, None], dec1[:, None], ra2[None], dec2[None])
    return set(zip(*(index.tolist() for index in np.nonzero(sep <= radius)), strict=True))


def cloud(rng, ra, dec, n, width_arcsec):
    """n positions scattered about a point, pole or not."""
    width = np.radians(width_arcsec / 3600)
    v = sky.unit_vectors(np.array([ra]), np.array([dec]))[0] + rng.normal(0, width, (n, 3))
    v /= np.linalg.norm(v, axis=1)[:, None]
    return np.degrees(np.arctan2(v[:, 1], v[:, 0])) % 360, np.degrees(np.arcsin(v[:, 2]))


@pytest.mark.parametrize("dec", [0, 45, -60, 89.4, -89.6, 89.9999, 90, -90])
@pytest.mark.parametrize("ra", [0, 359.99999, 123.4])
@pytest.mark.parametrize("radius", [0.1, 1.0, 30.0, 300.0, 20_000.0])
def test_pairs_are_those_of_brute_force(ra, dec, radius):
    rng = np.random.default_rng(7)
    ra1, dec1 = cloud(rng, ra, dec, 40, 5 * radius)
    ra2, dec2 = cloud(rng, ra, dec, 150, 5 * radius)
    expected = brute(ra1, dec1, ra2, dec2, radius)
    assert expected
    i, j, sep = sky.pairs_within(ra1, dec1, ra2, dec2, radius)
    assert set(zip(i.tolist(), j.tolist(), strict=True)) == expected
    assert (np.lexsort((j, i)) == np.arange(len(i))).all() and (sep <= radius).all()
    j, i, _ = sky.pairs_within(ra2, dec2, ra1, dec1, radius)
    assert set(zip(i.tolist(), j.tolist(), strict=True)) == expected
    i, j, _ = sky.self_pairs(ra2, dec2, radius)
    assert set(zip(i.tolist(), j.tolist(), strict=True)) == {
        (a, b) for a, b in brute(ra2, dec2, ra2, dec2, radius) if a < b
    }


def test_separations_are_exact_to_a_microarcsecond():
    small = 1e-3 / 3600
    assert sky.separation([10.0], [0.0], [10.0 + small], [0.0])[0] == pytest.approx(1e-3, abs=1e-6)
    assert sky.separation([0.0], [90.0], [123.0], [90.0])[0] == pytest.approx(0, abs=1e-6)
    assert sky.separation([359.9999], [60.0], [0.0001], [60.0])[0] == pytest.approx(0.36, abs=1e-6)
    assert sky.separation([0.0], [0.0], [180.0], [0.0])[0] == pytest.approx(180 * 3600)


def test_radius_is_inclusive_and_ra_may_be_negative():
    i, _, sep = sky.pairs_within([-0.0001], [0.0], [359.9999, 0.0001], [0.0, 0.0], 0.72 + 1e-9)
    assert len(i) == 2 and sep.max() == pytest.approx(0.72)


def test_positions_that_are_not_finite_match_nothing():
    ra, dec = np.array([1.0, np.nan, 1.0, 1.0]), np.array([1.0, 1.0, np.nan, 1.0])
    i, j, _ = sky.self_pairs(ra, dec, 1)
    assert list(zip(i, j, strict=True)) == [(0, 3)]
    i, j, _ = sky.pairs_within(ra, dec, np.append(ra, [1.0] * 4), np.append(dec, [1.0] * 4), 1)
    assert set(i) == {0, 3} and not {1, 2} & set(j)


def test_positions_beyond_a_pole_match_nothing():
    ra, dec = np.array([1.0, 1.0, 1.0]), np.array([90.0, 90.0001, -90.0001])
    assert len(sky.self_pairs(ra, dec, 5)[0]) == 0
    assert sky.pairs_within(ra, dec, ra, dec, 5)[0].tolist() == [0]


def test_pairs_on_the_whole_sky_are_those_of_brute_force():
    rng = np.random.default_rng(11)
    ra, dec = rng.uniform(-400, 800, 500), np.degrees(np.arcsin(rng.uniform(-1, 1, 500)))
    for radius in (10_000.0, 100_000.0, 330_000.0, 648_000.0):
        i, j, _ = sky.self_pairs(ra, dec, radius)
        expected = {(a, b) for a, b in brute(ra, dec, ra, dec, radius) if a < b}
        assert set(zip(i.tolist(), j.tolist(), strict=True)) == expected
        i, j, _ = sky.pairs_within(ra[:50], dec[:50], ra, dec, radius)
        assert set(zip(i.tolist(), j.tolist(), strict=True)) == brute(ra[:50], dec[:50], ra, dec, radius)


def test_arrays_that_may_not_be_written_or_are_not_contiguous_are_taken():
    ra, dec = np.zeros(6), np.arange(6) / 3600
    ra.flags.writeable = dec.flags.writeable = False
    assert len(sky.self_pairs(ra, dec, 1.0001)[0]) == 5
    assert len(sky.self_pairs(ra[::2], dec[::2], 2.0001)[0]) == 2
    assert len(sky.pairs_within(ra.astype(np.float32), dec.astype(np.float32), ra, dec, 0.5)[0]) == 6


def test_nearest_takes_the_smallest_index_among_equals():
    best, sep = sky.nearest([10.0, 50.0], [0.0, 0.0], [10.0001, 10.0, 10.0], [0.0, 0.0, 0.0], 1.0)
    assert best.tolist() == [1, -1] and sep[0] == 0 and np.isnan(sep[1])


def test_components_are_named_by_their_smallest_index():
    labels = sky.components(7, np.array([5, 2, 3]), np.array([3, 4, 1]))
    assert labels.tolist() == [0, 1, 2, 1, 2, 1, 6]
    assert sky.components(0, np.array([], int), np.array([], int)).tolist() == []
    assert sky.components(2, np.array([], int), np.array([], int)).tolist() == [0, 1]


def test_empty_lists():
    none = np.zeros(0)
    assert len(sky.pairs_within(none, none, [1.0], [1.0], 1)[0]) == 0
    assert len(sky.pairs_within([1.0], [1.0], none, none, 1)[0]) == 0
    assert len(sky.self_pairs([1.0], [1.0], 1)[0]) == 0
