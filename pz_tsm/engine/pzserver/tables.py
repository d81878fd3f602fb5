"""What the registry needs to know of a product's main file: columns, number of rows, the first rows."""

from __future__ import annotations

import csv
import json
import tempfile
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.pzserver.unpack import is_hats, read_properties
from pz_tsm.errors import TsmError

if TYPE_CHECKING:
    import pyarrow as pa

PREVIEW_ROWS = 10
PICKLES = (".pkl", ".pickle", ".pcl", ".pckl")


@dataclass
class Facts:
    """A table as the registry sees it. ``details``: what main_file_info shows of a CSV."""

    columns: list[str]
    n_rows: int
    preview: list[dict[str, Any]]
    details: dict[str, Any] = field(default_factory=dict)


def describe(path: Path) -> Facts:
    """Facts of a table file or HATS folder; TsmError if it is neither."""
    if path.is_dir():
        return describe_hats(path)
    if path.suffix.lower() in PICKLES:
        raise TsmError("It is not possible to return a dataframe from this file type.", where=path.name)
    with open(path, "rb") as file:
        start = file.read(16)
    if start.startswith(b"PAR1"):
        return describe_parquet(path)
    if start.startswith(b"SIMPLE"):
        return describe_fits(path)
    if start.startswith(b"\x89HDF"):
        return describe_hdf5(path)
    if start.startswith(b"<"):
        return facts(read_any(path))
    return describe_text(path)


def read_any(path: Path) -> pa.Table:
    """The whole table, whatever its format: the library's readers know them all."""
    from pz_tsm.sources import read_raw

    return read_raw(path)


def facts(table: pa.Table, n_rows: int | None = None) -> Facts:
    return Facts(
        table.column_names,
        table.num_rows if n_rows is None else n_rows,
        records(table.slice(0, PREVIEW_ROWS)),
    )


def records(table: pa.Table) -> list[dict[str, Any]]:
    """Rows as JSON values: NaN and infinities become null, bytes and dates text."""

    def plain(value: Any) -> Any:
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, float):
            return value if value - value == 0 else None
        if isinstance(value, bytes):
            return value.decode(errors="replace")
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        return str(value)

    return [{name: plain(value) for name, value in row.items()} for row in table.to_pylist()]


def describe_parquet(path: Path) -> Facts:
    """Reads the footer and the first rows only."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            batch = next(file.iter_batches(batch_size=PREVIEW_ROWS), None)
            table = file.schema_arrow.empty_table() if batch is None else pa.Table.from_batches([batch])
            return facts(table, file.metadata.num_rows)
    except (pa.ArrowException, OSError) as error:
        raise TsmError(f"{path.name} is no readable Parquet file: {error}.", where=path.name) from None


def describe_hdf5(path: Path) -> Facts:
    """One column after the other, so that memory holds one of them at most."""
    import pyarrow as pa

    from pz_tsm.sources import read_raw
    from pz_tsm.sources.files import column_names

    count, heads = 0, {}
    for name in column_names(path)[0] or ():
        table = read_raw(path, columns=[name])
        if table.num_columns:  # a column of arrays is none of ours
            count = table.num_rows
            # a copy, since a slice would keep the whole column
            heads[name] = pa.array(table[name].slice(0, PREVIEW_ROWS).to_pylist(), table[name].type)
    return facts(pa.table(heads), count)


def describe_fits(path: Path) -> Facts:
    """Header and first rows, made a small file, which the library's reader takes as it would the whole."""
    from astropy.io import fits

    from pz_tsm.sources.files import column_names

    column_names(path)  # refuses what is truncated, in words
    with fits.open(path, memmap=True) as hdus:
        found = (hdu for hdu in hdus if isinstance(hdu, fits.BinTableHDU | fits.TableHDU))
        hdu = next(found, None)
        if hdu is None or hdu.header.get("PCOUNT", 0):  # arrays of varying length stand behind the rows
            return facts(read_any(path))
        header, count = hdu.header.copy(), int(hdu.header["NAXIS2"])
        header["NAXIS2"] = min(count, PREVIEW_ROWS)
        with open(path, "rb") as file:
            file.seek(hdu.fileinfo()["datLoc"])
            rows = file.read(header["NAXIS1"] * header["NAXIS2"])
    with tempfile.TemporaryDirectory() as folder:
        head = Path(folder) / path.name
        blank = b" " if header["XTENSION"].strip() == "TABLE" else b"\0"
        whole = fits.PrimaryHDU().header.tostring() + header.tostring()
        head.write_bytes(whole.encode("ascii") + rows + blank * (-len(rows) % 2880))
        return facts(read_any(head), count)


