"""The database: SQLite with a rollback journal (homes are often on NFS), one connection, short
transactions."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pz_tsm.engine.pzserver.schema import MIGRATIONS
from pz_tsm.errors import TsmError
from pz_tsm.points import reach


def now() -> str:
    """Time in the contract's form: ISO 8601 UTC with microseconds and Z. Sorts as text."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def holds(text: Any, part: str) -> bool:
    """Case-insensitive "contains" beyond ASCII, which SQLite's LIKE lacks. ``part`` is casefolded already."""
    return text is not None and part in str(text).casefold()


class Database:
    """One SQLite file. Reads and writes share a connection behind a lock; rows come as ``sqlite3.Row``.

    Other processes (``pz-tsm engine add-user``) may write too: they wait for each other up to 30 s.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = threading.RLock()
        self._depth = 0
        try:
            self._cx = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._cx.row_factory = sqlite3.Row
            self._cx.execute("PRAGMA journal_mode = TRUNCATE")
            self._cx.execute("PRAGMA synchronous = FULL")
            self._cx.execute("PRAGMA foreign_keys = ON")
            self._cx.create_function("holds", 2, holds, deterministic=True)
            self._migrate()
        except sqlite3.DatabaseError as error:
            raise TsmError(
                f"The engine's database {path.name} can't be opened: {error}.",
                remedy="Restore it from a backup, or start the engine with another data directory.",
                where=str(path),
            ) from None

    def _migrate(self) -> None:
        with self.write():
            version = self._cx.execute("PRAGMA user_version").fetchone()[0]
            if version > len(MIGRATIONS):
                raise TsmError(
                    f"The data directory was written by a newer engine (schema {version}).",
                    remedy="Update pz-tsm, or use another data directory.",
                    where=str(self.path),
                )
            for number in range(version, len(MIGRATIONS)):
                for statement in MIGRATIONS[number].split(";\n"):
                    if statement.strip():
                        self._cx.execute(statement)
                self._cx.execute(f"PRAGMA user_version = {number + 1}")

    @contextmanager
    def write(self) -> Iterator[Database]:
        """A transaction: all of it is on disk when the block ends, or nothing if it raises. May be nested."""
        with self._lock:
            if self._depth:
                yield self
                return
            self._cx.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self
            except BaseException:
                self._cx.execute("ROLLBACK")
                raise
            else:
                reach("journal")
                self._cx.execute("COMMIT")
            finally:
                self._depth -= 1

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._cx.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        with self._lock:
            return self._cx.execute(sql, values).fetchone()

    def scalar(self, sql: str, *values: Any) -> Any:
        row = self.one(sql, *values)
        return None if row is None else row[0]

    def run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """One writing statement, in a transaction of its own unless one is open."""
        with self.write():
            return self._cx.execute(sql, values)

    def insert(self, table: str, values: dict[str, Any]) -> int:
        """Insert a row and return its id; lists and dicts are stored as JSON."""
        cells = [json.dumps(v) if isinstance(v, list | dict) else v for v in values.values()]
        sql = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(cells))})"
        return int(self.run(sql, *cells).lastrowid or 0)

    def update(self, table: str, key: int, values: dict[str, Any]) -> None:
        cells = [json.dumps(v) if isinstance(v, list | dict) else v for v in values.values()]
        self.run(f"UPDATE {table} SET {', '.join(f'{k} = ?' for k in values)} WHERE id = ?", *cells, key)

    def close(self) -> None:
        with self._lock:
            self._cx.close()
