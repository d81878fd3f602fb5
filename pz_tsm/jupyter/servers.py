"""Which PZ Server the user has chosen, among those that are known, the engine's own, or any other by its
address."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from pz_tsm import private, tokens
from pz_tsm.errors import TsmError

KNOWN = {
    "https://pzserver.linea.org.br/api/": ("PZ Server", "real"),
    "https://pzserver-dev.linea.org.br/api/": ("PZ Server, development", "development"),
}
HERE = ("localhost", "127.0.0.1", "::1")


def kind(url: str) -> str:
    """``engine``, ``real``, ``development`` or ``other``."""
    return KNOWN[url][1] if url in KNOWN else "other" if url else "engine"


def choices() -> list[dict[str, str]]:
    """What can be chosen without typing an address."""
    known = [{"url": url, "name": name, "kind": what} for url, (name, what) in KNOWN.items()]
    return [*known, {"url": "", "name": "this machine", "kind": "engine"}]


def clean(url: object) -> str:
    """The base URL of a server's interface, ending in a slash; empty for the engine. TsmError if it can't
    be one: a token goes there, so it has to be https, or this machine."""
    text = url.strip() if isinstance(url, str) else None
    if text == "":
        return ""
    found = urlsplit(text or "")
    secure = found.scheme == "https" or (found.scheme == "http" and found.hostname in HERE)
    if not secure or not found.hostname or found.username or found.password or found.query or found.fragment:
        raise TsmError(
            "This is not the address of a PZ Server.",
            remedy="Write it as https://pzserver.example.org/api/ (http only for this machine).",
        )
    path = found.path.rstrip("/") or "/api"
    return f"{found.scheme}://{found.netloc}{path}/"


def read() -> str | None:
    """What the user chose; None if nothing was."""
    try:
        return clean(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, TsmError):
        return None


def write(url: str) -> None:
    """Keep the choice for the next time."""
    file = _file()
    try:
        private.write(file, f"{url}\n")
    except OSError as error:
        raise TsmError(f"The choice can't be kept in {file}: {error.strerror}.") from None


def rsp_token_place() -> str | None:
    """Where the Rubin Science Platform has put its own token, which is another than the PZ Server's."""
    mounts = os.environ.get("NUBLADO_RUNTIME_MOUNTS_DIR")
    files = ["/etc/nublado/secrets/token", *([f"{mounts}/secrets/token"] if mounts else [])]
    for name in files:
        if os.access(name, os.R_OK):
            return from_home(name)
    return next((name for name in ("NUBLADO_TOKEN", "ACCESS_TOKEN") if os.environ.get(name)), None)


def from_home(place: str) -> str:
    """A path in the user's home as ``~/...``: pages, and pictures of them, need not tell who that is."""
    path = Path(place)
    return f"~/{path.relative_to(Path.home()).as_posix()}" if path.is_relative_to(Path.home()) else place


def _file() -> Path:
    return tokens.path().with_name("server")
