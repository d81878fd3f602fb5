"""The child that does the engine's heavy reading: JSON lines in on stdin, JSON lines out on stdout.

It decodes files, plans and verifies. If it runs out of memory or crashes, the engine says so and starts
another. What plans have read and worked out stays in its memory for the next one. SIGUSR1 asks it to give up
the plan at hand; it answers, and goes on with the next request.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from pz_tsm.errors import Cancelled, TsmError

SERVER = "PZ_TSM_PZSERVER_URL"
BESIDE = 1_100_000_000  # bytes beside what it remembers, beyond which a worker ends after its answer
LEAST, MOST = 400_000_000, 1_500_000_000  # bytes of tables kept between plans
PART = 16  # of the machine's memory, or the container's, that these may take

_stop = False  # the request at hand is to be given up


def decode(source: str, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Read a catalogue into ``folder``, as ``cache.load`` takes it; ``said`` goes to ``describe``."""
    from pz_tsm.engine.local import decode as module

    return module.decode(source, folder, said)


def plan(text: str, base: str, name: str | None, server: str | None) -> dict[str, Any]:
    """What a recipe would do, as ``IPlan``; only what has changed since the last plans is worked out."""
    from pz_tsm import recipe
    from pz_tsm.recipe.memo import using

    with _server(server), using(_memo()):
        try:
            parsed = recipe.Recipe.parse(text, name)
        except TsmError:  # the plan tells it as a finding
            parsed = text
        return recipe.plan(parsed, Path(base), cancelled=lambda: _stop, engine=True).to_dict()


def preview(server: str | None, **what: Any) -> dict[str, Any]:
    """The rows and parts of a split, from what the plans have worked out; see ``preview.preview``."""
    from pz_tsm.engine.local import preview_rows as module
    from pz_tsm.recipe.memo import using

    with _server(server), using(_memo()):
        return module.preview(**what, cancelled=lambda: _stop)


def coverage(server: str | None, **what: Any) -> dict[str, Any]:
    """What a recipe covers of a target, where its plan can't tell; see ``coverage_rows.measure``."""
    from pz_tsm.engine.local.coverage_rows import measure
    from pz_tsm.recipe.memo import using

    with _server(server), using(_memo()):
        return measure(**what, cancelled=lambda: _stop)


def code(text: str, **what: Any) -> dict[str, Any]:
    """A recipe as code; see ``recipe.code``."""
    from pz_tsm.recipe.code import code as made

    return made(text, **what).to_dict()


def move(text: str, base: str, name: str | None, to: Any) -> dict[str, Any]:
    """What another release changes in a recipe; see ``recipe.other_release``."""
    from pz_tsm.recipe import Recipe
    from pz_tsm.recipe.other_release import move as moved

    return moved(Recipe.parse(text, name), to, base).to_dict()


@cache
def _memo() -> Any:
    from pz_tsm.recipe.memo import Memo

    return Memo(memo_bytes())


