"""Folders that are whole or not there: results are written beside and renamed at the end."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pz_tsm.errors import TsmError

MARK = ".tsm-partial.json"
BUNDLE_MARKS = ("recipe.tsm.lock", "ro-crate-metadata.json")


def check(out: Path, overwrite: bool = False) -> None:
    """TsmError if a result can't be put there."""
    if out.is_symlink() and not out.exists():
        raise TsmError(f"'{out}' is a link to nothing.", where=str(out))
    if out.exists() and not out.is_dir():
        raise TsmError(f"'{out}' is a file.", remedy="Name a folder that does not exist yet.", where=str(out))
    if out.is_dir() and any(out.iterdir()):
        if not overwrite:
            raise TsmError(
                f"The folder '{out}' is not empty.",
                remedy="Name another one, or remove it first (--overwrite replaces an older bundle).",
                where=str(out),
            )
        if not any((out / name).is_file() for name in BUNDLE_MARKS):
            raise TsmError(
                f"'{out}' is no bundle, so it is not overwritten.",
                remedy="Name another folder.",
                where=str(out),
            )
    mark = _read_mark(partial(out))
    if mark and _being_written(mark):
        raise TsmError(
            f"Another run (process {mark['pid']}) is writing '{out}' now.",
            remedy="Wait for it, or name another folder.",
            where=str(out),
        )
    _writable(out)


def remove_abandoned(out: Path) -> None:
    """Remove what a killed run left beside ``out``; not what is no run's, nor what is still written."""
    part = partial(out)
    mark = _read_mark(part)
    if mark and not _being_written(mark):
        _remove(part)


def _being_written(mark: dict) -> bool:
    return (
        mark.get("host") == socket.gethostname()
        and mark.get("pid") != os.getpid()
        and _alive(mark.get("pid"))
    )


def _writable(out: Path) -> None:
    """TsmError, before any work is done, if no folder can be made there."""
    folder = Path(os.path.abspath(out)).parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise TsmError(f"'{folder}' is a file, so '{out}' can't be in it.", remedy="Name another folder.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise TsmError(f"You may not write to '{out}'.", remedy="Name another folder.", where=str(out))


def partial(out: Path) -> Path:
    return out.with_name(f"{out.name}.partial")


@contextmanager
def whole(out: Path, overwrite: bool = False) -> Iterator[Path]:
    """A folder to write into; it takes its name ``out`` only when the block ends well, else it is removed.

    What a killed run left is removed first. A full disk and a forbidden folder become a TsmError.
    """
    out = Path(os.path.abspath(out))
    check(out, overwrite)
    part = partial(out)
    try:
        if part.exists():
            if not (part / MARK).exists() and any(part.iterdir()):
                raise TsmError(f"'{part}' is in the way.", remedy="Move or remove it.", where=str(part))
            shutil.rmtree(part)
        inside = part / "bundle"
        part.mkdir(parents=True)
        # first of all: who is killed without it leaves a folder that is nobody's
        (part / MARK).write_text(
            json.dumps({"pid": os.getpid(), "host": socket.gethostname()}), encoding="utf-8"
        )
        inside.mkdir()
    except OSError as error:
        _remove(part)
        raise explained(error, out) from None
    try:
        yield inside
        _into_place(inside, out)
        _remove(part)
    except OSError as error:
        _remove(part)
        raise explained(error, out) from None
    except BaseException:
        _remove(part)
        raise


def explained(error: OSError, out: Path) -> TsmError:
    """A TsmError in words for trouble with the disk."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
        what = "Your quota" if error.errno == errno.EDQUOT else "The disk"
        free = _free(out)
        room = "" if free is None else f" ({free:,.0f} MB are free)"
        return TsmError(
            f"{what} is full: '{out}' was not written{room}.",
            remedy="Make room or name a folder on another disk, then run again. Nothing was left behind.",
            where=str(out),
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return TsmError(f"You may not write to '{out}'.", remedy="Name another folder.", where=str(out))
    name = error.filename or out
    return TsmError(
        f"'{out}' can't be written: {error.strerror or error} ({name}).",
        remedy="Name another folder.",
        where=str(out),
    )


def _into_place(part: Path, out: Path) -> None:
    old = out.with_name(f"{out.name}.old")
    if out.exists():
        if any(out.iterdir()):
            shutil.rmtree(old, ignore_errors=True)
            out.rename(old)
        else:
            out.rmdir()
    part.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _remove(part: Path) -> None:
    shutil.rmtree(part, ignore_errors=True)


def _free(out: Path) -> float | None:
    folder = out
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free / 1e6
    except OSError:
        return None


def _read_mark(part: Path) -> dict | None:
    try:
        return json.loads((part / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _alive(pid: object) -> bool:
    if not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
