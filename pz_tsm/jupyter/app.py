"""The server extension's settings (``c.TsmApp....``) and its handlers."""

from __future__ import annotations

from jupyter_server.extension.application import ExtensionApp
from traitlets import Float, Unicode

from pz_tsm.jupyter.download import Downloads
from pz_tsm.jupyter.engine import Engine
from pz_tsm.jupyter.pzserver import PzServer
from pz_tsm.jupyter.upload import Uploads


class TsmApp(ExtensionApp):
    """Training sets for photometric redshifts."""

    name = "pz_tsm"
    extension_url = "/tsm"
    load_other_extensions = True
    open_browser = False

    pzserver_url = Unicode(
        "",
        help="Base URL of the PZ Server's interface, such as https://pzserver.linea.org.br/api/ . "
        "Empty: the engine's own, on this machine.",
    ).tag(config=True)
    pzserver_name = Unicode("", help="What users call that server; its host name when empty.").tag(
        config=True
    )
    data = Unicode("", help="The engine's data folder; empty: PZ_TSM_DATA or the user's data folder.").tag(
        config=True
    )
    cache = Unicode(
        "",
        help="Folder of the engine's cache (PZ_TSM_CACHE); best on a local disk. Empty: in the data folder.",
    ).tag(config=True)
    cache_gb = Float(0.0, help="Size of the decoded tables kept there, in GB; 0: PZ_TSM_CACHE_GB, or 6.").tag(
        config=True
    )
    timeout = Float(60.0, help="Seconds that the PZ Server or the engine may be silent.").tag(config=True)

    def initialize_handlers(self) -> None:
        from pz_tsm.jupyter import drafts, handlers, transfer_handlers

        self.handlers.extend(handlers.routes() + transfer_handlers.routes() + drafts.routes())

    def initialize_settings(self) -> None:
        said = {
            "PZ_TSM_PZSERVER_URL": self.pzserver_url,
            "PZ_TSM_CACHE": self.cache,
            "PZ_TSM_CACHE_GB": f"{self.cache_gb:g}" if self.cache_gb else "",
        }
        env = {key: value for key, value in said.items() if value}
        engine = Engine(self.data or None, env)
        server = PzServer(self.pzserver_url, self.pzserver_name, engine)
        self.settings["tsm"] = {
            "engine": engine,
            "pzserver": server,
            "downloads": Downloads(engine, server, self.timeout),
            "uploads": Uploads(engine, server, self.timeout),
            "timeout": self.timeout,
        }

    async def stop_extension(self) -> None:
        await self.settings["tsm"]["downloads"].close()
        await self.settings["tsm"]["uploads"].close()
        await self.settings["tsm"]["engine"].close()
