"""The null test of a whole match at the density of a deep LSST field: 260,000 objects per square degree."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from matchkit import redshifts, run, write_hats

DENSITY = 260_000  # objects per square degree
ARCSEC2 = 3600.0**2


def uniform(rng: np.random.Generator, area: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions spread evenly over a square of that area (square degrees), across RA 0, around Dec -28."""
    half = np.sqrt(area) / 2
    low, high = np.sin(np.radians([-28 - half, -28 + half]))
    dec = np.degrees(np.arcsin(rng.uniform(low, high, count)))
    width = half / np.cos(np.radians(28))
    return rng.uniform(-width, width, count) % 360, dec


@pytest.fixture(scope="module")
def field(tmp_path_factory):
    """A release with nothing but chance in it."""
    rng = np.random.default_rng(26)
    area = 0.6
    count = int(DENSITY * area)
    ra, dec = uniform(rng, area, count)
    objects = {"objectId": np.arange(count), "coord_ra": ra, "coord_dec": dec}
    objects |= {
        f"{band}_gaap1p0Flux{end}": np.ones(count, np.float32) for band in "ugrizy" for end in ("", "Err")
    }
    table = pa.table(objects)
    return str(write_hats(tmp_path_factory.mktemp("field") / "objects", table, 6))


@pytest.mark.parametrize("radius", [0.75, 1.0, 2.0])
def test_the_chance_rate_of_a_match_is_that_of_the_density(field, radius):
    ra, dec = uniform(np.random.default_rng(7), 0.4, 20_000)
    table = redshifts(ra, dec, np.full(len(ra), 0.5))
    report = run(
        "match",
        table,
        release={"hats": field, "profile": "dp1"},
        radius_arcsec=radius,
        columns=["gaap1p0"],
        blends="keep",
    ).report
    chance = 1 - np.exp(-np.pi * radius**2 * DENSITY / ARCSEC2)
    null = report.details["quality"]["null"]
    assert null["rate"] == pytest.approx(chance, rel=0.1), "what the null test counts"
    assert null["expected_rate"] == pytest.approx(chance, rel=0.1), "what it says that it should be"
    assert null["positions"] > 10_000
    found = report.details["matched"] / table.num_rows
    assert found == pytest.approx(chance, rel=0.1), "and what positions without any object find"
