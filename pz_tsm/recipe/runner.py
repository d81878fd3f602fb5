"""Doing what a recipe says: inputs, steps, bundle; with progress, with a stop, and never half a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.ops.base import Amount, Context, Finding, JobPlace, Report
from pz_tsm.recipe import excluded, output
from pz_tsm.recipe.lock import make_lock, pinned, replayed
from pz_tsm.recipe.model import Recipe
from pz_tsm.recipe.pipeline import Pipeline, prepare

if TYPE_CHECKING:
    import pyarrow as pa

Emit = Callable[[dict[str, Any]], None]


@dataclass
class RunResult:
    """What a run made. ``measurements``: all of them, as before the match; ``public``: the table before the
    match, whatever it holds; ``excluded``: rows that left, with their reasons; ``bundle``: its folder."""

    table: pa.Table
    measurements: pa.Table | None
    reports: list[Report]
    lock: dict[str, Any]
    bundle: Path | None = None
    files: dict[str, Any] = field(default_factory=dict)
    replay: list[Finding] = field(default_factory=list)  # against the lock that was given
    public: pa.Table | None = None
    excluded: pa.Table | None = None

    @property
    def digest(self) -> str:
        """Digest of the table: the same rows and columns, whatever their order."""
        return self.lock["output"]["digest"]

    @property
    def findings(self) -> list[Finding]:
        return [*(finding for report in self.reports for finding in report.findings), *self.replay]


def run(
    recipe: Recipe | str,
    base: Path | str = ".",
    out: Path | str | None = None,
    progress: Emit | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    *,
    overwrite: bool = False,
    lock: Mapping[str, Any] | None = None,
    job: JobPlace | None = None,
    inputs_mb: float | None = None,
) -> RunResult:
    """Run a recipe (or its text); relative paths start at ``base``.

    ``out``: folder of the bundle, which must not exist or be empty; None makes the table only. It appears
    under its name when everything in it is written. ``progress`` gets events as dicts (step, done, error).
    ``lock``: that of an earlier run; the findings then say whether this one replays it. ``job``: what a job
    of the engine gives its steps. ``inputs_mb``: of copies in the bundle of what came from archives, at most
    (100 unless given), where their terms allow it.
    Raises TsmError for the user's trouble and Cancelled when ``cancelled()`` says so.
    """
    emit = progress or (lambda event: None)
    try:
        if not isinstance(recipe, Recipe):
            recipe = Recipe.parse(recipe)
        result = _Runner(recipe, Path(base), emit, cancelled, lock, job).run(
            None if out is None else Path(out), overwrite, inputs_mb
        )
    except Cancelled:
        emit({"event": "cancelled"})
        raise
    except TsmError as error:
        emit({"event": "error", **error.to_dict()})
        raise
    counts = {"rows": result.table.num_rows, **_parts(result.table)}
    emit({"event": "done", "bundle": str(result.bundle) if result.bundle else None, "counts": counts})
    return result


class _Runner:
    def __init__(
        self,
        recipe: Recipe,
        base: Path,
        emit: Emit,
        cancelled: Callable[[], bool],
        lock: Mapping[str, Any] | None = None,
        job: JobPlace | None = None,
    ) -> None:
        self.recipe = recipe
        self.lock = lock
        self.job = job
        self.base = base
        self.emit = emit
        self.cancelled = cancelled
        self.pipeline = Pipeline(recipe, self.context())
        self.reports: list[Report] = []
        self.gone: list[tuple[str, pa.Table]] = []
        self.slot = 0

    def context(
        self,
        tell: Callable[[float, str], None] = lambda fraction, message: None,
        measured: Callable[[Amount], None] = lambda amount: None,
    ) -> Context:
        return Context(
            seed=self.recipe.seed,
            base=self.base,
            progress=tell,
            cancelled=self.cancelled,
            measured=measured,
            job=self.job,
            pins=pinned(self.lock),
        )

    def run(self, out: Path | None, overwrite: bool, inputs_mb: float | None = None) -> RunResult:
        self.check()
        if out is not None:
            output.check(Path(out), overwrite)
        for item in self.recipe.inputs.values():
            self.one("load", item.name, None, lambda ctx, item=item: self.load(item, ctx))
        for item in self.recipe.inputs.values():
            for index, step in enumerate(item.steps):
                self.step(index, step, [item.name])
        for index, step in enumerate(self.recipe.steps):
            self.step(index, step, None)
        table = self.pipeline.finish()
        if table.num_rows == 0:
            raise TsmError(
                "No row is left at the end.",
                remedy="The accounting of the steps says where the rows went; `pz-tsm plan` shows it.",
                where=self.reports[-1].op,
            )
        lock = make_lock(self.recipe, self.pipeline.origins, self.reports, table, self.base)
        replay = [] if self.lock is None else replayed(self.lock, lock)
        result = RunResult(
            table,
            self.pipeline.measurements,
            self.reports,
            lock,
            replay=replay,
            public=self.pipeline.public,
            excluded=excluded.together(self.gone),
        )
        if out is None:
            return result

        def write(ctx: Context) -> Report:
            result.files = write_bundle(Path(out), self.recipe, result, ctx, overwrite, inputs_mb)
            return Report("write", table.num_rows, table.num_rows)

        self.one("write", None, None, write, keep=False)
        return replace(result, bundle=Path(out))

    def load(self, item: Any, ctx: Context) -> Report:
        try:
            return self.pipeline.load(item, ctx)
        except TsmError as error:
            if self.lock is None:
                raise
            source = item.spec.get("from")
            gone = "There is no file" in error.message and isinstance(source, dict) and "file" in source
            remedy = "Name the folder from which its paths start: --base DIR." if gone else error.remedy
            raise TsmError(f"Not replayable: {error.message}", remedy=remedy, where=error.where) from None

    def check(self) -> None:
        """Everything that can be told without reading a row."""
        for item in self.recipe.inputs.values():
            for step in item.steps:
                prepare(step)
        for step in self.recipe.steps:
            prepare(step)
        from pz_tsm.bundle import public
        from pz_tsm.bundle.write import check_name

        for item in self.recipe.write:
            check_name(item)
        public.needed(self.recipe)

    def step(self, index: int, step: Any, names: list[str] | None) -> None:
        operation, params, place = prepare(step)
        for name in names if names is not None else self.pipeline.calls(operation):
            self.one(
                step.op,
                name,
                index if names is None else None,
                lambda ctx, name=name: self.pipeline.call(operation, params, ctx, name, place),
                same_slot=True,
            )
        self.slot += 1

    def one(
        self,
        op: str,
        name: str | None,
        index: int | None,
        work: Callable[[Context], Report],
        *,
        keep: bool = True,
        same_slot: bool = False,
    ) -> None:
        """One piece of work, told as events."""
        from pz_tsm.bundle import provenance

        event = {"event": "step", "index": self.slot, "step": index, "op": op, "input": name}
        amount: dict[str, Any] = {}

        def tell(fraction: float, message: str = "") -> None:
            told = {"state": "running", "fraction": round(fraction, 4), "message": message}
            self.emit({**event, **told, **amount})

        tell(0.0)
        try:
            ctx = self.context(tell, lambda new: amount.update(amount=asdict(new)))
            ctx.step(0.0)
            report = work(ctx)
        except Cancelled:
            raise
        except TsmError as error:
            self.emit({**event, "state": "failed", "fraction": 0.0, "message": error.message})
            message = (
                f"Input '{name}', step '{op}': {error.message}" if name and op != "load" else error.message
            )
            raise TsmError(message, remedy=error.remedy, where=error.where or op) from None
        except MemoryError:
            self.emit({**event, "state": "failed", "fraction": 0.0, "message": "out of memory"})
            raise TsmError(
                f"There is not enough memory for '{op}'.",
                remedy="Use fewer columns, or a larger machine.",
                where=op,
            ) from None
        if keep:
            self.reports.append(report)
            if self.pipeline.gone is not None:
                name = provenance.activity(len(self.reports) - 1, report.op, report.input)
                self.gone.append((name, self.pipeline.gone))
        self.emit(
            {
                **event,
                "state": "done",
                "fraction": 1.0,
                "message": "",
                "rows_in": report.rows_in,
                "rows_out": report.rows_out,
                "report": report.to_dict(),
            }
        )
        if not same_slot:
            self.slot += 1


def write_bundle(
    out: Path,
    recipe: Recipe,
    result: RunResult,
    ctx: Context,
    overwrite: bool = False,
    inputs_mb: float | None = None,
) -> dict[str, Any]:
    """Write the bundle of a run; it takes the name ``out`` when it is whole."""
    from pz_tsm import bundle

    writes: Sequence[dict[str, Any]] = recipe.write or ({"format": "parquet"},)
    with output.whole(out, overwrite) as folder:
        files = bundle.write(
            folder,
            result.table,
            recipe=recipe,
            lock=result.lock,
            reports=result.reports,
            measurements=result.measurements,
            excluded=result.excluded,
            public=result.public,
            writes=list(writes),
            ctx=ctx,
            **({} if inputs_mb is None else {"inputs_mb": inputs_mb}),
        )
        ctx.step(1.0)
    return files


def _parts(table: Any) -> dict[str, int]:
    if "split" not in table.column_names:
        return {}
    import pyarrow.compute as pc

    return {
        str(item["values"]): item["counts"] for item in pc.value_counts(table.column("split")).to_pylist()
    }
