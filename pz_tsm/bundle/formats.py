"""The training set in other file formats, beside the Parquet file that counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pz_tsm import arrays
from pz_tsm.bundle import headers, texts

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
    """A binary table with TUNITn, TUCDn and TCOMMn; null numbers are NaN, null whole numbers -1 with TNULLn,
    null texts empty. A second table, TSM_META, holds recipe, lock, meanings and citations."""
    import pyarrow as pa
    import pyarrow.types as pt
    from astropy.io import fits as io

    columns = []
    for field in table.schema:
        column, kind = table[field.name], field.type
        unit = (field.metadata or {}).get(b"unit", b"").decode() or None
        if pt.is_boolean(kind):
            columns.append(io.Column(field.name, "L", array=arrays.truths(column)))
        elif pt.is_integer(kind):
            blank = -1 if column.null_count else None
            data = arrays.numbers(_filled(column, -1))
            code = {1: "I", 2: "I", 4: "J", 8: "K"}[data.dtype.itemsize]
            columns.append(io.Column(field.name, code, unit=unit, null=blank, array=data))
        elif pt.is_floating(kind):
            code = "E" if kind == pa.float32() else "D"
            data = arrays.numbers(_filled(column, float("nan")))
            columns.append(io.Column(field.name, code, unit=unit, array=data))
        else:
            data = texts.fixed(column, ascii_only=True)
            columns.append(io.Column(field.name, f"{data.dtype.itemsize}A", array=data))
    hdu = io.BinTableHDU.from_columns(columns, name="TRAINING_SET")
    hdu.header["ACCESS"] = (access(table), "who may see the rows")
    io.HDUList([io.PrimaryHDU(), hdu, *headers.fits(hdu, table)]).writeto(path)


def hdf5(path: Path, table: pa.Table) -> None:
    """One-dimensional data sets; null numbers are NaN, null whole numbers -1, null texts empty."""
    import h5py
    import pyarrow.types as pt

    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        file.attrs["access"] = access(table)
        for field in table.schema:
            column, kind = table[field.name], field.type
            if pt.is_boolean(kind):
                data = arrays.truths(column)
            elif pt.is_integer(kind):
                data = arrays.numbers(_filled(column, -1))
            elif pt.is_floating(kind):
                data = arrays.numbers(_filled(column, float("nan")))
            else:
                data = texts.fixed(column)
            dataset = file.create_dataset(field.name, data=data, track_times=False)
            for key in ("unit", "description"):
                text = (field.metadata or {}).get(key.encode())
                if text:
                    dataset.attrs[key] = text.decode()
        headers.hdf5(file, table)


def _filled(column: pa.ChunkedArray, value: float) -> pa.ChunkedArray:
    """Without nulls: ``value`` stands for them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.fill_null(column, pa.scalar(value, column.type)) if column.null_count else column


WRITERS: dict[str, tuple[str, Callable[[Path, pa.Table], None]]] = {
    "csv": ("training_set.csv", csv),
    "fits": ("training_set.fits", fits),
    "hdf5": ("training_set.hdf5", hdf5),
}
