"""Runs of recipes in the kernel itself, told as the engine tells its own."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.jobs import create
from pz_tsm.engine.jobs.folder import ENDED, Folder, now, write_json
from pz_tsm.engine.jobs.work import count_steps, describe
from pz_tsm.errors import Cancelled, TsmError

if TYPE_CHECKING:
    from pz_tsm.recipe import RunResult

log = logging.getLogger("pz_tsm.widgets")


class KernelRuns:
    """The runs of one editor, one after another, each in a thread; their state is kept as long as it is."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="tsm-edit-"))
        self._end = weakref.finalize(self, shutil.rmtree, self.root, ignore_errors=True)
        self.last: KernelRun | None = None

    def start(self, text: str, base: Path, path: str | None) -> KernelRun:
        """TsmError if the recipe can't be read, or a run is going on."""
        if self.last is not None and self.last.going:
            raise TsmError("A run of this editor is going on.", remedy="Wait for it, or stop it first.")
        self.last = KernelRun(create.recipe(self.root, text, base, (), path=path, register=False))
        self.last.start()
        return self.last

    def get(self, id: str) -> KernelRun:
        if self.last is None or self.last.folder.id != id:
            raise TsmError("This run is no longer known.", remedy="Run the recipe again.")
        return self.last


class KernelRun:
    """One run. ``result``: what it made, once it is done."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.result: RunResult | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pz-tsm run", daemon=True)

    @property
    def going(self) -> bool:
        return self.folder.job["state"] not in ENDED

    def start(self) -> None:
        self.folder.update(state="running", started=now(), where="in this kernel")
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self.going:
            self.folder.update(state="stopping")

    def join(self, seconds: float | None = None) -> None:
        self._thread.join(seconds)

    def to_dict(self) -> dict[str, Any]:
        """``IRun`` as JSON."""
        return self.folder.run()

    def _run(self) -> None:
        from pz_tsm import recipe as recipes

        job, place = self.folder.job, self.folder.path
        end: dict[str, Any] = {"state": "failed", "error": None}
        try:
            text = (place / "recipe.tsm.yaml").read_text(encoding="utf-8")
            parsed = recipes.Recipe.parse(text, job["recipe"])
            with (place / "progress.jsonl").open("a", encoding="utf-8") as lines:

                def write(event: dict[str, Any]) -> None:
                    if event["event"] in ("start", "step"):
                        lines.write(json.dumps(event, ensure_ascii=False, default=str) + "\n")
                        lines.flush()

                write({"event": "start", "total": count_steps(parsed)})
                out = Path(job["out"])
                self.result = recipes.run(parsed, Path(job["base"]), out, write, self._stopped.is_set)
            write_json(place / "result.json", describe(self.result, out))
            end = {"state": "done"}
        except Cancelled:
            end = {"state": "stopped"}
        except TsmError as error:
            end["error"] = error.to_dict()
        except Exception as error:
            log.exception("the run failed")
            said = f"This failed in a way that was not foreseen: {type(error).__name__}: {error}"
            end["error"] = TsmError(said).to_dict()
        self.folder.update(ended=now(), **end)


def tables_of(run: KernelRun | None) -> dict[str, Path]:
    """The tables that a finished run wrote, by their paths."""
    result = run.to_dict()["result"] if run is not None else None
    return {one["path"]: Path(one["path"]) for one in result["tables"]} if result else {}
