"""Every format gives the same table; what is no table is told in words."""

from __future__ import annotations

import gzip
import pickle

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.table import Table

from pz_tsm.errors import TsmError
from pz_tsm.sources import read_raw, sniff
from pz_tsm.sources.content import content_name

BIG = 2**53 + 1
SMALL = {
    "ID": pa.array([BIG, -5, 7], pa.int64()),
    "RA": pa.array([10.5, 359.25, 0.125]),
    "Z": pa.array([0.5, None, 1.25], pa.float32()),
    "NAME": pa.array(["a", "b c", "é"]),
    "N": pa.array([1, 2, 3], pa.int16()),
}


@pytest.fixture
def table():
    return pa.table(SMALL)


def astropy_table():
    made = Table({"ID": np.array([BIG, -5, 7]), "RA": np.array([10.5, 359.25, 0.125])})
    made["Z"] = np.array([0.5, np.nan, 1.25], "f4")
    made["NAME"] = np.array(["a", "b c", "é"])
    made["N"] = np.array([1, 2, 3], "i2")
    made["RA"].unit = "deg"
    made["RA"].description = "right ascension"
    return made


def write(kind, path, table):
    if kind == "parquet":
        pq.write_table(table, path)
    elif kind == "fits":  # FITS is ASCII: the accent must go in as bytes
        columns = [fits.Column("ID", "K", array=np.array([BIG, -5, 7]))]
        columns.append(fits.Column("RA", "D", "deg", array=[10.5, 359.25, 0.125]))
        columns.append(fits.Column("Z", "E", array=np.array([0.5, np.nan, 1.25], "f4")))
        columns.append(fits.Column("NAME", "5A", array=np.array([b"a", b"b c", "é".encode()])))
        columns.append(fits.Column("N", "I", array=np.array([1, 2, 3], "i2")))
        fits.BinTableHDU.from_columns(columns).writeto(path)
    elif kind == "csv":
        pyarrow.csv.write_csv(table, path)
    elif kind == "hdf5":
        with h5py.File(path, "w") as file:
            for name in table.column_names:
                values = table[name].to_pylist()
                if name == "NAME":
                    file[name] = np.array([v.encode() for v in values])
                else:  # big-endian, as FITS converters leave them
                    kind = {"ID": ">i8", "RA": ">f8", "Z": ">f4", "N": ">i2"}[name]
                    file[name] = np.array([np.nan if v is None else v for v in values], dtype=kind)
            file["RA"].attrs["unit"] = "deg"
    elif kind == "votable":
        astropy_table().write(path, format="votable")
    elif kind == "arrow":
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    return path


@pytest.mark.parametrize("kind", ["parquet", "fits", "csv", "hdf5", "votable", "arrow"])
def test_each_format_gives_the_same_rows_exactly(kind, table, tmp_path):
    path = write(kind, tmp_path / "table.dat", table)
    assert sniff(path) == kind, "the content decides, not the name"
    read = read_raw(path)
    assert sorted(read.column_names) == sorted(table.column_names)
    assert read["ID"].type == pa.int64() and read["ID"].to_pylist() == [BIG, -5, 7]
    assert read["RA"].to_pylist() == [10.5, 359.25, 0.125]
    z = read["Z"].to_pylist()
    assert z[0] == 0.5 and z[2] == 1.25 and (z[1] is None or z[1] != z[1])
    assert read["NAME"].type == pa.string()
    if kind != "votable":  # astropy writes VOTable text as ASCII
        assert read["NAME"].to_pylist() == ["a", "b c", "é"]
    assert read["N"].to_pylist() == [1, 2, 3]


@pytest.mark.parametrize("kind", ["parquet", "fits", "hdf5", "arrow"])
def test_the_content_has_one_name_in_every_format(kind, table, tmp_path):
    path = write(kind, tmp_path / "x", table)
    assert content_name(read_raw(path)) == content_name(table)
    assert content_name(table.take([2, 0, 1]).select(table.column_names[::-1])) == content_name(table)
    assert content_name(table.slice(0, 2)) != content_name(table)


@pytest.mark.parametrize("kind", ["fits", "votable", "hdf5"])
def test_units_stay_with_their_columns(kind, table, tmp_path):
    field = read_raw(write(kind, tmp_path / "x", table)).schema.field("RA")
    assert field.metadata[b"unit"] == b"deg"


def test_fits_integers_with_a_null_value_become_null(tmp_path):
    column = fits.Column("Q", "J", null=-9, array=np.array([1, -9, 3]))
    fits.BinTableHDU.from_columns([column]).writeto(tmp_path / "q.fits")
    assert read_raw(tmp_path / "q.fits")["Q"].to_pylist() == [1, None, 3]


def test_columns_of_arrays_survive_the_reading(tmp_path):
    column = fits.Column("C", "3E", array=np.arange(6, dtype="f4").reshape(2, 3))
    fits.BinTableHDU.from_columns([column]).writeto(tmp_path / "c.fits")
    assert read_raw(tmp_path / "c.fits")["C"].to_pylist() == [[0, 1, 2], [3, 4, 5]]


