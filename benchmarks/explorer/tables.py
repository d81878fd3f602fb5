"""Mock catalogues of 12 columns, 61 bytes a row, made once into the cache folder."""

from __future__ import annotations

from pathlib import Path

ROWS = {"500k": 500_000, "1m": 1_000_000, "3m": 3_000_000}
BYTES_A_ROW = 61  # 4 of 8 bytes, 1 of 1, 7 of 4 (texts as codes)
FIELDS = 9
SURVEYS = ("MOCK-DEEP", "MOCK-WIDE", "MOCK-GRISM", "MOCK-PROB", "MOCK-OLD")
TYPES = ("s", "g", "p")


def make(folder: Path, name: str) -> Path:
    """The Parquet file of a table; ``name`` is a key of ``ROWS``."""
    import pyarrow.parquet as pq

    path = folder / f"mock_{name}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        half_made = path.with_suffix(".part")
        pq.write_table(table(ROWS[name]), half_made)
        half_made.rename(path)
    return path


def size(folder: Path, name: str) -> int:
    """Bytes of a table's columns in Arrow."""
    import pyarrow.parquet as pq

    return pq.read_table(make(folder, name)).nbytes


def table(rows: int):
    """Fields on the sky, n(z) of two humps, magnitudes that follow it; ids below 2**53, which quak needs."""
    import numpy as np
    import pyarrow as pa

    rng = np.random.default_rng(rows)
    centre = rng.integers(0, FIELDS, rows)
    ra0 = np.linspace(20, 340, FIELDS)[centre]
    dec0 = np.linspace(-45, 5, FIELDS)[centre]
    dec = dec0 + rng.normal(0, 1.2, rows)
    ra = (ra0 + rng.normal(0, 1.5, rows) / np.cos(np.radians(dec))) % 360
    survey = rng.choice(len(SURVEYS), rows, p=[0.4, 0.25, 0.2, 0.1, 0.05])
    far = rng.random(rows) < 0.12
    redshift = np.where(far, rng.gamma(9, 0.22, rows), rng.gamma(3.2, 0.19, rows))
    redshift[rng.random(rows) < 0.02] = np.nan
    i_mag = np.clip(19 + 3.6 * np.log1p(np.nan_to_num(redshift)) + rng.normal(0, 0.9, rows), 15, 27.5)
    colour = 0.4 + 0.9 * np.nan_to_num(redshift) * np.exp(-np.nan_to_num(redshift) / 1.5)
    g_mag = i_mag + colour + rng.normal(0, 0.25, rows)
    g_mag[rng.random(rows) < 0.03] = np.nan
    error = 0.01 + 10 ** (0.4 * (i_mag - 28))
    columns = {
        "object_id": 39_627_000_000_000 + np.arange(rows, dtype=np.int64) * 7,
        "ra": ra,
        "dec": dec,
        "redshift": redshift,
        "redshift_err": (0.0005 * (1 + np.nan_to_num(redshift)) * rng.gamma(2, 0.5, rows)).astype("f4"),
        "z_flag": rng.choice(np.array([0, 1, 2, 3, 4], np.int8), rows, p=[0.05, 0.1, 0.15, 0.3, 0.4]),
        "survey": _text(survey, SURVEYS),
        "type": _text(rng.choice(3, rows, p=[0.7, 0.2, 0.1]), TYPES),
        "g_mag": g_mag.astype("f4"),
        "i_mag": i_mag.astype("f4"),
        "g_mag_err": error.astype("f4"),
        "i_mag_err": (0.7 * error).astype("f4"),
    }
    arrays = {
        name: pa.array(values, from_pandas=True) if hasattr(values, "dtype") else values
        for name, values in columns.items()
    }
    return pa.table(arrays)


def _text(codes, words):
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(words)).cast(pa.string())
