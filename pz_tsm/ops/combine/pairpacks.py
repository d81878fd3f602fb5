"""Packs of pairs on disk: what one search found, by pair of catalogues, in one file.

A pack is written whole and renamed into its folder. Its head lists the keys it holds; head and body carry a
digest, and a pack that does not match them is removed. The folder may be deleted at any time, and by anyone.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

MAGIC = b"tsm-pairs/1\n"
KEY = 16  # bytes of a key, and of a digest
BYTES = 1 << 30  # what the folder may hold
PACKS = 256
LEFTOVER = 3600.0  # seconds after which a file half written is taken for abandoned


class Entry(NamedTuple):
    """Pairs of rows, by their places within each of the two catalogues."""

    first: np.ndarray
    second: np.ndarray


def folder() -> Path:
    """Where packs are: in PZ_TSM_CACHE, else in the user's cache folder."""
    given = os.environ.get("PZ_TSM_CACHE")
    if given:
        return Path(given) / "pairs"
    from platformdirs import user_cache_path

    return user_cache_path("pz-tsm") / "pairs"


def read(place: Path, wanted: Iterable[bytes]) -> dict[bytes, Entry]:
    """Of the wanted keys those that some pack holds."""
    left, found = set(wanted), {}
    for path in _packs(place):
        if not left:
            break
        with contextlib.suppress(OSError):  # another process may remove it
            got = _read(path, left)
            if got is None:
                path.unlink()
            elif got:
                found |= got
                left -= got.keys()
                os.utime(path)  # the packs not used for longest go first
    return found


def write(place: Path, keys: list[bytes], counts: np.ndarray, entries: Entry) -> None:
    """A pack of these keys; ``entries``: pairs of all of them one after the other, ``counts`` of each."""
    import numpy as np

    body = entries.first.astype("<i4").tobytes() + entries.second.astype("<i4").tobytes()
    listed = b"".join(keys) + np.asarray(counts, dtype="<i8").tobytes()
    head = _size(len(keys)) + _digest(body) + listed
    name = _digest(head).hex()
    temporary = place / f".{name}-{os.getpid()}-{time.monotonic_ns()}"
    place.mkdir(parents=True, exist_ok=True)
    try:
        with temporary.open("wb") as file:
            file.write(MAGIC + _digest(head) + head)
            file.write(body)
        temporary.replace(place / name)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _prune(place)


def _packs(place: Path) -> list[Path]:
    """The packs, those last used first."""
    try:
        found = [one for one in os.scandir(place) if not one.name.startswith(".")]
        return [Path(one.path) for one in sorted(found, key=lambda one: one.stat().st_mtime, reverse=True)]
    except OSError:
        return []


def _read(path: Path, wanted: set[bytes]) -> dict[bytes, Entry] | None:
    """Entries of the wanted keys in a pack; None where it is damaged."""
    import numpy as np

    with path.open("rb") as file:
        start = file.read(len(MAGIC) + KEY + 8)
        number = int.from_bytes(start[-8:], "little")
        if len(start) < len(MAGIC) + KEY + 8 or not start.startswith(MAGIC) or number > 1 << 20:
            return None
        rest = file.read(KEY + number * (KEY + 8))
        if _digest(start[-8:] + rest) != start[len(MAGIC) : -8]:
            return None
        listed = rest[KEY:]
        keys = [listed[k * KEY : (k + 1) * KEY] for k in range(number)]
        if wanted.isdisjoint(keys):
            return {}
        body = file.read()
    if _digest(body) != rest[:KEY]:
        return None
    ends = np.cumsum(np.frombuffer(listed, dtype="<i8", offset=number * KEY)).tolist()
    first, second = np.frombuffer(body, dtype="<i4").reshape(2, -1)
    return {
        key: Entry(first[start:end], second[start:end])
        for key, start, end in zip(keys, [0, *ends], ends, strict=False)
        if key in wanted
    }


def _digest(data: bytes) -> bytes:
    import xxhash

    return xxhash.xxh3_128_digest(data)


def _size(number: int) -> bytes:
    return number.to_bytes(8, "little")


def _prune(place: Path) -> None:
    """Remove what was not used for longest until the folder is below its limits, and files half written."""
    packs = []
    for one in os.scandir(place):
        with contextlib.suppress(OSError):
            said = one.stat()
            if not one.name.startswith("."):
                packs.append((said.st_mtime, said.st_size, one.path))
            elif time.time() - said.st_mtime > LEFTOVER:
                os.unlink(one.path)
    total = 0
    for place_, (_, size, path) in enumerate(sorted(packs, reverse=True)):
        total += size
        if total > BYTES or place_ >= PACKS:
            with contextlib.suppress(OSError):
                os.unlink(path)
