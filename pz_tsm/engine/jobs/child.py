"""The process of one run: ``python -m pz_tsm.engine.jobs.child FOLDER``."""

from __future__ import annotations

import json
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pz_tsm.engine.jobs.folder import write_json
from pz_tsm.errors import Cancelled, TsmError


def main(folder: Path) -> int:
    """Run, write progress and result into the folder; 0 done, 1 failed, 2 stopped."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with (folder / "progress.jsonl").open("a", encoding="utf-8") as lines:

        def emit(event: dict[str, Any]) -> None:
            if event.get("event") == "step":  # the end is told once, by us, when all is in place
                write(event)

        def write(event: dict[str, Any]) -> None:
            for line in log_lines(event):
                print(f"{datetime.now(UTC):%H:%M:%S} {line}", flush=True)
            lines.write(json.dumps(event, ensure_ascii=False, default=str) + "\n")
            lines.flush()

        try:
            from pz_tsm import recipe

            text = (folder / "recipe.tsm.yaml").read_text(encoding="utf-8")
            parsed = recipe.Recipe.parse(text, job["recipe"])
            write({"event": "start", "total": count_steps(parsed)})
            done = recipe.run(parsed, Path(job["base"]), Path(job["out"]), emit, stop.is_set)
            write_json(folder / "result.json", describe(done, Path(job["out"])))
            write({"event": "done", "bundle": job["out"]})
            return 0
        except Cancelled:
            write({"event": "cancelled"})
            return 2
        except TsmError as error:
            write({"event": "error", **error.to_dict()})
            return 1
        except MemoryError:
            write({"event": "error", "message": "There is not enough memory for this run.", "remedy": None})
            return 1
        except Exception as error:
            traceback.print_exc()
            message = f"The run failed in a way that was not foreseen: {type(error).__name__}: {error}"
            write({"event": "error", "message": message, "remedy": "Its log has the details.", "where": None})
            return 1


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
        yield f"done: {event['bundle']}"
    elif kind == "cancelled":
        yield "stopped; nothing was written"


def count_steps(recipe: Any) -> int:
    """Steps that will report progress: loading and own steps of inputs, shared steps, writing."""
    return sum(1 + len(item.steps) for item in recipe.inputs.values()) + len(recipe.steps) + 1


def describe(done: Any, bundle: Path) -> dict[str, Any]:
    """``IRunResult`` of a finished run."""
    files = done.files["files"]
    tables = [bundle / file["path"] for file in files if file["path"].startswith("data/")]
    tables.sort(key=lambda path: path.stem != "training_set")  # it comes first
    return {
        "parts": parts(done.table),
        "files": [{key: file[key] for key in ("path", "bytes", "sha256")} for file in files],
        "tables": [{"name": path.stem, "path": str(path)} for path in tables if path.suffix == ".parquet"],
        "accounting": [report.to_dict() for report in done.reports],
        "citations": done.files["citations"],
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


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