CSVS = {
    "tabs": "ra\tdec\tz\n1.5\t2\t0.1\n",
    "semicolons": "ra;dec;z\n1.5;2;0.1\n",
    "bars": "ra|dec|z\n1.5|2|0.1\n",
    "blanks": "  ra   dec z\n  1.5   2  0.1\n",
    "comments before, between and after": "# made today\n# by hand\nra,dec,z\n1.5,2,0.1\n# the end\n",
    "names in the last comment": "# survey X\n# ra dec z\n1.5 2 0.1\n",
    "a byte-order mark and CRLF": "\ufeffra,dec,z\r\n1.5,2,0.1\r\n",
    "blank lines": "\nra,dec,z\n\n1.5,2,0.1\n\n",
}


@pytest.mark.parametrize("case", CSVS)
def test_text_tables_as_people_write_them(case, tmp_path):
    (tmp_path / "t.txt").write_bytes(CSVS[case].encode())
    read = read_raw(tmp_path / "t.txt")
    assert read.to_pydict() == {"ra": [1.5], "dec": [2], "z": [0.1]}


def test_text_tables_may_be_packed(tmp_path):
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"ra,dec,z\n1.5,2,0.1\n"))
    assert read_raw(tmp_path / "t.csv.gz").num_rows == 1


def test_text_numbers_lose_nothing(tmp_path):
    rows = ["007,18446744073709551615,2026-11-23,1,NaN", "8,18446744073709551614,2026-11-24,x,5"]
    (tmp_path / "t.csv").write_text("\n".join(["id,huge,day,mixed,n", *rows]))
    read = read_raw(tmp_path / "t.csv", text=["id"])
    assert read["id"].to_pylist() == ["007", "8"]
    assert read["huge"].to_pylist() == ["18446744073709551615", "18446744073709551614"]
    assert read["day"].to_pylist() == ["2026-11-23", "2026-11-24"]
    assert read["mixed"].to_pylist() == ["1", "x"]
    assert read["n"].to_pylist() == [None, 5]


def test_a_column_that_turns_into_text_late_is_still_read(tmp_path):
    rows = [f"{i},{i / 7:.5f},{'x' * 120}" for i in range(1, 80_000)]
    rows[-1] = "last,0.5,x"
    (tmp_path / "t.csv").write_text("a,b,c\n" + "\n".join(rows) + "\n")
    read = read_raw(tmp_path / "t.csv")
    assert read["a"][-1].as_py() == "last" and read["b"].type == pa.float64()


def test_ecsv_units_and_text_are_kept(tmp_path):
    made = Table({"ra": [1.5], "id": ["007"]})
    made["ra"].unit = "deg"
    made.write(tmp_path / "t.ecsv")
    read = read_raw(tmp_path / "t.ecsv")
    assert read["id"].to_pylist() == ["007"]
    assert read.schema.field("ra").metadata[b"unit"] == b"deg"


def test_hdf5_groups(tmp_path):
    with h5py.File(tmp_path / "g.hdf5", "w") as file:
        file["photometry/ra"], file["photometry/z"] = np.arange(3.0), np.arange(3.0)
    assert read_raw(tmp_path / "g.hdf5").column_names == ["ra", "z"]
    with h5py.File(tmp_path / "g.hdf5", "a") as file:
        file["other/x"] = np.arange(2.0)
    with pytest.raises(TsmError) as error:
        read_raw(tmp_path / "g.hdf5")
    assert "other" in error.value.message and "group" in error.value.remedy
    assert read_raw(tmp_path / "g.hdf5", group="photometry").num_rows == 3
    with h5py.File(tmp_path / "c.hdf5", "w") as file:
        file["table"] = np.array([(1.5, 2)], dtype=[("ra", ">f8"), ("n", "i4")])
    assert read_raw(tmp_path / "c.hdf5").to_pydict() == {"ra": [1.5], "n": [2]}


