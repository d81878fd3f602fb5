"""The Jupyter server extension: keeps tokens, starts the engine when it is first needed, passes requests on.

Imported at every start of a Jupyter server, so nothing heavy is imported here.
"""

from __future__ import annotations


def _jupyter_server_extension_points() -> list[dict]:
    from pz_tsm.jupyter.app import TsmApp

    return [{"module": "pz_tsm.jupyter", "app": TsmApp}]
