"""What a match tells of its own quality: each test knows the truth of the sky it makes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pz_tsm import sky
from pz_tsm.ops.match import quality
from pz_tsm.ops.match.search import Pairs

DENSE = 260_000 / 3600**2  # objects per square arcsec: 260,000 in a square degree
DEC = -28.0


def uniform(seed: int, count: int, half: float, dec0: float = DEC):
    """Positions spread evenly over a square of that half width (degrees)."""
    rng = np.random.default_rng(seed)
    low, high = np.sin(np.radians([dec0 - half, dec0 + half]))
    dec = np.degrees(np.arcsin(rng.uniform(low, high, count)))
    return 53 + rng.uniform(-half, half, count) / np.cos(np.radians(dec0)), dec


class Sky:
    """A uniform field; of the positions a share lies at an object, scattered by sigma and moved by offset."""

    def __init__(self, rows=20_000, share=0.8, sigma=0.1, offset=(0.0, 0.0), seed=1, density=DENSE):
        rng = np.random.default_rng(seed)
        half, edge = 0.5, 0.52
        self.ra2, self.dec2 = uniform(seed + 100, int(density * 3600**2 * (2 * edge) ** 2), edge)
        scale = np.cos(np.radians(DEC))
        held = np.flatnonzero((np.abs(self.dec2 - DEC) < half) & (np.abs(self.ra2 - 53) * scale < half))
        count = int(rows * share)
        self.true = np.append(rng.choice(held, count, replace=False), np.full(rows - count, -1))
        east, north = rng.normal(0, sigma, (2, count)) - np.array(offset)[:, None]
        ra, dec = uniform(seed + 200, rows - count, half)
        self.ra = np.append(self.ra2[self.true[:count]] + east / 3600 / scale, ra)
        self.dec = np.append(self.dec2[self.true[:count]] + north / 3600, dec)
        self.survey = np.array(["VVDS"] * rows, dtype=object)

    def find(self, ra, dec, reach, *, objects_of=None):
        i, j, sep = sky.pairs_within(ra, dec, self.ra2, self.dec2, reach)
        order = np.lexsort((j, sep, i))
        i, j, sep = i[order], j[order], sep[order]
        return Pairs(i, j, sep, self.ra2[j], self.dec2[j], 0 * j, j), np.ones(len(ra), dtype=bool)

    def measure(self, radius, **more):
        pairs, inside, shifted = quality.search(self.find, self.ra, self.dec, radius)
        reach = quality.reach_of(radius)
        return quality.measure(
            self.ra, self.dec, self.survey, pairs, shifted, radius, inside=inside, reach_arcsec=reach, **more
        )

    def truth(self, radius):
        """Purity and completeness of the match to the nearest within the radius, counted."""
        j, _ = sky.nearest(self.ra, self.dec, self.ra2, self.dec2, radius)
        matched = j >= 0
        right = matched & (j == self.true)
        return right.sum() / matched.sum(), right.sum() / (self.true >= 0).sum()


@pytest.fixture(scope="module")
def dense():
    return Sky()


@pytest.mark.parametrize("radius", [0.75, 1.0, 2.0])
def test_the_null_test_gives_the_chance_rate_of_a_uniform_field(dense, radius):
    null = dense.measure(radius)["null"]
    chance = 1 - np.exp(-np.pi * radius**2 * DENSE)
    assert abs(null["rate"] / chance - 1) < 0.1
    assert abs(null["expected_rate"] / chance - 1) < 0.1
    assert abs(null["density_deg2"] / 260_000 - 1) < 0.1
    assert null["positions"] == 16_000


@pytest.mark.parametrize("seed", range(2, 7))
def test_the_null_test_holds_for_other_fields(seed):
    null = Sky(seed=seed, rows=4000).measure(1.0)["null"]
    assert abs(null["rate"] / (1 - np.exp(-np.pi * DENSE)) - 1) < 0.1


def test_the_expected_histogram_is_the_one_found(dense):
    histogram = dense.measure(1.0)["histogram"]
    counts, expected = np.array(histogram["counts"]), np.array(histogram["expected"])
    many = expected > 20
    assert many.sum() > 20
    chi2 = np.sum((counts - expected)[many] ** 2 / expected[many])
    assert chi2 < 2 * many.sum()


@pytest.mark.parametrize("radius", [0.2, 0.75, 2.0])
@pytest.mark.parametrize("sigma", [0.1, 0.3])
def test_purity_and_completeness_are_those_of_the_truth(radius, sigma):
    made = Sky(sigma=sigma)
    found = made.measure(radius)
    purity, completeness = made.truth(radius)
    assert found["purity"] == pytest.approx(purity, abs=0.01)
    assert found["completeness"] == pytest.approx(completeness, abs=0.01)
    assert found["signal"]["share"] == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize(("sigma", "low", "high"), [(0.1, 0.3, 0.5), (0.3, 0.8, 1.2)])
def test_the_proposed_radius_is_about_the_best_of_the_truth(sigma, low, high):
    made = Sky(sigma=sigma)
    proposed = made.measure(1.0)["proposed"]
    assert low <= proposed["radius_arcsec"] <= high
    best = max(np.prod(made.truth(radius)) for radius in np.arange(0.1, 2, 0.1))
    assert np.prod(made.truth(proposed["radius_arcsec"])) > best - 0.005


def test_a_radius_too_small_is_seen_though_no_match_lies_beyond_it():
    found = Sky(sigma=0.3).measure(0.3)
    assert found["completeness"] < 0.5
    (told,) = [one for one in quality.findings(found) if one.code == "radius-far"]
    assert f"radius_arcsec: {found['proposed']['radius_arcsec']:g}" in told.remedy
    assert "small" in told.message


def test_a_known_offset_is_found_and_the_remedy_removes_it():
    made = Sky(rows=3000, offset=(0.3, -0.2))
    found = made.measure(1.0)
    (offset,) = found["offsets"]
    assert offset["shift"] == pytest.approx([0.3, -0.2], abs=0.02)
    assert offset["significance"] > 5
    told = next(one for one in quality.findings(found) if one.code == "position-offset")
    east, north = offset["shift"]
    assert f"shift: {{VVDS: [{east:.3f}, {north:.3f}]}}" in told.remedy
    made.ra = made.ra + east / 3600 / np.cos(np.radians(made.dec))
    made.dec = made.dec + north / 3600
    again = made.measure(1.0, shift={"vvds": (east, north)})
    assert np.hypot(again["offsets"][0]["east_arcsec"], again["offsets"][0]["north_arcsec"]) < 0.02
    assert again["offsets"][0]["shift"] == pytest.approx([0.3, -0.2], abs=0.02)
    assert not [one for one in quality.findings(again) if one.code == "position-offset"]


def test_only_the_survey_that_is_off_is_told():
    made = Sky(rows=4000)
    made.survey[::2] = "DEEP2"
    made.dec[::2] += 0.25 / 3600
    found = made.measure(1.0)
    assert {one["survey"]: one["north_arcsec"] for one in found["offsets"]} == pytest.approx(
        {"DEEP2": -0.25, "VVDS": 0.0}, abs=0.02
    )
    told = [one.where for one in quality.findings(found) if one.code == "position-offset"]
    assert told == ["DEEP2"]


def test_chance_matches_are_told_from_five_percent_on(dense):
    codes = {radius: {f.code for f in quality.findings(dense.measure(radius))} for radius in (0.5, 2.0)}
    assert "chance-matches" not in codes[0.5]
    assert "chance-matches" in codes[2.0]


def test_a_good_match_gives_no_finding():
    assert quality.findings(Sky(density=DENSE / 10).measure(0.5)) == []


def test_too_few_positions_are_judged_by_nothing():
    found = Sky(rows=12).measure(0.75)
    assert found["signal"] is found["curve"] is found["proposed"] is None
    assert sum(found["histogram"]["counts"]) >= 8
    assert quality.findings(found) == []


def test_no_position_at_all():
    none = np.zeros(0)
    pairs = Pairs(*(none.astype(np.int64),) * 2, none, none, none, *(none.astype(np.int64),) * 2)
    empty = none.astype(bool)
    found = quality.measure(
        none, none, none.astype(object), pairs, lambda ra, dec: (ra, ra.astype(bool)), 1.0, inside=empty
    )
    assert found["matched"] == found["null"]["positions"] == 0
    assert found["offsets"] == []


def test_it_is_json_and_the_same_each_time(dense):
    one, other = dense.measure(1.0), dense.measure(1.0)
    assert json.dumps(one, allow_nan=False) == json.dumps(other, allow_nan=False)


def test_objects_of_several_galaxies_are_listed_up_to_two_hundred(dense):
    shared = [
        {
            "objectId": str(number),
            "verdict": "blend" if number % 3 == 0 else "one kept",
            "rows": ["1", "2"],
            "redshifts": [0.1, 0.9],
            "groups": ["1", "2"],
        }
        for number in range(300)
    ]
    found = dense.measure(0.75, shared=shared)
    assert found["blends"] == 100
    assert found["many_to_one"]["objects"] == 300
    assert found["many_to_one"]["rows"] == 600
    assert len(found["many_to_one"]["listed"]) == 200


def test_positions_outside_the_footprint_take_no_part(dense):
    """A catalogue of the whole sky and a release of one field: the null test looks where the objects are."""
    made = Sky(rows=3000)
    count = len(made.ra)
    far_ra, far_dec = uniform(7, 60_000, 0.5, dec0=40.0)
    made.ra, made.dec = np.append(made.ra, far_ra), np.append(made.dec, far_dec)
    made.survey = np.array(["VVDS"] * len(made.ra), dtype=object)
    find = made.find

    def bounded(ra, dec, reach, **options):
        pairs, _ = find(ra, dec, reach)
        return pairs, np.abs(dec - DEC) < 0.52

    made.find = bounded
    found = made.measure(1.0)
    assert found["rows"] == count
    assert found["null"]["positions"] > 10_000
    assert abs(found["null"]["rate"] / (1 - np.exp(-np.pi * DENSE)) - 1) < 0.1
