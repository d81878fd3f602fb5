"""``/tsm/downloads`` and ``/tsm/uploads``: files on their way from and to the PZ Server, with progress."""

from __future__ import annotations

from tornado import web

from pz_tsm.errors import TsmError
from pz_tsm.jupyter import paths
from pz_tsm.jupyter.handlers import TsmHandler

KINDS = "(downloads|uploads)"


def routes() -> list[tuple[str, type]]:
    return [
        (f"/tsm/{KINDS}", TransfersHandler),
        (f"/tsm/{KINDS}/([0-9a-f]{{12}})", TransferHandler),
    ]


class TransfersHandler(TsmHandler):
    """Those that are known, and a new one: ``{product, contents, ...}``."""

    @web.authenticated
    async def get(self, kind: str) -> None:
        self.say({kind: [one.to_json() for one in self.tsm[kind].list()]})

    @web.authenticated
    async def post(self, kind: str) -> None:
        try:
            one = await self.tsm[kind].start(self.contents_manager, self.json_body())
        except TsmError as error:
            return self.trouble(403 if isinstance(error, paths.Forbidden) else 400, error)
        self.say(one.to_json())


class TransferHandler(TsmHandler):
    @web.authenticated
    async def delete(self, kind: str, id: str) -> None:
        try:
            self.tsm[kind].stop(id)
        except TsmError as error:
            return self.trouble(404, error)
        self.say()
