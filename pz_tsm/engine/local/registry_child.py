"""The child that brings one public catalogue: a request on stdin, its progress and its end as JSON lines on
stdout. SIGTERM asks it to stop; what has come is kept for the next try."""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from typing import Any

from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.ops.base import Amount, Context

_stop = False


def main() -> None:
    signal.signal(signal.SIGTERM, _asked_to_stop)
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print goes to the log

    def say(**what: Any) -> None:
        channel.write(json.dumps(what) + "\n")
        channel.flush()

    request = json.loads(sys.stdin.readline())
    say(**_done(request, say))


def _done(request: dict[str, Any], say: Any) -> dict[str, Any]:
    from pz_tsm.engine.local.registry_models import Wanted
    from pz_tsm.engine.local.registry_work import download

    def measured(amount: Amount) -> None:
        say(rows=amount.rows)

    ctx = Context(
        progress=lambda fraction, message: say(fraction=fraction, message=message),
        cancelled=lambda: _stop,
        measured=measured,
    )
    try:
        return {"done": download(Wanted(**request["wanted"]), request["folder"], ctx)}
    except Cancelled:
        return {"stopped": True}
    except TsmError as error:
        return {"trouble": error.to_dict()}
    except Exception as error:
        traceback.print_exc()
        return {
            "trouble": {
                "message": f"This failed in a way that was not foreseen: {type(error).__name__}: {error}",
                "remedy": "The engine's log (engine.log in its data folder) has the details.",
                "where": None,
            }
        }


def _asked_to_stop(*_: Any) -> None:
    global _stop
    _stop = True


if __name__ == "__main__":
    main()
