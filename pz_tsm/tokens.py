"""The user's token of a PZ Server: in the system's keyring, else in a file that only the user can read.

It is read at each use, belongs to one server, and is never written into a recipe, a notebook, a log or a
bundle.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from pz_tsm.errors import TsmError

SERVICE = "pz-tsm"
VARIABLES = ("PZ_TSM_PZSERVER_TOKEN", "PZSERVER_TOKEN")


def path() -> Path:
    """The file with the token in its first line and, in the second, the address that it is for."""
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "pz-tsm" / "token"


def clean(token: object) -> str:
    """The token without blanks around it; TsmError if it can't be one."""
    text = token.strip() if isinstance(token, str) else ""
    if not re.fullmatch(r"[\x21-\x7e]{8,512}", text):
        raise TsmError(
            "This is not a token.", remedy="Paste the token alone: 40 letters and digits, no blanks."
        )
    return text


def read(url: str, *, environment: bool = True) -> str | None:
    """The token for the server at ``url``: from the file, the keyring, or the variable PZSERVER_TOKEN.

    The variable does not say which server it is for: without ``environment`` it is not looked at.
    """
    return _from_file(url) or _from_keyring(url) or (_from_environment() if environment else None)


def place(url: str, *, environment: bool = True) -> str | None:
    """Where ``read`` finds it: the file's path, "the system's keyring", or the variable's name."""
    if _from_file(url):
        return str(path())
    if _from_keyring(url):
        return "the system's keyring"
    names = VARIABLES if environment else ()
    return next((name for name in names if os.environ.get(name, "").strip()), None)


def store(url: str, token: str) -> None:
    """Keep a token: in the keyring if there is a working one, else in the 0600 file."""
    token = clean(token)
    if _keyring_store(url, token):
        path().unlink(missing_ok=True)
        return
    target = path()
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, part = tempfile.mkstemp(prefix=".token-", dir=target.parent)  # 0600 by itself
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{token}\n{url}\n")
        os.replace(part, target)
    except OSError as error:
        raise TsmError(f"The token can't be kept in {target}: {error.strerror}.") from None


def forget(url: str) -> None:
    """Remove what ``store`` kept."""
    if _from_file(url):
        path().unlink(missing_ok=True)
    try:
        import keyring

        keyring.delete_password(SERVICE, url)
    except Exception:  # no keyring, a locked one, or nothing in it
        pass


def _from_file(url: str) -> str | None:
    file = path()
    try:
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)
        lines = file.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return None
    if not lines or (len(lines) > 1 and _same(lines[1]) != _same(url)):
        return None  # a token is never shown to a server that it is not for
    return lines[0]


def _from_keyring(url: str) -> str | None:
    try:
        import keyring

        return keyring.get_password(SERVICE, url)
    except Exception:
        return None


def _from_environment() -> str | None:
    return next((text for name in VARIABLES if (text := os.environ.get(name, "").strip())), None)


def _keyring_store(url: str, token: str) -> bool:
    try:
        import keyring

        keyring.set_password(SERVICE, url, token)
        return keyring.get_password(SERVICE, url) == token
    except Exception:
        return False


def _same(url: str) -> str:
    return url.rstrip("/")
