"""Pairs and groups of combine: radii, errors, agreement, offsets, chains."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from pz_tsm import sky
from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context
from pz_tsm.ops.combine.pairing import Pairing, find, group
from pz_tsm.ops.combine.params import PositionErrors


def table(*rows, **columns):
    """Rows (survey, east, north, z, type): arcsec from a place at dec 60, where RA is stretched by two."""
    survey, east, north, z, kind = zip(*[(*row, *(0.5, "s")[len(row) - 3 :]) for row in rows], strict=True)
    return pa.table(
        {
            "row_id": pa.array(np.arange(len(rows)) * 10),
            "source_product": pa.array(survey, pa.string()),
            "survey": pa.array(survey, pa.string()),
            "ra": (np.array(east) / 3600 / np.cos(np.radians(60))) % 360,
            "dec": 60 + np.array(north) / 3600,
            "redshift": pa.array(z, pa.float64()),
            "instrument_type": pa.array(kind, pa.string()),
            **columns,
        }
    )


def pairs(one, **rule):
    found = find(one, Pairing(**{"radius_arcsec": 0.75, **rule}), Context())
    return list(zip(found.i.tolist(), found.j.tolist(), strict=True))


def grouped(one, **rule):
    pairing = Pairing(**{"radius_arcsec": 0.75, **rule})
    return group(one, find(one, pairing, Context()), pairing)


def test_a_fibre_survey_has_a_wider_radius_than_the_rest():
    """6dFGS fibres are 6.7 arcsec wide: its rows find partners that two HST sources must not be."""
    one = table(("6dFGS", 0, 0), ("3D-HST", 3, 0), ("3D-HST", 4.5, 0), ("VVDS", -3, 0.2))
    assert pairs(one) == []
    assert pairs(one, radii={"6dfgs": 6.7}) == [(0, 1), (0, 2), (0, 3)]
    assert pairs(one, radii={"6dFGS": 6.7, "VVDS": 7.0}) == [(0, 1), (0, 2), (0, 3), (1, 3)]


def test_a_radius_smaller_than_the_common_one_holds_between_rows_of_that_survey():
    one = table(("3D-HST", 0, 0), ("3D-HST", 0.5, 0), ("VVDS", 0.25, 0))
    assert pairs(one, radii={"3D-HST": 0.1}) == [(0, 2), (1, 2)]
    assert pairs(one, radii={"3D-HST": 0.1, "VVDS": 0.1}) == []


def test_position_errors_forbid_pairs_that_the_radius_allows():
    """0.5 arcsec apart: 5 sigma of two errors of 0.1 is 0.71, of two errors of 0.02 is 0.14 (plus 0.05)."""
    one = table(("A", 0, 0), ("B", 0.5, 0), ("A", 60, 0), ("B", 60.5, 0), ("A", 90, 0), ("B", 90.5, 0))
    error = pa.array([0.1, 0.1, 0.02, 0.02, None, 0.02])
    one = one.append_column("pos_err", error)
    assert pairs(one, errors=PositionErrors(column="pos_err")) == [(0, 1), (4, 5)]
    assert pairs(one, errors=PositionErrors(column="pos_err", sigma=17)) == [(0, 1), (2, 3), (4, 5)]
    assert pairs(one, errors=PositionErrors(column="pos_err", sigma=1, floor_arcsec=0.5)) == [
        (0, 1),
        (2, 3),
        (4, 5),
    ]


def test_errors_never_reach_beyond_the_radius():
    one = table(("A", 0, 0), ("B", 0.9, 0)).append_column("e", pa.array([10.0, 10.0]))
    assert pairs(one, errors=PositionErrors(column="e")) == []


def test_a_column_of_errors_that_is_not_there_is_named():
    one = table(("A", 0, 0), ("B", 0.5, 0))
    with pytest.raises(TsmError, match="no column 'pos_err'"):
        pairs(one, errors=PositionErrors(column="pos_err"))
    with pytest.raises(TsmError, match="'survey' holds no numbers"):
        pairs(one, errors=PositionErrors(column="survey"))


def test_rows_that_must_agree_in_redshift_use_the_larger_tolerance_of_their_types():
    one = table(
        ("A", 0, 0, 1.000, "s"),
        ("B", 0.1, 0, 1.009, "s"),  # 0.0045 (1+z) from the first
        ("C", 0.2, 0, 1.030, "g"),  # 0.015 from the first, 0.010 from the second
        ("D", 0.3, 0, 1.200, "p"),
        ("E", 0.4, 0, None, "s"),
    )
    tolerance = {"s": 0.005, "g": 0.0105, "p": 0.15}
    assert len(pairs(one)) == 10
    assert pairs(one, agree=True, tolerance=tolerance) == [
        (0, 1),
        (0, 3),
        (0, 4),
        (1, 2),
        (1, 3),
        (1, 4),
        (2, 3),
        (2, 4),
        (3, 4),
    ]


def shifted(n, shift, seed=1, n_other=0):
    """n objects of survey REF, seen by survey NEW with an offset and 0.05 arcsec of scatter."""
    rng = np.random.default_rng(seed)
    east, north = rng.uniform(-600, 600, (2, n))
    noise = rng.normal(0, 0.05, (2, n))
    rows = [("REF", e, d) for e, d in zip(east, north, strict=True)]
    rows += [
        ("NEW", e + shift[0] + a, d + shift[1] + b) for e, d, a, b in zip(east, north, *noise, strict=True)
    ]
    rows += [("REF", e, d) for e, d in rng.uniform(1000, 2000, (n_other, 2))]
    return table(*rows)


def test_the_offset_of_goods_south_is_measured_and_removed():
    """Catalogues tied to the old GOODS-S frame are off by 0.3 arcsec in declination: half are lost at 0.3."""
    one = shifted(200, (0.05, -0.28), n_other=5)
    said = find(one, Pairing(0.75), Context()).offsets
    assert [(entry["a"], entry["b"], entry["pairs"], entry["applied"]) for entry in said] == [
        ("NEW", "REF", 200, False)
    ]
    assert said[0]["dra_arcsec"] == pytest.approx(-0.05, abs=0.015)
    assert said[0]["ddec_arcsec"] == pytest.approx(0.28, abs=0.015)
    assert said[0]["scatter_arcsec"] == pytest.approx(0.05, abs=0.01)
    found = find(one, Pairing(0.75, offsets=True), Context())
    assert found.offsets[0]["applied"] and len(found.i) == 200
    assert np.median(found.sep) < 0.1
    untouched = one.column("survey").to_numpy() == "REF"  # the survey with more rows is the reference
    assert (found.ra[untouched] == one.column("ra").to_numpy()[untouched]).all()
    assert (found.dec[untouched] == one.column("dec").to_numpy()[untouched]).all()


def test_an_offset_brings_back_pairs_that_the_radius_had_lost():
    one = shifted(300, (0.0, 0.3))
    before = find(one, Pairing(0.32), Context())
    after = find(one, Pairing(0.32, offsets=True), Context())
    assert len(before.i) < 250 and len(after.i) > 290


def test_neighbours_that_are_not_the_nearest_of_each_other_do_not_bias_an_offset():
    """Each object has a companion 0.5 arcsec to the west in one survey that the other does not resolve."""
    rng = np.random.default_rng(2)
    places = rng.uniform(-900, 900, (60, 2))
    rows = [("DEEP", x, y) for x, y in places] + [("DEEP", x - 0.5, y) for x, y in places]
    rows += [("WIDE", x + 0.1, y) for x, y in places]
    (said,) = find(table(*rows), Pairing(0.75), Context()).offsets
    assert said["pairs"] == 60
    assert said["dra_arcsec"] == pytest.approx(0.1, abs=1e-3) and said["scatter_arcsec"] < 1e-3


def test_few_shared_objects_measure_no_offset():
    assert find(shifted(19, (0.2, 0)), Pairing(0.75, offsets=True), Context()).offsets == []
    assert len(find(shifted(20, (0.2, 0)), Pairing(0.75, offsets=True), Context()).offsets) == 1


def test_offsets_of_three_surveys_are_consistent_even_without_a_direct_tie():
    """C shares nothing with the largest survey A, only with B: it follows B's correction."""
    rng = np.random.default_rng(3)
    ab, bc, a = (rng.uniform(-900, 900, (n, 2)) for n in (60, 40, 200))
    rows = [("A", *place) for place in (*ab, *a)]
    rows += [("B", x + 0.3, y) for x, y in (*ab, *bc)]
    rows += [("C", x + 0.3, y - 0.2) for x, y in bc]
    found = find(table(*rows), Pairing(0.75, offsets=True), Context())
    assert [(one["a"], one["b"], one["applied"]) for one in found.offsets] == [
        ("A", "B", True),
        ("B", "C", True),
    ]
    assert len(found.i) == 100 and found.sep.max() < 5e-3
    true = table(*[("C", *place) for place in bc])
    assert sky.separation(found.ra[-40:], found.dec[-40:], true["ra"], true["dec"]).max() < 5e-3


