"""The training set in other file formats, beside the Parquet file that counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa


def access(table: pa.Table) -> str:
    return (table.schema.metadata or {}).get(b"tsm:access", b"public").decode()


def csv(path: Path, table: pa.Table) -> None:
    """Comma-separated text; nulls are empty, 64-bit ids exact. Access, units and meanings stand in a file
    beside it."""
    from pyarrow import csv as arrow_csv

    from pz_tsm.bundle.columns import schema_json

    arrow_csv.write_csv(table, path)
    said = {"tsm:access": access(table), **schema_json(table.schema, path.name)}
    beside = path.with_name(f"{path.name}-metadata.json")
    beside.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def fits(path: Path, table: pa.Table) -> None:
    """A binary table with TUNITn; null numbers are NaN, null whole numbers -1 with TNULLn, null texts
    empty."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt
    from astropy.io import fits as io

    columns = []
    for field in table.schema:
        column, kind = table[field.name], field.type
        unit = (field.metadata or {}).get(b"unit", b"").decode() or None
        if pt.is_boolean(kind):
            columns.append(io.Column(field.name, "L", array=pc.fill_null(column, False).to_numpy()))
        elif pt.is_integer(kind):
            blank = -1 if column.null_count else None
            data = (pc.fill_null(column, pa.scalar(-1, kind)) if column.null_count else column).to_numpy()
            code = {1: "I", 2: "I", 4: "J", 8: "K"}[data.dtype.itemsize]
            columns.append(io.Column(field.name, code, unit=unit, null=blank, array=data))
        elif pt.is_floating(kind):
            code = "E" if kind == pa.float32() else "D"
            columns.append(
                io.Column(field.name, code, unit=unit, array=column.to_numpy(zero_copy_only=False))
            )
        else:
            texts = np.array(
                [(text or "").encode("ascii", "replace") for text in column.cast(pa.string()).to_pylist()]
                or [b""]
            )
            columns.append(
                io.Column(field.name, f"{max(1, texts.dtype.itemsize)}A", array=texts[: table.num_rows])
            )
    hdu = io.BinTableHDU.from_columns(columns, name="TRAINING_SET")
    hdu.header["ACCESS"] = (access(table), "who may see the rows")
    io.HDUList([io.PrimaryHDU(), hdu]).writeto(path)


def hdf5(path: Path, table: pa.Table) -> None:
    """One-dimensional data sets; null numbers are NaN, null whole numbers -1, null texts empty."""
    import h5py
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        file.attrs["access"] = access(table)
        for field in table.schema:
            column, kind = table[field.name], field.type
            if pt.is_boolean(kind):
                data = pc.fill_null(column, False).to_numpy()
            elif pt.is_integer(kind):
                data = (pc.fill_null(column, pa.scalar(-1, kind)) if column.null_count else column).to_numpy()
            elif pt.is_floating(kind):
                data = column.to_numpy(zero_copy_only=False)
            else:
                texts = [(text or "").encode() for text in column.cast(pa.string()).to_pylist()]
                data = np.array(texts, dtype=f"S{max([1, *map(len, texts)])}")
            dataset = file.create_dataset(field.name, data=data, track_times=False)
            for key in ("unit", "description"):
                text = (field.metadata or {}).get(key.encode())
                if text:
                    dataset.attrs[key] = text.decode()


WRITERS: dict[str, tuple[str, Callable[[Path, pa.Table], None]]] = {
    "csv": ("training_set.csv", csv),
    "fits": ("training_set.fits", fits),
    "hdf5": ("training_set.hdf5", hdf5),
}
