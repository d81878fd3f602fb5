"""All tests, step by step: each is timed, a failure does not stop the rest, and the last line counts them.

    python scripts/test.py [--full] [--only STEP[,STEP]] [--list]

The last line is `N passed, M failed`; a step that only says yes or no counts as one.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / ".cache" / "test"
NODE_BIN = ROOT / "node_modules" / ".bin"


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def run(*command: object, **env: str) -> int:
    """Run a command in the project's folder, its output shown; return its exit code."""
    print("$", *(str(part) for part in command), flush=True)
    return subprocess.run([str(part) for part in command], cwd=ROOT, env={**os.environ, **env}).returncode


def yes_or_no(*command: object) -> Callable[[], Count]:
    def step() -> Count:
        ok = run(*command) == 0
        return Count(passed=int(ok), failed=int(not ok))

    return step


def blame(count: Count, code: int, nothing_ran: int | None = None) -> Count:
    """A runner that failed without naming a failed test is a failure too."""
    if code and not count.failed and code != nothing_ran:
        count.failed = 1
    return count


def jest(project: str, *arguments: object, **env: str) -> Count:
    result = RESULTS / f"jest-{project}.json"
    result.unlink(missing_ok=True)
    options = [
        "--selectProjects",
        project,
        "--passWithNoTests",
        "--json",
        f"--outputFile={result}",
        *arguments,
    ]
    code = run(NODE_BIN / "jest", *options, **env)
    count = Count()
    if result.exists():
        found = json.loads(result.read_text(encoding="utf-8"))
        count = Count(
            found["numPassedTests"],
            found["numFailedTests"] + found["numRuntimeErrorTestSuites"],
            found["numPendingTests"],
        )
    return blame(count, code)


def pytest(name: str, *arguments: object) -> Count:
    result = RESULTS / f"{name}.xml"
    result.unlink(missing_ok=True)
    code = run(sys.executable, "-m", "pytest", "-q", f"--junitxml={result}", *arguments)
    count = Count()
    if result.exists():
        for suite in ET.parse(result).getroot().iter("testsuite"):
            total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            count.passed += max(0, total - failed - skipped)
            count.failed += failed
            count.skipped += skipped
    return blame(count, code, nothing_ran=5)


@contextlib.contextmanager
def engine() -> Iterator[dict[str, str]]:
    """A real engine on a free port with one user; yields what the tests need to reach it."""
    data = RESULTS / f"engine-{os.getpid()}-{int(time.time())}"
    data.mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "pz_tsm.cli", "engine"]
    log = (data / "engine.log").open("w")
    process = subprocess.Popen(
        [*command, "start", "--data", str(data), "--port", str(port)],
        cwd=ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            if process.poll() is not None:
                break
            try:
                urllib.request.urlopen(url + "/api/", timeout=2)
                break
            except urllib.error.HTTPError:
                break  # it answers
            except OSError:
                time.sleep(0.1)
        made = subprocess.run(
            [*command, "add-user", "tester", "--data", str(data)], cwd=ROOT, capture_output=True, text=True
        )
        if process.poll() is not None or made.returncode:
            print(
                (data / "engine.log").read_text(encoding="utf-8")[-4000:], made.stderr, sep="\n", flush=True
            )
            raise RuntimeError("the engine did not start")
        token = made.stdout.strip().splitlines()[-1]
        yield {"TSM_ENGINE_URL": url, "TSM_ENGINE_TOKEN": token, "TSM_ENGINE_DATA": str(data)}
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        log.close()


def api_engine() -> Count:
    """The service layer (`*.engine.test.ts`) against a real engine."""
    if not list((ROOT / "src").rglob("*.engine.test.ts")):
        print("no *.engine.test.ts")
        return Count()
    try:
        with engine() as env:
            return jest("api-engine", "--runInBand", **env)
    except RuntimeError as error:
        print(error)
        return Count(failed=1)


def browser(name: str, *projects: str) -> Count:
    """Projects of ui-tests/playwright.config.ts, against a JupyterLab of their own."""
    config = ROOT / "ui-tests" / "playwright.config.ts"
    if not config.exists():
        print("no ui-tests/playwright.config.ts")
        return Count()
    if run("bash", "scripts/ensure-chromium.sh"):
        return Count(failed=1)
    result = RESULTS / f"{name}.json"
    result.unlink(missing_ok=True)
    code = run(
        NODE_BIN / "playwright",
        *("test", "--config", config, "--reporter=list,json"),
        *(f"--project={project}" for project in projects),
        PLAYWRIGHT_JSON_OUTPUT_NAME=str(result),
    )
    count = Count()
    if result.exists():
        found = json.loads(result.read_text(encoding="utf-8"))["stats"]
        count = Count(found["expected"] + found["flaky"], found["unexpected"], found["skipped"])
    return blame(count, code)


PYTHON = sys.executable
STEPS: dict[str, Callable[[], Count]] = {
    "ruff": yes_or_no(PYTHON, "-m", "ruff", "check", "--cache-dir", ".cache/ruff", "."),
    "eslint": yes_or_no(NODE_BIN / "eslint", "--cache", "--cache-location", ".cache/eslint/", "."),
    "prettier": yes_or_no(
        NODE_BIN / "prettier", "--check", "--cache", "--cache-location", ".cache/prettier/index", "."
    ),
    "tsc": yes_or_no(NODE_BIN / "tsc", "--noEmit"),
    "directions": yes_or_no(PYTHON, "scripts/check_directions.py"),
    "start": yes_or_no(PYTHON, "scripts/check_start.py"),
    "schemas": yes_or_no(PYTHON, "scripts/schemas.py", "--check"),
    "docs": yes_or_no(PYTHON, "scripts/reference.py", "--check"),
    "jest": lambda: jest("unit"),
    "pytest": lambda: pytest("pytest", "-n", "2"),
    "api-engine": api_engine,
    "browser": lambda: browser("browser", "story", "parts"),
}
FULL: dict[str, Callable[[], Count]] = {
    "pytest-full": lambda: pytest("pytest-full", "-m", "full"),
    "browser-full": lambda: browser("browser-full", "full"),
    "wheel": yes_or_no(PYTHON, "scripts/check_wheel.py"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="the heavy list instead")
    parser.add_argument("--only", default="", help="names of steps, by comma")
    parser.add_argument("--list", action="store_true", help="names of all steps")
    options = parser.parse_args()

    every = STEPS | FULL
    if options.list:
        print("\n".join(every))
        return 0
    names = [name for name in options.only.split(",") if name] or list(FULL if options.full else STEPS)
    unknown = [name for name in names if name not in every]
    if unknown:
        parser.error(f"no step {', '.join(unknown)}; there are {', '.join(every)}")

    RESULTS.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[str, Count, float]] = []
    begin = time.monotonic()
    for name in names:
        print(f"\n=== {name}", flush=True)
        start = time.monotonic()
        try:
            count = every[name]()
        except OSError as error:  # a tool that isn't installed
            print(f"{name}: {error}")
            count = Count(failed=1)
        rows.append((name, count, time.monotonic() - start))

    print(f"\n{'step':<14}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>10}")
    for name, count, seconds in rows:
        print(f"{name:<14}{count.passed:>8}{count.failed:>8}{count.skipped:>9}{seconds:>10.1f}")
    passed, failed = (sum(getattr(count, what) for _, count, _ in rows) for what in ("passed", "failed"))
    skipped = sum(count.skipped for _, count, _ in rows)
    print(f"{'total':<14}{passed:>8}{failed:>8}{skipped:>9}{time.monotonic() - begin:>10.1f}\n")
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
