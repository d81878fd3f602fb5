"""Folders of results that can be made again: only the last ones stay."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path


def trim(folder: Path, pattern: str, most: int, keep: Collection[Path]) -> None:
    """Remove all but the ``most`` files written or used last, and those to ``keep``.

    Other processes may do the same at the same time.
    """
    found = []
    for path in folder.glob(pattern):
        with suppress(OSError):
            found.append((path.stat().st_mtime, path))
    for _, path in sorted(found, reverse=True)[most:]:
        if path not in keep:
            with suppress(OSError):
                path.unlink()
