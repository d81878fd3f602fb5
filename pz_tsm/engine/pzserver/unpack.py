"""Archives that a user uploads as a product's main file: looked into, checked, unpacked. Nothing leaves the
target."""

from __future__ import annotations

import gzip
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from pz_tsm.errors import TsmError

ARCHIVES = (".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip", ".tar", ".gz")
TABULAR = (".csv", ".txt", ".fits", ".fit", ".h5", ".hf5", ".hdf5", ".hdf", ".parquet", ".pq")
HATS_MARKS = ("collection.properties", "hats.properties", "properties")
MAX_MEMBERS = 500_000
MAX_BYTES = 200 * 10**9
MAX_RATIO = 1000  # a bomb unpacks to far more than this times its size


def archive_suffix(name: str) -> str | None:
    """The archive ending of a file name, or None."""
    return next((end for end in ARCHIVES if name.lower().endswith(end)), None)


def refuse(path: Path, why: str) -> TsmError:
    return TsmError(f"The archive {path.name} can't be used: {why}.", where=path.name)


def safe_name(path: Path, name: str) -> PurePosixPath:
    """A member's path, if it stays inside; names with backslashes or drives are refused too."""
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\\" in name or ":" in name.split("/")[0]:
        raise refuse(path, f"its member '{name}' points outside")
    return pure


def members(path: Path, name: str) -> Iterator[tuple[PurePosixPath, int, IO[bytes]]]:
    """Path, size and open stream of every regular file in the archive; links and devices are refused."""
    suffix = archive_suffix(name)
    if suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if info.is_dir():
                    continue
                if stat.S_ISLNK(info.external_attr >> 16):
                    raise refuse(path, f"its member '{info.filename}' is a link")
                with archive.open(info) as stream:
                    yield safe_name(path, info.filename), info.file_size, stream
    elif suffix == ".gz":
        with gzip.open(path) as stream:
            yield PurePosixPath(name[: -len(".gz")]), 0, stream
    else:
        with tarfile.open(path) as archive:
            for entry in archive:
                if entry.isdir():
                    continue
                stream = archive.extractfile(entry) if entry.isfile() else None
                if stream is None:
                    raise refuse(path, f"its member '{entry.name}' is a link or a device")
                with stream:
                    yield safe_name(path, entry.name), entry.size, stream


def unpack(path: Path, name: str, target: Path) -> list[PurePosixPath]:
    """Unpack into the empty folder ``target``; returns the paths of the files. TsmError if the archive is
    unfit."""
    limit = min(MAX_BYTES, max(10**8, path.stat().st_size * MAX_RATIO))
    written = 0
    names: list[PurePosixPath] = []
    try:
        for member, _, stream in members(path, name):
            if member.parts[0] == "__MACOSX" or member.name == ".DS_Store":
                continue
            names.append(member)
            if len(names) > MAX_MEMBERS:
                raise refuse(path, f"it holds more than {MAX_MEMBERS} files")
            place = target.joinpath(*member.parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            with open(place, "xb") as out:
                while chunk := stream.read(1 << 20):
                    written += len(chunk)
                    if written > limit:
                        raise refuse(path, "it unpacks to far too many bytes")
                    out.write(chunk)
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        EOFError,
        gzip.BadGzipFile,
        RuntimeError,
        OSError,
        ValueError,
    ) as error:
        shutil.rmtree(target, ignore_errors=True)
        raise refuse(path, f"it is damaged ({error})") from None
    except TsmError:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return names


def read_properties(path: Path) -> dict[str, str]:
    """A HATS properties file: ``name = value`` lines."""
    pairs = (line.split("=", 1) for line in path.read_text(errors="replace").splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, value in pairs if not name.strip().startswith("#")}


def is_hats(folder: Path) -> bool:
    """Whether the folder is a HATS catalogue of objects, or a collection."""
    if (folder / "collection.properties").is_file():
        return True
    for mark in HATS_MARKS[1:]:
        if (folder / mark).is_file():
            kind = read_properties(folder / mark).get("dataproduct_type", "object")
            leaves = list(folder.glob("dataset/**/*.parquet")) or list(folder.glob("Norder*/**/*.parquet"))
            return kind == "object" and bool(leaves)
    return False


def find_hats(folder: Path) -> Path | None:
    """The HATS catalogue at the folder's root or one level down."""
    places = [folder, *sorted(place for place in folder.iterdir() if place.is_dir())]
    return next((place for place in places if is_hats(place)), None)
