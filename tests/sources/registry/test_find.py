"""Finding catalogues, and recognising one in a recipe."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import pz_tsm
from pz_tsm.errors import TsmError
from pz_tsm.sources import registry
from pz_tsm.sources.registry.footprint import distance, separation, touches
from pz_tsm.sources.registry.model import Box, Circle


def ids(found):
    return [entry.id for entry in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("vvds", "vvds_final"),
        ("LEGA-C", "legac_dr3"),
        ("legac", "legac_dr3"),
        ("3dhst", "threedhst_v415"),
        ("scodeggio 2018", "vipers_pdr2"),
        ("J/A+A/609/A84", "vipers_pdr2"),
        ("2018A&A...609A..84S", "vipers_pdr2"),
        ("elais-s1", "ozdes_dr2"),
        ("quasars only", "sdss_dr16q"),
    ],
)
def test_words_find_by_name_survey_reference_field_and_table(text, wanted):
    assert wanted in ids(registry.find(text))


def test_words_must_all_fit():
    assert ids(registry.find("vipers nonsense")) == []
    assert len(registry.find("")) == len(registry.find()) == 48


def test_the_most_useful_comes_first():
    assert ids(registry.find())[:4] == ["desi_dr1", "sdss_dr17", "cosmos2020_classic", "cosmos_src"]


def test_type():
    assert set(ids(registry.find(type="g"))) == {"primus_dr1", "threedhst_v415", "hst_hyperion"}
    with pytest.raises(TsmError, match="no type 'x'"):
        registry.find(type="x")


def test_near_keeps_those_without_a_footprint_last_and_says_so():
    found = registry.find(near=(53.1, -27.8, 0.3))
    sure = [one for one in ids(found) if one not in found.unknown]
    assert {"vandels_dr4", "ozdes_dr2", "primus_dr1", "2dfgrs", "muse_hudf"} <= set(sure)
    assert not {"vipers_pdr2", "gama_dr4", "zcosmos_bright", "ages"} & set(ids(found))
    assert found.unknown["desi_dr1"] == ["footprint"] and "desi_dr1" in ids(found)
    assert ids(found)[: len(sure)] == sure
    assert "not known: footprint" in repr(found)


def test_redshift_and_number_are_asked_the_same_way():
    found = registry.find(z=(2.0, None), rows=(1000, 3000))
    assert "vandels_dr4" in ids(found) and "2dfgrs" not in ids(found) and "desi_dr1" not in ids(found)
    assert set(found.unknown["astrodeep_gs43"]) == {"z_range", "rows"}
    with pytest.raises(TsmError, match="lowest comes first"):
        registry.find(z=(2, 1))


def test_release():
    found = registry.find(release="dp1")
    sure = [one for one in found if one.id not in found.unknown]
    assert sure and all(one.matches.dp1 for one in sure)
    assert found.unknown["desi_dr1"] == ["matches"]
    with pytest.raises(TsmError, match="dp1, dp2"):
        registry.find(release="dp3")


@pytest.mark.parametrize("near", [(400, 0, 1), (0, 95, 1), (0, 0, -1), "here", (1, 2)])
def test_a_place_that_is_none_is_refused(near):
    with pytest.raises(TsmError):
        registry.find(near=near)


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(TsmError, match="vvds_final"):
        registry.entry("vvds")
    with pytest.raises(TsmError, match="vipers_pdr2"):
        registry.entry("vipers_prd2")
    assert registry.entry("VVDS_final").survey == "VVDS"


def test_distances_are_those_to_the_nearest_point_of_many():
    shapes = [
        Box(ra=(325, 55), dec=(-37.5, -22.5)),
        Box(ra=(10, 20), dec=(60, 89)),
        Box(ra=(0, 360), dec=(-90, 0)),
        Box(ra=(100, 250), dec=(-5, 70)),
        Circle(ra=359.9, dec=-89, radius_deg=2),
    ]
    random = np.random.default_rng(5)
    for shape in shapes:
        if isinstance(shape, Box):
            width = 360 if shape.ra == (0, 360) else (shape.ra[1] - shape.ra[0]) % 360
            ra = (shape.ra[0] + np.linspace(0, width, 541)) % 360
            dec = np.linspace(*shape.dec, 181)
            ra, dec = (np.radians(one).ravel() for one in np.meshgrid(ra, dec))
        else:
            ra, dec = np.radians([shape.ra]), np.radians([shape.dec])
        for _ in range(20):
            a, d = random.uniform(0, 360), np.degrees(np.arcsin(random.uniform(-1, 1)))
            b, e = np.radians((a, d))
            angle = np.degrees(
                np.arccos(np.clip(np.sin(dec) * np.sin(e) + np.cos(dec) * np.cos(e) * np.cos(ra - b), -1, 1))
            ).min()
            wanted = max(0.0, angle - getattr(shape, "radius_deg", 0.0))
            assert distance(shape, a, d) == pytest.approx(wanted, abs=0.6)
            assert distance(shape, a, d) <= wanted + 1e-6


def test_right_ascension_goes_through_0():
    strip = [Box(ra=(325, 55), dec=(-37.5, -22.5))]
    assert touches(strip, 0, -30, 0) and touches(strip, 359.9, -30, 0) and touches(strip, 55.1, -30, 0.1)
    assert not touches(strip, 180, -30, 10)
    assert touches(None, 0, 0, 1) is None
    assert separation(0, 90, 123, 90) == pytest.approx(0)


def test_a_recipe_s_source_is_recognised_whatever_is_asked_of_it():
    entry, way = registry.known({"vizier": {"table": "VII/250/2dfgrs", "columns": ["z"], "region": {}}})
    assert entry.id == "2dfgrs" and way.columns["z_flag"] == ["q_z"]
    assert registry.known({"vizier": "J/A+A/609/A84"})[1].part == "W1 (XMM-LSS)"
    noirlab = {"tap": {"service": "https://datalab.noirlab.edu/tap", "table": "desi_dr1.zpix"}}
    assert registry.known(noirlab)[0].id == "desi_dr1"
    for other in (
        {"vizier": "J/A+A/609/A8"},
        {"file": "vvds.fits"},
        {"tap": {"query": "SELECT 1"}},
        None,
        "x",
    ):
        assert registry.known(other) is None


def test_a_role_takes_the_first_column_that_the_source_has():
    desi = registry.entry("desi_dr1")
    assert "ra" not in registry.recipe_input(desi, 1)["columns"], "two names: the run finds out"
    made = registry.recipe_input(desi, 1, found=["RAICRS", "DEICRS", "z", "ZWARN"])
    assert made["columns"] == {"ra": "RAICRS", "dec": "DEICRS", "z": "z", "z_flag": "ZWARN"}
    assert made["from"] == {"vizier": "V/161/zcatdr1"}
    less = registry.recipe_input(desi, 1, region=(150, 2, 1), columns=["RA_ICRS", "DE_ICRS", "z"])
    assert less["from"]["vizier"] == {
        "table": "V/161/zcatdr1",
        "region": {"ra": 150.0, "dec": 2.0, "radius_deg": 1.0},
        "columns": ["RA_ICRS", "DE_ICRS", "z"],
    }
    assert less["columns"]["ra"] == "RA_ICRS"
    with pytest.raises(TsmError, match="all of it is fetched"):
        registry.recipe_input(desi, 2, region=(150, 2, 1))
    with pytest.raises(TsmError, match="no access 7"):
        registry.recipe_input(desi, 7)


def test_velocities_are_converted():
    made = registry.recipe_input(registry.entry("6dfgs_dr3"))
    assert made["convert"] == {"z": "velocity_km_s", "z_err": "velocity_km_s"}


def test_the_library_finds_them_and_does_not_load_them_before():
    assert pz_tsm.catalogues("vipers")[0].recipe_input()["survey"] == "VIPERS_PDR2"
    code = "import pz_tsm, sys; print(any('registry' in name for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
