"""A training set by a script of one's own, with pandas and astropy: the peer of ``bundle/recipe``.

    python -m benchmarks.by_hand FOLDER RELEASE OUT

It does what the recipe of ``benchmarks.bundle_recipe`` asks for and nothing more: no provenance, no
citation, no checksum, no account of what left. Imports stand on top, as a script has them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from astropy import units as u
from astropy.coordinates import SkyCoord, match_coordinates_sky, search_around_sky
from astropy.table import Table
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

SEED = 20261123
RADIUS = 0.75 * u.arcsec
DELTA_Z = 0.001
BANDS = "ugrizy"
FAMILIES = ("gaap1p0", "cModel")
A_OVER_EBV = {"u": 4.78, "g": 3.65, "r": 2.70, "i": 2.06, "z": 1.58, "y": 1.31}
PARTS = {"train": 0.7, "validation": 0.15, "test": 0.15}


def catalogues(folder: Path) -> pd.DataFrame:
    vvds = pd.read_csv(folder / "vvds.csv")
    vuds = Table.read(folder / "vuds.fits").to_pandas()
    vuds["FIELD"] = vuds["FIELD"].str.decode("ascii")
    zcosmos = pd.read_parquet(folder / "zcosmos.parquet")
    both = []
    for name, one in (("VVDS", vvds), ("VUDS", vuds), ("ZCOSMOS", zcosmos)):
        one = one.rename(columns={"ZSPEC": "redshift", "EZSPEC": "redshift_err", "ZFLAG": "z_flag"})
        one = one.rename(columns={"RAJ2000": "ra", "DEJ2000": "dec"})
        one["survey"] = name
        one["quality"] = one["z_flag"].map({1: 1, 2: 2, 3: 3, 4: 4})
        both.append(one)
    return pd.concat(both, ignore_index=True)


def unique(table: pd.DataFrame) -> pd.DataFrame:
    """The best of the secure measurements of each galaxy; none where two of them disagree."""
    places = SkyCoord(table["ra"].to_numpy(), table["dec"].to_numpy(), unit="deg")
    i, j, _, _ = search_around_sky(places, places, RADIUS)
    graph = coo_matrix((np.ones(len(i), np.int8), (i, j)), shape=(len(table), len(table)))
    table["group_id"] = connected_components(graph, directed=False)[1]
    secure = table[(table["quality"] >= 3) & table["redshift"].between(0.002, 9)]
    z = secure.groupby("group_id")["redshift"]
    low, high = z.transform("min"), z.transform("max")
    secure = secure[(high - low) / (1 + low) <= DELTA_Z]
    return secure.sort_values(["quality", "survey"], ascending=[False, True]).drop_duplicates("group_id")


def matched(table: pd.DataFrame, release: Path) -> pd.DataFrame:
    fluxes = [f"{b}_{family}Flux{end}" for family in FAMILIES for b in BANDS for end in ("", "Err")]
    wanted = ["objectId", "coord_ra", "coord_dec", "detect_isPrimary", "ebv", "tract", "patch"]
    files = sorted(release.rglob("Npix=*.parquet"))
    objects = pd.concat([pd.read_parquet(file, columns=wanted + fluxes) for file in files])
    objects = objects[objects["detect_isPrimary"]]
    there = SkyCoord(objects["coord_ra"].to_numpy(), objects["coord_dec"].to_numpy(), unit="deg")
    places = SkyCoord(table["ra"].to_numpy(), table["dec"].to_numpy(), unit="deg")
    index, apart, _ = match_coordinates_sky(places, there)
    near = apart < RADIUS
    found = objects.iloc[index[near]].reset_index(drop=True)
    both = pd.concat([table[near].reset_index(drop=True), found], axis=1)
    both["match_dist"] = apart[near].arcsec
    z = both.groupby("objectId")["redshift"]
    low, high = z.transform("min"), z.transform("max")
    both = both[(high - low) / (1 + low) <= DELTA_Z]  # a blend has no redshift
    return both.sort_values("match_dist").drop_duplicates("objectId").reset_index(drop=True)


def magnitudes(table: pd.DataFrame) -> pd.DataFrame:
    made = {}
    for family in FAMILIES:
        for band in BANDS:
            flux, error = table[f"{band}_{family}Flux"], table[f"{band}_{family}FluxErr"]
            with np.errstate(divide="ignore", invalid="ignore"):
                made[f"{band}_{family}Mag"] = 31.4 - 2.5 * np.log10(flux) - A_OVER_EBV[band] * table["ebv"]
                made[f"{band}_{family}MagErr"] = 2.5 / np.log(10) * error / flux
    return pd.concat([table, pd.DataFrame(made)], axis=1)


def main(folder: Path, release: Path, out: Path) -> None:
    table = magnitudes(matched(unique(catalogues(folder)), release))
    order = np.random.default_rng(SEED).permutation(len(table))
    edges = (np.cumsum(list(PARTS.values())) * len(table)).astype(int)[:-1]
    table["split"] = ""
    out.mkdir()
    columns = [f"{b}_gaap1p0Mag{end}" for b in BANDS for end in ("", "Err")] + ["redshift", "objectId"]
    for name, rows in zip(PARTS, np.split(order, edges), strict=True):
        table.loc[rows, "split"] = name
        with h5py.File(out / f"{name}.hdf5", "w") as file:
            for column in columns:
                file[column] = table[column].to_numpy()[rows]
    table.to_parquet(out / "training_set.parquet")


if __name__ == "__main__":
    main(*(Path(one) for one in sys.argv[1:]))
