"""What the process of a job does: run a recipe, or a step that was handed over; tell progress and result."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pz_tsm.engine.jobs.folder import WORK, write_json
from pz_tsm.errors import Cancelled, TsmError
from pz_tsm.points import reach

if TYPE_CHECKING:
    from pz_tsm.ops.base import JobPlace

Write = Callable[[dict[str, Any]], None]
DONE, FAILED, STOPPED = range(3)


def do(folder: Path, job: dict[str, Any], request: dict[str, Any], stopped: Callable[[], bool]) -> int:
    """Do the job; its events go to ``progress.jsonl``, the last one says how it ended."""
    with (folder / "progress.jsonl").open("a", encoding="utf-8") as lines:

        def write(event: dict[str, Any]) -> None:
            for line in log_lines(event):
                print(f"{datetime.now(UTC):%H:%M:%S} {line}", flush=True)
            lines.write(json.dumps(event, ensure_ascii=False, default=str) + "\n")
            lines.flush()

        try:
            from pz_tsm.ops.base import JobPlace

            place = JobPlace(folder / WORK, request["memory"], request["executor"])
            place.folder.mkdir(exist_ok=True)
            if job["kind"] == "step":
                step(folder, job, place, write, stopped)
            else:
                recipe(folder, job, place, write, stopped)
            write({"event": "done", "bundle": job["out"]})
            return DONE
        except Cancelled:
            write({"event": "cancelled"})
            return STOPPED
        except TsmError as error:
            write({"event": "error", **error.to_dict()})
        except MemoryError:
            write({"event": "error", "message": "There is not enough memory for this run.", "remedy": None})
        except Exception as error:
            traceback.print_exc()
            message = f"The run failed in a way that was not foreseen: {type(error).__name__}: {error}"
            write({"event": "error", "message": message, "remedy": "Its log has the details.", "where": None})
        return FAILED


def recipe(
    folder: Path, job: dict[str, Any], place: JobPlace, write: Write, stopped: Callable[[], bool]
) -> None:
    """Run the recipe into the bundle's folder, then write ``result.json``."""
    from pz_tsm import recipe
    from pz_tsm.recipe import output
    from pz_tsm.recipe.lock import read_lock

    out = Path(job["out"])

    def emit(event: dict[str, Any]) -> None:
        if event.get("event") != "step":  # the end is told once, by us, when all is in place
            return
        if event["op"] == "write" and event.get("fraction") == 1.0 and event["state"] == "running":
            remember(folder, output.partial(out) / "bundle")  # it is whole, and takes its name next
        write(event)

    text = (folder / "recipe.tsm.yaml").read_text(encoding="utf-8")
    parsed = recipe.Recipe.parse(text, job["recipe"])
    write({"event": "start", "total": count_steps(parsed)})
    lock = read_lock(job["bundle"]) if job.get("bundle") else None
    done = recipe.run(parsed, Path(job["base"]), out, emit, stopped, lock=lock, job=place)
    reach("bundle")
    write_json(folder / "result.json", describe(done, out))


def remember(folder: Path, made: Path) -> None:
    """Note which folder the bundle is, whatever its name: after a crash it is told from somebody else's."""
    found = made.stat()
    write_json(folder / "bundle.json", {"device": found.st_dev, "inode": found.st_ino})


def step(
    folder: Path, job: dict[str, Any], place: JobPlace, write: Write, stopped: Callable[[], bool]
) -> None:
    """Run one operation on the tables that came with it; the result is ``result.arrow``."""
    from pz_tsm import ops
    from pz_tsm.engine.jobs import tables
    from pz_tsm.ops.base import Amount, Context

    said = job["step"]
    operation = ops.get(said["op"])
    given = {name: tables.read(tables.given(folder, i)) for i, name in enumerate(said["tables"])}
    event = {"event": "step", "index": 0, "step": 0, "op": operation.name, "input": None}
    amount: dict[str, Any] = {}

    def tell(fraction: float, message: str = "") -> None:
        running = {"state": "running", "fraction": round(fraction, 4), "message": message}
        write({**event, **running, **amount})

    def measured(new: Amount) -> None:
        amount.update(amount=asdict(new))

    write({"event": "start", "total": 1})
    ctx = Context(
        seed=said["seed"],
        base=Path(job["base"]),
        progress=tell,
        cancelled=stopped,
        measured=measured,
        job=place,
    )
    ctx.step(0.0)
    tables_in = given if operation.scope == "all" else next(iter(given.values()))
    result = operation.run(tables_in, operation.parse(said["params"]), ctx)
    report = result.report.close()
    ctx.step(1.0)
    tables.write(result.table, tables.made(folder))
    rows = {"rows_in": report.rows_in, "rows_out": report.rows_out}
    write({**event, "state": "done", "fraction": 1.0, "message": "", **rows, "report": report.to_dict()})
    reach("bundle")
    found = {
        "parts": [{"name": "all", "rows": result.table.num_rows}],
        "files": [],
        "tables": [{"name": "result", "path": str(tables.made(folder))}],
        "accounting": [report.to_dict()],
        "citations": [],
    }
    write_json(folder / "result.json", found)


def log_lines(event: dict[str, Any]) -> Iterator[str]:
    """An event as lines of the log: what ended and how, for people."""
    kind = event["event"]
    if kind == "step" and event.get("state") == "done":
        of = f" {event['input']}" if event.get("input") else ""
        yield f"{event['op']}{of}: {event['rows_in']:,} rows in, {event['rows_out']:,} out"
        report = event.get("report") or {}
        for word, reasons in (("left out", "dropped"), ("added", "added"), ("set aside", "set_aside")):
            for reason, count in (report.get(reasons) or {}).items():
                yield f"  {word}: {count:,} {reason}"
        for finding in report.get("findings") or []:
            yield f"  {finding['level']}: {finding['message']}"
    elif kind == "error":
        yield f"failed: {event['message']} {event.get('remedy') or ''}".rstrip()
    elif kind == "done":
        yield f"done: {event['bundle']}" if event["bundle"] else "done"
    elif kind == "cancelled":
        yield "stopped; nothing was written"


def count_steps(recipe: Any) -> int:
    """Steps that will report progress: loading and own steps of inputs, shared steps, writing."""
    return sum(1 + len(item.steps) for item in recipe.inputs.values()) + len(recipe.steps) + 1


def describe(done: Any, bundle: Path) -> dict[str, Any]:
    """``IRunResult`` of a finished run."""
    files = done.files["files"]
    found = [bundle / file["path"] for file in files if file["path"].startswith("data/")]
    found.sort(key=lambda path: path.stem != "training_set")  # it comes first
    return {
        "parts": parts(done.table),
        "files": [{key: file[key] for key in ("path", "bytes", "sha256")} for file in files],
        "tables": [{"name": path.stem, "path": str(path)} for path in found if path.suffix == ".parquet"],
        "accounting": [report.to_dict() for report in done.reports],
        "citations": done.files["citations"],
        "replay": [finding.to_dict() for finding in done.replay],
    }


def parts(table: Any) -> list[dict[str, Any]]:
    import pyarrow.compute as pc

    if "split" not in table.column_names:
        return [{"name": "all", "rows": table.num_rows}]
    counts = {item["values"]: item["counts"] for item in pc.value_counts(table["split"]).to_pylist()}
    order = [name for name in ("train", "validation", "test") if name in counts]
    order += sorted(name for name in counts if name not in order and name is not None and name != "unused")
    order += [name for name in ("unused",) if name in counts]
    return [{"name": name, "rows": counts[name]} for name in order]