@cache
def memo_bytes() -> int:
    """What plans may keep for the next one: three million rows of a dozen columns, where there is room."""
    from pz_tsm.engine.jobs.memory import machine

    return max(LEAST, min(MOST, machine() // PART))


def fetch(product: int | str, server: str) -> dict[str, Any]:
    """Download the main file of a remote product: its path, and what to say of the table."""
    from pz_tsm.engine.local.products import ROLES
    from pz_tsm.ops.base import Context
    from pz_tsm.sources import pzserver

    with _server(server):
        found = pzserver.fetch(product, Context())
    columns = found.get("columns") or {}
    roles = {ROLES[key]: column for key, column in columns.items() if key in ROLES}
    return {
        "path": str(found["path"]),
        "said": {"name": found["id"], "roles": roles, "citation": found["location"]},
    }


@contextmanager
def _server(url: str | None) -> Iterator[None]:
    """Products come from that PZ Server, or from this engine."""
    before = os.environ.get(SERVER)
    if url:
        os.environ[SERVER] = url
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(SERVER, None)
        else:
            os.environ[SERVER] = before


def verify(path: str) -> dict[str, Any]:
    """Recompute what a bundle records, as ``IVerification``."""
    from pz_tsm import bundle

    report = bundle.verify(Path(path))
    if isinstance(report, dict):
        return report
    if hasattr(report, "to_dict"):
        return report.to_dict()
    return {"ok": report.ok, "problems": list(report.problems), "checked": list(report.checked)}


def operations() -> dict[str, Any]:
    """What recipes may be made of, as ``IOperations``."""
    from pz_tsm.engine.local import operations as module

    return module.describe()


def export(table: str, path: str, part: str, sort: dict[str, Any] | None, **what: Any) -> dict[str, Any]:
    """Save rows of an opened table (its file in the cache) at ``path``; ``part``: its name meanwhile."""
    from pz_tsm import export as module
    from pz_tsm.engine.local import cache

    seen = cache.load(Path(table).parent)
    if seen is None:
        raise TsmError("This table is no longer open in the engine.", remedy="Open its file again.")
    order = {"sort": sort["column"], "descending": sort["descending"]} if sort else {}
    return module.export(seen, Path(path), part=Path(part), **order, **what)


def compare(**what: Any) -> dict[str, Any]:
    """Compare two opened tables object by object; see ``compilations.compare``."""
    from pz_tsm.engine.local import compilations

    return compilations.compare(**what)


def registry(what: str, **more: Any) -> dict[str, Any]:
    """Ask the service that holds a public catalogue; see ``registry_work.work``."""
    from pz_tsm.engine.local import registry_work

    return registry_work.work(what, **more)


METHODS = {
    "code": code,
    "compare": compare,
    "coverage": coverage,
    "decode": decode,
    "export": export,
    "fetch": fetch,
    "move": move,
    "plan": plan,
    "preview": preview,
    "registry": registry,
    "verify": verify,
    "operations": operations,
}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """``{"result": ...}`` or ``{"error": {message, remedy, where}, "status": 400 or 500}``."""
    try:
        return {"result": METHODS[request["method"]](**request["args"])}
    except TsmError as error:
        return {"error": error.to_dict(), "status": 400}
    except Cancelled:
        return {"error": TsmError("This was given up.").to_dict(), "status": 409}
    except MemoryError:
        return {
            "error": {
                "message": "There is not enough memory for this.",
                "remedy": "Close other notebooks, or use a smaller table.",
                "where": None,
            },
            "status": 500,
        }
    except Exception as error:
        traceback.print_exc()
        return {
            "error": {
                "message": f"This failed in a way that was not foreseen: {type(error).__name__}: {error}",
                "remedy": "The engine's log (engine.log in its data folder) has the details.",
                "where": None,
            },
            "status": 500,
        }


def _give_up(*_: Any) -> None:
    global _stop
    _stop = True


def main() -> None:
    global _stop
    signal.signal(signal.SIGUSR1, _give_up)
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print goes to the log, not between the answers
    import pyarrow.compute  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    import pz_tsm.engine.local.decode  # noqa: F401
    import pz_tsm.sources.tables  # noqa: F401  warm before the first request

    for line in sys.stdin:
        _stop = False
        reply = answer(json.loads(line))
        reply["retire"] = _resident() > memo_bytes() + BESIDE
        try:
            text = json.dumps(reply, ensure_ascii=True, allow_nan=False, default=str)
        except ValueError:
            text = json.dumps(_finite(reply), ensure_ascii=True, default=str)
        channel.write(text + "\n")
        channel.flush()
        if reply["retire"]:
            return


def _finite(value: Any) -> Any:
    """The same JSON value with null for NaN and infinity, which JSON does not have."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _resident() -> int:
    import psutil

    return psutil.Process().memory_info().rss


if __name__ == "__main__":
    main()