def test_an_offset_at_the_pole_is_one_on_the_sky():
    """At 0.1 degrees from the pole a degree of RA is 6 arcsec; the offset stays 0.4 arcsec everywhere."""
    ra, dec = np.linspace(0, 360, 50, endpoint=False), np.full(50, 89.9)
    rows = {
        "row_id": np.arange(100),
        "ra": np.concatenate([ra, (ra + 0.4 / 3600 / np.cos(np.radians(89.9))) % 360]),
        "dec": np.concatenate([dec, dec]),
        "redshift": np.full(100, 0.5),
        "survey": ["A"] * 50 + ["B"] * 50,
    }
    found = find(pa.table(rows), Pairing(0.75, offsets=True), Context())
    assert found.offsets[0]["dra_arcsec"] == pytest.approx(0.4, abs=1e-4)
    assert found.sep.max() < 1e-3


def test_a_chain_is_found_and_its_width_is_exact():
    one = table(("A", 0, 0), ("B", 0.6, 0), ("C", 1.2, 0), ("A", 60, 0), ("B", 60.6, 0), ("C", 99, 0))
    got = grouped(one)
    assert got.labels.tolist() == [0, 0, 0, 3, 3, 5]
    assert got.diameter == pytest.approx([1.2, 1.2, 1.2, 0.6, 0.6, 0], abs=1e-6)
    assert got.diameter.dtype == np.float32
    assert got.chain.tolist() == [True] * 3 + [False] * 3 and got.split == 0


