"""Tables written in the formats that a process may be asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ENDINGS = {"pq": "parquet", "fit": "fits", "hf5": "hdf5", "h5": "hdf5", "txt": "csv", "tsv": "csv"}


def chosen(asked: str | None, of_input: str) -> str:
    """Format to write: the one asked for, else the input's own where we write it, else Parquet."""
    wanted = ENDINGS.get(asked or of_input, asked or of_input)
    return wanted if wanted in ("csv", "fits", "parquet", "hdf5", "hats") else "parquet"


def write(table: pa.Table, folder: Path, name: str, form: str, ra: str, dec: str) -> str:
    """Write ``name.form`` into the folder; returns the file's (or HATS folder's) name."""
    path = folder / f"{name}.{form}"
    if form == "parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, path, compression="zstd")
    elif form == "csv":
        import pyarrow.csv as pc

        pc.write_csv(table, path)
    elif form == "fits":
        write_fits(table, path)
    elif form == "hdf5":
        write_hdf5(table, path)
    else:
        write_hats(table, path, ra, dec)
    return path.name


def plain(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Values and mask of nulls. Gaps hold NaN, 0, False or an empty text."""
    import pyarrow as pa
    import pyarrow.types as pt

    column = column.combine_chunks()
    mask = column.is_null().to_numpy(zero_copy_only=False)
    kind = column.type
    if pt.is_floating(kind):
        return column.fill_null(float("nan")).to_numpy(zero_copy_only=False), mask
    if pt.is_boolean(kind) or pt.is_integer(kind):
        return column.fill_null(False if pt.is_boolean(kind) else 0).to_numpy(zero_copy_only=False), mask
    return column.cast(pa.string()).fill_null("").to_numpy(zero_copy_only=False).astype(str), mask


def write_fits(table: pa.Table, path: Path) -> None:
    from astropy.table import MaskedColumn, Table

    columns: dict[str, Any] = {}
    for name in table.column_names:
        values, mask = plain(table[name])
        gaps = values.dtype.kind in "iub" and mask.any()
        columns[name] = MaskedColumn(values, mask=mask) if gaps else values
    Table(columns).write(path, format="fits", overwrite=True)


def write_hdf5(table: pa.Table, path: Path) -> None:
    """One dataset a column, as tables_io reads them. Whole numbers with gaps become floats with NaN."""
    import h5py
    import numpy as np

    with h5py.File(path, "w") as file:
        for name in table.column_names:
            values, mask = plain(table[name])
            if values.dtype.kind in "iu" and mask.any():
                values = np.where(mask, np.nan, values.astype(float))
            if values.dtype.kind == "U":
                values = np.char.encode(values, "utf-8")
            file.create_dataset(name, data=values)


def write_hats(table: pa.Table, path: Path, ra: str, dec: str) -> None:
    try:
        import lsdb
    except ImportError:
        raise TsmError(
            "Writing HATS needs the package 'lsdb'.", remedy="Install it, or ask for Parquet."
        ) from None
    catalog = lsdb.from_dataframe(table.to_pandas(), ra_column=ra, dec_column=dec, catalog_name=path.stem)
    writer = getattr(catalog, "write_catalog", None) or catalog.to_hats
    writer(path, catalog_name=path.stem)
