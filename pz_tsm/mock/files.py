"""Writers that take a table in pieces and leave the same bytes for the same rows: no dates in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

Columns = dict[str, np.ndarray]
FLUSH_ROWS = 100_000


class Writer:
    """``add`` pieces, then ``close``. ``rows`` counts what came in."""

    def __init__(self, path: Path) -> None:
        self.path, self.rows = path, 0
        self._pieces: list[Columns] = []
        self._waiting = 0
        path.unlink(missing_ok=True)

    def add(self, columns: Columns) -> None:
        n = len(next(iter(columns.values())))
        self.rows += n
        self._waiting += n
        self._pieces.append(columns)
        if self._waiting >= FLUSH_ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._pieces:
            self._write(
                {name: np.concatenate([piece[name] for piece in self._pieces]) for name in self._pieces[0]}
            )
        self._pieces, self._waiting = [], 0

    def _write(self, columns: Columns) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self._flush()


class ParquetWriter(Writer):
    """``units``: name -> unit, kept in the field's metadata."""

    def __init__(self, path: Path, units: dict[str, str]) -> None:
        super().__init__(path)
        self._units, self._file = units, None

    def _write(self, columns: Columns) -> None:
        import pyarrow as pa

        arrays = [pa.array(v.tolist() if v.dtype.kind == "U" else v) for v in columns.values()]
        fields = [
            pa.field(name, array.type, metadata={"unit": self._units[name]} if name in self._units else None)
            for name, array in zip(columns, arrays, strict=True)
        ]
        self.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)))

    def write_table(self, table) -> None:
        import pyarrow.parquet as pq

        if self._file is None:
            self._file = pq.ParquetWriter(self.path, table.schema, compression="zstd")
        self._file.write_table(table)

    def close(self) -> None:
        super().close()
        if self._file is not None:
            self._file.close()


class FitsWriter(Writer):
    """One binary table; the number of rows enters the header at the end."""

    CODES = {"i8": "K", "i4": "J", "f8": "D", "f4": "E", "b1": "L"}

    def __init__(self, path: Path, units: dict[str, str]) -> None:
        super().__init__(path)
        self._units, self._dtype, self._total = units, None, 0

    def _code(self, dtype: np.dtype) -> str:
        return f"{dtype.itemsize}A" if dtype.kind == "S" else self.CODES[dtype.str[1:]]

    def _header(self) -> bytes:
        from astropy.io import fits

        primary = fits.Header([("SIMPLE", True), ("BITPIX", 8), ("NAXIS", 0), ("EXTEND", True)])
        cards = [
            ("XTENSION", "BINTABLE"),
            ("BITPIX", 8),
            ("NAXIS", 2),
            ("NAXIS1", self._row.itemsize),
            ("NAXIS2", self._total),
            ("PCOUNT", 0),
            ("GCOUNT", 1),
            ("TFIELDS", len(self._dtype)),
        ]
        for k, (name, dtype) in enumerate(self._dtype.items(), 1):
            cards += [(f"TTYPE{k}", name), (f"TFORM{k}", self._code(dtype))]
            cards += [(f"TUNIT{k}", self._units[name])] if name in self._units else []
        table = fits.Header(
            [*cards, ("EXTNAME", "MOCK"), ("ORIGIN", "pz_tsm mock sky: nothing here is real")]
        )
        return (primary.tostring() + table.tostring()).encode("ascii")

    def _write(self, columns: Columns) -> None:
        if self._dtype is None:
            self._dtype = {name: values.dtype for name, values in columns.items()}
            stored = [(n, "S1" if d.kind == "b" else d.newbyteorder(">")) for n, d in self._dtype.items()]
            self._row = np.dtype(stored)
            self.path.write_bytes(self._header())
        data = np.empty(len(next(iter(columns.values()))), self._row)
        for name, values in columns.items():
            data[name] = np.where(values, b"T", b"F") if values.dtype.kind == "b" else values
        self._total += len(data)
        with self.path.open("ab") as file:
            file.write(data.tobytes())

    def close(self) -> None:
        super().close()
        with self.path.open("r+b") as file:
            file.write(self._header())
            file.seek(0, 2)
            file.write(b"\0" * (-file.tell() % 2880))


class CsvWriter(Writer):
    """``formats``: name -> format of a number."""

    def __init__(self, path: Path, formats: dict[str, str]) -> None:
        super().__init__(path)
        self._formats = formats

    def _write(self, columns: Columns) -> None:
        texts = [
            [format(v, self._formats[name]) for v in values.tolist()]
            if name in self._formats
            else values.tolist()
            for name, values in columns.items()
        ]
        new = not self.path.exists()
        with self.path.open("a", encoding="utf-8", newline="") as file:
            if new:
                file.write(",".join(columns) + "\n")
            file.writelines(",".join(row) + "\n" for row in zip(*texts, strict=True))


class Hdf5Writer(Writer):
    """1-D datasets at the top level, as tables_io and RAIL write them."""

    def __init__(self, path: Path, units: dict[str, str]) -> None:
        super().__init__(path)
        self._units, self._file = units, None

    def _write(self, columns: Columns) -> None:
        import h5py

        if self._file is None:
            self._file = h5py.File(self.path, "w", libver="v110", track_order=False)
            for name, values in columns.items():
                data = self._file.create_dataset(
                    name,
                    (0,),
                    values.dtype,
                    maxshape=(None,),
                    chunks=(min(FLUSH_ROWS, 16384),),
                    track_times=False,
                )
                if name in self._units:
                    data.attrs["unit"] = self._units[name]
        for name, values in columns.items():
            data = self._file[name]
            at = data.shape[0]
            data.resize((at + len(values),))
            data[at:] = values

    def close(self) -> None:
        super().close()
        if self._file is not None:
            self._file.close()
