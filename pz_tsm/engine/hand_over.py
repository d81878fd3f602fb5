"""A step of a kernel or of the command line, run as a job of the engine: the place ``engine`` of recipes.

The tables go as Arrow files into a private folder of the engine, which takes them over; the result comes back
as one. If the engine ends meanwhile it is started again, and the job goes on.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine import runtime
from pz_tsm.engine.jobs import tables as files
from pz_tsm.engine.jobs.create import HANDED
from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.ops.base import Amount, Context, Finding, Fix, Operation, Params, Report, Result

if TYPE_CHECKING:
    import httpx
    import pyarrow as pa

PAUSE = 0.15  # seconds between two questions how far it is
RESTARTS = 3  # of the engine, before we give up


def run(operation: Operation, params: Params, tables: Mapping[str, pa.Table], ctx: Context) -> Result:
    """The operation's result, from a job of the user's engine, which is started if there is none.

    Progress and amounts come as from the operation itself. Cancelling stops the job. TsmError is what the
    job says of its trouble, or why there is no engine.
    """
    job = _Job(operation, params, tables, ctx)
    try:
        job.submit()
        return job.wait()
    except (Cancelled, KeyboardInterrupt):
        job.stop()
        raise
    finally:
        job.close()


class _Job:
    def __init__(
        self, operation: Operation, params: Params, tables: Mapping[str, pa.Table], ctx: Context
    ) -> None:
        self.operation = operation
        self.params = params
        self.tables = tables
        self.ctx = ctx
        self.id: str | None = None
        self.restarts = 0
        self.client: httpx.Client | None = None
        self.folder: Path | None = None
        self.at: tuple[Any, ...] = (0.0, "")  # as Context.step takes it

    def submit(self) -> None:
        """Write the tables and queue the step."""
        self.ctx.step(0.0, "starting the engine")
        self.connect()
        home = runtime.data_folder() / HANDED
        home.mkdir(mode=0o700, exist_ok=True)
        self.folder = home / secrets.token_hex(8)
        self.folder.mkdir(mode=0o700)
        self.ctx.step(0.0, "handing the table over")
        for number, table in enumerate(self.tables.values()):
            files.write(table, files.given(self.folder, number), lambda: self.ctx.step(0.0))
        body = {
            "op": self.operation.name,
            "params": self.params.model_dump(mode="json", exclude_unset=True, by_alias=True),
            "base": os.path.abspath(self.ctx.base),
            "seed": self.ctx.seed,
            "folder": str(self.folder),
            "tables": list(self.tables),
            "server": os.environ.get("PZ_TSM_PZSERVER_URL"),
            "releases": _releases(),
        }
        self.id = self.ask("POST", "/local/steps", json=body)["id"]

    def wait(self) -> Result:
        """Pass on how far it is until it has ended."""
        told = None
        while True:
            said = self.ask("GET", f"/local/runs/{self.id}")
            if said["state"] == "done":
                return self.result(said)
            if said["state"] == "failed":
                raise TsmError(**said["error"])
            if said["state"] == "stopped":
                raise TsmError(
                    f"The job of step '{self.operation.name}' was stopped in the engine.",
                    remedy="Run it again: what it had done is kept.",
                    where=self.operation.name,
                )
            step = said["steps"][-1] if said["steps"] else None
            now = (said["state"], said["stage"], step)
            if now != told:
                told = now
                self.tell(said["stage"], step)
            self.ctx.step(*self.at)
            time.sleep(PAUSE)

    def tell(self, stage: str, step: dict[str, Any] | None) -> None:
        if step is None:
            self.at = (0.0, stage)
            return
        amount = Amount(**step["amount"]) if step["amount"] else None
        self.at = (step["fraction"], step["message"], amount)

    def result(self, said: dict[str, Any]) -> Result:
        """Read the result; the job is forgotten then."""
        found = said["result"]
        table = files.read(Path(found["tables"][0]["path"]))
        report = report_of(found["accounting"][0])
        with contextlib.suppress(TsmError):
            self.ask("DELETE", f"/local/runs/{self.id}")
        return Result(table, report)

    def stop(self) -> None:
        """Stop the job; what it has done is kept for the next time."""
        if self.id is not None:
            with contextlib.suppress(TsmError):
                self.ask("POST", f"/local/runs/{self.id}/stop")

    def close(self) -> None:
        if self.client is not None:
            self.client.close()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self) -> None:
        import httpx

        found = runtime.ensure()
        if self.client is not None:
            self.client.close()
        # the engine is on this machine, whatever http_proxy says
        self.client = httpx.Client(base_url=found.url, headers=found.headers, timeout=60, trust_env=False)

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """The engine's answer; TsmError in its words. An engine that is gone is started again."""
        import httpx

        while True:
            assert self.client is not None
            try:
                answer = self.client.request(method, path, **more)
                break
            except httpx.TransportError as error:
                self.restarts += 1
                if self.restarts > RESTARTS or method == "POST" and path == "/local/steps":
                    raise TsmError(
                        f"The engine does not answer any more: {error or type(error).__name__}.",
                        remedy="Its log (engine.log in its data folder) may say why; then run this again.",
                        where=self.operation.name,
                    ) from None
                self.connect()
        if answer.status_code >= 400:
            try:
                said = answer.json()["error"]
            except (ValueError, KeyError, TypeError):
                said = {"message": f"The engine answered {answer.status_code}."}
            raise TsmError(said["message"], remedy=said.get("remedy"), where=said.get("where"))
        return answer.json() if answer.content else None


def _releases() -> str | None:
    """Where releases are found here: a folder, by its whole path, or JSON."""
    said = os.environ.get("PZ_TSM_RELEASES")
    return os.path.abspath(said) if said and os.path.isdir(said) else said


def report_of(said: dict[str, Any]) -> Report:
    """A report from its JSON form."""
    findings = [
        Finding(**{**one, "fixes": [Fix(**fix) for fix in one.get("fixes") or []]})
        for one in said["findings"]
    ]
    return Report(**{**said, "findings": findings})
