"""``pz-tsm engine ...``: the engine in the foreground, and users of it."""

from __future__ import annotations

import sys
from typing import Any

from pz_tsm.engine import runtime


def start(args: Any) -> int:
    """``pz-tsm engine start [--data DIR] [--port N] [--idle-minutes M]``: runs until interrupted."""
    from pz_tsm.engine import serve

    folder = runtime.data_folder(getattr(args, "data", None))
    serve.set_up_log()

    def ready(url: str) -> None:
        print(f"The engine listens at {url} (PZ Server interface: {url}/api/). Data: {folder}", flush=True)

    serve.serve(
        folder,
        port=getattr(args, "port", None) or 0,
        idle_minutes=getattr(args, "idle_minutes", None),
        ready=ready,
    )
    return 0


def add_user(args: Any) -> int:
    """``pz-tsm engine add-user NAME [--data DIR] [--admin]``: the new token stands alone on the last line."""
    from pz_tsm.engine.pzserver import users

    folder = runtime.make_folder(runtime.data_folder(getattr(args, "data", None)))
    token = users.add_user(folder, args.name, admin=bool(getattr(args, "admin", False)))
    print(
        f"User '{args.name}' of the engine in {folder}. An earlier token of this user is no longer valid. "
        "The token is shown only this once:",
        file=sys.stderr,
    )
    print(token)
    return 0


def seed(args: Any) -> int:
    """``pz-tsm engine seed DIR [--data DIR]``: the mock sky as products and a release; again is harmless."""
    from pathlib import Path

    from pz_tsm.engine.pzserver.seed import seed_mock

    folder = runtime.make_folder(runtime.data_folder(getattr(args, "data", None)))
    made = seed_mock(folder, Path(args.mock).resolve())
    print(f"The engine in {folder} has the mock catalogues and the release 'mock'.", file=sys.stderr)
    return 0 if made["products"] else 1