def bad_files(folder, table):
    pq.write_table(table, folder / "good.parquet")
    whole = (folder / "good.parquet").read_bytes()
    write("fits", folder / "good.fits", table)
    many = fits.BinTableHDU.from_columns([fits.Column("RA", "D", array=np.arange(20_000.0))])
    many.writeto(folder / "many.fits")
    write("votable", folder / "good.vot", table)
    return {
        "an empty file": (b"", "empty"),
        "a cut Parquet file": (whole[:-20], "cut off"),
        "a cut FITS file": ((folder / "many.fits").read_bytes()[:50_000], "cut off"),
        "FITS without a table": (b"", None),
        "a cut VOTable": ((folder / "good.vot").read_bytes()[:-60], "cut off"),
        "a cut gzip file": (gzip.compress(b"ra,dec\n" + b"1,2\n" * 9999)[:-30], "read"),
        "a web page": (b"<!DOCTYPE html><html>login</html>", "web page"),
        "a ZIP archive": (b"PK\x03\x04" + b"\0" * 50, "ZIP"),
        "a pickle": (pickle.dumps({"a": 1}, 4) + b"\0", "pickle"),
        "a PDF": (b"%PDF-1.5", "PDF"),
        "random bytes": (bytes(range(256)) * 4, "no table"),
        "UTF-16": ("ra,dec\n1,2\n".encode("utf-16"), None),
        "names without rows": (b"ra,dec,z\n", "no rows"),
        "only comments": (b"# a\n# b\n", "no rows"),
        "no names": (b"1.5,2,0.1\n2.5,3,0.2\n", "column names"),
        "one column": (b"hello\nworld\n", "delimiter"),
        "a row too long": (b"ra,dec\n1,2\n1,2,3\n", "values"),
        "two columns of one name": (b"ra,dec,ra\n1,2,3\n", "several columns named 'ra'"),
        "a column without a name": (b"ra,,z\n1,2,3\n", "no name"),
    }


def test_bad_files_are_refused_in_words(table, tmp_path):
    from pz_tsm.sources import load

    for case, (content, said) in bad_files(tmp_path, table).items():
        if case == "FITS without a table":
            fits.PrimaryHDU(np.zeros((3, 3))).writeto(tmp_path / "bad")
            said = "no table"
        else:
            (tmp_path / "bad").write_bytes(content)
        with pytest.raises(TsmError) as error:
            load({"from": {"file": "bad"}}, tmp_path)
        assert "bad" in error.value.message, case
        if said:
            assert said in error.value.message, (case, error.value.message)
        (tmp_path / "bad").unlink()


def test_repeated_names_are_refused_in_every_format(tmp_path):
    twice = pa.Table.from_arrays([pa.array([1.0]), pa.array([2.0])], names=["ra", "ra"])
    pq.write_table(twice, tmp_path / "t.parquet")
    columns = [fits.Column("ra", "D", array=[1.0]), fits.Column("dec", "D", array=[1.0])]
    fits.BinTableHDU.from_columns(columns).writeto(tmp_path / "t.fits")
    raw = (tmp_path / "t.fits").read_bytes().replace(b"'dec     '", b"'ra      '")
    (tmp_path / "t.fits").write_bytes(raw)
    for name in ("t.parquet", "t.fits"):
        with pytest.raises(TsmError, match="several columns named 'ra'"):
            read_raw(tmp_path / name)


def test_a_missing_file_names_its_neighbours(tmp_path):
    (tmp_path / "vvds.parquet").write_bytes(b"")
    with pytest.raises(TsmError) as error:
        sniff(tmp_path / "vdvs.parquet")
    assert "vvds.parquet" in error.value.remedy


def test_pandas_own_hdf5_is_refused_with_a_way_out(tmp_path):
    with h5py.File(tmp_path / "p.h5", "w") as file:
        file.create_group("df").attrs["pandas_type"] = "frame"
        file["df/axis0"] = np.arange(3)
    with pytest.raises(TsmError) as error:
        read_raw(tmp_path / "p.h5")
    assert "pandas" in error.value.message and "Parquet" in error.value.remedy


def test_hats_catalogues_are_read_whole(shared):
    read = read_raw(shared / "data" / "hats" / "elais_fbmc_collection")
    assert read.num_rows == 3762 and "_healpix_29" not in read.column_names


def test_three_formats_of_a_real_catalogue_agree(shared):
    folder = shared / "data" / "formats"
    tables = {kind: read_raw(folder / f"vandels_dr4.{kind}") for kind in ("csv", "fits", "hdf5")}
    reference = read_raw(shared / "data" / "specz" / "vandels_dr4.parquet")
    for kind, table in tables.items():
        assert table.num_rows == 1000, kind
        for name in ("alpha", "delta"):
            assert table[name].to_pylist() == reference[name].to_pylist(), (kind, name)
        flags = [None if v is None or v != v else v for v in table["zflg"].to_pylist()]
        assert flags == reference["zflg"].to_pylist(), kind


def test_ids_from_a_text_file_are_the_same_content(tmp_path):
    from pz_tsm.sources import load

    path = tmp_path / "a.csv"
    path.write_text("id,ra,dec,z\n9007199254740993,10.5,-1.0,0.25\n7,11.5,-1.0,0.5\n")
    pq.write_table(
        pa.table({"id": [9007199254740993, 7], "ra": [10.5, 11.5], "dec": [-1.0, -1.0], "z": [0.25, 0.5]}),
        tmp_path / "a.parquet",
    )
    text, binary = (load({"from": {"file": f"a.{end}"}}, tmp_path) for end in ("csv", "parquet"))
    assert text.origin["product"] == binary.origin["product"]
    assert text.table["row_id"].to_pylist() == binary.table["row_id"].to_pylist()
