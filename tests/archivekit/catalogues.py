"""Mock tables under the names of real ones. Every value is made up."""

from __future__ import annotations

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, Table


def vipers(rows: int = 300, seed: int = 1, *, sexagesimal: bool = False, name: str = "W1") -> Table:
    """A table as J/A+A/609/A84 has them: number, position, redshift, flag."""
    rng = np.random.default_rng(seed)
    ra, dec = rng.uniform(30.1, 38.8, rows), rng.uniform(-6.0, -4.2, rows)
    made = Table()
    made["recno"] = np.arange(1, rows + 1, dtype=np.int32)
    made["Name"] = [f"{name}_{100000 + i}" for i in range(rows)]
    if sexagesimal:
        text = SkyCoord(ra, dec, unit="deg")
        made["RAJ2000"] = text.ra.to_string("hourangle", sep=" ", precision=4, pad=True)
        made["DEJ2000"] = text.dec.to_string("deg", sep=" ", precision=3, pad=True, alwayssign=True)
    else:
        made["RAJ2000"], made["DEJ2000"] = ra, dec
        for one, ucd in (("RAJ2000", "pos.eq.ra;meta.main"), ("DEJ2000", "pos.eq.dec;meta.main")):
            made[one].unit, made[one].meta["ucd"] = "deg", ucd
    z = MaskedColumn(rng.uniform(0.4, 1.3, rows), mask=rng.random(rows) < 0.05)
    made["zsp"] = z
    made["zsp"].meta["ucd"], made["zsp"].description = "src.redshift", "Spectroscopic redshift <zspec>"
    made["zflg"] = rng.choice([2.2, 3.5, 4.5, 9.1, 1.1], rows).astype(np.float32)
    made["imag"] = rng.uniform(19, 22.5, rows).astype(np.float32)
    made["imag"].unit = "mag"
    made["classFlag"] = rng.choice([1, 0, -1], rows).astype(np.int16)
    made["_RAJ2000"], made["_DEJ2000"] = np.round(ra, 6), np.round(dec, 6)
    for one in ("_RAJ2000", "_DEJ2000"):
        made[one].unit = "deg"
    made["_RAJ2000"].meta["ucd"], made["_DEJ2000"].meta["ucd"] = "pos.eq.ra", "pos.eq.dec"
    return made


def zpix(rows: int = 500, seed: int = 2) -> Table:
    """A table as DESI's ``zpix`` at the Data Lab, all over the sky; two rows have no position."""
    rng = np.random.default_rng(seed)
    ra = rng.uniform(0, 360, rows)
    dec = np.degrees(np.arcsin(rng.uniform(-1, 1, rows)))
    none = np.arange(rows) < 2
    made = Table()
    made["targetid"] = 39_627_000_000_000_000 + np.arange(rows, dtype=np.int64)
    made["mean_fiber_ra"], made["mean_fiber_dec"] = MaskedColumn(ra, mask=none), MaskedColumn(dec, mask=none)
    made["z"], made["zerr"] = rng.uniform(0.01, 1.6, rows), rng.uniform(1e-5, 1e-4, rows)
    made["zwarn"] = rng.choice([0, 4], rows, p=[0.9, 0.1]).astype(np.int64)
    made["spectype"] = rng.choice(["GALAXY", "QSO", "STAR"], rows)
    return made


def named(columns: dict[str, list[str]], rows: int = 40, seed: int = 3) -> Table:
    """A table with one column for each role, under the first of the role's names, and VizieR's computed
    ones."""
    rng = np.random.default_rng(seed)
    ra, dec = rng.uniform(0, 360, rows), np.degrees(np.arcsin(rng.uniform(-1, 1, rows)))
    values = {
        "id": np.arange(rows, dtype=np.int64) + 10_000,
        "ra": ra,
        "dec": dec,
        "z": rng.uniform(0.01, 1.6, rows),
        "z_err": rng.uniform(1e-5, 1e-4, rows),
        "z_flag": rng.integers(0, 5, rows),
        "class": rng.choice(["GALAXY", "QSO", "STAR"], rows),
    }
    made = Table({names[0]: values.get(role, values["z_flag"]) for role, names in columns.items() if names})
    for name, value in (("ra", ra), ("dec", dec), ("redshift", values["z"])):  # of roles that it doesn't name
        if name.replace("redshift", "z") not in columns and name not in made.colnames:
            made[name] = value
    for name, value, ucd in (("_RAJ2000", ra, "pos.eq.ra"), ("_DEJ2000", dec, "pos.eq.dec")):
        made[name] = value
        made[name].unit, made[name].meta["ucd"] = "deg", ucd
    return made
