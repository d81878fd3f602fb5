"""``/tsm/drafts``: uploads that were begun and not finished, as the page wrote them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from tornado import web

from pz_tsm import private
from pz_tsm.errors import TsmError
from pz_tsm.jupyter.handlers import TsmHandler

LARGEST = 2**20  # bytes of a draft
MOST = 20  # drafts that are kept


def routes() -> list[tuple[str, type]]:
    return [(r"/tsm/drafts", DraftsHandler), (r"/tsm/drafts/([0-9a-f-]{8,40})", DraftHandler)]


class DraftsHandler(TsmHandler):
    @web.authenticated
    async def get(self) -> None:
        self.say({"drafts": await asyncio.to_thread(read)})


class DraftHandler(TsmHandler):
    @web.authenticated
    async def post(self, id: str) -> None:
        try:
            draft = self.json_body()
            if draft.get("id") != id or len(self.request.body) > LARGEST:
                raise TsmError("This is no draft of an upload.")
            await asyncio.to_thread(keep, id, draft)
        except TsmError as error:
            return self.trouble(400, error)
        except OSError as error:
            return self.trouble(507, TsmError(f"The draft can't be kept: {error.strerror or error}."))
        self.say()

    @web.authenticated
    async def delete(self, id: str) -> None:
        await asyncio.to_thread((folder() / f"{id}.json").unlink, missing_ok=True)
        self.say()


def folder() -> Path:
    """Where drafts are kept: in the user's folder of Jupyter, which no other user reads."""
    from jupyter_core.paths import jupyter_config_dir

    return Path(jupyter_config_dir()) / "pz-tsm" / "uploads"


def read() -> list[dict[str, Any]]:
    """All that can be read, newest first."""
    found = []
    for path in folder().glob("*.json"):
        try:
            found.append(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue  # half a one, or just removed
    return sorted(found, key=lambda draft: str(draft.get("when", "")), reverse=True)


def keep(id: str, draft: dict[str, Any]) -> None:
    """Write it whole; the oldest of too many are forgotten."""
    private.write(folder() / f"{id}.json", json.dumps(draft, ensure_ascii=False))
    kept = sorted(folder().glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in kept[MOST:]:
        old.unlink(missing_ok=True)
