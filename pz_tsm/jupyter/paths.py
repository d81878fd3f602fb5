"""Contents paths, as the file browser shows them, to files on disk; requests that name them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError


class Forbidden(TsmError):
    """The path is not for the browser (403)."""


def root(contents_manager: Any) -> Path | None:
    """The folder that the file browser shows, if it shows one of this machine."""
    found = getattr(contents_manager, "root_dir", None)
    return Path(os.path.abspath(os.path.expanduser(found))) if found else None


def to_disk(contents_manager: Any, path: str) -> Path:
    """The file of a contents path. Forbidden for what lies outside the root or is hidden there."""
    folder = root(contents_manager)
    if folder is None:
        raise Forbidden("The file browser of this Jupyter server does not show files of this machine.")
    drive, colon, rest = path.partition(":")
    if colon and drive == "RTC":  # the collaborative drive shows the same files
        path = rest
    found = Path(os.path.normpath(folder / path.strip("/")))
    check(contents_manager, found, path)
    return found


def check(contents_manager: Any, found: Path, shown: str) -> None:
    """Forbidden unless the file browser could show that file."""
    from jupyter_core.paths import is_hidden

    folder = root(contents_manager)
    if folder is None or not (found == folder or found.is_relative_to(folder)) or "\0" in shown:
        raise Forbidden(
            f"'{shown}' lies outside the folder of the file browser.",
            remedy="Move it there, then try again.",
            where=shown,
        )
    hidden = any(part.startswith(".") for part in found.relative_to(folder).parts) or is_hidden(
        str(found), str(folder)
    )
    if hidden and not getattr(contents_manager, "allow_hidden", False):
        raise Forbidden(
            f"'{shown}' is hidden.", remedy="Give it a name that does not start with a dot.", where=shown
        )


OF_RECIPES = ("plan", "preview", "coverage", "code", "move", "runs")  # their path is one of the file browser


def rewrite(contents_manager: Any, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body for the engine: ``contents`` replaced by what the route takes, other paths checked.

    tables: ``file``; ``OF_RECIPES``: ``base`` (where the recipe's paths start), ``path`` and, to run it,
    ``bundle`` if it is a bundle's; verify, export: ``path``; registry/downloads: ``folder``.
    """
    body = dict(body)
    for key in ("file", "base", "out", "path", "table", "folder", "bundle"):
        if isinstance(body.get(key), str) and not (key == "path" and path in OF_RECIPES):
            check(contents_manager, Path(os.path.normpath(body[key])), body[key])
    from pz_tsm.bundle.opened import base_of, is_bundle

    shown = body.pop("contents", None)
    if not isinstance(shown, str):
        return body
    found = to_disk(contents_manager, shown)
    if path == "tables":
        body["file"] = str(found)
    elif path == "registry/downloads":
        body["folder"] = str(found)
    elif path == "verify" or path.endswith("/export"):
        body["path"] = str(found)
    else:
        body["base"] = str(base_of(found.parent))
        if path == "runs" and is_bundle(found.parent):
            body["bundle"] = str(found.parent)
        body["path"] = shown
    return body
