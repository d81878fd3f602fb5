"""FITS binary and ASCII tables. The first table of the file is read: by ``fits_plain`` where its columns are
plain, else by astropy, column by column."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pz_tsm.sources.files import refuse_repeated, refuse_truncated
from pz_tsm.sources.formats import fits_plain
from pz_tsm.sources.formats.common import field, known_access, no_table, only, to_arrow


def read(path: Path, *, columns: Sequence[str] | None = None, **_: Any) -> Any:
    import pyarrow as pa

    plain = fits_plain.read(path, columns)
    if plain is not None:
        return plain
    with _open(path) as hdus:
        hdu = _table(hdus, path)
        refuse_repeated(hdu.columns.names, path.name)
        data = hdu.data
        arrays, fields = [], []
        for name in only(hdu.columns.names, columns, path.name):
            array = _column(data, hdu.columns[name])
            if array is not None:
                arrays.append(array)
                fields.append(_field(name, array, hdu))
        said = {"tsm:access": str(hdu.header["ACCESS"])} if "ACCESS" in hdu.header else None
        return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=known_access(said)))


def names(path: Path) -> list[str]:
    plain = fits_plain.names(path)
    if plain is not None:
        return plain
    with _open(path) as hdus:
        return list(_table(hdus, path).columns.names)


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    from astropy.io import fits

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy warns of truncation and of odd headers: both are told below
        try:
            opened = fits.open(path, memmap=True, lazy_load_hdus=False)
        except (OSError, EOFError) as error:
            if "truncated" in str(error).lower() or "end-of-stream" in str(error):
                raise refuse_truncated(path, "fits") from None
            raise
        with opened as hdus:
            yield hdus


def _table(hdus: Any, path: Path) -> Any:
    from astropy.io import fits

    for hdu in hdus:
        if isinstance(hdu, fits.BinTableHDU | fits.TableHDU):
            info = hdu.fileinfo() or {}
            end = (info.get("datLoc") or 0) + (hdu.header["NAXIS1"] * hdu.header["NAXIS2"])
            if not path.name.endswith((".gz", ".fz")) and path.stat().st_size < end:
                missing = end - path.stat().st_size
                raise refuse_truncated(path, "fits", f": {missing:,} bytes of its table are missing")
            return hdu
    if len(hdus) == 1 and hdus[0].header.get("EXTEND") and not hdus[0].header.get("NAXIS"):
        raise refuse_truncated(path, "fits", " or holds no table: nothing follows its first header")
    raise no_table(path.name, "only images or headers", "Give the file with the catalogue.")


def _column(data: Any, column: Any) -> Any:
    import numpy as np

    raw = data.view(np.ndarray)
    if raw.dtype.names and column.name in raw.dtype.names and raw.dtype[column.name].kind == "S":
        if "A" in str(column.format):  # text as it stands: decoding it here is slow
            return to_arrow(raw[column.name])
    values = data.field(column.name)
    if isinstance(values, np.chararray):
        values = values.view(np.ndarray)
    values = np.asarray(values)
    invalid = None
    if column.null not in (None, "") and values.dtype.kind in "iu":
        null = int(column.null) + int(column.bzero or 0)
        invalid = values == null
    return to_arrow(values, invalid, nan_is_null=True)


def _field(name: str, array: Any, hdu: Any) -> Any:
    number = hdu.columns.names.index(name) + 1
    header = hdu.header
    return field(
        name,
        array,
        unit=hdu.columns[name].unit,
        ucd=header.get(f"TUCD{number}"),
        description=header.get(f"TCOMM{number}") or header.comments[f"TTYPE{number}"],
    )
