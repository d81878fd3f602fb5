"""Entries of a user or a group: files, folders, web addresses, products of a PZ Server."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.sources.registry.model import Entry
from pz_tsm.sources.registry.reading import read_entries
from pz_tsm.sources.registry.rules import with_rules

VARIABLE = "PZ_TSM_REGISTRY"
PRODUCT = "pzserver:"
LARGEST = 20_000_000  # bytes of a file of entries
FRESH = 600.0  # seconds for which an answer from the network is kept
AGAIN = 60.0  # seconds after which a place that failed is asked again
TIMEOUT = 20.0

_read: dict[tuple, tuple[float, Any]] = {}


def named() -> list[str]:
    """What ``PZ_TSM_REGISTRY`` names: paths apart by ``:`` (``;`` on Windows); addresses apart by ``;``."""
    found = []
    for part in os.environ.get(VARIABLE, "").split(";"):
        part = part.strip()
        found += [part] if is_remote(part) else part.split(os.pathsep)
    return [part.strip() for part in found if part.strip()]


def is_remote(place: str) -> bool:
    return place.startswith(PRODUCT) or "://" in place


def own_entries(places: Sequence[str | Path]) -> list[Entry]:
    """The entries of all these places; of two with one id the later stays. TsmError says which is wrong."""
    found: dict[str, Entry] = {}
    for place in places:
        for entry in _of(str(place)):
            found[entry.id] = entry
    return list(found.values())


def _of(place: str) -> tuple[Entry, ...]:
    if place.startswith(PRODUCT):
        name = place.removeprefix(PRODUCT).strip()
        return _fresh(place, lambda: _product(name))
    if "://" in place:
        return _fresh(place, lambda: _fetched(place))
    path = Path(place).expanduser()
    files = sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
    return tuple(entry for file in files for entry in _file(file))


def _file(path: Path) -> tuple[Entry, ...]:
    try:
        stat = path.stat()
        key = (str(path), stat.st_mtime_ns, stat.st_size)
        if key not in _read:
            _read[key] = (0.0, _entries(path.read_bytes(), path.name))
    except OSError as error:
        raise TsmError(
            f"The registry file '{path}' can't be read: {error.strerror}.",
            remedy=f"Correct its path, or take it out of {VARIABLE}.",
            where=str(path),
        ) from None
    return _read[key][1]


def _fresh(place: str, make: Callable[[], tuple[Entry, ...]]) -> tuple[Entry, ...]:
    """What ``make`` gives, or the TsmError that it raises; both are kept for a while."""
    when, kept = _read.get((place,), (float("-inf"), ()))
    if time.monotonic() - when > (AGAIN if isinstance(kept, TsmError) else FRESH):
        try:
            kept = make()
        except TsmError as error:
            kept = error
        _read[(place,)] = (time.monotonic(), kept)
    if isinstance(kept, TsmError):
        raise kept
    return kept


def _fetched(url: str) -> tuple[Entry, ...]:
    import httpx

    body = b""
    try:
        with httpx.stream("GET", url, timeout=TIMEOUT, follow_redirects=True) as answer:
            if answer.status_code != 200:
                raise _unread(url, f"it answers {answer.status_code}")
            for block in answer.iter_bytes():
                body += block
                if len(body) > LARGEST:
                    raise _unread(url, f"it is larger than {LARGEST // 1_000_000} MB")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _unread(url, str(error) or type(error).__name__) from None
    return _entries(body, url)


def _product(name: str) -> tuple[Entry, ...]:
    from pz_tsm.ops.base import Context
    from pz_tsm.sources import pzserver

    place = pzserver.fetch(name, Context())
    path = Path(place["path"])
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise _unread(f"{PRODUCT}{name}", "its main file is no file of the registry")
    return _entries(path.read_bytes(), place["location"])


def _entries(body: bytes, shown: str) -> tuple[Entry, ...]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TsmError(
            f"The registry file '{shown}' is no text in UTF-8.", remedy="It is written in YAML.", where=shown
        ) from None
    return tuple(with_rules(entry) for entry in read_entries(text, shown))


def _unread(place: str, why: str) -> TsmError:
    return TsmError(
        f"The registry at '{place}' can't be read: {why}.",
        remedy=f"Check the address, or take it out of {VARIABLE}.",
        where=place,
    )