def describe_hats(path: Path) -> Facts:
    """A HATS catalogue or collection: its properties, and the first rows of one partition."""
    import pyarrow.parquet as pq

    if not is_hats(path):
        raise TsmError(f"{path.name} is no HATS catalogue.", where=path.name)
    catalog = path
    if (path / "collection.properties").is_file():
        catalog = path / read_properties(path / "collection.properties").get("hats_primary_table_url", "")
    leaves = sorted(p for p in catalog.rglob("*.parquet") if "Npix" in str(p))
    if not leaves:
        raise TsmError(f"The HATS catalogue {path.name} holds no data.", where=path.name)
    hidden = {"Norder", "Dir", "Npix", "_healpix_29"}
    first = describe_parquet(leaves[0])
    mark = next((catalog / m for m in ("hats.properties", "properties") if (catalog / m).is_file()), None)
    rows = read_properties(mark).get("hats_nrows", "") if mark else ""
    count = int(rows) if rows.isdigit() else sum(pq.ParquetFile(leaf).metadata.num_rows for leaf in leaves)
    columns = [name for name in first.columns if name not in hidden]
    return Facts(columns, count, [{name: row[name] for name in columns} for row in first.preview])


def describe_text(path: Path) -> Facts:
    """Delimited text. Without a header the columns are named 0, 1, ... as the real server does."""
    import pyarrow as pa
    import pyarrow.csv as pc

    skip, lines = first_lines(path)
    if not lines:
        raise TsmError(f"{path.name} has no rows.", where=path.name)
    delimiter = sniff_delimiter(lines)
    rows = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter == " "))
    has_header = not any(is_number(cell) for cell in rows[0])
    names = [name.strip() for name in rows[0]] if has_header else [str(i) for i in range(len(rows[0]))]
    if delimiter == " ":
        if not has_header:
            raise TsmError(f"{path.name} has no line of column names.", where=path.name)
        return describe_aligned(path, skip)
    reading = pc.ReadOptions(skip_rows=skip + int(has_header), column_names=names)
    parsing = pc.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    try:
        with pc.open_csv(path, reading, parsing, pc.ConvertOptions(strings_can_be_null=True)) as reader:
            first = next(iter(reader), None)
        # Once more, block by block, for what is wrong further down and for the number of rows. The types of
        # the first block need not hold there, so all cells of one column are taken as text.
        one = pc.ConvertOptions(include_columns=names[:1], column_types={names[0]: pa.binary()})
        with pc.open_csv(path, reading, parsing, one) as reader:
            count = sum(batch.num_rows for batch in reader)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise TsmError(f"{path.name} can't be read as a table of text: {error}.", where=path.name) from None
    if first is None or not count or (len(names) == 1 and not has_header):
        raise TsmError(
            f"{path.name} does not look like a table: no rows under a line of column names.", where=path.name
        )
    found = facts(pa.Table.from_batches([first.slice(0, PREVIEW_ROWS)]), count)
    found.details = {"delimiter": delimiter, "has_header": has_header, "columns": names}
    return found


def describe_aligned(path: Path, skip: int) -> Facts:
    """Text whose columns are apart by blanks: the first rows as a small file, the others are counted."""
    with open(path, "rb") as file, tempfile.TemporaryDirectory() as folder:
        head = Path(folder) / path.name
        head.write_bytes(b"".join(islice(file, skip + 1 + PREVIEW_ROWS)))
        found = facts(read_any(head))
        found.n_rows += sum(1 for line in file if line.strip() and not line.startswith(b"#"))
    return found


def first_lines(path: Path, wanted: int = 20) -> tuple[int, list[str]]:
    """Comment lines to skip, and the first lines after them. Binary content is refused."""
    skip, lines = 0, []
    with open(path, "rb") as file:
        for raw in file:
            if b"\x00" in raw or len(raw) > 10**6:
                raise TsmError(f"{path.name} is neither a known table format nor text.", where=path.name)
            text = raw.decode("utf-8-sig" if not skip and not lines else "utf-8", errors="replace").rstrip(
                "\r\n"
            )
            if not lines and (text.startswith("#") or not text.strip()):
                skip += 1
                continue
            lines.append(text)
            if len(lines) >= wanted:
                break
    return skip, lines


def sniff_delimiter(lines: list[str]) -> str:
    """The delimiter that cuts the first lines into the same number (> 1) of cells; comma if none does."""
    for delimiter in (",", ";", "\t", "|"):
        counts = {len(row) for row in csv.reader(lines, delimiter=delimiter) if row}
        if len(counts) == 1 and counts.pop() > 1:
            return delimiter
    if all(len(line.split()) == len(lines[0].split()) > 1 for line in lines if line.strip()):
        return " "
    return max((",", ";", "\t", "|"), key=lambda d: lines[0].count(d))


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def write_preview(folder: Path, found: Facts) -> None:
    """``__table_preview.json`` of the product, which read_data answers from (and which is in the zip)."""
    text = json.dumps({"columns": found.columns, "records": found.preview}, ensure_ascii=False)
    part = folder / ".part-preview"
    part.write_text(text)
    part.replace(folder / PREVIEW)


PREVIEW = "__table_preview.json"
