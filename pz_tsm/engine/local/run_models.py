"""The JSON of runs, as the OpenAPI document and the generated TypeScript types say it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from pz_tsm.engine.local.models import Finding, Recipe, Report, Trouble


class NewRun(Recipe):
    """``out``: the bundle's folder; else ``bundles/NAME`` beside the recipe, numbered when taken.
    ``register``: make a product of the result; ``bundle``: the one whose recipe it is, which is replayed: the
    new one is put beside it, and what differs from its lock is told."""

    out: str | None = None
    register_: bool = Field(True, alias="register")
    bundle: str | None = None


class NewStep(BaseModel):
    """One step that a kernel or the command line hands over.

    ``params`` as in a recipe, ``base`` for its relative paths; ``folder``: a folder of the engine's own
    ``handed``, which holds the tables as Arrow IPC files ``0.arrow``, ``1.arrow``, ... in the order of the
    names ``tables``. The engine takes the files over. ``releases``: where the kernel finds releases.
    """

    op: str
    params: dict[str, Any] = {}
    base: str
    seed: int = 0
    server: str | None = None
    releases: str | None = None
    folder: str
    tables: list[str] = Field(min_length=1)


class Amount(BaseModel):
    """How far a step is, in what it works on; ``rows``: found so far."""

    done: int
    total: int
    unit: str
    rows: int | None = None
    seconds_left: float | None = None


class RunStep(BaseModel):
    index: int
    op: str
    input: str | None = None
    state: Literal["running", "done", "failed"]
    fraction: float
    message: str
    rows_in: int | None = None
    rows_out: int | None = None
    report: Report | None = None
    amount: Amount | None = None


class Part(BaseModel):
    name: str
    rows: int


class File(BaseModel):
    path: str
    bytes: int
    sha256: str


class Table(BaseModel):
    name: str
    path: str


class RunResult(BaseModel):
    """``replay``: what differs from the run whose lock stands beside the recipe."""

    parts: list[Part]
    files: list[File]
    tables: list[Table]
    accounting: list[Report]
    citations: list[str]
    replay: list[Finding] = []


class RunProduct(BaseModel):
    """The result, registered as a product of this engine; ``url``: its address under ``/api``; ``access``:
    how to read it, in Markdown."""

    id: int
    name: str
    url: str
    access: str = ""


class Run(BaseModel):
    """A run of a recipe, or of one step that a kernel or the command line handed over.

    ``seconds_left``: of the running step, where it can tell. ``position``: in the queue, 1 comes next.
    ``where``: in words, where partitions are worked on. ``resumable``: a retry goes on with the partial work
    that is kept. ``told``: the user has been told of its end.
    """

    id: str
    kind: Literal["recipe", "step"]
    recipe: str
    path: str | None
    state: Literal["pending", "running", "stopping", "stopped", "done", "failed"]
    created: str
    started: str | None
    ended: str | None
    fraction: float
    stage: str
    seconds_left: float | None
    position: int | None
    where: str
    resumable: bool
    told: bool
    steps: list[RunStep]
    bundle: str | None
    product: RunProduct | None
    product_trouble: Trouble | None = None
    error: Trouble | None
    result: RunResult | None


class Runs(BaseModel):
    runs: list[Run]
