"""What columns mean, with the reason: what is recognised, what is doubted, what is never said in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import pz_tsm
from pz_tsm.errors import TsmError
from pz_tsm.sources.proposals import propose

ROWS = 40
RNG = np.random.default_rng(5)
PLAIN = {
    "ID": [f"g{i}" for i in range(ROWS)],
    "RA": np.linspace(10, 350, ROWS),
    "DEC": np.linspace(-60, 60, ROWS),
    "Z": RNG.uniform(0.01, 2, ROWS),
    "ZQUALITY": RNG.integers(1, 5, ROWS),
}


def table(units=(), ucds=(), **changes):
    made = {key: value for key, value in {**PLAIN, **changes}.items() if value is not None}
    arrays = {key: value if isinstance(value, pa.Array) else pa.array(value) for key, value in made.items()}
    fields = []
    for key, array in arrays.items():
        said = {"unit": dict(units).get(key), "ucd": dict(ucds).get(key)}
        fields.append(pa.field(key, array.type, metadata={k: v for k, v in said.items() if v}))
    return pa.Table.from_arrays(list(arrays.values()), schema=pa.schema(fields))


def found(made, **options):
    return {role: one.value for role, one in propose(made, **options).roles.items()}


def test_plain_columns_are_sure_and_say_why():
    made = propose(table(units={"RA": "deg"}))
    assert found(table()) == {"ra": "RA", "dec": "DEC", "z": "Z", "z_flag": "ZQUALITY", "id": "ID"}
    assert not made.unsure and not made.missing and not made.convert
    assert made.roles["ra"].reason == "its name, in deg, 10 to 350"
    assert "another in every row" in made.roles["id"].reason
    assert made.input({"file": "x"})["columns"]["z"] == "Z"


def test_a_ucd_beats_a_name_and_rules_one_out():
    ucds = {"RA": "pos.eq.ra;stat.error", "a": "pos.eq.ra;meta.main", "Z": "phot.mag", "q": "src.redshift"}
    made = table(ucds=ucds, a=PLAIN["RA"], q=PLAIN["Z"])
    assert found(made)["ra"] == "a" and found(made)["z"] == "q"
    assert propose(made).roles["ra"].reason.startswith("UCD pos.eq.ra;meta.main")


@pytest.mark.parametrize(
    ("columns", "units", "role", "name", "how"),
    [
        ({"RA": PLAIN["RA"] / 15}, {"RA": "h"}, "ra", "RA", "hours"),
        ({"RA": None, "RA_hours": PLAIN["RA"] / 15}, {}, "ra", "RA_hours", "hours"),
        ({"RA": np.radians(PLAIN["RA"])}, {"RA": "rad"}, "ra", "RA", "radians"),
        ({"RA": ["10:20:30.5"] * ROWS}, {}, "ra", "RA", "sexagesimal"),
        ({"DEC": ["-10 20 30.5"] * ROWS}, {}, "dec", "DEC", "sexagesimal"),
        ({"RA": None, "RAB1950": PLAIN["RA"]}, {}, "ra", "RAB1950", "b1950"),
        ({"equinox": ["B1950"] * ROWS}, {}, "ra", "RA", "b1950"),
        ({"Z": None, "cz": PLAIN["Z"] * 299792.458}, {}, "z", "cz", "velocity_km_s"),
        ({"Z": PLAIN["Z"] * 299792458}, {"Z": "m/s"}, "z", "Z", "velocity_m_s"),
        ({"Z": None, "Vel": PLAIN["Z"] * 3e5}, {"Vel": "km/s"}, "z", "Vel", "velocity_km_s"),
    ],
)
def test_what_must_be_converted_is_recognised(columns, units, role, name, how):
    made = propose(table(units=units, **columns))
    one = made.roles[role]
    assert one.value == name and how in one.convert, one
    assert one.sure == (name != "RAB1950"), "there DEC is of another equinox, by its name"
    assert how in str(made.convert)
    assert any(finding.code == "converted" for finding in made.warnings)


def test_degrees_are_taken_where_both_stand():
    made = table(RA=["10:20:30.5"] * ROWS, _RA=PLAIN["RA"], RA_B1950=PLAIN["RA"] - 0.6, cz=PLAIN["Z"] * 3e5)
    assert found(made)["ra"] == "_RA" and found(made)["z"] == "Z" and not propose(made).convert


def test_hours_minutes_and_seconds_are_no_positions_by_themselves():
    parts = {f"RA{one}": np.arange(ROWS) % 24 for one in "hms"} | {
        f"DE{one}": np.arange(ROWS) for one in "dms"
    }
    made = propose(table(RA=None, DEC=None, **parts, **{"DE-": ["-"] * ROWS}))
    assert made.roles["ra"].value == ["RAh", "RAm", "RAs"]
    assert made.roles["dec"].value == ["DE-", "DEd", "DEm", "DEs"]
    assert made.convert == {"positions": "sexagesimal"}
    assert found(table(**parts))["ra"] == "RA"


@pytest.mark.parametrize(
    ("changes", "role", "columns"),
    [
        ({"zspec": PLAIN["Z"]}, "z", {"Z", "zspec"}),
        ({"RA": None, "RA_1st": PLAIN["RA"], "RA_2nd": PLAIN["RA"] + 0.01}, "ra", {"RA_1st", "RA_2nd"}),
        ({"qop": PLAIN["ZQUALITY"]}, "z_flag", {"ZQUALITY", "qop"}),
    ],
)
def test_two_columns_for_a_role_are_never_one_in_silence(changes, role, columns):
    one = propose(table(**changes)).roles[role]
    assert not one.sure and one.doubt == "several" and {*one.columns, *one.others} == columns
    assert all(name in one.reason for name in one.others)


def test_two_columns_of_the_same_positions_are_no_doubt_but_said():
    one = propose(table(RA=None, RAJ2000=PLAIN["RA"], RA_ICRS=PLAIN["RA"] + 1e-6)).roles["ra"]
    assert one.sure and "'RA_ICRS' holds the same" in one.reason


def test_a_flag_that_tells_more_is_preferred_and_doubted():
    letters = RNG.choice(["A", "B", "C"], ROWS)
    both = [f"{mode}_{letter}" for mode, letter in zip(["LR", "MR"] * (ROWS // 2), letters, strict=True)]
    one = propose(table(ZQUALITY=None, QF=letters, campaign_qf=both)).roles["z_flag"]
    assert one.value == "campaign_qf" and one.others == ("QF",) and not one.sure


def test_an_identifier_that_repeats_says_with_what_it_does_not():
    numbers = np.arange(ROWS) // 2
    fields = np.arange(ROWS) % 2
    one = propose(table(ID=numbers, field=[f"f{i}" for i in fields])).roles["id"]
    assert one.doubt == "values" and "with 'field' none does" in one.reason


def test_exchanged_positions_are_said_at_once_with_their_fix():
    made = propose(table(RA=PLAIN["DEC"], DEC=PLAIN["RA"]))
    (finding,) = [one for one in made.warnings if one.code == "coordinates-swapped"]
    assert finding.level == "error" and not made.roles["dec"].sure
    assert {tuple(edit["path"]): edit["value"] for edit in finding.fixes[0].edits} == {
        ("columns", "ra"): "DEC",
        ("columns", "dec"): "RA",
    }


def test_single_precision_and_sentinels_are_said_in_numbers():
    made = table(RA=pa.array(PLAIN["RA"], pa.float32()), Z=np.where(np.arange(ROWS) < 3, -99.0, PLAIN["Z"]))
    said = {one.code: one.message for one in propose(made).warnings}
    assert "0.11 arcsec" in said["coordinates-float32"] and "-99 (3 times)" in said["sentinels"]


@pytest.mark.parametrize(
    "changes",
    [
        {"Z": None, "zphot": PLAIN["Z"]},
        {"RA": None, "ra_err": RNG.uniform(0, 1, ROWS)},
        {"Z": PLAIN["Z"] + 20, "g": PLAIN["Z"] + 20},
        {"DEC": None, "pmDE": RNG.uniform(-5, 5, ROWS)},
        {"RA": None, "rate": RNG.uniform(0, 5, ROWS)},
    ],
)
def test_what_is_something_else_is_not_sure(changes):
    made = propose(table(**changes))
    assert set(made.missing) | set(made.unsure) or made.convert, made


def test_a_survey_is_recognised_by_its_columns_its_values_and_its_files_name():
    desi = table(ID=None, RA=None, DEC=None, TARGETID=np.arange(ROWS), ZWARN=PLAIN["ZQUALITY"] * 4,
                 mean_fiber_ra=PLAIN["RA"], mean_fiber_dec=PLAIN["DEC"], zerr=PLAIN["Z"] / 1e4)  # fmt: skip
    lower = desi.rename_columns([name.lower() for name in desi.column_names])
    assert propose(lower).survey.entry == "desi_dr1"
    valued = propose(table(survey_name=["VVDS"] * ROWS))
    assert valued.survey.survey == "VVDS" and valued.roles["survey"].value == "survey_name"
    named = propose(table(), name="2mrs_v240.fits").survey
    assert named.survey == "2MRS" and not named.sure and "named" in named.reason
    assert propose(table(), name="mine.fits").survey is None


def test_the_choice_of_the_user_is_taken_and_what_it_needs_is_said():
    made = table(cz=PLAIN["Z"] * 299792.458, zspec=PLAIN["Z"])
    assert propose(made, given={"z": "zspec"}).roles["z"].sure
    chosen = propose(made, given={"z": "cz", "z_flag": None})
    assert chosen.convert == {"z": "velocity_km_s"} and "z_flag" not in chosen.roles
    with pytest.raises(TsmError, match="no column 'zspek'"):
        propose(made, given={"z": "zspek"})


def test_large_tables_are_sampled_all_over():
    rows = 100_000
    big = pa.table({"ra": np.linspace(0, 359, rows), "dec": np.full(rows, 10.0), "z": np.full(rows, 0.1)})
    assert propose(big).roles["ra"].reason == "its name, 0 to 359"


class Capsule:
    """Speaks the Arrow PyCapsule interface and nothing else."""

    def __init__(self, inner):
        self.inner = inner

    def __arrow_c_stream__(self, requested_schema=None):
        return self.inner.__arrow_c_stream__(requested_schema)


def astropy_table():
    from astropy import units
    from astropy.table import Table

    made = Table({key: value for key, value in PLAIN.items() if key != "RA"})
    made["RA"] = PLAIN["RA"] / 15 * units.hourangle
    return made


@pytest.mark.parametrize("kind", ["arrow", "pandas", "astropy", "capsule", "batch"])
def test_tables_of_a_notebook_go_the_same_way(kind):
    given = {
        "arrow": table(),
        "pandas": pd.DataFrame(PLAIN),
        "astropy": astropy_table(),
        "capsule": Capsule(table()),
        "batch": table().to_batches()[0],
    }[kind]
    made = pz_tsm.propose(given)
    assert made.roles["ra"].value == "RA"
    assert "RA: " in str(made) and "DEC: " in str(made)
    convert = {"positions": "hours"} if kind == "astropy" else None
    assert made.convert == (convert or {})
    loaded = pz_tsm.read(given, convert=convert)
    assert loaded["ra"] == pytest.approx(PLAIN["RA"])


def test_a_file_is_proposed_with_its_name(tmp_path):
    import pyarrow.parquet as pq

    pq.write_table(table(survey_name=["VVDS"] * ROWS), tmp_path / "c.parquet")
    said = str(pz_tsm.propose(tmp_path / "c.parquet"))
    assert "z_flag" in said and "This is VVDS" in said
