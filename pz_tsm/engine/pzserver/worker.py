"""A process's child: ``python -m pz_tsm.engine.pzserver.worker JOB.json WORK``.

Writes the result's files, ``config.yml``, ``process.yml`` and ``result.json`` into WORK and ``pipeline.log``
beside
JOB.json. Progress goes to stdout as JSON lines; a failure in words to ``WORK/error.json``. When stdin ends,
the
engine is gone and the child ends with its whole process group.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from pz_tsm.errors import TsmError
from pz_tsm.ops.base import Context, JobPlace

log = logging.getLogger("pipeline")


def end_with_engine() -> None:
    """Kill this process group when the engine's end of stdin closes."""
    while os.read(0, 4096):
        pass
    os.killpg(os.getpgid(0), signal.SIGKILL)


class Job:
    """What a pipeline gets: its config, where to write, how to tell the user."""

    def __init__(self, job: dict[str, Any], work: Path, *, quiet: bool = False) -> None:
        self.job = job
        self.quiet = quiet
        self.config: dict[str, Any] = job["config"]
        self.params: dict[str, Any] = job["config"]["param"]
        self.work = work
        self.warnings: list[str] = []
        given = job.get("place")
        self.place = JobPlace(Path(given["folder"]), given["memory"], given["executor"]) if given else None

    def say(self, fraction: float, stage: str) -> None:
        """Progress of the whole job, for those who wait."""
        if not self.quiet:
            print(json.dumps({"fraction": round(fraction, 4), "stage": stage}), flush=True)

    def note(self, text: str) -> None:
        log.info(text)

    def warn(self, text: str) -> None:
        """Something that the user should know; kept with the process."""
        log.warning(text)
        self.warnings.append(text)

    def context(self, start: float, end: float, stage: str) -> Context:
        """A context for an operation whose progress is this part of the whole."""

        def progress(fraction: float, message: str) -> None:
            self.say(start + (end - start) * fraction, f"{stage}: {message}" if message else stage)

        self.say(start, stage)
        return Context(progress=progress, job=self.place)

    def report(self, report: Any) -> None:
        """The accounting of an operation, into the log."""
        log.info("%s: %d rows in, %d out", report.op, report.rows_in, report.rows_out)
        for reason, count in report.dropped.items():
            log.info("  %d left out: %s", count, reason)
        for finding in report.findings:
            if finding.level == "note":
                log.info("  %s", finding.message)
            else:
                self.warn(finding.message)


def main(job_path: Path, work: Path) -> int:
    logging.basicConfig(
        filename=job_path.parent / "pipeline.log",
        filemode="w",
        level=logging.INFO,
        format="%(asctime)s - %(levelname)s - %(message)s",
    )
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    try:
        job = Job(json.loads(job_path.read_text()), work)
        log.info("%s '%s'", job.job["pipeline"], job.job["display_name"])
        if job.job["pipeline"] == "training_set_maker":
            from pz_tsm.engine.pzserver.job_tsm import run
        else:
            from pz_tsm.engine.pzserver.job_crc import run
        result = run(job)
        write_records(job, result, started)
        log.info("done: %d rows in %s", result["rows"], result["main"])
        return 0
    except TsmError as error:
        log.error(str(error))
        (work / "error.json").write_text(json.dumps(error.to_dict() | {"message": str(error)}))
        return 1
    except MemoryError:
        text = "The process ran out of memory."
        log.error(text)
        (work / "error.json").write_text(json.dumps({"message": text}))
        return 1
    except Exception as error:
        log.exception("unexpected error")
        text = f"Unexpected error ({type(error).__name__}); the log has the details."
        (work / "error.json").write_text(json.dumps({"message": text}))
        return 1


def write_records(job: Job, result: dict[str, Any], started: str) -> None:
    """config.yml as it was used (no absolute paths), process.yml as the pipelines write it, and the
    result."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe")
    yaml.default_flow_style = False
    config = json.loads(json.dumps(job.config))
    for entry in config["inputs"]["specz"]:
        entry["path"] = f"{entry['internal_name']}/{Path(entry['path']).name}"
    flags = config["param"].get("flags_translation_file")
    if flags:
        config["param"]["flags_translation_file"] = Path(flags).name
    output = {
        "path": result["main"],
        "root_dir": ".",
        "role": "main",
        "columns_assoc": result["columns_assoc"],
    }
    ended = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    process = {"status": "Successful", "start_time": started, "end_time": ended, "outputs": [output]}
    for name, body in (("config.yml", config), ("process.yml", process)):
        with open(job.work / name, "w") as file:
            yaml.dump(body, file)
    (job.work / "result.json").write_text(json.dumps({**result, "warnings": job.warnings}))


if __name__ == "__main__":
    threading.Thread(target=end_with_engine, daemon=True).start()
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
