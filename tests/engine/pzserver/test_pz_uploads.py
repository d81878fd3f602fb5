"""Uploads of every format that is accepted, each through registration, preview and download."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pzkit import attach, new
from replaykit import csv_of, hats_zip, table

ROWS = 25
NAMES = ["id", "ra", "dec", "z"]


def as_parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(table(ROWS), out)
    return out.getvalue()


def as_astropy(form: str) -> bytes:
    from astropy.table import Table

    out = io.BytesIO()
    Table({name: table(ROWS)[name].to_numpy() for name in NAMES}).write(out, format=form)
    return out.getvalue()


def as_hdf5() -> bytes:
    import h5py

    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        for name in NAMES:
            file[name] = table(ROWS)[name].to_numpy()
    return out.getvalue()


def as_text(delimiter: str) -> bytes:
    lines = csv_of(table(ROWS)).decode().replace('"', "").splitlines()
    return "\n".join(["# a comment", *(line.replace(",", delimiter) for line in lines)]).encode() + b"\n"


def as_zip(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def as_tar(name: str, content: bytes, mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


CSV = csv_of(table(ROWS))
UPLOADS = {
    "cat.csv": lambda: CSV,
    "CAT.CSV": lambda: CSV,
    "semicolons.csv": lambda: as_text(";"),
    "tabs.txt": lambda: as_text("\t"),
    "blanks.dat": lambda: as_text(" "),
    "cat.fits": lambda: as_astropy("fits"),
    "cat.fit": lambda: as_astropy("fits"),
    "cat.hdf5": as_hdf5,
    "cat.h5": as_hdf5,
    "cat.hf5": as_hdf5,
    "cat.parquet": as_parquet,
    "cat.pq": as_parquet,
    "cat.vot": lambda: as_astropy("votable"),
    "cat.vo": lambda: as_astropy("votable"),
    "cat.xml": lambda: as_astropy("votable"),
    "one.zip": lambda: as_zip("inner.parquet", as_parquet()),
    "one.tar": lambda: as_tar("inner.csv", CSV, "w"),
    "one.tar.gz": lambda: as_tar("inner.fits", as_astropy("fits"), "w:gz"),
    "one.tgz": lambda: as_tar("inner.csv", CSV, "w:gz"),
    "one.tar.bz2": lambda: as_tar("inner.hdf5", as_hdf5(), "w:bz2"),
    "one.tar.xz": lambda: as_tar("inner.csv", CSV, "w:xz"),
    "cat.csv.gz": lambda: gzip.compress(CSV),
}


@pytest.mark.parametrize("name", UPLOADS)
def test_a_table_of_any_accepted_format(ana, name):
    content = UPLOADS[name]()
    key = new(ana, name=name)["id"]
    file = attach(ana, key, content, name).json()
    packed = name.startswith("one.") or name.endswith(".gz")
    end = ".tar." + name.rpartition(".")[2] if ".tar." in name else "." + name.lower().rpartition(".")[2]
    assert (file["extension"], file["size"]) == (end, len(content))
    answer = ana.get(f"/products/{key}/registry/")
    assert answer.status_code == 200, answer.text
    info = ana.get(f"/products/{key}/main_file_info/").json()["main_file"]
    assert (info["n_rows"], info["n_columns"], info["is_directory"]) == (ROWS, 4, False)
    assert info["name"].startswith("inner.") or not packed or info["name"] == "cat.csv"
    columns = ana.get(f"/product-contents/?product={key}&ordering=order").json()["results"]
    names = sorted(NAMES) if "h5" in name or "hdf5" in info["name"] or "hf5" in name else NAMES  # HDF5 sorts
    assert [c["column_name"] for c in columns] == names and [c["order"] for c in columns] == [0, 1, 2, 3]
    preview = ana.get(f"/products/{key}/read_data/?page_size=3").json()
    assert (preview["count"], len(preview["results"])) == (10, 3)
    assert preview["results"][1]["id"] == 1001 and preview["results"][1]["z"] == pytest.approx(0.12)
    made = ana.post(f"/products/{key}/download/main-file/prepare/").json()
    down = ana.get(made["download_url"]).content
    assert len(down) == info["size"]
    if not packed:
        assert down == content


@pytest.mark.parametrize("at_root", [False, True])
def test_a_zipped_hats_catalogue(ana, at_root):
    content = hats_zip()
    if at_root:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as archive:
            for one in old.namelist():
                archive.writestr(one.removeprefix("specz_collection/"), old.read(one))
        content = out.getvalue()
    key = new(ana, name="hats")["id"]
    attach(ana, key, content, "my cat.zip")
    assert ana.get(f"/products/{key}/registry/").status_code == 200
    info = ana.get(f"/products/{key}/main_file_info/").json()["main_file"]
    assert info["name"] == ("my_cat_hats" if at_root else "specz_collection")
    assert (info["is_directory"], info["extension"], info["n_rows"]) == (True, "", 80)
    made = ana.post(f"/products/{key}/download/main-file/prepare/").json()
    assert made["task_id"] and made["filename"] == f"{info['name']}.zip"
    with zipfile.ZipFile(io.BytesIO(ana.get(made["download_url"]).content)) as archive:
        names = archive.namelist()
    assert "hats.properties" in names and "dataset/Norder=0/Dir=0/Npix=4.parquet" in names


def test_a_table_is_described_without_reading_it_whole(tmp_path, monkeypatch):
    """Facts of large files come from their heads: what a reader is asked for is at most a column, or ten
    rows."""
    from pz_tsm import sources
    from pz_tsm.engine.pzserver import tables

    rows = 100_000
    numbers = np.arange(rows)
    found = pa.table({"id": numbers, "ra": numbers / 7, "note": pa.array(["x"] * rows)})
    files = {"a.fits": tmp_path / "a.fits", "a.hdf5": tmp_path / "a.hdf5", "a.txt": tmp_path / "a.txt"}
    from astropy.table import Table

    Table({name: found[name].to_numpy() for name in ("id", "ra")}).write(files["a.fits"])
    import h5py

    with h5py.File(files["a.hdf5"], "w") as file:
        for name in ("id", "ra"):
            file[name] = found[name].to_numpy()
    lines = "".join(f"{i} {i / 7:.6f}\n" for i in range(rows))
    files["a.txt"].write_text(f"id ra\n{lines}")
    read = sources.read_raw
    asked = []

    def watched(path, **more):
        table = read(path, **more)
        asked.append(table.num_rows * table.num_columns)
        return table

    monkeypatch.setattr(sources, "read_raw", watched, raising=False)
    for path in files.values():
        described = tables.describe(path)
        assert (described.columns, described.n_rows) == (["id", "ra"], rows)
        assert described.preview[2] == {"id": 2, "ra": pytest.approx(2 / 7)}
    assert max(asked) == rows
