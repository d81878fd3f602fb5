"""Verifications that held, kept in the user's cache folder: a bundle whose very bytes were verified whole
before needs the sha256 of its files only.

A record is made only when every rule held, and holds only for the same files with the same sha256, the same
version of this package, the same sources of its rules and the same libraries under them.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm import bundle, private
from pz_tsm.version import version

if TYPE_CHECKING:
    from pz_tsm.bundle.verify import VerifyReport

FORMAT = "tsm-verified/1"
NAMES = {"format", "key", "when", "warnings", "checked"}
IGNORED = (".ipynb_checkpoints", ".DS_Store")  # what others leave in a bundle's folder
AT_MOST = 300  # records; those not used for longest go
LARGEST = 200_000  # bytes of a record
LIBRARIES = ("numpy", "pyarrow", "scipy", "h5py", "pydantic", "ruamel.yaml")
UNSEEN = {"engine", "jupyter", "labextension", "widgets", "cli", "mock", "__pycache__"}  # no rule is there
State = tuple[int, int, int, int]  # size, times of content and entry in ns, inode


def states(folder: Path) -> dict[str, State] | None:
    """Every file of a bundle, by its path below the folder; None where no record can speak for them: links
    to other folders, files that can't be looked at."""
    try:
        return {name: _state(Path(path)) for name, path in _files(folder, "")}
    except OSError:
        return None


def key(hashes: Mapping[str, str]) -> str:
    """What a verification depends on: the files with their sha256, this package, the libraries below it."""
    return _sha256([version(), _sources(), _libraries(), sorted(hashes.items())])


def may_be_known(seen: Mapping[str, State] | None) -> bool:
    """Whether there is a record of files of these names and sizes, whose sha256 is worth waiting for."""
    return seen is not None and _place(seen).is_file()


def recall(seen: Mapping[str, State], hashes: Mapping[str, str]) -> dict[str, Any] | None:
    """The record of a verification of these very bytes: ``when``, ``warnings``, ``checked``; else None."""
    path = _place(seen)
    with suppress(OSError, ValueError):
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST or not _own(found):
            return None
        said = json.loads(path.read_text(encoding="utf-8"))
        if _whole(said) and said["key"] == key(hashes):
            os.utime(path)
            return said
    return None


def keep(seen: Mapping[str, State], hashes: Mapping[str, str], report: VerifyReport) -> None:
    """Remember a verification in which every rule held; nothing is said where that is not possible."""
    if not report.ok or set(seen) != set(hashes) or _others_rules():
        return
    body = {
        "format": FORMAT,
        "key": key(hashes),
        "when": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "warnings": report.warnings,
        "checked": report.checked,
    }
    text = json.dumps({**body, "sha256": _sha256(body)})
    if len(text) > LARGEST:
        return
    with suppress(OSError):
        private.write(_place(seen), text)
        _prune()


def line(said: Mapping[str, Any]) -> str:
    """What is told of a remembered verification."""
    return (
        f"all rules held for these very bytes on {said['when'][:10]}, by this version of pz-tsm; "
        "the sha256 of all files was checked now"
    )


def folder() -> Path:
    """Where records are: in PZ_TSM_CACHE, else in the user's cache folder."""
    given = os.environ.get("PZ_TSM_CACHE")
    if given:
        return Path(given) / "verified"
    from platformdirs import user_cache_path

    return user_cache_path("pz-tsm") / "verified"


def _place(seen: Mapping[str, State]) -> Path:
    names = sorted((name, state[0]) for name, state in seen.items())
    return folder() / f"{_sha256([FORMAT, names])[:32]}.json"


def _files(place: Path, before: str) -> Iterator[tuple[str, str]]:
    for one in os.scandir(place):
        if one.name in IGNORED:
            continue
        if one.is_dir():
            if one.is_symlink():
                raise OSError("a link to another folder")
            yield from _files(Path(one.path), f"{before}{one.name}/")
        else:
            yield f"{before}{one.name}", one.path


def _state(path: Path) -> State:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError("no file")
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _own(found: os.stat_result) -> bool:
    """Nobody else could have written it."""
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


def _whole(said: Any) -> bool:
    """A record that says what one must, and was not damaged."""
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        return False
    body = {name: value for name, value in said.items() if name != "sha256"}
    return set(body) == NAMES and said.get("sha256") == _sha256(body)


def _prune() -> None:
    """Remove what was not used for longest."""
    records = sorted(folder().glob("*.json"), key=lambda one: one.stat().st_mtime, reverse=True)
    for path in records[AT_MOST:]:
        path.unlink(missing_ok=True)


@cache
def _sources() -> str:
    """Of all code and data that rules are made of, so that no change of a rule is hidden by a record."""
    found = hashlib.sha256()
    root = Path(bundle.__file__).parents[1]
    for place, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - UNSEEN)
        for name in sorted(names):
            path = Path(place, name)
            content = path.read_bytes()
            found.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
            found.update(content)
    return found.hexdigest()


@cache
def _libraries() -> list[str]:
    found = [sys.version]
    for name in LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            found.append(f"{name} {metadata.version(name)}")
    return found


@cache
def _others_rules() -> bool:
    """Whether other packages bring split methods, whose code is not looked at here."""
    return bool(metadata.entry_points(group="pz_tsm.split_methods"))


def _sha256(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
