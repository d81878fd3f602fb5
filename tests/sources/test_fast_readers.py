"""What FITS and VOTable are read by without astropy gives what astropy gives."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits as io
from astropy.io.votable import from_table, writeto
from astropy.table import MaskedColumn, Table

from pz_tsm.errors import TsmError
from pz_tsm.sources.formats import fits, fits_plain, votable, votable_binary


def same(one, other):
    assert one.schema.equals(other.schema, check_metadata=True)
    for name in one.column_names:
        a, b = one[name].combine_chunks(), other[name].combine_chunks()
        assert a.is_valid().equals(b.is_valid()) and a.equals(b), name


@pytest.fixture
def by_astropy(monkeypatch):
    """Reads a file again by astropy."""

    def read(module, path):
        for plain in (fits_plain, votable_binary):
            monkeypatch.setattr(plain, "read", lambda path, columns=None: None)
        monkeypatch.setattr(votable, "_of_text", lambda path, columns: None)
        return module.read(path)

    return read


def test_plain_columns_of_fits(tmp_path, by_astropy):
    columns = [
        io.Column("u", "J", bzero=2**31, array=np.array([1, 4_000_000_000, 5], "u4")),
        io.Column("k", "K", bzero=2**63, array=np.array([1, 2**63 + 5, 2], "u8")),
        io.Column("b", "B", null=7, array=np.array([5, 3, 7], "u1")),
        io.Column("q", "J", null=-9, array=[1, -9, 3]),
        io.Column("l", "L", array=[True, False, True]),
        io.Column("s", "7A", unit="mag", array=np.array([b"ab  ", b"", b"x y"])),
        io.Column("e", "2A", array=np.array(["é".encode(), b"z", b"zz"])),
        io.Column("v", "3E", array=np.arange(9, dtype="f4").reshape(3, 3)),
        io.Column("i", "I", array=[1, 2, 3]),
        io.Column("d", "D", array=[1, np.nan, 3]),
    ]
    hdu = io.BinTableHDU.from_columns(columns)
    hdu.header["TUCD1"], hdu.header["TCOMM2"], hdu.header["ACCESS"] = "meta.id", "it's", "public"
    hdu.header.comments["TTYPE3"] = "a comment / of its own"
    path = tmp_path / "a.fits"
    io.HDUList([io.PrimaryHDU(np.zeros((3, 3))), hdu]).writeto(path)
    plain = fits_plain.read(path)
    assert fits_plain.read(path, ["d", "s"]).column_names == ["s", "d"]
    same(plain, by_astropy(fits, path))


@pytest.mark.parametrize(
    "column",
    [
        io.Column("a", "B", bzero=-128, array=np.array([-5, 3], "i1")),
        io.Column("a", "PJ()", array=np.array([[1], [1, 2]], dtype=object)),
        io.Column("a", "C", array=np.array([1j, 2])),
    ],
)
def test_other_columns_of_fits_are_for_astropy(tmp_path, column):
    io.BinTableHDU.from_columns([column]).writeto(tmp_path / "a.fits")
    assert fits_plain.read(tmp_path / "a.fits") is None


def test_more_rows_than_a_block(tmp_path, by_astropy):
    values = np.random.default_rng(1).normal(size=(200_000, 2))
    Table({"x": values[:, 0], "y": values[:, 1].astype("f4")}).write(tmp_path / "a.fits")
    plain = fits_plain.read(tmp_path / "a.fits")
    same(plain, by_astropy(fits, tmp_path / "a.fits"))


@pytest.mark.parametrize("kind", ["binary", "binary2"])
@pytest.mark.parametrize("varying", [False, True])
def test_binary_votables(tmp_path, by_astropy, kind, varying):
    n, rng = 300, np.random.default_rng(2)
    none = rng.random(n) < (0.1 if kind == "binary2" else 0)  # BINARY has no place for a whole number's null
    texts = np.array(["ab", "c d", "", "xyz12"], dtype=object if varying else None)
    table = Table(
        {
            "id": rng.integers(-(2**62), 2**62, n),
            "ra": rng.uniform(0, 360, n),
            "z": MaskedColumn(rng.normal(size=n).astype("f4"), mask=none),
            "q": MaskedColumn(rng.integers(0, 5, n).astype("i2"), mask=none),
            "b": rng.random(n) < 0.5,
            "u": rng.integers(0, 255, n).astype("u1"),
            "s": texts[rng.integers(0, 4, n)],
            "v": rng.normal(size=(n, 3)),
            "t": texts[rng.integers(0, 4, n)],
            "last": rng.normal(size=n),
        }
    )
    table["ra"].unit, table["last"].description = "deg", "the last"
    path = tmp_path / "a.vot"
    writeto(from_table(table), str(path), tabledata_format=kind)
    plain = votable_binary.read(path)
    assert votable_binary.read(path, ["q"]).column_names == ["q"]
    same(plain, by_astropy(votable, path))


def test_votables_of_text(tmp_path, by_astropy, monkeypatch):
    n, rng = 300, np.random.default_rng(2)
    none = rng.random(n) < 0.1
    texts = np.array(["ab", "c d", "", "x<&yz"])
    table = Table(
        {
            "id": rng.integers(-(2**62), 2**62, n),
            "ra": rng.uniform(0, 360, n),
            "z": MaskedColumn(rng.normal(size=n).astype("f4"), mask=none),
            "q": MaskedColumn(rng.integers(0, 5, n).astype("i2"), mask=none),
            "b": rng.random(n) < 0.5,
            "u": rng.integers(0, 255, n).astype("u1"),
            "s": texts[rng.integers(0, 4, n)],
            "t": texts.astype(object)[rng.integers(0, 4, n)],
        }
    )
    table["ra"].unit, table["u"].description = "deg", "the last"
    path = tmp_path / "a.vot"
    writeto(from_table(table), str(path), tabledata_format="tabledata")
    import astropy.io.votable

    with monkeypatch.context() as without:
        without.setattr(astropy.io.votable, "parse", None)
        plain = votable.read(path)
        assert votable.read(path, columns=["z", "q"]).column_names == ["z", "q"]
    same(plain, by_astropy(votable, path))


def test_other_votables_of_text_are_for_astropy(tmp_path):
    path = tmp_path / "a.vot"
    writeto(from_table(Table({"v": np.arange(6.0).reshape(2, 3), "x": [1, 2]})), str(path))
    assert votable.read(path)["v"].to_pylist() == [[0, 1, 2], [3, 4, 5]]
    plain = tmp_path / "b.vot"
    writeto(from_table(Table({"x": [1, 2]})), str(plain))
    named = plain.read_text().replace("TABLEDATA>", "TABLEDATA >")
    plain.write_text(named)
    assert votable.read(plain)["x"].to_pylist() == [1, 2]
    with pytest.raises(TsmError, match="'y'"):
        votable.read(plain, columns=["y"])
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(TsmError, match="cut off"):
        votable.read(path)


def test_a_votable_that_is_cut_off_is_not_read(tmp_path):
    path = tmp_path / "a.vot"
    writeto(from_table(Table({"x": np.arange(5000.0)})), str(path), tabledata_format="binary2")
    whole = path.read_bytes()
    for end in (len(whole) // 2, whole.index(b"</STREAM>")):
        path.write_bytes(whole[:end])
        assert votable_binary.read(path) is None
