"""Users and their tokens. A token is shown once and kept only as a hash; a user has at most one."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pz_tsm.engine.pzserver.db import Database, now
from pz_tsm.engine.pzserver.errors import unauthorized
from pz_tsm.errors import TsmError

LOCAL_USER = "local"


@dataclass(frozen=True)
class User:
    """Who is asking. ``groups`` are ids."""

    id: int
    username: str
    display_name: str
    is_admin: bool
    groups: frozenset[int] = frozenset()


def hash_token(token: str) -> str:
    """Tokens are 160 random bits: one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    return secrets.token_hex(20)


def database(data: Path) -> Database:
    """The database of a data directory, with its fixed rows, also when no engine runs."""
    from pz_tsm.engine.pzserver.fixtures import ensure_fixtures

    db = Database(Path(data) / "engine.sqlite")
    ensure_fixtures(db)
    return db


def ensure_user(
    db: Database,
    name: str,
    *,
    admin: bool = False,
    groups: Iterable[str] = (),
    first_name: str = "",
    last_name: str = "",
) -> int:
    """Make the user if there is none of that name; set admin and add groups. Returns the id."""
    if not re.fullmatch(r"[\w.@+-]{1,150}", name):
        raise TsmError(
            f"'{name}' can't be a user name.",
            remedy="Use letters, digits and any of . _ @ + - (no blanks).",
            where=name,
        )
    with db.write():
        key = db.scalar("SELECT id FROM users WHERE username = ?", name)
        if key is None:
            row = {"username": name, "first_name": first_name, "last_name": last_name, "created_at": now()}
            key = db.insert("users", {**row, "display_name": name.split("@")[0], "is_admin": int(admin)})
        elif admin:
            db.update("users", key, {"is_admin": 1})
        for group in groups:
            db.run("INSERT OR IGNORE INTO groups (name) VALUES (?)", group)
            db.run("INSERT OR IGNORE INTO user_groups SELECT ?, id FROM groups WHERE name = ?", key, group)
    return int(key)


def rotate_token(db: Database, user_id: int) -> str:
    """A new token for the user; the old one is refused from now on."""
    token = new_token()
    db.update("users", user_id, {"token_hash": hash_token(token)})
    return token


def add_user(
    data: Path,
    name: str,
    admin: bool = False,
    groups: Iterable[str] = (),
    first_name: str = "",
    last_name: str = "",
) -> str:
    """Add a user (or give an existing one a new token) in a data directory; returns the token.

    The engine may be running. Belonging to the group ``Admin`` makes an admin too.
    """
    db = database(Path(data))
    try:
        key = ensure_user(db, name, admin=admin, groups=groups, first_name=first_name, last_name=last_name)
        return rotate_token(db, key)
    finally:
        db.close()


def load_user(db: Database, where: str, value: object) -> User | None:
    row = db.one(
        f"SELECT id, username, display_name, is_admin, is_active FROM users WHERE {where} = ?", value
    )
    if row is None:
        return None
    if not row["is_active"]:
        raise unauthorized("User inactive or deleted.")
    groups = db.all(
        "SELECT g.id, g.name FROM user_groups u JOIN groups g ON g.id = u.group_id WHERE u.user_id = ?",
        row["id"],
    )
    admin = bool(row["is_admin"]) or any(g["name"] == "Admin" for g in groups)
    return User(row["id"], row["username"], row["display_name"], admin, frozenset(g["id"] for g in groups))


def authenticate(db: Database, header: str | None, runtime_token: str | None) -> User:
    """The user of an ``Authorization`` header; ApiError 401 says what is wrong with it."""
    words = (header or "").split()
    if not words or words[0].lower() not in ("token", "bearer"):
        raise unauthorized("Authentication credentials were not provided.")
    if words[0].lower() == "bearer" or len(words) == 1:
        raise unauthorized("Invalid token header. No credentials provided.")
    if len(words) > 2:
        raise unauthorized("Invalid token header. Token string should not contain spaces.")
    if runtime_token and secrets.compare_digest(hash_token(words[1]), hash_token(runtime_token)):
        user = load_user(db, "username", LOCAL_USER)
    else:
        user = load_user(db, "token_hash", hash_token(words[1]))
    if user is None:
        raise unauthorized("Invalid token.")
    return user