def test_a_group_that_one_wide_fibre_covers_is_no_chain():
    one = table(("6dFGS", 0, 0), ("A", 3, 0), ("A", -3, 0))
    assert grouped(one, radii={"6dFGS": 6.7}).chain.tolist() == [False] * 3
    assert grouped(one, radii={"6dFGS": 4}).chain.tolist() == [True] * 3


@pytest.mark.parametrize("n", [3, 64, 65, 500])
def test_the_width_of_large_groups_is_that_of_all_pairs(n):
    rng = np.random.default_rng(n)
    one = table(*[("A", *place) for place in rng.normal(0, 1, (n, 2))])
    got = grouped(one, radius_arcsec=5)
    ra, dec = one["ra"].to_numpy(), one["dec"].to_numpy()
    assert (got.labels == 0).all()
    assert got.diameter[0] == pytest.approx(
        sky.separation(ra[:, None], dec[:, None], ra, dec).max(), rel=1e-6
    )


def test_a_large_group_in_one_line_or_place_has_a_width_too():
    line = table(*[("A", 0.5 * k, 0.0) for k in range(100)])
    assert grouped(line).diameter[0] == pytest.approx(49.5, rel=1e-5)
    assert grouped(table(*[("A", 0, 0)] * 100)).diameter[0] == 0


BLEND = (
    ("A", 0.0, 0, 0.300),  # one galaxy ...
    ("B", 0.6, 0, 0.301),
    ("C", 1.2, 0, 0.950),  # ... and another behind it, 1.2 arcsec off
    ("D", 1.5, 0, 0.951),
    ("E", 1.4, 0, None),  # no redshift: nearest to D
    ("F", 0.1, 0, 0.99, "p"),  # a photo-z nearest to A: it ties nothing, whatever it says
)


def test_a_chain_of_two_galaxies_is_split_by_redshift():
    one = table(*BLEND)
    assert set(grouped(one).labels.tolist()) == {0}
    got = grouped(one, chains="split")
    assert got.labels.tolist() == [0, 0, 2, 2, 2, 0]
    assert got.split == 1
    assert not got.chain.any()
    assert got.diameter == pytest.approx([0.6, 0.6, 0.3, 0.3, 0.3, 0.6], abs=1e-6)


def test_a_chain_of_one_redshift_stays_and_is_still_called_a_chain():
    one = table(
        ("A", 0, 0, 0.3), ("B", 0.6, 0, 0.3), ("C", 1.2, 0, 0.301), ("D", 60, 0, 0.1), ("E", 60, 0, 0.9)
    )
    got = grouped(one, chains="split")
    assert got.labels.tolist() == [0, 0, 0, 3, 3]  # D and E lie within the radius: a conflict, no chain
    assert got.chain.tolist() == [True] * 3 + [False] * 2 and got.split == 0


def test_a_grism_redshift_ties_what_lies_within_its_own_tolerance():
    """s at 0.10 and 0.112 differ too much for spectra; a grism redshift between them agrees with both."""
    rows = [("A", 0, 0, 0.100, "s"), ("B", 0.6, 0, 0.112, "s"), ("C", 1.2, 0, 0.106, "g")]
    assert grouped(table(*rows), chains="split").labels.tolist() == [0, 0, 0]
    rows[2] = ("C", 1.2, 0, 0.106, "s")
    assert grouped(table(*rows), chains="split").labels.tolist() == [0, 1, 2]


def test_photometric_rows_join_and_never_link():
    one = table(("A", 0, 0, 0.3, "s"), ("P", 0.6, 0, 0.3, "p"), ("B", 1.2, 0.1, 0.3, "s"))
    assert grouped(one).labels.tolist() == [0, 0, 2]


def test_rows_without_position_are_alone():
    one = table(("A", 0, 0), ("B", np.nan, 0), ("C", np.nan, 0))
    got = grouped(one)
    assert got.labels.tolist() == [0, 1, 2] and (got.diameter == 0).all()


def test_a_table_without_rows():
    one = table(("A", 0, 0)).slice(0, 0)
    pairing = Pairing(0.75, offsets=True, agree=True, chains="split")
    found = find(one, pairing, Context())
    assert len(found.i) == 0 and len(group(one, found, pairing).labels) == 0


def test_a_stand_in_for_no_position_is_refused():
    rows = {"row_id": np.arange(4000), "ra": np.zeros(4000), "dec": np.zeros(4000), "redshift": np.ones(4000)}
    rows["dec"][1::2] = -0.0
    with pytest.raises(TsmError, match="4000 rows have the same position"):
        find(pa.table(rows), Pairing(0.75), Context())
    rows["dec"] = np.arange(4000) % 2 * 1.0  # two crowds of 2000: as many as may be
    assert len(find(pa.table(rows), Pairing(0.75), Context()).i) == 2 * 2000 * 1999 // 2
