"""``/tsm/uploads``: files on their way to the PZ Server, with progress; ``/tsm/drafts``: what was begun."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from tornado import web

from pz_tsm.errors import TsmError
from pz_tsm.jupyter import paths
from pz_tsm.jupyter.handlers import TsmHandler

LARGEST = 2**20  # bytes of a draft
MOST = 20  # drafts that are kept


def routes() -> list[tuple[str, type]]:
    return [
        (r"/tsm/uploads", UploadsHandler),
        (r"/tsm/uploads/([0-9a-f]{12})", UploadHandler),
        (r"/tsm/drafts", DraftsHandler),
        (r"/tsm/drafts/([0-9a-f-]{8,40})", DraftHandler),
    ]


class UploadsHandler(TsmHandler):
    """Those that are known, and a new one: ``{product, role, contents, name?}``."""

    def say(self, value: Any) -> None:
        self.set_header("X-TSM-Origin", "proxy")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(value))

    @web.authenticated
    async def get(self) -> None:
        self.say({"uploads": [one.to_json() for one in self.tsm["uploads"].list()]})

    @web.authenticated
    async def post(self) -> None:
        try:
            one = self.tsm["uploads"].start(self.contents_manager, self.json_body())
        except paths.Forbidden as error:
            return self.trouble(403, error)
        except TsmError as error:
            return self.trouble(400, error)
        self.say(one.to_json())


class UploadHandler(TsmHandler):
    @web.authenticated
    async def delete(self, id: str) -> None:
        try:
            self.tsm["uploads"].stop(id)
        except TsmError as error:
            return self.trouble(404, error)
        self.set_header("X-TSM-Origin", "proxy")
        self.set_status(204)
        self.finish()


class DraftsHandler(TsmHandler):
    """Uploads that were begun and not finished, as the page wrote them."""

    @web.authenticated
    async def get(self) -> None:
        found = await asyncio.to_thread(read_drafts)
        self.set_header("X-TSM-Origin", "proxy")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps({"drafts": found}))


class DraftHandler(TsmHandler):
    @web.authenticated
    async def post(self, id: str) -> None:
        try:
            draft = self.json_body()
            if draft.get("id") != id or len(self.request.body) > LARGEST:
                raise TsmError("This is no draft of an upload.")
            await asyncio.to_thread(keep_draft, id, draft)
        except TsmError as error:
            return self.trouble(400, error)
        except OSError as error:
            return self.trouble(507, TsmError(f"The draft can't be kept: {error.strerror or error}."))
        self.done()

    @web.authenticated
    async def delete(self, id: str) -> None:
        await asyncio.to_thread((folder() / f"{id}.json").unlink, missing_ok=True)
        self.done()

    def done(self) -> None:
        self.set_header("X-TSM-Origin", "proxy")
        self.set_status(204)
        self.finish()


def folder() -> Path:
    """Where drafts are kept: in the user's folder of Jupyter, which no other user reads."""
    from jupyter_core.paths import jupyter_config_dir

    return Path(jupyter_config_dir()) / "pz-tsm" / "uploads"


def read_drafts() -> list[dict[str, Any]]:
    """All that can be read, newest first."""
    found = []
    for path in folder().glob("*.json"):
        try:
            found.append(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue  # half a one, or just removed
    return sorted(found, key=lambda draft: str(draft.get("when", "")), reverse=True)


def keep_draft(id: str, draft: dict[str, Any]) -> None:
    """Write it whole; the oldest of too many are forgotten."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, part = tempfile.mkstemp(prefix=".draft-", dir=place)  # 0600 by itself
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(draft, file, ensure_ascii=False)
    os.replace(part, place / f"{id}.json")
    kept = sorted(place.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in kept[MOST:]:
        old.unlink(missing_ok=True)
