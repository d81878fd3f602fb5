"""What the parts of one running engine share."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pz_tsm.engine.pzserver.db import Database
from pz_tsm.engine.pzserver.users import LOCAL_USER, User, authenticate, database, ensure_user

if TYPE_CHECKING:
    from pz_tsm.engine.jobs.turns import Turns
    from pz_tsm.engine.pzserver.downloads import Archiver
    from pz_tsm.engine.pzserver.runner import Runner


class EngineState:
    """One engine over one data directory.

    ``data``: the directory; ``db``: users, products, processes; ``token``: the runtime token, of the admin
    ``local``.
    ``products`` holds the files of products, ``processes`` the folders of jobs, ``cache`` what can be made
    again.
    """

    def __init__(self, data: Path, token: str | None) -> None:
        from pz_tsm.engine.jobs.turns import Turns
        from pz_tsm.engine.pzserver.downloads import Archiver
        from pz_tsm.engine.pzserver.runner import Runner

        self.data = Path(data).resolve()
        self.data.mkdir(parents=True, exist_ok=True)
        self.token = token
        self.products = self.data / "products"
        self.processes = self.data / "processes"
        self.cache = self.data / "cache"
        for folder in (self.products, self.processes, self.cache):
            folder.mkdir(exist_ok=True)
        self.db: Database = database(self.data)
        ensure_user(self.db, LOCAL_USER, admin=True, first_name="Local", last_name="user")
        self.secret = self._secret()
        self.last_used = time.monotonic()
        self.turns: Turns = Turns()  # of recipe runs and processes alike
        self.archiver: Archiver = Archiver(self)
        self.runner: Runner = Runner(self)

    def _secret(self) -> bytes:
        """The key that signs download addresses; made once for each data directory."""
        path = self.data / "secret"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        return path.read_bytes()

    def user(self, authorization: str | None) -> User:
        """The user of an ``Authorization`` header; raises ApiError 401."""
        return authenticate(self.db, authorization, self.token)

    def busy(self) -> bool:
        """Whether something runs that must not be cut off by ending when idle."""
        return self.runner.busy() or self.archiver.busy()

    def startup(self) -> None:
        """Clear what a killed engine left behind and run its unfinished jobs again."""
        from pz_tsm.engine.pzserver.sweep import sweep

        for part in self.products.glob("*/*/.part-*"):
            shutil.rmtree(part) if part.is_dir() else part.unlink(missing_ok=True)
        sweep(self)
        self.archiver.recover()
        self.runner.recover()

    def shutdown(self) -> None:
        """End running jobs; they run again at the next start."""
        self.runner.shutdown()
        self.archiver.shutdown()
        self.db.close()
