"""Each survey's own columns, flags and sentinels, and the truth beside them."""

from __future__ import annotations

import numpy as np

from pz_tsm.mock.sky import GALAXY, QSO, STAR, Cell, generator
from pz_tsm.mock.surveys import DEEP, KINDS, SURVEYS, WIDE

CLASS_NAMES = {GALAXY: "GALAXY", STAR: "STAR", QSO: "QSO"}
SENTINEL = KINDS.index("sentinel")
TARGET_ID = 39_627_000_000_000_000  # beyond 2**53; repeated for repeated observations


def survey_tables(seed: int, cell: Cell, rows: np.ndarray, done: list[int]) -> list[dict[str, np.ndarray]]:
    """The rows of a cell as columns of the four files; ``done[k]`` rows of file k exist already."""
    rng = generator(seed, cell.number, 3)
    makers = (_deep, _wide, _grism, _prob)
    out = []
    for survey, make in enumerate(makers):
        part = rows[rows["survey"] == survey]
        first = done[survey] + 1 + np.arange(len(part), dtype=np.int64)
        out.append(make(rng, cell, part, first))
    return out


def _deep(rng, cell: Cell, rows, number) -> dict[str, np.ndarray]:
    """Digits with prefixes: 1x broad lines, 2x a secondary target in the slit, 21x both; 9 one line only."""
    flag = rows["quality"].astype(np.int32)
    flag[(flag == 2) & (rng.random(len(flag)) < 0.3)] = 9
    broad = cell.sources.cls[rows["source"]] == QSO
    flag = flag + 10 * (broad & ~rows["secondary"]) + np.where(rows["secondary"], np.where(broad, 210, 20), 0)
    none = rows["kind"] == SENTINEL
    return {
        "NUM": number,
        "ALPHA": rows["ra"],
        "DELTA": rows["dec"],
        "Z": np.where(none, 9.9999, np.round(rows["z"], 4)),
        "ZFLAGS": flag.astype(np.int32),
        "MAGI": cell.sources.i_mag[rows["source"]].astype(np.float32),
        "survey_name": np.full(len(rows), SURVEYS[DEEP]),
    }


def _wide(rng, cell: Cell, rows, number) -> dict[str, np.ndarray]:
    """A bit mask of warnings with a class; one row of each target is primary."""
    quality = rows["quality"]
    odd = rng.choice([1, 5, 36], len(rows))
    warning = np.select([quality >= 4, quality == 2, quality == 1], [0, 4, odd], 2564)
    cls = cell.sources.cls[rows["source"]]
    names = np.select([cls == STAR, cls == QSO], ["STAR", "QSO"], "GALAXY")
    chi2 = np.where(warning == 0, rng.uniform(40, 4000, len(rows)), rng.uniform(0, 9, len(rows)))
    return {
        "TARGETID": TARGET_ID + cell.sources.galaxy_id[rows["source"]],
        "TARGET_RA": rows["ra"],
        "TARGET_DEC": rows["dec"],
        "Z": rows["z"],
        "ZERR": rows["z_err"],
        "ZWARN": warning.astype(np.int64),
        "DELTACHI2": chi2,
        "SPECTYPE": names.astype("S6"),
        "ZCAT_PRIMARY": ~rows["secondary"],
    }


def _grism(rng, cell: Cell, rows, number) -> dict[str, np.ndarray]:
    """Letters, where the column ``source`` alone tells a spectrum from a photometric redshift; no id."""
    letters = np.array(["X", "D", "C", "B", "A"])[rows["quality"]]
    source = np.select([rows["type"] == "p", rows["type"] == "g"], ["phot", "grism"], "spec")
    none = rows["kind"] == SENTINEL
    return {
        "RAJ2000": rows["ra"],
        "DEJ2000": rows["dec"],
        "z_best": np.where(none, -99.0, rows["z"]),
        "z_err": np.where(none, -99.0, rows["z_err"]),
        "grade": letters,
        "source": source,
    }


def _prob(rng, cell: Cell, rows, number) -> dict[str, np.ndarray]:
    """A probability that the redshift is right; NaN is no redshift."""
    low = np.array([0.0, 0.05, 0.7, 0.9, 0.99])[rows["quality"]]
    high = np.array([0.0, 0.69, 0.89, 0.985, 1.0])[rows["quality"]]
    none = rows["kind"] == SENTINEL
    return {
        "obj": number,
        "ra_deg": rows["ra"],
        "dec_deg": rows["dec"],
        "z_best": np.where(none, np.nan, rows["z"]),
        "prob": np.round(low + (high - low) * rng.random(len(rows)), 4),
        "kind": rows["type"].astype("S1"),
    }


def truth_table(cell: Cell, rows: np.ndarray, tables: list[dict[str, np.ndarray]], done: list[int]):
    """One row for each row of a survey file: where it stands there, what it is, and what was planted."""
    import pyarrow as pa

    parts = []
    ids = (("NUM",), ("TARGETID",), (None,), ("obj",))
    for survey, name in enumerate(SURVEYS):
        part = rows[rows["survey"] == survey]
        key = ids[survey][0]
        own = tables[survey][key].astype(str).tolist() if key else [None] * len(part)
        object_row = cell.sources.object_row[part["source"]]
        object_id = cell.objects["objectId"][np.maximum(object_row, 0)]
        parts.append(
            pa.table(
                {
                    "survey": pa.array([name] * len(part), pa.string()),
                    "file_row": pa.array(done[survey] + np.arange(len(part), dtype=np.int64)),
                    "source_id": pa.array(own, pa.string()),
                    "galaxy_id": cell.sources.galaxy_id[part["source"]],
                    "group": cell.sources.galaxy_id[part["group"]],
                    "z_true": cell.sources.z[part["source"]],
                    "kind": pa.array([KINDS[k] for k in part["kind"]], pa.string()),
                    "class": pa.array(
                        [CLASS_NAMES[c] for c in cell.sources.cls[part["source"]]], pa.string()
                    ),
                    "z_flag_homogenized": pa.array(_expected_flag(cell, part), pa.float32()),
                    "instrument_type": pa.array(part["type"].tolist(), pa.string()),
                    "is_secondary": part["secondary"].copy(),
                    "z_wrong": part["wrong"].copy(),
                    "objectId": pa.array(object_id, pa.int64(), mask=object_row < 0),
                    "neighbour_objectId": _neighbours(cell, part["source"]),
                }
            )
        )
    return pa.concat_tables(parts)


def _expected_flag(cell: Cell, rows: np.ndarray) -> np.ndarray:
    star = (cell.sources.cls[rows["source"]] == STAR) & (rows["survey"] == WIDE) & (rows["quality"] >= 3)
    return np.where(star, 6.0, rows["quality"].astype(np.float32)).astype(np.float32)


def _neighbours(cell: Cell, sources: np.ndarray):
    """The object 0.5 arcsec from each source that is one of a close star and galaxy; null for the others."""
    import pyarrow as pa

    other = dict(cell.close.tolist()) | {galaxy: star for star, galaxy in cell.close.tolist()}
    rows = [cell.sources.object_row[other[one]] if one in other else None for one in sources.tolist()]
    return pa.array([None if k is None else int(cell.objects["objectId"][k]) for k in rows], pa.int64())
