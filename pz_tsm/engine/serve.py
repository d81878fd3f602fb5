"""The engine's process: lock, port, runtime.json, heartbeat, and the end when nobody needs it any more."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import socket
import sys
import time
from pathlib import Path

from pz_tsm.engine import runtime
from pz_tsm.errors import TsmError

IDLE_MINUTES = float(os.environ.get("PZ_TSM_IDLE_MINUTES", "60"))
log = logging.getLogger("pz_tsm.engine")


def serve(folder: Path, *, port: int = 0, idle_minutes: float | None = None, ready=None) -> None:
    """Run the engine until it is told to end or, with ``idle_minutes``, has been idle so long.

    ``port`` 0 takes any free one. ``ready(url)`` is called when requests are answered. TsmError if another
    engine has the folder or the port is taken.
    """
    from filelock import FileLock, Timeout

    os.umask(0o077)  # products may be for data-rights holders, wherever the folder lies
    runtime.make_folder(folder)
    lock = FileLock(folder / "engine.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        said = runtime.read(folder) or {"pid": "?", "host": "?"}
        raise TsmError(
            f"An engine for {folder} is already running (process {said['pid']} on '{said['host']}').",
            remedy="Use that one, or end it, or choose another data folder.",
        ) from None
    try:
        runtime.running(folder)  # refuses a live engine of another host, where locks don't reach
        asyncio.run(_serve(folder, port, idle_minutes, ready))
    finally:
        runtime.forget(folder)
        lock.release()


async def _serve(folder: Path, port: int, idle_minutes: float | None, ready) -> None:
    import uvicorn

    from pz_tsm.engine.app import create_app

    os.environ["PZ_TSM_DATA"] = str(folder)  # for the children
    os.environ.setdefault("PZ_TSM_CACHE", str(folder / "cache"))
    if (folder / "releases").is_dir():  # one HATS catalogue, or a link to it, a release
        os.environ.setdefault("PZ_TSM_RELEASES", str(folder / "releases"))
    listener = _listen(port)
    token = secrets.token_hex(20)
    app = create_app(folder, token)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        app, access_log=False, log_level="warning", server_header=False, timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    for number in (
        signal.SIGTERM,
        signal.SIGINT,
    ):  # uvicorn raises them again when it has ended: then do nothing
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    if serving.done():
        await serving
        raise TsmError("The engine could not start.", remedy="The lines above say why.")
    runtime.write(folder, url, token)
    log.info("engine at %s, data in %s", url, folder)
    if ready is not None:
        ready(url)
    watching = asyncio.create_task(_watch(app, server, folder, idle_minutes))
    try:
        await serving
    finally:
        watching.cancel()
    log.info("engine ended")


async def _watch(app, server, folder: Path, idle_minutes: float | None) -> None:
    """Touch runtime.json while alive; end when idle, or when the data folder is no longer ours."""
    state = app.state.engine
    pause = min(runtime.HEARTBEAT, (idle_minutes * 60 / 4) if idle_minutes else runtime.HEARTBEAT)
    while True:
        await asyncio.sleep(pause)
        said = runtime.read(folder)
        if said is None or said["pid"] != os.getpid():
            log.warning("runtime.json is gone or another engine's: ending")
            server.should_exit = True
            return
        os.utime(folder / "runtime.json")
        busy = state.busy() or (getattr(state, "local", None) is not None and state.local.busy())
        if busy:
            state.last_used = time.monotonic()
        elif idle_minutes and time.monotonic() - state.last_used > idle_minutes * 60:
            log.info("idle for %g minutes: ending", idle_minutes)
            server.should_exit = True
            return


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only on sockets that say they are TCP: 40 ms an answer otherwise
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if port:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) else "ports go from 1 to 65535"
        listener.close()
        raise TsmError(
            f"Port {port} can't be used: {why}.", remedy="Choose another one, or leave --port out."
        ) from None
    return listener


def set_up_log() -> None:
    """Lines with a time on stderr. Nothing that is logged holds a token: requests are not logged at all."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)


def main() -> int:
    """The detached engine that ``runtime.ensure`` starts: ``python -m pz_tsm.engine.serve FOLDER``."""
    set_up_log()
    try:
        serve(Path(sys.argv[1]), idle_minutes=IDLE_MINUTES)
    except TsmError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
