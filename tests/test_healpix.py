"""HEALPix in numpy gives the pixels and centres of cdshealpix."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.coordinates import Latitude, Longitude
from cdshealpix import nested

from pz_tsm.sky import healpix


@pytest.mark.parametrize("order", [0, 1, 5, 11, 29])
def test_pixels_are_those_of_cdshealpix(order):
    rng = np.random.default_rng(order)
    ra = rng.uniform(0, 360, 50_000)
    dec = np.degrees(np.arcsin(rng.uniform(-1, 1, len(ra))))
    near = rng.uniform(0, 1, (2, 5_000)) * [[360], [1e-4]]  # close to the poles
    ra, dec = np.concatenate([ra, near[0], near[0]]), np.concatenate([dec, 90 - near[1], near[1] - 90])
    wanted = nested.lonlat_to_healpix(Longitude(ra, "deg"), Latitude(dec, "deg"), order).astype(np.int64)
    found = healpix.pixels(ra, dec, order)
    # of the finest pixels, 0.0004 arcsec, some edges lie within the rounding of a position
    assert np.count_nonzero(found != wanted) <= (200 if order == 29 else 0)


def test_poles_and_the_seam_have_pixels():
    ra, dec = np.array([0, 360, -45, 90, 359.999999, 0, 0]), np.array([0, 0, 0, 90, 10, -90, 90])
    found = healpix.pixels(ra, dec, 3)
    assert ((found >= 0) & (found < 12 * 64)).all() and found[0] == found[1]


@pytest.mark.parametrize("order", [0, 3, 12, 29])
def test_centres_are_those_of_cdshealpix(order):
    pixel = np.random.default_rng(order).integers(0, 12 << (2 * order), 5_000)
    lon, lat = nested.healpix_to_lonlat(pixel.astype(np.uint64), order)
    ra, dec = healpix.centres(np.full(len(pixel), order), pixel)
    assert np.abs((ra - lon.deg + 180) % 360 - 180).max() < 1e-9 and np.abs(dec - lat.deg).max() < 1e-11
    if order < 29:
        assert (healpix.pixels(ra, dec, order) == pixel).all()


def test_orders_may_differ_from_pixel_to_pixel():
    ra, dec = healpix.centres(np.array([0, 5]), np.array([4, 4 << 10]))
    alone = [healpix.centres(np.array([k]), np.array([p])) for k, p in ((0, 4), (5, 4 << 10))]
    assert [tuple(map(float, one)) for one in zip(ra, dec, strict=True)] == [
        (float(a[0]), float(d[0])) for a, d in alone
    ]
